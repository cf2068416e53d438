/**
 * Slots: script-scope `let`s, declared in pages. V8 folds a `let` of the global lexical scope into the code as a constant
 * until it is first written, so a slot that is never set costs nothing. It looks such names up fast in the first 4,096
 * script contexts only: hence pages, never one script for each module.
 */
import { runInThisContext } from 'node:vm';
import type { Accessor } from '../../link/accessor.ts';
import type { ScopeEval } from '../../link/scopes.ts';
import { GROUP, groupOf, placeOf, slotName, firstOfGroup } from '../../instrument/names.ts';

const PAGE = 256;

/** True once it has run a version, false where the original is to run, a promise where the site has to wait and ask again. */
export type SlotValue = (self: unknown, environment: Environment, ...args: unknown[]) => unknown;

/** What a site hands over of its scope: see `environment` in instrument/entry.ts. */
export type Environment = 0 | ScopeEval | readonly [handle: ScopeEval | 0, accessor: Accessor | 0, newTarget?: unknown];

/** What a site runs that is not patched, beside one that is. */
const original: SlotValue = () => false;

/** What is in force for each function of a group, by its place. */
interface Group {
  readonly values: SlotValue[];
  readonly assign: (values: SlotValue[] | undefined) => void;
  set: number;
}

export class Slots {
  private next = 0;
  private readonly pages = new Set<number>();
  private readonly claimed = new Set<number>();
  private readonly groups = new Map<number, Group>();

  /** The first id, at least `from`, that `allocate` would give. */
  following(from: number): number {
    return firstOfGroup(Math.max(this.next, from));
  }

  /** Reserves `count` ids in a row, of which none is below `from`, and declares their slots. Returns the first. */
  allocate(count: number, from: number): number {
    const base = this.following(from);
    this.claim(base, count);
    return base;
  }

  /** Reserves the ids from `base` on, and declares their slots. False if one of them is taken. */
  claim(base: number, count: number): boolean {
    const end = base + count;
    for (let id = base; id < end; id += GROUP) if (this.claimed.has(groupOf(id))) return false;
    for (let id = base; id < end; id += GROUP) {
      const group = groupOf(id);
      this.claimed.add(group);
      const page = Math.trunc(group / PAGE);
      if (!this.pages.has(page)) this.declarePage(page);
    }
    this.next = Math.max(this.next, end);
    return true;
  }

  /** Slots that are declared, used or not. */
  get size(): number {
    return this.pages.size * PAGE;
  }

  /** Makes ready to set them, all with one script: to compile one for each takes longer than a turn may. */
  prepare(ids: readonly number[]): void {
    const missing = [...new Set(ids.map(groupOf))].filter((group) => !this.groups.has(group));
    if (missing.length === 0) return;
    // In parentheses, which V8 takes for a sign to compile them now, not as the first slot is set.
    const setters = runInThisContext(`[${missing.map((group) => `(function(v){${slotName(group)}=v})`).join(',')}]`, {
      filename: 'livepatch:slots',
    }) as Group['assign'][];
    missing.forEach((group, i) => {
      this.groups.set(group, { values: new Array<SlotValue>(GROUP).fill(original), assign: setters[i]!, set: 0 });
    });
  }

  set(id: number, value: SlotValue = original): void {
    this.prepare([id]);
    const group = this.groups.get(groupOf(id))!;
    const place = placeOf(id);
    const before = group.set;
    group.set += Number(value !== original) - Number(group.values[place] !== original);
    group.values[place] = value;
    // Functions beside one that is patched ask the slot too: no longer once none is.
    if ((before === 0) !== (group.set === 0)) group.assign(group.set === 0 ? undefined : group.values);
  }

  private declarePage(page: number): void {
    const names: string[] = [];
    for (let i = 0; i < PAGE; i++) names.push(slotName(page * PAGE + i));
    runInThisContext(`let ${names.join(',')}`, { filename: 'livepatch:slots' });
    this.pages.add(page);
  }
}
