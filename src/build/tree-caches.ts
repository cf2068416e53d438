/** Caches of what is made by what code finds under a key, in modules that the patch leads to what it changes: they may hold what that made. */
import type { BothTrees } from './both-trees.ts';
import { foundByKey } from './hazards/found-by-key.ts';
import { isTest } from './input/files.ts';
import { specifiersIn } from './input/reach.ts';
import type { Pair } from './pair.ts';
import { CACHE } from './version/forms/cache-names.ts';
import { sideFor } from './version/side.ts';
import type { VerdictLog } from './verdicts/verdicts.ts';

/** So many modules in a row may lead to one. */
const MOST_STEPS = 8;
/** What is computed otherwise. */
const CHANGES = /^(?:function|table|constant|class|member|property|export)-(?:changed|filled|set)$/;

export async function reportCachesOfFound(
  trees: BothTrees,
  pairs: ReadonlyMap<string, Pair>,
  texts: ReadonlyMap<string, string>,
  log: (file: string) => VerdictLog,
): Promise<void> {
  const changed = new Set(
    [...pairs.values()].flatMap(({ file, result }) => (result!.log.rows.some(({ code }) => CHANGES.test(code)) ? file : [])),
  );
  if (changed.size === 0) return;
  for (const [file, text] of texts) {
    if (!CACHE.test(text) || isTest(file) || !trees.isLoadable(file)) continue;
    const from = ledTo(file, changed, texts, trees);
    const model = from === null ? null : (pairs.get(file)?.base ?? (await trees.modelOf('from', file, text)));
    if (from === null || model === null) continue;
    const rows = pairs.get(file)?.result?.log.rows ?? [];
    const told = new Set(rows.flatMap(({ code, path }) => (/^(?:results|cache|instances|capture)-/.test(code) ? path.split(' ') : [])));
    const side = sideFor(model);
    for (const { fn, name, at } of foundByKey(side))
      if (!told.has(fn.path) && !told.has(name))
        log(file).add('results-remembered', side, at, fn.path, `results that the old code of ${from} had a hand in may be kept in ${name}`);
  }
}

/** The first changed file, other than itself, that a file leads to. */
function ledTo(file: string, changed: ReadonlySet<string>, texts: ReadonlyMap<string, string>, { specifiers }: BothTrees): string | null {
  const seen = new Set([file]);
  let at = [file];
  for (let step = 0; step < MOST_STEPS && at.length > 0; step++) {
    const next: string[] = [];
    for (const from of at)
      for (const specifier of specifiersIn(texts.get(from) ?? '')) {
        const target = specifiers.from.resolve(from, specifier);
        if (target === null || seen.size === seen.add(target).size) continue;
        if (changed.has(target)) return target;
        next.push(target);
      }
    at = next;
  }
  return null;
}
