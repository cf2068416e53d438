/**
 * Results of functions that have changed, which other code has put into tables, lists or variables that outlive its calls: the
 * old version computed them, and nothing computes them again.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, MemberExpression } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import type { Reference } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import type { VerdictCode } from '../verdicts/verdicts.ts';
import { BUILT_IN } from '../version/built-in.ts';
import { classPathOf } from '../version/create.ts';
import { nodesOf } from '../version/nodes.ts';
import { propertyName } from '../version/own-properties.ts';
import { memberName, memberNameOf } from '../version/standing-for.ts';
import { isThis } from '../version/this-names.ts';
import { isFunctionNode } from '../version/walk.ts';
import { givesResultOf, keptByNames, keptFrom, keptInPlace, nameOf, namesIn } from './kept-in.ts';
import type { Kept } from './kept-in.ts';
import type { Owner, Side } from '../version/side.ts';

/** Only of calls by name, or where a function is written out, in functions that were there before. */
export function reportCollected(ctx: ModuleContext, changed: readonly FunctionInfo[], made: (callee: AnyNode) => readonly Owner[]): void {
  const { next, match, log } = ctx;
  const told = new Set(log.rows.flatMap(({ code, path }) => (/^(?:results|cache|instances|capture|field)-/.test(code) ? path : [])));
  const report = (kept: Kept | null, by: FunctionInfo): void => {
    const old = kept && match.baseOf.get(kept.fn);
    if (!kept || !old || kept.kind === 'at load' || told.has(old.path)) return;
    const { code, path, where } = verdictOn(kept, old.path);
    if (told.has(path) || told.has(kept.name)) return;
    told.add(path);
    log.add(code, next, kept.at, path, `results that the old version of ${by.path} computed are kept in ${where}`);
  };
  for (const by of changed) {
    for (const { owner, index } of callbacksOf(next, by)) {
      const named = (nameOf(owner)?.references ?? []).filter(({ fn }) => fn !== owner).map(({ parent }) => parent as AnyNode);
      for (const call of [...named, ...usesAsMember(ctx, owner, made).map(({ value }) => value)])
        report(call.type === 'CallExpression' ? keptByCallback(next, call, index) : null, by);
    }
    const settles = executorAround(next, by);
    const settled = settles ? keptOf(next, settles.node as AnyNode, settles.ancestors.at(-1), settles.parent!) : null;
    if (settled?.kind !== 'of closures') report(settled, by);
    if (!givesValue(by) && !isPromise(by.ancestors.at(-1))) continue;
    for (const { fn, value } of usesAsMember(ctx, by, made))
      if (match.baseOf.has(fn) && !next.runsOnce(fn)) report(keptFrom(next, fn, value), by);
    for (const ref of nameOf(by)?.references ?? [])
      if (ref.read && ref.fn !== by && match.baseOf.has(ref.fn) && !next.runsOnce(ref.fn)) report(keptBy(next, ref), by);
    const { parent } = by;
    if (parent && match.baseOf.has(parent) && !next.runsOnce(parent))
      report(keptOf(next, by.node as AnyNode, by.ancestors.at(-1), parent), by);
  }
}

/** Which arguments of itself or of a function around it a function calls with something. */
export function callbacksOf(side: Side, by: FunctionInfo): readonly { readonly owner: FunctionInfo; readonly index: number }[] {
  return side.refsIn(by.node.start, by.node.end).flatMap(({ binding, node, parent, fn }) => {
    if (
      fn !== by ||
      binding?.kind !== 'param' ||
      parent.type !== 'CallExpression' ||
      parent.callee !== node ||
      parent.arguments.length === 0
    )
      return [];
    const { params = [] } = binding.scope.fn.node as Partial<FunctionNode>;
    const index = params.findIndex((param) => param.type === 'Identifier' && param.name === binding.name);
    return index < 0 || isPromise(binding.scope.fn.ancestors.at(-1)) ? [] : [{ owner: binding.scope.fn, index }];
  });
}

/** What the function keeps that a call is given for what it is called with, where that is written out. */
export function keptByCallback(side: Side, call: CallExpression, index: number): Kept | null {
  const given = call.arguments[index] as AnyNode | undefined;
  const fn = given && isFunctionNode(given) ? side.fnAt.get(given) : undefined;
  if (!given || !(fn instanceof FunctionInfo)) return null;
  const { params } = fn.node as FunctionNode;
  const names = params.flatMap((param) => namesIn(param as AnyNode));
  const kept = keptByNames(side, fn, names, given, true);
  // Closures that a callback makes are over with what it is called for, as a request.
  return kept?.kind === 'of closures' ? null : kept;
}

/** The function around one that was given to `new Promise`, where that one settles it. */
export function executorAround(side: Side, by: FunctionInfo): FunctionInfo | null {
  for (let at = by.parent; at && at.kind !== 'module'; at = at.parent) {
    if (!isPromise(at.ancestors.at(-1))) continue;
    const executor = at;
    const settles = side
      .refsIn(by.node.start, by.node.end)
      .some(({ binding, fn }) => fn === by && binding?.kind === 'param' && binding.scope.fn === executor);
    return settles ? executor : null;
  }
  return null;
}

/** What a verdict on it says, and where that is. */
export function verdictOn(
  { kind, name }: Kept,
  path: string,
): { readonly code: VerdictCode; readonly path: string; readonly where: string } {
  switch (kind) {
    case 'of objects':
      return {
        code: 'instances-hold',
        path: `${path} ${name}`,
        where: `the ${name} of objects that exist`,
      };
    case 'of closures':
      return {
        code: 'capture-kept',
        path: `${path} ${name}`,
        where: `the ${name} of closures that exist`,
      };
    default:
      return { code: 'results-remembered', path, where: name };
  }
}

/**
 * Where code calls a method, or asks for what a getter gives: of an object that it is known to be a method of, or of its own
 * where it is not known what that has under the name, as a class above has what those below it define.
 */
function usesAsMember(
  { next }: ModuleContext,
  by: FunctionInfo,
  made: (callee: AnyNode) => readonly Owner[],
): readonly { readonly fn: FunctionInfo; readonly value: AnyNode }[] {
  const own = by.ancestors.at(-1);
  const name = own?.type === 'MethodDefinition' && own.key.type === 'PrivateIdentifier' ? `#${own.key.name}` : memberNameOf(by);
  if (name === null || by.kind.endsWith('constructor') || by.kind === 'setter' || by.kind === 'field') return [];
  const isGetter = by.kind === 'getter';
  return (usesIn(next.model.program).get(name) ?? []).flatMap(({ member, call }) => {
    const value = isGetter ? member : call;
    if (value === null) return [];
    const isOwn = isThis(member.object as AnyNode);
    const owners = isGetter && isOwn ? [] : made(member);
    const isGuessed = isOwn && owners.length === 0 && classPathOf(by) !== '' && !BUILT_IN.has(name);
    if (!owners.includes(by) && !isGuessed) return [];
    const fn = next.model.functions.findLast(({ node }) => node.start <= value.start && value.end <= node.end)!;
    return fn === by ? [] : { fn, value };
  });
}

interface Use {
  readonly member: MemberExpression & AnyNode;
  /** The call of it. */
  readonly call: AnyNode | null;
}

const uses = new WeakMap<AnyNode, ReadonlyMap<string, readonly Use[]>>();

/** Where a program names members, by the name. */
function usesIn(program: AnyNode): ReadonlyMap<string, readonly Use[]> {
  const known = uses.get(program);
  if (known) return known;
  const called = new Map<AnyNode, AnyNode>();
  for (const call of nodesOf(program, 'CallExpression')) called.set(call.callee as AnyNode, call);
  const found = new Map<string, Use[]>();
  for (const member of nodesOf(program, 'MemberExpression')) {
    const name = propertyName(member);
    const all = name === null ? undefined : found.get(name);
    const use = { member, call: called.get(member) ?? null };
    if (all) all.push(use);
    else if (name !== null) found.set(name, [use]);
  }
  uses.set(program, found);
  return found;
}

/** Whether there is anything to keep of what a function computes; one that sorts is asked for what it gives. */
function givesValue({ node, returns }: FunctionInfo): boolean {
  const { body } = node as Partial<FunctionNode>;
  return (body !== undefined && body !== null && (body as AnyNode).type !== 'BlockStatement') || returns.some((one) => one.node.argument);
}

/** What such a function settles a promise with is kept with that. */
const isPromise = (call: AnyNode | undefined): boolean => call?.type === 'NewExpression' && memberText(call.callee) === 'Promise';

/** From where a function is called, or is given to what calls it. */
function keptBy(side: Side, { node, parent, fn }: Reference): Kept | null {
  if (parent.type === 'TaggedTemplateExpression' || (parent.type === 'CallExpression' && parent.callee === node))
    return keptFrom(side, fn, parent);
  return keptOf(side, node, parent, fn);
}

function keptOf(side: Side, given: AnyNode, call: AnyNode | undefined, fn: FunctionInfo): Kept | null {
  if (call?.type === 'NewExpression') return isPromise(call) ? keptFrom(side, fn, call) : null;
  if (call?.type !== 'CallExpression' || call.callee.type !== 'MemberExpression' || !call.arguments.includes(given as never)) return null;
  const name = memberName(call.callee) ?? '';
  if (name === 'sort') {
    const kept = keptInPlace(side, fn, call.callee.object as AnyNode, call);
    if (kept) return kept;
  }
  return givesResultOf(name) || memberText(call.callee) === 'Array.from' ? keptFrom(side, fn, call) : null;
}
