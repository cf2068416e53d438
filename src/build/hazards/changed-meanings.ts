/**
 * Constants with another value that code puts into objects and variables and compares with what they hold, as the states of a
 * parser: what was put there before the patch is the old value, which new code takes for another.
 */
import type { AnyNode, ObjectExpression } from 'acorn';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { PUTS } from '../version/entries.ts';
import { keyName } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { nodesOf } from '../version/nodes.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/standing-for.ts';
import { isFunctionNode, walk } from '../version/walk.ts';

/** By names of entries; '' for a constant that is no table. */
type Values = ReadonlyMap<string, string>;

/** Warns of those that the scope of two functions declares which ran once. */
export function reportMeanings({ base, next, log }: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): void {
  for (const [name, binding] of fn.body.bindings) {
    const old = baseFn.body.bindings.get(name);
    if (!old || old.references.length === 0) continue;
    const [before, after] = [definitionOf(old, base), definitionOf(binding, next)];
    // Nearly all are the same.
    if (!before || !after || base.written({ node: before }) === next.written({ node: after })) continue;
    const [was, now] = [valuesOf(before, base), valuesOf(after, next)];
    if (!was || !now) continue;
    const changed = new Set([...was].filter(([key, text]) => now.get(key) !== text).map(([key]) => key));
    if (changed.size === 0) continue;
    const put = putBy(old, changed, base);
    if (put.size === 0) continue;
    const compared = comparedIn(binding, changed, next);
    for (const key of put) {
      if (!compared.has(key)) continue;
      const other = [...now].find(([, text]) => text === was.get(key))?.[0];
      const taken = other === undefined ? 'which it no longer is' : `which new code takes for ${other}`;
      const path = key === '' ? name : `${name}.${key}`;
      log.add('meaning-changed', next, binding.declarations[0]!, path, `what exists may hold the ${was.get(key)} that it was, ${taken}`);
    }
  }
}

/** What a name that is given a value once stands for: the value, or the function that fills an enumeration. */
function definitionOf({ declarations, reassigned, name }: Binding, side: Side): AnyNode | null {
  const [id, ...others] = declarations;
  if (!id || others.length > 0) return null;
  const value = side.valueOf(id as AnyNode);
  if (value === null) return side.enumerations.find((one) => one.name === name)?.fill ?? null;
  return reassigned ? null : (value ?? null);
}

/** Null for what is neither a literal nor a table of them. */
function valuesOf(given: AnyNode, side: Side): Values | null {
  if (isFunctionNode(given)) return side.enumerations.some(({ fill }) => fill === given) ? enumerated(given, side) : null;
  const value = given.type === 'CallExpression' && given.arguments.length === 1 ? (given.arguments[0] as AnyNode) : given;
  if (value.type === 'ObjectExpression') return entriesOf(value, side);
  const text = literal(value, side);
  return text === null ? null : new Map([['', text]]);
}

function entriesOf({ properties }: ObjectExpression, side: Side): Values {
  const found = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const property of properties) {
    if (property.type !== 'Property' || property.computed) continue;
    const value = property.value as AnyNode;
    let text = literal(value, side);
    if (value.type === 'UpdateExpression' && value.argument.type === 'Identifier') {
      // `{ BEGIN: n++, TEXT: n++ }`
      const counter = value.argument.name;
      const count = counts.get(counter) ?? 0;
      counts.set(counter, count + 1);
      text = String(count);
    }
    if (text !== null) found.set(keyName(property.key, false), text);
  }
  return found;
}

/** `E[E["A"] = 0] = "A"`, and `E["A"] = "a"`. */
function enumerated(fill: AnyNode, side: Side): Values {
  const found = new Map<string, string>();
  walk(fill, (node) => {
    if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') return true;
    const key = memberName(node.left);
    const text = literal(node.right, side);
    if (key !== null && text !== null) found.set(key, text);
    return true;
  });
  return found;
}

function literal(node: AnyNode, side: Side): string | null {
  const isNumber = node.type === 'UnaryExpression' && node.argument.type === 'Literal';
  return isNumber || (node.type === 'Literal' && node.regex === undefined) ? side.text(node).trim() : null;
}

/** Where code that runs again uses the constant, or such an entry of it: the nodes, with the names of the entries. */
function usesOf({ references }: Binding, changed: ReadonlySet<string>, side: Side): ReadonlyMap<AnyNode, string> {
  const found = new Map<AnyNode, string>();
  const isUsed = ({ fn, read }: Reference): boolean => read && !side.runsOnce(fn);
  for (const ref of references) {
    if (!isUsed(ref)) continue;
    const { node, parent } = ref;
    const key = parent.type === 'MemberExpression' && parent.object === node ? memberName(parent) : '';
    if (key !== null && changed.has(key)) found.set(key === '' ? node : parent, key);
  }
  return found;
}

/** Those that code puts where they stay. */
function putBy(binding: Binding, changed: ReadonlySet<string>, side: Side): ReadonlySet<string> {
  const uses = usesOf(binding, changed, side);
  const found = new Set<string>();
  if (uses.size === 0) return found;
  const { program } = side.model;
  const add = (value: AnyNode | null | undefined): void => {
    if (value?.type === 'ConditionalExpression') {
      add(value.consequent);
      add(value.alternate);
    } else if (value?.type === 'LogicalExpression') {
      add(value.left);
      add(value.right);
    } else if (value?.type === 'AssignmentExpression') add(value.right);
    const key = value && uses.get(value);
    if (key != null) found.add(key);
  };
  const stays = (target: AnyNode): boolean => {
    if (target.type !== 'Identifier') return target.type === 'MemberExpression';
    const ref = side.refAt(target);
    return ref?.binding != null && ref.binding.scope.fn !== ref.fn;
  };
  for (const { left, right } of nodesOf(program, 'AssignmentExpression')) if (stays(left)) add(right);
  for (const { value } of nodesOf(program, 'PropertyDefinition')) add(value as AnyNode | null | undefined);
  for (const { callee, arguments: given } of nodesOf(program, 'CallExpression'))
    if (callee.type === 'MemberExpression' && PUTS.test(memberName(callee) ?? '')) for (const value of given) add(value as AnyNode);
  return found;
}

/** Those that code compares with something. */
function comparedIn(binding: Binding, changed: ReadonlySet<string>, side: Side): ReadonlySet<string> {
  const uses = usesOf(binding, changed, side);
  const found = new Set<string>();
  if (uses.size === 0) return found;
  walk(side.model.program, (node) => {
    const sides =
      node.type === 'BinaryExpression' && /^[=!]==?$/.test(node.operator)
        ? [node.left, node.right]
        : node.type === 'SwitchCase'
          ? [node.test]
          : [];
    for (const one of sides) {
      const key = one && uses.get(one as AnyNode);
      if (key != null) found.add(key);
    }
    return true;
  });
  return found;
}
