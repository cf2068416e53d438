/**
 * What is known of objects, none of which is kept or changed to be seen. All that is known of one is a single entry, which
 * objects of which the same is known share: in a private field of the object, so that it takes the same short time however
 * many there are. A WeakMap that grows past some hundred thousand is copied in one go, which takes longer than a slice may.
 */
import { Stamp } from './shadow-store.ts';

/** Entries that are shared; past these each object has its own. */
const SHARED = 4096;

type Value = number | true;

/** All marks of some objects. */
interface Entry {
  readonly values: ReadonlyMap<Mark<Value>, Value>;
  readonly followers: Map<Mark<Value>, Map<Value | undefined, Entry>>;
}

/** Where the entries are. */
interface Store {
  get(object: object): Entry | undefined;
  set(object: object, entry: Entry): void;
}

/** Null where code may not be made from text. */
function privateField(): Store | null {
  const text = `return class extends Stamp {
    #entry;
    static get(o) { return #entry in o ? o.#entry : undefined; }
    static set(o, entry) { if (!(#entry in o)) new this(o); o.#entry = entry; }
  }`;
  try {
    // oxlint-disable-next-line typescript/no-implied-eval, eslint/no-new-func
    return new Function('Stamp', text)(Stamp) as Store;
  } catch {
    return null;
  }
}

/** The marks of one process. */
export class Marks {
  private inside: Store | null | undefined;
  /** For objects that take no private field, and where there are none. */
  private beside: WeakMap<object, Entry> | null = null;
  private readonly none: Entry = { values: new Map(), followers: new Map() };
  private readonly shared = new Map<string, Entry>([['', this.none]]);
  private made = 0;

  /** For `Mark`. */
  nextId(): number {
    return ++this.made;
  }

  /** For `Mark`. */
  get(object: object, mark: Mark<Value>): Value | undefined {
    return this.entry(object)?.values.get(mark);
  }

  /** For `Mark`. Undefined takes it off. */
  set(object: object, mark: Mark<Value>, value: Value | undefined): void {
    const entry = this.entry(object) ?? this.none;
    if (entry.values.get(mark) !== value) this.store(object, this.follower(entry, mark, value));
  }

  private entry(object: object): Entry | undefined {
    return this.inside?.get(object) ?? this.beside?.get(object);
  }

  private store(object: object, entry: Entry): void {
    if (this.inside === undefined) this.inside = privateField();
    try {
      if (this.inside !== null) return this.inside.set(object, entry);
    } catch {
      // V8 may refuse fields to objects that are not extensible: --js-nonextensible-applies-to-private.
    }
    (this.beside ??= new WeakMap()).set(object, entry);
  }

  private follower(entry: Entry, mark: Mark<Value>, value: Value | undefined): Entry {
    let followers = entry.followers.get(mark);
    const known = followers?.get(value);
    if (known !== undefined) return known;
    const values = new Map([...entry.values].filter(([other]) => other !== mark && !other.gone));
    if (value !== undefined) values.set(mark, value);
    const key = [...values]
      .map(([{ id }, each]) => `${id}=${each}`)
      .toSorted()
      .join();
    const follower = this.shared.get(key) ?? { values, followers: new Map() };
    if (this.shared.size >= SHARED) return follower;
    this.shared.set(key, follower);
    if (followers === undefined) entry.followers.set(mark, (followers = new Map()));
    followers.set(value, follower);
    return follower;
  }
}

/** One thing that is known of some objects: that it is so, or a number. */
export class Mark<T extends Value> {
  readonly id: number;
  /** Nobody asks for it any more. */
  gone = false;
  private readonly marks: Marks;

  constructor(marks: Marks) {
    this.marks = marks;
    this.id = marks.nextId();
  }

  get(object: object): T | undefined {
    return this.marks.get(object, this) as T | undefined;
  }

  has(object: object): boolean {
    return this.get(object) !== undefined;
  }

  set(object: object, value: T): void {
    this.marks.set(object, this, value);
  }

  /** Whether it was there. */
  delete(object: object): boolean {
    const was = this.has(object);
    if (was) this.marks.set(object, this, undefined);
    return was;
  }
}
