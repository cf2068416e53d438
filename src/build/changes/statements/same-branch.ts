/**
 * Conditions of the top level that are written otherwise and come to the same in every process that can be patched: there is a
 * `process` in it. What was chosen as the module loaded is then what the new version chooses.
 */
import type { AnyNode } from 'acorn';
import { compareCode } from '../../code/context.ts';
import { nothingTest } from '../../version/forms/nothing.ts';
import { goesThroughSame } from './same-lists.ts';
import type { Side } from '../../version/side.ts';
import type { TopDiff } from '../top.ts';

const THERE = /^(?:global|globalThis|process)$/;

/** Of statements that differ, those that only ask otherwise for what they choose: of both versions. */
export function sameBranches(top: TopDiff): AnyNode[] {
  const branches = new SameBranches(top);
  const left = new Set(top.goneOthers);
  return top.newOthers.flatMap((node) => {
    const before = [...left].find((gone) => isInPlace(top, gone, node) && branches.comesToSame(gone, node));
    if (!before) return [];
    left.delete(before);
    return [before, node];
  });
}

/** Whether a statement runs behind the same ones as the other, and is not one that runs elsewhere now. */
function isInPlace({ pairs }: TopDiff, before: AnyNode, now: AnyNode): boolean {
  return pairs.every(([a, b]) => a.start < before.start === b.start < now.start);
}

class SameBranches {
  private readonly top: TopDiff;
  /** What threw as the module loaded ended that: what follows has run only if nothing did. */
  private readonly hasRun: boolean;

  constructor(top: TopDiff) {
    this.top = top;
    this.hasRun = top.handle.kind !== 'bundled' && !top.baseFn.ancestors.some(({ type }) => type === 'TryStatement');
  }

  /** Whether a statement that has run, or an expression whose value nobody takes, did what `now` does. */
  comesToSame(was: AnyNode, is: AnyNode): boolean {
    const [before, now] = [bare(was), bare(is)];
    if (this.isSame(before, now) || goesThroughSame(this.top, before, now)) return true;
    const [a, b] = [branchOf(before), branchOf(now)];
    if (a && b && !a.alternate === !b.alternate && this.asksSame(a.test, b.test))
      return this.comesToSame(a.consequent, b.consequent) && (!b.alternate || this.comesToSame(a.alternate!, b.alternate));
    const [were, are] = [partsOf(before), partsOf(now)];
    if (this.addsGuard(were, now)) return true;
    return (were[0] !== before || are[0] !== now) && this.comeToSame(were, are);
  }

  private comeToSame(were: readonly AnyNode[], are: readonly AnyNode[]): boolean {
    let at = 0;
    for (const now of are) {
      const guarded = partsOf(branchOf(now)?.consequent ?? now).length;
      if (at < were.length && this.comesToSame(were[at]!, now)) at += 1;
      else if (this.addsGuard(were.slice(at, at + guarded), now)) at += guarded;
      else return false;
    }
    return at === were.length;
  }

  /** Whether `now` only asks first whether there is a global variable without which `were` would have ended the load. */
  private addsGuard(were: readonly AnyNode[], now: AnyNode): boolean {
    const branch = branchOf(now);
    const name = branch && !branch.alternate ? this.guarded(branch.test) : null;
    const [first] = were;
    if (name === null || !first || !this.hasRun) return false;
    const asked = firstAsked(first);
    if (asked.name !== name.of || (name.isCalled && !asked.isCalled)) return false;
    return this.comeToSame(were, partsOf(branch!.consequent));
  }

  /** The global variable that a condition asks for: whether it is there, or is a function. */
  private guarded(test: AnyNode): { readonly of: string; readonly isCalled: boolean } | null {
    if (test.type !== 'BinaryExpression') return null;
    const nothing = nothingTest(test);
    if (nothing)
      return nothing.of.type === 'Identifier' && !nothing.holds && isTyped(test) && this.isGlobal(nothing.of)
        ? { of: nothing.of.name, isCalled: false }
        : null;
    const [asked, value] = test.left.type === 'Literal' ? [test.right, test.left] : [test.left as AnyNode, test.right];
    if (asked.type !== 'UnaryExpression' || asked.operator !== 'typeof' || asked.argument.type !== 'Identifier') return null;
    const isCalled = value.type === 'Literal' && value.value === 'function' && /^===?$/.test(test.operator);
    return isCalled && this.isGlobal(asked.argument) ? { of: asked.argument.name, isCalled } : null;
  }

  private isGlobal(id: AnyNode): boolean {
    return this.top.ctx.next.refAt(id)?.binding === null;
  }

  private asksSame(before: AnyNode, now: AnyNode): boolean {
    const { base, next } = this.top.ctx;
    const was = conditionOf(base, before);
    return (was !== null && was === conditionOf(next, now)) || this.isSame(before, now);
  }

  private isSame(before: AnyNode, now: AnyNode): boolean {
    const { ctx, baseFn, nextFn } = this.top;
    return compareCode(ctx, before, now, baseFn, nextFn) === 'same';
  }
}

interface Branch {
  readonly test: AnyNode;
  readonly consequent: AnyNode;
  readonly alternate: AnyNode | null;
}

/** A statement that chooses, or what a minifier makes of one. */
function branchOf(statement: AnyNode): Branch | null {
  const node = bare(statement);
  if (node.type === 'IfStatement' || node.type === 'ConditionalExpression') return { ...node, alternate: node.alternate ?? null };
  return node.type === 'LogicalExpression' && node.operator === '&&' ? { test: node.left, consequent: node.right, alternate: null } : null;
}

/** What a statement does one after the other. */
function partsOf(statement: AnyNode): readonly AnyNode[] {
  if (statement.type === 'BlockStatement') return statement.body;
  const node = bare(statement);
  return node.type === 'SequenceExpression' ? node.expressions : [node];
}

/** The variable that an expression asks for before it does anything. */
function firstAsked(statement: AnyNode): { readonly name: string | null; readonly isCalled: boolean } {
  let node = bare(statement);
  for (let isCalled = false; ;) {
    if (node.type === 'Identifier') return { name: node.name, isCalled };
    isCalled = node.type === 'CallExpression' || node.type === 'NewExpression';
    if (node.type === 'CallExpression' || node.type === 'NewExpression') node = node.callee;
    else if (node.type === 'MemberExpression') node = node.object;
    else if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression') node = node.left;
    else return { name: null, isCalled: false };
  }
}

function bare(statement: AnyNode): AnyNode {
  return statement.type === 'ExpressionStatement' ? statement.expression : statement;
}

/** Whether it asks for the type of something, which need not be there. */
const isTyped = ({ left, right }: AnyNode & { readonly type: 'BinaryExpression' }): boolean =>
  [left as AnyNode, right].some((side) => side.type === 'UnaryExpression' && side.operator === 'typeof');

/** What a condition asks of the platform alone, as text; null where it asks anything else. */
function conditionOf(side: Side, test: AnyNode): string | null {
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
      const nothing = nothingTest(node);
      if (nothing?.kind === 'undefined' && isTyped(node) && nothing.of.type === 'Identifier' && THERE.test(nothing.of.name))
        return String(!nothing.holds);
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
