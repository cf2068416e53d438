/**
 * What a CommonJS module gives away as a whole, under a name of its own or without: `module.exports = {…}` is the same table
 * as `const api = {…}; module.exports = api`. The name that the new version gives it stands for the object that exists.
 */
import type { AnyNode, ObjectExpression } from 'acorn';
import { keyName } from '../../../source/paths.ts';
import { exportKey } from '../../version/forms/items.ts';
import type { Assigned, Items, Named } from '../../version/forms/items.ts';
import type { Side } from '../../version/side.ts';
import type { TopDiff } from '../top.ts';

const WHOLE = /^(module\.)?exports$/;

/** The one assignment of a scope that gives everything away; null where there are more. */
export function wholeOf({ named, assigned }: Items, side: Side): Assigned | null {
  const given = assigned.filter(({ key }) => WHOLE.test(key));
  const chained = [...named.values()].some(({ targets }) => targets.some((target) => WHOLE.test(side.targetText(target) ?? '')));
  const whole = given.find(({ key }) => key === 'module.exports');
  // `exports = module.exports = …` is one.
  return whole && !chained && given.every((one) => one === whole || (one.node === whole.node && one.key === 'exports')) && given.length <= 2
    ? whole
    : null;
}

/** The variable that is declared as what is given away: `const api = module.exports = …`. */
export function declaredWhole({ named }: Items, side: Side): Named | null {
  return [...named.values()].find(({ targets }) => targets.some((target) => side.targetText(target) === 'module.exports')) ?? null;
}

/** The literal that makes what is given away, and the variable that holds it, if one does. */
export function literalOf(
  { named }: Items,
  { value }: Assigned,
): { readonly value: ObjectExpression & AnyNode; readonly item: Named | null } | null {
  if (value.type === 'ObjectExpression') return { value, item: null };
  const item = value.type === 'Identifier' ? named.get(value.name) : undefined;
  if (item?.kind !== 'variable' || item.group !== null || item.pattern?.type !== 'Identifier' || item.targets.length > 0) return null;
  return item.value?.type === 'ObjectExpression' ? { value: item.value, item } : null;
}

/** The names that a CommonJS module gives away by assignments, or by an object that it writes out. */
export function namesGiven(items: Items): ReadonlySet<string> {
  const found = new Set<string>();
  for (const item of items.assigned) {
    const key = exportKey(item.key, items);
    if (key.startsWith('exports.')) found.add(key.slice('exports.'.length));
    for (const property of key === 'module.exports' ? (literalOf(items, item)?.value.properties ?? []) : [])
      if (property.type === 'Property' && !property.computed) found.add(keyName(property.key, false));
  }
  return found;
}

export interface Whole {
  readonly before: ObjectExpression & AnyNode;
  readonly after: ObjectExpression & AnyNode;
  /** The variable that only the new version has for it. */
  readonly name: string | null;
}

function literalGiven(items: Items, side: Side): ReturnType<typeof literalOf> {
  const item = declaredWhole(items, side);
  if (!item) {
    const whole = wholeOf(items, side);
    return whole && literalOf(items, whole);
  }
  const isAlone = item.group === null && item.pattern?.type === 'Identifier' && !items.assigned.some(({ key }) => WHOLE.test(key));
  return isAlone && item.value?.type === 'ObjectExpression' ? { value: item.value, item } : null;
}

/** The table of both versions, where it got, lost or changed its name between them. */
export function renamedWhole(top: TopDiff): Whole | null {
  const { old, items, ctx } = top;
  if (ctx.next.model.format !== 'commonjs' && !top.hasExports) return null;
  const [a, b] = [literalGiven(old, ctx.base), literalGiven(items, ctx.next)];
  if (!a || !b || (!a.item && !b.item)) return null;
  // A name of both may stand for something else in one of them.
  if ((a.item && items.named.has(a.item.name)) || (b.item && old.named.has(b.item.name))) return null;
  if ((a.item && top.oldBinding(a.item.name)?.reassigned !== false) || (b.item && top.bindingOf(b.item.name)?.reassigned !== false))
    return null;
  // What is put on `exports` is lost where `module.exports` is another object.
  if (top.hasExports && [...old.assigned, ...items.assigned].some(({ key }) => key.startsWith('exports.'))) return null;
  return { before: a.value, after: b.value, name: b.item?.name ?? null };
}
