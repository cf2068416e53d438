/** A Control without a runtime behind it: patches are texts, and a test says when a transition ends. */
import { OTHER_BASE_TEXT } from './patch-text.ts';
import { LivepatchError } from '../../src/errors/errors.ts';
import type { ErrorReport } from '../../src/errors/errors.ts';
import type {
  CheckReport,
  Control,
  Gated,
  Holder,
  InPlaceOfThePatch,
  Outcome,
  PatchStatus,
  ProcessInfo,
  TransitionStatus,
} from '../../src/agent/protocol.ts';

interface Running {
  readonly patch: string;
  readonly direction: 'patching' | 'unpatching';
  readonly timeoutMs: number | undefined;
  readonly startedAt: number;
  readonly onProgress: ((progress: TransitionStatus) => void) | undefined;
  readonly end: (outcome: Outcome) => void;
  pending: number;
}

export class FakeControl implements Control {
  readonly patches: PatchStatus[] = [];
  readonly calls: unknown[] = [];
  running: Running | null = null;
  /** What the next transition has cost as a barrier. */
  gated: Gated | null = null;
  /** When set, transitions wait for `finish`; else they complete at once. */
  manual = false;
  tainted = false;
  /** What `check` answers. */
  refusal: ErrorReport | null = null;
  modules: CheckReport['modules'] = [{ module: 'qs@6.5.2/lib/parse.js', loaded: true }];
  readonly #name: string;

  constructor(name = 'fake') {
    this.#name = name;
  }

  info(): ProcessInfo {
    return {
      pid: process.pid,
      name: this.#name,
      title: process.title,
      node: process.versions.node,
      cwd: '/srv/app',
      script: '/srv/app/server.js',
      uptime: 200,
      modules: 12,
      functions: 345,
      patches: this.patches.map((patch) => patch.name),
      tainted: this.tainted,
    };
  }

  status() {
    return { process: this.info(), patches: this.patches, transition: this.running === null ? null : this.transition(this.running) };
  }

  doctor() {
    return {
      process: this.info(),
      untouched: [{ module: 'file:///srv/app/odd.js', reason: 'it uses with' }],
      unpatchable: [
        { module: '/srv/app/export.js', function: 'tiny', reason: 'it has no body' },
        { module: '/srv/app/export.js', function: 'odd', reason: 'it uses with' },
        { module: '/srv/app/export.js', function: 'small', reason: 'it has no body' },
      ],
      findings: [{ level: 'warning' as const, what: 'another hook runs first', hint: 'Put livepatch/register first.' }],
      memory: { text: 12_300, tables: 800, slots: 8192 },
    };
  }

  apply(
    patch: string,
    options: { readonly name?: string; readonly timeoutMs?: number; readonly onProgress?: (t: TransitionStatus) => void },
  ): Promise<Outcome> {
    this.calls.push({ op: 'apply', patch, name: options.name, timeoutMs: options.timeoutMs });
    if (patch === OTHER_BASE_TEXT || patch === 'not a patch')
      throw new LivepatchError(
        'ERR_BASE_MISMATCH',
        { module: 'a.js', running: 'x', expected: 'y' },
        { where: { file: '/srv/app/a.js', line: 3, column: 4 }, hint: 'Build it again.' },
      );
    if (patch === 'bug') throw new TypeError('undefined is not a function');
    if (this.running !== null) throw new LivepatchError('ERR_BUSY', { patch: this.running.patch });
    const name = options.name ?? 'fix';
    return this.#start(name, 'patching', options).then((outcome) => {
      if (outcome.result !== 'reversed') {
        this.patches.push({
          name,
          enabled: true,
          transition: false,
          replace: true,
          stackOrder: this.patches.length + 1,
          appliedAt: Date.now(),
          modules: [
            { module: '/srv/app/export.js', patched: true, functions: ['exportAll', 'row'] },
            { module: '/srv/app/b.js', patched: true, functions: ['b'] },
          ],
          complete: true,
        });
      }
      return outcome;
    });
  }

  async revert(
    name: string,
    options: { readonly timeoutMs?: number; readonly onProgress?: (t: TransitionStatus) => void },
  ): Promise<Outcome> {
    this.calls.push({ op: 'revert', name, timeoutMs: options.timeoutMs });
    const index = this.patches.findIndex((patch) => patch.name === name);
    if (index === -1) throw new LivepatchError('ERR_NOT_APPLIED', { patch: name });
    const outcome = await this.#start(name, 'unpatching', options);
    if (outcome.result !== 'reversed') this.patches.splice(index, 1);
    return outcome;
  }

  check(patch: string, options: InPlaceOfThePatch): CheckReport {
    this.calls.push({ op: 'check', patch, ...options });
    return { refusal: this.refusal, modules: this.modules, linked: this.refusal === null, holders: [HOLDER], pending: 1, ms: 3 };
  }

  reverse(): void {
    this.finish('reversed', 'request');
  }

  force(): void {
    this.tainted = true;
    this.finish('forced');
  }

  progress(pending: number): void {
    if (this.running === null) throw new LivepatchError('ERR_NO_TRANSITION');
    this.running.pending = pending;
    this.running.onProgress?.(this.transition(this.running));
  }

  finish(result: Outcome['result'], reason: 'deadline' | 'request' = 'deadline'): void {
    const { running } = this;
    if (running === null) throw new LivepatchError('ERR_NO_TRANSITION');
    this.running = null;
    const { patch } = running;
    const gated = this.gated && { gated: this.gated };
    if (result === 'complete') running.end({ result, patch, functions: 3, linkMs: 4, convergeMs: 120, replaced: [], threads: 0, ...gated });
    else if (result === 'reversed') running.end({ result, patch, reason, convergeMs: 60_100, ...gated, holders: [HOLDER] });
    else running.end({ result, patch, convergeMs: 500 });
  }

  transition(running: Running): TransitionStatus {
    return {
      patch: running.patch,
      direction: running.direction,
      reversed: false,
      startedAt: running.startedAt,
      elapsedMs: 14_300,
      deadlineMs: running.timeoutMs === undefined || running.timeoutMs === 0 ? null : running.timeoutMs,
      pending: running.pending,
      holders: [HOLDER],
    };
  }

  #start(
    patch: string,
    direction: Running['direction'],
    options: { readonly timeoutMs?: number; readonly onProgress?: (t: TransitionStatus) => void },
  ): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.running = {
      patch,
      direction,
      timeoutMs: options.timeoutMs,
      startedAt: Date.now(),
      onProgress: options.onProgress,
      end: resolve,
      pending: 3,
    };
    if (this.manual) this.progress(3);
    else this.finish('complete');
    return promise;
  }
}

export const HOLDER: Holder = {
  task: 17,
  label: 'GET /export',
  module: '/srv/app/export.js',
  function: 'exportAll',
  waitsAt: '/srv/app/export.js:31',
  ageMs: 14_200,
};
