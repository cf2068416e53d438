/**
 * Tables of instances that a constructor makes as another kind of object than before: a plain object becomes one without a
 * prototype, or a `Map`; a list becomes a `Set`. Instances that exist hold the old kind, which new code cannot read, or
 * must not: theirs are converted where all tasks switch at once, and back.
 */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { compareCode } from '../code/context.ts';
import { holdsFunction } from './choices.ts';
import { isConstructor } from '../version/create.ts';
import { assignments } from '../code/fields.ts';
import { isReadElsewhere } from './instances.ts';
import { kindOf } from '../version/object-kinds.ts';

type Target = 'bare object' | 'Map' | 'Set';

interface Conversion {
  readonly name: string;
  readonly to: Target;
}

export class Conversions {
  private readonly ctx: ModuleContext;
  /** By the name that the class has in its module. */
  private readonly classes = new Map<string, readonly Conversion[]>();

  constructor(ctx: ModuleContext) {
    this.ctx = ctx;
  }

  /** A constructor of the patch that differs itself. An author whose callbacks stand in the module migrates what is to be migrated. */
  report(base: FunctionInfo, fn: FunctionInfo): void {
    if (!isConstructor(fn)) return;
    const { next, log, around } = this.ctx;
    const name = around.hook?.module === this.ctx.file ? null : nameInModule(this.ctx, base);
    const before = assignments(base);
    const found: Conversion[] = [];
    for (const [property, { value: now }] of assignments(fn)) {
      const was = before.get(property)?.value;
      if (!was || !now || !isReadElsewhere(property, fn, this.ctx)) continue;
      const path = `${base.path} ${property}`;
      const to = conversionOf(was, now);
      if (to !== null && name !== null) {
        found.push({ name: property, to });
        log.add('field-converted', next, now, path, `what objects that exist hold there becomes a ${to} when all tasks switch at once`);
      } else if (to !== null || this.isOther(was, now, base, fn))
        log.add('instances-hold', next, now, path, `objects that exist keep the ${property} they have, which other code reads`);
    }
    if (name !== null && found.length > 0) this.classes.set(name, found);
  }

  /** Code of the module that migrates the classes, as `PatchModule.hooks` wants it; null for none. */
  get code(): string | null {
    if (this.classes.size === 0) return null;
    const migrations = [...this.classes].map(
      ([name, conversions]) =>
        `$lp.migrate(${name},{when:'world',up(o){${conversions.map(upOf).join('')}},down(o){${conversions.map(downOf).join('')}}});\n`,
    );
    return `(function($lp){"use strict";
const $lp_is=(value,prototype)=>typeof value==='object'&&value!==null&&Object.getPrototypeOf(value)===prototype;
const $lp_plain=(value)=>{
if(typeof value!=='object'||value===null)return false;
const prototype=Object.getPrototypeOf(value);
return prototype!==null&&(prototype===Object.prototype||!Object.hasOwn(prototype,'constructor'));
};
${migrations.join('')}return{}})`;
  }

  /** Functions within a value are patched where they are. */
  private isOther(was: AnyNode, now: AnyNode, base: FunctionInfo, fn: FunctionInfo): boolean {
    return !holdsFunction(was) && !holdsFunction(now) && compareCode(this.ctx, was, now, base, fn) === 'differs';
  }
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

/** `Object.create(null)`, or a literal whose prototype is null. */
function isBare(node: AnyNode): boolean {
  if (node.type === 'ObjectExpression')
    return node.properties.some(
      (property) =>
        property.type === 'Property' &&
        !property.computed &&
        !property.shorthand &&
        property.key.type === 'Identifier' &&
        property.key.name === '__proto__' &&
        property.value.type === 'Literal' &&
        property.value.value === null,
    );
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || node.callee.computed) return false;
  const { object, property } = node.callee;
  const [given, ...more] = node.arguments;
  return (
    object.type === 'Identifier' &&
    object.name === 'Object' &&
    property.type === 'Identifier' &&
    property.name === 'create' &&
    given?.type === 'Literal' &&
    given.value === null &&
    more.length === 0
  );
}

/** How code of the module can name what `base` makes; null where it cannot, or where something hides what a conversion uses. */
function nameInModule({ base: { model } }: ModuleContext, base: FunctionInfo): string | null {
  if (['Object', 'Array', 'Map', 'Set'].some((name) => model.scope.lookup(name) !== null)) return null;
  const path = base.owner?.path ?? base.path;
  const binding = model.scope.lookup(path);
  return binding?.scope === model.scope && !binding.reassigned && binding.declarations.length === 1 ? path : null;
}

/**
 * Only of what the old code made: the program may have put something else there. A table of its that has been given a
 * prototype, which is none of a class, got that by an assignment to the key `__proto__`.
 */
function upOf({ name, to }: Conversion): string {
  const held = `o[${JSON.stringify(name)}]`;
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
function downOf({ name, to }: Conversion): string {
  const held = `o[${JSON.stringify(name)}]`;
  switch (to) {
    case 'bare object':
      return `if($lp_is(${held},null)){delete ${held}.__proto__;Object.setPrototypeOf(${held},Object.prototype);}`;
    case 'Map':
      return `if($lp_is(${held},Map.prototype))${held}=Object.fromEntries([...${held}].filter(([key])=>key!=='__proto__'));`;
    case 'Set':
      return `if($lp_is(${held},Set.prototype))${held}=[...${held}];`;
  }
}
