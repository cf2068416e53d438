/**
 * Modules that set properties or change tables in place, and those of the patch that lead to them: what these run as they are
 * linked sees that as it is going to be, as far as the others have been linked before.
 */
import type { PatchModule } from '../patch/format.ts';
import type { BothTrees } from './both-trees.ts';
import { isCode } from './input/files.ts';
import { specifiersIn } from './input/reach.ts';
import type { Pair } from './pair.ts';

/** By module the files, as the patch calls them, of which it may see that. They are linked before it. */
export async function settersSeen(trees: BothTrees, pairs: ReadonlyMap<string, Pair>): Promise<ReadonlyMap<object, readonly string[]>> {
  const seen = new Map<object, readonly string[]>();
  const all = [...pairs.values()];
  const givers = new Set(all.flatMap(({ file, result }) => (result?.module && sets(result.module) ? file : [])));
  if (givers.size === 0) return seen;
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
    // What is put into it meanwhile is gone through too.
    for (const file of reached) {
      for (const target of await targetsOf(file)) reached.add(target);
      if (file === pair.file || !givers.has(file) || (await trees.ownerOf(file))?.folder !== folder) continue;
      files.push(await trees.nameOf(file));
      pair.reads.add(file);
    }
    if (files.length > 0) seen.set(pair.result.module, files.sort());
  }
  return seen;
}

const sets = ({ merges = [], properties }: PatchModule): boolean =>
  properties.length > 0 || merges.some(({ optional, moves }) => !optional && !moves);
