/**
 * Names that a module gave away as those of another one, and gives away as its own from now on, or as those of a third: who has
 * taken one holds what the other module gave. Where that gave all of its names away by a star, none of them is new.
 */
import type { BothTrees } from './both-trees.ts';
import { givenFrom } from './input/given-from.ts';
import type { Given } from './input/given-from.ts';
import type { Pair } from './pair.ts';
import type { ModuleModel } from '../source/model.ts';
import { sideFor } from './version/side.ts';

export async function reportStarred(trees: BothTrees, pairs: ReadonlyMap<string, Pair>): Promise<void> {
  const [old, now] = [new Origins(trees, 'from'), new Origins(trees, 'to')];
  for (const { file, base, next, result } of pairs.values()) {
    const { log } = result!;
    const changes = log.rows.filter(({ code }) => code === 'export-added' || code === 'export-changed');
    const told = new Set(log.rows.flatMap(({ code, path }) => (code.startsWith('value-') ? path : [])));
    const isInternal = changes.length > 0 && (await trees.isInternal(file));
    for (const { code, path: name } of changes) {
      const isStarred = code === 'export-added';
      // What others of the package have taken goes on as what is given now.
      if (!isStarred && (isInternal || told.has(name))) continue;
      const { own, from, node } = givenFrom(next, name);
      // What a star goes on giving is a matter of the module behind it.
      if (!own && from === null) continue;
      const was = await old.find(file, base, name);
      const is = was && (await now.find(file, next, name));
      const giver = was?.split(' ', 1)[0];
      if (was === null || was === is || giver === file) continue;
      const reason = `it was what ${giver} gives, and is another one from now on: who has taken it holds the old one`;
      log.add(isStarred ? 'value-replaced' : 'value-copied', sideFor(next), node, name, reason);
    }
  }
}

/** Where what modules of one version give away comes from: the file, and the name there. */
class Origins {
  private readonly trees: BothTrees;
  private readonly version: 'from' | 'to';

  constructor(trees: BothTrees, version: 'from' | 'to') {
    this.trees = trees;
    this.version = version;
  }

  async find(file: string, model: ModuleModel, name: string, seen = new Set<string>()): Promise<string | null> {
    if (seen.size === seen.add(`${file} ${name}`).size) return null;
    const { own, from, all } = givenFrom(model, name);
    if (own) return `${file} ${name}`;
    if (from) return (await this.follow(file, from, seen)) ?? `${from.source} ${from.name}`;
    for (const source of all) {
      const found = await this.follow(file, { source, name }, seen);
      if (found !== null) return found;
    }
    return null;
  }

  private async follow(from: string, { source, name }: Given, seen: Set<string>): Promise<string | null> {
    const file = this.trees.specifiers[this.version].resolve(from, source);
    const isThere = file !== null && (this.version === 'from' ? this.trees.fromFiles : this.trees.toFiles).has(file);
    const text = isThere ? await this.trees[this.version].read(file) : null;
    const model = text === null ? null : await this.trees.modelOf(this.version, file!, text);
    return model && this.find(file!, model, name, seen);
  }
}
