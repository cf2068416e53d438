/**
 * What functions give properties and variables that outlive their calls, and did not give them, or give them no longer: where they
 * have been called before, these are as the old version left them.
 */
import type { AnyNode } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { calleeName } from '../version/program/calls-by-name.ts';
import { isConstructor } from '../version/objects/create.ts';
import { functionAround } from '../version/program/function-around.ts';
import { givenBy, placesGiven } from '../version/kept/given-by.ts';
import type { Given } from '../version/kept/given-by.ts';
import { isConstant } from '../version/kept/left.ts';
import { nameIn, nameOf } from '../version/objects/member-names.ts';
import { nodesWithin } from '../version/program/nodes.ts';
import { hasOneKey, isPrivateName } from '../version/forms/own-properties.ts';
import { isReadOutside } from '../version/objects/reads.ts';
import type { Side } from '../version/side.ts';
import { isThis } from '../version/forms/this-names.ts';
import { isField } from '../version/objects/written.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { checksOf } from './unchecked.ts';

/** Verdicts that name a function, or what it gives, in another way. */
const TELLS = /^(?:instances|results|cache|value|field|state|closure|table|live|meaning|not-set-up|set-up|capture)(?:-|$)/;
/** From a function to those that it calls. */
const MOST_STEPS = 4;

/** Where nothing has been said of the function, or of what it sets. */
export function reportSetOtherwise(ctx: ModuleContext): void {
  const { base, next, match, log } = ctx;
  const told = new Set(log.rows.flatMap(({ code, path }) => (TELLS.test(code) ? [path, path.replace(/^.*[ #]/, '')] : [])));
  for (const [fn, baseFn] of match.baseOf) {
    if (!match.differs(fn) || base.runsOnce(baseFn) || isConstructor(fn) || told.has(baseFn.path)) continue;
    const before = givenBy(baseFn, base, (inner) => match.nextOf.has(inner));
    const now = givenBy(fn, next, (inner) => match.baseOf.has(inner));
    for (const [key, [one, ...more]] of now) {
      // What is set twice is set for as long as the call lasts.
      if (before.has(key) || more.length > 0 || told.has(one!.name) || !isNewlySet(ctx, baseFn, fn, one!)) continue;
      told.add(one!.name);
      const reason = `where it has been called before, it has not set ${one!.name}, which other code reads`;
      log.add('instances-hold', next, one!.at, `${baseFn.path} ${one!.name}`, reason);
    }
    for (const [key, [one, ...more]] of before) {
      if (now.has(key) || more.length > 0 || told.has(one!.name) || !isNoLongerSet(ctx, fn, one!)) continue;
      told.add(one!.name);
      const reason = `it no longer sets ${one!.name}, which keeps what its calls have set, where other code reads it`;
      log.add('state-unset', next, fn.node, `${baseFn.path} ${one!.name}`, reason);
    }
  }
}

function isNewlySet(ctx: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo, given: Given): boolean {
  const { base, next, resolver } = ctx;
  const { variable, property, name } = given;
  // What is new, or was a constant, is told of by itself.
  const isKnown = variable ? !resolver.lifted.has(variable) && baseFn.scope.lookup(name) !== null : isField(property, base.model.program);
  if (!isKnown || !hasOneKey(given.at, fn) || !isRead(ctx, fn, given) || isSetLater(ctx, fn, given)) return false;
  const before = placesGiven({ ...given, variable: variable && baseFn.scope.lookup(name) }, base);
  return placesGiven(given, next).length > before.length && !leadsTo(base, baseFn, before);
}

/** Another function may set it from now on. */
function isNoLongerSet(ctx: ModuleContext, fn: FunctionInfo, given: Given): boolean {
  const { base, next } = ctx;
  const variable = given.variable && fn.scope.lookup(given.name);
  if ((given.variable && !variable) || !isRead(ctx, fn, { ...given, variable })) return false;
  const now = placesGiven({ ...given, variable }, next);
  return now.length < placesGiven(given, base).length && !leadsTo(next, fn, now);
}

/** Whether code outside of a function of the new version reads it. */
function isRead(ctx: ModuleContext, fn: FunctionInfo, { variable, property }: Given): boolean {
  if (!variable && !isPrivateName(property) && ctx.around.isNamedBeside(property)) return true;
  if (!variable) return isReadOutside(property, fn, ctx.next.model.program, placesGiven({ variable, property }, ctx.next));
  return variable.references.some(({ read, node }) => read && !contains(fn.node, node));
}

/** What is only computed where it is not there is computed by the next call. */
function isSetLater({ next }: ModuleContext, fn: FunctionInfo, { at, value, property }: Given): boolean {
  if (value === null || isConstant(value, next)) return false;
  return checksOf(at, fn).some((test) => next.model.text.slice(test.start, test.end).includes(property));
}

/** Whether a function calls one, by its name or as a method of its object, in which one of `places` stands. */
export function leadsTo(side: Side, fn: FunctionInfo, places: readonly AnyNode[]): boolean {
  const setters = new Set<string>();
  for (const place of places)
    for (let at: FunctionInfo | null = functionAround(side, place); at; at = at.parent) for (const name of namesOf(at)) setters.add(name);
  const seen = new Set<string>();
  let names = calledIn(side, fn);
  for (let step = 0; step < MOST_STEPS && names.length > 0; step++) {
    if (names.some((name) => setters.has(name))) return true;
    const fresh = names.filter((name) => !seen.has(name));
    for (const name of fresh) seen.add(name);
    names = fresh.flatMap((name) => (functionsNamed(side).get(name) ?? []).flatMap((own) => calledIn(side, own)));
  }
  return false;
}

const namesOf = (fn: FunctionInfo): readonly string[] => [nameIn(fn) ?? nameOf(fn)?.name ?? []].flat();

function calledIn(side: Side, { node: { start, end } }: FunctionInfo): readonly string[] {
  return nodesWithin(side.model.program, 'CallExpression', start, end).flatMap(({ callee }) => {
    const isOwn = callee.type === 'Identifier' || (callee.type === 'MemberExpression' && isThis(callee.object as AnyNode));
    return isOwn ? (calleeName(callee as AnyNode) ?? []) : [];
  });
}

const functionsNamed = askedOnce((side: Side): ReadonlyMap<string, readonly FunctionInfo[]> => {
  const found = new Map<string, FunctionInfo[]>();
  for (const fn of side.model.functions)
    for (const name of namesOf(fn)) {
      const known = found.get(name);
      if (known) known.push(fn);
      else found.set(name, [fn]);
    }
  return found;
});
