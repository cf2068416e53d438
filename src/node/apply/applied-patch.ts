/** A patch joined to this process: its modules linked, its functions known to the engine, its properties ready. */
import { isSamePlace } from '../../data/index.ts';
import type { Change } from '../../data/index.ts';
import { Patch as EnginePatch, PatchObject, Version } from '../../engine/index.ts';
import type { Engine, MakerHooks, Mode, Site } from '../../engine/index.ts';
import { LivepatchError } from '../../errors/errors.ts';
import { BareTables } from '../../link/bare.ts';
import { OwnKeys } from '../../link/common-keys.ts';
import type { CommonKeys } from '../../link/common-keys.ts';
import { EmptiedCaches } from '../../link/emptied.ts';
import { LinkedModule } from '../../link/linked-module.ts';
import type { Patch, PatchFunction, PatchModule } from '../../patch/format.ts';
import type { Resolve } from '../../link/linked.ts';
import type { ScopeInstance } from '../../link/scopes.ts';
import { Admission } from './admission.ts';
import { BetweenModules } from './between-modules.ts';
import { PatchCallbacks } from './patch-callbacks.ts';
import type { LinkedCallbacks } from './scope-callbacks.ts';
import { listening } from './listening.ts';
import type { Listened } from './listening.ts';
import { DATA_MODULE, PatchData } from './patch-data.ts';
import type { PatchDataSurroundings } from './patch-data.ts';
import type { Match } from './matching.ts';
import type { LoadedModule, LoadedModules } from '../sites/modules.ts';
import type { Properties } from './properties.ts';
import { ModuleChanges } from './module-changes.ts';
import { MixinTargets } from './mixin-targets.ts';
import { OldTouch } from './old-touch.ts';
import { PackageCopies, folderOf } from './package-copies.ts';
import { PutOnObjects } from './put-on-objects.ts';
import type { Owner } from './put-on-objects.ts';
import { TaskSide } from './task-side.ts';
import { onceEvaluated } from './evaluated.ts';
import { Tables, showTable, whileShown } from './tables.ts';
import { targetsOf } from './targets.ts';
import type { Trial } from './trial.ts';
import { loadOwn } from '../../source/own.ts';
import { has } from './resolve.ts';
import type * as UnitMap from './unit-map.ts';
import { dependencyLacks } from './refusals.ts';
import type { Asking } from './asking.ts';
import type { AddedFiles } from './resolve.ts';
import { followLoops } from '../tasks/safe-point.ts';
import type { Sites } from '../sites/sites.ts';

/** What patches of one process share. */
export interface PatchSurroundings extends PatchDataSurroundings {
  readonly sites: Sites;
  readonly properties: Properties;
  readonly commonKeys: CommonKeys;
  readonly modules: LoadedModules;
}

interface Linked {
  readonly loaded: LoadedModule;
  readonly module: LinkedModule;
  readonly object: PatchObject;
  readonly callbacks: LinkedCallbacks;
  readonly sites: readonly Site[];
}

/** A version, and the function of the patch that it is of. */
interface Entry {
  readonly site: Site;
  readonly version: Version;
  readonly fn: PatchFunction | null;
}

interface PatchOptions {
  readonly mode?: Mode;
  readonly replace?: boolean;
  readonly timeoutMs?: number;
}

export class AppliedPatch {
  readonly patch: Patch;
  readonly name: string;
  readonly engine: EnginePatch;
  readonly linked: Linked[] = [];
  readonly admission: Admission;
  readonly data: PatchData;
  readonly copies: PackageCopies;
  private readonly entries: Entry[] = [];
  /** What is changed in place. */
  readonly tables: Tables;
  private readonly bare = new BareTables();
  private readonly emptied = new EmptiedCaches();
  private readonly keys: OwnKeys;
  private readonly between: BetweenModules;
  private readonly callbacks: PatchCallbacks;
  private readonly oldTouch: OldTouch;
  /** Set where it is only linked to see what would come of that. */
  trial: Trial | null = null;
  /** Called while the patch is linked, when its code has asked for a module: links what has come by that. */
  linkArrived: (() => void) | null = null;
  private readonly changes: ModuleChanges;
  private readonly mixins: MixinTargets | null;
  private readonly around: PatchSurroundings;
  private readonly runtime: Engine;
  private readonly sites: Sites;
  private readonly put: PutOnObjects;

  constructor(patch: Patch, name: string, around: PatchSurroundings, options: PatchOptions = {}) {
    const { engine: runtime, sites, properties } = around;
    this.around = around;
    this.patch = patch;
    this.name = name;
    this.runtime = runtime;
    this.copies = new PackageCopies(patch, around.modules);
    this.sites = sites;
    const replace = options.replace ?? patch.replace;
    this.tables = new Tables(name, properties, replace);
    this.engine = new EnginePatch(name, {
      replace,
      mode: options.mode ?? patch.mode,
      ...targetsOf(patch),
      hooks: this.makerHooks(),
    });
    this.admission = new Admission(name, this.engine.mode, runtime, sites, options.timeoutMs ?? 0);
    const side = new TaskSide(runtime);
    this.put = new PutOnObjects(this.engine, properties, side);
    this.data = new PatchData(this.engine, around);
    this.keys = new OwnKeys(around.commonKeys);
    this.changes = new ModuleChanges(side, around.modules, properties, (implementation) => this.data.wrapMember(implementation));
    const beside = (change: Change): Change => (this.engine.converged ? change : this.changes.beside(change));
    this.mixins = patch.modules.some(({ mixes }) => mixes) ? new MixinTargets(properties, this.put.early, beside) : null;
    this.oldTouch = new OldTouch(this.data.migrations, runtime, around);
    this.between = new BetweenModules(patch, this.linked, this.tables, () => this.linkArrived?.());
    this.callbacks = new PatchCallbacks({
      patch,
      name,
      engine: this.engine,
      data: this.data,
      around,
      runtime,
      putEarly: (changes) => this.putEarly(changes),
      siteOf: (loaded, fn) => this.siteOf(loaded, fn),
    });
  }

  private makerHooks(): MakerHooks {
    return {
      prePatch: () => {
        const additions = this.tables.additions();
        const added = whileShown(additions, () => this.changes.added(this.linked));
        const pending = this.pending();
        const accessors = this.data.accessors(added);
        // Of a property only one can be put.
        const early = [...added.filter(({ place }) => !accessors.some((one) => isSamePlace(one.place, place))), ...additions];
        this.mixins?.add(early);
        this.put.begin(pending, this.replaced(), [...early.map((change) => this.changes.beside(change)), ...accessors]);
        this.data.migrations.begin();
        this.keys.begin();
      },
      admits: () => this.admission.ask(this.linked.map(({ loaded, module }) => ({ loaded, target: module.module }))),
      postPatch: () => {
        this.put.settle(() => [...this.changes.takeOver(), ...this.changed()]);
        this.data.migrations.complete();
      },
      preUnpatch: () => {
        this.data.migrations.withdraw();
        this.put.withdraw();
        if (this.engine.mode !== 'barrier') this.tables.withdraw();
      },
      leaving: () => this.data.migrations.takeBack(),
      postUnpatch: () => {
        this.put.end();
        this.tables.leave();
        this.bare.restore();
        this.data.migrations.end();
        this.keys.end();
      },
      left: () => {
        const more = this.data.migrations.takeBack();
        if (more) this.oldTouch.watch(this.engine.functions.keys());
        else {
          this.oldTouch.end();
          this.data.freeStates();
        }
        return more;
      },
    };
  }

  private putEarly(changes: readonly Change[]): void {
    this.mixins?.add(changes);
    this.put.putEarly(changes);
  }

  /** For a patch that another has replaced: its callbacks do not run any more. */
  drop(): void {
    this.put.take();
    this.tables.leave();
    this.data.migrations.abandon();
    this.keys.end();
  }

  /** Evaluates the callbacks of the patch itself, which come before those of its modules. Throws ERR_LINK. */
  linkHooks(): void {
    this.engine.objects.push(new PatchObject('', this.callbacks.of(this.patch.hooks, '', null)));
  }

  /** Links the patch to a module that has been evaluated. Throws ERR_LINK. */
  link({ target, loaded }: Match): void {
    const { linked, versions } = this.join(target, loaded);
    linked.module.linkAll();
    this.data.addFields(linked.module.fields(), target.functions);
    this.tables.link(linked.module, 'refuse');
    this.between.nowLinked(linked.module);
    this.engine.objects.push(linked.object);
    for (const [site, version] of versions) this.engine.functions.set(site, version);
  }

  holds(loaded: LoadedModule): boolean {
    return this.linked.some((linked) => linked.loaded === loaded);
  }

  /** Before the engine knows the patch: takes back what has been linked to modules that have gone. */
  forgetGone(): void {
    const { functions, objects } = this.engine;
    for (const linked of this.linked.filter(({ loaded }) => loaded.gone)) {
      this.linked.splice(this.linked.indexOf(linked), 1);
      objects.splice(objects.indexOf(linked.object), 1);
      for (const site of linked.sites) functions.delete(site);
      this.tables.forget(linked.module);
    }
  }

  /** Once all modules that are loaded are linked: what the patch does to data is known from here on. */
  seal(): void {
    this.data.seal();
    for (const { site, version, fn } of this.entries) if (fn !== null) version.impl = this.data.wrap(site, fn, version.impl as Resolve);
    this.entries.length = 0;
  }

  /**
   * Links the patch to a module whose evaluation is just about to begin: its units are evaluated by their first call.
   * Throws what the module's prePatch threw, with nothing of it linked.
   */
  linkLate(target: PatchModule, loaded: LoadedModule): void {
    const { linked, versions } = this.join(target, loaded, true);
    this.seal();
    try {
      this.runtime.arrive(this.engine, linked.object, versions);
    } catch (error) {
      this.linked.splice(this.linked.indexOf(linked), 1);
      throw error;
    }
    onceEvaluated(loaded, () => this.evaluated(linked));
  }

  /** A module that came late has run as the old source has it: what the new one makes of its top level is put in its place. */
  private evaluated(linked: Linked): void {
    if (!this.linked.includes(linked) || !this.runtime.listed.includes(this.engine)) return;
    const { module } = linked;
    this.putEarly(this.changes.afterRun(module));
    this.tables.link(module, 'leave');
    this.putEarly(this.tables.additions());
    // While the transition lasts, what changes for all waits for its end as that of the others does.
    if (this.engine.converged) this.put.putLate(this.changed([linked]));
    else this.put.show(this.pending([linked]));
  }

  /** The module has gone, or must not load after all. */
  unlink(loaded: LoadedModule): void {
    for (const linked of this.linked.filter((l) => l.loaded === loaded)) {
      this.runtime.depart(this.engine, linked.object, linked.sites);
      this.linked.splice(this.linked.indexOf(linked), 1);
    }
  }

  private loading(target: PatchModule, files: AddedFiles, own: Asking): (specifier: string) => unknown {
    const require = files.requireOf(target, own);
    return (specifier) => {
      this.trial?.ask(files.pathOf(target, own, specifier));
      const given = require(specifier);
      this.linkArrived?.();
      return given;
    };
  }

  /** The code of the patch is that of a process without the patches that it takes the place of. */
  private withoutReplaced<T>(body: () => T): T {
    const replaced = this.replaced();
    if (replaced.length === 0) return body();
    return this.around.properties.without((owner) => replaced.includes((owner as Partial<Owner>).of!), body);
  }

  private replaced(): EnginePatch[] {
    return this.runtime.patches.filter((other) => other !== this.engine && this.engine.replaces(other));
  }

  private siteOf(loaded: LoadedModule, fn: PatchFunction): Site {
    return this.sites.get(loaded.base + fn.site, fn.path, fn.tracked || loaded.tracked.has(fn.site));
  }

  private join(
    target: PatchModule,
    loaded: LoadedModule,
    late = false,
  ): { readonly linked: Linked; readonly versions: readonly (readonly [Site, Version])[] } {
    for (const { site, path } of target.functions) {
      const known = loaded.tracked.get(site)?.path ?? path;
      if (site < 1 || site >= loaded.ids || known !== path)
        throw new LivepatchError(
          'ERR_UNKNOWN_FUNCTION',
          { module: target.file, path },
          { where: { file: loaded.file }, hint: 'Nothing was changed.' },
        );
    }
    const files = this.between.filesFor(target, loaded);
    const asking = files.askingOf(target, () => loaded.meta?.());
    const require = this.loading(target, files, asking);
    const lacking = target.expects?.find((expected) => !has(expected, require) && !files.isGiven(expected));
    if (lacking) throw dependencyLacks(target, lacking);
    const entries: Entry[] = [];
    const module = new LinkedModule(target, loaded.scopes, {
      patch: this.name,
      url: loaded.url,
      file: loaded.file,
      late,
      mapOf: process.sourceMapsEnabled
        ? (unit, origins) => loadOwn<typeof UnitMap>('node/apply/unit-map').unitMap(unit, origins, loaded.url)
        : null,
      enter: (key) => this.runtime.enter(entries[key]!.site, entries[key]!.version),
      enterLoop: (key) => this.runtime.enterLoop(entries[key]!.site, entries[key]!.version),
      goOn: (key, original) => this.runtime.goOn(entries[key]!.site, original ? entries[key]!.site.original : entries[key]!.version),
      require: (specifier) => (specifier === DATA_MODULE ? this.data.api : require(specifier)),
      brought: (specifier) => files.broughtTo(target, asking, specifier),
      touch: (value) => this.data.migrations.touch(this.mixins?.touch(value) ?? value),
      listening: (id, object) => listening(this.around.shadows, id, object as Listened),
      bare: this.bare.of,
      emptied: this.emptied.of,
      common: (scope, name, make) => (this.trial ? make() : this.keys.of(scope, name, make)),
      meta: () => loaded.meta?.(),
      exportsOf: (file) => this.between.exportsOf(file, folderOf(loaded.file, target), target.package?.name),
      showTable,
      seeing: (body) => this.withoutReplaced(() => this.between.seeing(target, body)),
    });
    for (const fn of target.functions) {
      const version = new Version(this.engine, module.resolver(fn));
      if (fn.takesMore) this.sites.takesMore.add(version);
      if (fn.loops) followLoops(version, fn.loops, module);
      entries.push({ site: this.siteOf(loaded, fn), version, fn });
    }
    for (const fn of target.privates) {
      entries.push({ site: this.sites.private(loaded.file, fn.path), version: new Version(this.engine), fn: null });
    }
    this.entries.push(...entries);
    const own = late ? this.callbacks.late(target, loaded) : this.callbacks.of(target.hooks, target.file, loaded);
    const callbacks = this.callbacks.ofScopes(target, loaded, own);
    const object = new PatchObject(target.file, callbacks.hooks);
    const linked = { loaded, module, object, callbacks, sites: entries.map((e) => e.site) };
    this.linked.push(linked);
    return { linked, versions: entries.map((e) => [e.site, e.version] as const) };
  }

  /** A scope of a module that is just being evaluated: a class in it gets the members that the patch adds. */
  scopeArrived(loaded: LoadedModule, instance: ScopeInstance): void {
    for (const linked of this.linked) {
      const { loaded: own, module, callbacks } = linked;
      if (own !== loaded) continue;
      callbacks.scopeArrived(instance);
      // A module in a bundle that older code asks for: the new version of it does not come here. By the next turn it has run.
      if (module.module.units.some(({ kind, handle }) => kind === 'bundled' && handle === instance.id))
        queueMicrotask(() => this.ran(linked));
      this.putEarly(this.changes.ofScope(linked, instance));
      const fields = module.fields(instance);
      if (fields.length > 0) this.putEarly(this.data.addLateFields(fields));
    }
  }

  private changed(linked: readonly Linked[] = this.linked): Change[] {
    return [...this.tables.changes(), ...this.changes.changed(linked)];
  }

  /** The same before it is made so: what is new in it has been put already. */
  private pending(linked: readonly Linked[] = this.linked): Change[] {
    return [...this.tables.pending(linked.map(({ module }) => module)), ...this.changes.changed(linked)];
  }

  private ran(linked: Linked): void {
    if (!this.linked.includes(linked) || !this.runtime.listed.includes(this.engine)) return;
    try {
      this.putEarly(this.changes.newProperties(linked.module));
      if (this.engine.converged) this.put.putLate(this.changes.changed([linked]));
      else {
        this.tables.add(linked.module);
        this.putEarly(this.tables.additions());
        this.put.show(this.pending([linked]));
      }
    } catch {
      // Nobody is there to catch it. Whoever calls the new code of that module is told.
    }
  }
}
