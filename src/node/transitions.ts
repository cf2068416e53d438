/** Applying and reverting from start to end: reads the patch, links it, hands it to the engine, keeps its deadline. */
import type { Holder, Outcome, TransitionStatus } from '../agent/protocol.ts';
import { holders, transitionState } from '../engine/index.ts';
import type { Engine, Outcome as EngineOutcome } from '../engine/index.ts';
import { LivepatchError } from '../errors/errors.ts';
import { decodePatch } from '../patch/format.ts';
import { AppliedPatch } from './applied-patch.ts';
import type { ScopeInstance } from '../link/scopes.ts';
import { isFor, matchModules } from './matching.ts';
import type { LoadedModule, LoadedModules } from './modules.ts';
import { Properties } from './properties.ts';
import type { Sites } from './sites.ts';

// Taken now: tests of the program may put fake clocks in their place.
const { setTimeout: after, setInterval: every, clearTimeout: cancel } = globalThis;

const PROGRESS_MS = 200;
const MAX_HOLDERS = 100;

export interface TransitionOptions {
  readonly name?: string;
  /** Reverses the transition when it has not ended by then; 0 or absent: never. */
  readonly timeoutMs?: number;
  readonly onProgress?: (status: TransitionStatus) => void;
}

export class Transitions {
  private readonly engine: Engine;
  private readonly modules: LoadedModules;
  private readonly sites: Sites;
  private readonly properties = new Properties();
  private readonly applied = new Map<string, AppliedPatch>();
  private deadline: number | null = null;
  private reverseReason: 'deadline' | 'request' = 'request';
  /** Who held the transition when it was turned round. */
  private blamed: readonly Holder[] = [];

  constructor(engine: Engine, modules: LoadedModules, sites: Sites) {
    this.engine = engine;
    this.modules = modules;
    this.sites = sites;
  }

  patch(name: string): AppliedPatch | undefined {
    return this.applied.get(name);
  }

  /** Throws LivepatchError with nothing changed, or resolves when the transition has ended. */
  async apply(text: string, options: TransitionOptions): Promise<Outcome> {
    const started = performance.now();
    const patch = decodePatch(text, options.name ?? 'the patch');
    const name = options.name ?? patch.name;
    this.refuseIfBusy();
    if (this.applied.has(name))
      throw new LivepatchError('ERR_ALREADY_APPLIED', { patch: name }, { hint: `\`livepatch revert ${name}\` takes it out again.` });
    const applied = new AppliedPatch(patch, name, this.engine, this.sites, this.properties);
    for (const match of matchModules(patch, this.modules)) applied.link(match);
    const linkMs = performance.now() - started;
    const running = this.follow(options, (ended) => this.engine.apply(applied.engine, ended));
    this.applied.set(name, applied);
    try {
      const outcome = await running;
      this.forgetReplaced(outcome);
      return this.report(outcome, linkMs, applied);
    } finally {
      this.forgetUnlisted(name);
    }
  }

  /** As `apply`. */
  async revert(name: string, options: TransitionOptions): Promise<Outcome> {
    this.refuseIfBusy();
    const applied = this.applied.get(name);
    if (!applied)
      throw new LivepatchError('ERR_NOT_APPLIED', { patch: name }, { hint: 'See `livepatch status` for the patches of this process.' });
    try {
      const outcome = await this.follow(options, (ended) => this.engine.revert(name, ended));
      return this.report(outcome, 0, applied);
    } finally {
      this.forgetUnlisted(name);
    }
  }

  reverse(): void {
    if (!this.engine.transitioning) throw new LivepatchError('ERR_NO_TRANSITION');
    this.turn('request');
  }

  force(): void {
    if (!this.engine.transitioning) throw new LivepatchError('ERR_NO_TRANSITION');
    this.engine.force();
  }

  /** Called as a module's evaluation begins: the patches that name it take hold before any of it runs. */
  arrived(loaded: LoadedModule): void {
    for (const applied of this.applied.values()) {
      for (const target of applied.patch.modules) if (isFor(target, loaded)) applied.linkLate(target, loaded);
    }
  }

  /** Called as a scope of a module comes to be. */
  scopeArrived(loaded: LoadedModule, instance: ScopeInstance): void {
    for (const applied of this.applied.values()) applied.scopeArrived(loaded, instance);
  }

  status(): TransitionStatus | null {
    const state = transitionState(this.engine, Date.now());
    if (!state) return null;
    return {
      patch: state.patch.name,
      direction: state.direction,
      reversed: state.reversed,
      startedAt: state.startedAt,
      elapsedMs: state.elapsedMs,
      deadlineMs: this.deadline,
      pending: state.pending,
      holders: this.holders(),
    };
  }

  private holders(): Holder[] {
    return holders(this.engine, Date.now(), MAX_HOLDERS).map(({ task, site, at, ageMs }) => ({
      task: task.id,
      label: task.label,
      module: site?.module ?? '',
      function: site?.path ?? '',
      waitsAt: site === null || at === 0 ? null : `${site.module.slice(site.module.lastIndexOf('/') + 1)}:${at}`,
      ageMs,
    }));
  }

  private refuseIfBusy(): void {
    const state = transitionState(this.engine, Date.now());
    if (state)
      throw new LivepatchError(
        'ERR_BUSY',
        { patch: state.patch.name },
        { hint: 'Wait for it, or turn it round with `livepatch reverse`.' },
      );
  }

  private turn(reason: 'deadline' | 'request'): void {
    this.reverseReason = reason;
    this.blamed = this.holders();
    this.engine.reverse();
  }

  private async follow(options: TransitionOptions, begin: (ended: (outcome: EngineOutcome) => void) => void): Promise<EngineOutcome> {
    const { timeoutMs, onProgress } = options;
    const timers: NodeJS.Timeout[] = [];
    this.blamed = [];
    this.deadline = timeoutMs ? timeoutMs : null;
    try {
      return await new Promise<EngineOutcome>((resolve) => {
        begin(resolve);
        if (timeoutMs) timers.push(after(() => this.expire(), timeoutMs).unref());
        if (onProgress) timers.push(every(() => this.progress(onProgress), PROGRESS_MS).unref());
      });
    } finally {
      for (const timer of timers) cancel(timer);
      this.deadline = null;
    }
  }

  /** The deadline turns a transition that still goes the way it was asked to go. */
  private expire(): void {
    const state = transitionState(this.engine, Date.now());
    if (state && !state.reversed) this.turn('deadline');
  }

  private progress(onProgress: (status: TransitionStatus) => void): void {
    const status = this.status();
    if (status) onProgress(status);
  }

  private report(outcome: EngineOutcome, linkMs: number, applied: AppliedPatch): Outcome {
    const patch = outcome.patch.name;
    const functions = applied.patch.modules.reduce((sum, m) => sum + m.functions.length, 0);
    switch (outcome.result) {
      case 'complete':
        return {
          result: 'complete',
          patch,
          functions,
          linkMs,
          convergeMs: outcome.convergeMs,
          replaced: outcome.replaced.map((p) => p.name),
        };
      case 'reversed':
        return { result: 'reversed', patch, reason: this.reverseReason, convergeMs: outcome.convergeMs, holders: this.blamed };
      case 'forced':
        return { result: 'forced', patch, convergeMs: outcome.convergeMs };
      case 'cancelled':
        throw new LivepatchError(
          'ERR_LINK',
          { module: patch, reason: outcome.error instanceof Error ? outcome.error.message : String(outcome.error) },
          { cause: outcome.error, hint: 'Nothing was changed.' },
        );
    }
  }

  private forgetReplaced(outcome: EngineOutcome): void {
    if (outcome.result === 'complete' || outcome.result === 'forced') for (const { name } of outcome.replaced) this.forgetUnlisted(name);
  }

  /** Lets go of a patch that the engine has not, or no longer, in force. */
  private forgetUnlisted(name: string): void {
    if (this.engine.patches.some((p) => p.name === name)) return;
    this.applied.get(name)?.dropProperties();
    this.applied.delete(name);
  }
}
