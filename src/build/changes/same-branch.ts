/**
 * Conditions of the top level that are written otherwise and come to the same in every process that can be patched: there is a
 * `process` in it. What was chosen as the module loaded is then what the new version chooses.
 */
import type { AnyNode, IfStatement } from 'acorn';
import { compareCode } from '../code/context.ts';
import type { Side } from '../version/side.ts';
import type { TopDiff } from './top.ts';

const THERE = /^(?:global|globalThis|process)$/;

/** Of statements that differ, those that only ask otherwise for what they choose: of both versions. */
export function sameBranches(top: TopDiff): AnyNode[] {
  const { ctx, goneOthers, newOthers, baseFn, nextFn } = top;
  return newOthers.flatMap((node) => {
    const before = goneOthers.find((gone) => {
      if (node.type !== 'IfStatement' || gone.type !== 'IfStatement') return false;
      const [was, is] = [conditionOf(ctx.base, gone), conditionOf(ctx.next, node)];
      if (was === null || was !== is || !gone.alternate !== !node.alternate) return false;
      const isSame = (a: AnyNode, b: AnyNode): boolean => compareCode(ctx, a, b, baseFn, nextFn) === 'same';
      return isSame(gone.consequent, node.consequent) && (!node.alternate || isSame(gone.alternate!, node.alternate));
    });
    return before ? [before, node] : [];
  });
}

/** What a condition asks of the platform alone, as text; null where it asks anything else. */
function conditionOf(side: Side, { test }: IfStatement): string | null {
  const isGlobal = side.refsIn(test.start, test.end).every(({ binding }) => binding === null);
  return isGlobal ? folded(side, test) : null;
}

function folded(side: Side, node: AnyNode): string {
  switch (node.type) {
    case 'LogicalExpression': {
      const [left, right] = [folded(side, node.left), folded(side, node.right)];
      if (node.operator === '&&') return left === 'true' ? right : left === 'false' ? left : `(${left} && ${right})`;
      if (node.operator === '||') return left === 'false' ? right : left === 'true' ? left : `(${left} || ${right})`;
      return side.text(node);
    }
    case 'UnaryExpression': {
      const value = node.operator === '!' ? folded(side, node.argument) : '';
      return value === 'true' ? 'false' : value === 'false' ? 'true' : side.text(node);
    }
    case 'BinaryExpression': {
      const { left, right, operator } = node;
      const isKnown =
        left.type === 'UnaryExpression' &&
        left.operator === 'typeof' &&
        left.argument.type === 'Identifier' &&
        THERE.test(left.argument.name) &&
        right.type === 'Literal';
      if (!isKnown || !/^[!=]==?$/.test(operator)) return side.text(node);
      return String((right.value === 'object') === operator.startsWith('='));
    }
    default:
      return side.text(node);
  }
}
