/** The walk through expressions: which names they refer to, and what they ask of the function around them. */
import type {
  AnyNode,
  AssignmentExpression,
  AssignmentProperty,
  AwaitExpression,
  BinaryExpression,
  CallExpression,
  LogicalExpression,
  MemberExpression,
  MetaProperty,
  NewExpression,
  Property,
  ReturnStatement,
  UpdateExpression,
  YieldExpression,
} from 'acorn';
import { holdersIn, isNode } from './children.ts';
import type { FunctionInfo } from './model.ts';
import { NameWalk } from './name-walk.ts';

export abstract class ExpressionWalk extends NameWalk {
  protected abstract method(node: Property | AssignmentProperty): void;

  protected each(nodes: readonly AnyNode[]): void {
    for (let i = 0; i < nodes.length; i++) this.visit(nodes[i]!);
  }

  /** Those of them that are there, below `node`. */
  protected all(node: AnyNode, nodes: readonly (AnyNode | null)[]): void {
    this.stack.push(node);
    for (let i = 0; i < nodes.length; i++) if (nodes[i]) this.visit(nodes[i]!);
    this.stack.pop();
  }

  /** What is returned, awaited or yielded, if anything is. */
  protected argument(node: ReturnStatement | AwaitExpression | YieldExpression): void {
    if (node.argument) this.below(node, node.argument);
  }

  protected otherwise(node: AnyNode): void {
    this.stack.push(node);
    this.children(node);
    this.stack.pop();
  }

  protected children(node: AnyNode): void {
    const holder = node as unknown as Record<string, unknown>;
    for (const key of holdersIn(node)) {
      const value = holder[key];
      if (Array.isArray(value)) {
        for (const item of value) if (isNode(item)) this.visit(item);
      } else if (isNode(value)) this.visit(value);
    }
  }

  protected member(node: MemberExpression): void {
    this.stack.push(node);
    this.visit(node.object);
    if (node.object.type === 'Super') this.fn.thisOwner.usesSuperProperty = true;
    if (node.computed) this.visit(node.property);
    this.stack.pop();
  }

  protected call(node: CallExpression): void {
    this.stack.push(node);
    if (node.callee.type === 'Super') {
      this.fn.thisOwner.usesSuperCall = true;
      this.fn.usesSuperCall = true;
    }
    if (node.callee.type === 'Identifier' && node.callee.name === 'eval' && !node.optional) this.markEval();
    this.visit(node.callee);
    this.each(node.arguments);
    this.stack.pop();
  }

  protected construction(node: NewExpression): void {
    this.stack.push(node);
    this.visit(node.callee);
    this.each(node.arguments);
    this.stack.pop();
  }

  protected property(node: Property | AssignmentProperty): void {
    this.stack.push(node);
    if (node.computed) this.visit(node.key);
    if (node.value.type === 'FunctionExpression' && (node.method || node.kind !== 'init')) this.method(node);
    else this.visit(node.value);
    this.stack.pop();
  }

  protected assignment(node: AssignmentExpression): void {
    this.stack.push(node);
    this.assignTargets(node.left, node.operator !== '=');
    this.visit(node.right);
    this.stack.pop();
  }

  protected update(node: UpdateExpression): void {
    this.stack.push(node);
    this.assignTargets(node.argument, true);
    this.stack.pop();
  }

  protected superReference(): void {
    const owner = this.fn.thisOwner;
    this.markThis(owner);
    for (let fn: FunctionInfo = this.fn; fn !== owner && fn.parent; fn = fn.parent) fn.usesSuperProperty = true;
  }

  protected metaProperty(node: MetaProperty): void {
    if (node.meta.name !== 'new') return;
    this.fn.thisOwner.usesNewTarget = true;
    this.fn.usesNewTarget = true;
  }

  /** Thousands of strings joined by `+` nest as deep on their left: walked along it, not down it. */
  protected operands(node: BinaryExpression | LogicalExpression): void {
    this.stack.push(node);
    const { left, right } = node;
    if (left.type !== 'BinaryExpression' && left.type !== 'LogicalExpression') {
      this.visit(left);
      this.visit(right);
    } else this.joined(node);
    this.stack.pop();
  }

  private joined(node: BinaryExpression | LogicalExpression): void {
    let left: AnyNode = node.left;
    const rights: AnyNode[] = [node.right];
    while (left.type === 'BinaryExpression' || left.type === 'LogicalExpression') {
      rights.push(left.right);
      left = left.left;
    }
    this.visit(left);
    for (let right = rights.pop(); right; right = rights.pop()) this.visit(right);
  }
}
