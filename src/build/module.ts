/** Builds the patch of one module: from two versions of its text to units, versions and verdicts. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { hasSafePoints } from '../instrument/loops.ts';
import { INSTRUMENTATION } from '../instrument/plan.ts';
import type { HandleScope, SitePlan } from '../instrument/plan.ts';
import { PREFIX } from '../instrument/names.ts';
import type {
  AddedMember,
  PatchExport,
  PatchFields,
  PatchFill,
  PatchFunction,
  PatchMerge,
  PatchModule,
  PatchProperty,
  PatchUnit,
  PrivateFunction,
  StrandedFunction,
} from '../patch/format.ts';
import { hashOf } from '../patch/format.ts';
import type { Binding, FunctionInfo, ModuleModel } from '../source/model.ts';
import { ClassDiff } from './classes.ts';
import { dependsOnNew } from './context.ts';
import { isConstructor } from './create.ts';
import type { ModuleContext, Surroundings } from './context.ts';
import { Emitter } from './emit.ts';
import { escapes } from './escape.ts';
import { fieldsText } from './fields.ts';
import { draft, writeVersion } from './forms.ts';
import type { Draft } from './forms.ts';
import { pairByRole } from './compare.ts';
import { bodyOf, itemsOf, requireOf } from './items.ts';
import { reportInstances } from './instances.ts';
import type { Provided } from './hook-file.ts';
import { giveAtOf, loopEntries, reportLoops } from './loop-entries.ts';
import type { Entries, EntryWriter } from './loop-entries.ts';
import { Match } from './match.ts';
import { Resolver } from './resolve.ts';
import { Shapes } from './shapes.ts';
import { Side } from './side.ts';
import { CANNOT_ASK, handedOn } from './surplus.ts';
import type { TableChange } from './tables.ts';
import { TopDiff } from './top.ts';
import { TopVerdicts } from './top-verdicts.ts';
import { Unit, checkUnit, declarationText } from './unit.ts';
import { VerdictLog } from './verdicts.ts';
import { walk } from './walk.ts';

export { INSTRUMENTATION };

export interface ModuleInput {
  readonly file: string;
  readonly package: PatchModule['package'];
  /** The base text as the process loads it, which the hash binds the patch to. */
  readonly raw: string;
  readonly base: ModuleModel;
  readonly next: ModuleModel;
}

export interface ModuleResult {
  /** Null when nothing in it needs patching, or something was refused. */
  readonly module: PatchModule | null;
  readonly log: VerdictLog;
  /** Names it exports anew or with another value. */
  readonly changedExports: readonly string[];
  /** As in `Surroundings`, of this module alone. */
  readonly leastHandedOn: number | null;
}

const NOTHING: Provided = new Map();

class ModuleBuild {
  private readonly input: ModuleInput;
  private readonly ctx: ModuleContext;
  private readonly tops: TopDiff[] = [];
  private readonly classes: ClassDiff[] = [];
  private drafts: Draft[] = [];
  private readonly stranded: StrandedFunction[] = [];
  private readonly forced = new Set<FunctionInfo>();
  private readonly shapes: Shapes;
  /** A call in new code may pass an argument to a function that does not hand it on, and is of a form that cannot ask. */
  private readonly unable = (call: AnyNode): void => {
    this.ctx.log.add('argument-out-of-reach', this.ctx.next, call, '', CANNOT_ASK);
  };

  constructor(input: ModuleInput, around: Surroundings) {
    this.input = input;
    const base = new Side(input.base);
    const next = new Side(input.next);
    const match = new Match(base, next);
    this.ctx = {
      file: input.file,
      base,
      next,
      match,
      resolver: new Resolver(base, next, match, around.hook?.module === input.file ? around.hook.provide : NOTHING),
      log: new VerdictLog(input.file, around.hook),
      around,
    };
    this.shapes = new Shapes(this.ctx);
  }

  run(): ModuleResult {
    const { base, next, log } = this.ctx;
    if (next.model.text.includes(PREFIX) || base.model.text.includes(PREFIX)) {
      log.add('module-untouched', next, null, '', `its text uses names that start with ${PREFIX}`);
      return { module: null, log, changedExports: [], leastHandedOn: null };
    }
    if (base.model.root.strict && !next.model.root.strict)
      log.add('strictness', next, null, '', 'the new version is not strict code, but runs where the running module is strict');
    this.startScopes();
    this.settle();
    this.report();
    for (const top of this.tops) new TopVerdicts(top).finish();
    for (const cls of this.classes) cls.finish();
    this.shapes.report();
    const changedExports = this.tops.flatMap((top) => [...top.exports.keys()]);
    const more = this.drafts.filter((d) => d.takesMore);
    const leastHandedOn = more.length === 0 ? null : Math.min(...more.map((d) => handedOn(d.site)));
    const module = log.refused ? null : this.emit();
    return { module: log.refused ? null : module, log, changedExports, leastHandedOn };
  }

  private startScopes(): void {
    const { base, next, match, log } = this.ctx;
    for (const [nextFn, baseFn] of match.baseOf) {
      const kind = base.plan.handleOf.get(baseFn)?.kind;
      if ((kind !== 'module' && kind !== 'wrapper') || !next.plan.handleOf.has(nextFn)) continue;
      pairByRole(this.ctx, baseFn, nextFn, itemsOf(base, bodyOf(baseFn)), itemsOf(next, bodyOf(nextFn)));
    }
    for (const [nextFn, baseFn] of match.baseOf) {
      const handle = base.plan.handleOf.get(baseFn);
      if (!handle) continue;
      if (base.isComputation(baseFn) || next.isComputation(nextFn)) continue;
      const kind = next.plan.handleOf.get(nextFn)?.kind;
      if (handle.kind === 'heavy') {
        if (kind !== 'heavy' || !match.differs(nextFn)) continue;
        const top = new TopDiff(this.ctx, baseFn, nextFn, handle);
        if (sameHead(this.ctx, baseFn, nextFn) && top.isAdditive()) this.tops.push(top);
        continue;
      }
      if (kind !== 'module' && kind !== 'wrapper') {
        log.add('wrapper-changed', next, nextFn.node, nextFn.path, 'a function that ran once as the module loaded has another form');
        continue;
      }
      if (!sameHead(this.ctx, baseFn, nextFn) && !this.renamesParameters(baseFn, nextFn))
        log.add(
          'wrapper-changed',
          next,
          nextFn.node,
          nextFn.path,
          'the parameters of a function that ran once as the module loaded changed',
        );
      this.tops.push(new TopDiff(this.ctx, baseFn, nextFn, handle));
    }
    for (const [nextClass, baseClass] of match.classBase) {
      const handle = base.plan.handleOf.get(baseClass);
      if (!handle && base.text(baseClass.node as AnyNode) !== next.text(nextClass.node as AnyNode))
        log.add(
          'class-changed',
          next,
          nextClass.node,
          baseClass.path,
          'a class inside a function: instances that exist were made by the old one',
        );
      if (handle && next.plan.handleOf.has(nextClass)) {
        this.shapes.addClass(baseClass, nextClass, handle);
        this.classes.push(new ClassDiff(this.ctx, baseClass, nextClass, handle));
      }
    }
    this.shapes.addConstructors();
    this.tops.sort((a, b) => a.handle.id - b.handle.id);
    this.classes.sort((a, b) => a.handle.id - b.handle.id);
  }

  /** The same parameters under other names. */
  private renamesParameters(baseFn: FunctionInfo, nextFn: FunctionInfo): boolean {
    const { next, resolver } = this.ctx;
    const old = (baseFn.node as FunctionNode).params;
    const params = (nextFn.node as FunctionNode).params;
    if (old.length !== params.length || baseFn.async !== nextFn.async || baseFn.generator !== nextFn.generator) return false;
    const pairs = params.map((p, i) => {
      const was = old[i]!;
      if (p.type !== 'Identifier' || was.type !== 'Identifier') return null;
      return [nextFn.scope.bindings.get(p.name), baseFn.scope.bindings.get(was.name)] as const;
    });
    if (pairs.some((pair) => !pair?.[0] || !pair[1])) return false;
    for (const pair of pairs) {
      const [binding, was] = pair as readonly [Binding, Binding];
      if (binding.name === was.name) continue;
      resolver.renamed.set(binding, was);
      for (const ref of binding.references) next.names.set(ref.node, was.name);
    }
    return true;
  }

  /** Repeats until no binding gets a new value and no function is drawn in. */
  private settle(): void {
    for (;;) {
      let moved = false;
      for (const top of this.tops) moved = top.update() || moved;
      for (const cls of this.classes) moved = cls.update() || moved;
      if (moved) continue;
      if (this.draftAll()) continue;
      return;
    }
  }

  /** Drafts every version that is needed; true when a draft drew in a function around it. */
  private draftAll(): boolean {
    const { base, next, match, resolver } = this.ctx;
    this.drafts = [];
    const heavyDone = new Set(this.tops.filter((t) => t.handle.kind === 'heavy').map((t) => t.handle.owner));
    let moved = false;
    for (const fn of next.model.functions) {
      const baseFn = match.baseOf.get(fn);
      const site = baseFn && base.plan.siteOf.get(baseFn);
      if (!baseFn || !site || heavyDone.has(baseFn)) continue;
      if (fn.kind === 'field' && (fn.node as { value?: unknown }).value == null) continue;
      if (!match.differs(fn) && !dependsOnNew(this.ctx, baseFn, fn) && !this.forced.has(fn) && !this.shapes.draws(baseFn)) continue;
      const d = draft(fn, site, base, next, match, resolver);
      this.drafts.push(d);
      for (const obstacle of d.obstacles) {
        if (obstacle.code === 'closure-out-of-reach' && obstacle.binding) moved = this.force(obstacle.binding.scope.fn, fn) || moved;
      }
      // Closures that are made from now on have the variable itself.
      for (const ref of [...d.provided, ...d.derived]) moved = this.force(ref.binding!.scope.fn, fn) || moved;
    }
    return moved;
  }

  private force(around: FunctionInfo, inner: FunctionInfo): boolean {
    if (around === inner || this.forced.has(around) || !this.ctx.match.baseOf.has(around)) return false;
    this.forced.add(around);
    return true;
  }

  private report(): void {
    const { base, next, match, log } = this.ctx;
    const usable: Draft[] = [];
    for (const d of this.drafts) {
      const path = d.site.fn.path;
      if (d.obstacles.length === 0) {
        usable.push(d);
        this.reportVersion(d);
        for (const { node } of d.derived)
          log.add('capture-derived', next, node, path, `closures that exist do not hold ${node.name}: it is computed from what they hold`);
        for (const { node } of d.provided)
          log.provided(next, node, path, `closures that exist do not hold ${node.name}: ${this.ctx.around.hook!.name} provides it to them`);
        continue;
      }
      const outer = this.isMadeAnew(d);
      const o = d.obstacles[0]!;
      if (outer && !escapes(d.site.fn)) {
        log.add('function-changed', next, d.fn.node, path, 'carried by the function around it: it is only called while that runs');
        continue;
      }
      if (outer) {
        this.stranded.push({ site: d.site.id, path, reason: o.reason });
        log.add(
          'closure-stranded',
          next,
          o.node,
          path,
          `${o.reason}: the patch applies only where no closure of the old function is alive`,
        );
        continue;
      }
      log.add(o.code, next, o.node, path, o.reason);
    }
    this.drafts = usable;
    for (const [fn, baseFn] of match.baseOf) {
      if (base.isOpaque(baseFn) || baseFn.kind === 'static' || baseFn.kind === 'field') continue;
      const untouched = base.plan.unpatchable.find((u) => u.fn === baseFn);
      if (!untouched || base.full(baseFn.node) === next.full(fn.node)) continue;
      // Its text is part of the code around it, which is compared with it.
      if (baseFn.parent && usable.some((d) => d.fn === fn.parent)) continue;
      log.add('function-untouched', next, fn.node, baseFn.path, untouched.reason);
    }
  }

  /** Functions that the old version of `fn` made and gave away, and that have no successor. */
  private reportKept(fn: FunctionInfo, baseFn: FunctionInfo): void {
    const { base, next, match, log } = this.ctx;
    const kept = baseFn.children.filter((child) => !match.nextOf.has(child) && base.plan.siteOf.has(child) && escapes(child));
    if (kept.length === 0) return;
    const which = kept.length === 1 ? kept[0]!.path : `${kept[0]!.path} and ${kept.length - 1} more`;
    log.add(
      'closure-kept',
      next,
      fn.node,
      baseFn.path,
      `closures that exist keep the old code, the new version has no such function: ${which}`,
    );
  }

  /** Whether closures that are made from now on are of the new code, and have all that it needs. */
  private isMadeAnew({ obstacles }: Draft): boolean {
    return obstacles.every(({ code, binding }) => {
      if (code !== 'closure-out-of-reach' || !binding) return false;
      const around = this.drafts.find((d) => d.fn === binding.scope.fn);
      return around !== undefined && this.isMadeAnew(around);
    });
  }

  /** Variables outside of a function that it used to assign: a fresh start would not have what the old code left in them. */
  private reportUnset(fn: FunctionInfo, baseFn: FunctionInfo): void {
    const { base, next, log, match } = this.ctx;
    const assigned = (side: Side, own: FunctionInfo): Map<string, Binding> => {
      const writes = side.ownRefs(own).filter((r) => r.write && r.binding && r.binding.scope.fn !== own);
      return new Map(writes.map(({ node, binding }) => [node.name, binding!]));
    };
    const now = assigned(next, fn);
    const left = [...assigned(base, baseFn)].filter(([name, { scope }]) => {
      if (now.has(name)) return false;
      const seen = fn.scope.lookup(name);
      return seen !== null && match.baseOf.get(seen.scope.fn) === scope.fn && seen.references.some((r) => r.read);
    });
    for (const [name] of left)
      log.add('state-unset', next, fn.node, baseFn.path, `it no longer assigns ${name}, which keeps what the old code left in it`);
  }

  private reportVersion(d: Draft): void {
    const { next, match, log } = this.ctx;
    const { fn, site } = d;
    const own = match.differs(fn);
    const path = site.fn.path;
    if (own) reportInstances(this.ctx, site.fn, fn, (name) => this.shapes.gives(site.fn, name));
    if (own && !this.ctx.base.plan.handleOf.has(site.fn)) this.reportKept(fn, site.fn);
    if (own) log.add('function-changed', next, fn.node, path, 'linked in place of the old one');
    else
      log.add(
        'function-relinked',
        next,
        fn.node,
        path,
        this.forced.has(fn)
          ? 'a function inside it needs a variable that existing closures do not hold'
          : this.shapes.draws(site.fn)
            ? 'what it makes has new fields'
            : 'a value it reads is another one',
      );
    if (own) this.reportUnset(fn, site.fn);
    const early = this.shapes.early(d);
    if (early.length > 0)
      log.add(
        'shape-early',
        next,
        fn.node,
        path,
        `what it makes has another shape (${early.join(', ')}) before all tasks run the patch: older code may meet it`,
      );
    if (!site.fn.async && fn.async && !site.fn.generator) log.add('result-kind', next, fn.node, path, 'it now returns a promise');
    if (!site.fn.generator && fn.generator) log.add('result-kind', next, fn.node, path, 'it now returns an iterator');
    if (d.takesMore)
      log.add(
        'arguments-unseen',
        next,
        fn.node,
        path,
        'it reads arguments that the running function does not declare: new code can pass them, other callers cannot',
      );
    const before = (site.fn.node as Partial<FunctionNode>).params?.length ?? 0;
    if (site.forwarding === 'rest' && fn.usesArguments && !site.fn.usesArguments && before > 0 && fn.kind !== 'arrow') {
      log.add(
        'arguments-seen',
        next,
        fn.node,
        path,
        'it reads `arguments`: an argument that a caller left out is seen as one that is undefined',
      );
    }
  }

  private emit(): PatchModule | null {
    const { base, resolver } = this.ctx;
    const known = new Set<string>();
    walk(base.model.program, (node) => {
      const required = requireOf(node);
      if (required) known.add(required.source);
    });
    const isNewRequire = (specifier: string): boolean => this.ctx.around.isAdded(specifier) || !known.has(specifier);
    // Which units there are decides how names are written, and writing finds out which units are needed.
    let handles = this.handles();
    for (;;) {
      resolver.units.clear();
      handles.forEach((handle, i) => resolver.units.set(handle, i));
      const result = this.write(handles, isNewRequire);
      const again = this.handles();
      if (again.length === handles.length) {
        const hooks = this.ctx.around.hook?.module === this.input.file ? this.ctx.around.hook.code : null;
        if (handles.length === 0 && hooks === null) return null;
        for (const unit of result.units) checkUnit(unit.code, this.input.file);
        return {
          file: this.input.file,
          package: this.input.package,
          hash: hashOf(this.input.raw),
          format: base.model.format,
          ids: base.plan.ids,
          ...result,
          ...(hooks !== null ? { hooks } : {}),
          ...(this.stranded.length > 0 ? { stranded: this.stranded } : {}),
        };
      }
      handles = again;
    }
  }

  private handles(): HandleScope[] {
    const { base, resolver } = this.ctx;
    const found = new Set<HandleScope>();
    for (const d of this.drafts) found.add(d.site.handle);
    for (const fresh of resolver.fresh.values()) found.add(fresh.handle);
    for (const handle of resolver.exposed.keys()) found.add(handle);
    for (const top of this.tops) {
      if (top.exports.size > 0) found.add(base.plan.handles[0]!);
      for (const set of top.properties.values()) found.add(set.handle);
      if (top.declarations.size > 0 || top.fills.size > 0 || [...top.tables.values()].some(({ changes }) => changes.length > 0))
        found.add(top.handle);
    }
    for (const group of this.shapes.groups.values()) found.add(group.handle);
    for (const cls of this.classes)
      if (cls.members.length > 0 || cls.properties.length > 0 || cls.removed.length > 0) found.add(cls.handle);
    // A fresh name in a scope that nothing else of the patch is in needs its unit only if it is read or given away.
    return [...found].sort((a, b) => a.id - b.id);
  }

  private write(
    handles: readonly HandleScope[],
    isNewRequire: (specifier: string) => boolean,
  ): Pick<PatchModule, 'units' | 'functions' | 'privates' | 'members' | 'exports' | 'properties' | 'fields' | 'merges' | 'fills'> {
    const { base, next, resolver } = this.ctx;
    const units = new Map(handles.map((handle) => [handle, new Unit(handle)]));
    const unitOf = (handle: HandleScope): Unit => units.get(handle) ?? new Unit(handle);
    const index = (handle: HandleScope): number => resolver.units.get(handle) ?? 0;
    const removed = this.classes.flatMap((c) => c.removed.map((r) => ({ ...r, handle: c.handle })));
    const total = this.drafts.length + removed.length;
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
    const surplus = { least: this.ctx.around.leastHandedOn, unable: this.unable };
    const giveAt = giveAtOf(() => current?.d ?? null);
    const emitter = new Emitter(next, resolver, enter, isNewRequire, surplus, this.shapes.holders, giveAt);
    // Code of the running version must not see what the patch declares: it has units of its own, behind the others.
    const oldUnits: Unit[] = [];
    const oldUnit = (handle: HandleScope): { readonly unit: Unit; readonly index: number } => {
      let at = oldUnits.findIndex((unit) => unit.handle === handle);
      if (at < 0) at = oldUnits.push(new Unit(handle)) - 1;
      return { unit: oldUnits[at]!, index: handles.length + at };
    };
    const { holders } = this.shapes;
    const unitAt = (handle: HandleScope): { readonly unit: Unit; readonly index: number } => ({
      unit: unitOf(handle),
      index: index(handle),
    });
    const entryWriter: EntryWriter = { enter, isNewRequire, surplus, holders, unit: unitAt, oldUnit };
    for (const top of this.tops)
      for (const d of top.declarations.values())
        unitOf(top.handle).addDeclaration(d.node.start, declarationText(d, top.handle, emitter, next));
    const functions: PatchFunction[] = this.drafts.map((d, number) => {
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
    for (const cls of this.classes) {
      for (const member of cls.members)
        members.push({ ...member.entry, unit: index(cls.handle), key: unitOf(cls.handle).add(cls.memberText(member, emitter)) });
      for (const set of cls.properties) {
        const unit = unitOf(cls.handle);
        properties.push({
          unit: index(cls.handle),
          target: unit.add('()=>$lp.cls'),
          value: unit.add(`()=>${emitter.value(set.value, cls.handle)}`),
          name: set.name,
          getter: false,
        });
      }
    }
    const fields: PatchFields[] = [];
    for (const group of this.shapes.groups.values()) {
      const key = unitOf(group.handle).add(fieldsText(group, emitter));
      fields.push({ unit: index(group.handle), key, path: group.path });
    }
    const merges = this.tops.flatMap((top) =>
      [...top.tables].flatMap(([name, { changes, optional }]) =>
        changes.map((change): PatchMerge => ({
          ...this.writeMerge(name, change, unitOf(top.handle), index(top.handle), emitter),
          ...(optional ? { optional } : {}),
        })),
      ),
    );
    const fills = this.tops.flatMap((top) =>
      [...top.fills].map(([node, tables]): PatchFill => {
        const text = emitter.render(node.start, node.end, {
          handle: top.handle,
          site: null,
          start: node.start,
          end: node.end,
          nameless: null,
        });
        return { unit: index(top.handle), key: unitOf(top.handle).add(`()=>{${text}\n}`), tables };
      }),
    );
    const exports: PatchExport[] = [];
    for (const top of this.tops) {
      for (const set of top.properties.values()) {
        const unit = unitOf(set.handle);
        const text = (node: AnyNode): string => `()=>${emitter.value(node, set.handle)}`;
        properties.push({
          unit: index(set.handle),
          target: unit.add(text(set.owner)),
          value: unit.add(text(set.value)),
          name: set.name,
          getter: set.getter === true,
        });
      }
      for (const change of top.exports.values())
        exports.push({ name: change.name, binding: this.exportBinding(change, top, unitOf(top.handle), emitter) });
    }
    exports.sort((a, b) => (a.name < b.name ? -1 : 1));
    const strict = next.model.root.strict && !base.model.root.strict;
    const unit = (handle: HandleScope, code: string): PatchUnit => ({
      handle: handle.id,
      kind: handle.kind,
      instance: handle.instance?.id ?? null,
      code,
    });
    const old = new Resolver(base, base, this.ctx.match, NOTHING);
    return {
      units: [
        ...handles.map((handle) => ({ ...unit(handle, unitOf(handle).code(resolver, strict)), ...privatesOf(this.shapes, handle) })),
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

  private writeMerge(name: string, { table, path, before, after }: TableChange, unit: Unit, index: number, emitter: Emitter): PatchMerge {
    const { text } = this.ctx.base.model;
    const slice = (node: AnyNode): string => text.slice(node.start, node.end);
    return {
      unit: index,
      name: [name, ...path].join('.'),
      target: `(${slice(table)})${path
        .slice(0, -1)
        .map((key) => `[${JSON.stringify(key)}]`)
        .join('')}`,
      key: path.at(-1) ?? null,
      before: before && (before.type === 'Property' ? `({${slice(before)}})[${JSON.stringify(path.at(-1))}]` : slice(before)),
      value: after && unit.add(`()=>${emitter.value(after, unit.handle)}`),
    };
  }

  private loopEntries(d: Draft, number: number, writer: EntryWriter): Entries {
    if (!d.fn.tracked || !d.site.fn.tracked) return { loops: [], rows: [] };
    const entries = loopEntries(this.ctx, d, number, writer);
    reportLoops(this.ctx, d, entries.rows);
    return entries;
  }

  /** A name of the module unit's `b` that gives what is exported. */
  private exportBinding(
    change: TopDiff['exports'] extends Map<string, infer T> ? T : never,
    top: TopDiff,
    unit: Unit,
    emitter: Emitter,
  ): string {
    const { resolver, next } = this.ctx;
    const { handle } = top;
    if (change.local !== null && change.source === null) {
      const binding = next.model.scope.bindings.get(change.local);
      const fresh = binding && resolver.fresh.get(binding);
      resolver.expose(handle, change.local, fresh?.text ?? change.local, false);
      return change.local;
    }
    const name = `export ${change.name}`;
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

  private patchFunction(site: SitePlan, d: Draft, unit: number, key: number): PatchFunction {
    return {
      site: site.id,
      path: site.fn.path,
      unit,
      key,
      shape: d.shape,
      captures: d.shape === 'closure' ? site.captures.map((c) => (c.writable ? `${c.name}=` : c.name)) : [],
      tracked: d.fn.tracked,
      line: this.ctx.next.line(d.fn.node),
      ...(isConstructor(site.fn) ? { creates: true as const } : {}),
      ...(d.takesMore ? { takesMore: true as const } : {}),
      ...(this.shapes.isGuarded(d) ? { guarded: true as const } : {}),
    };
  }
}

function privatesOf({ groups }: Shapes, handle: HandleScope): { readonly privates?: readonly string[] } {
  const names = [...groups.values()].filter((g) => g.handle === handle).flatMap((g) => g.fields.map(({ name }) => name));
  const privates = names.filter((name) => name.startsWith('#'));
  return privates.length > 0 ? { privates } : {};
}

/** A function's parameters and kind, which its call site was made for. */
function sameHead(ctx: ModuleContext, base: FunctionInfo, next: FunctionInfo): boolean {
  const head = (fn: FunctionInfo, text: (node: AnyNode) => string): string =>
    ((fn.node as Partial<FunctionNode>).params ?? []).map((p) => text(p)).join();
  return (
    head(base, (n) => ctx.base.full(n)) === head(next, (n) => ctx.next.full(n)) &&
    base.async === next.async &&
    base.generator === next.generator
  );
}

export function buildModule(input: ModuleInput, around: Surroundings): ModuleResult {
  return new ModuleBuild(input, around).run();
}
