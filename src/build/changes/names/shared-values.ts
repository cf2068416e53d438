/**
 * One value under several names: `a.x = b.y = value` makes one object, and so does the patch. Where one of the names is there
 * already and goes on with what it holds, the others are given that.
 */
import type { AnyNode } from 'acorn';
import type { ModuleContext } from '../../code/context.ts';
import type { Units } from '../../code/unit.ts';
import { exportKey } from '../../version/forms/items.ts';
import type { Assigned } from '../../version/forms/items.ts';
import { givenBefore } from './given-before.ts';
import type { TopDiff } from '../top.ts';

export class SharedValues {
  private readonly ctx: ModuleContext;
  private readonly units: Units;
  /** By the value: what code of its scope calls it. */
  private readonly known = new Map<AnyNode, string | null>();

  constructor(ctx: ModuleContext, units: Units) {
    this.ctx = ctx;
    this.units = units;
  }

  /** The text that gives it; null where one name alone is given it. */
  text(value: AnyNode, top: TopDiff): string | null {
    let text = this.known.get(value);
    if (text === undefined) this.known.set(value, (text = this.living(value, top) ?? this.made(value, top)));
    return text;
  }

  /** The name that has it already. */
  private living(value: AnyNode, top: TopDiff): string | null {
    const { resolver } = this.ctx;
    for (const item of top.items.named.values()) {
      const binding = item.value === value && item.extract === '' ? top.bindingOf(item.name) : undefined;
      const old = binding && (resolver.renamed.get(binding) ?? (top.lives(item.name) ? binding : undefined));
      if (old) return old.name;
    }
    const item = top.items.assigned.find((one) => one.value === value && this.goesOn(one, top));
    return item ? this.units.emitter.value(item.target, top.handle) : null;
  }

  /** Whether a property is there, holds what the statement gives it, and keeps it. */
  private goesOn(item: Assigned, top: TopDiff): boolean {
    if (top.assignments.sets(item) || top.isOnNew(item.target)) return false;
    const key = exportKey(item.key, top.items);
    const last = top.items.assigned.findLast((one) => exportKey(one.key, top.items) === key);
    return last === item && givenBefore(top).has(key);
  }

  /** Made once, where the first of the names is given it. */
  private made(value: AnyNode, top: TopDiff): string | null {
    if (top.items.assigned.filter((one) => one.value === value).length < 2) return null;
    const { emitter, unitOf } = this.units;
    const local = `$lp_c${value.start}`;
    unitOf(top.handle).addDeclaration(value.start, `const ${local}=${emitter.value(value, top.handle)};`);
    return local;
  }
}
