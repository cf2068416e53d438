/**
 * Values that are others in the text of a function and that calls of its old version have left where they outlive these: in an
 * object with methods, in what keeps its arguments, in a bound function, a `Proxy`, a list or a map, on an object that was there
 * before. What exists goes on with them.
 */
import type { AnyNode, CallExpression, NewExpression, ObjectExpression, Property } from 'acorn';
import { ClassInfo, FunctionInfo } from '../../source/model.ts';
import type { Binding } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { shortened } from '../../source/text.ts';
import { namedEntries } from '../version/entries.ts';
import type { ModuleContext } from '../code/context.ts';
import { isConstructor } from '../version/create.ts';
import { isConstant, leftBy, settled } from '../version/left.ts';
import type { Left } from '../version/left.ts';
import { memberName } from '../version/standing-for.ts';
import { nodesWithin } from '../version/nodes.ts';
import { isWritten } from '../version/written.ts';
import { isThis } from '../version/this-names.ts';
import { isFunctionNode } from '../version/walk.ts';
import { hasOtherDefault, readsOtherValue } from './changed-variables.ts';
import { holdsFunction } from './choices.ts';
import { isReadElsewhere } from './instances.ts';
import { keeps } from './kept-arguments.ts';

const MOST_CHARACTERS = 60;
/** What gives an object that it is given, with more or less. */
const GIVES = /^Object\.(?:assign|freeze|seal|preventExtensions)$/;
/** What is thrown, sent or compared, and not kept. */
const PASSES =
  /(?:Error|Exception|Warning|Date|URL|RegExp|Promise|Response|Request|Headers|Event|Array|Map|Set|String|Number|Boolean|Object)$/;

/** `all`: the variables of scopes that run once which are others now. */
export function reportLeft(ctx: ModuleContext, all: ReadonlySet<Binding>): void {
  const { base, next, match, log, resolver } = ctx;
  // What changes in place is the same for all who hold it.
  const inPlace = new Set(log.rows.flatMap(({ code, path }) => (code === 'table-changed' ? path : [])));
  const constants = new Set([...all].filter((binding) => resolver.fresh.has(binding) && !inPlace.has(binding.name)));
  const told = new Set(
    log.rows.flatMap(({ code, path }) =>
      /^(?:instances|capture|closure|set-up)-|^constructor-changed$|^field-converted$|^value-copied$/.test(code) ? path : [],
    ),
  );
  const readers = new Set([...constants].flatMap(({ references }) => references.map((ref) => ref.fn)));
  for (const [fn, baseFn] of match.baseOf) {
    if (fn.kind === 'static' || base.runsOnce(baseFn)) continue;
    if (!match.differs(fn) && !readers.has(fn)) continue;
    const compared = new Comparison(ctx, baseFn, fn, constants);
    for (const [was, now] of pairsOf(leftBy(baseFn, base), leftBy(fn, next), ctx)) {
      const found = compared.find(was, now);
      const key = baseFn.kind === 'field' ? now.property : found?.key;
      const path = `${baseFn.owner && baseFn.kind === 'field' ? baseFn.owner.path : baseFn.path}${key ? ` ${key}` : ''}`;
      const isTold = found?.was.type === 'Identifier' && told.has(found.was.name);
      if (!found || isTold || told.has(path) || told.has(baseFn.path)) continue;
      log.add(
        'instances-hold',
        next,
        found.now,
        path,
        `what calls of it have left keeps ${shortened(base.written({ node: found.was }).replaceAll(/\s+/g, ' '), MOST_CHARACTERS)}`,
      );
      break;
    }
  }
}

/** What is left in the same places, where it is not the same. */
function pairsOf(before: readonly Left[], now: readonly Left[], { base, next }: ModuleContext): (readonly [Left, Left])[] {
  const grouped = (all: readonly Left[]): Map<string, Left[]> => {
    const found = new Map<string, Left[]>();
    for (const one of all) found.set(one.place, [...(found.get(one.place) ?? []), one]);
    return found;
  };
  const old = grouped(before);
  return [...grouped(now)].flatMap(([place, all]) => {
    const were = old.get(place) ?? [];
    // What is written the same may be of a variable of the function that is given another value.
    if (were.length === all.length) return all.map((one, i) => [were[i]!, one] as const);
    const [texts, had] = [new Set(all.map(({ value }) => next.text(value))), new Set(were.map(({ value }) => base.text(value)))];
    const gone = were.filter(({ value }) => !texts.has(base.text(value)));
    const come = all.filter(({ value }) => !had.has(next.text(value)));
    return gone.length === come.length ? come.map((one, i) => [gone[i]!, one] as const) : [];
  });
}

interface Found {
  /** The entry or the property; '' for none. */
  readonly key: string;
  readonly was: AnyNode;
  readonly now: AnyNode;
}

/** `surely`: it is read, though code of the package does not show that. */
type How = 'returned' | 'lasts' | 'surely';

type Call = (CallExpression | NewExpression) & AnyNode;

class Comparison {
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
    const { how, property } = now;
    // What a constructor gives its object is compared by itself, but for what holds functions.
    if ((isConstructor(this.fn) || this.fn.kind === 'field') && now.isOwn && !(holdsFunction(was.value) || holdsFunction(now.value)))
      return null;
    const found = this.value(was.value, now.value, how === 'returned' ? 'returned' : how === 'kept' ? 'surely' : 'lasts');
    if (!found) return now.isMixedIn ? this.members(was.value, now.value) : null;
    const key = found.key === '' ? (property ?? '') : found.key;
    if (how === 'returned' || how === 'registered' || found.now !== settled(now.value, this.fn, this.ctx.next)) return { ...found, key };
    // A value by itself, which other code may give the same property.
    if (this.functionOf(found.now)) return { ...found, key };
    if (now.isPassed) return null;
    const isSet =
      property === null || (isReadElsewhere(property, this.fn, this.ctx) && (how === 'kept' || !this.isWrittenBeside(property)));
    return isSet ? { ...found, key } : null;
  }

  private isWrittenBeside(property: string): boolean {
    return isWritten(property, this.ctx.next.model.program, [this.fn.node]);
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
      return this.list(was.arguments as AnyNode[], now.arguments as AnyNode[], how);
    if ((was.type === 'CallExpression' || was.type === 'NewExpression') && now.type === was.type) return this.call(was, now as Call);
    if (was.type === 'ArrayExpression' && now.type === was.type) {
      const found = this.list(was.elements, now.elements, how);
      if (found) return found;
    }
    const [old, own] = [this.functionOf(was, base), this.functionOf(now)];
    if (old && own) return this.ctx.match.baseOf.get(own) === old || isFunctionNode(now) ? null : { key: '', was, now };
    if (how === 'returned' || base.text(was) === next.text(now)) return null;
    if (this.ctx.around.labels.differ(base.text(was), next.text(now))) return null;
    return isConstant(was, base) && isConstant(now, next) ? { key: '', was, now } : null;
  }

  /** Whether it is made of variables of the function, or of what is another now. */
  private readsOwn(value: AnyNode): boolean {
    return this.ctx.next
      .refsIn(value.start, value.end)
      .some(({ binding }) => binding && (binding.scope.fn === this.fn || this.constants.has(binding)));
  }

  private isOther(value: AnyNode): boolean {
    const { ctx, baseFn, fn } = this;
    const names = ctx.next.refsIn(value.start, value.end).flatMap(({ binding }) => binding ?? []);
    if (names.some((binding) => this.constants.has(binding)) && readsOtherValue(ctx, value, baseFn, fn)) return true;
    return names.some((binding) => binding.kind === 'param' && binding.scope.fn === fn && hasOtherDefault(ctx, binding, baseFn, fn));
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

  private functionOf(value: AnyNode, side = this.ctx.next): FunctionInfo | null {
    const owner = side.definitionOf(value);
    return owner instanceof FunctionInfo ? owner : null;
  }

  private literal(was: ObjectExpression & AnyNode, now: ObjectExpression & AnyNode, how: How): Found | null {
    const before = namedEntries(was);
    const hasMethods = was.properties.some((p) => p.type === 'Property' && this.functionOf(p.value as AnyNode, this.ctx.base));
    for (const [key, { value }] of namedEntries(now)) {
      const old = before.get(key)?.value;
      const found = old ? this.value(old, value, how === 'returned' && hasMethods ? 'lasts' : how) : null;
      if (!found && old && hasMethods && this.isReadIn(key, now) && this.isComputedOtherwise(old, value))
        return { key, was: old, now: value };
      if (!found) continue;
      const isWhole = found.now === settled(value, this.fn, this.ctx.next) && !this.functionOf(found.now);
      if (!isWhole || how === 'surely' || isReadElsewhere(key, this.fn, this.ctx) || this.isReadIn(key, now))
        return { ...found, key: found.key === '' ? key : found.key };
    }
    return null;
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

  private call(was: Call, now: Call): Found | null {
    const { base, next } = this.ctx;
    if (base.text(was.callee) !== next.text(now.callee)) return this.isBind(was) && this.isBind(now) ? this.bound(was, now) : null;
    for (const [i, after] of now.arguments.entries()) {
      const before = was.arguments[i];
      if (!before || before.type === 'SpreadElement' || after.type === 'SpreadElement' || !this.keeps(was, i)) continue;
      const isKnown = next.definitionOf(now.callee as AnyNode) !== null;
      const found =
        this.value(before as AnyNode, after as AnyNode, isKnown ? 'lasts' : 'surely') ??
        (isKnown ? null : this.members(before as AnyNode, after as AnyNode));
      if (found) return { ...found, key: '' };
    }
    return null;
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

  private isBind({ callee }: Call): boolean {
    return callee.type === 'MemberExpression' && memberName(callee) === 'bind';
  }

  private bound(was: Call, now: Call): Found | null {
    const [old, own] = [was, now].map(({ callee }) => (callee as { readonly object?: AnyNode }).object);
    const found = old && own ? this.value(old, own, 'lasts') : null;
    return found && { ...found, key: '' };
  }

  private keeps(call: Call, index: number): boolean {
    const { base } = this.ctx;
    if (this.isBind(call) || keeps(base, call, index)) return !this.passes(call);
    if (call.type !== 'NewExpression' || base.definitionOf(call.callee as AnyNode)) return false;
    // Who has made a class that is imported knows what it does with functions and options.
    const name = memberText(call.callee) ?? '';
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
