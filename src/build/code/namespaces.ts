/**
 * Modules that a module holds as a whole: what it takes from one by its name may be new in the patch, or have another value
 * there. A namespace of an ES module never shows that. The exports of a CommonJS module do, but only when the transition is
 * complete, and code that runs when the patch is linked reads them before.
 */
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import type { Surroundings } from './context.ts';
import { itemsOf } from '../version/item-reader.ts';
import type { Side } from '../version/side.ts';

/** Kinds of functions that have run when the module has. */
const RUNS_ONCE: ReadonlySet<FunctionInfo['kind']> = new Set(['module', 'static']);

export class Namespaces {
  private readonly around: Surroundings;
  private readonly sources = new Map<Binding, string>();

  constructor(side: Side, around: Surroundings) {
    this.around = around;
    const { root, scope } = side.model;
    for (const { name, source, imported, targets } of itemsOf(side, root).named.values()) {
      const binding = scope.bindings.get(name);
      if (binding && !binding.reassigned && source !== null && imported === '*' && targets.length === 0) this.sources.set(binding, source);
    }
  }

  /** The module of the patch, by its file, that `lib` stands for in `lib.name`; null where that is what the process has loaded. */
  changed({ binding, node, parent, fn }: Reference): string | null {
    if (parent.type !== 'MemberExpression' || parent.object !== node || parent.computed || parent.property.type !== 'Identifier')
      return null;
    const source = binding && this.sources.get(binding);
    if (source == null || (binding!.kind !== 'import' && !RUNS_ONCE.has(fn.kind))) return null;
    return this.around.changedExport(source, parent.property.name);
  }

  /** The module of the patch, by its file, with changed exports that `specifier` leads to. */
  changedModule(specifier: string): string | null {
    return this.around.changedExports(specifier)?.file ?? null;
  }

  /** As in `Surroundings`. */
  follows(specifier: string): boolean {
    return this.around.follows(specifier);
  }

  /** Whether `specifier` leads to a file that the patch brings along. */
  brings(specifier: string): boolean {
    return this.around.isAdded(specifier);
  }
}
