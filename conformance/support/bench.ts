import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Outcome } from '../../src/agent/protocol.ts';
import type { Runtime } from '../../src/node/runtime.ts';
import type { ApplyOptions } from '../../src/node/apply/transitions.ts';
import { notation } from './log.ts';
import { TestModule } from './modules.ts';
import { patchText } from './patches.ts';
import type { PatchSpec } from './patches.ts';
import { request } from './request.ts';

const POLLS = 600;
const POLL_MS = 5;

/** What a case works with: its own modules in the one runtime, and the complete log since it last looked. */
export class Bench {
  readonly runtime: Runtime;
  readonly warnings: string[] = [];
  private readonly root: string;
  private readonly folder: string;
  private log: string[] = [];
  private readonly stop: () => void;
  private readonly onWarning = (warning: Error): void => void this.warnings.push(warning.message);
  private readonly finishers: (() => void)[] = [];

  constructor(runtime: Runtime, root: string, id: string) {
    this.runtime = runtime;
    this.root = root;
    this.folder = `m/${id}`;
    mkdirSync(`${root}/${this.folder}`, { recursive: true });
    this.stop = runtime.onEvent((event) => {
      const text = notation(event);
      if (text !== null) this.log.push(text);
    });
    process.on('warning', this.onWarning);
  }

  module(name: string, text: string): TestModule {
    return new TestModule(this.runtime, this.root, `${this.folder}/${name}.cjs`, text);
  }

  /** Starts it, and leaves what becomes of it to the caller. */
  begin(name: string, spec: PatchSpec, options: ApplyOptions = {}): Promise<Outcome> {
    const outcome = this.runtime.apply(patchText(name, spec), options);
    outcome.catch(() => {});
    return outcome;
  }

  async apply(name: string, spec: PatchSpec, options: ApplyOptions = {}): Promise<Outcome> {
    return await this.within(this.begin(name, spec, options));
  }

  /** Applies it and returns once its transition has started and stalls. */
  async stall(name: string, spec: PatchSpec, options: ApplyOptions = {}): Promise<{ readonly ended: Promise<Outcome> }> {
    const ended = this.begin(name, spec, options);
    await this.until(() => this.runtime.engine.lifecycle.transition?.patch.name === name, `${name} stalls`);
    return { ended };
  }

  async off(name: string, options: ApplyOptions = {}): Promise<Outcome> {
    return await this.within(this.runtime.revert(name, options));
  }

  async reverse(ended: Promise<Outcome>): Promise<Outcome> {
    this.runtime.reverse();
    return await this.within(ended);
  }

  /** Runs `fn` as a request that comes from outside, and ends it when that is settled: a thread of the kernel's cases. */
  task<T>(name: string, fn: () => T): T {
    return request(name, fn);
  }

  /** Runs `fn` as a task that is part of the one it is begun in: a child of the kernel's fork. */
  child<T>(name: string, fn: () => T): T {
    return this.runtime.tasks.task(name, fn);
  }

  /** A promise that the case resolves, or the end of the case. */
  gate(): { readonly closed: Promise<void>; readonly open: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.finishers.push(resolve);
    return { closed: promise, open: resolve };
  }

  note(text: string): void {
    this.log.push(text);
  }

  /** The whole log since the last call must be this: nothing more, nothing less, in this order. */
  expect(log: string): void {
    const seen = this.log.join(' > ');
    this.log = [];
    assert.equal(seen, log);
  }

  forget(): void {
    this.log = [];
  }

  patches(): string[] {
    return this.runtime.status().patches.map((p) => p.name);
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    for (let i = 0; i < POLLS; i++) {
      if (holds()) return;
      await pause(POLL_MS);
    }
    throw new Error(`it never came to pass: ${what}`);
  }

  async pause(ms: number): Promise<void> {
    await pause(ms);
  }

  private async within<T>(promise: Promise<T>): Promise<T> {
    const limit = new AbortController();
    const late = pause(POLLS * POLL_MS, undefined, { signal: limit.signal, ref: true }).then(() => {
      throw new Error(`no end: ${JSON.stringify(this.runtime.status().transition)}; log: ${this.log.join(' > ')}`);
    });
    late.catch(() => {});
    try {
      return await Promise.race([promise, late]);
    } finally {
      limit.abort();
    }
  }

  /** Nothing of a case may be left for the next one, however it ended. */
  async end(): Promise<void> {
    for (const finish of this.finishers) finish();
    await pause(POLL_MS);
    if (this.runtime.engine.transitioning) this.runtime.force();
    await pause(POLL_MS);
    for (const name of this.patches()) {
      const ended = this.runtime.revert(name, {});
      await pause(POLL_MS);
      if (this.runtime.engine.transitioning) this.runtime.force();
      await this.within(ended);
    }
    this.stop();
    process.off('warning', this.onWarning);
  }
}

/** What `run` rejects with must have this code. */
export async function refused(code: string, run: () => Promise<unknown>): Promise<Error & { readonly code: string }> {
  try {
    await run();
  } catch (error) {
    assert.equal((error as { code?: string }).code, code, String(error));
    return error as Error & { readonly code: string };
  }
  throw new assert.AssertionError({ message: `nothing was refused: ${code} was expected` });
}
