import { Engine, Patch, Site } from '../../src/engine/index.ts';
import type { Activation, Context, Outcome, PatchOptions, Task, Version } from '../../src/engine/index.ts';
import { SimHost } from './sim-host.ts';

/** An engine on the simulated platform, with calls made by hand. */
export class Fixture {
  readonly host = new SimHost();
  readonly engine: Engine;
  readonly outcomes: Outcome[] = [];
  private lastSite = 0;

  constructor(pinsPerTurn?: number) {
    this.engine = new Engine(this.host, pinsPerTurn);
  }

  site(path: string, tracked = true): Site {
    return new Site(++this.lastSite, 'm.js', path, tracked);
  }

  patch(name: string, sites: readonly Site[], options: PatchOptions = { replace: false }): Patch {
    const patch = new Patch(name, options);
    for (const site of sites) patch.add(site);
    return patch;
  }

  task(label = 'request'): Task {
    return this.engine.createTask('request', label);
  }

  /** Asks for it, and lets it begin. */
  apply(patch: Patch): void {
    this.engine.apply(patch, (outcome) => this.outcomes.push(outcome));
    this.host.settle();
  }

  revert(name: string): void {
    this.engine.revert(name, (outcome) => this.outcomes.push(outcome));
    this.host.settle();
  }

  reverse(): void {
    this.engine.reverse();
    this.host.settle();
  }

  force(): void {
    this.engine.force();
    this.host.settle();
  }

  /** What a call of a function that ends within its job reaches. */
  version(site: Site, context: Context | undefined): Version {
    return this.host.job(context, () => this.call(site).version);
  }

  /** A call of a tracked function in a job of its own; it stays suspended. */
  begin(site: Site, context: Context | undefined): Activation {
    const activation = this.host.job(context, () => this.beginHere(site));
    this.host.finishJob();
    return activation;
  }

  /** The same, within the running job. The caller's context is left as it was. */
  beginHere(site: Site): Activation {
    const { version, context } = this.call(site);
    const begin = (): Activation =>
      version === site.original ? this.engine.enterOriginal(this.host.idOf(site)) : this.engine.enter(site, version);
    if (context === null) return begin();
    if (version.patch !== null) return this.host.run(context, begin);
    this.host.enter(context);
    const activation = begin();
    this.engine.suspend(activation);
    return activation;
  }

  end(...activations: Activation[]): void {
    for (const activation of activations) {
      this.host.job(activation.context, () => this.engine.exit(activation));
      this.host.settle();
    }
  }

  private call(site: Site): { version: Version; context: Context | null } {
    const slot = this.host.slots.get(site) ?? 'original';
    if (slot === 'transition') return this.engine.call(site);
    return { version: slot === 'original' ? site.original : slot, context: null };
  }
}
