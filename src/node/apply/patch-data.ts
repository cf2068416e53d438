/** What one patch does to data: the API that its code and callbacks use, and what calls of its functions have to see to. */
import { types } from 'node:util';
import type { Shadows, States, StateRecord, Structures } from '../../data/index.ts';
import { Migrations } from '../../data/index.ts';
import type { Change, Constructor, MigrationHost, MigrationOptions, ShadowPlace, ShadowVariable } from '../../data/index.ts';
import { PatchObject } from '../../engine/index.ts';
import type { Engine, ObjectState, Patch, PatchHooks, Site } from '../../engine/index.ts';
import type { LinkedFields, Resolve } from '../../link/linked.ts';
import type { PatchFunction } from '../../patch/format.ts';
import { canSearch, instancesOf, targetOf } from './instances.ts';
import type { Properties } from './properties.ts';
import { meter } from '../time/meter.ts';
import { atNextTurn } from '../time/clock.ts';

export const DATA_MODULE = 'livepatch/data';

/** `livepatch/data` as the code of a patch gets it: what it says of patching is said of that patch. */
export interface PatchDataApi {
  shadow<T, O extends object = object>(id: string, options?: { readonly place?: ShadowPlace }): ShadowVariable<T, O>;
  version(object: object): number;
  has(object: object, mark: string): boolean;
  markVersion(object: object, version: number): boolean;
  patchingComplete(): boolean;
  migrated<T>(object: T): T;
  migrate<O extends object>(type: Constructor<O> | string, options: MigrationOptions<O>): void;
  transformWorld<O extends object>(
    type: Constructor<O>,
    up: NonNullable<MigrationOptions<O>['up']>,
    options?: Omit<MigrationOptions<O>, 'up'>,
  ): void;
}

/** Callbacks of a state: they run only where the state is introduced or removed, not where it is taken over. */
export interface StateHooks extends PatchHooks {
  /** Called for each shadow variable of the state's id as the state goes. */
  destroy?(object: object, value: unknown): void;
}

export interface PatchDataSurroundings {
  readonly engine: Engine;
  readonly shadows: Shadows;
  readonly states: States;
  readonly structures: Structures;
  readonly properties: Properties;
}

/** Answers `has(object, 'v2')`: of a version by what is marked, of anything else by its shadow variable. */
export function hasMark(structures: Structures, shadows: Shadows, object: object, mark: string): boolean {
  const version = /^v(\d+)$/.exec(mark);
  return (version !== null && structures.asked(object) >= Number(version[1])) || shadows.has(object, mark);
}

export class PatchData {
  readonly migrations: Migrations;
  readonly api: PatchDataApi;
  private readonly patch: Patch;
  private readonly around: PatchDataSurroundings;
  private readonly destructors = new Map<string, NonNullable<StateHooks['destroy']>>();
  private readonly factories = new Map<Site, (object: object) => void>();
  /** Functions of the modules whose classes gain fields: they may see an instance as a whole, so they touch what they are given. */
  private readonly near = new Set<PatchFunction>();
  private authored = false;
  private sealed = false;
  private later: (() => void) | null = null;
  /** Each gives true once it has declared all. */
  private awaited: readonly (() => boolean)[] = [];

  constructor(patch: Patch, around: PatchDataSurroundings) {
    this.patch = patch;
    this.around = around;
    this.migrations = new Migrations(around.structures, platform(around.properties), patch);
    this.api = this.makeApi();
  }

  /** What `livepatch.state(id, callbacks)` declares. */
  state(id: string, hooks: StateHooks): void {
    this.refuseIfSealed('state');
    const { states, engine } = this.around;
    const { patch } = this;
    const record = (): StateRecord => {
      const own = states.get(patch, id);
      if (own === undefined) throw new TypeError(`the patch does not declare the state "${id}"`);
      return own;
    };
    record();
    if (hooks.destroy !== undefined) this.destructors.set(id, hooks.destroy.bind(hooks));
    let introduced = false;
    const others = (): boolean => this.isShared(id);
    const run = (hook: keyof PatchHooks, state: ObjectState): void => hooks[hook]?.(state);
    this.patch.objects.push(
      new PatchObject(`state ${id}`, {
        prePatch: (state) => {
          introduced = !others();
          if (introduced) run('prePatch', state);
          else record().data = states.previous(engine.inTransition, engine.listed, id)?.data;
        },
        postPatch: (state) => {
          if (introduced) run('postPatch', state);
        },
        preUnpatch: (state) => {
          introduced = !others();
          if (introduced) run('preUnpatch', state);
        },
        postUnpatch: (state) => {
          if (introduced) run('postUnpatch', state);
        },
      }),
    );
  }

  /** What `migrate` declares of a function that makes objects. */
  factory(site: Site, options: MigrationOptions): void {
    this.refuseIfSealed('migrate');
    this.factories.set(site, this.migrations.declareFactory(site, site.path, options));
  }

  /** A state goes with the last patch that has it, and the shadow variable of its id goes with the state. */
  freeStates(): void {
    const { shadows, states } = this.around;
    for (const id of states.ids(this.patch)) if (!this.isShared(id)) shadows.freeAll(id, this.destructors.get(id));
  }

  private isShared(id: string): boolean {
    const { states, engine } = this.around;
    return engine.patches.some((p) => p !== this.patch && states.get(p, id) !== undefined);
  }

  /** Fields that new versions of classes have, and that their instances lack. */
  addFields(found: readonly LinkedFields[], functions: readonly PatchFunction[]): void {
    if (found.length > 0) for (const fn of functions) this.near.add(fn);
    for (const { type, fields } of found) this.migrations.declareFields(type as Constructor, fields);
  }

  /** The same for a class that is just being made. */
  addLateFields(found: readonly LinkedFields[]): readonly Change[] {
    return found.flatMap(({ type, fields }) => this.migrations.accessorsOf(this.migrations.declareFields(type as Constructor, fields)));
  }

  accessors(added: readonly Change[] = []): readonly Change[] {
    return this.migrations.accessors(added);
  }

  /** The patch is linked: nothing can be declared from here on. */
  seal(): void {
    this.sealed = true;
  }

  /** Declarations that a module which has yet to run must wait with: `declare` is called before the first of its versions runs. */
  evaluateLater(declare: () => void): void {
    const before = this.later;
    this.later = () => {
      before?.();
      this.later = null;
      this.sealed = false;
      try {
        declare();
      } finally {
        this.sealed = true;
      }
    };
  }

  /** The same of what scopes within a module wait with, while the rest of it runs: `declare` is tried until it gives true. */
  declareOnce(declare: () => boolean): void {
    this.awaited = [...this.awaited, declare];
  }

  private declareAwaited(): void {
    if (this.awaited.length === 0) return;
    const { sealed } = this;
    this.sealed = false;
    try {
      this.awaited = this.awaited.filter((declare) => !declare());
    } finally {
      this.sealed = sealed;
    }
  }

  private touch(value: unknown): void {
    this.declareAwaited();
    this.migrations.touch(value);
  }

  /** The version of a function, with what its calls have to see to: only where the patch changes data at all. */
  wrap(site: Site, fn: PatchFunction, resolve: Resolve): Resolve {
    if (this.later === null) return this.wrapNow(site, fn, resolve);
    let inner: Resolve | null = null;
    return (handle, accessor, newTarget) => {
      this.later?.();
      return (inner ??= this.wrapNow(site, fn, resolve))(handle, accessor, newTarget);
    };
  }

  /** A method that a class gains may be the first to touch an instance, as its changed functions may. */
  wrapMember(method: Implementation): Implementation {
    if (!this.authored && this.near.size === 0 && this.later === null && this.awaited.length === 0) return method;
    const declare = (): void => this.later?.();
    const touched = touching(method, (value) => this.touch(value));
    const { wrapper } = {
      wrapper(this: unknown, ...args: unknown[]): unknown {
        declare();
        return Reflect.apply(touched, this, args);
      },
    };
    for (const key of ['name', 'length']) Object.defineProperty(wrapper, key, Object.getOwnPropertyDescriptor(method, key)!);
    return wrapper;
  }

  private wrapNow(site: Site, fn: PatchFunction, resolve: Resolve): Resolve {
    const { migrations, patch } = this;
    let inner = resolve;
    const mayCome = this.awaited.length > 0;
    if (fn.creates) {
      if (migrations.any || mayCome || fn.marks)
        inner = wrapped(resolve, fn.shape === 'derived' ? creatingDerived : creating, this.made(site, fn));
    } else if ((this.near.has(fn) || mayCome || (migrations.any && this.authored)) && fn.shape !== 'derived' && fn.shape !== 'field')
      inner = wrapped(resolve, touching, (value) => this.touch(value));
    if (!fn.guarded) return inner;
    if (fn.marks && !fn.creates) inner = wrapped(inner, returning, this.made(site, fn));
    const { engine } = this.around;
    const original = undefined as unknown as Implementation;
    return (handle, accessor, newTarget) => {
      if (patch.converged) return inner(handle, accessor, newTarget);
      const below = engine.without(patch, site);
      return below.patch === null ? original : (below.impl as Resolve)(handle, accessor, newTarget);
    };
  }

  /** What is told of each object that a function makes. */
  private made(site: Site, fn: PatchFunction): See {
    const { structures } = this.around;
    const told = this.factories.get(site);
    return (value) => {
      this.declareAwaited();
      if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return;
      if (fn.creates) this.migrations.created(value);
      told?.(value);
      if (fn.marks && structures.version(value) === 1) structures.mark(value, 2);
    };
  }

  private makeApi(): PatchDataApi {
    const { migrations, patch } = this;
    const { shadows, structures } = this.around;
    const migrate = <O extends object>(type: Constructor<O> | string, options: MigrationOptions<O>): void => {
      this.refuseIfSealed('migrate');
      if (typeof type === 'string') throw new TypeError(`migrate('${type}') is for the callbacks of a module, which has the function`);
      this.authored = true;
      migrations.declare(type as unknown as Constructor, options as unknown as MigrationOptions);
    };
    return {
      shadow: (id, options = {}) => shadows.variable(id, options.place),
      version: (object) => structures.asked(object),
      has: (object, mark) => hasMark(structures, shadows, object, mark),
      markVersion: (object, version) => {
        if (!patch.converged) return false;
        structures.mark(object, version);
        migrations.marked(object, version);
        return true;
      },
      patchingComplete: () => patch.converged,
      migrated: (object) => migrations.touch(object),
      migrate,
      transformWorld: (type, up, options) => migrate(type, { when: 'world', ...options, up }),
    };
  }

  private refuseIfSealed(what: string): void {
    if (this.sealed) throw new TypeError(`${what}() declares, so it is called as the callbacks are loaded, not in one of them`);
  }
}

type Implementation = ReturnType<Resolve>;
/** What is told of an object before it is used, or of one that is made. */
type See = (value: unknown) => void;

/** One closure for each implementation; a closure's factory makes a new one for each call. */
function wrapped(resolve: Resolve, around: (implementation: Implementation, see: See) => Implementation, see: See): Resolve {
  let last: Implementation | null = null;
  let result: Implementation;
  return (handle, accessor, newTarget) => {
    const implementation = resolve(handle, accessor, newTarget);
    if (implementation !== last) {
      last = implementation;
      result = around(implementation, see);
    }
    return result;
  };
}

function touching(implementation: Implementation, see: See): Implementation {
  return function (this: unknown, ...args: unknown[]) {
    see(this);
    for (let i = 0; i < args.length; i++) see(args[i]);
    return Reflect.apply(implementation, this, args);
  };
}

function creating(implementation: Implementation, see: See): Implementation {
  return function (this: unknown, ...args: unknown[]) {
    see(this);
    return Reflect.apply(implementation, this, args);
  };
}

function returning(implementation: Implementation, see: See): Implementation {
  return function (this: unknown, ...args: unknown[]) {
    const result = Reflect.apply(implementation, this, args);
    see(result);
    return result;
  };
}

/** See the shape `derived`: the object is what the version's generator is resumed with. */
function creatingDerived(implementation: Implementation, see: See): Implementation {
  return function* (this: unknown, ...args: unknown[]): Generator<unknown, unknown, object> {
    const version = Reflect.apply(implementation, this, args) as Generator<unknown, unknown, object>;
    let step = version.next();
    while (!step.done) {
      let made: object;
      try {
        made = yield step.value;
      } catch (error) {
        step = version.throw(error);
        continue;
      }
      see(made);
      step = version.next(made);
    }
    return step.value;
  } as unknown as Implementation;
}

function platform(properties: Properties): MigrationHost {
  let known: boolean | null = null;
  const targets = new WeakMap<object, object>();
  return {
    get searchable() {
      return (known ??= canSearch());
    },
    search: (type) => instancesOf(type),
    behind: (object) => {
      if (!types.isProxy(object)) return object;
      const target = targets.get(object) ?? targetOf(object);
      if (target !== null) targets.set(object, target);
      return target;
    },
    has: (object, key) => properties.has(object, key),
    meter,
    later: (fn) => void atNextTurn(fn),
    warn: (what) => process.emitWarning(what, 'LivepatchWarning'),
  };
}
