/** The functions that get no entry site, and why. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { FunctionInfo } from '../source/model.ts';
import { namesExports } from './commonjs.ts';
import { isFunctionOrClass, isPlain, parameterForm } from './parameter-form.ts';

/** Why a function gets no site; 'none' where it needs none; null where it gets one. */
export function unpatchableReason(fn: FunctionInfo): string | 'none' | null {
  if (fn.insideWith) return 'it stands inside a `with` statement';
  if (fn.kind === 'field') {
    const value = (fn.node as { value?: AnyNode | null }).value;
    return !value || isFunctionOrClass(value) ? 'none' : null;
  }
  const node = fn.node as FunctionNode;
  if (namesExports(fn)) return 'its text is read by the loader to find the names a CommonJS module exports';
  if (node.body.type === 'BlockStatement' && fn.children.length > 0) {
    const declared = new Set<string>();
    let twice = false;
    for (const statement of node.body.body) {
      if (statement.type !== 'FunctionDeclaration') continue;
      if (declared.has(statement.id.name)) twice = true;
      declared.add(statement.id.name);
    }
    if (declared.size > 0) {
      for (const [name, binding] of fn.scope.bindings)
        if (binding.kind === 'param' && declared.has(name)) return `its parameter ${name} is replaced by a function declared in it`;
      if (fn.tracked && twice) return 'it declares a function twice, so its body cannot be followed';
      if (fn.tracked)
        for (const name of declared)
          if (fn.body.bindings.get(name)?.reassigned && declaresVar(node.body, name))
            return `it declares ${name} as a variable and as a function, so its body cannot be followed`;
    }
  }
  if (fn.kind === 'arrow' && !node.params.every(isPlain) && parameterForm(fn) === 'kept')
    return 'its parameters cannot be evaluated after its entry';
  if (fn.kind === 'setter' && parameterForm(fn) === 'kept') return 'its parameter cannot be evaluated after its entry';
  return null;
}

/** Whether a `var name` stands anywhere in a function body, nested functions apart. */
function declaresVar(node: AnyNode, name: string): boolean {
  if (node.type === 'VariableDeclaration' && node.kind === 'var')
    return node.declarations.some((d) => d.id.type !== 'Identifier' || d.id.name === name);
  if (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression') return false;
  for (const key in node) {
    const value = (node as unknown as Record<string, unknown>)[key];
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null && typeof item === 'object' && typeof (item as AnyNode).type === 'string' && declaresVar(item as AnyNode, name))
        return true;
    }
  }
  return false;
}

/** V8 compiles asm.js as such only where the text holds nothing else, and warns where it does. */
export function usesAsm(fn: FunctionInfo): boolean {
  for (let f: FunctionInfo | null = fn; f; f = f.parent) {
    const body = (f.node as Partial<FunctionNode>).body;
    if (!body || Array.isArray(body) || body.type !== 'BlockStatement') continue;
    for (const statement of body.body) {
      if (statement.type !== 'ExpressionStatement' || statement.directive === undefined) break;
      if (statement.directive === 'use asm') return true;
    }
  }
  return false;
}
