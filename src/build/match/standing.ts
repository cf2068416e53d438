/** What a variable stands for, as far as that decides which other one may be taken for it. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { Binding, Reference } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { requiredBy } from '../version/program/ran.ts';
import { isClassNode, isFunctionNode, rootOf, walk } from '../version/program/walk.ts';

/**
 * `state`: what it stands for changes, or may be changed by whoever is given it. `symbol`: it is the same for ever, and no other
 * is. `value`: it is the same for ever, and one that is equal is as good.
 */
export type Standing = 'function' | 'class' | 'state' | 'symbol' | 'value' | 'param' | 'import';

/** Whether it goes on with what it holds. */
export const isIdentity = (standing: Standing): boolean => standing === 'state' || standing === 'symbol';

export interface Facts {
  /** What its declaration gives it, or takes it from; undefined where that is no variable's. */
  readonly given: AnyNode | null | undefined;
  /** Whether a name stands for a value: that of a variable, or one that the module does not declare. */
  readonly isValue: (id: AnyNode) => boolean;
  /** Whether a name stands for a function that does no more than put what it is given into another form. */
  readonly isView: (id: AnyNode) => boolean;
  /** Whether it stands for a function: another name of one, or what a bundler makes of a module. */
  readonly isFunction: (given: AnyNode) => boolean;
  /** Names in whose objects something is put, or of which a method is called that may do that. */
  readonly touched: ReadonlySet<AnyNode>;
  /** Those of them in whose objects something is put. */
  readonly written: ReadonlySet<AnyNode>;
}

export function standingOf(binding: Binding, facts: Facts): Standing {
  const { kind } = binding;
  const { given } = facts;
  if (kind === 'param' || kind === 'catch') return 'param';
  if (kind === 'import') return 'import';
  if (binding.reassigned || binding.declarations.length !== 1) return 'state';
  if (kind === 'function' || kind === 'own-name') return 'function';
  if (kind === 'class') return 'class';
  if (!given) return 'state';
  if (isFunctionNode(given) || facts.isFunction(given)) return 'function';
  if (isClassNode(given)) return 'class';
  if (isSymbol(given, facts)) return 'symbol';
  if (isImmutable(given, facts) && !binding.references.some(({ node }) => facts.written.has(node))) return 'value';
  const isLookUp = ({ parent, node }: Reference): boolean =>
    parent.type === 'MemberExpression' && parent.object === node && !facts.touched.has(node);
  return isTable(given, facts) && binding.references.every(isLookUp) ? 'value' : 'state';
}

function isSymbol(node: AnyNode, facts: Facts): boolean {
  return node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'Symbol' && facts.isValue(node.callee);
}

function isImmutable(node: AnyNode, facts: Facts): boolean {
  const every = (nodes: readonly AnyNode[]): boolean => nodes.every((inner) => isImmutable(inner, facts));
  switch (node.type) {
    // A pattern as well: where one was when it was last used is forgotten with the next use.
    case 'Literal':
      return true;
    case 'TemplateLiteral':
      return every(node.expressions);
    case 'UnaryExpression':
      return node.operator !== 'delete' && isImmutable(node.argument, facts);
    case 'BinaryExpression':
    case 'LogicalExpression':
      return every([node.left, node.right]);
    case 'ConditionalExpression':
      return every([node.test, node.consequent, node.alternate]);
    case 'Identifier':
      return facts.isValue(node);
    case 'NewExpression':
      return node.callee.type === 'Identifier' && node.callee.name === 'RegExp' && every(node.arguments);
    case 'MemberExpression':
      return isImmutable(node.object, facts) && (!node.computed || isImmutable(node.property, facts));
    case 'CallExpression': {
      if (requiredBy(node) !== null) return true;
      const [given, ...more] = node.arguments;
      // As bundlers do for what has no default export.
      return (
        more.length === 0 &&
        !!given &&
        requiredBy(given as AnyNode) !== null &&
        node.callee.type === 'Identifier' &&
        facts.isView(node.callee)
      );
    }
    default:
      return false;
  }
}

/** Whether a function gives what it makes of its argument, and neither calls nor changes anything. */
export function isView(fn: AnyNode): boolean {
  if (!isFunctionNode(fn)) return false;
  const { params, body } = fn as FunctionNode;
  const given =
    body.type !== 'BlockStatement' ? body : body.body.length === 1 && body.body[0]!.type === 'ReturnStatement' && body.body[0].argument;
  if (!given || params.length !== 1 || params[0]!.type !== 'Identifier') return false;
  let acts = false;
  walk(given as AnyNode, (node) => {
    acts ||=
      isFunctionNode(node) ||
      isClassNode(node) ||
      ACTING.test(node.type) ||
      (node.type === 'UnaryExpression' && node.operator === 'delete');
    return !acts;
  });
  return !acts;
}

const ACTING = /^((Call|New|Assignment|Update|Await|Yield|TaggedTemplate|Import)Expression)$/;

/** An object that holds nothing that changes. */
function isTable(node: AnyNode, facts: Facts): boolean {
  if (node.type === 'CallExpression')
    return memberText(node.callee) === 'Object.freeze' && node.arguments.length === 1 && isTable(node.arguments[0] as AnyNode, facts);
  if (node.type === 'ArrayExpression') return node.elements.every((e) => e !== null && isTable(e, facts));
  if (node.type === 'ObjectExpression')
    return node.properties.every((p) => p.type === 'Property' && !p.computed && p.kind === 'init' && isTable(p.value, facts));
  return isImmutable(node, facts);
}

const NONE: readonly AnyNode[] = [];

const READERS = new Set(['hasOwnProperty', 'indexOf', 'includes', 'join', 'slice', 'concat', 'test', 'has', 'get']);

/** The name of the object in which `node` puts something, or may do so by a method. */
export function touchedBy(node: AnyNode): readonly AnyNode[] {
  switch (node.type) {
    case 'AssignmentExpression':
      return rootsIn(node.left);
    case 'ForInStatement':
    case 'ForOfStatement':
      return node.left.type === 'VariableDeclaration' ? NONE : rootsIn(node.left);
    case 'UpdateExpression':
      return rootsIn(node.argument);
    case 'UnaryExpression':
      return node.operator === 'delete' ? rootsIn(node.argument) : NONE;
    case 'CallExpression': {
      const { callee } = node;
      if (callee.type !== 'MemberExpression') return NONE;
      const reads = !callee.computed && callee.property.type === 'Identifier' && READERS.has(callee.property.name);
      return reads ? NONE : rootsIn(callee);
    }
    default:
      return NONE;
  }
}

function rootsIn(target: AnyNode): readonly AnyNode[] {
  if (target.type === 'Identifier') return NONE;
  if (target.type === 'MemberExpression') return [rootOf(target)];
  const found: AnyNode[] = [];
  walk(target, (node) => {
    if (node.type === 'MemberExpression') found.push(rootOf(node));
  });
  return found;
}

/** Whether it may be there when the code that declares it has run. */
export function isLasting({ captured, scope }: Binding): boolean {
  return captured || scope.fn.kind === 'module';
}
