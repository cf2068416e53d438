/** What instrumented code calls, and the variables that it shares with the runtime. */
import { runInThisContext } from 'node:vm';
import { NAMES } from '../../instrument/names.ts';
import type { Callable } from '../../link/linked.ts';
import type { Surplus } from '../../link/surplus.ts';
import type { SlotValue } from './slots.ts';

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
  readonly enterLoop: (site: number) => unknown;
  readonly over: (activation: never, loop: number) => unknown;
  readonly iterate: (value: unknown, complaint: string) => unknown;
  readonly complain: (error: unknown, said: string, complaint: string) => unknown;
  readonly exit: (activation: never) => void;
  readonly suspend: (activation: never) => void;
  readonly resume: (activation: never) => void;
  readonly register: (handle: number, evaluate: never, meta?: () => unknown) => unknown;
  readonly surplus: Surplus;
}

/** The variables that instrumented code shares with the runtime. */
export interface EntryVariables {
  /** Turns `suspend` and `resume` on: until it is first set, they are no code at all. */
  readonly setTransition: (running: boolean) => void;
  /** The slot's function of a version that is the same for every call. */
  readonly running: (implementation: Callable) => SlotValue;
  /** Leaves what a version has returned for its site. */
  readonly setResult: (result: unknown) => void;
}

/**
 * Declares the entry points of instrumented code as constants of the global lexical scope, so that V8 knows what they
 * are where it inlines them.
 */
export function declareEntryPoints(entryPoints: EntryPoints): EntryVariables {
  const key = Symbol.for('livepatch.entry');
  Object.defineProperty(globalThis, key, { value: { ...entryPoints, nothing: nothingToTake }, configurable: true });
  const { enter, enterLoop, over, iterate, complain, exit, suspend, resume, register, transition, result, nothing, surplus } = NAMES;
  try {
    return runInThisContext(
      `let ${transition}=false,${result};
const {${enter},${enterLoop},${over},${iterate},${complain},${exit},${suspend},${resume},${register},${nothing},${surplus}}=(({enter,enterLoop,over,iterate,complain,exit,suspend,resume,register,nothing,surplus})=>({
${enter}:enter,
${enterLoop}:enterLoop,
${over}:over,
${iterate}:iterate,
${complain}:complain,
${exit}:(a,v)=>{exit(a);return v},
${suspend}:(a,l,v)=>{a.at=l;if(${transition})suspend(a);return v},
${resume}:(a,v)=>{if(${transition})resume(a);return v},
${register}:register,
${nothing}:nothing,
${surplus}:surplus}))(globalThis[Symbol.for('livepatch.entry')]);
((apply)=>({setTransition:v=>{${transition}=v},setResult:v=>{${result}=v},
running:f=>(t,e,...a)=>{${result}=apply(f,t,a);return true}}))(Reflect.apply)`,
      { filename: 'livepatch:entry' },
    ) as EntryVariables;
  } finally {
    delete (globalThis as Record<symbol, unknown>)[key];
  }
}
