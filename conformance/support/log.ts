import type { RuntimeEvent } from '../../src/node/runtime.ts';

const HOOKS = { prePatch: 'pre', postPatch: 'post', preUnpatch: 'unpre', postUnpatch: 'unpost' } as const;

/** `m/L1/M.cjs` is M; the patch itself is V, as vmlinux is in the kernel's cases. */
function objectName(path: string): string {
  return path === '' ? 'V' : path.slice(path.lastIndexOf('/') + 1).replace(/\.cjs$/, '');
}

/** An event in the catalogue's notation, or null for what the kernel has no event for. */
export function notation(event: RuntimeEvent): string | null {
  switch (event.type) {
    case 'enable':
      return `enable(${event.patch})`;
    case 'evaluate':
      return `${objectName(event.module)}.eval`;
    case 'module-going':
      return `${objectName(event.module)}.exit`;
    case 'module-coming':
      return null;
    case 'callback':
      return `${HOOKS[event.hook]}(${objectName(event.object)}${event.state === 'live' ? '' : `,${event.state.toUpperCase()}`})`;
    case 'hook-failed':
      return `failed(${HOOKS[event.hook]}(${objectName(event.object)}))`;
    case 'apply':
    case 'revert':
      return `${event.type}(${event.patch},${objectName(event.object)})`;
    case 'refuse':
      return `refuse(${objectName(event.object)})`;
    default:
      return `${event.type === 'complete' ? 'fin' : event.type}${event.direction === 'patching' ? '+' : '-'}`;
  }
}

/** The sequence of a transition that nothing disturbs. */
export const ON = 'init+ > start+ > fin+ > done+';
export const OFF = 'init- > start- > fin- > done-';
