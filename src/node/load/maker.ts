/** Makes the instrumented form of a module. Loaded when the cache lacks one: most starts of a program need no parser. */
import { waitsAtEntry } from '../../instrument/entry.ts';
import { instrument } from '../../instrument/instrument.ts';
import { analyzeModule } from '../../source/analyze.ts';
import type { ModuleFormat } from '../../source/parse.ts';
import { stripTypes } from '../../source/strip.ts';
import type { Made, Refused } from '../cache/cached-module.ts';

export { hashOf } from '../../patch/format.ts';

export interface Original {
  readonly text: string;
  readonly hash: string;
  /** Null where Node has still to detect it. */
  readonly format: ModuleFormat | null;
  readonly typescript: boolean;
  readonly file: string;
  /** Where its ids are to begin. */
  readonly base: number;
}

export function make(original: Original): Made | Refused {
  const { hash, format, typescript, file, base } = original;
  try {
    const text = typescript ? stripTypes(original.text) : original.text;
    const model = format === null ? analyzeEither(text, file) : analyzeModule(text, format, file);
    const outcome = instrument(model, base);
    if (!outcome.ok) return { hash, reason: outcome.reason };
    const { plan, segments, text: instrumented } = outcome.result;
    return {
      format: model.format,
      hash,
      base,
      ids: plan.ids,
      functions: plan.sites.filter(({ fn }) => !fn.isImplicit).length,
      segments,
      details: {
        tracked: plan.sites
          .filter((site) => site.tracked)
          .map(({ id, fn }) => [id - base, fn.path, waitsAtEntry(fn) ? 'waits' : 'plain'] as const),
        unpatchable: plan.unpatchable.map(({ fn, reason }) => ({ path: fn.path, reason })),
      },
      text: instrumented,
    };
  } catch (error) {
    return { hash, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** A module whose format Node has still to detect: CommonJS unless only ESM can parse it. */
function analyzeEither(text: string, file: string): ReturnType<typeof analyzeModule> {
  try {
    return analyzeModule(text, 'commonjs', file);
  } catch {
    return analyzeModule(text, 'module', file);
  }
}
