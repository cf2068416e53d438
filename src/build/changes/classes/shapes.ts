/**
 * What the instances of a module's classes are like in the new version, as far as the text of constructors and classes
 * tells: fields that existing instances get on touch, and constructors whose original runs until every task runs the patch.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { runsOnce } from '../../../instrument/plan.ts';
import type { HandleScope } from '../../../instrument/plan.ts';
import { ClassInfo, FunctionInfo } from '../../../source/model.ts';
import type { Reference } from '../../../source/model.ts';
import { assignedWithout } from '../../code/branches.ts';
import { compareCode } from '../../code/context.ts';
import type { GainedField } from '../../existing/fields-not-set.ts';
import type { ModuleContext } from '../../code/context.ts';
import { isConstructor } from '../../version/objects/create.ts';
import type { Side } from '../../version/side.ts';
import { assignedBy, surelyAssigned } from '../../version/objects/surely.ts';
import { memberName } from '../../version/program/member-name.ts';
import { startingMethods } from '../../version/objects/starting.ts';
import { expressionOf, stepsOf } from '../../version/forms/steps.ts';
import { isField, isWritten } from '../../version/objects/written.ts';
import { NOTHING } from '../../version/forms/nothing.ts';
import { isThis } from '../../version/forms/this-names.ts';
import { walk } from '../../version/program/walk.ts';
import { asksForVersions, factoryOf } from '../../version/objects/factories.ts';
import { mayInherit } from '../../code/draft.ts';
import type { Draft } from '../../code/draft.ts';
import { addPrivateNames, assignments, definedFields, fieldNamed, holdersOf, isFreeOfCall, typeOf } from '../../code/fields.ts';
import type { Assignment, FieldGroup, NewField } from '../../code/fields.ts';
import { constantOf } from '../../code/constant.ts';
import { constructorOf, givenFor, takenBy } from '../../code/given.ts';
import type { Given } from '../../code/given.ts';
import { givenOfOthers } from '../../code/taken-for-options.ts';
import { isReadElsewhere } from '../../existing/instances.ts';
import { collectionsOf, ENTERED, entering, lookedUp } from '../../code/private-collections.ts';
import { renamedFields, sharedFields } from '../../match/renamed-fields.ts';

/** Between what two versions of a function make; `same` where they differ in nothing else. */
interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly same: boolean;
}

export class Shapes {
  readonly groups = new Map<ClassInfo | FunctionInfo, FieldGroup>();
  /** Expressions of the new source whose value must have what is new to it, as a private field, before that is used. */
  readonly holders: AnyNode[] = [];
  private readonly ctx: ModuleContext;
  private readonly wanted = new Set<string>();
  private asks: boolean | null = null;
  /** The constructors that go on with a method of the old version which has changed. */
  private readonly starting = new Map<FunctionInfo, FunctionInfo>();

  constructor(ctx: ModuleContext) {
    this.ctx = ctx;
    for (const path of ctx.around.hook?.create ?? []) this.wanted.add(path);
  }

  /** A class whose scope new code can be evaluated in. */
  addClass(base: ClassInfo, next: ClassInfo, handle: HandleScope): void {
    const fields = definedFields(base.node, next.node, this.ctx);
    if (fields.length === 0) return;
    this.group(base, { handle, type: '$lp.cls', isClass: true }, base.path).fields.push(...fields);
    const hidden = fields.filter(({ name }) => name.startsWith('#')).map(({ name }) => name.slice(1));
    if (hidden.length === 0) return;
    addPrivateNames(base, hidden);
    this.holders.push(...holdersOf(next.node, new Set(hidden)));
  }

  /** Once all classes are known: fields that constructors set. */
  addConstructors(): void {
    const { match, next } = this.ctx;
    for (const [fn, base] of match.baseOf) {
      if (!isConstructor(fn)) continue;
      const methods = startingMethods(fn, next).filter((method) => match.baseOf.has(method) && match.differs(method));
      if (!match.differs(fn) && methods.length === 0) continue;
      const how = typeOf(this.ctx, base);
      if (how === null) continue;
      if (match.differs(fn)) {
        const fields = [...this.constructed(fn, base, how.handle), ...this.entered(fn, base, how.handle)];
        this.add(fields.sort(byPlace), fn, base, how);
      }
      for (const method of methods) {
        const old = match.baseOf.get(method)!;
        this.starting.set(old, base);
        const fields = this.constructed(method, old, how.handle).filter((field) => this.isOfStart(field, fn, method));
        this.add(fields, method, base, how);
      }
    }
  }

  private add(fields: readonly NewField[], fn: FunctionInfo, base: FunctionInfo, how: NonNullable<ReturnType<typeof typeOf>>): void {
    const known = this.groups.get(base.owner ?? base)?.fields ?? [];
    for (const field of fields) {
      const at = field.collection ? -1 : known.findIndex(({ name }) => name === field.name);
      if (at >= 0) {
        if (known[at]!.value === null) known[at] = field;
      } else if (field.collection || (!field.name.startsWith('#') && isReadElsewhere(field.name, fn, this.ctx)))
        this.group(base.owner ?? base, how, this.className(base)).fields.push(field);
    }
  }

  /** Whether a method that the constructor calls gives instances a field that they lack, of what does not change once that has run. */
  private isOfStart({ name, value }: NewField, fn: FunctionInfo, method: FunctionInfo): boolean {
    const { base, next } = this.ctx;
    if (value === null || isField(name, base.model.program)) return false;
    const reads: string[] = [];
    walk(value, (node) => {
      if (node.type === 'MemberExpression' && isThis(node.object as AnyNode)) reads.push(memberName(node) ?? '');
      return true;
    });
    return reads.every((own) => own !== '' && !isWritten(own, next.model.program, [fn.node, method.node]));
  }

  /** The properties that a constructor sets and did not set before, of values that can be made for instances that exist. */
  private constructed(fn: FunctionInfo, base: FunctionInfo, handle: HandleScope): NewField[] {
    const before = assignments(base);
    const found: NewField[] = [];
    const known = assignments(fn);
    const begun = [beginnings(before), beginnings(known)] as const;
    const renamed = new Map([...renamedFields(this.ctx, ...begun), ...sharedFields(this.ctx, ...begun, [base, fn])]);
    const all = assignedBy(fn);
    for (const [name, { value, statements }] of known) {
      const isKnown = before.has(name) || (base.owner !== null && fieldNamed(base.owner.node, name) !== null);
      const given = isKnown || value === null ? null : this.givenFor(value, fn, base, handle);
      if (given !== null)
        found.push({
          name,
          value,
          assigned: true,
          given,
          begins: (all.get(name)?.length ?? 0) > 1,
          ...wasOf(renamed, name),
          ...keyOf(expressionOf(statements.at(-1)!)!),
        });
    }
    const was = assignedBy(base);
    const sure = surelyAssigned(fn);
    for (const [name, nodes] of all) {
      if (was.has(name) || known.has(name) || !sure.has(name)) continue;
      if (base.owner && fieldNamed(base.owner.node, name)) continue;
      const ways = nodes.map(({ operator, right }) => (operator === '=' ? this.constantFor(right, fn, base, handle) : null));
      const [first] = ways;
      const taken = assignedWithout(nodes, constructorOf(this.ctx, fn));
      const given = taken && this.givenFor(taken.value, fn, base, handle);
      if (given) {
        found.push({ name, value: taken.value, assigned: true, given: takenBy(given, taken), ...keyOf(nodes[0]!.node) });
        continue;
      }
      if (!first || !ways.every((way) => way !== null && Object.is(way.constant, first.constant))) continue;
      const without = new Set(ways.flatMap((way) => [...way!.given.without]));
      found.push({ name, value: nodes[0]!.right, assigned: true, given: { ...first.given, without }, ...keyOf(nodes[0]!.node) });
    }
    return found;
  }

  /** The collections that a constructor enters its object in and that the old version has not: see `PrivateCollection`. */
  private entered(fn: FunctionInfo, base: FunctionInfo, handle: HandleScope): NewField[] {
    const { next, resolver } = this.ctx;
    const found: NewField[] = [];
    for (const [name, collection] of collectionsOf(next, fn)) {
      if (!resolver.isNew(collection.binding)) continue;
      const steps = entering(collection, fn)?.map((value) => ({ value, given: this.givenFor(value, fn, base, handle) }));
      const fields = steps?.flatMap(({ value, given }) => (given ? [{ name, value, given, assigned: true, collection }] : []));
      if (!fields || fields.length < steps!.length) continue;
      found.push(...fields);
      this.holders.push(...lookedUp(next, collection, fn));
    }
    return found;
  }

  /** Whether instances that exist get the field that a constructor sets. */
  gives(base: FunctionInfo, name: string): boolean {
    return this.groups.get(base.owner ?? base)?.fields.some((field) => field.name === name) === true;
  }

  /** Whether it is what the constructor, or the method with which that goes on, sets it to. */
  fills(fn: FunctionInfo, name: string): boolean {
    const base = this.starting.get(fn) ?? fn;
    return this.groups.get(base.owner ?? base)?.fields.some((field) => field.name === name && field.value !== null) === true;
  }

  /** A constructor that is part of the patch so that what it makes has the new fields from the start. */
  draws(base: FunctionInfo | undefined): boolean {
    if (!base?.owner || !isConstructor(base)) return false;
    const fields = this.groups.get(base.owner)?.fields.filter((field) => !field.assigned) ?? [];
    if (base.isImplicit && base.kind === 'derived-constructor' && !mayInherit(base, this.ctx.base, fields)) return false;
    return fields.length > 0;
  }

  /**
   * Whether the original may run until all tasks run the patch: it differs in nothing but fields that new code finds on
   * what it makes all the same, or it makes objects of another version. The author answers for functions that the hook
   * file names.
   */
  isGuarded(d: Draft): boolean {
    const { fn, site } = d;
    const base = site.fn;
    if (base.tracked || fn.tracked || fn.async) return false;
    if (this.makesVersion(d)) return true;
    const shape = isConstructor(base) && isConstructor(fn) ? this.difference(base, fn) : null;
    if (shape === null) return false;
    const changes = shape.added.length + shape.removed.length > 0 || this.draws(base);
    return changes && shape.same && shape.added.every((name) => this.gives(base, name));
  }

  /** Whether what it makes once all tasks run the patch is of the next version: new code reads both. */
  makesVersion({ fn, site: { fn: base } }: Draft): boolean {
    if (base.tracked || fn.tracked || fn.async) return false;
    if (this.wanted.has(base.path)) return true;
    const shape = this.shapeOf(base, fn);
    if (shape === null || !shape.same || shape.added.length + shape.removed.length === 0) return false;
    if (shape.added.every((name) => this.gives(base, name))) return false;
    return this.readsBoth(base);
  }

  /**
   * Fields that a constructor adds or leaves out, or that a factory leaves out, where it is not guarded: older code may meet
   * what it makes.
   */
  early(d: Draft): readonly string[] {
    if (this.isGuarded(d)) return [];
    const shape = this.shapeOf(d.site.fn, d.fn);
    if (shape === null) return [];
    const { owner } = d.site.fn;
    // What a field of the class gives them, and what one does from now on, is no other shape.
    const isField = (cls: ClassInfo | null, name: string): boolean => cls !== null && fieldNamed(cls.node, name) !== null;
    return isConstructor(d.site.fn)
      ? [...shape.added.filter((name) => !isField(owner, name)), ...shape.removed.filter((name) => !isField(d.fn.owner, name))]
      : shape.removed;
  }

  private readsBoth(base: FunctionInfo): boolean {
    const { hook } = this.ctx.around;
    const name = this.className(base).split(/[./]/).at(-1)!;
    if (this.isByAuthor && hook!.readsBoth.includes(name)) return true;
    return (this.asks ??= asksForVersions(this.ctx.next.model.program));
  }

  private shapeOf(base: FunctionInfo, fn: FunctionInfo): Difference | null {
    if (isConstructor(base)) return isConstructor(fn) ? this.difference(base, fn) : null;
    const [before, after] = [factoryOf(base), factoryOf(fn)];
    if (before === null || after === null) return null;
    return {
      added: after.keys.filter((key) => !before.keys.includes(key)),
      removed: before.keys.filter((key) => !after.keys.includes(key)),
      same: this.isSame(before.rest, after.rest, base, fn),
    };
  }

  report(): void {
    const { next, log } = this.ctx;
    for (const [key, { path, fields }] of this.groups) {
      const isOther = key instanceof ClassInfo && makesOther(key, this.ctx.base);
      for (const { name, value, given, begins, was, collection } of fields.filter(isFirst)) {
        if (isOther && !name.startsWith('#'))
          log.add('instances-lack', next, value, `${path} ${name}`, `what it has made is no object of it, and has no ${name}`);
        for (const other of given ? givenOfOthers(given, next) : [])
          log.add('instances-lack', next, value, `${path} ${name}`, `they get it as if ${other} had no ${[...given!.without].join(', ')}`);
        log.add(
          'field-added',
          next,
          value,
          `${path}#${name.replace(/^#/, '')}`,
          `instances that exist ${collection ? ENTERED : 'get'} ${name} when new code first touches them${was === undefined ? (given ? madeOf(given) : '') : `: what they have as ${was}`}${begins ? ', as the constructor begins with it' : ''}`,
        );
      }
    }
  }

  /** Fields that instances get as their constructor begins them. */
  gained(): readonly GainedField[] {
    const fields = [...this.groups.values()].flatMap((group) => group.fields);
    return fields.filter(({ was, collection }) => was === undefined && !collection);
  }

  private difference(base: FunctionInfo, fn: FunctionInfo): Difference | null {
    const [a, b] = [base.node as FunctionNode, fn.node as FunctionNode];
    if (a.body.type !== 'BlockStatement' || b.body.type !== 'BlockStatement') return null;
    const [before, after] = [assignments(base), assignments(fn)];
    const added = [...after.keys()].filter((name) => !before.has(name));
    const removed = [...before.keys()].filter((name) => !after.has(name));
    const gone = new Set<AnyNode>(removed.flatMap((name) => before.get(name)!.statements));
    const come = new Set<AnyNode>(added.flatMap((name) => after.get(name)!.statements));
    const old = [...a.params, ...stepsOf(base).filter((step) => !gone.has(step))] as AnyNode[];
    const now = [...b.params, ...stepsOf(fn).filter((step) => !come.has(step))] as AnyNode[];
    return { added, removed, same: this.isSame(old, now, base, fn) };
  }

  private isSame(old: readonly AnyNode[], now: readonly AnyNode[], base: FunctionInfo, fn: FunctionInfo): boolean {
    return old.length === now.length && old.every((node, i) => compareCode(this.ctx, node, now[i]!, base, fn) === 'same');
  }

  /** Whether the author says what becomes of the instances: what they hold is not read for them. */
  private get isByAuthor(): boolean {
    return this.ctx.around.hook?.module === this.ctx.file;
  }

  /** What a value of a constructor needs of what that was given; null where it cannot be made for an instance that exists. */
  private givenFor(value: AnyNode, fn: FunctionInfo, base: FunctionInfo, handle: HandleScope): Given | null {
    const { next, resolver } = this.ctx;
    const given = isFreeOfCall(value, fn) ? givenFor(this.ctx, value, fn, base) : null;
    if (given === null || (this.isByAuthor && given.from.size + given.without.size > 0)) return null;
    const isReached = ({ start, end }: AnyNode, { locals }: Given): boolean => {
      const place = { handle, site: null, start, end, nameless: null };
      const isKnown = (ref: Reference): boolean =>
        ref.binding?.scope.fn === fn || this.isOfModule(ref) || resolver.resolve(ref, place).kind !== 'out-of-reach';
      return next.refsIn(start, end).every(isKnown) && [...locals.values()].every((local) => isReached(local.value, local.given));
    };
    return isReached(value, given) ? given : null;
  }

  /** What is new in a scope that runs once is declared there by the patch: which names those are is known only later. */
  private isOfModule({ binding, write }: Reference): boolean {
    const handle = binding && !write ? this.ctx.resolver.handleOf(binding.scope) : undefined;
    return handle !== undefined && runsOnce(handle.kind) && this.ctx.resolver.isNew(binding!);
  }

  private constantFor(
    value: AnyNode,
    fn: FunctionInfo,
    base: FunctionInfo,
    handle: HandleScope,
  ): { readonly given: Given; readonly constant: unknown } | null {
    const given = this.givenFor(value, fn, base, handle);
    const constant = given && constantOf(value, (node) => (given.missing.get(node) === NOTHING ? { value: undefined } : null));
    return constant && { given, constant: constant.value };
  }

  private group(key: ClassInfo | FunctionInfo, how: Pick<FieldGroup, 'handle' | 'type' | 'isClass'>, path: string): FieldGroup {
    let found = this.groups.get(key);
    if (!found) this.groups.set(key, (found = { ...how, path, fields: [] }));
    return found;
  }

  private className(base: FunctionInfo): string {
    return base.owner?.path ?? base.path;
  }
}

/** Whether what a class extends is a function that gives an object of its own: the fields are set on that, which new code does not touch as one of the class. */
function makesOther({ node }: ClassInfo, side: Side): boolean {
  const above = node.superClass ? side.definitionOf(node.superClass as AnyNode) : null;
  return above instanceof FunctionInfo && above.returns.some((one) => one.node.argument && !isThis(one.node.argument as AnyNode));
}

const byPlace = (a: NewField, b: NewField): number => a.value!.start - b.value!.start;

/** Of what enters instances in one collection. */
function isFirst({ collection }: NewField, index: number, all: readonly NewField[]): boolean {
  return collection === undefined || all[index - 1]?.collection !== collection;
}

function keyOf(assignment: AnyNode): { readonly key?: AnyNode } {
  const target = assignment.type === 'AssignmentExpression' ? assignment.left : null;
  return target?.type === 'MemberExpression' && target.computed ? { key: target.property as AnyNode } : {};
}

function beginnings(all: ReadonlyMap<string, Assignment>): ReadonlyMap<string, AnyNode | null> {
  return new Map([...all].map(([name, { value }]) => [name, value]));
}

function wasOf(renamed: ReadonlyMap<string, string>, name: string): { readonly was?: string } {
  const was = renamed.get(name);
  return was === undefined ? {} : { was };
}

function madeOf({ from, without }: Given): string {
  const made = from.size > 0 ? `, made of their ${[...from].join(', ')}` : '';
  return without.size > 0 ? `${made}, as if nobody had given ${[...without].join(', ')}` : made;
}
