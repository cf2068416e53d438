/**
 * Waiting for what is in the way of a patch and may go by itself: what a task that is under way has made for itself is gone when
 * it has ended.
 */
import type { Engine } from '../../engine/index.ts';
import { LivepatchError } from '../../errors/errors.ts';
import { cancel, every, ticks } from '../time/clock.ts';

const LIMIT_MS = 10_000;
/** What it costs to look is a pause: after so long, and each time after so many times as long as before. */
const FIRST_LOOK_MS = 100;
const LONGER = 3;
/** Where no task is under way, there may be other work; and when one has ended, streams and sockets hold what it made for a moment. */
const LOOKS_AT_REST = 3;
const ASK_MS = 2;
/** Each time that it is asked which tasks have ended without a word, all of them are gone through. */
export const SILENT_TASKS_MS = 250;

/** `new`: tasks that begin meanwhile count as well, since they make the same. */
export type Makers = 'old' | 'new';

export class Patience {
  private readonly engine: Engine;
  private readonly makers: Makers;
  private readonly limitMs: number;
  private begun: { readonly at: number; readonly lastTask: number } | null = null;
  private step = FIRST_LOOK_MS;
  private looksAtRest = LOOKS_AT_REST;
  private next: { readonly at: number; readonly whenIdle: boolean } = { at: 0, whenIdle: false };

  /** `timeoutMs`: of the whole transition; 0 for none. */
  constructor(engine: Engine, makers: Makers, timeoutMs: number) {
    this.engine = engine;
    this.makers = makers;
    this.limitMs = Math.min(LIMIT_MS, (timeoutMs || Infinity) / 2);
  }

  /**
   * To be asked when a look has found something in the way: whether it is to be looked again, when `whenDue` says so. Where
   * no task is under way, what is there after a second or so stays.
   */
  allows(): boolean {
    const time = ticks();
    this.begun ??= { at: time, lastTask: this.engine.tenures.lastBegun };
    const isHeld = this.isHeld();
    if (!isHeld && this.looksAtRest-- === 0) return false;
    // From the end of the tasks on it goes quickly again.
    if (!isHeld && this.next.whenIdle) this.step = FIRST_LOOK_MS;
    this.next = { at: time + this.step, whenIdle: isHeld };
    this.step *= LONGER;
    return time < this.endsAt && this.limitMs >= FIRST_LOOK_MS;
  }

  /** Calls `look` once, in a turn of its own: when the tasks have ended, or after a while. */
  whenDue(look: () => void): void {
    let asked = 0;
    const timer = every(() => {
      if (asked++ % (SILENT_TASKS_MS / ASK_MS) === 0) this.engine.endSilentTasks();
      const { at, whenIdle } = this.next;
      if (ticks() < Math.min(at, this.endsAt) && !(whenIdle && !this.isHeld())) return;
      cancel(timer);
      look();
    }, ASK_MS);
    // Tasks keep the process as long as they would without us; where there is none, who awaits the patch is told what became of it.
    if (this.next.whenIdle) timer.unref();
  }

  private get endsAt(): number {
    return this.begun!.at + this.limitMs;
  }

  private isHeld(): boolean {
    return this.engine.tenures.anyUpTo(this.makers === 'new' ? Infinity : this.begun!.lastTask);
  }
}

/** Whether what a look has thrown is about something that may go. */
export const mayGo = (error: unknown): boolean =>
  error instanceof LivepatchError && (error.code === 'ERR_LIVE_CLOSURES' || error.code === 'ERR_LIVE_OBJECTS');
