/**
 * Which function and class of the old version is which of the new. Top down: where a function's own code did not
 * change its inner functions are the same ones in the same order; where it did they match by name, and among equal
 * names by their text, then by their order.
 */
import { ClassInfo } from '../../source/model.ts';
import type { FunctionInfo } from '../../source/model.ts';
import { alike } from './likeness.ts';
import { givenTo } from './given-to.ts';
import type { Owner, Side } from '../version/side.ts';

const MAX_TABLE = 250_000;

export class Match {
  /** New to old. */
  readonly baseOf = new Map<FunctionInfo, FunctionInfo>();
  readonly nextOf = new Map<FunctionInfo, FunctionInfo>();
  readonly classBase = new Map<ClassInfo, ClassInfo>();
  readonly classNext = new Map<ClassInfo, ClassInfo>();
  /** Old classes in the place of which the new version has another one of that name. */
  readonly parted = new Set<ClassInfo>();
  private readonly base: Side;
  private readonly next: Side;
  private readonly texts = new Map<string, string>();
  /** New to old, of those that are known to be written the same: many a report asks. */
  private readonly asWritten = new Map<Owner, Owner>();

  constructor(base: Side, next: Side) {
    this.base = base;
    this.next = next;
    this.pair(base.model.root, next.model.root);
  }

  /** Whether the own code of a matched function or class differs. */
  differs(owner: Owner): boolean {
    const base = owner instanceof ClassInfo ? this.classBase.get(owner) : this.baseOf.get(owner);
    return base === undefined || !this.same(base, owner);
  }

  /** Whether a matched function is the same with all that is in it, but for names that stand for what others stood for. */
  isSameWithin(fn: FunctionInfo): boolean {
    const base = this.baseOf.get(fn);
    return base?.children.length === fn.children.length && !this.differs(fn) && fn.children.every((inner) => this.isSameWithin(inner));
  }

  /** Canonical text of all of it, written once for what is written the same. */
  private canonical(owner: Owner, side: Side): string {
    const written = side.written(owner);
    let text = this.texts.get(written);
    if (text === undefined) this.texts.set(written, (text = side.full(owner.node)));
    return text;
  }

  /** Whether the own code of two functions or classes is the same. What is written the same is, and comparing that takes no time. */
  private same(base: Owner, next: Owner): boolean {
    if (this.asWritten.get(next) === base) return true;
    if (this.base.written(base) !== this.next.written(next)) return this.base.own(base) === this.next.own(next);
    this.asWritten.set(next, base);
    return true;
  }

  pair(base: FunctionInfo, next: FunctionInfo): void {
    this.baseOf.set(next, base);
    this.nextOf.set(base, next);
    const oldClasses = classesIn(this.base, base);
    const newClasses = classesIn(this.next, next);
    if (this.same(base, next) && base.children.length === next.children.length && oldClasses.length === newClasses.length) {
      oldClasses.forEach((cls, i) => this.pairClass(cls, newClasses[i]!));
      // Members of classes that are compared by themselves need not be the same in number and order.
      const free = (fn: FunctionInfo, side: Side): boolean => !fn.owner || !side.isOpaque(fn.owner);
      const oldFree = base.children.filter((fn) => free(fn, this.base));
      const newFree = next.children.filter((fn) => free(fn, this.next));
      if (oldFree.length === newFree.length) {
        oldFree.forEach((fn, i) => this.pair(fn, newFree[i]!));
        const key = (fn: FunctionInfo, side: Side): string => this.memberKey(fn, side);
        this.byKey(
          base.children.filter((fn) => !free(fn, this.base)),
          next.children.filter((fn) => !free(fn, this.next)),
          key,
        );
        return;
      }
    }
    const keyOf = withTaker(oldClasses, newClasses);
    const classKey = (cls: ClassInfo): string => keyOf(cls, relative(cls.path, cls.parent.path));
    for (const [a, b] of align(
      oldClasses,
      newClasses,
      classKey,
      classKey,
      (c) => this.canonical(c, this.base),
      (c) => this.canonical(c, this.next),
    ))
      this.pairClass(a, b);
    this.byKey(base.children, next.children, (fn, side) => this.memberKey(fn, side));
  }

  /**
   * Pairs a function that the module gives away with the one that it gives away in its place: who holds the old one is to
   * run that. A partner that either had by its name is left without one.
   */
  repair(base: FunctionInfo, next: FunctionInfo): void {
    this.part(base);
    const other = this.baseOf.get(next);
    if (other) this.part(other);
    this.pair(base, next);
  }

  /** Takes the partner from a function, and from all within it. */
  part(base: FunctionInfo): void {
    const next = this.nextOf.get(base);
    if (!next) return;
    this.nextOf.delete(base);
    this.baseOf.delete(next);
    for (const child of base.children) this.part(child);
    for (const cls of classesIn(this.base, base)) this.takePartner(cls);
  }

  /** The same of a class with its members. */
  partClass(base: ClassInfo): void {
    this.parted.add(base);
    this.takePartner(base);
    for (const member of base.members) this.part(member);
  }

  private takePartner(cls: ClassInfo): void {
    const partner = this.classNext.get(cls);
    if (!partner) return;
    this.classNext.delete(cls);
    this.classBase.delete(partner);
  }

  /** Pairs two functions or classes that the module gives away under one name, if neither has a partner yet. */
  pairByRole(base: Owner, next: Owner): void {
    if (base instanceof ClassInfo) {
      if (!(next instanceof ClassInfo) || this.classNext.has(base) || this.classBase.has(next)) return;
      this.pairClass(base, next);
      this.byKey(base.members, next.members, (fn, side) => this.memberKey(fn, side));
    } else if (!(next instanceof ClassInfo) && !this.nextOf.has(base) && !this.baseOf.has(next)) this.pair(base, next);
  }

  private pairClass(base: ClassInfo, next: ClassInfo): void {
    this.classBase.set(next, base);
    this.classNext.set(base, next);
  }

  private byKey(base: readonly FunctionInfo[], next: readonly FunctionInfo[], key: (fn: FunctionInfo, side: Side) => string): void {
    const keyWith = withTaker(base, next);
    const keyOf = (fn: FunctionInfo, side: Side): string => keyWith(fn, key(fn, side));
    const pairs = align(
      base,
      next,
      (fn) => keyOf(fn, this.base),
      (fn) => keyOf(fn, this.next),
      (fn) => this.canonical(fn, this.base),
      (fn) => this.canonical(fn, this.next),
    );
    for (const [a, b] of pairs) if (!isConstant(a, this.base) || isConstant(b, this.next)) this.pair(a, b);
    // The one function that went and the one that came in its place: closures of the old one are to run the new one.
    const gone = base.filter((fn) => !this.nextOf.has(fn) && isLoose(fn) && !this.base.plan.bundled.has(fn));
    const come = next.filter((fn) => !this.baseOf.has(fn) && isLoose(fn) && !this.next.plan.bundled.has(fn));
    if (gone.length === 1 && come.length === 1 && gone[0]!.parent!.kind !== 'module' && role(gone[0]!) === role(come[0]!))
      this.pair(gone[0]!, come[0]!);
  }

  /** A member is named within its class, and the class by its partner in the old version. */
  private memberKey(fn: FunctionInfo, side: Side): string {
    if (!fn.owner || fn.kind === 'arrow' || fn.kind === 'function') return relative(fn.path, fn.parent!.path);
    const owner = side === this.next ? this.classBase.get(fn.owner) : fn.owner;
    const name = fn.path.slice(fn.owner.path.length);
    return owner ? `class ${owner.index} ${name}` : `new class ${fn.owner.index} ${name}`;
  }
}

/** A function that its name always stands for: what is one of several values of a variable cannot be its successor. */
function isConstant(fn: FunctionInfo, side: Side): boolean {
  const parent = fn.ancestors.at(-1);
  if (parent?.type !== 'AssignmentExpression' || parent.left.type !== 'Identifier') return true;
  const { left } = parent;
  const binding = side.refAt(left)?.binding;
  return !binding || binding.references.filter((r) => r.write).length < 2;
}

/** What is called in place, or given to a call, has no name but that of what is given the result, where that is in both versions. */
function withTaker(base: readonly Owner[], next: readonly Owner[]): (owner: Owner, key: string) => string {
  const named = new Set(base.map(givenTo));
  const both = new Set(next.map(givenTo).filter((name) => name !== null && named.has(name)));
  return (owner, key) => {
    const name = both.size > 0 ? givenTo(owner) : null;
    return both.has(name) ? `${key} ${name}` : key;
  };
}

/** A function that no declaration names. */
function isLoose(fn: FunctionInfo): boolean {
  return (fn.kind === 'function' || fn.kind === 'arrow') && fn.node.type !== 'FunctionDeclaration';
}

/** What the surroundings do with a function: return it, pass it on, assign it. */
function role(fn: FunctionInfo): string {
  return fn.ancestors.at(-1)?.type ?? '';
}

function classesIn(side: Side, parent: FunctionInfo): ClassInfo[] {
  return side.model.classes.filter((cls) => cls.parent === parent);
}

function relative(path: string, parent: string): string {
  const own = parent !== '' && path.startsWith(`${parent}/`) ? path.slice(parent.length + 1) : path;
  return own.replace(/@\d+$/, '');
}

/** Pairs items of equal key; what is left is paired where its text is the same. */
function align<T>(
  base: readonly T[],
  next: readonly T[],
  baseKey: (item: T) => string,
  nextKey: (item: T) => string,
  baseText: (item: T) => string,
  nextText: (item: T) => string,
): [T, T][] {
  const pairs: [T, T][] = [];
  const groups = new Map<string, { base: T[]; next: T[] }>();
  const group = (key: string): { base: T[]; next: T[] } => {
    let found = groups.get(key);
    if (!found) groups.set(key, (found = { base: [], next: [] }));
    return found;
  };
  for (const item of base) group(baseKey(item)).base.push(item);
  for (const item of next) group(nextKey(item)).next.push(item);
  const leftBase: T[] = [];
  const leftNext: T[] = [];
  for (const { base: old, next: fresh } of groups.values()) {
    if (old.length === 1 && fresh.length === 1) pairs.push([old[0]!, fresh[0]!]);
    else if (old.length === 0) leftNext.push(...fresh);
    else if (fresh.length === 0) leftBase.push(...old);
    else {
      const matched = inOrder(old, fresh, baseText, nextText);
      pairs.push(...matched);
      leftBase.push(...old.filter((item) => !matched.some(([a]) => a === item)));
      leftNext.push(...fresh.filter((item) => !matched.some(([, b]) => b === item)));
    }
  }
  leftovers(leftBase, leftNext, baseText, nextText, pairs);
  // Bundlers number what would clash: `parse$1` of one build is `parse$2` of the next.
  leftovers(
    leftBase,
    leftNext,
    (item) => unnumbered(baseKey(item)),
    (item) => unnumbered(nextKey(item)),
    pairs,
  );
  return pairs;
}

function unnumbered(key: string): string {
  return key.replace(/\$\d+(?=$|[/.#])/g, '');
}

/** Pairs what has the same trait and is the only one with it, and takes it out of both lists. */
function leftovers<T>(base: T[], next: T[], baseTrait: (item: T) => string, nextTrait: (item: T) => string, pairs: [T, T][]): void {
  const byTrait = new Map<string, T | null>();
  for (const item of base) {
    const trait = baseTrait(item);
    byTrait.set(trait, byTrait.has(trait) ? null : item);
  }
  const wanted = new Map<string, number>();
  for (const item of next) wanted.set(nextTrait(item), (wanted.get(nextTrait(item)) ?? 0) + 1);
  const candidates = next.slice();
  for (const item of candidates) {
    const trait = nextTrait(item);
    const same = byTrait.get(trait);
    if (same == null || wanted.get(trait) !== 1) continue;
    pairs.push([same, item]);
    base.splice(base.indexOf(same), 1);
    next.splice(next.indexOf(item), 1);
  }
}

/** Longest common subsequence by text, then the ones between two matches by order, and where some came or went by likeness. */
function inOrder<T>(base: readonly T[], next: readonly T[], baseText: (item: T) => string, nextText: (item: T) => string): [T, T][] {
  const a = base.map(baseText);
  const b = next.map(nextText);
  const anchors = a.length * b.length <= MAX_TABLE ? common(a, b) : [];
  const pairs: [T, T][] = [];
  let i = 0;
  let j = 0;
  for (const [x, y] of [...anchors, [a.length, b.length] as const]) {
    for (const [k, l] of alike(a.slice(i, x), b.slice(j, y))) pairs.push([base[i + k]!, next[j + l]!]);
    if (x < a.length) pairs.push([base[x]!, next[y]!]);
    i = x + 1;
    j = y + 1;
  }
  return pairs;
}

/** Index pairs of a longest common subsequence. */
export function common(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] =
        a[i] === b[j] ? table[(i + 1) * width + j + 1]! + 1 : Math.max(table[(i + 1) * width + j]!, table[i * width + j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (table[(i + 1) * width + j]! >= table[i * width + j + 1]!) i++;
    else j++;
  }
  return pairs;
}
