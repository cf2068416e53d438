/** What a call of a function leaves where it outlives that, compared with what one of the other version does. */
import type { AnyNode, CallExpression, Function as FunctionNode, NewExpression, ObjectExpression, Property } from 'acorn';
import { namedBy } from '../../instrument/forwarding.ts';
import { ClassInfo, FunctionInfo } from '../../source/model.ts';
import type { Binding, Reference } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { namedEntries } from '../version/forms/entries.ts';
import type { ModuleContext } from '../code/context.ts';
import { isConstructor } from '../version/objects/create.ts';
import { escapes } from '../version/program/escape.ts';
import { isOnlyCalled } from '../version/values/holding.ts';
import { PASSES, isConstant, isPrototype, settled } from '../version/kept/left.ts';
import type { Left } from '../version/kept/left.ts';
import { shapeOf } from '../version/kept/puts.ts';
import { isKeptIn } from '../version/program/reached.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesWithin } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { isWritten } from '../version/objects/written.ts';
import { isThis } from '../version/forms/this-names.ts';
import { isFunctionNode, rootOf } from '../version/program/walk.ts';
import { hasOtherDefault, readsOtherValue, readsProperty } from './changed-variables.ts';
import { holdsFunction } from '../code/choices.ts';
import { isReadElsewhere } from './instances.ts';
import { keeps } from './kept-arguments.ts';

/** By what programs call functions that make what they go on with. */
const MAKES = /^(?:create|make|new|init)(?![a-z])/;
/** By what packages call functions that give what goes by options. */
const OPENS = /^(?:create|make|open|connect)/;
const TIMERS = /^(?:(?:globalThis|window|timers)\.)?set(?:Immediate|Interval|Timeout)$/;
/** What gives an object that it is given, with more or less. */
const GIVES = /^Object\.(?:assign|freeze|seal|preventExtensions|setPrototypeOf)$/;

/** Whether a chain of calls begins with an object that is made for it. */
function isBuilt(value: AnyNode): boolean {
  if (value.type === 'NewExpression') return !PASSES.test(memberText(value.callee) ?? '');
  return value.type === 'CallExpression' && value.callee.type === 'MemberExpression' && isBuilt(value.callee.object as AnyNode);
}

interface Found {
  /** The entry or the property; '' for none. */
  readonly key: string;
  readonly was: AnyNode;
  readonly now: AnyNode;
}

/** `surely`: it is read, though code of the package does not show that. `made`: it becomes what an object with a prototype has. */
type How = 'returned' | 'lasts' | 'surely' | 'made';

type Call = (CallExpression | NewExpression) & AnyNode;

export class Comparison {
  private readonly ctx: ModuleContext;
  private readonly baseFn: FunctionInfo;
  private readonly fn: FunctionInfo;
  private readonly constants: ReadonlySet<Binding>;

  constructor(ctx: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo, constants: ReadonlySet<Binding>) {
    this.constants = constants;
    this.ctx = ctx;
    this.baseFn = baseFn;
    this.fn = fn;
  }

  find(was: Left, now: Left): Found | null {
    const { how, property, variable } = now;
    if (how === 'put' && this.wraps(was, this.ctx.base) && this.wraps(now, this.ctx.next)) return this.wrapped(was.value, now.value);
    if (variable) return isKeptIn(variable, now.writer ?? this.fn, this.ctx.next) ? this.given(was.value, now.value) : null;
    // What a constructor gives its object is compared by itself, but for what holds functions.
    if ((isConstructor(this.fn) || this.fn.kind === 'field') && now.isOwn && !(holdsFunction(was.value) || holdsFunction(now.value)))
      return null;
    const timers = this.timers(was.value, now.value);
    if (timers && how !== 'returned') return { ...timers, key: property ?? '' };
    const found = this.value(was.value, now.value, how === 'returned' ? 'returned' : how === 'kept' ? 'surely' : 'lasts');
    if (!found && how === 'kept' && now.isOwn) {
      const computed = this.computed(was.value, now.value);
      return computed && { ...computed, key: property ?? '' };
    }
    if (!found) return now.isMixedIn ? this.members(was.value, now.value) : null;
    const key = found.key === '' ? (property ?? '') : found.key;
    if (now.isPassed && !this.functionOf(found.now)) return null;
    if (how === 'returned' || how === 'registered' || found.now !== settled(now.value, this.fn, this.ctx.next)) return { ...found, key };
    // A value by itself, which other code may give the same property.
    if (this.functionOf(found.now)) return { ...found, key };
    if (now.isForeign) return { ...found, key };
    const isSet =
      property === null || how === 'kept' || (isReadElsewhere(property, this.fn, this.ctx) && !this.isWrittenBeside(property, now.writer));
    return isSet ? { ...found, key } : null;
  }

  /** `object.read = traced(object.read)` */
  private wraps({ value, place, object }: Left, side: Side): boolean {
    const isWrap = (call: AnyNode): boolean => {
      const by = call.type === 'CallExpression' ? side.definitionOf(call.callee as AnyNode) : null;
      if (call.type !== 'CallExpression' || !(by instanceof FunctionInfo) || !by.children.some((inner) => escapes(inner))) return false;
      return call.arguments.some((given) => side.text(given as AnyNode) === place || isWrap(given as AnyNode));
    };
    return object !== undefined && !isThis(object) && isWrap(value);
  }

  private wrapped(was: AnyNode, now: AnyNode): Found | null {
    const [text, other] = [this.ctx.base.text(was), this.ctx.next.text(now)];
    return text === other || this.ctx.around.labels.differ(text, other) ? null : { key: '', was, now };
  }

  /** A timer of another kind in its place: one that repeats, or does not. */
  private timers(before: AnyNode, after: AnyNode): Found | null {
    const [was, now] = [settled(before, this.baseFn, this.ctx.base), settled(after, this.fn, this.ctx.next)];
    const [old, own] = [was, now].map((call) => (call.type === 'CallExpression' ? (memberText(call.callee) ?? '') : ''));
    return old !== own && TIMERS.test(old!) && TIMERS.test(own!) ? { key: '', was, now } : null;
  }

  /** What is kept from the first call on. */
  private computed(was: AnyNode, now: AnyNode): Found | null {
    const { base, next, around } = this.ctx;
    const [from, to] = [settled(was, this.baseFn, base), settled(now, this.fn, next)];
    const isOther = shapeOf(from, this.baseFn, base) !== shapeOf(to, this.fn, next);
    if (isOther && !isFunctionNode(to) && !around.labels.differ(base.text(from), next.text(to))) return { key: '', was: from, now: to };
    // Or computed step by step.
    const value = now.type === 'Identifier' ? this.ctx.next.refAt(now)?.binding : null;
    const { params = [] } = this.fn.node as Partial<FunctionNode>;
    const isOfAll = value?.reassigned && value.kind !== 'param' && value.scope.fn === this.fn && this.ctx.match.differs(this.fn);
    return isOfAll && params.length === 0 ? { key: '', was, now } : null;
  }

  /** What a variable holds from now on, but for what functions in it do. */
  private given(before: AnyNode, after: AnyNode): Found | null {
    const { base, next, around } = this.ctx;
    const [was, now] = [settled(before, this.baseFn, base), settled(after, this.fn, next)];
    // What is made of what one call is given, or has computed, is another for each.
    const isOfCall = next
      .refsIn(now.start, now.end)
      .some(({ binding }) => binding?.scope.fn === this.fn && (binding.kind === 'param' || binding.reassigned));
    if (isOfCall) return this.value(before, after, 'lasts');
    const [text, other] = [base.text(was), next.text(now)];
    const isSame = text === other ? !this.isOther(now) : around.labels.differ(text, other);
    return isSame ? null : { key: '', was, now };
  }

  private isWrittenBeside(property: string, writer = this.fn): boolean {
    return isWritten(property, this.ctx.next.model.program, [this.fn.node, writer.node]);
  }

  private value(before: AnyNode, after: AnyNode, how: How): Found | null {
    const { base, next } = this.ctx;
    const [was, now] = [settled(before, this.baseFn, base), settled(after, this.fn, next)];
    // All of a field is its value, which stands for itself wherever it is compared.
    const isSame = next.opaqueAt(now) !== this.fn && base.text(was) === next.text(now);
    if (isSame && !this.readsOwn(now)) return null;
    if (isSame && /^(?:Identifier|MemberExpression|BinaryExpression|LogicalExpression|TemplateLiteral)$/.test(now.type))
      return how !== 'returned' && this.isOther(now) ? { key: '', was, now } : null;
    if (was.type === 'ObjectExpression' && now.type === 'ObjectExpression') return this.literal(was, now, how);
    if (was.type === 'ConditionalExpression' && now.type === was.type)
      return this.value(was.consequent, now.consequent, how) ?? this.value(was.alternate, now.alternate, how);
    if (was.type === 'LogicalExpression' && now.type === was.type) return this.value(was.right, now.right, how);
    if (was.type === 'AssignmentExpression' && now.type === was.type) return this.value(was.right, now.right, how);
    if (was.type === 'CallExpression' && now.type === was.type && GIVES.test(memberText(now.callee) ?? ''))
      return this.list(
        was.arguments as AnyNode[],
        now.arguments as AnyNode[],
        how === 'returned' && this.givesPrototype(now) ? 'made' : how,
      );
    if ((was.type === 'CallExpression' || was.type === 'NewExpression') && now.type === was.type) return this.call(was, now as Call, how);
    if (was.type === 'ArrayExpression' && now.type === was.type) {
      if (how !== 'returned' && was.elements.length !== now.elements.length) return { key: '', was, now };
      const found = this.list(was.elements, now.elements, how);
      if (found) return found;
    }
    const [old, own] = [this.functionOf(was, base), this.functionOf(now)];
    if (old && own) {
      const isAround = isFunctionNode(now) && (isFunctionNode(was) || !this.ctx.match.nextOf.has(old) || this.handsOn(now, old));
      return this.ctx.match.baseOf.get(own) === old || isAround ? null : { key: '', was, now };
    }
    if (how === 'returned' || base.text(was) === next.text(now)) return null;
    // A function that is written there, or has a name, in place of something else, or the reverse: constructors are looked at for that.
    const isOther = old || (own && isFunctionNode(now) && isConstant(was, base));
    if (isOther && !isConstructor(this.fn) && this.fn.kind !== 'field') return { key: '', was, now };
    if (was.type === 'BinaryExpression' && now.type === was.type && was.operator === now.operator) {
      const found = this.list([was.left, was.right], [now.left, now.right], how);
      if (found) return { ...found, was, now };
    }
    if (this.ctx.around.labels.differ(base.text(was), next.text(now))) return null;
    return isConstant(was, base) && isConstant(now, next) ? { key: '', was, now } : null;
  }

  /** Whether it is made of variables of the function, or of what is another now. */
  private readsOwn(value: AnyNode): boolean {
    return (
      this.ctx.next
        .refsIn(value.start, value.end)
        .some(({ binding }) => binding && (binding.scope.fn === this.fn || this.constants.has(binding))) || readsProperty(this.ctx, value)
    );
  }

  private isOther(value: AnyNode): boolean {
    const { ctx, baseFn, fn } = this;
    const names = ctx.next.refsIn(value.start, value.end).flatMap(({ binding }) => binding ?? []);
    const mayRead = readsProperty(ctx, value) || names.some((binding) => this.constants.has(binding));
    if (mayRead && readsOtherValue(ctx, value, baseFn, fn)) return true;
    return names.some((binding) => binding.kind === 'param' && binding.scope.fn === fn && hasOtherDefault(ctx, binding, baseFn, fn));
  }

  /** Whether all that a closure does is to call a function with what it is given: that, by its name, does the same. */
  private handsOn(closure: AnyNode, fn: FunctionInfo): boolean {
    const { params, body } = closure as unknown as FunctionNode;
    const [only, ...more] = body.type === 'BlockStatement' ? (body as { readonly body: readonly AnyNode[] }).body : [];
    const call = body.type !== 'BlockStatement' ? (body as AnyNode) : only?.type === 'ReturnStatement' ? only.argument : null;
    if (call?.type !== 'CallExpression' || more.length > 0 || call.arguments.length !== params.length) return false;
    const { match } = this.ctx;
    const called = this.functionOf(call.callee as AnyNode);
    const isSame = params.every((param, i) => this.ctx.next.text(param as AnyNode) === this.ctx.next.text(call.arguments[i] as AnyNode));
    return isSame && called !== null && match.baseOf.get(called) === fn;
  }

  private list(was: readonly (AnyNode | null)[], now: readonly (AnyNode | null)[], how: How): Found | null {
    if (was.length !== now.length) return null;
    for (const [i, after] of now.entries()) {
      const before = was[i];
      const found = before && after ? this.value(before, after, how) : null;
      if (found) return found;
    }
    return null;
  }

  /** `Object.setPrototypeOf({ … }, methods)`, `Object.assign(Object.create(methods), { … })` */
  private givesPrototype({ callee, arguments: [first] }: Call): boolean {
    if (memberText(callee) === 'Object.setPrototypeOf') return true;
    const made = first && settled(first as AnyNode, this.fn, this.ctx.next);
    return made?.type === 'CallExpression' && memberText(made.callee) === 'Object.create' && made.arguments[0]?.type !== 'Literal';
  }

  private functionOf(value: AnyNode, side = this.ctx.next): FunctionInfo | null {
    const owner = side.definitionOf(value);
    return owner instanceof FunctionInfo ? owner : null;
  }

  private literal(was: ObjectExpression & AnyNode, now: ObjectExpression & AnyNode, how: How): Found | null {
    const before = namedEntries(was);
    const isFunction = (value: AnyNode): boolean => this.functionOf(value, this.ctx.base) !== null;
    const hasMethods =
      how === 'made' || was.properties.some((p) => p.type === 'Property' && (isPrototype(p) || isFunction(p.value as AnyNode)));
    const isState = how === 'returned' && !hasMethods && this.isState(now);
    for (const [key, { value }] of namedEntries(now)) {
      const old = before.get(key)?.value;
      const isKept = how === 'made' || (how === 'returned' && (hasMethods || isState));
      const found = old ? this.value(old, value, isKept ? 'lasts' : how) : null;
      const isRead = (): boolean => (how === 'made' ? isReadElsewhere(key, this.fn, this.ctx) : this.isReadIn(key, now));
      if (!found && old && hasMethods && isRead() && this.isComputedOtherwise(old, value)) return { key, was: old, now: value };
      if (!found) continue;
      const isWhole = found.now === settled(value, this.fn, this.ctx.next) && !this.functionOf(found.now);
      if (!isWhole || how === 'surely' || isReadElsewhere(key, this.fn, this.ctx) || this.isReadIn(key, now))
        return { ...found, key: found.key === '' ? key : found.key };
    }
    return null;
  }

  /** Whether a plain object is rather one that the program goes on with than a result: by what made it, or code changes such objects. */
  private isState(literal: ObjectExpression): boolean {
    const named = namedBy(this.fn);
    const isAtLoad = ({ fn }: Reference): boolean => this.ctx.next.runsOnce(fn);
    if (named && isOnlyCalled(named) && named.references.every(isAtLoad)) return false;
    if (MAKES.test(this.fn.path.split(/[./#]/).at(-1)!)) return true;
    return [...namedEntries(literal).keys()].some((key) => this.isWrittenBeside(key));
  }

  /** What an object with methods goes by, as one of a class does by what its constructor gives it. */
  private isComputedOtherwise(was: AnyNode, now: AnyNode): boolean {
    const { base, next } = this.ctx;
    // An argument may have another name.
    if (was.type === 'Identifier' && now.type === was.type) return false;
    return base.text(was) !== next.text(now) && !holdsFunction(was) && !holdsFunction(now) && !this.functionOf(was, base);
  }

  /** Whether methods of a literal read an entry of it. */
  private isReadIn(key: string, { start, end }: ObjectExpression): boolean {
    const reads = nodesWithin(this.ctx.next.model.program, 'MemberExpression', start, end);
    return reads.some((member) => isThis(member.object as AnyNode) && memberName(member) === key);
  }

  private call(was: Call, now: Call, how: How): Found | null {
    const { base, next } = this.ctx;
    if (how === 'returned' && was.type === 'NewExpression' && this.makesOther(was, now)) return { key: '', was, now };
    if (base.text(was.callee) !== next.text(now.callee))
      return this.isBind(was) && this.isBind(now) ? this.bound(was, now) : this.chained(was, now);
    if (now.arguments.length !== was.arguments.length && how !== 'surely' && !this.isBind(was)) {
      const [longer, isOld] = now.arguments.length > was.arguments.length ? [now, false] : [was, true];
      const isKept = longer.arguments.some((_, i) => (isOld ? this.keeps(was, i) : keeps(next, now, i)));
      if (isKept && !this.passes(was)) return { key: '', was, now };
    }
    for (const [i, after] of now.arguments.entries()) {
      const before = was.arguments[i];
      if (!before || before.type === 'SpreadElement' || after.type === 'SpreadElement') continue;
      const isKnown = next.definitionOf(now.callee as AnyNode) !== null;
      if (!this.keeps(was, i) && (how === 'returned' || isKnown || !this.makes(now))) continue;
      const found =
        this.value(before as AnyNode, after as AnyNode, isKnown ? 'lasts' : 'surely') ??
        (isKnown ? null : this.members(before as AnyNode, after as AnyNode));
      if (found) return { ...found, key: '' };
    }
    return null;
  }

  /** Whether a function that makes what a program goes on with makes an object of another class. */
  private makesOther(was: Call, now: Call): boolean {
    const { base, next, match } = this.ctx;
    const [old, own] = [base.definitionOf(was.callee as AnyNode), next.definitionOf(now.callee as AnyNode)];
    if (!(old instanceof ClassInfo) || !(own instanceof ClassInfo) || match.classBase.get(own) === old) return false;
    return MAKES.test(this.fn.path.split(/[./#]/).at(-1)!) && match.classNext.has(old) && match.classBase.has(own);
  }

  /** Members that a handler or an object of options gains or loses, of which code that is not in sight looks for some. */
  private members(before: AnyNode, after: AnyNode): Found | null {
    const { base, next } = this.ctx;
    const [was, now] = [settled(before, this.baseFn, base), settled(after, this.fn, next)];
    if (was.type !== 'ObjectExpression' || now.type !== 'ObjectExpression') return null;
    const [old, own] = [namedEntries(was), namedEntries(now)];
    const isMember = ({ value }: Property): boolean => this.functionOf(value) !== null || this.functionOf(value, base) !== null;
    const differs = [...own].some(([key, p]) => !old.has(key) && isMember(p)) || [...old].some(([key, p]) => !own.has(key) && isMember(p));
    return differs ? { key: '', was, now } : null;
  }

  /** What a method of texts and lists gives is rather made of its object. */
  private makes(call: Call): boolean {
    const name = call.callee.type === 'MemberExpression' ? memberName(call.callee) : null;
    return this.isOfPlatform(call) || (name !== null && !(name in String.prototype) && !(name in Array.prototype));
  }

  /** A function, or a class, of another package or of the platform. */
  private isOfPlatform({ callee }: Call): boolean {
    const root = rootOf(callee as AnyNode);
    const binding = root.type === 'Identifier' ? this.ctx.next.refAt(root)?.binding : undefined;
    if (root.type !== 'Identifier' || binding === undefined) return false;
    return binding === null || binding.kind === 'import' || this.ctx.next.runsOnce(binding.scope.fn);
  }

  private isBind({ callee }: Call): boolean {
    return callee.type === 'MemberExpression' && memberName(callee) === 'bind';
  }

  private bound(was: Call, now: Call): Found | null {
    const [old, own] = [was, now].map(({ callee }) => (callee as { readonly object?: AnyNode }).object);
    const found = old && own ? this.value(old, own, 'lasts') : null;
    return found && { ...found, key: '' };
  }

  /** `new Builder().limit(5).name('x')` */
  private chained(was: Call, now: Call): Found | null {
    const [old, own] = [was, now].map(({ callee }) => (callee.type === 'MemberExpression' ? callee : null));
    if (!old || !own || memberName(old) !== memberName(own) || !isBuilt(own.object as AnyNode)) return null;
    const [before, after] = [old.object as AnyNode, own.object as AnyNode];
    if (before.type !== 'CallExpression' || after.type !== before.type) return this.value(before, after, 'lasts');
    const isSame = this.ctx.base.text(before.callee) === this.ctx.next.text(after.callee);
    const found = isSame ? this.list(before.arguments as AnyNode[], after.arguments as AnyNode[], 'surely') : this.chained(before, after);
    return found && { ...found, key: '' };
  }

  private keeps(call: Call, index: number): boolean {
    const { base } = this.ctx;
    if (this.isBind(call) || keeps(base, call, index)) return !this.passes(call);
    const name = memberText(call.callee) ?? '';
    const isMade = call.type === 'NewExpression' || (OPENS.test(name.split('.').at(-1)!) && this.isOfPlatform(call));
    if (!isMade || base.definitionOf(call.callee as AnyNode)) return false;
    // Who has made a class that is imported knows what it does with functions and options.
    const argument = call.arguments[index] as AnyNode;
    return !PASSES.test(name) && settled(argument, this.baseFn, base).type === 'ObjectExpression';
  }

  private passes({ callee }: Call): boolean {
    const { base } = this.ctx;
    if (PASSES.test(memberText(callee) ?? '') && !/^(?:Object|Reflect)\./.test(memberText(callee)!)) return true;
    for (let owner = base.definitionOf(callee as AnyNode); owner instanceof ClassInfo;) {
      const above = owner.node.superClass as AnyNode | null | undefined;
      if (above && PASSES.test(memberText(above) ?? '')) return true;
      owner = above ? base.definitionOf(above) : null;
    }
    return false;
  }
}
