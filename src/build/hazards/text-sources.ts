/**
 * Where the text that is made into code comes from: whether other modules of the package have a hand in it, or only this
 * one and whoever calls it.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { ownBinding } from '../../instrument/forwarding.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { functionOf } from '../version/values/effects.ts';
import { sourcesOf } from '../version/values/flow.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import { requireOf } from '../version/forms/items.ts';
import type { Side } from '../version/side.ts';
import { walk } from '../version/program/walk.ts';

export class TextSources {
  private readonly side: Side;
  private readonly isForeign: (specifier: string) => boolean;
  private readonly isForeignModule: (module: FunctionInfo) => boolean;
  private readonly imports: ReadonlyMap<string, string>;
  private readonly seen = new Set<AnyNode | Binding>();
  /** The expressions that such a module, or whatever an object holds, has a hand in. */
  readonly exits: AnyNode[] = [];

  /** `isForeign`: whether the module that a specifier leads to may give another text than before; the same of modules in a bundle. */
  constructor(side: Side, isForeign: (specifier: string) => boolean, isForeignModule: (module: FunctionInfo) => boolean) {
    this.side = side;
    this.isForeign = isForeign;
    this.isForeignModule = isForeignModule;
    const { named } = itemsOf(side, side.model.root);
    this.imports = new Map([...named.values()].flatMap(({ name, source }) => (source === null ? [] : [[name, source] as const])));
  }

  /** Looks at what a value within `fn` may be made with the help of; true where that may be such a module, or cannot be told. */
  reaches(fn: FunctionInfo, value: AnyNode): boolean {
    return anyOf(sourcesOf(this.side, fn.node as AnyNode, value), (source) => this.looksOut(source));
  }

  private looksOut(source: AnyNode): boolean {
    if (this.seen.has(source)) return false;
    this.seen.add(source);
    let out = false;
    walk(source, (node) => {
      const required = requireOf(node);
      const asked = this.side.inBundle.asked(node);
      // What an object holds was put there by whoever has it.
      out ||= node.type === 'ThisExpression' || node.type === 'Super' || (required !== null && this.isForeign(required.source));
      out ||= asked !== null && this.isForeignModule(asked.module);
      return !out;
    });
    out = anyOf(this.side.refsIn(source.start, source.end), ({ binding }) => binding !== null && this.isReached(binding)) || out;
    if (out) this.exits.push(source);
    return out;
  }

  private isReached(binding: Binding): boolean {
    if (this.seen.has(binding)) return false;
    this.seen.add(binding);
    if (binding.kind === 'param') return this.isGiven(binding);
    const { fn } = binding.scope;
    const isModule = fn.kind === 'module';
    if (!isModule && !this.side.plan.bundled.has(fn)) return false;
    const specifier = isModule ? this.imports.get(binding.name) : undefined;
    if (specifier !== undefined) return this.isForeign(specifier);
    const module = this.side.inBundle.moduleOfName(binding);
    if (module) return this.isForeignModule(module);
    const called = functionOf(this.side, binding);
    if (called) return this.looksOut(called.node as AnyNode);
    return anyOf(binding.declarations, (id) => {
      const value = this.side.valueOf(id);
      return value === undefined ? binding.kind !== 'class' : value !== null && this.looksOut(value);
    });
  }

  /** Whether a call in this module may give a parameter such a value. */
  private isGiven({ scope: { fn }, name }: Binding): boolean {
    const { params } = fn.node as FunctionNode;
    const at = params.findIndex((parameter) => parameter.type === 'Identifier' && parameter.name === name);
    return anyOf(ownBinding(fn)?.references ?? [], ({ parent, node, fn: caller }) => {
      if (parent.type !== 'CallExpression' || parent.callee !== node) return false;
      const given = at < 0 ? parent.arguments : parent.arguments.slice(at, at + 1);
      return anyOf(given, (argument) => this.reaches(caller, argument));
    });
  }
}

/** Looks at each, where `some` would stop at the first. */
function anyOf<T>(items: readonly T[], holds: (item: T) => boolean): boolean {
  return items.filter((item) => holds(item)).length > 0;
}
