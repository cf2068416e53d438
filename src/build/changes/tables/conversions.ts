/**
 * Tables of instances that a constructor makes as another kind of object than before: a plain object becomes one without a
 * prototype, or a `Map`; a list becomes a `Set`. Instances that exist hold the old kind, which new code cannot read, or
 * must not: theirs are converted where all tasks switch at once, and back.
 */
import type { AnyNode, PropertyDefinition } from 'acorn';
import { runsOnce } from '../../../instrument/plan.ts';
import type { HandleScope } from '../../../instrument/plan.ts';
import { contains } from '../../../source/contains.ts';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import type { OutdatedObjects, ScopeCallbacks } from '../../../patch/format.ts';
import type { ModuleContext } from '../../code/context.ts';
import { compareCode } from '../../code/context.ts';
import { holdsFunction } from '../../code/choices.ts';
import { isCalledOtherwise } from '../../version/values/call-counts.ts';
import { classNamed, isConstructor } from '../../version/objects/create.ts';
import type { InScope } from '../../version/objects/create.ts';
import { assignments } from '../../code/fields.ts';
import { entriesOf } from '../../code/gained.ts';
import { tablesGiven } from '../../version/kept/held-tables.ts';
import { isReadElsewhere } from '../../existing/instances.ts';
import { keyName } from '../../../source/paths.ts';
import { isStarting } from '../../version/objects/starting.ts';
import { assignedBy, surelyAssigned } from '../../version/objects/surely.ts';
import { isState } from '../../version/values/effects.ts';
import { accessTo, ownProperty } from '../../version/forms/own-properties.ts';
import { isBare, kindOf, readsOtherwise } from '../../version/values/object-kinds.ts';
import { isReadByGiven } from '../../version/objects/reads.ts';
import type { Side } from '../../version/side.ts';
import type { TopDiff } from '../top.ts';
import { isClassNode, isFunctionNode } from '../../version/program/walk.ts';
import { codeOf, downOf, upOf } from './conversion-code.ts';
import type { Conversion, Statements } from './conversion-code.ts';
import { conversionOf, isOwnAlone, resists } from './convertible.ts';
import type { Target } from './convertible.ts';

export class Conversions {
  private readonly ctx: ModuleContext;
  /** Of each scope, by the name that the class has there. */
  private readonly classes = new Map<HandleScope, Map<string, Statements[]>>();
  private readonly variables = new Map<HandleScope, Conversion[]>();
  /** Objects that hold what new code cannot read, and what nothing makes of it. */
  readonly outdated: OutdatedObjects[] = [];

  constructor(ctx: ModuleContext) {
    this.ctx = ctx;
  }

  /**
   * A constructor of the patch that differs itself, or what a field begins with. An author whose callbacks stand in the module
   * migrates what is to be migrated.
   */
  report(base: FunctionInfo, fn: FunctionInfo): void {
    if (fn.kind === 'field') {
      const [before, now] = [base, fn].map(({ node }) => node as PropertyDefinition & AnyNode);
      if (now!.static || now!.computed) return;
      const property = keyName(now!.key, false);
      const maker = fn.owner?.members.find(isConstructor);
      if (before!.value && now!.value && !(maker && surelyAssigned(maker).has(property)))
        this.compare(property, before!.value, now!.value, base, fn, `${base.owner?.path ?? base.path} ${property}`);
    }
    const compared: AnyNode[] = [];
    if (isConstructor(fn)) {
      const before = assignments(base);
      const given = assignments(fn);
      for (const [property, { value }] of given) {
        const was = before.get(property)?.value;
        if (!was || !value) continue;
        compared.push(value);
        // What it lacks of the new value new code finds there all the same.
        if (this.ctx.resolver.keptOptions.some((kept) => kept.value === value)) continue;
        const begun = given.get(ownProperty(value) ?? '')?.value;
        // What another property has been given is what that began with.
        const now = begun && begun.start < value.start && ownProperty(was) === null ? begun : value;
        this.compare(property, was, now, base, fn, `${base.path} ${property}`);
      }
    }
    this.reportOthers(base, fn, compared);
    if (isConstructor(fn) || isStarting(fn, this.ctx.next)) this.reportGiven(base, fn, compared);
  }

  /** What a constructor, or a method with which it goes on, gives its object in any way: those that exist have what its old version gave them. */
  private reportGiven(base: FunctionInfo, fn: FunctionInfo, compared: readonly AnyNode[]): void {
    const { next, log } = this.ctx;
    const before = assignedBy(base);
    for (const [property, given] of assignedBy(fn)) {
      const was = before.get(property);
      const path = `${base.path} ${property}`;
      if (!was || given.some(({ right }) => compared.includes(right)) || log.rows.some((row) => row.path === path)) continue;
      const isSame =
        was.length === given.length &&
        given.every((one, i) => one.operator === was[i]!.operator && !this.isOther(was[i]!.right, one.right, base, fn));
      // What is said of a property besides its value is for whoever looks at all of the object.
      const isRead = given.some(({ operator }) => operator === 'described') || isReadElsewhere(property, fn, this.ctx);
      if (isSame || !isRead) continue;
      const kept = `objects that exist keep the ${property} they have, which other code reads`;
      const isAlone = was.length === 1 && given.length === 1 && this.ctx.around.hook?.module !== this.ctx.file;
      const test = isAlone ? testOf(was[0]!.right, given[0]!.right) : null;
      const type = test === null ? null : nameOf(this.ctx, base);
      if (type !== null && test !== null) this.refuseKind(type, property, test, given[0]!.node, path, kept);
      else log.add('instances-hold', next, given[0]!.node, path, kept);
    }
  }

  /** Tables of another kind that a function gives to objects in any other way. */
  private reportOthers(base: FunctionInfo, fn: FunctionInfo, compared: readonly AnyNode[]): void {
    const { base: old, next, log, around } = this.ctx;
    const before = tablesGiven(base).tables;
    const { tables, reads } = tablesGiven(fn);
    for (const [name, now] of tables) {
      const was = before.get(name);
      if (!was || !now || compared.some((own) => contains(own, now.value)) || !(reads.has(name) || this.isRead(name, fn))) continue;
      const to = conversionOf(was.value, now.value);
      if (to === null && !readsOtherwise(was.value, now.value)) continue;
      const type = was.isOwn && now.isOwn && around.hook?.module !== this.ctx.file ? classNamed(old, base) : null;
      const path = `${base.path} ${name}`;
      const kept = `objects that exist keep the ${name} they have, which other code reads`;
      if (to === null || type === null || hidesBuiltIns(type.handle) || !isOwnAlone(old, name, to)) {
        const test = testOf(was.value, now.value);
        // Functions that come with the object read it for as long as that is there.
        const lasts = (): boolean => now.isOfMethod || isReadByGiven(name, fn, next.model.program);
        const isRefused = readsOtherwise(was.value, now.value) && lasts();
        if (isRefused) log.add('constructor-changed', next, now.value, path, `${kept} as another kind of value, and they cannot be found`);
        else if (type !== null && to !== null && test !== null) this.refuseKind(type, name, test, now.value, path, kept);
        else log.add('instances-hold', next, now.value, path, kept);
      } else {
        this.convert(type, { up: upOf({ name, to }), down: downOf({ name, to }) });
        this.refuseOthers(type, { name, to }, path);
        log.add(
          'field-converted',
          next,
          now.value,
          path,
          `what objects that exist hold there becomes a ${to} when all tasks switch at once`,
        );
      }
    }
  }

  /** By its name, or as what a variable of a scope that runs once knows of the object. */
  private isRead(name: string, fn: FunctionInfo): boolean {
    const { next } = this.ctx;
    const binding = fn.scope.lookup(name);
    return isReadElsewhere(name, fn, this.ctx) || (binding?.captured === true && runsOnce(next.plan.handleOf.get(binding.scope.fn)?.kind));
  }

  private compare(property: string, was: AnyNode, now: AnyNode, base: FunctionInfo, fn: FunctionInfo, path: string): void {
    const { next, log, around } = this.ctx;
    if (!isReadElsewhere(property, fn, this.ctx)) return;
    if (property.startsWith('#')) {
      this.reportPrivate(was, now, base, fn, path);
      return;
    }
    const type = around.hook?.module === this.ctx.file ? null : nameOf(this.ctx, base);
    const to = conversionOf(was, now);
    if (to !== null && type !== null && isOwnAlone(this.ctx.base, property, to)) {
      this.convert(type, { up: upOf({ name: property, to }), down: downOf({ name: property, to }) });
      this.refuseOthers(type, { name: property, to }, path);
      log.add('field-converted', next, now, path, `what objects that exist hold there becomes a ${to} when all tasks switch at once`);
      return;
    }
    if (to === null && !this.isOther(was, now, base, fn)) return;
    const inner = type === null ? [] : innerConversions(was, now, this.ctx);
    for (const { keys, to: kind } of inner) {
      const held = ['o', property, ...keys].map((key, i) => (i === 0 ? key : `[${JSON.stringify(key)}]`));
      const holders = held.slice(1, -1).map((_, i) => `$lp_plain(${held.slice(0, i + 2).join('')})`);
      const [up, down] = [upOf, downOf].map((text) => `if(${holders.join('&&')}){${text({ name: property, to: kind }, held.join(''))}}`);
      this.convert(type!, { up: up!, down: down! });
      const where = [property, ...keys].join('.');
      log.add(
        'field-converted',
        next,
        now,
        `${path}.${keys.join('.')}`,
        `what objects that exist hold as ${where} becomes a ${kind} when all tasks switch at once`,
      );
    }
    if (inner.length > 0) return;
    const kept = `objects that exist keep the ${property} they have, which other code reads`;
    const isOtherCall = (): boolean => isCalledOtherwise(property, this.ctx.base, next);
    const byAuthor = around.hook?.module === this.ctx.file;
    const test = byAuthor ? null : (testOf(was, now) ?? (type !== null && isOtherCall() ? "typeof v==='function'" : null));
    if (test === null) log.add('instances-hold', next, now, path, kept);
    else if (type === null)
      log.add('constructor-changed', next, now, path, `${kept} as another kind of value, and code of the module has no name for the class`);
    else this.refuseKind(type, property, test, now, path, kept);
  }

  /** Objects to which a constructor gave what `whole` stands for, which is another object or function now; false where they cannot be found. */
  refuseWhole(base: FunctionInfo, fn: FunctionInfo, property: string, whole: Binding): boolean {
    const type = nameOf(this.ctx, base);
    if (type === null || type.handle.scope.lookup(whole.name) !== whole) return false;
    const path = `${base.path} ${property}`;
    if (!isReadElsewhere(property, fn, this.ctx) || this.isOutdated(base.path, property)) return true;
    this.ctx.log.withdraw('instances-hold', path);
    const kept = `objects that exist keep the ${property} they have, which other code reads`;
    this.refuseKind(type, property, `v===${whole.name}`, fn.node as AnyNode, path, kept);
    return true;
  }

  /** Objects with a value there of a kind that new code cannot read. */
  private refuseKind(type: InScope, property: string, test: string, now: AnyNode, path: string, kept: string): void {
    const objects = `instances=>instances(${type.name}).filter(o=>(v=>${test})(o${accessTo(property)}))`;
    this.outdated.push({ scope: type.handle.id, objects, path, reason: `new code reads another kind of value there` });
    this.ctx.log.add(
      'instances-hold',
      this.ctx.next,
      now,
      path,
      `${kept} as another kind of value: the patch applies only where none is alive`,
    );
  }

  /** Whether no object of a class may be there that has such a property. */
  isOutdated(type: string, name: string): boolean {
    return this.outdated.some(({ path }) => path.startsWith(type) && path.endsWith(` ${name}`));
  }

  /** One migration does all for an object: it has been converted, or it has not. */
  convert({ handle, name }: InScope, statements: Statements): void {
    const classes = this.classes.get(handle) ?? new Map<string, Statements[]>();
    this.classes.set(handle, classes);
    classes.set(name, [...(classes.get(name) ?? []), statements]);
  }

  /** Objects with a table that cannot become another, or not without a loss. */
  private refuseOthers(type: InScope, { name, to }: Conversion, path: string): void {
    const property = JSON.stringify(name);
    const objects = `instances=>instances(${type.name}).filter(o=>((v,d)=>${resists(to)})(o[${property}],Object.getOwnPropertyDescriptor(o,${property})))`;
    this.outdated.push({ scope: type.handle.id, objects, path: `${path} entries`, reason: cannotBecome(to) });
  }

  /** Variables of a scope that runs once and that functions assign: what one holds is of the kind that the old code gave it. */
  reportVariables({ handle, baseFn, nextFn }: TopDiff): void {
    const { base, next, log, around } = this.ctx;
    if (around.hook?.module === this.ctx.file || !runsOnce(handle.kind) || hidesBuiltIns(handle)) return;
    for (const [name, binding] of nextFn.body.bindings) {
      const old = baseFn.body.bindings.get(name);
      const isMoved = log.rows.some(({ code, path }) => code === 'field-converted' && path === name);
      if (!old || !(isMoved || isState(baseFn, old) || isState(nextFn, binding))) continue;
      const was = valuesOf(base, old);
      const given = valuesOf(next, binding).filter((value) => !(value?.type === 'Literal' && value.value === null));
      const to = kindGiven(given, was);
      if (to === null || !was.some((value) => value && conversionsTo(to, value))) continue;
      const objects = `()=>((v,d)=>${resists(to)})(${old.name})?[0]:[]`;
      this.outdated.push({ scope: handle.id, objects, path: `${name} entries`, reason: cannotBecome(to) });
      if (isMoved) continue;
      this.variables.set(handle, [...(this.variables.get(handle) ?? []), { name, to }]);
      log.withdraw('live-state', name);
      log.add('field-converted', next, binding.declarations[0]!, name, `what it holds becomes a ${to} when all tasks switch at once`);
    }
  }

  /** Code of each scope that migrates its classes and converts its variables. */
  get callbacks(): ScopeCallbacks[] {
    const handles = new Set([...this.classes.keys(), ...this.variables.keys()]);
    return [...handles]
      .toSorted((a, b) => a.id - b.id)
      .map((handle) => {
        const classes = this.classes.get(handle) ?? new Map<string, Statements[]>();
        return { scope: handle.id, names: [...classes.keys()], code: codeOf(classes, this.variables.get(handle) ?? []) };
      });
  }

  /** Of a private field only code of the class can tell what it holds. */
  private reportPrivate(was: AnyNode, now: AnyNode, base: FunctionInfo, fn: FunctionInfo, path: string): void {
    const { next, log } = this.ctx;
    const kept = `objects that exist keep the ${path.split(' ').at(-1)} they have, which other code reads`;
    if (readsOtherwise(was, now))
      log.add('constructor-changed', next, now, path, `${kept} as another kind of value, and it is private to the class`);
    else if (this.isOther(was, now, base, fn)) log.add('instances-hold', next, now, path, kept);
  }

  private isOther(was: AnyNode, now: AnyNode, base: FunctionInfo, fn: FunctionInfo): boolean {
    if (isPatchedInPlace(now)) return this.holdsOther(was, now, fn);
    // All of a field is its value, which stands for itself wherever it is compared.
    return fn.kind === 'field' || compareCode(this.ctx, was, now, base, fn) === 'differs';
  }

  /** Whether functions that a value holds go on as none that the old one held: who has that lacks them. */
  private holdsOther(was: AnyNode, now: AnyNode, fn: FunctionInfo): boolean {
    const { match } = this.ctx;
    // What a constructor sets up is told of by who looks at that.
    if (fn.kind !== 'field' && isFunctionNode(now)) return false;
    const isOf = (own: FunctionInfo): boolean => {
      const old = match.baseOf.get(own);
      return old !== undefined && old.node.start >= was.start && old.node.end <= was.end;
    };
    return !fn.children.filter(({ node }) => contains(now, node as AnyNode)).every(isOf);
  }
}

const cannotBecome = (to: Target): string =>
  `what is there cannot become a ${to}: it is sealed, or has what would be lost, as a key that may have been a number`;

/** A function, or what holds some under names: they are patched where they are. What a call has made of one stays what it is. */
function isPatchedInPlace(value: AnyNode): boolean {
  const isMade = (value.type === 'CallExpression' || value.type === 'NewExpression') && !isFunctionNode(value.callee as AnyNode);
  return !isMade && holdsFunction(value);
}

/** Whether `v` is of the kind that the old code made, as an expression; null where code that reads the new kind may read it. */
function testOf(was: AnyNode, now: AnyNode): string | null {
  if (!readsOtherwise(was, now)) return null;
  const kind = kindOf(was);
  switch (kind) {
    case 'ArrayExpression': {
      const [before, after] = [was, now].map((list) => (list.type === 'ArrayExpression' ? list.elements[0] : null));
      if (!before || !after) return 'Array.isArray(v)';
      const entry = testOf(before, after);
      return entry && `Array.isArray(v)&&v.some(v=>${entry})`;
    }
    case 'ObjectExpression':
      return "typeof v==='object'&&v!==null&&[null,Object.prototype].includes(Object.getPrototypeOf(v))";
    case 'new Map':
    case 'new Set':
      return `v instanceof ${kind.slice('new '.length)}`;
    case null:
      return isFunctionNode(was) || isClassNode(was) ? "typeof v==='function'" : "typeof v!=='function'&&(typeof v!=='object'||v===null)";
    default:
      // Of a class of the program another may be no other to who reads it.
      return null;
  }
}

/** Where tables within a table become others: nothing where the two differ in anything else. */
function innerConversions(was: AnyNode, now: AnyNode, ctx: ModuleContext): { readonly keys: readonly string[]; readonly to: Target }[] {
  if (isBare(was) || isBare(now)) return [];
  const [before, after] = [entriesOf(was), entriesOf(now)];
  if (!before || !after || before.size !== after.size) return [];
  const found: { readonly keys: readonly string[]; readonly to: Target }[] = [];
  for (const [key, entry] of after) {
    const [old, value] = [before.get(key)?.value as AnyNode | undefined, entry.value as AnyNode];
    if (!old) return [];
    if (ctx.base.full(old) === ctx.next.full(value)) continue;
    const to = conversionOf(old, value);
    const inner =
      to === null ? innerConversions(old, value, ctx).map((one) => ({ ...one, keys: [key, ...one.keys] })) : [{ keys: [key], to }];
    if (inner.length === 0) return [];
    found.push(...inner);
  }
  return found;
}

/** What a variable is given, anywhere; null for what is no assignment of an expression. */
function valuesOf(side: Side, { declarations, references }: Binding): (AnyNode | null)[] {
  const begun = declarations.flatMap((id) => side.valueOf(id) ?? []);
  const written = references.filter(({ node, write }) => write && !declarations.some((id) => id === node));
  return [
    ...begun,
    ...written.map(({ node, parent }) =>
      parent.type === 'AssignmentExpression' && parent.left === node && parent.operator === '=' ? parent.right : null,
    ),
  ];
}

/**
 * The one kind of table that a variable is given. Where it begins as one without a prototype and functions go on giving it plain
 * objects, new code reads both.
 */
function kindGiven(given: readonly (AnyNode | null)[], was: readonly (AnyNode | null)[]): Target | null {
  const [first, ...others] = given;
  const kinds = new Set(given.map((value) => kindOfTable(value)));
  if (kinds.size === 1) return [...kinds][0]!;
  const begins = first != null && isBare(first) && was[0] != null && conversionsTo('bare object', was[0]);
  return begins && others.every((value) => value && (isBare(value) || conversionsTo('bare object', value))) ? 'bare object' : null;
}

function kindOfTable(value: AnyNode | null): Target | null {
  if (value === null) return null;
  if (isBare(value)) return 'bare object';
  const kind = kindOf(value);
  return kind === 'new Map' ? 'Map' : kind === 'new Set' ? 'Set' : null;
}

function conversionsTo(to: Target, value: AnyNode): boolean {
  return to === 'Set' ? kindOf(value) === 'ArrayExpression' : kindOf(value) === 'ObjectExpression' && !isBare(value);
}

/** Whether something hides what a conversion uses in a scope. */
function hidesBuiltIns({ scope }: HandleScope): boolean {
  return ['Object', 'Array', 'Map', 'Set'].some((name) => scope.lookup(name) !== null);
}

/** How code can name what `base` makes; null where it cannot, or where something hides what a conversion uses. */
function nameOf({ base }: ModuleContext, fn: FunctionInfo): InScope | null {
  const type = classNamed(base, fn);
  return type === null || hidesBuiltIns(type.handle) ? null : type;
}
