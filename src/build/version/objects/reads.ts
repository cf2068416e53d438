/** Which properties a program reads, as far as their names tell. */
import type { AnyNode, Expression } from 'acorn';
import { contains } from '../../../source/contains.ts';
import type { Range } from '../../../source/contains.ts';
import type { FunctionInfo, ModuleModel } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import { askedOnce } from '../program/asked-once.ts';
import { escapes } from '../program/escape.ts';
import { nodesOf, nodesOfAny } from '../program/nodes.ts';
import { isFunctionNode } from '../program/walk.ts';
import { keyNamed, propertyName } from '../forms/own-properties.ts';
import { memberName } from '../program/member-name.ts';

/** What asks an object for a property by a key that it is given. */
const ASKS =
  /^(?:Object\.(?:hasOwn|getOwnPropertyDescriptor)|Reflect\.(?:has|get|getOwnPropertyDescriptor)|(?:.*\.)?hasOwnProperty\.call)$/;

/** Where a program names properties of objects, by name. */
const readsIn = askedOnce((program: AnyNode): ReadonlyMap<string, readonly AnyNode[]> => {
  const found = new Map<string, AnyNode[]>();
  const add = (name: string, node: AnyNode): void => {
    const own = found.get(name);
    if (own) own.push(node);
    else found.set(name, [node]);
  };
  /** Whether an object has it: a key that is a variable no member may say. */
  const asked = (key: AnyNode | undefined): void => {
    if (key?.type === 'Identifier') add(keyNamed(key), key);
  };
  for (const node of nodesOf(program, 'MemberExpression')) {
    const name = propertyName(node) ?? memberName(node);
    if (name !== null) add(name, node);
  }
  for (const node of nodesOf(program, 'CallExpression'))
    if (ASKS.test(memberText(node.callee) ?? '')) asked(node.arguments[1] as AnyNode | undefined);
  for (const node of nodesOf(program, 'BinaryExpression')) if (node.operator === 'in') asked(node.left);
  for (const node of nodesOf(program, 'Property')) {
    if (node.key.type !== 'Identifier') continue;
    if (node.shorthand) add(node.key.name, node);
    else if (node.computed) add(keyNamed(node.key), node);
  }
  return found;
});

/** Whether a program says the name of a property in any way: as a member, in a pattern or as a string. `within`: in a part of it. */
export function isNamedIn(name: string, { program, text }: ModuleModel, within: Range = program): boolean {
  return (
    (readsIn(program).get(name) ?? []).some((node) => contains(within, node)) ||
    nodesOf(program, 'ObjectPattern').some(
      (pattern) =>
        contains(within, pattern) &&
        pattern.properties.some(
          (own) => own.type === 'Property' && !own.computed && own.key.type === 'Identifier' && own.key.name === name,
        ),
    ) ||
    ["'", '"', '`'].some((quote) => {
      const at = text.indexOf(`${quote}${name}${quote}`, within.start);
      return at >= 0 && at < within.end;
    })
  );
}

/** Where a program names what is no method, as far as it is told: what it calls at once, and a function that it writes out, may be one. */
const valuesIn = askedOnce((program: AnyNode): ReadonlyMap<string | null, readonly AnyNode[]> => {
  const called = new Set<AnyNode>(nodesOf(program, 'CallExpression').map(({ callee }) => callee as AnyNode));
  const members = nodesOf(program, 'MemberExpression').filter((node) => !called.has(node));
  const entries = nodesOfAny(program, 'Property', 'PropertyDefinition').filter(
    ({ computed, value }) => !computed && !(value && isFunctionNode(value as AnyNode)),
  );
  return Map.groupBy<string | null, AnyNode>([...members, ...entries], (node) => {
    if (node.type === 'MemberExpression') return memberName(node);
    return 'key' in node ? keyName(node.key as Expression, false) : null;
  });
});

/** Whether code but `fn` says a property of that name otherwise than to call it, or to define a method. */
export function usesAsValue(name: string, { program, text }: ModuleModel, fn: FunctionInfo | null = null): boolean {
  return (
    (valuesIn(program).get(name) ?? []).some((node) => fn === null || !contains(fn.node, node)) ||
    (fn === null && ["'", '"', '`'].some((quote) => text.includes(`${quote}${name}${quote}`)))
  );
}

const WORD = /[\w$]/;

/** Whether a text says a name, not as a part of another. */
export function says(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!WORD.test(text[at - 1] ?? '') && !WORD.test(text[at + name.length] ?? '')) return true;
  return false;
}

/** Whether code outside a function, or in a function that it gives away, names a property of that name; `but`: where that is no matter. */
export function isReadOutside(name: string, fn: FunctionInfo, program: AnyNode, but: readonly AnyNode[] = []): boolean {
  const isOutside = (at: AnyNode): boolean => !contains(fn.node, at) && !but.includes(at);
  return isReadByGiven(name, fn, program) || (readsIn(program).get(name) ?? []).some(isOutside);
}

/** Whether a function that a function gives away names a property of that name. */
export function isReadByGiven(name: string, { children }: FunctionInfo, program: AnyNode): boolean {
  const reads = readsIn(program).get(name) ?? [];
  return children.some((child) => reads.some((at) => contains(child.node, at)) && escapes(child));
}
