/** Where the parameters of a function with an entry site are evaluated. */
import type { AnyNode, Function as FunctionNode, Identifier } from 'acorn';
import { contains } from '../source/contains.ts';
import { holdersIn } from '../source/children.ts';
import type { FunctionInfo } from '../source/model.ts';

/** Where parameters with patterns or defaults are evaluated: by the body, after the entry site, wherever that is the same. */
export type ParameterForm = 'simple' | 'moved' | 'kept';

/** Whether parameters with patterns or defaults can be evaluated by the body instead, with nothing to tell the difference. */
export function parameterForm(fn: FunctionInfo): ParameterForm {
  if (fn.kind === 'field') return 'simple';
  const node = fn.node as FunctionNode;
  if (node.params.every(isPlain)) return 'simple';
  // A generator evaluates its parameters when it is called and its body when it is first advanced.
  if (fn.generator || fn.hasDirectEval) return 'kept';
  // The default of a pattern is nobody's name; moved, it would be assigned to a variable that names it.
  if (node.params.some((p) => p.type === 'AssignmentPattern' && p.left.type !== 'Identifier' && isFunctionOrClass(p.right))) return 'kept';
  // None runs code: nothing is read before it is there, and the body's names are theirs.
  if (fn.body === fn.scope) return 'moved';
  const names = new Map<string, number>();
  node.params.forEach((parameter, index) => {
    for (const [name, binding] of fn.scope.bindings) {
      if (binding.kind === 'param' && binding.declarations.some((d) => contains(parameter, d))) names.set(name, index);
    }
  });
  const first = node.params[0]!.start;
  const last = node.params.at(-1)!.end;
  const nestedFunctions = fn.children.some((c) => c.node.start >= first && c.node.end <= last);
  for (const name of fn.body.bindings.keys()) {
    if (names.has(name) && nestedFunctions) return 'kept';
    if (names.has(name) && fn.body.bindings.get(name)!.kind !== 'var') return 'kept';
  }
  for (const reference of referencesIn(fn, first, last)) {
    const at = node.params.findIndex((p) => contains(p, reference));
    const declaredAt = names.get(reference.name);
    if (declaredAt !== undefined && declaredAt > at) return 'kept';
    if (
      declaredAt === at &&
      node.params[at]!.type === 'AssignmentPattern' &&
      (node.params[at] as { left: AnyNode }).left.type === 'Identifier'
    )
      return 'kept';
    if (declaredAt === undefined && fn.body.bindings.has(reference.name)) return 'kept';
  }
  return 'moved';
}

export function isFunctionOrClass(node: AnyNode): boolean {
  return node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression' || node.type === 'ClassExpression';
}

function referencesIn(fn: FunctionInfo, start: number, end: number): Identifier[] {
  const found: Identifier[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
      return;
    }
    if (node === null || typeof node !== 'object' || typeof (node as AnyNode).type !== 'string') return;
    const n = node as AnyNode;
    if (n.type === 'Identifier' && n.start >= start && n.end <= end) found.push(n);
    for (const key of holdersIn(n)) if (!isNameOnly(n, key)) visit((n as unknown as Record<string, unknown>)[key]);
  };
  const declared = new Set<AnyNode>();
  for (const binding of fn.scope.bindings.values()) for (const d of binding.declarations) declared.add(d);
  for (const parameter of (fn.node as FunctionNode).params) visit(parameter);
  return found.filter((node) => !declared.has(node));
}

/** What stands at `key` of a node names a property or a label, and no variable. */
function isNameOnly(node: AnyNode, key: string): boolean {
  switch (node.type) {
    case 'MemberExpression':
      return key === 'property' && !node.computed;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return key === 'key' && !node.computed;
    default:
      return key === 'label';
  }
}

export function isPlain(parameter: AnyNode): boolean {
  return parameter.type === 'Identifier' || (parameter.type === 'RestElement' && parameter.argument.type === 'Identifier');
}
