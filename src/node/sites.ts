/** The sites of the process: made when a tracked function is first entered or a function is first patched, never before. */
import { Site } from '../engine/index.ts';
import type { Engine, EngineHost, Version } from '../engine/index.ts';
import type { Accessor } from '../link/accessor.ts';
import type { Resolve } from '../link/linked-module.ts';
import type { ScopeEval } from '../link/scopes.ts';
import type { LoadedModules } from './modules.ts';
import type { Slots, SlotValue } from './slots.ts';

export class Sites {
  /** Dense, so that V8 finds one with two loads; as long as the highest id in it. */
  private readonly byId: (Site | undefined)[] = [];
  private readonly modules: LoadedModules;
  private readonly slots: Slots;
  /** Sites of functions that only a patch has take ids below zero. */
  private lastPrivate = 0;

  constructor(modules: LoadedModules, slots: Slots) {
    this.modules = modules;
    this.slots = slots;
  }

  get(id: number, path: string, tracked: boolean): Site {
    const { byId } = this;
    while (byId.length <= id) byId.push(undefined);
    return (byId[id] ??= this.make(id, path, tracked));
  }

  private make(id: number, path: string, tracked: boolean): Site {
    const module = this.modules.holding(id);
    return new Site(id, module.file, path, tracked, module.entries.get(id - module.base) ?? (tracked ? 'brief' : 'plain'));
  }

  /** The site of a tracked function whose body is entered. */
  entered(id: number): Site {
    return this.byId[id] ?? this.firstEntered(id);
  }

  private firstEntered(id: number): Site {
    const module = this.modules.holding(id);
    return this.get(id, module.trackedPaths.get(id - module.base) ?? '', true);
  }

  private(module: string, path: string): Site {
    return new Site(--this.lastPrivate, module, path, true);
  }

  /** Makes ready to write the slots of these, so that a transition only has to set them. */
  prepare(sites: Iterable<Site>): void {
    this.slots.prepare([...sites].map(({ id }) => id).filter((id) => id >= 0));
  }

  /** Writes the slot of a site as its dispatch says. */
  write(site: Site, engine: Engine, host: EngineHost): void {
    if (site.id < 0) return;
    this.slots.set(site.id, this.slotValue(site, engine, host));
  }

  private slotValue(site: Site, engine: Engine, host: EngineHost): SlotValue {
    const dispatch = site.dispatch;
    if (dispatch === 'original') return undefined;
    if (dispatch !== 'transition') return dispatch.impl as SlotValue;
    return dispatcher(site, engine, host) as SlotValue;
  }
}

/** The slot's value during a transition: asks the engine at each call, and runs the version where the engine says. */
function dispatcher(site: Site, engine: Engine, host: EngineHost): Resolve {
  return ((handle?: ScopeEval, accessor?: Accessor, newTarget?: unknown) => {
    const { version, context, gate } = engine.call(site);
    // The site awaits it and asks again.
    if (gate !== null) return gate.ticket;
    const resolve = implementationOf(version);
    if (resolve === null) {
      if (context !== null) host.enter(context);
      return undefined;
    }
    const implementation = resolve(handle, accessor, newTarget);
    if (context === null) return implementation;
    return function (this: unknown, ...args: unknown[]) {
      return host.run(context, () => Reflect.apply(implementation, this, args));
    };
  }) as unknown as Resolve;
}

function implementationOf(version: Version): Resolve | null {
  return version.patch === null ? null : (version.impl as Resolve);
}
