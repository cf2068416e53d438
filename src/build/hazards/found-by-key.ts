/**
 * Caches of what is made by something that code has found under a key, as `const Codec = codecs[name]; cache[name] = new Codec()`:
 * which function that is, and what it goes by, the text does not tell.
 */
import type { AnyNode, CallExpression, MemberExpression } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import { CACHE } from '../version/forms/cache-names.ts';
import { outlives } from '../version/program/escape.ts';
import { sourcesOf } from '../version/values/flow.ts';
import { functionAround } from '../version/program/function-around.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesOf, nodesWithin } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { rootOf, walk } from '../version/program/walk.ts';

export interface FoundByKey {
  /** The function that looks into the cache and fills it. */
  readonly fn: FunctionInfo;
  readonly name: string;
  readonly at: AnyNode;
}

const LOOKS = /^(?:get|has|peek)$/;
const PUTS = /^(?:set|put)$/;

export function foundByKey(side: Side): readonly FoundByKey[] {
  const found: FoundByKey[] = [];
  const seen = new Set<string>();
  for (const { table, value, at } of putting(side)) {
    const fn = functionAround(side, at);
    const name = nameOf(table);
    if (name === null || !CACHE.test(name) || side.runsOnce(fn) || isOfCall(side, fn, table)) continue;
    if (seen.has(`${fn.path} ${name}`) || !looksInto(side, fn, name) || !isMadeByFound(side, fn, value)) continue;
    seen.add(`${fn.path} ${name}`);
    found.push({ fn, name, at });
  }
  return found;
}

interface Putting {
  readonly table: AnyNode;
  readonly value: AnyNode;
  readonly at: AnyNode;
}

function putting(side: Side): readonly Putting[] {
  const { program } = side.model;
  const assigned = nodesOf(program, 'AssignmentExpression').flatMap((at): Putting[] => {
    const { left, right } = at;
    return left.type === 'MemberExpression' && left.computed ? [{ table: left.object as AnyNode, value: right, at }] : [];
  });
  const put = nodesOf(program, 'CallExpression').flatMap((call): Putting[] => {
    const { callee } = call;
    const value = call.arguments.at(-1) as AnyNode | undefined;
    const isPut = callee.type === 'MemberExpression' && PUTS.test(memberName(callee) ?? '') && call.arguments.length === 2;
    return isPut && value ? [{ table: callee.object as AnyNode, value, at: call }] : [];
  });
  return [...assigned, ...put];
}

const nameOf = (table: AnyNode): string | null =>
  table.type === 'Identifier' ? table.name : table.type === 'MemberExpression' ? memberName(table) : null;

/** Whether the table is over with the call, as far as its name tells. */
function isOfCall(side: Side, fn: FunctionInfo, table: AnyNode): boolean {
  const root = rootOf(table);
  const owner = root.type === 'Identifier' ? side.refAt(root)?.binding?.scope.fn : undefined;
  return owner !== undefined && !outlives(fn, owner);
}

function looksInto(side: Side, { node }: FunctionInfo, name: string): boolean {
  const { program } = side.model;
  const set = nodesWithin(program, 'AssignmentExpression', node.start, node.end).filter(({ operator }) => operator === '=');
  const targets = new Set(set.map(({ left }) => left as AnyNode));
  const members = nodesWithin(program, 'MemberExpression', node.start, node.end).filter((member) => !targets.has(member));
  return members.some((member) => (member.computed || LOOKS.test(memberName(member) ?? '')) && nameOf(member.object as AnyNode) === name);
}

/** Whether what has been found under a key is called for a value, or makes it. */
function isMadeByFound(side: Side, fn: FunctionInfo, value: AnyNode): boolean {
  const isFound = (node: AnyNode): boolean => node.type === 'MemberExpression' && isByKey(node);
  const isByFound = ({ callee }: Pick<CallExpression, 'callee'>): boolean => {
    if (callee.type === 'MemberExpression') return isByKey(callee);
    return callee.type === 'Identifier' && sourcesOf(side, fn.node as AnyNode, callee).some(isFound);
  };
  return [value, ...sourcesOf(side, fn.node as AnyNode, value)].some((source) => {
    let isIt = false;
    walk(source, (node) => {
      isIt ||= (node.type === 'CallExpression' || node.type === 'NewExpression') && isByFound(node);
      return !isIt;
    });
    return isIt;
  });
}

/** `table[name]`, where that is no cache itself. */
const isByKey = ({ computed, property, object }: MemberExpression): boolean =>
  computed && property.type !== 'Literal' && !CACHE.test(nameOf(object as AnyNode) ?? '');
