/** Which loop of the new version of a function a loop of the old one goes on in. */
import type { AnyNode } from 'acorn';
import { isForAwait, loopsOf } from '../../instrument/loops.ts';
import type { Loop } from '../../instrument/loops.ts';
import type { FunctionInfo } from '../../source/model.ts';
import { common } from './match.ts';
import type { Side } from '../version/side.ts';

/**
 * Pairs by what the loop says of itself and of the loops around it: what it iterates over, or its condition. Loops that
 * say the same are paired in order; one whose words changed, if it is the only one left of its kind at its place.
 */
export function pairLoops(base: Side, baseFn: FunctionInfo, next: Side, nextFn: FunctionInfo): (readonly [Loop, Loop])[] {
  const old = loopsOf(baseFn);
  const fresh = loopsOf(nextFn);
  const pairs = common(
    old.map((loop) => words(base, loop)),
    fresh.map((loop) => words(next, loop)),
  ).map(([a, b]) => [old[a]!, fresh[b]!] as const);
  const partner = new Map(pairs);
  const left = old.filter((loop) => !partner.has(loop));
  const free = fresh.filter((loop) => !pairs.some(([, b]) => b === loop));
  for (const loop of left) {
    const alike = (other: Loop): boolean => kindOf(other) === kindOf(loop);
    const candidates = free.filter(alike);
    if (left.filter(alike).length === 1 && candidates.length === 1) pairs.push([loop, candidates[0]!]);
  }
  return pairs.toSorted(([a], [b]) => a.index - b.index);
}

function kindOf({ info }: Loop): string {
  const depth = info.around.filter((node) => /^(?:For|While|DoWhile)/.test(node.type)).length;
  return `${depth} ${isForAwait(info.node) ? 'iterates' : 'repeats'}`;
}

function words(side: Side, loop: Loop): string {
  const { node, around } = loop.info;
  return [...around, node].map((n) => head(side, n)).join('');
}

function head(side: Side, node: AnyNode): string {
  switch (node.type) {
    case 'WhileStatement':
    case 'DoWhileStatement':
      return `${node.type} ${side.text(node.test)};`;
    case 'ForStatement':
      return `${node.type} ${node.test ? side.text(node.test) : ''};`;
    case 'ForOfStatement':
      return `${node.type} ${side.text(node.right)};`;
    default:
      return '';
  }
}
