/** Closures that do no more than to hand what they are given to a method: `(error) => this.fail(error)` is `this.fail.bind(this)`. */
import type { AnyNode, BlockStatement, Function as FunctionNode } from 'acorn';
import { REGISTERS } from './left.ts';
import type { Side } from '../side.ts';
import { memberName } from '../program/member-name.ts';
import { isThis } from '../forms/this-names.ts';
import { isFunctionNode } from '../program/walk.ts';

/**
 * The text of what sets something up: with such a closure written as the bound method that it stands for, and without what goes
 * without saying. `addEventListener('move', listener, false)` is called as the event rises.
 */
export function registration(node: AnyNode, side: Side): string {
  if (node.type !== 'CallExpression') return side.text(node);
  const name = node.callee.type === 'MemberExpression' ? memberName(node.callee) : null;
  const [, , options, ...more] = node.arguments;
  const isPlain = name === 'addEventListener' && more.length === 0 && options?.type === 'Literal' && options.value === false;
  const given = (isPlain ? node.arguments.slice(0, 2) : node.arguments).map((value) =>
    bound(value as AnyNode, side, name !== null && REGISTERS.test(name)),
  );
  return side.text({ ...node, arguments: given } as AnyNode);
}

/** `isHeard`: who calls it has no use for what it gives. */
function bound(value: AnyNode, side: Side, isHeard: boolean): AnyNode {
  if (value.type === 'CallExpression' && value.callee.type === 'MemberExpression' && memberName(value.callee) === 'bind') {
    const [object, ...more] = value.arguments as AnyNode[];
    const method = value.callee.object as AnyNode;
    return object && more.length === 0 && method.type === 'MemberExpression' ? boundOf(method, object, value, side) : value;
  }
  if (!isFunctionNode(value) || value.type === 'FunctionDeclaration') return value;
  const { body, params, async, generator } = value as unknown as FunctionNode;
  const [only, ...more] = body.type === 'BlockStatement' ? (body as BlockStatement).body : [];
  const isReturned = body.type !== 'BlockStatement' || only?.type === 'ReturnStatement';
  const call =
    body.type !== 'BlockStatement'
      ? body
      : only?.type === 'ReturnStatement'
        ? only.argument
        : only?.type === 'ExpressionStatement'
          ? only.expression
          : null;
  if (async || generator || more.length > 0 || call?.type !== 'CallExpression' || (!isReturned && !isHeard)) return value;
  const { callee, arguments: given } = call;
  if (callee.type !== 'MemberExpression' || callee.computed || callee.optional || call.optional || given.length !== params.length)
    return value;
  const isSame = params.every((param, i) => {
    const one = given[i]!;
    return param.type === 'Identifier' && one.type === 'Identifier' && one.name === param.name;
  });
  const object = callee.object as AnyNode;
  // Of a function that is no arrow, `this` is another.
  const isLasting = isThis(object)
    ? value.type === 'ArrowFunctionExpression' || object.type === 'Identifier'
    : object.type === 'Identifier' && side.refAt(object)?.binding?.reassigned === false;
  return isSame && isLasting && takes(memberName(callee), params.length, side) ? boundOf(callee, object, value, side) : value;
}

function boundOf(method: AnyNode & { type: 'MemberExpression' }, object: AnyNode, at: AnyNode, side: Side): AnyNode {
  const { start, end } = at;
  const own = (node: AnyNode): AnyNode => (isThis(node) || isNameOfThis(node, side) ? { type: 'ThisExpression', start, end } : node);
  const callee = {
    type: 'MemberExpression',
    object: { ...method, object: own(method.object as AnyNode) },
    property: { type: 'Identifier', name: 'bind', start, end },
    computed: false,
    optional: false,
    start,
    end,
  };
  return { type: 'CallExpression', callee, arguments: [own(object)], optional: false, start, end } as AnyNode;
}

/** Whether the module has a method of that name, and each takes no more arguments than so many. */
function takes(name: string | null, most: number, { model }: Side): boolean {
  const methods = model.functions.filter(({ path }) => name !== null && path.endsWith(name) && /[.#]$/.test(path.slice(0, -name.length)));
  return (
    methods.length > 0 &&
    methods.every(({ node, usesArguments }) => !usesArguments && ((node as Partial<FunctionNode>).params ?? []).length <= most)
  );
}

/** `self`, also in functions that have a `this` of their own. */
function isNameOfThis(node: AnyNode, side: Side): boolean {
  const binding = node.type === 'Identifier' ? side.refAt(node)?.binding : null;
  const [id] = binding?.declarations ?? [];
  return id !== undefined && !binding!.reassigned && side.valueOf(id)?.type === 'ThisExpression';
}
