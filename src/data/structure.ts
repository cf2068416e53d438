/**
 * What is known of the shape of a class's instances, whichever patches gave it to them: which have which version, and
 * which fields were put on them. It outlives each patch, so that the one that takes another's place goes on from there.
 */
import { Mark, Marks } from './marks.ts';

/** So many references may be to what has been collected; then at most as many as there are others. */
const SWEEP_FROM = 1024;

/** What one patch gives instances: a version, or none where it only adds fields, and the fields. */
export interface Shape {
  readonly marks: readonly (number | string | symbol)[];
  /** Another patch is about to change an instance: it gets what this one only adds, as the other's code takes for granted. */
  fill(object: object): void;
  /** Another patch has taken an instance back: it may lack what this one adds, and gets it when it is next touched. */
  refill(object: object): void;
}

export class Structure {
  /** Of the objects themselves, whichever patch asks. */
  readonly known: Marks;
  private readonly versions: Mark<number>;
  private readonly byField = new Map<string | symbol, Mark<true>>();
  /** The versions and fields that some instance may have, and that the program's own code does not give it. */
  readonly used = new Set<number | string | symbol>();
  /** What patches that are in force give instances: another that goes leaves them that. */
  readonly inForce = new Set<Shape>();
  /** Such instances by weak reference, where they cannot be searched for. */
  private readonly refs = new Set<WeakRef<object>>();
  private sweepAt = SWEEP_FROM;

  constructor(known: Marks) {
    this.known = known;
    this.versions = new Mark(known);
  }

  /** The version that migrations of the class have brought it to, or that it was made in; 1 if none has. */
  version(object: object): number {
    return this.versions.get(object) ?? 1;
  }

  mark(object: object, version: number): void {
    if (version === 1) this.versions.delete(object);
    else this.versions.set(object, version);
  }

  /** Whether a patch that is in force, other than that of `own`, has brought instances to this version, or put this field on them. */
  isHeld(mark: number | string | symbol, own: Shape): boolean {
    for (const shape of this.others(own)) if (shape.marks.includes(mark)) return true;
    return false;
  }

  /** What is in force of other patches, the first that came into force first. */
  *others(own: Shape): Iterable<Shape> {
    for (const shape of this.inForce) if (shape !== own) yield shape;
  }

  /** For `kept`: an instance that cannot be searched for. */
  keep(object: object): void {
    this.refs.add(new WeakRef(object));
    if (this.refs.size < this.sweepAt) return;
    for (const ref of this.refs) if (ref.deref() === undefined) this.refs.delete(ref);
    this.sweepAt = Math.max(SWEEP_FROM, this.refs.size * 2);
  }

  /** References, those to what has been collected included. */
  get size(): number {
    return this.refs.size;
  }

  get kept(): readonly object[] {
    return [...this.refs].map((ref) => ref.deref()).filter((object) => object !== undefined);
  }

  /** The instances on which a patch put a field. */
  given(field: string | symbol): Mark<true> {
    let found = this.byField.get(field);
    if (found === undefined) this.byField.set(field, (found = new Mark(this.known)));
    return found;
  }
}

/** The structures of one process, and the version of each object. */
export class Structures {
  private readonly byPrototype = new WeakMap<object, Structure>();
  private readonly byFactory = new WeakMap<object, new () => object>();
  private readonly known = new Marks();
  private readonly versions = new Mark<number>(this.known);
  /** Told of each object of which code asks the version, before it is answered. */
  onAsked: ((object: object) => void) | null = null;

  of({ prototype }: { readonly prototype: object }): Structure {
    let found = this.byPrototype.get(prototype);
    if (found === undefined) this.byPrototype.set(prototype, (found = new Structure(this.known)));
    return found;
  }

  /** What stands for the class of what a function makes, which is of none. Whatever the patch, it is the same for a function. */
  factory(of: object, name: string): new () => object {
    let found = this.byFactory.get(of);
    if (found === undefined) {
      this.byFactory.set(of, (found = class {}));
      Object.defineProperty(found, 'name', { value: name });
    }
    return found;
  }

  /** 1 unless something marked it. */
  version(object: object): number {
    if (object === null || (typeof object !== 'object' && typeof object !== 'function')) return 1;
    return this.versions.get(object) ?? 1;
  }

  /** The same, for code that goes by it. */
  asked(object: object): number {
    this.onAsked?.(object);
    return this.version(object);
  }

  mark(object: object, version: number): void {
    if (version === 1) this.versions.delete(object);
    else this.versions.set(object, version);
  }

  /** The latest that migrations of its class, or of one that it extends, have brought it to. */
  reached(object: object): number {
    let latest = 1;
    for (let proto = prototypeOf(object); proto !== null; proto = prototypeOf(proto))
      latest = Math.max(latest, this.byPrototype.get(proto)?.version(object) ?? 1);
    return latest;
  }

  /** Once a migration has brought it somewhere. */
  settle(object: object): void {
    this.mark(object, this.reached(object));
  }
}

function prototypeOf(object: object): object | null {
  return Object.getPrototypeOf(object) as object | null;
}
