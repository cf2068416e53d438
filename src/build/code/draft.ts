/** What the new version of a function needs where it is to be linked, and what stands in the way: before anything is written. */
import type { AnyNode, Class, Function as FunctionNode, PropertyDefinition } from 'acorn';
import { hasSafePoints } from '../../instrument/loops.ts';
import type { SitePlan } from '../../instrument/plan.ts';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import type { Shape } from '../../patch/format.ts';
import { functionOf } from '../version/values/effects.ts';
import type { Match } from '../match/match.ts';
import type { Side } from '../version/side.ts';
import { specialsOf } from '../version/program/special.ts';
import type { Specials } from '../version/program/special.ts';
import type { VerdictCode } from '../verdicts/verdicts.ts';
import { isFunctionNode, nodesAbove } from '../version/program/walk.ts';
import type { Derivation } from './derive.ts';
import { privateReach } from './fields.ts';
import { literalHome } from './literal-home.ts';
import type { Place, Resolution } from './resolution.ts';
import type { Resolver } from './resolve.ts';
import { passesMore, takesMore } from './surplus.ts';

/** Why a version cannot be made. */
export interface Obstacle {
  readonly code: VerdictCode;
  readonly reason: string;
  readonly node: AnyNode;
  /** The function around it whose new version makes closures without the obstacle, if there is one. */
  readonly maker?: FunctionInfo | null;
}

/** What a version of a function at its site takes. */
export interface Draft {
  readonly fn: FunctionInfo;
  readonly site: SitePlan;
  readonly place: Place;
  readonly shape: Shape;
  /** What the site calls, whether or not a factory makes it. */
  readonly form: Exclude<Shape, 'closure'>;
  readonly specials: Specials;
  /** The variable that holds the object whose `super` it means; null for a class, and where it says none. */
  readonly home: string | null;
  /** A function expression whose own name cannot be had from the running one. */
  readonly named: boolean;
  /** `this` comes with the call, so an arrow function becomes a function. */
  readonly takesThis: boolean;
  /** It reads arguments that the site does not hand on: new code passes them another way. */
  readonly takesMore: boolean;
  readonly obstacles: readonly Obstacle[];
  /** Variables that existing closures lack and the author provides. */
  readonly provided: readonly Reference[];
  /** Variables that existing closures lack and that are computed from what they hold. */
  readonly derived: readonly { readonly ref: Reference; readonly derivation: Derivation }[];
  /** Variables that existing closures hold with the value that the old code gave them, where the new code gives another. */
  readonly outdated: readonly Reference[];
  /** Those whose value becomes what the new code gives them. */
  readonly bared: readonly Reference[];
  /** Variables that existing closures lack and are given together. */
  readonly shared: readonly Reference[];
}

/** The function of which each call makes the variable anew. */
export function makerOf({ kind, scope }: Binding): FunctionInfo {
  // The name of a function expression stands around it.
  return (kind === 'own-name' && scope.fn.children.find(({ node }) => node === scope.node)) || scope.fn;
}

export function versionPlace(fn: FunctionInfo, site: SitePlan): Place {
  const node = (fn.kind === 'field' ? (fn.node as PropertyDefinition).value : fn.node) as AnyNode;
  const nameless = node.type === 'FunctionExpression' && node.id ? node : null;
  return { handle: site.handle, site, start: node.start, end: node.end, nameless };
}

/** Looks at everything `fn` needs at `site`, before anything is written. */
export function draft(fn: FunctionInfo, site: SitePlan, base: Side, next: Side, match: Match, resolver: Resolver): Draft {
  return new Drafter(fn, site, base, match).draft(next, resolver);
}

class Drafter {
  private readonly fn: FunctionInfo;
  private readonly site: SitePlan;
  private readonly base: Side;
  private readonly match: Match;
  private readonly place: Place;
  private readonly node: AnyNode;
  private readonly form: Draft['form'];
  private readonly specials: Specials;
  private readonly obstacles: Obstacle[] = [];
  private readonly provided: Reference[] = [];
  private readonly derived: { ref: Reference; derivation: Derivation }[] = [];
  private readonly outdated: Reference[] = [];
  private readonly bared: Reference[] = [];
  private readonly shared: Reference[] = [];
  /** It reads variables of the running function through the accessor of the site. */
  private captured = false;
  private named = false;

  constructor(fn: FunctionInfo, site: SitePlan, base: Side, match: Match) {
    this.fn = fn;
    this.site = site;
    this.base = base;
    this.match = match;
    this.place = versionPlace(fn, site);
    this.node = fn.node as AnyNode;
    this.form = fn.kind === 'field' ? 'field' : site.fn.kind === 'derived-constructor' ? 'derived' : 'direct';
    this.specials = specialsOf(this.node);
  }

  draft(next: Side, resolver: Resolver): Draft {
    const { fn, site, place, form, specials } = this;
    for (const ref of next.refsIn(place.start, place.end)) this.need(ref, resolver.resolve(ref, place));
    if (fn.hasDirectEval && this.captured)
      this.bar('name-out-of-reach', 'its text for eval() may use captured variables by name', this.node);
    checkKind(fn, site, this.base, this.obstacles);
    const takesThis = this.needsThis();
    const home = specials.superMembers.length === 0 ? null : literalHome(fn, site, this.base, next, this.match);
    this.checkSuper(home);
    const readsTarget = this.readsTarget();
    this.checkPrivateNames();
    // What goes on in a loop of it may need variables that it does not.
    const hasAccessor = this.captured || readsTarget || (site.captures.length > 0 && hasSafePoints(fn));
    return {
      fn,
      site,
      place,
      shape: hasAccessor ? 'closure' : form,
      form,
      specials,
      home,
      named: this.named,
      takesThis,
      // Of the names of a scope that each call of a function makes anew, new code has no others.
      takesMore: (site.forwarding === 'declared' || site.handle.kind === 'heavy') && takesMore(site, fn),
      obstacles: this.obstacles,
      provided: this.provided,
      derived: this.derived,
      outdated: this.outdated,
      bared: this.bared,
      shared: this.shared,
    };
  }

  private bar(code: VerdictCode, reason: string, node: AnyNode, maker?: FunctionInfo | null): void {
    this.obstacles.push({ code, reason, node, ...(maker === undefined ? {} : { maker }) });
  }

  private need(ref: Reference, resolution: Resolution): void {
    const holdsAny = this.site.captures.length > 0;
    switch (resolution.kind) {
      case 'provided':
        this.captured = true;
        this.provided.push(ref);
        break;
      case 'emptied':
        this.captured ||= holdsAny;
        break;
      case 'bare':
        this.captured ||= holdsAny;
        addOnce(this.bared, ref);
        break;
      case 'text':
        if (resolution.outdated) addOnce(this.outdated, ref);
        break;
      case 'captured':
        this.captured = true;
        if (resolution.outdated) addOnce(this.outdated, ref);
        this.checkCall(ref, resolution.old);
        break;
      case 'shared':
        this.captured = true;
        addOnce(this.shared, ref);
        break;
      case 'derived':
        this.captured ||= holdsAny;
        this.derived.push({ ref, derivation: resolution.derivation });
        break;
      case 'own-name':
        this.named = true;
        break;
      case 'out-of-reach': {
        const { binding, reason } = resolution;
        const maker = binding && makerOf(binding);
        // What lacks its own name is made by the function around it.
        const around = maker === this.fn ? maker.parent : maker;
        this.bar(binding ? 'closure-out-of-reach' : 'name-out-of-reach', reason, ref.node, around);
        break;
      }
      default:
        break;
    }
    if (resolution.kind !== 'as-is' && ref.fn.insideWith)
      this.bar('name-out-of-reach', `${ref.node.name} stands inside a \`with\` statement`, ref.node);
  }

  /** The function that a closure holds is called by its site, with what that takes. */
  private checkCall(ref: Reference, old: Binding): void {
    const called = functionOf(this.base, old);
    if (!called || !passesMore(ref, this.base.plan.siteOf.get(called))) return;
    const reason = `the running ${ref.node.name}() takes no more arguments than it declares`;
    this.bar('closure-out-of-reach', reason, ref.node, ref.binding && makerOf(ref.binding));
  }

  /** Whether an arrow function needs a `this` that is not that of the scope which it is linked in. */
  private needsThis(): boolean {
    const { fn, site, match, specials } = this;
    const [use] = specials.thisUses;
    if (fn.kind !== 'arrow') {
      const own = use ?? specials.superMembers[0];
      if (site.fn.kind === 'arrow' && own)
        this.bar('this-out-of-reach', 'an arrow function became a function that uses its own `this`', own.node);
      return false;
    }
    const owner = fn.thisOwner;
    const isLexical =
      owner.kind === 'module' ? site.handle.kind === 'module' : match.baseOf.get(owner) === site.handle.owner && owner !== fn;
    const superUse = specials.superMembers[0] ?? specials.superCalls[0];
    if (!superUse && (!use || isLexical)) return false;
    const { node } = superUse ?? use!;
    if (site.fn.kind !== 'arrow') this.bar('this-out-of-reach', 'the running function is called with a `this` of its own', node, owner);
    else if (!site.passesThis) this.bar('this-out-of-reach', 'the running arrow function does not hold `this`', node, owner);
    return true;
  }

  private checkSuper(home: string | null): void {
    const { fn, site, base, specials } = this;
    const [member] = specials.superMembers;
    if (member && home === null && !superReach(fn, site, base, this.match))
      this.bar('super-out-of-reach', 'the class or object has no scope of its own that new code can be evaluated in', member.node);
    const [call] = specials.superCalls;
    if (fn.kind === 'arrow' && call) this.bar('super-out-of-reach', 'super() is called by an arrow function', call.node);
    if (this.form !== 'derived') return;
    if (fn.kind === 'constructor') {
      checkAlone(fn, specials, this.obstacles);
      return;
    }
    checkDerived(specials, fn.node as AnyNode, this.obstacles);
    if (site.fn.isImplicit) checkInherited(fn, site, specials, base, this.obstacles);
  }

  /** Whether it reads the `new.target` of its call, which the accessor of the site gives. */
  private readsTarget(): boolean {
    const { fn, site } = this;
    const [target] = this.specials.newTargets;
    const { kind } = fn.thisOwner;
    if (!target || this.form !== 'direct' || kind === 'method' || kind === 'getter' || kind === 'setter') return false;
    if (!site.fn.usesNewTarget) this.bar('this-out-of-reach', 'the running function does not pass new.target on', target.node);
    return site.fn.usesNewTarget;
  }

  private checkPrivateNames(): void {
    const { site, node } = this;
    for (const name of this.specials.privateNames) {
      const reason = `#${name} is not a member of the running class, or the class has no scope that new code can be evaluated in`;
      if (!privateReach(name, site)) this.bar('private-out-of-reach', reason, node);
    }
  }
}

function addOnce(list: Reference[], ref: Reference): void {
  if (!list.some(({ binding }) => binding === ref.binding)) list.push(ref);
}

/** Whether a constructor that called that of a superclass has none to call any more: it makes the object itself. */
export function standsAlone(old: FunctionInfo, fn: FunctionInfo): boolean {
  return old.kind === 'derived-constructor' && fn.kind === 'constructor';
}

function checkKind(fn: FunctionInfo, site: SitePlan, base: Side, obstacles: Obstacle[]): void {
  const old = site.fn;
  const node = fn.node as AnyNode;
  const isConstructor = (kind: string): boolean => kind === 'constructor' || kind === 'derived-constructor';
  const isCarried = standsAlone(old, fn) && base.plan.handleOf.has(old.owner!);
  if (old.kind !== fn.kind && !isCarried && (isConstructor(old.kind) || isConstructor(fn.kind)))
    obstacles.push({
      code: 'constructor-changed',
      reason: 'a constructor of a class with a superclass and one without are called in different ways',
      node,
    });
  if (keepsKind(old, fn)) return;
  const reason = old.generator
    ? 'a generator can only be replaced by a generator of its kind'
    : 'an async function cannot be replaced by a generator';
  obstacles.push({ code: 'generator-changed', reason, node });
}

/** Whether calls of a function that can be suspended can be given to another. */
export function keepsKind(old: FunctionInfo, fn: FunctionInfo): boolean {
  return old.generator ? fn.generator && old.async === fn.async : !fn.generator || !old.async;
}

/** Whether what an async function returned is now returned as it is: the running function is async, and wraps it. */
export function returnsNoPromise(old: FunctionInfo, fn: FunctionInfo): boolean {
  return old.async && !fn.async && !old.generator && !fn.generator;
}

function superReach(fn: FunctionInfo, site: SitePlan, base: Side, match: Match): boolean {
  const owner = fn.thisOwner.owner;
  const cls = owner && match.classBase.get(owner);
  return cls != null && base.plan.handleOf.get(cls) === site.handle;
}

/** Whether what a call throws is caught. */
const isCaught = (call: AnyNode, root: AnyNode): boolean =>
  nodesAbove(call, root).some((node) => node.type === 'TryStatement' && contains(node.block, call));

function checkDerived(specials: Specials, root: AnyNode, obstacles: Obstacle[]): void {
  const nested = specials.superCalls.find((s) => s.nested);
  if (nested)
    obstacles.push({
      code: 'super-out-of-reach',
      reason: 'super() is called by an arrow function within the constructor',
      node: nested.node,
    });
  // Where one has thrown, the running constructor has no other.
  const again = specials.superCalls.length > 1 ? specials.superCalls.find(({ node }) => isCaught(node, root)) : undefined;
  if (again) obstacles.push({ code: 'super-out-of-reach', reason: 'super() may be called again where it has thrown', node: again.node });
  for (const { node, parent } of specials.superMembers) {
    const written = (parent.type === 'AssignmentExpression' && parent.left === node) || parent.type === 'UpdateExpression';
    if (written) obstacles.push({ code: 'super-out-of-reach', reason: 'a property of super is written in a derived constructor', node });
  }
}

/** The running class initialises its fields as `super()` returns, and is given the object where that is not called. */
function checkAlone(fn: FunctionInfo, specials: Specials, obstacles: Obstacle[]): void {
  const add = (reason: string, node: AnyNode): void => void obstacles.push({ code: 'constructor-changed', reason, node });
  if (fn.owner!.node.body.body.some(isInitialised))
    add('the class extends nothing now, and has fields that the running one initialises behind super()', fn.node as AnyNode);
  const returned = specials.returns.find((statement) => statement.type === 'ReturnStatement' && statement.argument);
  if (returned) add('the class extends nothing now, and its constructor may return another object', returned);
  const [member] = specials.superMembers;
  if (member) add('the class extends nothing now, and its constructor says `super`', member.node);
}

/**
 * The running class runs what its new constructor does before its own fields are initialised, as if that were the
 * superclass's: whoever has fields must have nothing to do behind super().
 */
function checkInherited(fn: FunctionInfo, site: SitePlan, specials: Specials, base: Side, obstacles: Obstacle[]): void {
  const node = fn.node as AnyNode;
  const owner = site.fn.owner!;
  const add = (reason: string): void => void obstacles.push({ code: 'constructor-changed', reason, node });
  if (base.plan.handleOf.get(owner) === undefined) add('the class had no constructor, and stands in a function');
  if (specials.returns.some((statement) => statement.type === 'ReturnStatement' && statement.argument))
    add('the class had no constructor, and the new one returns an object');
  if (fn.isImplicit || !owner.node.body.body.some(isInitialised)) return;
  const { body } = fn.node as FunctionNode;
  const last = body.type === 'BlockStatement' ? body.body.at(-1) : undefined;
  const isLast =
    last?.type === 'ExpressionStatement' && last.expression.type === 'CallExpression' && last.expression.callee.type === 'Super';
  if (!isLast || specials.superCalls.length > 1)
    add('the class had no constructor, and the running one initialises its fields behind what the new one does');
}

/**
 * Whether a class that has a superclass and no constructor can be given one that puts new fields on what it makes: ahead of
 * those that it has, which the new ones may not read.
 */
export function mayInherit({ owner }: FunctionInfo, base: Side, fields: readonly { readonly value: AnyNode | null }[]): boolean {
  if (!base.plan.handleOf.has(owner!)) return false;
  const readsThis = ({ value }: { readonly value: AnyNode | null }): boolean =>
    value !== null && !isFunctionNode(value) && specialsOf(value).thisUses.length > 0;
  return !owner!.node.body.body.some(isInitialised) || !fields.some(readsThis);
}

/** What the class gives each instance as it is made. */
function isInitialised(member: Class['body']['body'][number]): boolean {
  if (member.type === 'StaticBlock' || member.static) return false;
  return member.type === 'PropertyDefinition' || member.key.type === 'PrivateIdentifier';
}
