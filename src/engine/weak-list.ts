/** What stands in lists for something that may be abandoned. It outlives it, so it must not lead back to it. */
export class WeakEntry<T extends object> {
  /** Present once it is listed. A place in a list that stands for nothing has none. */
  ref: WeakRef<T> | null = null;
  /** Links of the list it is in; null while it is in none. */
  before: WeakEntry<T> | null = null;
  after: WeakEntry<T> | null = null;
  /** Where it is watched. */
  registry: FinalizationRegistry<WeakEntry<T>> | null = null;
}

class End<T extends object> extends WeakEntry<T> {}

/** Linked in a ring: a table of a hundred thousand would be made anew in one go now and then, which takes milliseconds. */
export class WeakList<T extends object, E extends WeakEntry<T>> implements Iterable<E> {
  private readonly end = new End<T>();

  constructor() {
    this.clear();
  }

  get isEmpty(): boolean {
    return this.end.after === this.end;
  }

  /** Last in this list from here on, whichever it was in. */
  append(entry: E): void {
    unlink(entry);
    link(this.end, entry);
  }

  /** All of `other` come before those of this list. */
  takeFirst(other: WeakList<T, E>): void {
    if (other.isEmpty) return;
    const first = other.end.after!;
    const last = other.end.before!;
    const next = this.end.after!;
    other.clear();
    join(this.end, first);
    join(last, next);
  }

  /** Those that are in the list when it comes to them: what it stands at must not be taken out. */
  *[Symbol.iterator](): Generator<E> {
    for (let entry = this.end.after!; entry !== this.end; entry = entry.after!) if (entry.ref !== null) yield entry as E;
  }

  /** Goes through the list, which may change in any way meanwhile. To be ended, by coming to the end or by `stop`. */
  walk(): WeakWalk<T, E> {
    return new WeakWalk(this.end);
  }

  private clear(): void {
    this.end.before = this.end;
    this.end.after = this.end;
  }
}

/** Marks its place in the list, and in the one that has taken it in. */
export class WeakWalk<T extends object, E extends WeakEntry<T>> {
  private readonly mark = new WeakEntry<T>();

  constructor(end: WeakEntry<T>) {
    link(end.after!, this.mark);
  }

  get done(): boolean {
    return this.mark.after === null;
  }

  next(): E | null {
    if (this.done) return null;
    for (let entry = this.mark.after!; !(entry instanceof End); entry = entry.after!) {
      if (entry.ref === null) continue;
      unlink(this.mark);
      link(entry.after!, this.mark);
      return entry as E;
    }
    this.stop();
    return null;
  }

  stop(): void {
    unlink(this.mark);
  }
}

/** Tells of a collection of what is old, in a job of its own. V8 leaves what is registered for those to find. */
export class Collections {
  private readonly registry: FinalizationRegistry<null>;

  constructor(told: () => void) {
    this.registry = new FinalizationRegistry(told);
    this.await();
  }

  /** Tells of the next one. */
  await(): void {
    this.registry.register({}, null);
  }
}

/**
 * So many are watched by one registry: V8 keeps a table of what is registered, which it makes anew as it grows, and tells
 * of all that has been collected in one job.
 */
const PER_REGISTRY = 512;

/** Tells of what is listed weakly and has been collected. */
export class Watch<T extends object, E extends WeakEntry<T>> {
  private readonly collected: (entry: WeakEntry<T>) => void;
  private registry: FinalizationRegistry<WeakEntry<T>> | null = null;
  private registered = 0;

  /** `lost` is told what has been abandoned, in a job of its own, and that it is in no list any more. */
  constructor(lost: (entry: E) => void) {
    this.collected = (entry) => {
      unlink(entry);
      lost(entry as E);
    };
  }

  begin(subject: T, entry: E): void {
    if (this.registry === null || ++this.registered > PER_REGISTRY) {
      this.registry = new FinalizationRegistry(this.collected);
      this.registered = 1;
    }
    entry.ref = new WeakRef(subject);
    // A registry tells of nothing once it is collected itself: the entry keeps it, and the list the entry.
    entry.registry = this.registry;
    this.registry.register(subject, entry, entry);
  }

  end(entry: E): void {
    entry.registry!.unregister(entry);
    entry.registry = null;
    entry.ref = null;
    unlink(entry);
  }
}

function join<T extends object>(before: WeakEntry<T>, after: WeakEntry<T>): void {
  before.after = after;
  after.before = before;
}

function link<T extends object>(next: WeakEntry<T>, entry: WeakEntry<T>): void {
  join(next.before!, entry);
  join(entry, next);
}

function unlink<T extends object>(entry: WeakEntry<T>): void {
  if (entry.after === null) return;
  join(entry.before!, entry.after);
  entry.before = null;
  entry.after = null;
}
