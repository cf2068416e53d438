/**
 * Constants with another value that code puts into objects and variables and compares with what they hold, as the states of a
 * parser: what was put there before the patch is the old value, which new code takes for another.
 */
import type { AnyNode, ObjectExpression } from 'acorn';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { PUTS } from '../version/forms/entries.ts';
import { keyName } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { isFunctionNode, walk, walkTo } from '../version/program/walk.ts';

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
  return keysOf(usesOf(binding, changed, side), side, (use, parents) => isPut(use, parents, side));
}

/** Those that code compares with something. */
function comparedIn(binding: Binding, changed: ReadonlySet<string>, side: Side): ReadonlySet<string> {
  return keysOf(usesOf(binding, changed, side), side, (use, parents) => {
    const parent = parents.at(-1);
    return (
      (parent?.type === 'BinaryExpression' && /^[=!]==?$/.test(parent.operator)) || (parent?.type === 'SwitchCase' && parent.test === use)
    );
  });
}

function keysOf(
  uses: ReadonlyMap<AnyNode, string>,
  side: Side,
  isOne: (use: AnyNode, parents: readonly AnyNode[]) => boolean,
): ReadonlySet<string> {
  const found = new Set<string>();
  const nodes = [...uses.keys()].sort((a, b) => a.start - b.start);
  walkTo(side.model.program, nodes, (use, parents) => {
    if (isOne(use, parents)) found.add(uses.get(use)!);
  });
  return found;
}

function isPut(use: AnyNode, parents: readonly AnyNode[], side: Side): boolean {
  let value = use;
  for (const parent of parents.toReversed()) {
    switch (parent.type) {
      case 'ConditionalExpression':
        if (parent.test === value) return false;
        break;
      case 'LogicalExpression':
        break;
      case 'AssignmentExpression':
        if (parent.right !== value) return false;
        if (stays(parent.left, side)) return true;
        break;
      case 'PropertyDefinition':
        return parent.value === value;
      case 'CallExpression':
        return parent.callee !== value && parent.callee.type === 'MemberExpression' && PUTS.test(memberName(parent.callee) ?? '');
      default:
        return false;
    }
    value = parent;
  }
  return false;
}

/** Whether what `target` is given outlives the call of the function around. */
function stays(target: AnyNode, side: Side): boolean {
  if (target.type !== 'Identifier') return target.type === 'MemberExpression';
  const ref = side.refAt(target);
  return ref?.binding != null && ref.binding.scope.fn !== ref.fn;
}
