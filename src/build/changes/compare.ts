/** Compares values of the top level: functions and classes by which is which, the rest by their code. */
import type { AnyNode, ObjectExpression, Property } from 'acorn';
import { ClassInfo, FunctionInfo } from '../../source/model.ts';
import { keyName, memberText } from '../../source/paths.ts';
import { compareCode } from '../code/context.ts';
import type { Comparison, ModuleContext } from '../code/context.ts';
import { returnsNoPromise } from '../code/draft.ts';
import { INTEROP_WRITTEN } from '../version/forms/interop.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import { exportKey } from '../version/forms/items.ts';
import type { Items, Named } from '../version/forms/items.ts';
import type { Owner, Side } from '../version/side.ts';
import { isWrittenOut } from '../version/forms/written-helpers.ts';
import { nameOfWhole, renamedDefinitions } from './names/renamed-definitions.ts';
import { literalOf, wholeOf } from './names/whole.ts';

/** `replaced`: a function or class gave way to a value of another kind. */
export type ValueComparison = Comparison | 'replaced';

export class ValueComparer {
  private readonly ctx: ModuleContext;
  private readonly baseFn: FunctionInfo;
  private readonly nextFn: FunctionInfo;

  constructor(ctx: ModuleContext, baseFn: FunctionInfo, nextFn: FunctionInfo) {
    this.ctx = ctx;
    this.baseFn = baseFn;
    this.nextFn = nextFn;
  }

  named(before: Named, item: Named): ValueComparison {
    const { base, next, match } = this.ctx;
    if (before.kind === 'import' || item.kind === 'import')
      return before.kind === item.kind && before.source === item.source && before.imported === item.imported ? 'same' : 'differs';
    if (before.value === null || item.value === null) return before.value === item.value ? 'same' : 'differs';
    // What it gave as the module loaded is what the other would give.
    const isInterop = before.name === item.name && INTEROP_WRITTEN.test(item.name);
    if (isInterop && isWrittenOut(before.name, before.value) && isWrittenOut(item.name, item.value)) return 'same';
    const oldFn = base.fnAt.get(before.value);
    const newFn = next.fnAt.get(item.value);
    if (oldFn || newFn) {
      if (!oldFn) return 'differs';
      if (newFn && match.baseOf.get(newFn) === oldFn) return 'same';
      // Who holds the old function goes on in its successor, which has another name; the name is another function's.
      return newFn && match.nextOf.has(oldFn) ? 'differs' : 'replaced';
    }
    const oldClass = base.classAt.get(before.value);
    const newClass = next.classAt.get(item.value);
    if (oldClass || newClass) {
      if (!oldClass) return 'differs';
      return newClass && match.classBase.get(newClass) === oldClass ? 'same' : 'replaced';
    }
    if (before.extract !== item.extract) return 'differs';
    return compareCode(this.ctx, before.value, item.value, this.baseFn, this.nextFn);
  }

  /** Calls `differs` for each property that is new or has another value; false when the objects cannot be compared by property. */
  objects(before: ObjectExpression, value: ObjectExpression, differs: (property: Property, was: Property | undefined) => void): boolean {
    const plain = (o: ObjectExpression): Map<string, Property> | null => {
      const found = new Map<string, Property>();
      for (const p of o.properties) {
        if (p.type !== 'Property' || p.computed || p.kind !== 'init') return null;
        found.set(keyName(p.key, false), p);
      }
      return found;
    };
    const a = plain(before);
    const b = plain(value);
    if (!a || !b) return false;
    for (const [key, property] of b) {
      const was = a.get(key);
      const result = was ? this.values(was.value, property.value) : 'differs';
      if (result === 'replaced') return false;
      if (result !== 'same') differs(property, was);
    }
    return true;
  }

  values(before: AnyNode, value: AnyNode): ValueComparison {
    const { base, next } = this.ctx;
    const old = base.definitionMeant(before);
    if (!old) return compareCode(this.ctx, before, value, this.baseFn, this.nextFn);
    const now = next.definitionMeant(value);
    if (!this.isPartner(old, now)) return 'replaced';
    // Who looks it up anew gets the function itself, which returns no promises.
    return old instanceof FunctionInfo && now instanceof FunctionInfo && returnsNoPromise(old, now) ? 'differs' : 'same';
  }

  /** Whether `next` is the new version of `base`, so that the running function or class goes on as it. */
  isPartner(base: Owner, next: Owner | null): boolean {
    const { match } = this.ctx;
    if (!next) return false;
    return (next instanceof ClassInfo ? match.classBase.get(next) : match.baseOf.get(next)) === base;
  }
}

/** Pairs the functions and classes that both versions give away under one name, whatever they are called inside. */
export function pairByRole(ctx: ModuleContext, baseFn: FunctionInfo, nextFn: FunctionInfo, old: Items, items: Items): void {
  pairRoles(ctx, rolesOf(ctx.base, baseFn, old), rolesOf(ctx.next, nextFn, items));
  pairGiven(ctx, old, items);
  // What is put on a function that goes on under another name.
  const whole = nameOfWhole(ctx, [baseFn, nextFn], old, items);
  if (whole) ctx.next.roles.set(whole, 'module.exports');
  const names = new Map(renamedDefinitions(ctx, old, items).map(({ before, now }) => [now.name, before.name]));
  if (names.size === 0 && !whole) return;
  const underOldName = (role: string): string =>
    exportKey(
      role.replace(/^[^.]+(?=\.)/, (name) => names.get(name) ?? name),
      old,
    );
  const now = rolesOf(ctx.next, nextFn, itemsOf(ctx.next, nextFn));
  pairRoles(ctx, rolesOf(ctx.base, baseFn, old), new Map([...now].map(([role, own]) => [underOldName(role), own])));
}

function pairRoles(ctx: ModuleContext, was: ReadonlyMap<string, Owner>, now: ReadonlyMap<string, Owner>): void {
  const successors = new Map<Owner, Set<Owner>>();
  for (const [role, base] of was) {
    const next = now.get(role);
    if (!next) continue;
    ctx.match.pairByRole(base, next);
    successors.set(base, (successors.get(base) ?? new Set()).add(next));
  }
  const given = new Set(was.values());
  for (const [base, nexts] of successors) {
    const [next] = nexts;
    if (nexts.size > 1 || !(base instanceof FunctionInfo) || !(next instanceof FunctionInfo) || ctx.match.nextOf.get(base) === next)
      continue;
    // One that goes by the same name, and that somebody else is given, stays who it was.
    const other = ctx.match.baseOf.get(next);
    if (other && given.has(other)) continue;
    ctx.match.repair(base, next);
  }
}

/** What is given to the call that makes what a CommonJS module gives away: who holds that runs it. */
function pairGiven({ base, next, match }: ModuleContext, old: Items, items: Items): void {
  const [was, now] = [wholeOf(old, base)?.value, wholeOf(items, next)?.value];
  if (was?.type !== 'CallExpression' || now?.type !== 'CallExpression') return;
  const callee = memberText(was.callee as AnyNode);
  if (callee === undefined || memberText(now.callee as AnyNode) !== callee) return;
  for (const [i, argument] of was.arguments.entries()) {
    const [before, own] = [base.definitionOf(argument as AnyNode), now.arguments[i] && next.definitionOf(now.arguments[i] as AnyNode)];
    if (before && own) match.pairByRole(before, own);
  }
}

function rolesOf(side: Side, fn: FunctionInfo, items: Items): Map<string, Owner> {
  const roles = new Map<string, Owner>();
  const add = (role: string, owner: Owner | null | undefined): void => {
    if (owner) roles.set(role, owner);
  };
  for (const [name, item] of items.exported) {
    const binding = fn.body.bindings.get(item.local);
    add(
      `export ${name}`,
      item.value ? side.definitionOf(item.value) : item.source === null && binding ? side.definitionNamed(binding) : null,
    );
  }
  for (const { value, targets } of items.named.values())
    for (const target of value ? targets : []) add(exportKey(memberText(target) ?? '', items), side.definitionOf(value!));
  for (const item of items.assigned) {
    const { key, value, getter } = item;
    // A getter is not what it gives.
    add(`${getter ? 'get ' : ''}${exportKey(key, items)}`, side.definitionMeant(value));
    const table = key === 'module.exports' ? literalOf(items, item)?.value : value;
    if (table?.type !== 'ObjectExpression') continue;
    for (const p of table.properties)
      if (p.type === 'Property' && !p.computed && p.kind === 'init')
        add(exportKey(`${key}.${keyName(p.key, false)}`, items), side.definitionOf(p.value));
  }
  for (const node of items.others) if (node.type === 'ReturnStatement' && node.argument) add('return', side.definitionOf(node.argument));
  return roles;
}
