/** Patches made by hand, so that the cases test the running process and not the builder. */
import { INSTRUMENTATION, planModule } from '../../src/instrument/plan.ts';
import { encodePatch, hashOf } from '../../src/patch/format.ts';
import type { Mode, PatchModule, PatchState } from '../../src/patch/format.ts';
import { analyzeModule } from '../../src/source/analyze.ts';
import type { TestModule } from './modules.ts';

export interface ModuleSpec {
  readonly module: TestModule;
  /** New bodies by function path: function expressions. */
  readonly functions?: Readonly<Record<string, string>>;
  readonly hooks?: string;
}

export interface PatchSpec {
  readonly mode?: Mode;
  readonly replace?: boolean;
  readonly hooks?: string;
  readonly states?: readonly PatchState[];
  readonly modules?: readonly ModuleSpec[];
}

/** Callbacks that do nothing: that they ran is in the log. */
export const CALLBACKS = '(function(){return {prePatch(){},postPatch(){},preUnpatch(){},postUnpatch(){}}})';

/** Those of `body`, an object literal's inside, with `$lp` in reach; the rest do nothing. */
export function callbacks(body: string): string {
  return `(function($lp){return {prePatch(){},postPatch(){},preUnpatch(){},postUnpatch(){},...{${body}}}})`;
}

export function patchText(name: string, spec: PatchSpec): string {
  return encodePatch({
    name,
    mode: spec.mode ?? 'task',
    replace: spec.replace ?? false,
    instrumentation: INSTRUMENTATION,
    origin: { from: 'old', to: 'new' },
    modules: (spec.modules ?? []).map(patchModule),
    added: [],
    verdicts: [],
    ...(spec.hooks === undefined ? {} : { hooks: spec.hooks }),
    ...(spec.states === undefined ? {} : { states: spec.states }),
  });
}

function patchModule({ module, functions = {}, hooks }: ModuleSpec): PatchModule {
  const plan = planModule(analyzeModule(module.text, 'commonjs', module.file));
  const entries = Object.entries(functions);
  return {
    file: module.name,
    package: null,
    hash: hashOf(module.text),
    format: 'commonjs',
    ids: plan.ids,
    units: [{ handle: 0, kind: 'module', instance: null, code: unitCode(entries.map(([, text]) => text)) }],
    functions: entries.map(([path, text], key) => ({
      // What the module does not have gets a number that no module has.
      site: plan.sites.find((site) => site.fn.path === path)?.id ?? plan.ids + 1,
      path,
      unit: 0,
      key,
      shape: 'direct',
      captures: [],
      tracked: isTracked(text),
      line: 1,
    })),
    privates: [],
    members: [],
    exports: [],
    properties: [],
    ...(hooks === undefined ? {} : { hooks }),
  };
}

const isTracked = (text: string): boolean => /^async |^function\s*\*/.test(text);

/** What can be suspended enters its record, as the builder's code does. */
function unitCode(functions: readonly string[]): string {
  const bodies = functions.map((text, key) => {
    if (!isTracked(text)) return text;
    const brace = text.indexOf('{');
    return `${text.slice(0, brace)}{const $lp_a=$lp.in(${key});try${text.slice(brace)}finally{$lp_out($lp_a)}}`;
  });
  return `(function($lp){return {f:[${bodies.join(',')}],b:{}}})`;
}
