import { recordOf } from '../../src/node/cache/cached-module.ts';
import type { CachedModule, Made } from '../../src/node/cache/cached-module.ts';
import { segmentsOf } from '../../src/node/cache/layout.ts';

/** What an entry of the cache was made of. */
export function madeOf(entry: CachedModule, text: string): Made {
  const { layout, details } = recordOf(entry.record);
  const { base, ids, functions, hash } = entry;
  return { format: 'module', hash, base, ids, functions, details, segments: segmentsOf(layout, ids), text };
}
