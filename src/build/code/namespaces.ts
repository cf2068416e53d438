/**
 * Modules that a module holds as a whole: what it takes from one by its name may be new in the patch, or have another value
 * there. A namespace of an ES module never shows that. The exports of a CommonJS module do, but only when the transition is
 * complete, and code that runs when the patch is linked reads them before.
 */
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import type { Surroundings } from './context.ts';
import { memberText } from '../../source/paths.ts';
import { importsOf } from '../version/modules/imports.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import type { Side } from '../version/side.ts';

/** Kinds of functions that have run when the module has. */
const RUNS_ONCE: ReadonlySet<FunctionInfo['kind']> = new Set(['module', 'static']);

/** esbuild's helper, which copies whatever it is given. */
const COPIES = /^__toESM\d*$/;

export class Namespaces {
  private readonly around: Surroundings;
  private readonly sources = new Map<Binding, string>();
  /** What a compiler's helper made of a module: a copy, which shows nothing that is new. */
  private readonly copies = new Map<Binding, string>();

  constructor(side: Side, around: Surroundings) {
    this.around = around;
    const { root, scope } = side.model;
    const imports = importsOf(side);
    for (const { name, source, imported, targets, value } of itemsOf(side, root).named.values()) {
      const binding = scope.bindings.get(name);
      if (!binding || binding.reassigned || targets.length > 0) continue;
      const copied = value?.type === 'CallExpression' && COPIES.test(memberText(value.callee) ?? '') ? imports.get(binding) : undefined;
      if (copied) this.copies.set(binding, copied.source);
      else if (source !== null && imported === '*') this.sources.set(binding, source);
    }
  }

  /** The module of the patch, by its file, that `lib` stands for in `lib.name`; null where that is what the process has loaded. */
  changed({ binding, node, parent, fn }: Reference): string | null {
    if (parent.type !== 'MemberExpression' || parent.object !== node || parent.computed || parent.property.type !== 'Identifier')
      return null;
    const copied = binding && this.copies.get(binding);
    // By this name it has what the module gives away as a whole, where that is no ES module by itself.
    if (copied != null) return parent.property.name === 'default' ? null : this.around.changedExport(copied, parent.property.name);
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
