/** Factories: functions that end with an object that they write out. And what shows that new code reads objects of both shapes. */
import type { AnyNode, Function as FunctionNode, ObjectExpression } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import { keyName } from '../../../source/paths.ts';
import { walk } from '../program/walk.ts';

const DATA = 'livepatch/data';
const ASKING = new Set(['has', 'version']);

export interface Factory {
  readonly keys: readonly string[];
  /** What it does before: parameters and statements. */
  readonly rest: readonly AnyNode[];
}

/** Null for a function that may return anything else. */
export function factoryOf(fn: FunctionInfo): Factory | null {
  if (fn.kind !== 'function' && fn.kind !== 'arrow' && fn.kind !== 'method') return null;
  const { params, body } = fn.node as FunctionNode;
  if (body.type !== 'BlockStatement') return body.type === 'ObjectExpression' ? made(body, [...params]) : null;
  const last = body.body.at(-1);
  if (last?.type !== 'ReturnStatement' || last.argument?.type !== 'ObjectExpression' || fn.returns.length !== 1) return null;
  return made(last.argument, [...params, ...body.body.slice(0, -1)]);
}

function made(object: ObjectExpression, rest: readonly AnyNode[]): Factory | null {
  const keys: string[] = [];
  for (const property of object.properties) {
    if (property.type !== 'Property' || property.computed) return null;
    keys.push(keyName(property.key, false));
  }
  return { keys, rest };
}

/** Whether code asks objects for their version, so that it can do with each. */
export function asksForVersions(program: AnyNode): boolean {
  let found = false;
  walk(program, (node) => {
    if (node.type === 'ImportDeclaration' && node.source.value === DATA)
      found ||= node.specifiers.some(
        (one) => one.type === 'ImportSpecifier' && one.imported.type === 'Identifier' && ASKING.has(one.imported.name),
      );
    if (node.type === 'VariableDeclarator' && node.id.type === 'ObjectPattern' && isRequired(node.init ?? null))
      found ||= node.id.properties.some((one) => one.type === 'Property' && !one.computed && ASKING.has(keyName(one.key, false)));
    if (node.type === 'MemberExpression' && node.property.type === 'Identifier' && isRequired(node.object as AnyNode))
      found ||= ASKING.has(node.property.name);
    return !found;
  });
  return found;
}

function isRequired(node: AnyNode | null): boolean {
  if (node?.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'require') return false;
  const [specifier] = node.arguments;
  return specifier?.type === 'Literal' && specifier.value === DATA;
}
