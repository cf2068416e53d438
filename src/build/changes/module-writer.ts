/** Writes the patch of one module, once all that is in it is known: its units, and how the process finds what they hold. */
import type { AnyNode } from 'acorn';
import { hasSafePoints } from '../../instrument/loops.ts';
import type { HandleScope, SitePlan } from '../../instrument/plan.ts';
import type {
  AddedMember,
  PatchExport,
  PatchFields,
  PatchFill,
  PatchFunction,
  PatchModule,
  PatchProperty,
  PatchUnit,
  PrivateFunction,
  OutdatedObjects,
  ScopeCallbacks,
  StrandedFunction,
} from '../../patch/format.ts';
import { hashOf } from '../../patch/format.ts';
import type { FunctionInfo } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import type { ClassDiff } from './classes.ts';
import { isConstructor } from '../version/create.ts';
import type { ModuleContext } from '../code/context.ts';
import type { PropertySet } from './property-set.ts';
import { Emitter } from '../code/emit.ts';
import type { Lacks } from '../code/emit.ts';
import { fieldsText } from '../code/fields.ts';
import type { Draft } from '../code/draft.ts';
import { writeVersion } from '../code/forms.ts';
import { GIVEN } from '../version/in-bundle.ts';
import { requireOf } from '../version/items.ts';
import type { Holder } from './joined.ts';
import { pathOf, pathsRead } from '../version/own-paths.ts';
import { giveAtOf, loopEntries, reportLoops } from '../code/loop-entries.ts';
import type { Entries, EntryWriter } from '../code/loop-entries.ts';
import { writeMerges } from './merges.ts';
import type { ModuleInput } from './module.ts';
import { Resolver } from '../code/resolve.ts';
import type { Shapes } from './shapes.ts';
import { CANNOT_ASK } from '../code/surplus.ts';
import type { ExportChange, TopDiff } from './top.ts';
import { Unit, checkUnit, declarationText } from '../code/unit.ts';

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
  readonly callbacks: readonly ScopeCallbacks[];
}

export class ModuleWriter {
  private readonly parts: ModuleParts;
  /** A call in new code may pass an argument to a function that does not hand it on, and is of a form that cannot ask. */
  private readonly unable = (call: AnyNode): void => {
    this.parts.ctx.log.add('argument-out-of-reach', this.parts.ctx.next, call, '', CANNOT_ASK);
  };

  private readonly lacks: Lacks = ({ node }, { binding, reason }) => {
    const code = binding ? 'closure-out-of-reach' : 'name-out-of-reach';
    this.parts.ctx.log.add(code, this.parts.ctx.next, node, '', reason);
  };

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
      const result = this.write(handles, isNewRequire);
      const again = this.handles();
      if (again.length === handles.length) {
        const { hook } = this.parts.ctx.around;
        const hooks = hook?.module === this.parts.input.file ? hook.code : null;
        const callbacks = hooks === null ? this.parts.callbacks : [];
        if (handles.length === 0 && hooks === null && callbacks.length === 0) return null;
        for (const unit of result.units) checkUnit(unit.code, this.parts.input.file);
        return {
          file: this.parts.input.file,
          package: this.parts.input.package,
          hash: hashOf(this.parts.input.raw),
          format: base.model.format,
          ids: base.plan.ids,
          ...result,
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

  private write(
    handles: readonly HandleScope[],
    isNewRequire: (specifier: string) => boolean,
  ): Pick<PatchModule, 'units' | 'functions' | 'privates' | 'members' | 'exports' | 'properties' | 'fields' | 'merges' | 'fills'> {
    const { base, next, resolver } = this.parts.ctx;
    const units = new Map(handles.map((handle) => [handle, new Unit(handle)]));
    const unitOf = (handle: HandleScope): Unit => units.get(handle) ?? new Unit(handle);
    const index = (handle: HandleScope): number => resolver.units.get(handle) ?? 0;
    const removed = this.parts.classes.flatMap((c) => c.removed.map((r) => ({ ...r, handle: c.handle })));
    const total = this.parts.drafts.length + removed.length;
    const privates: PrivateFunction[] = [];
    const numbers = new Map<FunctionInfo, number>();
    let current: { readonly d: Draft; readonly number: number } | null = null;
    const enter = (fn: FunctionInfo): string => {
      if (current?.d.fn === fn) return `$lp.${hasSafePoints(fn) ? 'loop' : 'in'}(${current.number})`;
      let number = numbers.get(fn);
      if (number === undefined) {
        numbers.set(fn, (number = total + privates.length));
        privates.push({ path: fn.path, line: (next.fnAt.get(fn.node as AnyNode) === fn ? next : base).line(fn.node) });
      }
      return `$lp.in(${number})`;
    };
    const surplus = { least: this.parts.ctx.around.leastHandedOn, unable: this.unable };
    const giveAt = giveAtOf(() => current?.d ?? null);
    const emitter = new Emitter(next, resolver, enter, isNewRequire, surplus, this.parts.shapes.holders, giveAt, this.lacks);
    // What a constructor was given is taken from what instances have.
    const ofGiven = new Emitter(next, resolver, enter, isNewRequire, surplus, this.parts.shapes.holders, giveAt);
    // Code of the running version must not see what the patch declares: it has units of its own, behind the others.
    const oldUnits: Unit[] = [];
    const oldUnit = (handle: HandleScope): { readonly unit: Unit; readonly index: number } => {
      let at = oldUnits.findIndex((unit) => unit.handle === handle);
      if (at < 0) at = oldUnits.push(new Unit(handle)) - 1;
      return { unit: oldUnits[at]!, index: handles.length + at };
    };
    const { holders } = this.parts.shapes;
    const unitAt = (handle: HandleScope): { readonly unit: Unit; readonly index: number } => ({
      unit: unitOf(handle),
      index: index(handle),
    });
    const entryWriter: EntryWriter = { enter, isNewRequire, surplus, holders, unit: unitAt, oldUnit };
    for (const { handle, text, from } of resolver.lifted.values()) unitOf(handle).addDeclaration(-1, `let ${text}=${from};`);
    for (const top of this.parts.tops)
      for (const d of top.declarations.values())
        // A module stands ahead of what asks for it.
        unitOf(top.handle).addDeclaration(d.kind === 'module' ? -1 : d.node.start, declarationText(d, top.handle, emitter, next, resolver));
    const functions: PatchFunction[] = this.parts.drafts.map((d, number) => {
      current = { d, number };
      const key = unitOf(d.site.handle).add(writeVersion(d, emitter, next));
      current = null;
      const { loops } = this.loopEntries(d, number, entryWriter);
      return { ...this.patchFunction(d.site, d, index(d.site.handle), key), ...(loops.length > 0 ? { loops } : {}) };
    });
    for (const r of removed)
      functions.push({
        site: r.site.id,
        path: r.site.fn.path,
        unit: index(r.handle),
        key: unitOf(r.handle).add(r.text),
        shape: 'direct',
        captures: [],
        tracked: false,
        line: 1,
      });
    const members: AddedMember[] = [];
    const properties: PatchProperty[] = [];
    for (const cls of this.parts.classes) {
      const unit = unitOf(cls.handle);
      for (const member of cls.members) {
        const named = member.node.computed ? { named: unit.add(cls.memberName(member, emitter)) } : {};
        members.push({ ...member.entry, ...named, unit: index(cls.handle), key: unit.add(cls.memberText(member, emitter)) });
      }
      for (const set of cls.properties) {
        properties.push({
          unit: index(cls.handle),
          target: unit.add('()=>$lp.cls'),
          value: unit.add(set.value ? `()=>${emitter.value(set.value, cls.handle)}` : '()=>{}'),
          name: set.name,
          getter: false,
          ...(set.isPrivate ? { private: true as const, hidden: true as const } : {}),
        });
      }
    }
    const fields: PatchFields[] = [];
    for (const group of this.parts.shapes.groups.values()) {
      const key = unitOf(group.handle).add(fieldsText(group, ofGiven));
      fields.push({ unit: index(group.handle), key, path: group.path });
    }
    const merges = writeMerges(this.parts.ctx, this.parts.tops, { unitOf, index, emitter });
    const fills = this.parts.tops.flatMap((top) =>
      [...top.fills].map(([node, { tables, taken, star }]): PatchFill => {
        const where = { handle: top.handle, site: null, start: node.start, end: node.end, nameless: null };
        const text = star ? `$lp.star(exports,${emitter.value(star, top.handle)});` : emitter.render(node.start, node.end, where);
        const checks = taken.map(([callee, own]) => `$lp.is(()=>${callee},${JSON.stringify(own)});`).join('');
        return { unit: index(top.handle), key: unitOf(top.handle).add(`()=>{${checks}${text}\n}`), tables };
      }),
    );
    const exports: PatchExport[] = [];
    const read = this.parts.ctx.resolver.changedPaths.size > 0 ? pathsRead(next.model.program) : new Set<string>();
    for (const top of this.parts.tops) {
      const given: string[] = [];
      for (const set of top.properties.values()) {
        const unit = unitOf(set.handle);
        const text = (node: AnyNode, end = ''): string => `()=>${emitter.value(node, set.handle)}${end}`;
        const target = set.holder
          ? `()=>${this.holder(set.holder, set.handle, emitter)}`
          : text(set.owner, set.onPrototype ? '.prototype' : '');
        const key = set.key ? emitter.value(set.key, set.handle) : JSON.stringify(set.name);
        const value = set.descriptor
          ? `()=>$lp.described((${target})(),${key},${emitter.value(set.descriptor, set.handle)})`
          : set.enumerable === undefined
            ? text(set.value)
            : `()=>({enumerable:${set.enumerable}})`;
        const own = this.give(set, this.show(set, unit, emitter, read) ?? set.local ?? null, emitter, given);
        properties.push({
          unit: index(set.handle),
          target: unit.add(target),
          value: unit.add(own === null ? value : `()=>${own}`),
          name: set.name,
          ...(set.key ? { named: unit.add(`()=>${key}`) } : {}),
          getter: set.getter === true,
          ...(set.hidden ? { hidden: true as const } : {}),
          ...(set.enumerable === undefined && !set.descriptor ? {} : { attributes: true as const }),
        });
      }
      if (given.length > 0) unitOf(top.handle).addDeclaration(Infinity, `const ${GIVEN}={${given.join(',')}};`);
      for (const change of top.exports.values()) {
        const binding = this.exportBinding(change, top, unitOf(top.handle), emitter);
        exports.push({ name: change.name, binding });
        if (read.has(`exports.${change.name}`)) this.showExport(change, top.handle, unitOf(top.handle), binding);
      }
      for (const name of top.changedTables()) {
        const { value, node } = top.items.assigned.findLast(({ key }) => pathOf(key, next.model.program) === `exports.${name}`)!;
        if (!read.has(`exports.${name}`) || top.exports.has(name)) continue;
        unitOf(top.handle).addDeclaration(node.end, showing(name, emitter.value(value, top.handle)));
      }
    }
    exports.sort((a, b) => (a.name < b.name ? -1 : 1));
    const strict = next.model.root.strict && !base.model.root.strict;
    const unit = (handle: HandleScope, code: string): PatchUnit => ({
      handle: handle.id,
      kind: handle.kind,
      instance: handle.instance?.id ?? null,
      code,
    });
    const old = new Resolver(base, base, this.parts.ctx.match, new Map());
    return {
      units: [
        ...handles.map((handle) => ({ ...unit(handle, unitOf(handle).code(resolver, strict)), ...privatesOf(this.parts.shapes, handle) })),
        ...oldUnits.map((own) => unit(own.handle, own.code(old, false))),
      ],
      functions,
      privates,
      members,
      properties,
      exports,
      ...(fields.length > 0 ? { fields } : {}),
      ...(merges.length > 0 ? { merges } : {}),
      ...(fills.length > 0 ? { fills } : {}),
    };
  }

  /** Looked for once, before anything has changed. */
  private holder({ candidates, functions }: Holder, handle: HandleScope, emitter: Emitter): string {
    const thunks = candidates.map((node) => `()=>${emitter.value(node, handle)}`);
    return this.parts.ctx.resolver.helper(handle, `$lp.holder([${thunks.join(',')}],${JSON.stringify(functions)})`);
  }

  private loopEntries(d: Draft, number: number, writer: EntryWriter): Entries {
    if (!d.fn.tracked || !d.site.fn.tracked) return { loops: [], rows: [] };
    const entries = loopEntries(this.parts.ctx, d, number, writer);
    reportLoops(this.parts.ctx, d, entries.rows);
    return entries;
  }

  /** A name of the module unit's `b` that gives what is exported. */
  private exportBinding(change: ExportChange, top: TopDiff, unit: Unit, emitter: Emitter): string {
    const { resolver, next } = this.parts.ctx;
    const { handle } = top;
    if (change.local !== null && change.source === null) {
      const binding = next.model.scope.bindings.get(change.local);
      const fresh = binding && resolver.fresh.get(binding);
      resolver.expose(handle, change.local, fresh?.text ?? change.local, false);
      return change.local;
    }
    const name = `export ${change.name}`;
    if (change.module !== undefined) {
      resolver.expose(
        handle,
        name,
        `${resolver.helper(handle, `$lp.m(${JSON.stringify(change.module)})`)}[${JSON.stringify(change.name)}]`,
        false,
      );
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
    unit.addDeclaration(value.start, `const ${local}=${emitter.value(value, handle)};`);
    resolver.expose(handle, name, change.getter ? `${local}()` : local, false);
    return name;
  }

  /** Code that the unit runs once sees what is exported, in the place where the new source exports it. */
  private showExport({ name, local, source, module, node }: ExportChange, handle: HandleScope, unit: Unit, binding: string): void {
    const { resolver, next, base } = this.parts.ctx;
    if (base.model.format !== 'commonjs' || source !== null || module !== undefined) return;
    const bound = local === null ? undefined : next.model.scope.bindings.get(local);
    // What another module gives may be there only later.
    if (bound && resolver.fresh.get(bound)?.text) return;
    const { text } = resolver.exposed.get(handle)!.get(binding)!;
    unit.addDeclaration(node.end, showing(name, text));
  }

  /** The same of a property: gives the name of what it is set to, where that is shown. */
  private show(set: PropertySet, unit: Unit, emitter: Emitter, read: ReadonlySet<string>): string | null {
    const owner = memberText(set.owner);
    if (owner === undefined || set.holder || set.onPrototype || set.getter || set.enumerable !== undefined || set.descriptor) return null;
    if (!read.has(pathOf(`${owner}.${set.name}`, this.parts.ctx.next.model.program))) return null;
    const local = `$lp_s${unit.size}_${set.name.replace(/[^\w$]/g, '_')}`;
    unit.addDeclaration(set.value.start, `const ${local}=${set.local ?? emitter.value(set.value, set.handle)};`);
    unit.addDeclaration(set.node.end, `$lp.put(${emitter.value(set.owner, set.handle)},${JSON.stringify(set.name)},${local});`);
    return local;
  }

  /** What a module in a bundle gives away is the same to who takes it from the unit and to who finds it on the exports. */
  private give(set: PropertySet, own: string | null, emitter: Emitter, given: string[]): string | null {
    if (!set.exported) return own;
    const [name, value] = [JSON.stringify(set.name), own ?? emitter.value(set.value, set.handle)];
    given.push(set.getter ? `get [${name}](){return ${value}()}` : `[${name}]:${value}`);
    return set.getter ? null : `${GIVEN}[${name}]`;
  }

  private patchFunction(site: SitePlan, d: Draft, unit: number, key: number): PatchFunction {
    return {
      site: site.id,
      path: site.fn.path,
      unit,
      key,
      shape: d.shape,
      captures: d.shape === 'closure' ? site.captures.map((c) => (c.writable ? `${c.name}=` : c.name)) : [],
      tracked: d.fn.tracked,
      line: this.parts.ctx.next.line(d.fn.node),
      ...(isConstructor(site.fn) ? { creates: true as const } : {}),
      ...(d.takesMore ? { takesMore: true as const } : {}),
      ...(site.fn.isImplicit && d.form === 'derived' ? { inherited: true as const } : {}),
      ...(this.parts.shapes.isGuarded(d) ? { guarded: true as const } : {}),
      ...(this.parts.shapes.makesVersion(d) ? { marks: true as const } : {}),
    };
  }
}

/** Has code that the unit runs see an export. */
function showing(name: string, text: string): string {
  return `$lp.put(module.exports,${JSON.stringify(name)},${text});`;
}

function privatesOf({ groups }: Shapes, handle: HandleScope): { readonly privates?: readonly string[] } {
  const names = [...groups.values()].filter((g) => g.handle === handle).flatMap((g) => g.fields.map(({ name }) => name));
  const privates = names.filter((name) => name.startsWith('#'));
  return privates.length > 0 ? { privates } : {};
}
