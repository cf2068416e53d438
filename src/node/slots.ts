/**
 * Slots: one script-scope `let` for each site, declared in pages. V8 folds a `let` of the global lexical scope into the
 * code as a constant until it is first written, so a slot that is never set costs nothing. It looks such names up fast
 * in the first 4,096 script contexts only: hence pages, never one script for each module.
 */
import { runInThisContext } from 'node:vm';
import { slotName } from '../instrument/names.ts';

const PAGE = 1024;

export type SlotValue = ((...args: never[]) => unknown) | undefined;

export class Slots {
  private next = 0;
  private declared = 0;
  private readonly setters = new Map<number, (value: SlotValue) => void>();

  /** Reserves `count` ids in a row and declares their slots. Returns the first. */
  allocate(count: number): number {
    const base = this.next;
    this.next += count;
    while (this.declared < this.next) this.declarePage();
    return base;
  }

  set(id: number, value: SlotValue): void {
    let setter = this.setters.get(id);
    if (!setter) {
      setter = runInThisContext(`v=>{${slotName(id)}=v}`, { filename: 'livepatch:slots' }) as (value: SlotValue) => void;
      this.setters.set(id, setter);
    }
    setter(value);
  }

  private declarePage(): void {
    const names: string[] = [];
    for (let i = 0; i < PAGE; i++) names.push(slotName(this.declared + i));
    runInThisContext(`let ${names.join(',')}`, { filename: 'livepatch:slots' });
    this.declared += PAGE;
  }
}

/** Declares the entry points of instrumented code as constants of the global lexical scope. */
export function declareEntryPoints(entryPoints: Readonly<Record<string, unknown>>, variables: readonly string[]): void {
  const names = Object.keys(entryPoints).join(',');
  const key = Symbol.for('livepatch.entry');
  Object.defineProperty(globalThis, key, { value: entryPoints, configurable: true });
  try {
    runInThisContext(`const {${names}}=globalThis[Symbol.for('livepatch.entry')];let ${variables.join(',')};`, {
      filename: 'livepatch:entry',
    });
  } finally {
    delete (globalThis as Record<symbol, unknown>)[key];
  }
}
