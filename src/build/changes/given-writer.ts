/** Writes what a module sets on objects and gives away: its properties and exports, and what code that runs as it is linked sees of them. */
import type { AnyNode } from 'acorn';
import type { HandleScope } from '../../instrument/plan.ts';
import type { PatchExport, PatchProperty } from '../../patch/format.ts';
import { memberText } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { asNamed, nameWritten } from '../code/named-value.ts';
import type { Unit, Units } from '../code/unit.ts';
import { GIVEN } from '../version/modules/in-bundle.ts';
import { pathOf, pathsRead } from '../version/modules/own-paths.ts';
import { givenIn } from './names/asked-before.ts';
import { primitiveGiven } from './statements/assigned-values.ts';
import type { Holder } from './tables/joined.ts';
import type { PropertySet } from './statements/property-set.ts';
import type { SharedValues } from './names/shared-values.ts';
import type { ExportChange, TopDiff } from './top.ts';

export class GivenWriter {
  readonly properties: PatchProperty[] = [];
  readonly exports: PatchExport[] = [];
  private readonly ctx: ModuleContext;
  private readonly units: Units;
  /** The paths that code of the new version reads: only what is read is shown. */
  private readonly read: ReadonlySet<string>;
  private readonly shared: SharedValues;
  /** The paths at which the patch puts something. */
  private readonly set = new Set<string>();

  constructor(ctx: ModuleContext, units: Units, shared: SharedValues) {
    this.ctx = ctx;
    this.units = units;
    this.shared = shared;
    this.read = ctx.resolver.changedPaths.size > 0 ? pathsRead(ctx.next.model.program) : new Set<string>();
  }

  write(tops: readonly TopDiff[]): void {
    for (const { properties, exports } of tops) {
      for (const { owner, name } of properties.values()) this.set.add(pathOf(`${memberText(owner)}.${name}`, this.ctx.next.model.program));
      for (const name of exports.keys()) this.set.add(`exports.${name}`);
    }
    for (const top of tops) {
      this.writeProperties(top);
      this.writeExports(top);
    }
    this.exports.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private writeProperties(top: TopDiff): void {
    const { unitOf } = this.units;
    const given: string[] = [];
    // What is said of a property holds of what is assigned to it.
    const all = [...top.properties.values()].sort((a, b) => Number(a.descriptor !== undefined) - Number(b.descriptor !== undefined));
    for (const set of all) this.properties.push(this.property(set, top, unitOf(set.handle), given));
    if (given.length > 0) unitOf(top.handle).addDeclaration(Infinity, `const ${GIVEN}={${given.join(',')}};`);
  }

  private property(set: PropertySet, top: TopDiff, unit: Unit, given: string[]): PatchProperty {
    const { index, emitter } = this.units;
    const text = (node: AnyNode, end = ''): string => `()=>${emitter.value(node, set.handle)}${end}`;
    const target = set.holder ? `()=>${this.holder(set.holder, set.handle)}` : text(set.owner, set.onPrototype ? '.prototype' : '');
    const key = set.key ? emitter.value(set.key, set.handle) : JSON.stringify(set.name);
    const value = set.descriptor
      ? `()=>$lp.described((${target})(),${key},${emitter.value(set.descriptor, set.handle)})`
      : set.enumerable === undefined
        ? `()=>${this.given(set.value, set.handle)}`
        : `()=>({enumerable:${set.enumerable}})`;
    const known = set.local ?? this.shared.text(set.value, top);
    const own = this.give(set, this.show(set, known, unit) ?? known, given);
    return {
      unit: index(set.handle),
      target: unit.add(target),
      value: unit.add(own === null ? value : `()=>${own}`),
      name: set.name,
      ...(set.key ? { named: unit.add(`()=>${key}`) } : {}),
      getter: set.getter === true,
      ...(set.hidden ? { hidden: true as const } : {}),
      ...(this.isOnNew(set) ? { onNew: true as const } : {}),
      ...(set.enumerable === undefined && !set.descriptor ? {} : { attributes: true as const }),
    };
  }

  private writeExports(top: TopDiff): void {
    const { unitOf, emitter } = this.units;
    const unit = unitOf(top.handle);
    for (const change of top.exports.values()) {
      const binding = this.exportBinding(change, top, unit);
      this.exports.push({ name: change.name, binding });
      if (this.read.has(`exports.${change.name}`)) this.showExport(change, top.handle, unit, binding);
    }
    for (const name of top.changedTables()) {
      const { value, node } = top.items.assigned.findLast(({ key }) => pathOf(key, this.ctx.next.model.program) === `exports.${name}`)!;
      if (!this.read.has(`exports.${name}`) || top.exports.has(name)) continue;
      unit.addDeclaration(node.end, showing(name, emitter.value(value, top.handle)));
    }
  }

  private given(value: AnyNode, handle: HandleScope): string {
    return asNamed(this.units.emitter.value(value, handle), value, nameWritten(value, this.ctx.next.model.program as AnyNode));
  }

  /** Looked for once, before anything has changed. */
  private holder({ candidates, functions }: Holder, handle: HandleScope): string {
    const thunks = candidates.map((node) => `()=>${this.units.emitter.value(node, handle)}`);
    return this.ctx.resolver.helper(handle, `$lp.holder([${thunks.join(',')}],${JSON.stringify(functions)})`);
  }

  /** A name of the module unit's `b` that gives what is exported. */
  private exportBinding(change: ExportChange, top: TopDiff, unit: Unit): string {
    const { resolver, next } = this.ctx;
    const { emitter } = this.units;
    const { handle } = top;
    if (change.local !== null && change.source === null) {
      const binding = next.model.scope.bindings.get(change.local);
      const text = binding && (resolver.fresh.get(binding)?.text ?? resolver.renamed.get(binding)?.name);
      resolver.expose(handle, change.local, text ?? change.local, false);
      return change.local;
    }
    const name = `export ${change.name}`;
    const before = primitiveGiven(top, change);
    if (before !== null && this.ctx.around.putsBeside(change.name)) {
      const key = JSON.stringify(change.name);
      const value = emitter.value(change.value!, handle);
      // What a module that has yet to run is going to give is not there.
      const own = resolver.helper(handle, `${key} in module.exports&&module.exports[${key}]!==${before}?module.exports[${key}]:${value}`);
      resolver.expose(handle, name, own, false);
      return name;
    }
    if (change.module !== undefined) {
      resolver.expose(
        handle,
        name,
        `${resolver.helper(handle, `$lp.m(${JSON.stringify(change.module)})`)}[${JSON.stringify(change.name)}]`,
        false,
      );
      return name;
    }
    const given = change.source === null ? null : this.ctx.around.changedExport(change.source, change.local ?? change.name);
    if (given !== null && change.local !== '*') {
      resolver.expose(handle, name, `${givenIn(top, given, change.source!)}[${JSON.stringify(change.local ?? change.name)}]`, false);
      return name;
    }
    if (change.source !== null) {
      resolver.expose(
        handle,
        name,
        `${resolver.helper(handle, `$lp.require(${JSON.stringify(change.source)})`)}.${change.local ?? change.name}`,
        false,
      );
      return name;
    }
    const value = change.value!;
    const local = `$lp_e${resolver.exposed.get(handle)?.size ?? 0}_${change.name.replace(/[^\w$]/g, '_')}`;
    unit.addDeclaration(value.start, `const ${local}=${this.shared.text(value, top) ?? this.given(value, handle)};`);
    resolver.expose(handle, name, change.getter ? `${local}()` : local, false);
    return name;
  }

  /** Code that the unit runs once sees what is exported, in the place where the new source exports it. */
  private showExport({ name, local, source, module, node }: ExportChange, handle: HandleScope, unit: Unit, binding: string): void {
    const { resolver, next, base } = this.ctx;
    if (base.model.format !== 'commonjs' || source !== null || module !== undefined) return;
    const bound = local === null ? undefined : next.model.scope.bindings.get(local);
    // What another module gives may be there only later.
    if (bound && resolver.fresh.get(bound)?.text) return;
    const { text } = resolver.exposed.get(handle)!.get(binding)!;
    unit.addDeclaration(node.end, showing(name, text));
  }

  /** Whether the property is of what the patch puts on another object. */
  private isOnNew({ owner, onPrototype }: PropertySet): boolean {
    const path = memberText(owner);
    return path !== undefined && !onPrototype && this.set.has(pathOf(path, this.ctx.next.model.program));
  }

  /** The same of a property: gives the name of what it is set to, where that is shown. */
  private show(set: PropertySet, known: string | null, unit: Unit): string | null {
    const { emitter } = this.units;
    const owner = memberText(set.owner);
    if (owner === undefined || set.holder || set.onPrototype || set.getter || set.enumerable !== undefined || set.descriptor) return null;
    // What reads all of an object that the patch puts there reads what is on it.
    if (!this.read.has(pathOf(`${owner}.${set.name}`, this.ctx.next.model.program)) && !this.isOnNew(set)) return null;
    const local = `$lp_s${unit.size}_${set.name.replace(/[^\w$]/g, '_')}`;
    unit.addDeclaration(set.value.start, `const ${local}=${known ?? this.given(set.value, set.handle)};`);
    unit.addDeclaration(set.node.end, `$lp.put(${emitter.value(set.owner, set.handle)},${JSON.stringify(set.name)},${local});`);
    return local;
  }

  /** What a module in a bundle gives away is the same to who takes it from the unit and to who finds it on the exports. */
  private give(set: PropertySet, own: string | null, given: string[]): string | null {
    if (!set.exported) return own;
    const [name, value] = [JSON.stringify(set.name), own ?? this.given(set.value, set.handle)];
    given.push(set.getter ? `get [${name}](){return ${value}()}` : `[${name}]:${value}`);
    return set.getter ? null : `${GIVEN}[${name}]`;
  }
}

/** Has code that the unit runs see an export. */
function showing(name: string, text: string): string {
  return `$lp.put(module.exports,${JSON.stringify(name)},${text});`;
}
