/** The tables that a patch changes in place, merged with what the program has made of them. */
import { merge, mergeProperty, read, record, sameContent } from '../../data/index.ts';
import type { Change, Content, Merge, Recorded } from '../../data/index.ts';
import { LivepatchError } from '../../errors/errors.ts';
import type { LinkedMerge, LinkedModule } from '../../link/linked-module.ts';
import type { Properties } from './properties.ts';

/**
 * The tables of one patch, from when they are linked until it is in force. New code looks for what is new in them, so that
 * is put there before any runs; what goes or has another value waits until nothing old is left.
 */
export class Tables {
  private readonly patch: string;
  private readonly properties: Properties;
  private readonly merges = new Map<LinkedModule, readonly LinkedMerge[]>();
  private filled: readonly Recorded[] = [];

  constructor(patch: string, properties: Properties) {
    this.patch = patch;
    this.properties = properties;
  }

  /** A table that is in conflict is refused with ERR_LIVE_DATA, or once the patch is in force left as the program made it. */
  link(module: LinkedModule, conflicts: 'refuse' | 'leave'): void {
    const merges = module.merges();
    this.changesOf(module, merges, conflicts);
    this.merges.set(module, merges);
    const fills = module.fills();
    const held = fills.flatMap((fill) => fill.tables);
    this.filled = [...this.filled, ...record(held, () => fills.forEach((fill) => fill.run()))];
  }

  /** What a module in a bundle, which has just run, makes of its own. */
  add(module: LinkedModule): void {
    this.merges.set(module, module.merges());
  }

  forget(module: LinkedModule): void {
    this.merges.delete(module);
  }

  /** What is new in the tables: nothing stands there yet. */
  additions(): Change[] {
    const merged = [...this.merges].flatMap(([module, own]) =>
      this.changesOf(
        module,
        own.filter(({ optional }) => !optional),
        'leave',
      ),
    );
    const fitting = new Set(stillFitting(this.filled));
    const filled = this.filled.filter((change) => fitting.has(change) && isAddition(change));
    this.filled = this.filled.filter((change) => !filled.includes(change));
    return [...merged.filter(isAddition), ...filled];
  }

  /** All else, once. */
  changes(): Change[] {
    const merged = [...this.merges].flatMap(([module, own]) => this.changesOf(module, own, 'leave'));
    const filled = stillFitting(this.filled);
    this.merges.clear();
    this.filled = [];
    return [...merged, ...filled];
  }

  private changesOf({ module: { file } }: LinkedModule, tables: readonly LinkedMerge[], conflicts: 'refuse' | 'leave'): Change[] {
    return tables.flatMap((table) => {
      let result = mergeOf(table);
      // A patch that this one replaces may be in force.
      if (result.kind === 'conflict') result = this.properties.withoutPatches(() => mergeOf(table));
      if (result.kind === 'changes') return result.changes;
      if (conflicts === 'leave' || table.optional) return [];
      throw new LivepatchError(
        'ERR_LIVE_DATA',
        { patch: this.patch, table: `${table.name}${result.path}`, reason: result.reason },
        { where: { file }, hint: 'Restart the process, or give the patch a hook that changes the data.' },
      );
    });
  }
}

/** The elements of an array have an order, and a number. */
function isAddition({ place, content }: Change): boolean {
  if (content === undefined || Array.isArray(place.object)) return false;
  return (place.kind === 'property' || place.kind === 'entry' || place.kind === 'member') && read(place) === undefined;
}

function mergeOf({ target, key, ...sources }: LinkedMerge): Merge {
  if (key === null) return merge(target, sources.before, sources.after);
  if (target === null || (typeof target !== 'object' && typeof target !== 'function'))
    return { kind: 'conflict', path: '', reason: 'the program has changed what holds it' };
  const content = (side: 'before' | 'after'): Content =>
    side in sources ? { value: sources[side], writable: true, enumerable: true, configurable: true } : undefined;
  return mergeProperty(target, key, content('before'), content('after'));
}

/** What statements have put into tables; nothing into one that the program has changed at the same place since. */
function stillFitting(recorded: readonly Recorded[]): Recorded[] {
  const changed = new Set(recorded.filter(({ place, was }) => !sameContent(read(place), was)).map(({ place }) => place.object));
  return recorded.filter(({ place }) => !changed.has(place.object));
}
