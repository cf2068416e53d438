/**
 * Constants that the top level computes from a table which changes in place: `const pattern = new RegExp(names.join('|'))`. They
 * are computed anew of what the new source gives the table. What the program has put there since is not in them, as it is not in
 * those that a process has which starts with the new version.
 */
import type { AnyNode } from 'acorn';
import type { Binding } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import { isMutatedByFunctions, isState } from '../../version/values/effects.ts';
import { gives, isHeldElsewhere } from '../../version/values/holding.ts';
import type { Named } from '../../version/forms/items.ts';
import { memberName } from '../../version/program/member-name.ts';
import { COPIES, givesPrimitive, isOfPrimitives, isPure, MADE_OF, PURE } from '../../version/values/pure.ts';
import { says } from '../../version/objects/reads.ts';
import { nodesAbove } from '../../version/program/walk.ts';
import type { TopDiff } from '../top.ts';

const LOOKS = /^(?:Array\.from|JSON\.stringify|Object\.(?:entries|keys|values)|String)$/;
const LEAVES = /^Object\.freeze$/;
const METHODS = new Set(
  [Array, Map, Set].flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype)).filter((name) => !/^(?:length|size)$/.test(name)),
);

/** The text that computes a constant anew, of nothing but the language and what the source writes out; null where that cannot be. */
export function derivedText(top: TopDiff, before: Named, item: Named, binding: Binding): string | null {
  if (top.tables.changes.size === 0 || item.kind !== 'variable' || !item.value || item.group || item.pattern?.type !== 'Identifier')
    return null;
  const tables = tablesIn(top, item.value);
  if (!tables || tables.length === 0 || !isPure(item.value)) return null;
  const old = top.oldBinding(item.name);
  if ([item, before].some(({ targets }) => targets.length > 0)) return null;
  if (!givesPrimitive(item.value) && (top.tables.isHeld(item.name) || isHeldElsewhere(old))) return null;
  if (isState(top.baseFn, old) || isState(top.nextFn, binding)) return null;
  if (isMutatedByFunctions(top.baseFn, old) || isMutatedByFunctions(top.nextFn, binding)) return null;
  const { model } = top.ctx.next;
  const text = ({ start, end }: AnyNode): string => model.text.slice(start, end);
  // What code has of a list follows when the transition is complete: until then the two would not be of one version.
  if (tables.some(({ value, table }) => value?.type === 'ArrayExpression' && table.references.some(({ fn }) => fn !== top.nextFn)))
    top.tables.atOnce = true;
  const names = tables.map(({ name }) => name).join(', ');
  return `((${names}) => (${text(item.value)}\n))(${tables.map(({ value }) => `${text(value!)}\n`).join(', ')})`;
}

/** The tables that a value is computed of; null where it is of something else as well, or of one that is more than its literal. */
function tablesIn(top: TopDiff, value: AnyNode): (Named & { readonly table: Binding })[] | null {
  const { next } = top.ctx;
  const found = new Map<Binding, Named & { readonly table: Binding }>();
  for (const { binding, node } of next.refsIn(value.start, value.end)) {
    const isOwn = binding?.declarations.some(({ start, end }) => value.start <= start && end <= value.end);
    if (isOwn) continue;
    if (!binding || binding.kind === 'implicit') {
      if (node.type !== 'Identifier' || !PURE.has(node.name)) return null;
      continue;
    }
    const item = top.items.named.get(binding.name);
    const before = top.old.named.get(binding.name);
    if (!item?.value || !before?.value || top.bindingOf(binding.name) !== binding || !top.tables.changes.has(binding.name)) return null;
    if (!isOfPrimitives(item.value) || !isOfPrimitives(before.value) || !looksAt(top, node)) return null;
    if (!isAsWritten(top, binding, item)) return null;
    found.set(binding, { ...item, table: binding });
  }
  return [...found.values()];
}

/**
 * Whether a table holds, as the top level runs, what its literal gives it and no more. A patch is not linked where a list holds
 * anything else; other tables may have got more by each name that they are given.
 */
function isAsWritten(top: TopDiff, table: Binding, { name, node: declared, value }: Named): boolean {
  if (isMutatedByFunctions(top.nextFn, table) || table.scope.evalVisible || table.reassigned) return false;
  const names = [name];
  for (const { node, parent, fn, write } of table.references) {
    if (fn !== top.nextFn || (declared.start <= node.start && node.end <= declared.end)) continue;
    const given = gives(parent, node) ? nameGiven(parent) : null;
    if (given !== null) names.push(given);
    else if (write || !(isFrozen(parent) || looksAt(top, node))) return false;
  }
  if (value?.type === 'ArrayExpression') return true;
  const { next } = top.ctx;
  const isFilled = (one: string): boolean =>
    top.items.assigned.some(({ key }) => key.split(/[.[]/).slice(0, -1).includes(one)) ||
    top.items.others.some((statement) => says(next.text(statement), one));
  return !names.some((one) => isFilled(one));
}

const isFrozen = (parent: AnyNode): boolean => parent.type === 'CallExpression' && LEAVES.test(memberText(parent.callee) ?? '');

/** Under which name the object is given that stands in `parent`; null for another variable. */
function nameGiven(parent: AnyNode): string | null {
  if (parent.type === 'Property') return keyName(parent.key, parent.computed);
  if (parent.type === 'AssignmentExpression') return parent.left.type === 'MemberExpression' ? memberName(parent.left) : null;
  return parent.type === 'ExportSpecifier' && parent.exported.type === 'Identifier' ? parent.exported.name : null;
}

/** Whether code does no more with the object that a name stands for than to look what is in it, or to copy that. */
function looksAt({ nextFn }: TopDiff, node: AnyNode): boolean {
  const above = nodesAbove(node, nextFn.node as AnyNode);
  const [around, parent] = above.slice(-2);
  switch (parent?.type) {
    case 'MemberExpression': {
      const name = memberName(parent);
      if (parent.object !== node || name === null) return false;
      if (around?.type === 'CallExpression' && around.callee === parent) return COPIES.test(name);
      const isRead = around !== undefined && !/^(?:Assignment|Update|TaggedTemplate)|Pattern$/.test(around.type);
      return isRead && !(around.type === 'UnaryExpression' && around.operator === 'delete') && !METHODS.has(name);
    }
    case 'SpreadElement':
      return true;
    case 'BinaryExpression':
      return parent.operator === 'in' && parent.right === node;
    case 'NewExpression':
      return parent.callee.type === 'Identifier' && MADE_OF.test(parent.callee.name) && parent.arguments[0] === node;
    case 'CallExpression':
      return parent.arguments[0] === node && LOOKS.test(memberText(parent.callee) ?? '');
    default:
      return false;
  }
}
