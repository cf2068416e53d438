/**
 * Modules that set properties, change tables in place or give something away anew, and those of the patch that lead to them:
 * what these run as they are linked sees that as it is going to be, as far as the others have been linked before.
 */
import type { PatchModule } from '../patch/format.ts';
import type { BothTrees } from './both-trees.ts';
import { isCode } from './input/files.ts';
import { specifiersIn } from './input/reach.ts';
import { linkOrder } from './link-order.ts';
import type { Pair } from './pair.ts';

export interface Setters {
  /** By module the files, as the patch calls them, of which it may see that. */
  readonly seen: ReadonlyMap<object, readonly string[]>;
  /** Whether what `file` runs as it is linked comes before `setter` has been: they lead to each other. */
  isLate(file: string, setter: string): boolean;
}

/** From here on they are read by those modules, and linked before them, where that can be. */
export async function settersOf(trees: BothTrees, pairs: ReadonlyMap<string, Pair>): Promise<Setters> {
  const seen = new Map<object, readonly string[]>();
  const leads = new Map<string, ReadonlySet<string>>();
  const all = [...pairs.values()];
  const givers = new Set(all.flatMap(({ file, result }) => (result?.module && sets(result.module) ? file : [])));
  // What another module of the patch takes of one, it has by the time that it gives anything away itself.
  const exporters = new Set(all.flatMap(({ file, result }) => (result?.module && exportsAnew(result.module) ? file : [])));
  if (givers.size + exporters.size === 0) return { seen, isLate: () => false };
  const targets = new Map<string, readonly string[]>();
  const targetsOf = async (file: string): Promise<readonly string[]> => {
    let known = targets.get(file);
    if (!known) {
      const text = isCode(file) ? (pairs.get(file)?.next.text ?? (await trees.to.read(file)) ?? '') : '';
      known = specifiersIn(text).flatMap((specifier) => trees.specifiers.to.resolve(file, specifier) ?? []);
      targets.set(file, known);
    }
    return known;
  };
  for (const pair of all) {
    if (!pair.result?.module || !pair.result.runs) continue;
    const folder = (await trees.ownerOf(pair.file))?.folder;
    const files: string[] = [];
    const reached = new Set([pair.file]);
    const near = new Set([pair.file]);
    // What is put into it meanwhile is gone through too.
    for (const file of reached) {
      for (const target of await targetsOf(file)) {
        if (file === pair.file || (near.has(file) && !pairs.get(file)?.result?.module)) near.add(target);
        reached.add(target);
      }
      const isSeen = givers.has(file) || (exporters.has(file) && near.has(file));
      if (file === pair.file || !isSeen || (await trees.ownerOf(file))?.folder !== folder) continue;
      files.push(await trees.nameOf(file));
      pair.reads.add(file);
    }
    leads.set(pair.file, reached);
    if (files.length > 0) seen.set(pair.result.module, files.sort());
  }
  const order = new Map(linkOrder(pairs).map(({ file }, i) => [file, i]));
  const isLate = (file: string, setter: string): boolean => {
    const late = [...(leads.get(file) ?? [])].filter((other) => (order.get(other) ?? -1) > order.get(file)!);
    // What does not change itself passes on what others set.
    return order.has(setter) ? late.includes(setter) : late.length > 0;
  };
  return { seen, isLate };
}

const exportsAnew = ({ format, exports }: PatchModule): boolean => format === 'commonjs' && exports.length > 0;

const sets = ({ merges = [], properties }: PatchModule): boolean =>
  properties.length > 0 || merges.some(({ optional, moves }) => !optional && !moves);
