/**
 * Whether what code puts into a cache comes out the same when it is computed anew, and nobody misses what was there: a number that
 * counts on, what chance gives, and what goes on changing do not come back.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { namedBy } from '../../instrument/forwarding.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { CACHE } from '../version/forms/cache-names.ts';
import { effectsOf, isMutated } from '../version/values/effects.ts';
import { sourcesOf } from '../version/values/flow.ts';
import { isOnlyCalled } from '../version/values/holding.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { walk } from '../version/program/walk.ts';
import { tablesOf } from './table-uses.ts';
import type { Table } from './tested-tables.ts';

const BY_CHANCE = /random|uuid|nanoid|nonce/i;

/** `values`: what a function puts into the table. */
export function isRepeatable(side: Side, fn: FunctionInfo, table: Table, values: readonly AnyNode[]): boolean {
  const owner = typeof table === 'string' ? side.model.root : table.scope.fn;
  const sources = values.flatMap((value) => [value, ...sourcesOf(side, fn.node as AnyNode, value)]);
  const called = sources.flatMap((source) => [...effectsOf(source, side, owner).called]);
  let counted: ReadonlySet<Binding> | null = null;
  // What another cache holds is computed as well. To go through all that the function runs is only worth it for what may change.
  const isCounted = (binding: Binding | null): boolean => {
    if (binding === null || CACHE.test(binding.name) || !(binding.reassigned || isMutated(binding))) return false;
    return (counted ??= effectsOf((fn.node as FunctionNode).body, side, owner).bindings).has(binding);
  };
  const run = [...sources, ...called.map(({ node }) => node as AnyNode)];
  return (
    run.every((code) => !isByChance(code) && !side.refsIn(code.start, code.end).some(({ binding }) => isCounted(binding))) &&
    !sources.some(({ start, end }) => side.refsIn(start, end).some(({ binding, parent }) => binding === table && isSize(parent)))
  );
}

const isSize = (member: AnyNode): boolean => member.type === 'MemberExpression' && /^(?:size|length)$/.test(memberName(member) ?? '');

function isByChance(code: AnyNode): boolean {
  let found = false;
  walk(code, (node) => {
    found ||= node.type === 'CallExpression' && BY_CHANCE.test(memberText(node.callee) ?? '');
    return !found;
  });
  return found;
}

/** Whether a function finds what another has put there, and cannot put it there itself: it would be without. */
export function isLeftWithout(side: Side, fn: FunctionInfo, table: Binding): boolean {
  if (fillsItself(side, fn, table) || !takesOut(side, fn, table)) return false;
  const binding = namedBy(fn);
  return !isOnlyCalled(binding ?? undefined) || !binding!.references.every(({ read, fn: user }) => !read || fillsItself(side, user, table));
}

const fillsItself = (side: Side, fn: FunctionInfo, table: Binding): boolean => (tablesOf(side, fn).get(table)?.values.length ?? 0) > 0;

/** `table[key]` and `table.get(key)`, but for what only takes it away. */
function takesOut(side: Side, { node: root }: FunctionInfo, table: Binding): boolean {
  let found = false;
  walk(root as AnyNode, (node, parents) => {
    if (node.type === 'MemberExpression' && node.object.type === 'Identifier' && side.refAt(node.object)?.binding === table) {
      const around = parents.at(-1);
      const isTakenAway = around?.type === 'UnaryExpression' && around.operator === 'delete';
      found ||= node.computed ? !isTakenAway : /^(?:get|peek)$/.test(memberName(node) ?? '');
    }
    return !found;
  });
  return found;
}

/** Whether a function changes what it has taken out of a table: `const one = table[key] ??= make(key); one.count++`. */
export function changesTaken(side: Side, { node }: FunctionInfo, table: Binding): boolean {
  const isChanged = (binding: Binding | null): boolean => {
    const [id] = binding?.declarations ?? [];
    const value = id && !binding!.reassigned && isMutated(binding!) ? side.valueOf(id) : null;
    return value != null && side.refsIn(value.start, value.end).some((ref) => ref.binding === table);
  };
  return side.refsIn(node.start, node.end).some(({ binding }) => isChanged(binding));
}
