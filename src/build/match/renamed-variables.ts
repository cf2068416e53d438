/**
 * Variables of the top level that go by another name in the new version. One that has gone and one that is new are the same where
 * they begin the same and the same functions use them in the same ways, and no other of either may be it: what the program has put
 * into it goes on.
 */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { isMutatedByFunctions, isState } from '../version/effects.ts';
import type { Named } from '../version/items.ts';
import type { Side } from '../version/side.ts';
import { isClassNode, isFunctionNode, walk } from '../version/walk.ts';
import type { Match } from './match.ts';

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
  /** One that holds what the program has put there, and a new one that may be it. */
  readonly unclear: readonly Pair[];
}

/** How often it is used in which way, by the function that does so and what it does. */
type Uses = ReadonlyMap<string, number>;

/** `isKnown` tells whether what a variable of the new version begins with is what the old one, with the same text, began with. */
export function renamedVariables(
  { base, next, match }: { readonly base: Side; readonly next: Side; readonly match: Match },
  [baseFn, nextFn]: readonly [FunctionInfo, FunctionInfo],
  gone: readonly Candidate[],
  fresh: readonly Candidate[],
  isKnown: (value: AnyNode | null) => boolean,
): RenamedVariables {
  const found: { readonly pairs: Pair[]; readonly unclear: Pair[] } = { pairs: [], unclear: [] };
  const now = byBeginning(fresh, next);
  const uses = new Map<Binding, Uses>();
  const usesOf = ({ binding }: Candidate, side: Side): Uses => {
    let known = uses.get(binding);
    const indexOf = (fn: FunctionInfo): number | null => {
      const old = side === base ? fn : match.baseOf.get(fn);
      return old && match.nextOf.has(old) ? old.index : null;
    };
    if (!known) uses.set(binding, (known = usesIn(binding, side, indexOf)));
    return known;
  };
  const mayBe = (old: Candidate, one: Candidate): boolean => areAlike(usesOf(old, base), usesOf(one, next));
  const holds = (of: FunctionInfo, { binding, item }: Candidate): boolean =>
    isState(of, binding) || isMutatedByFunctions(of, binding) || (item.value !== null && callsSomething(item.value));
  for (const [beginning, olds] of byBeginning(gone, base)) {
    const news = now.get(beginning) ?? [];
    for (const old of olds) {
      const likely = news.filter((one) => mayBe(old, one));
      const [own] = likely;
      const isSure = likely.length === 1 && olds.filter((other) => mayBe(other, own!)).length === 1 && isKnown(own!.item.value);
      // New code cannot write what is a constant in the running code.
      if (isSure && !(old.binding.kind === 'const' && own!.binding.reassigned)) {
        found.pairs.push({ before: old, now: own! });
        continue;
      }
      if (!holds(baseFn, old)) continue;
      const other = news.find((one) => holds(nextFn, one) && areUsedTogether(usesOf(old, base), usesOf(one, next)));
      if (other) found.unclear.push({ before: old, now: other });
    }
  }
  const taken = new Set(found.pairs.map((pair) => pair.now));
  return { pairs: found.pairs, unclear: found.unclear.filter((pair) => !taken.has(pair.now)) };
}

/** By what they begin with. */
function byBeginning(all: readonly Candidate[], side: Side): Map<string, Candidate[]> {
  const found = new Map<string, Candidate[]>();
  for (const one of all) {
    const { kind, value, group, extract, targets, source, asked } = one.item;
    if (kind !== 'variable' || group || extract !== '' || targets.length > 0 || source !== null || asked) continue;
    if (value !== null && makesCode(value)) continue;
    const beginning = value === null ? '' : side.text(value);
    const known = found.get(beginning);
    if (known) known.push(one);
    else found.set(beginning, [one]);
  }
  return found;
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

function callsSomething(value: AnyNode): boolean {
  let found = false;
  walk(value, (node) => {
    found ||= node.type === 'CallExpression' || node.type === 'NewExpression';
    return !found;
  });
  return found;
}

/** How functions that both versions have use it, and how often. */
function usesIn(binding: Binding, side: Side, indexOf: (fn: FunctionInfo) => number | null): Uses {
  const found = new Map<string, number>();
  for (const ref of binding.references) {
    const index = indexOf(ref.fn);
    if (index === null || binding.declarations.includes(ref.node as never)) continue;
    const use = `${index} ${useOf(ref, side)}`;
    found.set(use, (found.get(use) ?? 0) + 1);
  }
  return found;
}

/** What is done with it, without its name. */
function useOf({ node, parent, read, write }: Reference, side: Side): string {
  const what = `${read ? 'r' : ''}${write ? 'w' : ''}`;
  switch (parent.type) {
    case 'MemberExpression':
      return parent.object === node && !parent.computed ? `.${side.text(parent.property)}` : parent.object === node ? '[]' : 'key';
    case 'AssignmentExpression':
      return parent.left === node ? `${what}${parent.operator}${side.text(parent.right)}` : `${what}=`;
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee === node ? '()' : `${side.text(parent.callee)}(${parent.arguments.indexOf(node)})`;
    default:
      return `${what} ${parent.type}`;
  }
}

/** Whether one is used in all the ways that the other is. */
function areAlike(a: Uses, b: Uses): boolean {
  const isIn = (some: Uses, all: Uses): boolean => [...some].every(([use, count]) => (all.get(use) ?? 0) >= count);
  return a.size > 0 && b.size > 0 && (isIn(a, b) || isIn(b, a));
}

/** Whether a function uses both. */
function areUsedTogether(a: Uses, b: Uses): boolean {
  const functionsOf = (uses: Uses): string[] => [...uses.keys()].map((use) => use.slice(0, use.indexOf(' ')));
  const others = new Set(functionsOf(b));
  return functionsOf(a).some((fn) => others.has(fn));
}
