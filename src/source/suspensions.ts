/** What is noted of the places where a function can be suspended, and of those it is left at. */
import type { AnyNode, AwaitExpression, ForOfStatement, ReturnStatement, YieldExpression } from 'acorn';
import { entered } from './model.ts';
import type { FunctionInfo, LoopNode, Scope, Subject } from './model.ts';

/** Where a walk over a module is: `stack` holds the nodes around, outermost first. */
export interface Position {
  readonly fn: FunctionInfo;
  readonly scope: Scope;
  readonly stack: readonly AnyNode[];
}

export function noteSuspension(position: Position, node: AwaitExpression | YieldExpression): void {
  const { fn, stack } = position;
  fn.suspensions.push(node);
  notePlace(position, node);
  if (endsStatement(stack, node)) fn.lastOfStatement = entered(fn.lastOfStatement, node, true);
  const subject = subjectOf(stack, node);
  if (subject) fn.subjects = entered(fn.subjects, node, subject);
}

export function noteForAwait({ fn, stack }: Position, node: ForOfStatement): void {
  fn.suspensions.push(node);
  fn.labelled = entered(fn.labelled, node, outermostLabel(stack, node));
}

export function noteReturn(position: Position, node: ReturnStatement): void {
  position.fn.returns.push({ node, last: isLastStep(position, node) });
}

function endsStatement(stack: readonly AnyNode[], { end }: AnyNode): boolean {
  for (let i = stack.length - 1; i >= 0 && stack[i]!.end === end; i--) {
    switch (stack[i]!.type) {
      case 'ExpressionStatement':
      case 'VariableDeclaration':
      case 'ReturnStatement':
      case 'ThrowStatement':
        return true;
    }
  }
  return false;
}

/** Notes an await or yield that a statement begins with: what is put before it must not join the line above. */
function notePlace({ fn, stack }: Position, node: AnyNode): void {
  for (let i = stack.length - 1; i >= 0; i--) {
    const around = stack[i]!;
    if (around.start !== node.start) return;
    if (around.type !== 'ExpressionStatement') continue;
    fn.leading = entered(fn.leading, node, around.expression === node ? 'alone' : 'first');
    return;
  }
}

export function noteLoop({ fn, stack, scope }: Position, node: LoopNode): void {
  if (!fn.async && !fn.generator) return;
  const around = stack.slice(stack.lastIndexOf(fn.node as AnyNode) + 1).filter((n) => n !== node);
  fn.loops.push({ node, scope, around });
}

/** The statement that `node` is, with its labels, and whether it stands in a list of statements. */
function outermostLabel(stack: readonly AnyNode[], node: AnyNode): { readonly start: number; readonly listed: boolean } {
  let { start } = node;
  let i = stack.length - 1;
  for (; stack[i]?.type === 'LabeledStatement'; i--) ({ start } = stack[i]!);
  const around = stack[i]?.type;
  return { start, listed: around === 'BlockStatement' || around === 'SwitchCase' || around === 'Program' || around === 'StaticBlock' };
}

/** How V8 would describe the value of an await or a yield, were it called, taken apart or iterated over and could not be. */
function subjectOf(stack: readonly AnyNode[], node: AnyNode): Subject | null {
  let inner = node;
  for (let i = stack.length - 1; i >= 0; i--) {
    const around = stack[i]!;
    switch (around.type) {
      case 'MemberExpression':
      case 'TaggedTemplateExpression':
        return 'named';
      case 'CallExpression':
      case 'NewExpression':
        return around.callee === inner ? 'named' : null;
      case 'VariableDeclarator':
        return around.id.type === 'ObjectPattern' ? 'named' : null;
      case 'AssignmentPattern':
        return around.left.type === 'ObjectPattern' ? 'named' : null;
      case 'SpreadElement':
        return 'spread';
      case 'ForOfStatement':
        return around.right === inner && around.await ? 'spread' : null;
      case 'AssignmentExpression':
        if (around.left.type === 'ObjectPattern') return 'named';
        break;
      case 'ArrayExpression':
      case 'BinaryExpression':
      case 'ChainExpression':
      case 'ConditionalExpression':
      case 'LogicalExpression':
      case 'ObjectExpression':
      case 'Property':
      case 'SequenceExpression':
      case 'UnaryExpression':
        break;
      default:
        return null;
    }
    inner = around;
  }
  return null;
}

/** Nothing of the function runs after this return: no `finally`, no iterator to close, nothing to dispose of. */
function isLastStep({ fn, stack }: Position, node: ReturnStatement): boolean {
  for (let i = stack.length - 1; i >= 0; i--) {
    const around = stack[i]!;
    if (around === fn.node) return true;
    if (around.type === 'ForOfStatement') return false;
    if (around.type === 'TryStatement' && around.finalizer && node.start < around.finalizer.start) return false;
  }
  return true;
}
