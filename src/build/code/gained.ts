/**
 * Entries that an object of options has in the new version only, where closures hold the one that the old code made for them.
 * Nobody can have given an option that the old version says nowhere: what it begins with is what it is.
 */
import type { AnyNode, ObjectExpression, Property } from 'acorn';
import { keyName } from '../../source/paths.ts';
import type { Binding } from '../../source/model.ts';
import { isMutatedByFunctions } from '../version/effects.ts';
import type { Side } from '../version/side.ts';
import { isFunctionNode, walk } from '../version/walk.ts';
import { isNull, nothingTest } from '../version/nothing.ts';

/**
 * The entries; null where the text does not show that the object which closures hold is the new one without them.
 * `before` and `after` are what the two variables begin with.
 */
export function gainedEntries(
  old: Binding,
  before: AnyNode,
  base: Side,
  binding: Binding,
  after: AnyNode,
  next: Side,
  knew: (name: string) => boolean,
): readonly Property[] | null {
  const [was, now] = [entriesOf(before), entriesOf(after)];
  if (!was || !now) return null;
  for (const [name, { value }] of was) {
    const same = now.get(name);
    if (!same || base.text(value) !== next.text(same.value)) return null;
  }
  const gained = [...now].filter(([name]) => !was.has(name));
  if (gained.length === 0 || gained.some(([name, { value }]) => value.type !== 'Literal' || knew(name))) return null;
  if (!isReadByEntry(old) || !isReadByEntry(binding)) return null;
  if (isMutatedByFunctions(old.scope.fn, old) || isMutatedByFunctions(binding.scope.fn, binding)) return null;
  const begins = new Map(gained.map(([name, { value }]) => [name, next.text(value)]));
  return writesNoneOf(begins, binding, next) ? gained.map(([, property]) => property) : null;
}

/** The entries of a literal that gives each a name; null for any other value, and where one is a method. */
export function entriesOf(node: AnyNode): ReadonlyMap<string, Property> | null {
  if (node.type !== 'ObjectExpression') return null;
  const { properties } = node as ObjectExpression;
  const plain = properties.filter((p): p is Property => p.type === 'Property' && p.kind === 'init' && !p.computed && !p.method);
  return plain.length === properties.length ? new Map(plain.map((p) => [keyName(p.key, false), p])) : null;
}

/** Whether nothing but entries of the object is used: then a copy does as well. */
export function isReadByEntry({ declarations, references }: Binding): boolean {
  return references.every(
    ({ node, parent }) => declarations.includes(node as never) || (parent.type === 'MemberExpression' && parent.object === node),
  );
}

/** Whether the function leaves each entry as it begins where the option of its name was not given. */
function writesNoneOf(begins: ReadonlyMap<string, string>, binding: Binding, next: Side): boolean {
  let leaves = true;
  const root = binding.scope.fn.node as AnyNode;
  walk(root, (node, parents) => {
    if (!leaves || (node !== root && isFunctionNode(node))) return false;
    if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') return true;
    const { object, property, computed } = node.left;
    if (object.type !== 'Identifier' || next.refAt(object)?.binding !== binding) return true;
    const name = computed ? null : keyName(property as never, false);
    const begin = name === null ? undefined : begins.get(name);
    const option = name ?? '';
    const kept = begin !== undefined && node.operator === '=' && otherwise(node.right, option, next) === begin;
    const inner = [...parents, node];
    leaves =
      (name !== null && begin === undefined) ||
      kept ||
      parents.some((parent, i) => parent.type === 'IfStatement' && parent.consequent === inner[i + 1] && asksFor(parent.test, option));
    return leaves;
  });
  return leaves;
}

/** The text of what an expression gives where the option was not given; null where it does not show. */
function otherwise(value: AnyNode, option: string, next: Side): string | null {
  if (value.type === 'ConditionalExpression') return asksFor(value.test, option) ? next.text(value.alternate) : null;
  return value.type === 'LogicalExpression' && value.operator !== '&&' && isRead(value.left, option) ? next.text(value.right) : null;
}

/** Whether a condition only holds where the option was given. */
function asksFor(test: AnyNode, option: string): boolean {
  if (test.type === 'LogicalExpression') {
    const sides = [asksFor(test.left, option), asksFor(test.right, option)];
    return test.operator === '&&' ? sides.some(Boolean) : sides.every(Boolean);
  }
  if (test.type !== 'BinaryExpression') return isRead(test, option);
  const nothing = nothingTest(test);
  // What is not given is no null.
  if (nothing) return isRead(nothing.of, option) && !nothing.holds && nothing.kind !== 'null';
  const [left, right] = test.left.type === 'Literal' ? [test.right, test.left] : [test.left as AnyNode, test.right];
  const asked = left.type === 'UnaryExpression' && left.operator === 'typeof' ? left.argument : left;
  return isRead(asked, option) && /^===?$/.test(test.operator) && right.type === 'Literal' && !isNull(right);
}

/** `options.name` */
function isRead(node: AnyNode, option: string): boolean {
  const member = node.type === 'ChainExpression' ? node.expression : node;
  return (
    member.type === 'MemberExpression' &&
    !member.computed &&
    member.object.type === 'Identifier' &&
    keyName(member.property as never, false) === option
  );
}
