/** Keys under which functions put things into tables that outlive their calls, and that are others now: what is there is not found by them. */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { shortened } from '../../source/text.ts';
import type { ModuleContext } from '../code/context.ts';
import { CACHE } from '../version/cache-names.ts';
import { outlives } from '../version/escape.ts';
import { settled } from '../version/left.ts';
import { nodesWithin } from '../version/nodes.ts';
import { ownProperty } from '../version/own-properties.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/standing-for.ts';
import { readersOf, readsOtherValue } from './changed-variables.ts';

const MOST_CHARACTERS = 60;

interface Put {
  /** What the source calls the table. */
  readonly table: string;
  readonly key: AnyNode;
}

/** `constants`: those that are others now. */
export function reportLeftKeys(ctx: ModuleContext, constants: ReadonlySet<Binding>): void {
  const { base, next, match, log, around } = ctx;
  const reads = readersOf(ctx, constants);
  const told = new Set(log.rows.flatMap(({ code, path }) => (/^(?:instances|results|cache|value|field)-/.test(code) ? path : [])));
  for (const [fn, baseFn] of match.baseOf) {
    if (base.runsOnce(baseFn) || (!match.differs(fn) && !reads(fn)) || told.has(baseFn.path)) continue;
    const now = putsOf(fn, next);
    const before = now.length > 0 ? putsOf(baseFn, base) : [];
    if (before.length !== now.length || before.some(({ table }, i) => table !== now[i]!.table)) continue;
    for (const [i, { table, key }] of now.entries()) {
      const [was, is] = [settled(before[i]!.key, baseFn, base), settled(key, fn, next)];
      const [text, other] = [shapeOf(was, baseFn, base), shapeOf(is, fn, next)];
      const isSame = text === other ? !readsOther(ctx, is, baseFn, fn) : around.labels.differ(base.text(was), next.text(is));
      const path = `${baseFn.path} ${table}`;
      if (isSame || (was.type === 'Identifier' && text !== other) || told.has(path) || told.has(table)) continue;
      told.add(path);
      const old = shortened(base.written({ node: was }).replaceAll(/\s+/g, ' '), MOST_CHARACTERS);
      log.add('instances-hold', next, is, path, `what calls of it have left in ${table} is under the key that ${old} was`);
    }
  }
}

/** What is another in the text alone, as the description of a symbol, goes on as it is. */
function readsOther(ctx: ModuleContext, key: AnyNode, baseFn: FunctionInfo, fn: FunctionInfo): boolean {
  const { next, resolver } = ctx;
  const mayBe = (binding: Binding): boolean => resolver.fresh.has(binding) || binding.scope.fn === fn || binding.kind === 'import';
  return next.refsIn(key.start, key.end).some(({ binding }) => binding && mayBe(binding)) && readsOtherValue(ctx, key, baseFn, fn);
}

/** Into what lasts, and is no cache. */
function putsOf(fn: FunctionInfo, side: Side): readonly Put[] {
  const { start, end } = fn.node;
  const { program } = side.model;
  const isIn = (node: AnyNode): boolean =>
    node.end <= end && !fn.children.some((child) => child.node.start <= node.start && node.end <= child.node.end);
  const assigned = nodesWithin(program, 'AssignmentExpression', start, end).flatMap(({ left }) =>
    left.type === 'MemberExpression' && left.computed
      ? [{ object: left.object as AnyNode, key: left.property as AnyNode, at: left as AnyNode }]
      : [],
  );
  const called = nodesWithin(program, 'CallExpression', start, end).flatMap((call) =>
    call.callee.type === 'MemberExpression' && memberName(call.callee) === 'set' && call.arguments.length === 2
      ? [{ object: call.callee.object as AnyNode, key: call.arguments[0] as AnyNode, at: call as AnyNode }]
      : [],
  );
  return [...assigned, ...called].flatMap(({ object, key, at }) => {
    const table = isIn(at) ? tableOf(object, key, fn, side) : null;
    return table === null || CACHE.test(table) ? [] : [{ table, key }];
  });
}

function tableOf(object: AnyNode, key: AnyNode, fn: FunctionInfo, side: Side): string | null {
  if (object.type !== 'Identifier') return ownProperty(object);
  const binding = side.refAt(object)?.binding;
  if (!binding || binding.kind === 'import') return null;
  // What it is given is another object for each call: under a key that is the same for all of them.
  if (binding.kind === 'param') {
    const name = key.type === 'Identifier' ? side.refAt(key)?.binding : null;
    return name && side.runsOnce(name.scope.fn) ? binding.name : null;
  }
  const { fn: owner } = binding.scope;
  return side.runsOnce(owner) || (owner !== fn && outlives(fn, owner)) ? binding.name : null;
}

/** Its text, in which what the function calls its own variables does not matter. */
function shapeOf(value: AnyNode, fn: FunctionInfo, side: Side): string {
  const names = new Map<Binding, number>();
  let [text, at] = ['', value.start];
  for (const { node, binding } of side.refsIn(value.start, value.end)) {
    if (binding?.scope.fn !== fn) continue;
    if (!names.has(binding)) names.set(binding, names.size);
    text += `${side.model.text.slice(at, node.start)}$${names.get(binding)}`;
    at = node.end;
  }
  return (text + side.model.text.slice(at, value.end)).replaceAll(/\s+/g, '');
}
