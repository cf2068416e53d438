/** Which modules of a bundle code in one of them goes by: those that its own asks for, directly or not, and who asks for that. */
import type { AnyNode } from 'acorn';
import { lowerBound } from '../../source/lower-bound.ts';
import type { FunctionInfo } from '../../source/model.ts';
import type { Side } from '../version/side.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { functionAround } from '../version/program/function-around.ts';
import { namedCalls } from '../version/program/named-calls.ts';

/** What has changed in other modules of the bundle that the one around a node goes by. */
export interface BundleHelp {
  readonly functions: ReadonlySet<string>;
  /** Modules of which only what they do as they load has changed count as well. */
  readonly isAny: boolean;
  readonly isForeign: (module: FunctionInfo) => boolean;
}

/** Of `changed`, paths of functions, those in other modules of the bundle that the one around `node` goes by. */
export function helpInBundle(side: Side, node: AnyNode, changed: ReadonlySet<string>): BundleHelp {
  const own = moduleAround(side, functionAround(side, node));
  const led = own === null || changed.size === 0 ? new Set<FunctionInfo>() : ledFrom(side, own);
  const functions = new Set<string>();
  let isAny = false;
  for (const fn of led.size > 0 ? side.model.functions : []) {
    const home = changed.has(fn.path) ? moduleAround(side, fn) : null;
    if (home === null || home === own || !led.has(home)) continue;
    isAny = true;
    if (home !== fn) functions.add(fn.path);
  }
  return { functions, isAny, isForeign: (module) => module !== own };
}

/** The modules that the one whose function is `own` asks for. */
export const askedIn = (side: Side, own: FunctionInfo): ReadonlySet<FunctionInfo> => asksIn(side).get(own) ?? new Set();

/**
 * Whether a node of the bundle stands in a module that the one around `node` goes by, or in one that asks for it: its classes are
 * extended there, and its objects are made. Where it is in none, any may be meant.
 */
export function nearInBundle(side: Side, node: AnyNode): (other: AnyNode) => boolean {
  const own = moduleAround(side, functionAround(side, node));
  if (own === null) return () => true;
  const near = new Set([...ledFrom(side, own), ...[...asksIn(side)].flatMap(([module, asked]) => (asked.has(own) ? [module] : []))]);
  const far = [...side.plan.bundled.keys()].filter((module) => !near.has(module)).sort((a, b) => a.node.start - b.node.start);
  return (other) => {
    const before = far[lowerBound(far.length, (i) => far[i]!.node.start <= other.start) - 1];
    return before === undefined || before.node.end < other.end;
  };
}

/** By where a node stands, the module in the bundle that it is in; null for what is in none. */
export const modulesAt = askedOnce((side: Side): ((node: AnyNode) => FunctionInfo | null) => {
  const modules = [...side.plan.bundled.keys()].sort((a, b) => a.node.start - b.node.start);
  return ({ start, end }) => {
    let module: FunctionInfo | null = modules[lowerBound(modules.length, (i) => modules[i]!.node.start <= start) - 1] ?? null;
    while (module !== null && module.node.end < end) module = moduleAround(side, module.parent);
    return module;
  };
});

function moduleAround(side: Side, fn: FunctionInfo | null): FunctionInfo | null {
  let around = fn;
  while (around !== null && !side.plan.bundled.has(around)) around = around.parent;
  return around;
}

function ledFrom(side: Side, own: FunctionInfo): ReadonlySet<FunctionInfo> {
  const asks = asksIn(side);
  const led = new Set<FunctionInfo>([own]);
  for (const module of led) for (const asked of asks.get(module) ?? []) led.add(asked);
  return led;
}

type Asks = ReadonlyMap<FunctionInfo, ReadonlySet<FunctionInfo>>;

const asksIn = askedOnce(findAsks);

function findAsks(side: Side): Asks {
  const asks = new Map<FunctionInfo, Set<FunctionInfo>>();
  for (const { parent, fn } of namedCalls(side)) {
    const asked = side.inBundle.asked(parent);
    const home = asked && moduleAround(side, fn);
    if (!asked || !home) continue;
    const known = asks.get(home);
    if (known) known.add(asked.module);
    else asks.set(home, new Set([asked.module]));
  }
  return asks;
}
