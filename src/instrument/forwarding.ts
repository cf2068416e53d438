/** Which of the arguments of a call an entry site hands on. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { Binding, FunctionInfo, Reference, Scope } from '../source/model.ts';
import type { ParameterForm } from './parameter-form.ts';
import { memberText } from '../source/paths.ts';
import { isExports } from './commonjs.ts';

/**
 * How the arguments reach the version. `known`: the declared parameters, as all calls are known, and pass no more.
 * `declared`: the same, though a caller may pass more. `rest` and `arguments`: all of them, at the price of one object for
 * each call that V8 has not optimised.
 */
export type Forwarding = 'known' | 'declared' | 'rest' | 'arguments';

export function forwardingOf(fn: FunctionInfo, parameters: ParameterForm): Forwarding {
  if (fn.kind === 'getter' || fn.kind === 'setter' || fn.kind === 'field') return 'declared';
  const node = fn.node as FunctionNode;
  if (fn.kind !== 'arrow' && (fn.usesArguments || parameters === 'kept' || hasDuplicates(node))) return 'arguments';
  if (node.params.at(-1)?.type === 'RestElement') return 'rest';
  // Whoever has the class constructs it, and what extends it hands on whatever it is given itself.
  if (fn.kind === 'constructor' || fn.kind === 'derived-constructor')
    return hasOwnDirective(node) || fn.hasDirectEval ? 'arguments' : 'rest';
  const binding = ownBinding(fn);
  if (binding !== null && isOnlyCalled(binding)) return 'known';
  // A generator is entered when it is first advanced, long after whoever called it has gone on.
  if (!fn.generator && !isGivenAway(fn) && binding?.references.some(givesAway) !== true) return 'declared';
  // A list with a rest parameter forbids the directive.
  if (hasOwnDirective(node)) return fn.kind === 'arrow' ? 'declared' : 'arguments';
  return fn.hasDirectEval || startsStatement(fn) ? 'declared' : 'rest';
}

/** Of a module in a bundle: the loader gives all modules the same, and each names no more than it uses. */
export function forwardingOfModule(fn: FunctionInfo): Forwarding {
  if (fn.kind !== 'arrow') return 'arguments';
  return hasOwnDirective(fn.node as FunctionNode) || startsStatement(fn) ? 'declared' : 'rest';
}

function hasOwnDirective(node: FunctionNode): boolean {
  return (
    node.body.type === 'BlockStatement' && node.body.body.some((s) => s.type === 'ExpressionStatement' && s.directive === 'use strict')
  );
}

function hasDuplicates(node: FunctionNode): boolean {
  if (node.params.length < 2) return false;
  return node.params.some(
    (p, i) => p.type === 'Identifier' && node.params.findLastIndex((q) => q.type === 'Identifier' && q.name === p.name) > i,
  );
}

/** Only ever called by name in its own module: no caller can pass more than the module's text shows. */
function isOnlyCalled(binding: Binding): boolean {
  if (binding.scope.evalVisible || binding.declarations.length !== 1 || binding.reassigned) return false;
  return binding.references.every((r) => r.parent.type === 'CallExpression' && r.parent.callee === r.node);
}

/** A name that is given to a call, to who calls the function around it, or out of the module. */
function givesAway({ parent, node }: Reference): boolean {
  switch (parent.type) {
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee !== node;
    case 'AssignmentExpression':
      return parent.right === node && isExport(parent.left);
    case 'ArrowFunctionExpression':
      return parent.body === node;
    case 'ExportSpecifier':
    case 'ExportDefaultDeclaration':
    case 'Property':
    case 'ReturnStatement':
      return true;
    default:
      return false;
  }
}

/**
 * Given to a call, exported, or returned, as it is or in an object. What calls a function back passes what it always passes, and who
 * uses the module may pass what a later version takes. Methods are called as the module's own code knows them.
 */
function isGivenAway(fn: FunctionInfo): boolean {
  let node: AnyNode = fn.node as AnyNode;
  for (let i = fn.ancestors.length - 1; i >= 0; i--) {
    const parent = fn.ancestors[i]!;
    switch (parent.type) {
      case 'CallExpression':
      case 'NewExpression':
        return parent.callee !== node;
      case 'AssignmentExpression':
        if (isExport(parent.left) || isOfAlias(parent.left, fn)) return true;
        break;
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration':
        return true;
      case 'Property':
      case 'ObjectExpression':
      case 'ArrayExpression':
      case 'ConditionalExpression':
      case 'VariableDeclaration':
        break;
      case 'VariableDeclarator':
        if (aliasesIn(fn.ancestors[0]!).has(parent.id as AnyNode)) return true;
        break;
      case 'ReturnStatement':
        return true;
      case 'ArrowFunctionExpression':
        return parent.body === node;
      default:
        return false;
    }
    node = parent;
  }
  return false;
}

/** `exports`, `module.exports`, or a property of them. */
function isExport(target: AnyNode): boolean {
  let node = target;
  while (node.type === 'MemberExpression' && node.object.type === 'MemberExpression') node = node.object;
  if (node.type === 'MemberExpression') return isExports(node.object as AnyNode) || isExports(node);
  return isExports(node);
}

/** A property of a name that stands for the exports: `var api = module.exports = {}`, or `module.exports = api` further down. */
function isOfAlias(target: AnyNode, fn: FunctionInfo): boolean {
  let root = target;
  while (root.type === 'MemberExpression') root = root.object as AnyNode;
  if (root === target || root.type !== 'Identifier') return false;
  const declared = fn.scope.parent?.lookup(root.name)?.declarations[0];
  const alias = declared && aliasesIn(fn.ancestors[0]!).get(declared as AnyNode);
  return alias === 'declared' || (alias === 'given' && !memberText(target)?.includes('.prototype.'));
}

type Aliases = ReadonlyMap<AnyNode, 'declared' | 'given'>;

const aliases = new WeakMap<AnyNode, Aliases>();

/** The names that the top level of a program declares for what it exports, and those that it gives away as all of that. */
function aliasesIn(program: AnyNode): Aliases {
  const known = aliases.get(program);
  if (known) return known;
  const found = new Map<AnyNode, 'declared' | 'given'>();
  const body = program.type === 'Program' ? program.body : [];
  const whole = new Set(body.flatMap(givenAsWhole));
  for (const statement of body)
    if (statement.type === 'VariableDeclaration') {
      for (const { id, init } of statement.declarations) {
        let value = init as AnyNode | null | undefined;
        for (; value?.type === 'AssignmentExpression'; value = value.right as AnyNode)
          if (isExport(value.left as AnyNode)) found.set(id as AnyNode, 'declared');
        if (id.type === 'Identifier' && whole.has(id.name) && !found.has(id)) found.set(id, 'given');
        if (value && isWholeExport(value)) found.set(id as AnyNode, 'declared');
      }
    } else if (statement.type === 'FunctionDeclaration' && whole.has(statement.id.name)) found.set(statement.id, 'given');
  aliases.set(program, found);
  return found;
}

/** The names to which a statement of the top level sets all that the module exports, or what it exports by default. */
function givenAsWhole(statement: AnyNode): string[] {
  if (statement.type === 'ExportDefaultDeclaration') return statement.declaration.type === 'Identifier' ? [statement.declaration.name] : [];
  if (statement.type !== 'ExpressionStatement') return [];
  let value = statement.expression as AnyNode;
  let exported = false;
  for (; value.type === 'AssignmentExpression'; value = value.right as AnyNode)
    exported ||= isWholeExport(value.left as AnyNode) || isDefault(value.left as AnyNode);
  return exported && value.type === 'Identifier' ? [value.name] : [];
}

const isDefault = (node: AnyNode): boolean => /^(?:module\.)?exports\.default$/.test(memberText(node) ?? '');

/** `exports` or `module.exports` themselves. */
function isWholeExport(node: AnyNode): boolean {
  return memberText(node) === 'module.exports' || (node.type === 'Identifier' && node.name === 'exports');
}

/** An arrow function that begins a statement: a parenthesis there could turn the line before into a call. */
function startsStatement(fn: FunctionInfo): boolean {
  const parent = fn.ancestors.at(-1);
  return fn.kind === 'arrow' && parent?.type === 'ExpressionStatement' && parent.start === fn.node.start;
}

/** Whether code outside of the block in which it is declared knows the function: as sloppy code has it, by a variable of that name. */
function isVariableToo({ parent }: FunctionInfo, { name, scope }: Binding): boolean {
  const variable = scope.fn === parent && scope !== parent.body ? parent.body.bindings.get(name) : undefined;
  return variable !== undefined && variable.references.length > 0;
}

/** The binding that names a declared function, or an arrow or function expression bound to a const. */
export function ownBinding(fn: FunctionInfo): Binding | null {
  const binding = namedBy(fn);
  return fn.node.type === 'FunctionDeclaration' || binding?.kind === 'const' ? binding : null;
}

/** The same for any variable that the function is the initialiser of. */
export function namedBy(fn: FunctionInfo): Binding | null {
  const node = fn.node;
  const parent = fn.ancestors.at(-1);
  if (node.type === 'FunctionDeclaration') {
    if (!node.id || parent?.type === 'ExportNamedDeclaration' || parent?.type === 'ExportDefaultDeclaration') return null;
    const binding = (fn.scope.parent as Scope).lookup(node.id.name);
    return binding && isVariableToo(fn, binding) ? null : binding;
  }
  if (parent?.type === 'VariableDeclarator' && parent.init === (node as AnyNode) && parent.id.type === 'Identifier') {
    if (fn.ancestors.at(-3)?.type === 'ExportNamedDeclaration') return null;
    const scope = node.type === 'FunctionExpression' && node.id ? fn.scope.parent!.parent! : fn.scope.parent!;
    return scope.lookup(parent.id.name);
  }
  return null;
}
