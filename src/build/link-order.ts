import type { Pair } from './pair.ts';

/** Modules are linked in this order, so what others read as they are linked comes first; else by name. Of those that read each other one is. */
export function linkOrder(pairs: ReadonlyMap<string, Pair>): Pair[] {
  const ordered = new Set<Pair>();
  const path = new Set<Pair>();
  const visit = (pair: Pair): void => {
    if (ordered.has(pair) || path.has(pair)) return;
    path.add(pair);
    for (const file of [...pair.reads].sort()) {
      const provider = pairs.get(file);
      if (provider) visit(provider);
    }
    ordered.add(pair);
  };
  for (const file of [...pairs.keys()].sort()) visit(pairs.get(file)!);
  return [...ordered];
}
