/** Makes the instrumented form of a module. Loaded when the cache lacks one: most starts of a program need no parser. */
import { waitsAtEntry } from '../instrument/entry.ts';
import { instrument } from '../instrument/instrument.ts';
import { analyzeModule } from '../source/analyze.ts';
import type { ModuleFormat } from '../source/parse.ts';
import { stripTypes } from '../source/strip.ts';
import type { Made } from './cached-module.ts';

/** Throws where the module must be left as it is; `format` is null where Node has still to detect it. */
export function make(raw: string, format: ModuleFormat | null, typescript: boolean, file: string): Made {
  const text = typescript ? stripTypes(raw) : raw;
  const model = format === null ? analyzeEither(text, file) : analyzeModule(text, format, file);
  const outcome = instrument(model);
  if (!outcome.ok) throw new Error(outcome.reason);
  const { plan, segments, text: instrumented } = outcome.result;
  return {
    format: model.format,
    ids: plan.ids,
    functions: plan.sites.length,
    segments,
    details: {
      tracked: plan.sites.filter((site) => site.tracked).map(({ id, fn }) => [id, fn.path, waitsAtEntry(fn) ? 'waits' : 'plain'] as const),
      unpatchable: plan.unpatchable.map(({ fn, reason }) => ({ path: fn.path, reason })),
    },
    text: instrumented,
  };
}

/** A module whose format Node has still to detect: CommonJS unless only ESM can parse it. */
function analyzeEither(text: string, file: string): ReturnType<typeof analyzeModule> {
  try {
    return analyzeModule(text, 'commonjs', file);
  } catch {
    return analyzeModule(text, 'module', file);
  }
}
