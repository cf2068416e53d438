/**
 * Tables of instances that a constructor makes as another kind of object than before: a plain object becomes one without a
 * prototype, or a `Map`; a list becomes a `Set`. Instances that exist hold the old kind, which new code cannot read, or
 * must not: theirs are converted where all tasks switch at once, and back.
 */
import type { AnyNode, PropertyDefinition } from 'acorn';
import type { Binding, FunctionInfo, ModuleModel } from '../../source/model.ts';
import type { OutdatedObjects } from '../../patch/format.ts';
import type { ModuleContext } from '../code/context.ts';
import { compareCode } from '../code/context.ts';
import { holdsFunction } from './choices.ts';
import { isConstructor, namedInModule } from '../version/create.ts';
import { assignments } from '../code/fields.ts';
import { entriesOf } from '../code/gained.ts';
import { classPathOf, tablesGiven } from '../version/held-tables.ts';
import { isReadElsewhere } from './instances.ts';
import { keyName } from '../../source/paths.ts';
import { isStarting } from '../version/starting.ts';
import { assignedBy, surelyAssigned } from '../version/surely.ts';
import { isState } from '../version/effects.ts';
import { accessTo } from '../version/own-properties.ts';
import { isBare, kindOf, readsOtherwise } from '../version/object-kinds.ts';
import { isReadByGiven } from '../version/reads.ts';
import type { Side } from '../version/side.ts';
import { isClassNode, isFunctionNode } from '../version/walk.ts';

type Target = 'bare object' | 'Map' | 'Set';

interface Conversion {
  readonly name: string;
  readonly to: Target;
}

/** Statements that convert `o`, and back. */
interface Statements {
  readonly up: string;
  readonly down: string;
}

export class Conversions {
  private readonly ctx: ModuleContext;
  /** By the name that the class has in its module. */
  private readonly classes = new Map<string, Statements[]>();
  private readonly variables: Conversion[] = [];
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
      for (const [property, { value: now }] of assignments(fn)) {
        const was = before.get(property)?.value;
        if (!was || !now) continue;
        this.compare(property, was, now, base, fn, `${base.path} ${property}`);
        compared.push(now);
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
      if (!isSame && isReadElsewhere(property, fn, this.ctx))
        log.add('instances-hold', next, given[0]!.node, path, `objects that exist keep the ${property} they have, which other code reads`);
    }
  }

  /** Tables of another kind that a function gives to objects in any other way. */
  private reportOthers(base: FunctionInfo, fn: FunctionInfo, compared: readonly AnyNode[]): void {
    const { base: old, next, log, around } = this.ctx;
    const before = tablesGiven(base, old).tables;
    const { tables, reads } = tablesGiven(fn, next);
    for (const [name, now] of tables) {
      const was = before.get(name);
      if (
        !was ||
        !now ||
        compared.some(({ start, end }) => start <= now.value.start && now.value.end <= end) ||
        !(reads.has(name) || this.isRead(name, fn))
      )
        continue;
      const to = conversionOf(was.value, now.value);
      if (to === null && !readsOtherwise(was.value, now.value)) continue;
      const type = was.isOwn && now.isOwn && around.hook?.module !== this.ctx.file ? namedInModule(old.model, classPathOf(base)) : null;
      const path = `${base.path} ${name}`;
      const kept = `objects that exist keep the ${name} they have, which other code reads`;
      if (to === null || type === null || hidesBuiltIns(old)) {
        // Functions that come with the object read it for as long as that is there.
        const lasts = (): boolean => now.isOfMethod || isReadByGiven(name, fn, next.model.program);
        const isRefused = readsOtherwise(was.value, now.value) && lasts();
        if (isRefused) log.add('constructor-changed', next, now.value, path, `${kept} as another kind of value, and they cannot be found`);
        else log.add('instances-hold', next, now.value, path, kept);
      } else {
        this.convert(type, { up: upOf({ name, to }), down: downOf({ name, to }) });
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

  /** By its name, or as what a variable of the module knows of the object. */
  private isRead(name: string, fn: FunctionInfo): boolean {
    return isReadElsewhere(name, fn, this.ctx) || this.ctx.next.model.scope.bindings.get(name)?.captured === true;
  }

  private compare(property: string, was: AnyNode, now: AnyNode, base: FunctionInfo, fn: FunctionInfo, path: string): void {
    const { next, log, around } = this.ctx;
    if (!isReadElsewhere(property, fn, this.ctx)) return;
    if (property.startsWith('#')) {
      this.reportPrivate(was, now, base, fn, path);
      return;
    }
    const name = around.hook?.module === this.ctx.file ? null : nameInModule(this.ctx, base);
    const to = conversionOf(was, now);
    if (to !== null && name !== null) {
      this.convert(name, { up: upOf({ name: property, to }), down: downOf({ name: property, to }) });
      log.add('field-converted', next, now, path, `what objects that exist hold there becomes a ${to} when all tasks switch at once`);
      return;
    }
    if (to === null && !this.isOther(was, now, base, fn)) return;
    const inner = name === null ? [] : innerConversions(was, now, this.ctx);
    for (const { keys, to: kind } of inner) {
      const held = ['o', property, ...keys].map((key, i) => (i === 0 ? key : `[${JSON.stringify(key)}]`));
      const holders = held.slice(1, -1).map((_, i) => `$lp_plain(${held.slice(0, i + 2).join('')})`);
      const [up, down] = [upOf, downOf].map((text) => `if(${holders.join('&&')}){${text({ name: property, to: kind }, held.join(''))}}`);
      this.convert(name!, { up: up!, down: down! });
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
    const test = around.hook?.module === this.ctx.file ? null : testOf(was, now);
    if (test === null) log.add('instances-hold', next, now, path, kept);
    else if (name === null)
      log.add('constructor-changed', next, now, path, `${kept} as another kind of value, and code of the module has no name for the class`);
    else {
      const objects = `instances=>instances(${name}).filter(o=>(v=>${test})(o${accessTo(property)}))`;
      this.outdated.push({ objects, path, reason: `new code reads another kind of value there` });
      log.add('instances-hold', next, now, path, `${kept} as another kind of value: the patch applies only where none is alive`);
    }
  }

  /** Whether no object of a class may be there that has such a property. */
  isOutdated(type: string, name: string): boolean {
    return this.outdated.some(({ path }) => path.startsWith(type) && path.endsWith(` ${name}`));
  }

  /** One migration does all for an object: it has been converted, or it has not. */
  convert(type: string, statements: Statements): void {
    this.classes.set(type, [...(this.classes.get(type) ?? []), statements]);
  }

  /** Variables of the module that functions assign: what one holds is of the kind that the old code gave it. */
  reportVariables(): void {
    const { base, next, log, around } = this.ctx;
    if (around.hook?.module === this.ctx.file || hidesBuiltIns(base)) return;
    for (const [name, binding] of next.model.scope.bindings) {
      const old = base.model.scope.bindings.get(name);
      if (!old || !(isState(base.model.root, old) || isState(next.model.root, binding))) continue;
      const was = valuesOf(base, old);
      const given = valuesOf(next, binding).filter((value) => !(value?.type === 'Literal' && value.value === null));
      const [to, ...others] = new Set(given.map((value) => kindOfTable(value)));
      if (to == null || others.length > 0 || !was.some((value) => value && conversionsTo(to, value))) continue;
      this.variables.push({ name, to });
      log.add('field-converted', next, binding.declarations[0]!, name, `what it holds becomes a ${to} when all tasks switch at once`);
    }
  }

  /** Code of the module that migrates the classes and converts the variables, as `PatchModule.hooks` wants it; null for none. */
  get code(): string | null {
    if (this.classes.size + this.variables.length === 0) return null;
    const migrations = [...this.classes].map(
      ([name, conversions]) =>
        `$lp.migrate(${name},{when:'world',up(o){${conversions.map(({ up }) => up).join('')}},down(o){${conversions.map(({ down }) => down).join('')}}});\n`,
    );
    return `(function($lp){"use strict";
const $lp_is=(value,prototype)=>typeof value==='object'&&value!==null&&Object.getPrototypeOf(value)===prototype;
const $lp_plain=(value)=>{
if(typeof value!=='object'||value===null)return false;
const prototype=Object.getPrototypeOf(value);
return prototype!==null&&(prototype===Object.prototype||!Object.hasOwn(prototype,'constructor'));
};
const $lp_was=new WeakMap();
${migrations.join('')}return{postPatch(){${this.variables.map((one) => upOf(one, one.name)).join('')}},postUnpatch(){${this.variables.map((one) => downOf(one, one.name)).join('')}}}})`;
  }

  /** Of a private field only code of the class can tell what it holds. */
  private reportPrivate(was: AnyNode, now: AnyNode, base: FunctionInfo, fn: FunctionInfo, path: string): void {
    const { next, log } = this.ctx;
    const kept = `objects that exist keep the ${path.split(' ').at(-1)} they have, which other code reads`;
    if (readsOtherwise(was, now))
      log.add('constructor-changed', next, now, path, `${kept} as another kind of value, and it is private to the class`);
    else if (this.isOther(was, now, base, fn)) log.add('instances-hold', next, now, path, kept);
  }

  /** Functions within a value are patched where they are. */
  private isOther(was: AnyNode, now: AnyNode, base: FunctionInfo, fn: FunctionInfo): boolean {
    if (holdsFunction(was) || holdsFunction(now)) return false;
    // All of a field is its value, which stands for itself wherever it is compared.
    return fn.kind === 'field' || compareCode(this.ctx, was, now, base, fn) === 'differs';
  }
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

function conversionOf(was: AnyNode, now: AnyNode): Target | null {
  switch (kindOf(was)) {
    case 'ObjectExpression':
      if (isBare(now)) return isBare(was) ? null : 'bare object';
      return kindOf(now) === 'new Map' ? 'Map' : null;
    case 'ArrayExpression':
      return kindOf(now) === 'new Set' ? 'Set' : null;
    default:
      return null;
  }
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

function kindOfTable(value: AnyNode | null): Target | null {
  if (value === null) return null;
  if (isBare(value)) return 'bare object';
  const kind = kindOf(value);
  return kind === 'new Map' ? 'Map' : kind === 'new Set' ? 'Set' : null;
}

function conversionsTo(to: Target, value: AnyNode): boolean {
  return to === 'Set' ? kindOf(value) === 'ArrayExpression' : kindOf(value) === 'ObjectExpression' && !isBare(value);
}

/** Whether something hides what a conversion uses. */
function hidesBuiltIns({ model }: { readonly model: ModuleModel }): boolean {
  return ['Object', 'Array', 'Map', 'Set'].some((name) => model.scope.lookup(name) !== null);
}

/** How code of the module can name what `base` makes; null where it cannot, or where something hides what a conversion uses. */
function nameInModule({ base: { model } }: ModuleContext, base: FunctionInfo): string | null {
  return hidesBuiltIns({ model }) ? null : namedInModule(model, base.owner?.path ?? base.path);
}

/**
 * Only of what the old code made: the program may have put something else there. A table of its that has been given a
 * prototype, which is none of a class, got that by an assignment to the key `__proto__`.
 */
function upOf({ name, to }: Conversion, held = `o${accessTo(name)}`): string {
  switch (to) {
    case 'bare object':
      return `if($lp_plain(${held}))Object.setPrototypeOf(${held},null);`;
    case 'Map':
      return `if($lp_plain(${held}))${held}=new Map(Object.entries(${held}));`;
    case 'Set':
      return `if($lp_is(${held},Array.prototype))${held}=new Set(${held});`;
  }
}

/** What the old code could not have put there is left out: an assignment to `__proto__` gave its table a prototype. */
function downOf({ name, to }: Conversion, held = `o${accessTo(name)}`): string {
  switch (to) {
    case 'bare object':
      return `if($lp_is(${held},null)){delete ${held}.__proto__;Object.setPrototypeOf(${held},Object.prototype);}`;
    case 'Map':
      return `if($lp_is(${held},Map.prototype))${held}=Object.fromEntries([...${held}].filter(([key])=>key!=='__proto__'));`;
    case 'Set':
      return `if($lp_is(${held},Set.prototype))${held}=[...${held}];`;
  }
}
