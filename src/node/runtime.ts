/** Everything livepatch keeps in the process, put together once by `livepatch/register`. */
import { basename } from 'node:path';
import type { CheckReport, Control, DoctorReport, Outcome, PatchStatus, ProcessInfo, Status } from '../agent/protocol.ts';
import { Engine, patchStates, transitionState } from '../engine/index.ts';
import type { Direction, EngineEvent } from '../engine/index.ts';
import type { Shadows, Structures } from '../data/index.ts';
import { SCOPE_EVAL } from '../instrument/names.ts';
import { processId } from '../link/scopes.ts';
import type { ScopeEval } from '../link/scopes.ts';
import { Cache } from './cache/cache.ts';
import { now } from './time/clock.ts';
import { restsOnHooks } from './tasks/context-frame.ts';
import { declareEntryPoints } from './sites/entry-points.ts';
import type { EntryVariables } from './sites/entry-points.ts';
import type * as Doctor from './doctor.ts';
import { NodeHost } from './tasks/host.ts';
import { complain, iterate } from '../link/iteration.ts';
import type { LoadedSource } from './load/loaded-source.ts';
import { Loader } from './load/loader.ts';
import type { Kept } from './cache/kept.ts';
import { LoadedModules, fileOf } from './sites/modules.ts';
import type { LoadedModule } from './sites/modules.ts';
import { OriginalText, nativeText } from './sites/original-text.ts';
import { MoveOn } from './tasks/move-on.ts';
import { loadOwn } from '../source/own.ts';
import { dataOf } from './apply/refusals.ts';
import { safePoint } from './tasks/safe-point.ts';
import { Selection } from './load/selection.ts';
import { Sites } from './sites/sites.ts';
import { Slots } from './sites/slots.ts';
import { Tasks } from './tasks/tasks.ts';
import { followThreads } from './apply/threads.ts';
import type * as Patching from './apply/transitions.ts';
import type { ApplyOptions, CheckOptions, TransitionOptions, Transitions } from './apply/transitions.ts';
import { Turns } from './time/turns.ts';

type Activation = Parameters<Engine['exit']>[0];

/** What `transitions` imports, the innermost first: each is loaded in a turn of its own. */
const PATCHING = ['node/apply/patch-data', 'node/apply/applied-patch', 'node/apply/transitions'];

export type RuntimeEvent =
  | EngineEvent
  /** A patch has been accepted; its transition is about to begin. */
  | { readonly type: 'enable'; readonly patch: string; readonly at: number }
  /** Work that keeps the transition from its end has been asked to move on. */
  | { readonly type: 'signal'; readonly patch: string; readonly direction: Direction; readonly at: number }
  /** A module has been linked, has begun to be evaluated, or has gone. */
  | { readonly type: 'module-coming' | 'evaluate' | 'module-going'; readonly module: string; readonly at: number };

export class Runtime implements Control {
  readonly engine: Engine;
  readonly tasks: Tasks;
  readonly moveOn: MoveOn;
  private selection: Selection | null = null;
  private readonly modules = new LoadedModules((url) => this.selection?.excludes(url) ?? null);
  private readonly slots = new Slots();
  private readonly sites: Sites;
  private variables: EntryVariables | null = null;
  /** Null until the first patch. */
  private transitions: Transitions | null = null;
  private loaded: Promise<void> | null = null;
  private readonly listeners = new Set<(event: RuntimeEvent) => void>();

  constructor() {
    this.sites = new Sites(this.modules, this.slots);
    const host: NodeHost = new NodeHost(
      (argument) => this.sites.entered(processId(argument)),
      (site) => this.sites.write(site, this.engine, host),
      (event) => {
        // Set for all of the transition and a little more: the engine knows exactly.
        if (event.type === 'init' || event.type === 'done') {
          this.variables?.setTransition(event.type === 'init');
          host.transition(event.type === 'init');
        }
        this.emit(event);
      },
    );
    this.engine = new Engine(host);
    if (restsOnHooks()) host.carryOnlyInTransitions(this.engine.createGround('the program'));
    this.tasks = new Tasks(this.engine, host);
    this.moveOn = new MoveOn(this.engine, host);
  }

  private get patching(): Transitions {
    if (this.transitions !== null) return this.transitions;
    const { createTransitions } = loadOwn<typeof Patching>('node/apply/transitions');
    const { engine, sites, modules } = this;
    const enabled = (patch: string): void => this.emit({ type: 'enable', patch, at: now() });
    return (this.transitions = createTransitions(engine, sites, modules, enabled, () => this.ask()));
  }

  private ask(): void {
    const state = transitionState(this.engine, now());
    if (state === null || this.moveOn.ask() === 0) return;
    this.emit({ type: 'signal', patch: state.patch.name, direction: state.direction, at: now() });
  }

  get shadows(): Shadows {
    return this.patching.shadows;
  }

  get structures(): Structures {
    return this.patching.structures;
  }

  /** Hooks into the process: entry points, loader, toString, tasks. Once. */
  install(environment: NodeJS.ProcessEnv, { file, code }: Kept): void {
    const { engine, sites, modules } = this;
    this.variables = declareEntryPoints({
      enter: engine.enterOriginal,
      enterLoop: (argument: number) => engine.enterOriginalLoop(argument),
      over: (activation: Activation, loop: number) => safePoint(engine, activation, loop),
      iterate,
      complain,
      exit: engine.exit,
      suspend: (activation: Activation) => engine.suspend(activation),
      resume: (activation: Activation) => engine.resume(activation),
      register: (argument: number, evaluate: ScopeEval, meta?: () => unknown) => {
        const id = processId(argument);
        const module = modules.holding(id);
        module.scopes.register(id - module.base, evaluate);
        if (id !== module.base) this.transitions?.scopeArrived(module, module.scopes.instanceOf(id - module.base, evaluate));
        else if (isOfAnotherKind(meta)) modules.disown(module);
        else {
          module.isReprinted = nativeText(evaluate) !== SCOPE_EVAL;
          module.meta = meta ?? null;
          this.emitModule('module-coming', module);
          this.transitions?.arrived(module);
          this.emitModule('evaluate', module);
        }
        return evaluate;
      },
      surplus: sites.surplus,
    });
    sites.install(this.variables);
    new OriginalText(modules).install();
    const selection = (this.selection = new Selection(environment['LIVEPATCH_INCLUDE'], environment['LIVEPATCH_EXCLUDE']));
    const cache = new Cache(file, true, code);
    const newer = (source: LoadedSource): string | null => this.transitions?.newer(fileOf(source.url), () => source.hash) ?? null;
    new Loader({ modules, slots: this.slots, cache, selection, newer }).install();
    this.tasks.followHttp();
    followThreads();
  }

  onEvent(listener: (event: RuntimeEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  info(): ProcessInfo {
    const given = process.argv[1] ?? '';
    // What a process manager puts before the program is not what people know it by.
    const script = process.mainModule?.filename ?? given;
    let functions = 0;
    const instrumented = this.modules.instrumented.filter(({ gone }) => !gone);
    for (const module of instrumented) functions += module.functions;
    return {
      pid: process.pid,
      name: process.env['LIVEPATCH_NAME'] ?? basename(given),
      title: process.title,
      node: process.version,
      cwd: process.cwd(),
      script,
      uptime: process.uptime(),
      modules: instrumented.length,
      functions,
      patches: this.engine.patches.map((p) => p.name),
      tainted: this.engine.tainted,
    };
  }

  status(): Status {
    const patches = patchStates(this.engine).map(({ patch, enabled, transition, stackOrder }): PatchStatus => {
      const applied = this.patching.patch(patch.name);
      return {
        name: patch.name,
        enabled,
        transition,
        replace: patch.replace,
        mode: patch.mode,
        stackOrder,
        appliedAt: patch.appliedAt,
        modules: (applied?.patch.modules ?? []).map((m) => ({
          module: m.package ? `${m.package.name}@${m.package.version}/${m.file}` : m.file,
          patched: applied!.linked.some((l) => l.module.module === m),
          functions: m.functions.map((f) => f.path),
        })),
        complete: patch.converged,
        ...(applied ? dataOf(applied) : {}),
      };
    });
    return { process: this.info(), patches, transition: this.transitions?.status() ?? null };
  }

  doctor(): DoctorReport {
    const { doctorFindings, memoryCost } = loadOwn<typeof Doctor>('node/doctor');
    return {
      process: this.info(),
      untouched: this.modules.untouched.map(({ file, reason }) => ({ module: file, reason })),
      unpatchable: this.modules.instrumented.flatMap((m) =>
        m.unpatchable.map(({ path, reason }) => ({ module: m.file, function: path, reason })),
      ),
      findings: doctorFindings(this.modules, this.engine.tainted),
      memory: memoryCost(this.modules, this.slots.size),
    };
  }

  /**
   * For whoever disposes of modules (a deleted entry of `require.cache`, a hot reload): what was loaded from `file` is gone,
   * and the patches let go of it. Without it they hold its functions until they are reverted, which harms nobody.
   */
  unload(file: string): void {
    for (const module of this.modules.instrumented) {
      if (module.file !== file || !module.evaluated) continue;
      this.emitModule('module-going', module);
      module.gone = true;
      this.transitions?.departed(module);
    }
  }

  private emitModule(type: 'module-coming' | 'evaluate' | 'module-going', module: LoadedModule): void {
    if (this.listeners.size > 0) this.emit({ type, module: module.file, at: now() });
  }

  private emit(event: RuntimeEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  async apply(patch: string, options: ApplyOptions): Promise<Outcome> {
    const turns = new Turns();
    // Who asks first is served first.
    await (this.loaded ??= loadParts(turns).catch((error: unknown) => {
      this.loaded = null;
      throw error;
    }));
    return this.patching.apply(patch, options, turns);
  }

  check(patch: string, options: CheckOptions): CheckReport {
    return this.patching.check(patch, options);
  }

  revert(name: string, options: TransitionOptions): Promise<Outcome> {
    return this.patching.revert(name, options);
  }

  reverse(): void {
    this.patching.reverse();
  }

  force(): void {
    this.patching.force();
  }
}

/** Whether what was instrumented as an ES module runs as CommonJS, whose scope lacks the names that it imports. */
function isOfAnotherKind(meta: (() => unknown) | undefined): boolean {
  return meta !== undefined && Object.getPrototypeOf(meta()) !== null;
}

async function loadParts(turns: Turns): Promise<void> {
  for (const part of PATCHING) {
    await turns.share();
    loadOwn(part);
  }
}
