/** Functions that have changed, or use what has, where code gives them to a function of another module that keeps what they compute. */
import type { BothTrees } from './both-trees.ts';
import { givenAway } from './hazards/at-load.ts';
import type { Pair } from './pair.ts';
import { keptArguments } from './version/kept/keepers.ts';
import { itemsOf } from './version/modules/item-reader.ts';
import { sideFor } from './version/side.ts';
import type { Side } from './version/side.ts';
import type { VerdictLog } from './verdicts/verdicts.ts';

export async function reportKeepers(
  trees: BothTrees,
  pairs: ReadonlyMap<string, Pair>,
  textOf: (file: string) => string | undefined,
  log: (file: string) => VerdictLog,
): Promise<void> {
  const keepers = new Map<string, ReadonlyMap<string, ReadonlySet<number>>>();
  for (const { file, base, result } of pairs.values()) {
    const told = new Set(result!.log.rows.flatMap(({ code, path }) => (/^(?:results|cache)-/.test(code) ? path : [])));
    for (const { source, names, index, path, at } of result!.handed) {
      const target = trees.specifiers.from.resolve(file, source);
      const text = target === null ? undefined : textOf(target);
      if (target === null || text === undefined || told.has(path)) continue;
      let known = keepers.get(target);
      if (!known) {
        // What Node cannot parse runs nowhere, nor does what imports it.
        const model = pairs.get(target)?.base ?? (await trees.modelOf('from', target, text));
        keepers.set(target, (known = model === null ? new Map() : keepersIn(sideFor(model))));
      }
      const name = names.find((one) => known.get(one)?.has(index));
      if (name === undefined) continue;
      told.add(path);
      const reason = `${name || 'what it exports'} of ${target} was given it, and may keep results that the old version computed`;
      log(file).add('results-remembered', sideFor(base), at, path, reason);
    }
  }
}

/** What a module gives away of functions that keep what those compute which they are given, by name. */
function keepersIn(side: Side): ReadonlyMap<string, ReadonlySet<number>> {
  const found = new Map<string, ReadonlySet<number>>();
  for (const fn of side.model.functions) {
    const kept = keptArguments(fn, side);
    if (kept.size === 0) continue;
    for (const name of givenAway(side, itemsOf(side, side.model.root), (owner) => owner === fn).keys()) found.set(name, kept);
  }
  return found;
}
