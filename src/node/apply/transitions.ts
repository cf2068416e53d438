/** Applying and reverting from start to end: reads the patch, links it, hands it to the engine, keeps its deadline. */
import type { CheckReport, Holder, OtherCopy, Outcome, TransitionStatus } from '../../agent/protocol.ts';
import { Shadows, States, Structures } from '../../data/index.ts';
import { holders, transitionState } from '../../engine/index.ts';
import type { Engine, Gated, Mode, Outcome as EngineOutcome } from '../../engine/index.ts';
import { LivepatchError } from '../../errors/errors.ts';
import { decodePatch } from '../../patch/format.ts';
import { AppliedPatch } from './applied-patch.ts';
import type { PatchSurroundings } from './applied-patch.ts';
import { CommonKeys } from '../../link/common-keys.ts';
import type { ScopeInstance } from '../../link/scopes.ts';
import { dryRun, holderOf } from './dry-run.ts';
import { Linking } from './linking.ts';
import {
  dataOf,
  refuseBuiltUpon,
  refuseIrreversible,
  refuseOrphans,
  refuseOtherTables,
  refuseRequired,
  refuseSideBySide,
} from './refusals.ts';
import { SILENT_TASKS_MS } from './patience.ts';
import { liveThreads } from './threads.ts';
import { isFor } from './matching.ts';
import type { LoadedModule, LoadedModules } from '../sites/modules.ts';
import { Properties } from './properties.ts';
import type { Sites } from '../sites/sites.ts';
import { after, cancel, every, now, ticks } from '../time/clock.ts';
import { nextTurn } from '../time/turns.ts';
import type { Turns } from '../time/turns.ts';

const PROGRESS_MS = 200;
const MAX_HOLDERS = 100;
/** A barrier keeps calls waiting, so it is never left to itself: no deadline of it is longer than this. */
const BARRIER_LIMIT_MS = 10_000;
/** Most work ends by itself in less. */
const ASK_MS = 1000;

export interface TransitionOptions {
  /** Reverses the transition when it has not ended by then; 0 or absent: never. */
  readonly timeoutMs?: number;
  readonly onProgress?: (status: TransitionStatus) => void;
}

/** Instead of what the patch says. */
export interface CheckOptions {
  readonly name?: string;
  readonly mode?: Mode;
  readonly replace?: boolean;
}

export interface ApplyOptions extends TransitionOptions, CheckOptions {}

/** What it takes to patch: made when the first patch comes. */
export function createTransitions(
  engine: Engine,
  sites: Sites,
  modules: LoadedModules,
  announce: (patch: string) => void,
  ask: () => void,
): Transitions {
  const around = {
    engine,
    sites,
    properties: new Properties(),
    modules,
    shadows: new Shadows(warn),
    states: new States(warn),
    structures: new Structures(),
    commonKeys: new CommonKeys(),
  };
  return new Transitions(around, modules, announce, ask);
}

function warn(what: string): void {
  process.emitWarning(what, 'LivepatchWarning');
}

export class Transitions {
  private readonly engine: Engine;
  private readonly modules: LoadedModules;
  private readonly around: PatchSurroundings;
  private readonly announce: (patch: string) => void;
  private readonly ask: () => void;
  private readonly applied = new Map<string, AppliedPatch>();
  private linking: Linking | null = null;
  private deadline: number | null = null;
  private reverseReason: 'deadline' | 'request' = 'request';
  /** Who held the transition when it was turned round. */
  private blamed: readonly Holder[] = [];

  /**
   * `announce` is told of each patch that is going to be applied, before its transition begins. `ask` is called now and
   * then while a transition lasts: whoever keeps it from its end is to move on.
   */
  constructor(around: PatchSurroundings, modules: LoadedModules, announce: (patch: string) => void, ask: () => void) {
    this.engine = around.engine;
    this.modules = modules;
    this.around = around;
    this.announce = announce;
    this.ask = ask;
  }

  get shadows(): Shadows {
    return this.around.shadows;
  }

  get structures(): Structures {
    return this.around.structures;
  }

  patch(name: string): AppliedPatch | undefined {
    return this.applied.get(name);
  }

  /** Throws LivepatchError with nothing changed, or resolves when the transition has ended. */
  async apply(text: string, options: ApplyOptions, turns: Turns): Promise<Outcome> {
    const started = ticks();
    const patch = decodePatch(text, options.name ?? 'the patch');
    const name = options.name ?? patch.name;
    this.refuseIfBusy();
    this.refuseIfApplied(name);
    const applied = new AppliedPatch(patch, name, this.around, options);
    const { linkMs, running } = await this.link(applied, turns, options.timeoutMs ?? 0, () => {
      const begun = this.follow(applied.engine.mode, options, (ended) => {
        this.engine.apply(applied.engine, ended);
        this.announce(name);
      });
      this.applied.set(name, applied);
      return { linkMs: ticks() - started, running: begun };
    });
    try {
      const outcome = await running;
      this.forgetReplaced(outcome);
      return this.report(outcome, linkMs, applied, applied.copies.others());
    } finally {
      this.forgetUnlisted(name);
    }
  }

  /** `begin` is called in the turn in which all is linked; what it gives is the result. */
  private async link<T>(applied: AppliedPatch, turns: Turns, timeoutMs: number, begin: () => T): Promise<T> {
    const linking = (this.linking = new Linking(applied, this.around, this.modules, timeoutMs));
    const refuse = (): void => {
      const replaced = this.replacedBy(applied);
      refuseOtherTables(applied, replaced);
      refuseOrphans(applied, replaced);
      refuseSideBySide(
        applied,
        [...this.applied.values()].filter((one) => !replaced.includes(one)),
      );
      refuseRequired(replaced, this.applied.values());
    };
    try {
      return await linking.run(turns, refuse, () => {
        this.linking = null;
        return begin();
      });
    } finally {
      if (this.linking === linking) this.linking = null;
    }
  }

  /** What `apply` would meet now, found out without changing anything. Throws when the patch cannot be read. */
  check(text: string, options: CheckOptions): CheckReport {
    const patch = decodePatch(text, options.name ?? 'the patch');
    const name = options.name ?? patch.name;
    return dryRun(patch, name, options, this.around, this.modules, {
      first: (trial) => {
        this.refuseIfBusy();
        this.refuseIfApplied(name);
        refuseRequired(this.replacedBy(trial), this.applied.values());
      },
      linked: (trial) => refuseOtherTables(trial, this.replacedBy(trial)),
    });
  }

  /** As `apply`. */
  async revert(name: string, options: TransitionOptions): Promise<Outcome> {
    this.refuseIfBusy();
    const applied = this.applied.get(name);
    if (!applied)
      throw new LivepatchError('ERR_NOT_APPLIED', { patch: name }, { hint: 'See `livepatch status` for the patches of this process.' });
    refuseRequired([applied], this.applied.values());
    refuseBuiltUpon(applied, this.above(applied));
    refuseIrreversible(applied);
    let outcome: EngineOutcome;
    try {
      outcome = await this.follow(applied.engine.mode, options, (ended) => this.engine.revert(name, ended));
    } finally {
      this.forgetUnlisted(name);
    }
    if (applied.data.migrations.any) await nextTurn();
    return this.report(outcome, 0, applied);
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
    this.linking?.moduleChanged();
    const held: AppliedPatch[] = [];
    for (const applied of this.applied.values()) {
      try {
        for (const target of applied.patch.modules) if (isFor(target, loaded, applied.copies)) applied.linkLate(target, loaded);
        held.push(applied);
      } catch (error) {
        loaded.gone = true;
        for (const earlier of held) earlier.unlink(loaded);
        throw new LivepatchError(
          'ERR_MODULE_REFUSED',
          { module: loaded.file, patch: applied.name, reason: error instanceof Error ? error.message : String(error) },
          { where: { file: loaded.file }, cause: error, hint: `Revert "${applied.name}", or load the module when it agrees.` },
        );
      }
    }
  }

  /** The text that a patch gives a file which is about to be loaded; null where none does. */
  newer(file: string, hash: () => string): string | null {
    let known: string | null = null;
    for (const { patch, copies } of [...this.applied.values()].toReversed())
      for (const unloaded of patch.unloaded ?? [])
        if (
          unloaded.source !== null &&
          file.endsWith(`/${unloaded.file}`) &&
          (known ??= hash()) === unloaded.hash &&
          copies.holds(file, unloaded)
        )
          return unloaded.source;
    return null;
  }

  /** Called when a module has gone: the patches that hold it let go. */
  departed(loaded: LoadedModule): void {
    this.linking?.moduleChanged();
    for (const applied of this.applied.values()) applied.unlink(loaded);
  }

  /** Called as a scope of a module comes to be. */
  scopeArrived(loaded: LoadedModule, instance: ScopeInstance): void {
    this.linking?.scopeArrived(loaded, instance);
    for (const applied of this.applied.values()) applied.scopeArrived(loaded, instance);
  }

  status(): TransitionStatus | null {
    const state = transitionState(this.engine, now());
    if (!state) return null;
    return {
      patch: state.patch.name,
      mode: state.mode,
      direction: state.direction,
      reversed: state.reversed,
      startedAt: state.startedAt,
      elapsedMs: state.elapsedMs,
      deadlineMs: this.deadline,
      pending: state.pending,
      waited: state.waited,
      holders: this.holders(),
      ...waitsFor(this.applied.get(state.patch.name)),
    };
  }

  private holders(): Holder[] {
    return holders(this.engine, now(), MAX_HOLDERS).map(holderOf);
  }

  private refuseIfBusy(): void {
    const busy = this.linking?.applied.name ?? this.engine.inTransition?.name;
    if (busy !== undefined)
      throw new LivepatchError('ERR_BUSY', { patch: busy }, { hint: 'Wait for it, or turn it round with `livepatch reverse`.' });
  }

  private refuseIfApplied(name: string): void {
    if (this.applied.has(name))
      throw new LivepatchError('ERR_ALREADY_APPLIED', { patch: name }, { hint: `\`livepatch revert ${name}\` takes it out again.` });
  }

  private turn(reason: 'deadline' | 'request'): void {
    this.reverseReason = reason;
    this.blamed = this.holders();
    this.engine.reverse();
  }

  private async follow(
    mode: Mode,
    options: TransitionOptions,
    begin: (ended: (outcome: EngineOutcome) => void) => void,
  ): Promise<EngineOutcome> {
    const { onProgress } = options;
    const timeoutMs = mode === 'barrier' ? Math.min(options.timeoutMs || BARRIER_LIMIT_MS, BARRIER_LIMIT_MS) : options.timeoutMs;
    const timers: NodeJS.Timeout[] = [];
    this.blamed = [];
    this.deadline = timeoutMs ? timeoutMs : null;
    if (mode === 'request') this.engine.endSilentTasks();
    try {
      return await new Promise<EngineOutcome>((resolve) => {
        begin(resolve);
        if (timeoutMs) timers.push(after(() => this.expire(), timeoutMs).unref());
        if (mode === 'request') timers.push(every(() => this.engine.endSilentTasks(), SILENT_TASKS_MS).unref());
        timers.push(every(() => this.ask(), ASK_MS).unref());
        if (onProgress) timers.push(every(() => this.progress(onProgress), PROGRESS_MS).unref());
      });
    } finally {
      for (const timer of timers) cancel(timer);
      this.deadline = null;
    }
  }

  /** The deadline turns a transition that still goes the way it was asked to go. */
  private expire(): void {
    const state = transitionState(this.engine, now());
    if (state && !state.reversed && this.engine.transitioning) this.turn('deadline');
  }

  private progress(onProgress: (status: TransitionStatus) => void): void {
    const status = this.status();
    if (status) onProgress(status);
  }

  private report(outcome: EngineOutcome, linkMs: number, applied: AppliedPatch, others: readonly OtherCopy[] = []): Outcome {
    const patch = outcome.patch.name;
    const loaded = new Set(applied.linked.map(({ module }) => module.module));
    const functions = [...loaded].reduce((sum, m) => sum + m.functions.length, 0);
    switch (outcome.result) {
      case 'complete':
        return {
          result: 'complete',
          patch,
          functions,
          linkMs,
          convergeMs: outcome.convergeMs,
          replaced: outcome.replaced.map((p) => p.name),
          threads: liveThreads(),
          ...(others.length > 0 ? { others } : {}),
          ...gatedOf(outcome),
          ...dataOf(applied),
        };
      case 'reversed':
        if (applied.admission.turnedRound(this.reverseReason)) throw applied.admission.refusal;
        return {
          result: 'reversed',
          patch,
          reason: this.reverseReason,
          convergeMs: outcome.convergeMs,
          ...gatedOf(outcome),
          holders: this.blamed,
        };
      case 'forced':
        return { result: 'forced', patch, convergeMs: outcome.convergeMs };
      case 'cancelled':
        throw cancelled(outcome);
    }
  }

  private above(applied: AppliedPatch): AppliedPatch[] {
    const { patches } = this.engine;
    return patches.slice(patches.indexOf(applied.engine) + 1).map(({ name }) => this.applied.get(name)!);
  }

  private replacedBy(applied: AppliedPatch): AppliedPatch[] {
    return this.engine.patches.filter((p) => applied.engine.replaces(p)).map((p) => this.applied.get(p.name)!);
  }

  private forgetReplaced(outcome: EngineOutcome): void {
    if (outcome.result === 'complete' || outcome.result === 'forced') for (const { name } of outcome.replaced) this.forgetUnlisted(name);
  }

  /** Lets go of a patch that the engine has not, or no longer, in force. */
  private forgetUnlisted(name: string): void {
    if (this.engine.patches.some((p) => p.name === name)) return;
    this.applied.get(name)?.drop();
    this.applied.delete(name);
  }
}

function waitsFor(applied: AppliedPatch | undefined): Pick<TransitionStatus, 'waitsFor'> {
  const refusal = applied?.admission.refusal;
  return refusal instanceof Error ? { waitsFor: refusal.message } : {};
}

function cancelled({ patch, object, error }: Extract<EngineOutcome, { readonly result: 'cancelled' }>): LivepatchError {
  const reason = error instanceof Error ? error.message : String(error);
  if (object === null)
    return new LivepatchError('ERR_LINK', { module: patch.name, reason }, { cause: error, hint: 'Nothing was changed.' });
  const of = object === '' ? '' : ` of ${object}`;
  return new LivepatchError('ERR_VETO', { patch: patch.name, of, reason }, { cause: error, hint: 'Nothing was changed.' });
}

function gatedOf({ gated }: { readonly gated: Gated | null }): { readonly gated?: Gated } {
  return gated === null ? {} : { gated };
}
