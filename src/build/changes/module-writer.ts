/** Writes the patch of one module, once all that is in it is known: its units, and how the process finds what they hold. */
import type { HandleScope } from '../../instrument/plan.ts';
import type { OutdatedObjects, PatchModule, ScopeCallbacks, StrandedFunction } from '../../patch/format.ts';
import { hashOf } from '../../patch/format.ts';
import type { ModuleContext } from '../code/context.ts';
import type { Draft } from '../code/draft.ts';
import { sourceLinesOf } from '../code/source-lines.ts';
import { checkUnit } from '../code/unit.ts';
import { requireOf } from '../version/forms/items.ts';
import type { ClassDiff } from './classes/classes.ts';
import type { ModuleInput } from './module.ts';
import type { Shapes } from './classes/shapes.ts';
import type { TopDiff } from './top.ts';
import { UnitsWriter } from './units-writer.ts';

/** What a module's patch is made of. */
export interface ModuleParts {
  readonly input: ModuleInput;
  readonly ctx: ModuleContext;
  readonly tops: readonly TopDiff[];
  readonly classes: readonly ClassDiff[];
  readonly drafts: readonly Draft[];
  readonly stranded: readonly StrandedFunction[];
  readonly outdated: readonly OutdatedObjects[];
  readonly shapes: Shapes;
  /** See `PatchModule`. */
  readonly mixes: boolean;
  readonly callbacks: readonly ScopeCallbacks[];
}

export class ModuleWriter {
  private readonly parts: ModuleParts;

  constructor(parts: ModuleParts) {
    this.parts = parts;
  }

  /** Null when nothing in it needs patching. */
  run(): PatchModule | null {
    const { base, resolver } = this.parts.ctx;
    const known = new Set<string>();
    for (const { parent } of base.model.references) {
      const required = requireOf(parent);
      if (required) known.add(required.source);
    }
    const { around } = this.parts.ctx;
    const isNewRequire = (specifier: string): boolean => around.isAdded(specifier) || around.follows(specifier) || !known.has(specifier);
    // Which units there are decides how names are written, and writing finds out which units are needed.
    let handles = this.handles();
    for (;;) {
      resolver.units.clear();
      handles.forEach((handle, i) => resolver.units.set(handle, i));
      const result = new UnitsWriter(this.parts, handles, isNewRequire).write();
      const again = this.handles();
      if (again.length === handles.length) {
        const { hook } = this.parts.ctx.around;
        const hooks = hook?.module === this.parts.input.file ? hook.code : null;
        const callbacks = hooks === null ? this.parts.callbacks : [];
        if (handles.length === 0 && hooks === null && callbacks.length === 0) return null;
        for (const unit of result.units) checkUnit(unit.code, this.parts.input.file);
        const origins = sourceLinesOf(result.units, this.parts.ctx.next);
        return {
          file: this.parts.input.file,
          package: this.parts.input.package,
          hash: hashOf(this.parts.input.raw),
          format: base.model.format,
          ids: base.plan.ids,
          ...result,
          ...(origins ? { origins } : {}),
          ...(this.parts.mixes ? { mixes: true } : {}),
          ...(hooks !== null ? { hooks } : {}),
          ...(callbacks.length > 0 ? { callbacks } : {}),
          ...(this.parts.stranded.length > 0 ? { stranded: this.parts.stranded } : {}),
          ...(this.parts.outdated.length > 0 ? { outdated: this.parts.outdated } : {}),
        };
      }
      handles = again;
    }
  }

  private handles(): HandleScope[] {
    const { base, resolver } = this.parts.ctx;
    const found = new Set<HandleScope>();
    for (const d of this.parts.drafts) found.add(d.site.handle);
    for (const { handle } of [...resolver.fresh.values(), ...resolver.lifted.values()]) found.add(handle);
    for (const handle of resolver.exposed.keys()) found.add(handle);
    for (const top of this.parts.tops) {
      if (top.exports.size > 0) found.add(base.plan.handles[0]!);
      for (const set of top.properties.values()) found.add(set.handle);
      if (top.declarations.size > 0 || top.fills.size > 0 || [...top.tables.changes.values()].some(({ changes }) => changes.length > 0))
        found.add(top.handle);
    }
    for (const group of this.parts.shapes.groups.values()) found.add(group.handle);
    for (const cls of this.parts.classes)
      if (cls.members.length > 0 || cls.properties.length > 0 || cls.removed.length > 0) found.add(cls.handle);
    // A fresh name in a scope that nothing else of the patch is in needs its unit only if it is read or given away.
    return [...found].sort((a, b) => a.id - b.id);
  }
}
