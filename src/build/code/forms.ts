/**
 * The form a new version takes so that its site can call it: a method of an object literal (which has `super` and no
 * name of its own in scope), an arrow function, a factory over captured variables, a generator for a derived
 * constructor, a function for a field's initialiser.
 */
import type { AnyNode, CallExpression, Class, Function as FunctionNode, MemberExpression, PropertyDefinition } from 'acorn';
import { hasSafePoints } from '../../instrument/loops.ts';
import type { SitePlan } from '../../instrument/plan.ts';
import { bodyStart } from '../../instrument/track.ts';
import type { Edits } from '../../source/edits.ts';
import { arrowEnd, parametersStart } from '../../source/function-parts.ts';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { afterTrivia } from '../../source/text.ts';
import type { Shape } from '../../patch/format.ts';
import type { Derivation } from './derive.ts';
import { NEW_TARGET } from './emit.ts';
import type { Emitter } from './emit.ts';
import { functionOf } from '../version/effects.ts';
import { privateReach } from './fields.ts';
import type { Match } from '../match/match.ts';
import { CAPTURES } from './resolve.ts';
import type { Place, Resolver } from './resolve.ts';
import type { Side } from '../version/side.ts';
import { specialsOf } from '../version/special.ts';
import type { Specials } from '../version/special.ts';
import { passesMore, takesMore } from './surplus.ts';
import type { VerdictCode } from '../verdicts/verdicts.ts';

const THIS = '$lp_this';
const TARGET = '$lp_nt';

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
  const place = versionPlace(fn, site);
  const node = (fn.kind === 'field' ? fn.node : fn.node) as AnyNode;
  const specials = specialsOf(node);
  const obstacles: Obstacle[] = [];
  const provided: Reference[] = [];
  const derived: { ref: Reference; derivation: Derivation }[] = [];
  const outdated: Reference[] = [];
  const bared: Reference[] = [];
  const shared: Reference[] = [];
  let captured = false;
  let named = false;
  for (const ref of next.refsIn(place.start, place.end)) {
    const resolution = resolver.resolve(ref, place);
    if (resolution.kind === 'provided') {
      captured = true;
      provided.push(ref);
    }
    if (resolution.kind === 'bare') {
      captured ||= site.captures.length > 0;
      if (!bared.some(({ binding }) => binding === ref.binding)) bared.push(ref);
    }
    const kept = (resolution.kind === 'captured' || resolution.kind === 'text') && resolution.outdated === true;
    if (kept && !outdated.some(({ binding }) => binding === ref.binding)) outdated.push(ref);
    if (resolution.kind === 'shared') {
      captured = true;
      if (!shared.some(({ binding }) => binding === ref.binding)) shared.push(ref);
    }
    if (resolution.kind === 'derived') {
      captured ||= site.captures.length > 0;
      derived.push({ ref, derivation: resolution.derivation });
    }
    if (resolution.kind === 'captured') {
      captured = true;
      const called = functionOf(base, resolution.old);
      if (called && passesMore(ref, base.plan.siteOf.get(called)))
        obstacles.push({
          code: 'closure-out-of-reach',
          reason: `the running ${ref.node.name}() takes no more arguments than it declares`,
          node: ref.node,
          maker: ref.binding && makerOf(ref.binding),
        });
    }
    if (resolution.kind === 'own-name') named = true;
    else if (resolution.kind === 'out-of-reach')
      obstacles.push({
        code: resolution.binding ? 'closure-out-of-reach' : 'name-out-of-reach',
        reason: resolution.reason,
        node: ref.node,
        maker: resolution.binding && makerOf(resolution.binding),
      });
    if (resolution.kind !== 'as-is' && ref.fn.insideWith)
      obstacles.push({ code: 'name-out-of-reach', reason: `${ref.node.name} stands inside a \`with\` statement`, node: ref.node });
  }
  if (fn.hasDirectEval && captured)
    obstacles.push({ code: 'name-out-of-reach', reason: 'its text for eval() may use captured variables by name', node });
  checkKind(fn, site, obstacles);
  const form = fn.kind === 'field' ? 'field' : site.fn.kind === 'derived-constructor' ? 'derived' : 'direct';
  // What goes on in a loop of it may need variables that it does not.
  let needsAccessor = captured || (site.captures.length > 0 && hasSafePoints(fn));
  let takesThis = false;
  const owner = fn.thisOwner;
  const superUse = specials.superMembers[0] ?? specials.superCalls[0];
  if (fn.kind === 'arrow') {
    const lexical = owner.kind === 'module' ? site.handle.kind === 'module' : match.baseOf.get(owner) === site.handle.owner && owner !== fn;
    if (superUse || (specials.thisUses.length > 0 && !lexical)) {
      takesThis = true;
      const use = (superUse ?? specials.thisUses[0]!).node;
      if (!site.passesThis)
        obstacles.push({ code: 'this-out-of-reach', reason: 'the running arrow function does not hold `this`', node: use, maker: owner });
    }
  } else if (site.fn.kind === 'arrow' && fn.kind === 'function') {
    const use = specials.thisUses[0];
    if (use)
      obstacles.push({ code: 'this-out-of-reach', reason: 'an arrow function became a function that uses its own `this`', node: use.node });
  }
  const member = specials.superMembers[0];
  if (member && !superReach(fn, site, base, match))
    obstacles.push({
      code: 'super-out-of-reach',
      reason: 'the class has no scope of its own that new code can be evaluated in',
      node: member.node,
    });
  if (fn.kind === 'arrow' && specials.superCalls[0])
    obstacles.push({ code: 'super-out-of-reach', reason: 'super() is called by an arrow function', node: specials.superCalls[0].node });
  if (form === 'derived') checkDerived(specials, obstacles);
  if (site.fn.isImplicit && form === 'derived') checkInherited(fn, site, specials, base, obstacles);
  const target = specials.newTargets[0];
  if (target && form === 'direct' && owner.kind !== 'method' && owner.kind !== 'getter' && owner.kind !== 'setter') {
    if (site.fn.usesNewTarget) needsAccessor = true;
    else obstacles.push({ code: 'this-out-of-reach', reason: 'the running function does not pass new.target on', node: target.node });
  }
  const more = site.forwarding === 'declared' && takesMore(site, fn);
  for (const name of specials.privateNames) {
    if (privateReach(name, site)) continue;
    obstacles.push({
      code: 'private-out-of-reach',
      reason: `#${name} is not a member of the running class, or the class has no scope that new code can be evaluated in`,
      node,
    });
  }
  return {
    fn,
    site,
    place,
    shape: needsAccessor ? 'closure' : form,
    form,
    specials,
    named,
    takesThis,
    takesMore: more,
    obstacles,
    provided,
    derived,
    outdated,
    bared,
    shared,
  };
}

function checkKind(fn: FunctionInfo, site: SitePlan, obstacles: Obstacle[]): void {
  const old = site.fn;
  const node = fn.node as AnyNode;
  const isConstructor = (kind: string): boolean => kind === 'constructor' || kind === 'derived-constructor';
  if (old.kind !== fn.kind && (isConstructor(old.kind) || isConstructor(fn.kind)))
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

function checkDerived(specials: Specials, obstacles: Obstacle[]): void {
  const nested = specials.superCalls.find((s) => s.nested);
  if (nested)
    obstacles.push({
      code: 'super-out-of-reach',
      reason: 'super() is called by an arrow function within the constructor',
      node: nested.node,
    });
  for (const { node, parent } of specials.superMembers) {
    const written = (parent.type === 'AssignmentExpression' && parent.left === node) || parent.type === 'UpdateExpression';
    if (written) obstacles.push({ code: 'super-out-of-reach', reason: 'a property of super is written in a derived constructor', node });
  }
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
  if (!owner.node.body.body.some(isInitialised)) return;
  const { body } = fn.node as FunctionNode;
  const last = body.type === 'BlockStatement' ? body.body.at(-1) : undefined;
  const isLast =
    last?.type === 'ExpressionStatement' && last.expression.type === 'CallExpression' && last.expression.callee.type === 'Super';
  if (!isLast || specials.superCalls.length > 1)
    add('the class had no constructor, and the running one initialises its fields behind what the new one does');
}

/** What the class gives each instance as it is made. */
function isInitialised(member: Class['body']['body'][number]): boolean {
  if (member.type === 'StaticBlock' || member.static) return false;
  return member.type === 'PropertyDefinition' || member.key.type === 'PrivateIdentifier';
}

/** Writes the version of a draft without obstacles. */
export function writeVersion(d: Draft, emitter: Emitter, next: Side): string {
  if (d.fn.isImplicit) return writeImplicit(d);
  const text =
    d.form === 'field' ? writeField(d, emitter) : d.form === 'derived' ? writeDerived(d, emitter, next) : writeFunction(d, emitter, next);
  return d.shape === 'closure' ? `${CAPTURES}=>${text}` : text;
}

/** What a class does that writes no constructor. */
function writeImplicit({ form }: Draft): string {
  return form === 'derived' ? '({*constructor($lp_nt,...$lp_r){return yield $lp_r}}).constructor' : '({constructor(){}}).constructor';
}

function writeField(d: Draft, emitter: Emitter): string {
  const name = methodName(d.fn);
  const text = emitter.render(d.place.start, d.place.end, d.place);
  return `({${prototypeOf(d)}${name}(){return(${text})}}).${name}`;
}

function writeFunction(d: Draft, emitter: Emitter, next: Side): string {
  const { fn, place } = d;
  const node = fn.node as FunctionNode & AnyNode;
  const source = next.model.text;
  const edits = emitter.edits(place.start, place.end, place);
  if (d.shape === 'closure' && d.site.fn.usesNewTarget)
    for (const { node: use } of d.specials.newTargets) edits.cut(use.start, use.end, NEW_TARGET);
  const render = (start: number, end: number): string => edits.render(start, end).text;
  const head = `${node.async ? 'async ' : ''}${node.generator ? '*' : ''}`;
  const name = methodName(fn);
  if (fn.kind === 'arrow') {
    if (!d.takesThis) return `(${render(node.start, node.end)})`;
    const arrow = arrowEnd(source, node);
    const open = parametersStart(source, node);
    const parameters =
      open === null ? `(${node.params.map((p) => render(p.start, p.end)).join(',')})` : render(open, closeOf(source, open, node));
    const body = render(arrow, node.end);
    return `({${prototypeOf(d)}${head}${name}${parameters}${node.body.type === 'BlockStatement' || node.async ? body : `{return(${body})}`}}).${name}`;
  }
  const start = parametersStart(source, node)!;
  if (d.named) return `(${node.async ? 'async ' : ''}function${node.generator ? '*' : ''} ${node.id!.name}${render(start, node.end)})`;
  return `({${prototypeOf(d)}${head}${name}${render(start, node.end)}}).${name}`;
}

/** The same form with another parameter list and body. */
export function writeContinued(d: Draft, parameters: string, body: string): string {
  const { fn } = d;
  const node = fn.node as FunctionNode & AnyNode;
  const head = `${node.async ? 'async ' : ''}${node.generator ? '*' : ''}`;
  if (fn.kind === 'arrow' && !d.takesThis) return `(${head}(${parameters})=>${body})`;
  if (d.named) return `(${node.async ? 'async ' : ''}function${node.generator ? '*' : ''} ${node.id!.name}(${parameters})${body})`;
  const name = methodName(fn);
  return `({${prototypeOf(d)}${head}${name}(${parameters})${body}}).${name}`;
}

/** The end of an arrow function's parameter list that opens at `open`. */
function closeOf(source: string, open: number, node: FunctionNode): number {
  const last = node.params.at(-1);
  let position = afterTrivia(source, last ? last.end : open + 1);
  if (source[position] === ',') position = afterTrivia(source, position + 1);
  while (source[position] === ')' && source[afterTrivia(source, position + 1)] === ')') position = afterTrivia(source, position + 1);
  return position + 1;
}

function writeDerived(d: Draft, emitter: Emitter, next: Side): string {
  const { fn, place, specials } = d;
  const node = fn.node as FunctionNode & AnyNode;
  const source = next.model.text;
  const name = methodName(fn);
  const text = emitter.render(place.start, place.end, place, (edits) => {
    for (const { node: use } of specials.thisUses) edits.cut(use.start, use.end, THIS);
    for (const { node: use } of specials.newTargets) edits.cut(use.start, use.end, TARGET);
    for (const { node: call } of specials.superCalls) {
      const open = source.indexOf('(', (call as CallExpression).callee.end);
      emitter.separate(edits, call.start, place.end);
      edits.cut(call.start, open + 1, `(${THIS}=yield [`);
      edits.cut(call.end - 1, call.end, '])');
    }
    for (const { node: member, parent } of specials.superMembers) rewriteSuper(edits, source, member as MemberExpression, parent);
    const open = parametersStart(source, node)!;
    edits.insert(open + 1, node.params.length > 0 ? `${TARGET},` : TARGET);
    edits.insert(bodyStart(node), `let ${THIS};`);
    edits.insert(node.body.end - 1, `;return ${THIS}`);
  });
  return `({${specials.superMembers.length > 0 ? `__proto__:Object.getPrototypeOf($lp.cls.prototype),` : ''}*${name}${text}}).${name}`;
}

/** `super.m(…)` is called on the object under construction, which the generator holds in a variable. */
function rewriteSuper(edits: Edits, source: string, member: MemberExpression, parent: AnyNode): void {
  if (parent.type === 'CallExpression' && parent.callee === member) {
    const open = afterTrivia(source, member.end);
    if (source[open] === '(') {
      edits.cut(member.end, open + 1, `.call(${THIS}${parent.arguments.length > 0 ? ',' : ''}`);
      return;
    }
  }
  edits.open(member.start, member.end, 80, 'Reflect.get(Object.getPrototypeOf($lp.cls.prototype),');
  if (member.computed) {
    edits.cut(member.start, member.property.start, '');
    edits.cut(member.property.end, member.end, '');
  } else edits.cut(member.start, member.end, JSON.stringify((member.property as { name: string }).name));
  edits.close(member.start, member.end, 80, `,${THIS})`);
}

/** The home of a version that says `super`. */
function prototypeOf(d: Draft): string {
  if (d.specials.superMembers.length === 0) return '';
  const owner = d.fn.thisOwner;
  const member = owner.kind === 'field' ? owner.node : owner.ancestors.at(-1);
  const isStatic = (member as { static?: boolean } | undefined)?.static === true;
  return `__proto__:Object.getPrototypeOf($lp.cls${isStatic ? '' : '.prototype'}),`;
}

/** What stack traces call the version. */
export function methodName(fn: FunctionInfo): string {
  const last = fn.path.replace(/@\d+$/, '').split(/[/.#]/).at(-1) ?? '';
  const name = last.replace(/^(get|set) /, '');
  return /^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__' ? name : 'anonymous';
}
