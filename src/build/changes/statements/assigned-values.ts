/** What an assignment of the top level gives, and to what, by its code. */
import type { AnyNode, BlockStatement, MemberExpression } from 'acorn';
import { keyName, memberText } from '../../../source/paths.ts';
import { exportKey } from '../../version/forms/items.ts';
import type { Assigned, Items } from '../../version/forms/items.ts';
import type { ExportChange, TopDiff } from '../top.ts';
import { literalOf } from '../names/whole.ts';

/** Whether it defines a getter in whose place another can be defined. */
export const isAsked = ({ getter, flags, attributes }: Assigned): boolean =>
  getter && !flags && attributes?.includes('configurable') === true;

/** Whether it puts something on what the other gives. */
export const isBelow = ({ key, node }: Assigned, other: Assigned): boolean =>
  node.start > other.node.start && key.startsWith(`${other.key}.`);

/** Whether it is all that the module gives away. */
export const isWhole = ({ key }: Assigned): boolean => key === 'module.exports' || key === 'exports';

/** Whether who has required the old CommonJS module holds an object or a function. */
export function isHeldWhole(old: Items): boolean {
  const isAll = (key: string | undefined): boolean => key === 'module.exports';
  const declared = [...old.named.values()].find(({ targets }) => targets.some((target) => isAll(memberText(target))));
  const whole = old.assigned.find(({ key }) => isAll(key))?.value ?? declared?.value;
  return whole ? !isPrimitive(whole) : old.assigned.some(({ key }) => exportKey(key, old).startsWith('exports.'));
}

/** What is assigned, or what a getter gives. */
export function givenBy({ value, getter }: Assigned): AnyNode | null {
  if (!getter) return value;
  if (value.type === 'ArrowFunctionExpression' && value.body.type !== 'BlockStatement') return value.body;
  if (value.type !== 'FunctionExpression' && value.type !== 'ArrowFunctionExpression') return null;
  const [statement, ...more] = (value.body as BlockStatement).body;
  return statement?.type === 'ReturnStatement' && more.length === 0 ? (statement.argument ?? null) : null;
}

/** A value that has no identity: who requires it again is content with an equal one. */
export function isPrimitive(node: AnyNode): boolean {
  if (node.type === 'TemplateLiteral') return node.expressions.length === 0;
  return node.type === 'Literal' && !(node.value instanceof RegExp) && node.regex === undefined;
}

/** Whether what a call gives has no identity. */
export function isPrimitiveMade(value: AnyNode): boolean {
  return (
    value.type === 'CallExpression' &&
    /^(?:String|Number|Boolean|BigInt|parseInt|parseFloat|Math\.\w+|JSON\.stringify)$/.test(memberText(value.callee) ?? '')
  );
}

export function keyOf(target: MemberExpression): string {
  return target.computed && target.property.type === 'Literal' ? String(target.property.value) : (target.property as { name: string }).name;
}

/** The text of what the old CommonJS module gives away by a name, where that is a primitive value in both versions; null for any other. */
export function primitiveGiven({ old, ctx }: TopDiff, { name, value }: ExportChange): string | null {
  const given = old.assigned.filter((item) => exportKey(item.key, old) === `exports.${name}`).map((item) => item.value);
  for (const item of old.assigned) {
    const literal = item.key === 'module.exports' ? literalOf(old, item) : null;
    for (const property of literal?.value.properties ?? [])
      if (property.type === 'Property' && !property.computed && keyName(property.key, false) === name) given.push(property.value);
  }
  const [before, ...more] = given;
  const isKnown = before && more.length === 0 && isPrimitive(before) && value && isPrimitive(value);
  return isKnown && ctx.base.model.format === 'commonjs' ? ctx.base.model.text.slice(before.start, before.end) : null;
}
