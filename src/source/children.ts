/** What stands directly below a node of the syntax tree. */
import type { AnyNode } from 'acorn';

export function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { type?: unknown }).type === 'string' &&
    typeof (value as { start?: unknown }).start === 'number'
  );
}

const FUNCTION = ['id', 'params', 'body'];
const CLASS = ['id', 'superClass', 'body'];
const MEMBER = ['key', 'value'];
const OPERANDS = ['left', 'right'];
const CALL = ['callee', 'arguments'];
const LOOP_OVER = ['left', 'right', 'body'];

/** Where nodes of each type hold others: to look at every property of every node takes three times as long. */
const HOLDERS: Readonly<Record<string, readonly string[]>> = {
  Program: ['body'],
  Identifier: [],
  PrivateIdentifier: [],
  Literal: [],
  TemplateElement: [],
  ThisExpression: [],
  Super: [],
  EmptyStatement: [],
  DebuggerStatement: [],
  ExpressionStatement: ['expression'],
  BlockStatement: ['body'],
  StaticBlock: ['body'],
  ClassBody: ['body'],
  FunctionDeclaration: FUNCTION,
  FunctionExpression: FUNCTION,
  ArrowFunctionExpression: FUNCTION,
  ClassDeclaration: CLASS,
  ClassExpression: CLASS,
  MethodDefinition: MEMBER,
  PropertyDefinition: MEMBER,
  Property: MEMBER,
  VariableDeclaration: ['declarations'],
  VariableDeclarator: ['id', 'init'],
  ReturnStatement: ['argument'],
  ThrowStatement: ['argument'],
  SpreadElement: ['argument'],
  RestElement: ['argument'],
  UnaryExpression: ['argument'],
  UpdateExpression: ['argument'],
  AwaitExpression: ['argument'],
  YieldExpression: ['argument'],
  IfStatement: ['test', 'consequent', 'alternate'],
  ConditionalExpression: ['test', 'consequent', 'alternate'],
  SwitchStatement: ['discriminant', 'cases'],
  SwitchCase: ['test', 'consequent'],
  ForStatement: ['init', 'test', 'update', 'body'],
  ForInStatement: LOOP_OVER,
  ForOfStatement: LOOP_OVER,
  WhileStatement: ['test', 'body'],
  DoWhileStatement: ['body', 'test'],
  TryStatement: ['block', 'handler', 'finalizer'],
  CatchClause: ['param', 'body'],
  LabeledStatement: ['label', 'body'],
  BreakStatement: ['label'],
  ContinueStatement: ['label'],
  WithStatement: ['object', 'body'],
  BinaryExpression: OPERANDS,
  LogicalExpression: OPERANDS,
  AssignmentExpression: OPERANDS,
  AssignmentPattern: OPERANDS,
  MemberExpression: ['object', 'property'],
  ChainExpression: ['expression'],
  ParenthesizedExpression: ['expression'],
  CallExpression: CALL,
  NewExpression: CALL,
  ObjectExpression: ['properties'],
  ObjectPattern: ['properties'],
  ArrayExpression: ['elements'],
  ArrayPattern: ['elements'],
  SequenceExpression: ['expressions'],
  TemplateLiteral: ['expressions', 'quasis'],
  TaggedTemplateExpression: ['tag', 'quasi'],
  MetaProperty: ['meta', 'property'],
};

/** The properties of `node` that hold nodes, or lists of them. */
export function holdersIn(node: AnyNode): readonly string[] {
  return HOLDERS[node.type] ?? Object.keys(node);
}

/** The nodes directly below `node`, in source order. A shorthand property gives its value only. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const found: AnyNode[] = [];
  pushChildren(node, found);
  return found.reverse();
}

/** Puts the nodes directly below `node` onto `stack`, so that they come off it in source order. */
export function pushChildren(node: AnyNode, stack: AnyNode[]): void {
  // What most nodes are is written out: to look properties up by name takes twice as long.
  switch (node.type) {
    case 'Identifier':
    case 'Literal':
    case 'ThisExpression':
      return;
    case 'MemberExpression':
      stack.push(node.property, node.object);
      return;
    case 'CallExpression':
      pushList(node.arguments, stack);
      stack.push(node.callee);
      return;
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'AssignmentExpression':
      stack.push(node.right, node.left);
      return;
    case 'ExpressionStatement':
      stack.push(node.expression);
      return;
    case 'BlockStatement':
      pushList(node.body, stack);
      return;
    case 'VariableDeclaration':
      pushList(node.declarations, stack);
      return;
    case 'VariableDeclarator':
      if (node.init) stack.push(node.init);
      stack.push(node.id);
      return;
    case 'Property':
      stack.push(node.value);
      if (!node.shorthand) stack.push(node.key);
      return;
    case 'IfStatement':
    case 'ConditionalExpression':
      if (node.alternate) stack.push(node.alternate);
      stack.push(node.consequent, node.test);
      return;
    case 'ReturnStatement':
      if (node.argument) stack.push(node.argument);
      return;
    case 'UnaryExpression':
      stack.push(node.argument);
      return;
    case 'ObjectExpression':
      pushList(node.properties, stack);
      return;
    default:
      pushOther(node, stack);
  }
}

function pushList(nodes: readonly AnyNode[], stack: AnyNode[]): void {
  for (let i = nodes.length - 1; i >= 0; i--) stack.push(nodes[i]!);
}

function pushOther(node: AnyNode, stack: AnyNode[]): void {
  const keys = HOLDERS[node.type];
  const holder = node as unknown as Record<string, unknown>;
  if (keys === undefined) {
    // A type that is not known here can hold anything.
    for (const key of Object.keys(node).reverse()) pushNodes(holder[key], stack);
    return;
  }
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i]!;
    const value = holder[key] as AnyNode | (AnyNode | null)[] | null | undefined;
    if (value === null || value === undefined) continue;
    if (!Array.isArray(value)) stack.push(value);
    else for (let n = value.length - 1; n >= 0; n--) if (value[n] !== null) stack.push(value[n]!);
  }
}

function pushNodes(value: unknown, stack: AnyNode[]): void {
  if (isNode(value)) stack.push(value);
  else if (Array.isArray(value)) for (const item of value.toReversed()) if (isNode(item)) stack.push(item);
}
