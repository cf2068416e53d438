/**
 * Variables of the top level that go by another name in the new version. One that has gone and one that is new are the same where
 * they begin the same and the same functions use them in the same ways, and no other of either may be it: what the program has put
 * into it goes on.
 */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { isMutatedByFunctions, isState } from '../version/values/effects.ts';
import type { Named } from '../version/forms/items.ts';
import type { Side } from '../version/side.ts';
import { isClassNode, isFunctionNode, walk } from '../version/program/walk.ts';
import type { Match } from './match.ts';
import { areAlike, countUses, functionOf, useOf } from './uses.ts';
import type { Uses } from './uses.ts';

/** A variable of the scope that only one version has. */
export interface Candidate {
  readonly item: Named;
  readonly binding: Binding;
}

interface Pair {
  readonly before: Candidate;
  readonly now: Candidate;
}

export interface RenamedVariables {
  readonly pairs: readonly Pair[];
  /** One that holds what the program has put there, or what was made once, and a new one that may be it or stands in its place. */
  readonly unclear: readonly Pair[];
}

/** What the scope knows of its variables. */
export interface Facts {
  /** Whether what a variable of the new version begins with is what the old one, with the same text, began with. */
  isKnown(value: AnyNode | null): boolean;
  /** Whether new code that writes `now` can go on from `before`, a constant. */
  isLiftable(before: Candidate, now: Candidate): boolean;
}

export function renamedVariables(
  { base, next, match }: { readonly base: Side; readonly next: Side; readonly match: Match },
  [baseFn, nextFn]: readonly [FunctionInfo, FunctionInfo],
  gone: readonly Candidate[],
  fresh: readonly Candidate[],
  { isKnown, isLiftable }: Facts,
): RenamedVariables {
  const found: { readonly pairs: Pair[]; readonly unclear: Pair[] } = { pairs: [], unclear: [] };
  const [olds, news] = [gone.filter(isPlain), fresh.filter(isPlain)];
  if (olds.length === 0 || news.length === 0) return found;
  const were = new Used(olds, base, (fn) => (match.nextOf.has(fn) ? fn.index : null));
  const are = new Used(news, next, (fn) => match.baseOf.get(fn)?.index ?? null);
  const mayBe = (one: Candidate, by: Used, others: Used): readonly Candidate[] =>
    others.like(by.beginning(one), by.of(one)).filter((other) => areAlike(by.of(one), others.of(other)));
  const isHeld = (of: FunctionInfo, { binding }: Candidate): boolean => isState(of, binding) || isMutatedByFunctions(of, binding);
  for (const old of olds) {
    const [own, ...more] = mayBe(old, were, are);
    const isSure = own && more.length === 0 && mayBe(own, are, were).length === 1 && isKnown(own.item.value) && !isHidden(old, own);
    if (isSure && (old.binding.kind !== 'const' || !own.binding.reassigned || isLiftable(old, own))) {
      found.pairs.push({ before: old, now: own });
      continue;
    }
    const beside = are.beside(were.of(old));
    const wasMade = (one: Candidate): boolean => are.beginning(one) === were.beginning(old) && callsSomething(one.item.value);
    const other = beside.find(wasMade) ?? (isHeld(baseFn, old) ? beside.find((one) => isHeld(nextFn, one)) : undefined);
    if (other) found.unclear.push({ before: old, now: other });
  }
  const taken = new Set(found.pairs.map(({ now }) => now));
  return { pairs: found.pairs, unclear: found.unclear.filter(({ now }) => !taken.has(now)) };
}

/** Whether code that uses it has the old name for something of its own. */
function isHidden(old: Candidate, { binding }: Candidate): boolean {
  return binding.references.some(({ scope }) => scope.lookup(old.binding.name) !== null);
}

/** One that is given a value of its own, by itself. */
function isPlain({ item: { kind, value, group, extract, source, asked } }: Candidate): boolean {
  if (kind !== 'variable' || group || extract !== '' || source !== null || asked) return false;
  return value === null || !makesCode(value);
}

/** How the variables of one version are used: a bundle may have thousands that another one lacks. */
class Used {
  private readonly side: Side;
  private readonly uses = new Map<Candidate, Uses>();
  private readonly byUse = new Map<string, Candidate[]>();
  private readonly byFunction = new Map<string, Candidate[]>();

  constructor(all: readonly Candidate[], side: Side, indexOf: (fn: FunctionInfo) => number | null) {
    this.side = side;
    const put = (map: Map<string, Candidate[]>, key: string, one: Candidate): void => {
      const known = map.get(key);
      if (!known) map.set(key, [one]);
      else if (known.at(-1) !== one) known.push(one);
    };
    for (const one of all) {
      const uses = usesIn(one.binding, side, indexOf);
      this.uses.set(one, uses);
      for (const use of uses.keys()) {
        put(this.byUse, `${use} ${this.beginning(one)}`, one);
        put(this.byFunction, functionOf(use), one);
      }
    }
  }

  of(one: Candidate): Uses {
    return this.uses.get(one)!;
  }

  beginning({ item: { value } }: Candidate): string {
    return value === null ? '' : this.side.text(value);
  }

  /** Those that begin so and are used in one of the ways. */
  like(beginning: string, uses: Uses): readonly Candidate[] {
    return [...new Set([...uses.keys()].flatMap((use) => this.byUse.get(`${use} ${beginning}`) ?? []))];
  }

  /** Those that one of the functions uses. */
  beside(uses: Uses): readonly Candidate[] {
    return [...new Set([...uses.keys()].flatMap((use) => this.byFunction.get(functionOf(use)) ?? []))];
  }
}

/** Functions and classes are matched by themselves. */
function makesCode(value: AnyNode): boolean {
  let found = false;
  walk(value, (node) => {
    found ||= isFunctionNode(node) || isClassNode(node);
    return !found;
  });
  return found;
}

function callsSomething(value: AnyNode | null): boolean {
  let found = false;
  if (value === null) return false;
  walk(value, (node) => {
    found ||= node.type === 'CallExpression' || node.type === 'NewExpression';
    return !found;
  });
  return found;
}

/** How functions that both versions have use it. */
function usesIn(binding: Binding, side: Side, indexOf: (fn: FunctionInfo) => number | null): Uses {
  return countUses(
    binding.references.flatMap((ref) => {
      const index = binding.declarations.includes(ref.node as never) ? null : indexOf(ref.fn);
      return index === null ? [] : [[index, useOf(ref, side)] as const];
    }),
  );
}
