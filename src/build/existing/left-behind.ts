/**
 * Old code that would go on after the patch: closures and objects whose functions have no successor, so that tasks of the new
 * version come to it. What a task made for itself has gone when the task has ended, so they are looked for then.
 */
import type { AnyNode } from 'acorn';
import { namedBy } from '../../instrument/forwarding.ts';
import type { OutdatedObjects, StrandedFunction } from '../../patch/format.ts';
import type { Binding, ClassInfo, FunctionInfo, Reference } from '../../source/model.ts';
import { contains } from '../../source/contains.ts';
import type { Range } from '../../source/contains.ts';
import { keyName } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { isCalledAtLoad, isOverWithLoad, runsAtLoad } from './called-at-load.ts';
import { lasts } from '../hazards/set-up.ts';
import { isElsewhere } from './moved-elsewhere.ts';
import { isAskedFor, isAsking, referencesTo } from '../version/objects/class-uses.ts';
import { registration } from '../version/kept/forwards.ts';
import { isOnlyCalled } from '../version/values/holding.ts';
import { nodesWithin } from '../version/program/nodes.ts';
import { isNamedIn } from '../version/objects/reads.ts';
import type { Side } from '../version/side.ts';
import { classNamed } from '../version/objects/create.ts';
import type { InScope } from '../version/objects/create.ts';
import { isOfHelper } from '../version/forms/written-helpers.ts';
import { callsNamed } from '../version/program/calls-by-name.ts';

interface LeftBehind {
  readonly stranded: readonly StrandedFunction[];
  readonly outdated: readonly OutdatedObjects[];
}

export function reportLeftBehind(ctx: ModuleContext): LeftBehind {
  const { base, next, match, log, around } = ctx;
  const isByAuthor = around.hook?.module === ctx.file;
  const stranded: StrandedFunction[] = [];
  for (const [maker, kept] of closuresByMaker(ctx)) {
    const which = kept.length === 1 ? kept[0]!.path : `${kept[0]!.path} and ${kept.length - 1} more`;
    const reason = `closures that exist keep the old code, the new version has no such function: ${which}`;
    const successor = match.nextOf.get(maker);
    const isTaken = successor
      ? log.add('closure-kept', next, successor.node, maker.path, reason)
      : log.add('closure-kept', base, maker.node, maker.path, reason);
    if (isTaken || isByAuthor) continue;
    for (const fn of kept)
      if (!isInScope(fn) && !isValueOfLoad(ctx, fn) && !isHelperGone(ctx, fn))
        stranded.push({ site: base.plan.siteOf.get(fn)!.id, path: fn.path, reason, late: true });
  }
  reportNewKinds(ctx);
  const outdated: OutdatedObjects[] = [];
  for (const [cls, { handle, name }] of goneClasses(ctx)) {
    const now = match.parted.has(cls) ? 'another class of that name' : 'no such class';
    const reason = `objects that exist keep their old methods, the new version has ${now}`;
    const isTaken = log.add('closure-kept', base, cls.node, cls.path, reason);
    const objects = `instances=>instances(${name})`;
    const late = isAskedFor(base, cls) ? {} : ({ late: true } as const);
    if (!isTaken && !isByAuthor) outdated.push({ scope: handle.id, objects, path: cls.path, reason, ...late });
  }
  for (const [cls, successor, at] of askedInPlace(ctx))
    log.add(
      'closure-kept',
      next,
      at,
      cls.path,
      `objects that exist are none of ${successor.path}, for which the new version asks in its place`,
    );
  return { stranded, outdated };
}

/** Classes without methods in whose place the new version has another one, by what the same function asks of objects. */
function askedInPlace({ base, next, match }: ModuleContext): (readonly [gone: ClassInfo, now: ClassInfo, at: AnyNode])[] {
  const asking = (side: Side, cls: ClassInfo): readonly Reference[] =>
    referencesTo(side, cls).filter(({ node, parent }) => isAsking(node, parent));
  const isBare = ({ members }: ClassInfo): boolean =>
    !members.some(({ kind }) => kind === 'method' || kind === 'getter' || kind === 'setter');
  const gone = base.model.classes.filter((cls) => !match.classNext.has(cls) && isBare(cls));
  return gone.flatMap((cls) => {
    const askers = new Set(asking(base, cls).map(({ fn }) => fn));
    for (const now of askers.size > 0 ? next.model.classes : []) {
      const found = match.classBase.has(now) ? undefined : asking(next, now).find(({ fn }) => askers.has(match.baseOf.get(fn)!));
      if (found) return [[cls, now, found.node as AnyNode] as const];
    }
    return [];
  });
}

/** Where a function gives one more kind of closure, some of those that it has given would be of that kind now: which, only its calls told. */
function reportNewKinds({ base, next, match, log }: ModuleContext): void {
  for (const [fn, baseFn] of match.baseOf) {
    if (runsAtLoad(base, baseFn) || isOverWithLoad(base, baseFn) || !base.plan.siteOf.has(baseFn)) continue;
    const added = fn.children.filter((child) => !match.baseOf.has(child) && isGivenBack(child));
    const stays = baseFn.children.some((child) => match.nextOf.has(child) && isGivenBack(child));
    if (added.length > 0 && stays)
      log.add(
        'closure-kept',
        next,
        added[0]!.node,
        baseFn.path,
        `closures that exist stay of the kind that they are, the new version gives ${added[0]!.path} for some`,
      );
  }
}

/** Whether a closure is what the function around it gives, or one of those. */
function isGivenBack({ ancestors, parent }: FunctionInfo): boolean {
  const around = ancestors.findLast(({ type }) => !/^(?:Conditional|Logical|Parenthesized)Expression$/.test(type));
  return around?.type === 'ReturnStatement' || (around?.type === 'ArrowFunctionExpression' && around === parent?.node);
}

/**
 * Whether a closure is a method of an object that its maker goes on writing out, and the module called it by its name and has no
 * more use for it: that stays callable as a method does that is gone from a class.
 */
function isHelperGone({ base, next, match }: ModuleContext, fn: FunctionInfo): boolean {
  const { ancestors, parent } = fn;
  const [object, property] = ancestors.slice(-2);
  if (property?.type !== 'Property' || property.computed) return false;
  const name = keyName(property.key, false);
  const goesOn = parent!.children.some((own) => match.nextOf.has(own) && own.ancestors.at(-2) === object);
  const around = bundledAround(fn, base);
  const there = around && match.nextOf.get(around)?.node;
  return goesOn && !isNamedIn(name, next.model, there ?? next.model.program) && isCalledAs(name, base, around?.node ?? base.model.program);
}

/** The module of a bundle in which a function stands. */
function bundledAround(fn: FunctionInfo, side: Side): FunctionInfo | null {
  let at = fn.parent;
  while (at && side.plan.handleOf.get(at)?.kind !== 'bundled') at = at.parent;
  return at;
}

function isCalledAs(name: string, { model }: Side, within: Range): boolean {
  return callsNamed(model.program, name).some((call) => call.callee.type === 'MemberExpression' && contains(within, call));
}

/** By the function whose calls made them: one of the patch, or one that has gone itself. */
function closuresByMaker(ctx: ModuleContext): Map<FunctionInfo, FunctionInfo[]> {
  const { base, match, around } = ctx;
  const found = new Map<FunctionInfo, FunctionInfo[]>();
  for (const fn of base.model.functions) {
    if (match.nextOf.has(fn) || !base.plan.siteOf.has(fn) || !lasts(fn) || isOnlyCalled(namedBy(fn) ?? undefined)) continue;
    if (isOfHelper(fn)) continue;
    let maker = fn.parent;
    while (maker && !match.nextOf.has(maker) && maker.parent && !runsAtLoad(base, maker.parent)) maker = maker.parent;
    if (!maker || runsAtLoad(base, maker) || isGoneSinceLoad(ctx, maker) || !base.plan.siteOf.has(maker)) continue;
    // Where the scope is reached piece by piece, what is called by its name there is not missed.
    if (base.plan.handleOf.has(maker) && isInScope(fn)) continue;
    if (isCalledAtLoad(base, maker, around.areCalledAtLoad) || isBoundNow(ctx, fn, maker)) continue;
    if (!match.nextOf.has(maker) && isElsewhere(ctx, maker)) continue;
    const own = found.get(maker);
    if (own) own.push(fn);
    else found.set(maker, [fn]);
  }
  return found;
}

/** Whether all that a closure does is to call a method, and the new version gives that method, bound, in its place. */
function isBoundNow({ base, next, match }: ModuleContext, { ancestors }: FunctionInfo, maker: FunctionInfo): boolean {
  const call = ancestors.at(-1);
  const successor = match.nextOf.get(maker);
  if (call?.type !== 'CallExpression' || !successor) return false;
  const text = registration(call, base);
  if (text === base.text(call)) return false;
  const { start, end } = successor.node;
  return nodesWithin(next.model.program, 'CallExpression', start, end).some((one) => registration(one, next) === text);
}

/** Whether closures beside it hold it by its name: it is alive as long as they are, whoever else was given it. */
function isInScope(fn: FunctionInfo): boolean {
  return namedBy(fn)?.captured === true;
}

/** Whether a function has gone that only ran in place as the module loaded, as the callback of a `forEach` of the top level does. */
function isGoneSinceLoad(ctx: ModuleContext, fn: FunctionInfo): boolean {
  return !ctx.match.nextOf.has(fn) && isOverWithLoad(ctx.base, fn);
}

/**
 * Whether a closure is what a function gives that was called in place as the module loaded, for a variable of the top level that
 * has gone or is made anew: that holds the only one there is for good.
 */
function isValueOfLoad(ctx: ModuleContext, closure: FunctionInfo): boolean {
  const { parent: maker } = closure;
  const call = maker?.ancestors.at(-1);
  if (!isGivenBack(closure) || call?.type !== 'CallExpression' || call.callee !== maker!.node || !isOverWithLoad(ctx.base, maker!))
    return false;
  const holder = maker!.ancestors.findLast((node) => node.type === 'VariableDeclarator');
  if (holder?.type !== 'VariableDeclarator' || holder.id.type !== 'Identifier') return false;
  const scope = ctx.match.nextOf.get(maker!.parent!) ?? null;
  const now = scope?.body.bindings.get(holder.id.name);
  return scope !== null && (now === undefined || ctx.resolver.fresh.has(now));
}

/** Classes that have methods and a name that lasts, and that no new code makes objects of. */
function goneClasses(ctx: ModuleContext): (readonly [ClassInfo, InScope])[] {
  const { base, next, match } = ctx;
  const paths = new Set(next.model.classes.map(({ path }) => path));
  return base.model.classes.flatMap((cls) => {
    const method = cls.members.find(({ kind }) => kind === 'method' || kind === 'getter' || kind === 'setter');
    const named = method && !match.classNext.has(cls) && (!paths.has(cls.path) || match.parted.has(cls)) ? classNamed(base, method) : null;
    return named && !isMadeAtLoad(base, named.handle.scope.lookup(named.name)) ? [[cls, named] as const] : [];
  });
}

/** Whether nothing but the top level makes objects of a class: those are values of it. */
function isMadeAtLoad(base: Side, binding: Binding | null): boolean {
  const isMaking = ({ node, parent, fn }: Reference): boolean =>
    parent.type === 'NewExpression' && parent.callee === node && runsAtLoad(base, fn);
  return binding !== null && binding.references.every((ref) => ref.write || isMaking(ref));
}
