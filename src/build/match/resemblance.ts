/**
 * Variables of which what stands around them leaves open which is which: a function by what its code has in common with
 * another, and a state by the properties by which code knows what it holds, whose names no minifier chose.
 */
import type { Binding } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { beginAlike, LEAST_SHARED, TELLING } from './nameless.ts';
import type { Nameless } from './nameless.ts';
import type { Shape, Words } from './shape.ts';
import { isLasting } from './standing.ts';
import type { Votes } from './votes.ts';

/** Of the words of two functions, how many are the same where one may have become the other. */
export const ALIKE = 0.7;
/** The same of the words that say what modules in a bundle are about. */
const SAME_MODULE = 0.4;
/** So many pairs of functions or modules are compared. */
export const MAX_COMPARED = 2500;
/** As many of them say little. */
const TOO_FEW = 5;

/** What is known of two builds so far. */
export interface Open {
  readonly base: Nameless;
  readonly next: Nameless;
  readonly words: Words;
  /** New to old. */
  readonly partners: ReadonlyMap<Binding, Binding>;
  /** What speaks for variables of one place, new to old. */
  readonly votes: ReadonlyMap<Binding, ReadonlyMap<Binding, Votes>>;
  readonly sameHome: (base: Binding, next: Binding) => boolean;
  /** Whether functions that use the one are those that use the other, some of them. */
  readonly haveUsersInCommon: (base: Binding, next: Binding) => boolean;
}

/** Pairs that are certain all the same, new to old. */
export function resembling(open: Open): ReadonlyMap<Binding, Binding> {
  return new Map([...likeFunctions(open), ...knownStates(open)]);
}

/** Of those that something speaks for and that are not known yet, the only ones that are alike. */
function likeFunctions({ base, next, words, partners, votes }: Open): readonly (readonly [Binding, Binding])[] {
  const paired = new Set(partners.values());
  const found = [...votes].flatMap(([now, row]) => {
    const shape = partners.has(now) ? undefined : next.functionOf(now);
    return [...row.keys()].flatMap((old): (readonly [Binding, Binding])[] => {
      const was = shape && !paired.has(old) ? base.functionOf(old) : undefined;
      return shape && was && resemble(was, shape, words) ? [[now, old]] : [];
    });
  });
  return onlyOnes(found);
}

/** States of one place that begin the same and of which the same properties are known, as of no other. */
function knownStates({ base, next, partners, sameHome, haveUsersInCommon }: Open): readonly (readonly [Binding, Binding])[] {
  const paired = new Set(partners.values());
  const isState = (of: Nameless, binding: Binding): boolean => isLasting(binding) && of.standing(binding) === 'state';
  const come = next.meanings.variables.filter((now) => !partners.has(now) && isState(next, now));
  const gone = come.length === 0 ? [] : base.meanings.variables.filter((old) => !paired.has(old) && isState(base, old));
  const known = new Map([...gone, ...come].map((binding) => [binding, propertiesOf(binding)]));
  const shared = come.flatMap((now) =>
    gone.flatMap((old) => {
      if (!sameHome(old, now)) return [];
      const count = [...known.get(old)!].filter((name) => known.get(now)!.has(name)).length;
      return count > 0 ? [{ pair: [now, old] as const, count }] : [];
    }),
  );
  const only = new Set(onlyOnes(shared.map(({ pair }) => pair)));
  return shared.flatMap(({ pair, count }) => {
    const [now, old] = pair;
    const isSame = count >= LEAST_SHARED && only.has(pair) && beginAlike(base, old, next, now) && haveUsersInCommon(old, now);
    return isSame ? [pair] : [];
  });
}

/** Those of which either stands in no other pair. */
function onlyOnes<P extends readonly [Binding, Binding]>(pairs: readonly P[]): readonly P[] {
  const counts = new Map<Binding, number>();
  for (const pair of pairs) for (const binding of pair) counts.set(binding, (counts.get(binding) ?? 0) + 1);
  return pairs.filter((pair) => pair.every((binding) => counts.get(binding) === 1));
}

/** The names of the properties that code reads or sets of what a variable holds, and those of objects that it is given. */
function propertiesOf({ references }: Binding): ReadonlySet<string> {
  const names = references.flatMap(({ node, parent }) => {
    if (parent.type === 'MemberExpression')
      return parent.object === node && !parent.computed && parent.property.type === 'Identifier' ? parent.property.name : [];
    const given = parent.type === 'AssignmentExpression' && parent.left === node ? parent.right : null;
    if (given?.type !== 'ObjectExpression') return [];
    return given.properties.flatMap((own) => (own.type === 'Property' && !own.computed ? keyName(own.key, false) : []));
  });
  return new Set(names.filter((name) => name.length >= TELLING));
}

/** Whether one may have become the other: most of their words are the same, and most of those that say what they are about. */
function resemble(a: Shape, b: Shape, words: Words): boolean {
  if (a.id === b.id) return true;
  const tells = (word: number): boolean => words.tells(word);
  return likeness(a, b) >= ALIKE && likeness(a, b, tells) >= ALIKE;
}

/**
 * Whether a module in a bundle may have become the other, by the words in all of it that say what it is about: where one has gone
 * another often stands. Of 827 modules that security fixes changed one in a hundred has less in common with what it was; of 74 that
 * had come in the place of others all but a few have.
 */
export function areOneModule(a: Shape, b: Shape, words: Words): boolean {
  return a.id === b.id || isEnough(moduleLikeness(a, b, words));
}

/** How much modules have in common: from 0 to 1, by the words that tell, or where there are few by all of them. */
export interface ModuleLikeness {
  readonly telling: number;
  readonly isFew: boolean;
  readonly all: number;
}

export const isEnough = ({ telling, isFew, all }: ModuleLikeness): boolean => telling >= SAME_MODULE || (isFew && all >= ALIKE);

export function moduleLikeness(a: Shape, b: Shape, words: Words): ModuleLikeness {
  const [all, others] = [allWords(a), allWords(b)];
  const [before, after] = [all, others].map((bag) => new Map([...bag].filter(([word]) => words.tells(word))));
  const isFew = Math.min(before!.size, after!.size) < TOO_FEW;
  return { telling: inCommon(before!, after!), isFew, all: isFew ? inCommon(all, others) : 0 };
}

/** How often each word stands in a function and in those within. */
function allWords({ words, innerAt, inner }: Shape, counts = new Map<number, number>()): Map<number, number> {
  const shapes = new Set(innerAt);
  words.forEach((word, at) => {
    if (!shapes.has(at)) counts.set(word, (counts.get(word) ?? 0) + 1);
  });
  for (const own of inner) allWords(own, counts);
  return counts;
}

/** From 0 to 1: the share of what two bags hold that is in both. */
function inCommon(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number {
  let both = 0;
  let total = 0;
  for (const [word, count] of b) {
    both += Math.min(count, a.get(word) ?? 0);
    total += count;
  }
  for (const count of a.values()) total += count;
  return total === 0 ? 0 : (2 * both) / total;
}

/** From 0 to 1: the share of their words that two functions have in common; of those that `counts` holds of. */
export function likeness(a: Shape, b: Shape, counts: (word: number) => boolean = () => true): number {
  const bag = bagOf(a);
  let both = 0;
  for (const [word, count] of bagOf(b)) if (counts(word)) both += Math.min(count, bag.get(word) ?? 0);
  const total = a.words.filter(counts).length + b.words.filter(counts).length;
  return total === 0 ? 0 : (2 * both) / total;
}

const bags = new WeakMap<Shape, ReadonlyMap<number, number>>();

function bagOf(shape: Shape): ReadonlyMap<number, number> {
  let bag = bags.get(shape);
  if (bag) return bag;
  const counts = new Map<number, number>();
  for (const word of shape.words) counts.set(word, (counts.get(word) ?? 0) + 1);
  bags.set(shape, (bag = counts));
  return bag;
}

/** Pairs of the functions that have most in common, and of the only two that are left. */
export function mostAlike(base: readonly Shape[], next: readonly Shape[]): (readonly [Shape, Shape])[] {
  if (base.length * next.length > MAX_COMPARED) return [];
  if (base.length === 1 && next.length === 1) return [[base[0]!, next[0]!]];
  const found: { readonly pair: readonly [Shape, Shape]; readonly alike: number }[] = [];
  base.forEach((a) =>
    next.forEach((b) => {
      const alike = likeness(a, b);
      if (alike >= ALIKE) found.push({ pair: [a, b], alike });
    }),
  );
  const used = new Set<Shape>();
  const pairs = found
    .toSorted((a, b) => b.alike - a.alike)
    .flatMap(({ pair }) => {
      if (pair.some((shape) => used.has(shape))) return [];
      for (const shape of pair) used.add(shape);
      return [pair];
    });
  const [gone, come] = [base, next].map((list) => list.filter((shape) => !used.has(shape)));
  return gone!.length === 1 && come!.length === 1 ? [...pairs, [gone![0]!, come![0]!]] : pairs;
}
