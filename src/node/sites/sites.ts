/** The sites of the process: made when a tracked function is first entered or a function is first patched, never before. */
import { Site } from '../../engine/index.ts';
import type { Engine, EngineHost, Version } from '../../engine/index.ts';
import type { Callable, Resolve } from '../../link/linked.ts';
import type { EntryVariables } from './entry-points.ts';
import { GROUP, groupOf, placeOf } from '../../instrument/names.ts';
import { Surplus } from '../../link/surplus.ts';
import type { LoadedModules } from './modules.ts';
import { nativeText } from './original-text.ts';
import { ownSite } from './own-site.ts';
import type { Environment, SlotValue, Slots } from './slots.ts';

// Taken now: the program may put something else in its place.
const { apply } = Reflect;

export class Sites {
  /** By group and place: of most groups no function is ever a site. */
  private readonly byGroup: ((Site | undefined)[] | undefined)[] = [];
  private readonly modules: LoadedModules;
  private readonly slots: Slots;
  /** Sites of functions that only a patch has take ids below zero. */
  private lastPrivate = 0;
  private variables: EntryVariables | null = null;
  /** Versions that read arguments which their site does not hand on. */
  readonly takesMore = new WeakSet<Version>();
  /** Ids of the sites whose slot asks for such arguments now. */
  private readonly asking = new Set<number>();
  private readonly idOf = new WeakMap<object, number>();
  /** Who is told of `this` and of each argument of a call of the site, whatever version of it runs. */
  private readonly watched = new Map<Site, (value: unknown) => void>();
  readonly surplus = new Surplus((fn) => this.asking.has(this.siteOf(fn)));

  constructor(modules: LoadedModules, slots: Slots) {
    this.modules = modules;
    this.slots = slots;
  }

  get(id: number, path: string, tracked: boolean): Site {
    const { byGroup } = this;
    // Without holes, which V8 would look for in the prototypes too.
    while (byGroup.length <= groupOf(id)) byGroup.push(undefined);
    const group = (byGroup[groupOf(id)] ??= new Array<Site | undefined>(GROUP).fill(undefined));
    return (group[placeOf(id)] ??= this.make(id, path, tracked));
  }

  private make(id: number, path: string, tracked: boolean): Site {
    const module = this.modules.holding(id);
    return new Site(id, module.file, path, tracked, module.tracked.get(id - module.base)?.form ?? (tracked ? 'brief' : 'plain'));
  }

  /** The site of a tracked function whose body is entered. */
  entered(id: number): Site {
    return this.byGroup[groupOf(id)]?.[placeOf(id)] ?? this.firstEntered(id);
  }

  private firstEntered(id: number): Site {
    const module = this.modules.holding(id);
    return this.get(id, module.tracked.get(id - module.base)?.path ?? '', true);
  }

  private(module: string, path: string): Site {
    return new Site(--this.lastPrivate, module, path, true);
  }

  /** Before any slot is written. */
  install(variables: EntryVariables): void {
    this.variables = variables;
  }

  /** Makes ready to write the slots of these, so that a transition only has to set them. */
  prepare(sites: Iterable<Site>): void {
    this.slots.prepare([...sites].map(({ id }) => id).filter((id) => id >= 0));
  }

  /** Writes the slot of a site as its dispatch says. */
  write(site: Site, engine: Engine, host: EngineHost): void {
    if (site.id < 0) return;
    if (this.asks(site)) this.asking.add(site.id);
    else this.asking.delete(site.id);
    const value = this.slotValue(site, engine, host);
    const look = this.watched.get(site);
    this.slots.set(site.id, look === undefined ? value : watching(look, value));
  }

  /** From the next dispatch on; null: nobody any more. */
  watch(site: Site, look: ((value: unknown) => void) | null): void {
    if (look === null) this.watched.delete(site);
    else this.watched.set(site, look);
  }

  private asks({ settled, pair }: Site): boolean {
    const { takesMore } = this;
    return pair === null ? takesMore.has(settled) : takesMore.has(pair.unpatched) || takesMore.has(pair.patched);
  }

  /** The id of the site that is the first thing in a function; -1 where there is none. */
  private siteOf(fn: object): number {
    let id = this.idOf.get(fn);
    if (id === undefined) this.idOf.set(fn, (id = ownSite(nativeText(fn as () => unknown)) ?? -1));
    return id;
  }

  private slotValue(site: Site, engine: Engine, host: EngineHost): SlotValue | undefined {
    const { dispatch } = site;
    if (dispatch === 'original') return undefined;
    if (dispatch === 'transition') return this.dispatcher(site, engine, host);
    const resolve = dispatch.impl as Resolve;
    if (this.takesMore.has(dispatch))
      return (self, environment, ...args) => this.run(implementationFor(environment, resolve), self, this.surplus.taken(args));
    const fixed = resolve.fixed?.() ?? null;
    if (fixed !== null) return this.variables!.running(fixed);
    return (self, environment, ...args) => this.run(implementationFor(environment, resolve), self, args);
  }

  /** The slot's function during a transition: asks the engine at each call, and runs the version where the engine says. */
  private dispatcher(site: Site, engine: Engine, host: EngineHost): SlotValue {
    const asks = this.asks(site);
    return (self, environment, ...declared) => {
      const args = asks ? this.surplus.taken(declared) : declared;
      const { version, context, gate } = engine.call(site);
      // The site awaits it and asks again.
      if (gate !== null) return gate.ticket;
      const resolve = implementationOf(version);
      const implementation = resolve === null ? undefined : implementationFor(environment, resolve);
      if (implementation === undefined) {
        if (context !== null) host.enter(context);
        return false;
      }
      return context === null ? this.run(implementation, self, args) : host.run(context, () => this.run(implementation, self, args));
    };
  }

  /** What the last call of a version gave is not alive because it is kept here until the next one. To be called between turns. */
  letGoOfResult(): void {
    this.variables?.setResult(undefined);
  }

  /** False where the version leaves it to the original. */
  private run(implementation: Callable | undefined, self: unknown, args: unknown[]): boolean {
    if (implementation === undefined) return false;
    this.variables!.setResult(apply(implementation, self, args));
    return true;
  }
}

function watching(look: (value: unknown) => void, value: SlotValue | undefined): SlotValue {
  return (self, environment, ...args) => {
    look(self);
    for (const argument of args) look(argument);
    return value === undefined ? false : value(self, environment, ...args);
  };
}

function implementationFor(environment: Environment, resolve: Resolve): Callable | undefined {
  if (environment === 0) return resolve();
  if (typeof environment === 'function') return resolve(environment);
  const [handle, accessor, newTarget] = environment;
  return resolve(handle || undefined, accessor || undefined, newTarget);
}

function implementationOf(version: Version): Resolve | null {
  return version.patch === null ? null : (version.impl as Resolve);
}
