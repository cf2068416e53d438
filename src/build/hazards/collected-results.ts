/**
 * Results of functions that have changed, which other code has put into tables, lists or variables that outlive its calls: the
 * old version computed them, and nothing computes them again.
 */
import type { AnyNode, Function as FunctionNode, MemberExpression } from 'acorn';
import type { FunctionInfo, Reference } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import type { VerdictCode } from '../verdicts/verdicts.ts';
import { BUILT_IN } from '../version/built-in.ts';
import { classPathOf } from '../version/create.ts';
import { nodesOf } from '../version/nodes.ts';
import { propertyName } from '../version/own-properties.ts';
import { memberName, memberNameOf } from '../version/standing-for.ts';
import { isThis } from '../version/this-names.ts';
import { givesResultOf, keptFrom, keptInPlace, nameOf } from './kept-in.ts';
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
  if (name === null || BUILT_IN.has(name) || by.kind.endsWith('constructor') || by.kind === 'setter' || by.kind === 'field') return [];
  const isGetter = by.kind === 'getter';
  return (usesIn(next.model.program).get(name) ?? []).flatMap(({ member, call }) => {
    const value = isGetter ? member : call;
    if (value === null) return [];
    const isOwn = isThis(member.object as AnyNode);
    const owners = isGetter && isOwn ? [] : made(member);
    if (!owners.includes(by) && !(isOwn && owners.length === 0 && classPathOf(by) !== '')) return [];
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
