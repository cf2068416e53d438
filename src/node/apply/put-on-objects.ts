/** What one patch has put on objects of the program: what is new early, what changes late, and meanwhile to each task its own. */
import type { Change } from '../../data/index.ts';
import type { Patch as EnginePatch } from '../../engine/index.ts';
import type { Properties } from './properties.ts';
import type { TaskSide } from './task-side.ts';
import { TransitionValues } from './transition-values.ts';

/** Of what a patch puts on objects of the program. */
export interface Owner {
  readonly of: EnginePatch;
}

export class PutOnObjects {
  /** What is new can be seen early: nothing old looks for it. */
  readonly early: Owner;
  private readonly engine: EnginePatch;
  private readonly properties: Properties;
  private readonly side: TaskSide;
  /** What changes for all waits until nothing old is left. */
  private readonly late: Owner;
  private readonly values: TransitionValues;

  constructor(engine: EnginePatch, properties: Properties, side: TaskSide) {
    this.engine = engine;
    this.properties = properties;
    this.side = side;
    this.early = { of: engine };
    this.late = { of: engine };
    this.values = new TransitionValues(properties, { of: engine }, side);
  }

  putEarly(changes: readonly Change[]): void {
    this.properties.put(this.early, changes);
  }

  putLate(changes: readonly Change[]): void {
    this.properties.put(this.late, changes);
  }

  /** `changes`: what is going to be put late. Where all tasks switch at once, that is soon enough. */
  show(changes: readonly Change[]): void {
    if (this.engine.mode !== 'barrier') this.values.show(changes, true);
  }

  /**
   * `pending`: what is going to be put late; `early`: what is put now. What the patches that this one takes the place of have
   * put, and it does not put itself, goes as well. Throws what an object throws that lets nothing be put on it, with nothing put.
   */
  begin(pending: readonly Change[], replaced: readonly EnginePatch[], early: readonly Change[]): void {
    const isGoing = (owner: object): boolean => replaced.includes((owner as Partial<Owner>).of!);
    this.side.begin();
    try {
      this.show(replaced.length > 0 ? [...pending, ...this.properties.beneath(isGoing)] : pending);
      this.putEarly(early);
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /** `changes` are asked for where each place has what it has for older code. */
  settle(changes: () => readonly Change[]): void {
    this.values.hide();
    this.side.end('patched');
    this.putLate(changes());
  }

  /** Where all tasks switch at once, code of the patch reads it up to that turn, and older code does not run before. */
  withdraw(): void {
    this.side.begin();
    if (this.engine.mode === 'barrier') return;
    const late = this.properties.beneath((owner) => owner === this.late);
    this.properties.take(this.late);
    this.values.show(
      late.map(({ place, now }) => ({ place, content: now })),
      false,
    );
  }

  end(): void {
    this.values.hide();
    this.side.end('unpatched');
    this.take();
  }

  /** Another patch has taken the place of this one. */
  take(): void {
    this.properties.take(this.late);
    this.properties.take(this.early);
  }
}
