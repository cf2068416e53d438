/** The tables that a patch changes in place, merged with what the program has made of them. */
import { Moves, isMove, merge, mergeProperty, read, record, sameContent, write } from '../../data/index.ts';
import type { Change, Content, Merge, Move, Place, Recorded } from '../../data/index.ts';
import { LivepatchError } from '../../errors/errors.ts';
import { bothStand } from './either-of.ts';
import type { LinkedModule } from '../../link/linked-module.ts';
import type { LinkedMerge } from '../../link/linked.ts';
import type { Properties } from './properties.ts';
import { orWithout } from './without.ts';

/**
 * The tables of one patch, from when they are linked until it is in force. New code looks for what is new in them, so that
 * is put there before any runs; what goes or has another value waits until nothing old is left.
 */
export class Tables {
  private readonly patch: string;
  private readonly properties: Properties;
  /** It takes the place of the patches before it, and is built from what was there before these. */
  private readonly replaces: boolean;
  private readonly merges = new Map<LinkedModule, readonly LinkedMerge[]>();
  private filled: readonly Recorded[] = [];
  /** What has been made of both, while the patch is in force. */
  private settled: { readonly merges: ReadonlyMap<LinkedModule, readonly LinkedMerge[]>; readonly filled: readonly Recorded[] } | null =
    null;
  /** What is an object of another kind while the patch is in force. */
  private readonly moved = new Moves();
  private moves: readonly Move[] = [];

  constructor(patch: string, properties: Properties, replaces: boolean) {
    this.patch = patch;
    this.replaces = replaces;
    this.properties = properties;
  }

  /** A table that is in conflict is refused with ERR_LIVE_DATA, or once the patch is in force left as the program made it. */
  link(module: LinkedModule, conflicts: 'refuse' | 'leave'): void {
    const merges = module.merges();
    this.moves = [...this.moves, ...this.mergesOf(module, merges, conflicts).flatMap(({ moves }) => moves)];
    this.merges.set(module, merges);
    const fills = module.fills();
    const held = fills.flatMap((fill) => fill.tables);
    const recorded = this.asItWas(() => record(held, () => fills.forEach((fill) => fill.run())));
    this.filled = [...this.filled, ...recorded];
  }

  /** Has code see those of a module as they are going to be; gives what takes that back. Null where it has yet to run, or they are. */
  show(module: LinkedModule): (() => void) | null {
    const merges = this.merges.get(module);
    if (!merges) return null;
    const shown = merges.flatMap((table) => (table.optional || table.moves ? [] : showTable(table)));
    return () => shown.toReversed().forEach((takeBack) => takeBack());
  }

  /** What a module in a bundle, which has just run, makes of its own. */
  add(module: LinkedModule): void {
    this.merges.set(module, module.merges());
  }

  forget(module: LinkedModule): void {
    this.merges.delete(module);
  }

  /** What is new in the tables: nothing stands there yet, but what a patch before may have put there. */
  additions(): Change[] {
    const merged = [...this.merges].flatMap(([module, own]) =>
      this.changesOf(
        module,
        own.filter(({ optional }) => !optional),
        'leave',
      ),
    );
    const fitting = new Set(this.asItWas(() => stillFitting(this.filled)));
    const isAddition = ({ place, content }: Change): boolean => {
      if (content === undefined || !isOfOne(place) || !this.properties.isFree(place)) return false;
      const was = read(place);
      return was === undefined || bothStand(place, was, content);
    };
    const filled = this.filled.filter((change) => fitting.has(change) && isAddition(change));
    this.filled = this.filled.filter((change) => !filled.includes(change));
    return [...merged.filter(isAddition), ...filled];
  }

  /** What else of some modules is going to change. */
  pending(modules: readonly LinkedModule[]): Change[] {
    const merged = modules.flatMap((module) => this.changesOf(module, this.merges.get(module) ?? [], 'leave'));
    return [...merged, ...this.asItWas(() => stillFitting(this.filled))];
  }

  /** All else, once, where all tasks have switched. */
  changes(): Change[] {
    const results = [...this.merges].flatMap(([module, own]) => this.mergesOf(module, own, 'leave'));
    const merged = results.flatMap(({ changes }) => changes);
    this.moved.enter(results.flatMap(({ moves }) => moves));
    const filled = this.asItWas(() => stillFitting(this.filled));
    const { merges = [], filled: before = [] } = this.settled ?? {};
    this.settled = { merges: new Map([...merges, ...this.merges]), filled: [...before, ...this.filled] };
    this.merges.clear();
    this.filled = [];
    return [...merged, ...filled];
  }

  /** What changed is taken back as the patch begins to go: should it stay after all, it changes once more. */
  withdraw(): void {
    for (const [module, merges] of this.settled?.merges ?? []) this.merges.set(module, merges);
    this.filled = [...this.filled, ...(this.settled?.filled ?? [])];
    this.settled = null;
  }

  /** The patch has gone, or another has taken its place. */
  leave(): void {
    this.moved.leave();
  }

  /** Whether what `older` has put in place of tables is known to this patch as what it is. */
  goesOnFrom(older: Tables): boolean {
    return Moves.covers(this.moves, older.moved);
  }

  /** Runs `body` with everything as the patches that this one takes the place of found it. */
  private asItWas<T>(body: () => T): T {
    return this.replaces ? this.properties.withoutPatches(body) : body();
  }

  private changesOf(module: LinkedModule, tables: readonly LinkedMerge[], conflicts: 'refuse' | 'leave'): Change[] {
    return this.mergesOf(module, tables, conflicts).flatMap(({ changes }) => changes);
  }

  private mergesOf({ module }: LinkedModule, tables: readonly LinkedMerge[], conflicts: 'refuse' | 'leave'): Merged[] {
    const asTheyAre = (): Merge[] => tables.map((table) => mergeOf(table));
    const asTheyWere = (): Merge[] => this.properties.withoutPatches(asTheyAre);
    const results = this.replaces ? asTheyWere() : asTheyAre();
    let others: readonly Merge[] | null = null;
    return tables.flatMap((table, i) => {
      let result = results[i]!;
      if (result.kind === 'conflict') result = (others ??= this.replaces ? asTheyAre() : asTheyWere())[i]!;
      if (result.kind === 'changes') return result;
      if (conflicts === 'leave' || table.optional) return [];
      throw new LivepatchError(
        'ERR_LIVE_DATA',
        { patch: this.patch, table: `${table.name}${result.path}`, reason: result.reason },
        { where: { file: module.file }, hint: `${BY_HAND}${orWithout([module])}` },
      );
    });
  }
}

const BY_HAND = 'Restart the process, or give the patch a hook that changes the data.';

/** Changes a table for as long as code of the patch is linked that reads it; gives what takes that back. */
export function showTable(table: LinkedMerge): () => void {
  const result = mergeOf(table);
  return result.kind === 'changes' ? show(result.changes) : () => {};
}

/** Runs `body` with what is new in tables there: statements may fill it. */
export function whileShown<T>(changes: readonly Change[], body: () => T): T {
  const takeBack = show(changes);
  try {
    return body();
  } finally {
    takeBack();
  }
}

/** Makes all of the changes, or none where an object is frozen: who is to make them is told when the transition begins. */
export function show(changes: readonly Change[]): () => void {
  const before = changes.map(({ place }) => [place, read(place)] as const);
  const orders = new Map(before.flatMap(([place, was], i) => (was && !changes[i]!.content ? [[place.object, orderOf(place.object)]] : [])));
  const takeBack = (): void => {
    for (const [place, content] of before.toReversed()) write(place, content);
    for (const putInOrder of orders.values()) putInOrder();
  };
  try {
    for (const { place, content } of changes) write(place, content);
  } catch {
    takeBack();
    return () => {};
  }
  return takeBack;
}

/** What has been taken out and is put back would stand behind all else. */
function orderOf(object: object): () => void {
  if (object instanceof Map) {
    const keys = [...object.keys()];
    return () => {
      for (const key of keys) {
        const value: unknown = object.get(key);
        if (object.delete(key)) object.set(key, value);
      }
    };
  }
  if (object instanceof Set) {
    const members = [...object];
    return () => {
      for (const member of members) if (object.delete(member)) object.add(member);
    };
  }
  const keys = Reflect.ownKeys(object);
  return () => {
    for (const key of keys) {
      const own = Reflect.getOwnPropertyDescriptor(object, key);
      if (own?.configurable && Reflect.deleteProperty(object, key)) Reflect.defineProperty(object, key, own);
    }
  };
}

type Merged = Extract<Merge, { readonly kind: 'changes' }>;

/** The elements of an array have an order, and a number. */
const isOfOne = ({ kind, object }: Place): boolean =>
  !Array.isArray(object) && (kind === 'property' || kind === 'entry' || kind === 'member');

function mergeOf({ target, key, called, moves, ...sources }: LinkedMerge): Merge {
  if (moves) {
    const { before, after } = sources;
    if (!isMove(target, before, after)) return { kind: 'conflict', path: '', reason: 'the program has another kind of object there' };
    return { kind: 'changes', changes: [], moves: [{ old: target as object, now: after as Move['now'], before: before as object }] };
  }
  if (key === null) return merge(target, sources.before, sources.after, called);
  if (target === null || (typeof target !== 'object' && typeof target !== 'function'))
    return { kind: 'conflict', path: '', reason: 'the program has changed what holds it' };
  const content = (side: 'before' | 'after'): Content =>
    side in sources ? { value: sources[side], writable: true, enumerable: true, configurable: true } : undefined;
  return mergeProperty(target, key, content('before'), content('after'), called);
}

/** What statements have put into tables; nothing into one that the program has changed at the same place since. */
function stillFitting(recorded: readonly Recorded[]): Recorded[] {
  const changed = new Set(recorded.filter(({ place, was }) => !sameContent(read(place), was)).map(({ place }) => place.object));
  return recorded.filter(({ place }) => !changed.has(place.object));
}
