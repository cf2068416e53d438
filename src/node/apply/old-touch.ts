/** While the older code runs and instances are still to get their old shape back: those that it touches get it first. */
import type { Migrations } from '../../data/index.ts';
import type { Engine, Site } from '../../engine/index.ts';
import type { Sites } from '../sites/sites.ts';
import type { Properties } from './properties.ts';

export class OldTouch {
  private readonly migrations: Migrations;
  private readonly runtime: Engine;
  private readonly sites: Sites;
  private readonly properties: Properties;
  private watched: readonly Site[] = [];

  constructor(migrations: Migrations, runtime: Engine, around: { readonly sites: Sites; readonly properties: Properties }) {
    this.migrations = migrations;
    this.runtime = runtime;
    this.sites = around.sites;
    this.properties = around.properties;
  }

  /** `sites`: where the patch has stood, so that older code can be at work on what it has left. */
  watch(sites: Iterable<Site>): void {
    const { migrations } = this;
    if (this.watched.length > 0 || !migrations.isUnreadable) return;
    this.properties.put(this, migrations.accessorsBack());
    this.watched = [...sites];
    this.tell((value) => migrations.touchBack(value));
  }

  end(): void {
    this.properties.take(this);
    this.tell(null);
    this.watched = [];
  }

  private tell(touch: ((value: unknown) => void) | null): void {
    for (const site of this.watched) {
      this.sites.watch(site, touch);
      this.runtime.redispatch(site);
    }
  }
}
