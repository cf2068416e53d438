/**
 * Slots: script-scope `let`s, declared in pages. V8 folds a `let` of the global lexical scope into the code as a constant
 * until it is first written, so a slot that is never set costs nothing. It looks such names up fast in the first 4,096
 * script contexts only: hence pages, never one script for each module.
 */
import { runInThisContext } from 'node:vm';
import { GROUP, NAMES, groupOf, placeOf, slotName } from '../instrument/names.ts';

const PAGE = 256;

export type SlotValue = ((...args: never[]) => unknown) | undefined;

/** What is in force for each function of a group, by its place. */
interface Group {
  readonly values: SlotValue[];
  readonly assign: (values: SlotValue[] | undefined) => void;
  set: number;
}

export class Slots {
  private next = 0;
  private declared = 0;
  private readonly groups = new Map<number, Group>();

  /** Reserves `count` ids in a row and declares their slots. Returns the first, a multiple of GROUP. */
  allocate(count: number): number {
    const base = this.next;
    this.next += Math.ceil(count / GROUP) * GROUP;
    while (this.declared * GROUP < this.next) this.declarePage();
    return base;
  }

  /** Slots that are declared, used or not. */
  get size(): number {
    return this.declared;
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
      this.groups.set(group, { values: Array.from({ length: GROUP }, () => undefined), assign: setters[i]!, set: 0 });
    });
  }

  set(id: number, value: SlotValue): void {
    this.prepare([id]);
    const group = this.groups.get(groupOf(id))!;
    const place = placeOf(id);
    const before = group.set;
    group.set += Number(value !== undefined) - Number(group.values[place] !== undefined);
    group.values[place] = value;
    // Functions beside one that is patched ask the slot too: no longer once none is.
    if ((before === 0) !== (group.set === 0)) group.assign(group.set === 0 ? undefined : group.values);
  }

  private declarePage(): void {
    const names: string[] = [];
    for (let i = 0; i < PAGE; i++) names.push(slotName(this.declared + i));
    runInThisContext(`let ${names.join(',')}`, { filename: 'livepatch:slots' });
    this.declared += PAGE;
  }
}

/** The error of a pattern that is given undefined or null, with V8's words and with the stack of who called this. */
function nothingToTake(value: undefined | null, key?: string): TypeError {
  const property = key === undefined ? '' : `property '${key}' of `;
  const message = `Cannot destructure ${property}'${value === null ? 'object null' : 'undefined'}' as it is ${value}.`;
  return Reflect.construct(TypeError, [message], nothingToTake) as TypeError;
}
// V8 leaves out of the stack what lies above the function that is being constructed.
nothingToTake.prototype = TypeError.prototype;

/** What instrumented code calls, by its name there. */
export interface EntryPoints {
  readonly enter: (site: number) => unknown;
  readonly exit: (activation: never) => void;
  readonly suspend: (activation: never) => void;
  readonly resume: (activation: never) => void;
  readonly register: (handle: number, evaluate: never, meta?: () => unknown) => unknown;
}

/**
 * Declares the entry points of instrumented code as constants of the global lexical scope, so that V8 knows what they
 * are where it inlines them. Returns what sets the variable that turns `suspend` and `resume` on: until it is first
 * set, they are no code at all.
 */
export function declareEntryPoints(entryPoints: EntryPoints): (transition: boolean) => void {
  const key = Symbol.for('livepatch.entry');
  Object.defineProperty(globalThis, key, { value: { ...entryPoints, nothing: nothingToTake }, configurable: true });
  const { enter, exit, suspend, resume, register, transition, field, nothing } = NAMES;
  try {
    return runInThisContext(
      `let ${transition}=false,${field};
const {${enter},${exit},${suspend},${resume},${register},${nothing}}=(({enter,exit,suspend,resume,register,nothing})=>({
${enter}:enter,
${exit}:(a,v)=>{exit(a);return v},
${suspend}:(a,l,v)=>{a.at=l;if(${transition})suspend(a);return v},
${resume}:(a,v)=>{if(${transition})resume(a);return v},
${register}:register,
${nothing}:nothing}))(globalThis[Symbol.for('livepatch.entry')]);
v=>{${transition}=v}`,
      { filename: 'livepatch:entry' },
    ) as (transition: boolean) => void;
  } finally {
    delete (globalThis as Record<symbol, unknown>)[key];
  }
}
