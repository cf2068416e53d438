/** Where code takes the text of a function: to make code of it, or to send it elsewhere. */
import type { AnyNode, CallExpression, Function as FunctionNode } from 'acorn';
import type { Binding, FunctionInfo, Reference } from '../../../source/model.ts';
import { nodesOf } from './nodes.ts';
import { possibleFunctions } from './once.ts';
import type { Side } from '../side.ts';

export interface TextUse {
  readonly ref: Reference;
  /** Nothing but the text is taken: a string in place of the name is as good. */
  readonly exact: boolean;
}

/** As far as the code calls the function by its own name. */
export function textUses(side: Side, fn: FunctionInfo): readonly TextUse[] {
  const binding = nameOf(fn);
  const taken = binding?.references.filter((ref) => ref.read && isTaken(side, ref)) ?? [];
  if (!binding || taken.length === 0) return [];
  const isOnly = possibleFunctions(side, binding)?.every((one) => one === fn) === true;
  const isPlain = isOnly && !binding.references.some((ref) => mayGiveText(side, ref));
  return taken.map((ref) => ({ ref, exact: isPlain && isExact(side, ref) }));
}

function nameOf({ node, scope, ancestors }: FunctionInfo): Binding | null {
  if (node.type === 'FunctionDeclaration') return node.id ? scope.parent!.lookup(node.id.name) : null;
  const parent = ancestors.at(-1);
  if (parent?.type !== 'VariableDeclarator' || parent.init !== (node as AnyNode) || parent.id.type !== 'Identifier') return null;
  // The name of a function expression stands in a scope of its own around it.
  const around = node.type === 'FunctionExpression' && node.id ? scope.parent!.parent! : scope.parent!;
  return around.lookup(parent.id.name);
}

/** Whether the text of the function is taken, here or by a function of the module that it is given to. */
function isTaken(side: Side, ref: Reference): boolean {
  return isText(side, ref) || parameter(side, ref)?.uses.some((own) => isText(side, own)) === true;
}

function isExact(side: Side, ref: Reference): boolean {
  if (isText(side, ref)) return isExactText(side, ref);
  const given = parameter(side, ref);
  return given?.isAll === true && given.uses.every((own) => own.read && !own.write && isExactText(side, own));
}

/** The uses of the parameter that a function of the module has for it. `isAll`: nothing else is done with what is given. */
function parameter(side: Side, { node, parent }: Reference): { readonly uses: readonly Reference[]; readonly isAll: boolean } | null {
  if (parent.type !== 'CallExpression' || parent.callee === node || parent.callee.type !== 'Identifier') return null;
  const [called, ...others] = possibleFunctions(side, side.refAt(parent.callee)?.binding ?? null) ?? [];
  const at = parent.arguments.indexOf(node);
  const own = called && (called.node as FunctionNode).params[at];
  const uses = own?.type === 'Identifier' ? called!.scope.bindings.get(own.name)?.references : undefined;
  if (!uses) return null;
  const isAll =
    others.length === 0 && !called!.usesArguments && !parent.arguments.slice(0, at).some(({ type }) => type === 'SpreadElement');
  return { uses, isAll };
}

function isText(side: Side, { node, parent }: Reference): boolean {
  switch (parent.type) {
    case 'TemplateLiteral':
      return true;
    case 'BinaryExpression':
      return parent.operator === '+' && [parent.left, parent.right].some((other) => other !== node && isString(other));
    case 'CallExpression': {
      const callee = side.model.text.slice(parent.callee.start, parent.callee.end);
      return parent.arguments[0] === node && /^(String|Function\.prototype\.toString\.call)$/.test(callee);
    }
    case 'MemberExpression':
      return isToString(parent) && parent.object === node;
    default:
      return false;
  }
}

function isExactText(side: Side, ref: Reference): boolean {
  const { parent } = ref;
  if (!isText(side, ref)) return false;
  switch (parent.type) {
    case 'TemplateLiteral':
      return !nodesOf(side.model.program, 'TaggedTemplateExpression').some(({ quasi }) => quasi === parent);
    case 'CallExpression': {
      const [callee] = side.refsIn(parent.callee.start, parent.callee.end);
      return parent.callee.type === 'Identifier' && callee?.binding === null;
    }
    case 'MemberExpression':
      return callOf(side, parent)?.arguments.length === 0;
    default:
      return true;
  }
}

/** Whether it may be given a text of its own, or another object may be given its `toString`. */
function mayGiveText(side: Side, { node, parent }: Reference): boolean {
  if (parent.type === 'MemberExpression' && parent.object === node)
    return isToString(parent) ? callOf(side, parent) === null : parent.computed;
  if (parent.type !== 'CallExpression' || parent.arguments[0] !== node) return false;
  return /^(Object|Reflect)\./.test(side.model.text.slice(parent.callee.start, parent.callee.end));
}

function isToString(node: AnyNode): boolean {
  return node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier' && node.property.name === 'toString';
}

function callOf(side: Side, callee: AnyNode): CallExpression | null {
  return nodesOf(side.model.program, 'CallExpression').find((call) => call.callee === callee) ?? null;
}

function isString(node: AnyNode): boolean {
  if (node.type === 'BinaryExpression') return node.operator === '+' && (isString(node.left) || isString(node.right));
  return node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string');
}
