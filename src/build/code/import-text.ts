/** What code gets of a module, as text over what a call of `require` gives. */
import type { HandleScope } from '../../instrument/plan.ts';
import type { Resolver } from './resolve.ts';

/** `require` gives a namespace for an ES module, and the exports themselves for CommonJS and what is built in. */
const IS_NAMESPACE = "m?.[Symbol.toStringTag]==='Module'";

/** What an ES module gets of all that `asked`, a call of `require`, gives. */
export const asNamespace = (asked: string): string => `(m=>${IS_NAMESPACE}?m:{...m,default:m})(${asked})`;

/** What an ES module gets of it by `default`. */
export const asDefault = (asked: string): string => `(m=>${IS_NAMESPACE}?m.default:m)(${asked})`;

/** An import of an upgraded dependency: of the version that the patch brings, where it does; else what the module has by that name. */
export function upgraded(resolver: Resolver, handle: HandleScope, source: string, imported: string, name: string): string {
  const brought = `$lp.brought(${JSON.stringify(source)})`;
  const whole = imported === 'default' ? asDefault('b[0]') : imported === '*' ? asNamespace('b[0]') : null;
  const local = resolver.helper(handle, whole === null ? brought : `(b=>b&&[${whole}])(${brought})`);
  return `(${local}?${local}[0]${whole === null ? `[${JSON.stringify(imported)}]` : ''}:${name})`;
}
