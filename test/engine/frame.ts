import type { Activation, Context, Gate, Site, Version } from '../../src/engine/index.ts';
import type { SimTask } from './sim-task.ts';

/** What a function of a simulated program does, in order. */
export type Op =
  /** Calls; an async function is left running. */
  | { readonly op: 'call'; readonly fn: Fn }
  | { readonly op: 'await'; readonly fn: Fn }
  | { readonly op: 'sleep' }
  /** A later job in the same context. */
  | { readonly op: 'timer'; readonly fn: Fn }
  /** A task of its own, begun here. */
  | { readonly op: 'task'; readonly fn: Fn }
  /** The next value of a generator that anyone may consume; made anew when it is not there or has ended. */
  | { readonly op: 'next'; readonly slot: number; readonly fn: Fn }
  | { readonly op: 'yield' }
  /** A call whose parameters throw. */
  | { readonly op: 'badcall'; readonly fn: Fn }
  /** A safe point. */
  | { readonly op: 'head' }
  /** Never ends: from the start again. */
  | { readonly op: 'again' };

export interface Fn {
  readonly name: string;
  readonly kind: 'sync' | 'async' | 'generator';
  /** Null for a function without an entry site. */
  site: Site | null;
  body: readonly Op[];
}

/** Whether it has safe points. */
export function loops({ body }: Fn): boolean {
  return body.some(({ op }) => op === 'head');
}

/** A place in the tree of callers, as causality has it when a call is made from it. */
export interface Link {
  /** Null where only causality passes through: the function itself answers for another chain. */
  readonly frame: Frame | null;
  readonly outer: Link | null;
  /** The task, as who began it knows it. */
  readonly task: SimTask | null;
}

export class Frame {
  readonly fn: Fn;
  readonly home: Link;
  /** What it calls now hangs here. */
  link: Link;
  version: Version | null = null;
  activation: Activation | null = null;
  pc = 0;
  context: Context | undefined = undefined;
  state: 'new' | 'gated' | 'running' | 'asleep' | 'awaiting' | 'parked' | 'ended' = 'new';
  waiter: Frame | null = null;
  gate: Gate | null = null;
  /** Ends with it. */
  task: SimTask | null = null;
  /** It was live in the other universe when a transition was forced: it answers for nothing any more. */
  stale = false;

  constructor(fn: Fn, caller: Link | null, task: SimTask | null = caller?.task ?? null) {
    this.fn = fn;
    this.home = { frame: this, outer: caller, task };
    this.link = this.home;
  }
}

export interface Timer {
  readonly fn: Fn;
  readonly caller: Link | null;
  readonly context: Context | undefined;
}

export function chainOf(from: Link, to: Link): string {
  const names: string[] = [];
  for (let link: Link | null = from; link !== null; link = link === to ? null : link.outer) {
    const f = link.frame;
    names.push(f === null ? '...' : `${f.fn.name} ${f.fn.kind}${f.state === 'ended' ? ' (ended)' : ''}`);
  }
  return names.join(' < ');
}
