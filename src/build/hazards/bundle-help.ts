/** Which modules of a bundle code in one of them goes by: those that its own asks for, directly or not, and who asks for that. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import type { Side } from '../version/side.ts';
import { askedOnce } from '../version/asked-once.ts';
import { functionAround } from '../version/function-around.ts';

/** Of `changed`, paths of functions, those in other modules of the bundle that the one around `node` goes by. */
export function helpInBundle(side: Side, node: AnyNode, changed: ReadonlySet<string>): string[] {
  const own = moduleAround(side, functionAround(side, node));
  if (own === null || changed.size === 0) return [];
  const led = ledFrom(side, own);
  return side.model.functions.flatMap((fn) => {
    const home = changed.has(fn.path) ? moduleAround(side, fn) : null;
    return home !== null && home !== own && led.has(home) ? [fn.path] : [];
  });
}

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
    let [low, high] = [0, far.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (far[middle]!.node.start <= other.start) low = middle + 1;
      else high = middle;
    }
    return low === 0 || far[low - 1]!.node.end < other.end;
  };
}

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
  for (const { node, parent, fn } of side.refs) {
    const asked = parent.type === 'CallExpression' && parent.callee === node ? side.inBundle.asked(parent) : null;
    const home = asked && moduleAround(side, fn);
    if (!asked || !home) continue;
    const known = asks.get(home);
    if (known) known.add(asked.module);
    else asks.set(home, new Set([asked.module]));
  }
  return asks;
}
