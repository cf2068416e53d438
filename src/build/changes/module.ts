/** Builds the patch of one module: from two versions of its text to units, versions and verdicts. */
import type { AnyNode } from 'acorn';
import { ownBinding } from '../../instrument/forwarding.ts';
import { INSTRUMENTATION, runsOnce } from '../../instrument/plan.ts';
import { PREFIX } from '../../instrument/names.ts';
import type { OutdatedObjects, PatchModule, StrandedFunction } from '../../patch/format.ts';
import type { Binding, ClassInfo, FunctionInfo, ModuleModel } from '../../source/model.ts';
import { AtLoad } from '../hazards/at-load.ts';
import { reportBundled } from './bundled.ts';
import { ClassDiff } from './classes.ts';
import type { MergeStatic } from './classes.ts';
import { dependsOnNew } from '../code/context.ts';
import type { GivenAway, ModuleContext, Surroundings } from '../code/context.ts';
import { entryReads } from '../code/entries.ts';
import { escapes } from '../version/escape.ts';
import { derivedNote } from '../code/derive.ts';
import { ownTexts } from '../code/own-texts.ts';
import { draft, keepsKind, makerOf } from '../code/forms.ts';
import type { Draft } from '../code/forms.ts';
import { pairByRole } from './compare.ts';
import { Caches } from './caches.ts';
import { reportEntryKinds } from './entry-kinds.ts';
import { Completions } from './completions.ts';
import { Conversions } from './conversions.ts';
import { findHoisted } from './hoisted.ts';
import { itemsOf } from '../version/items.ts';
import { reportInstances, reportKeys } from './instances.ts';
import { reportLiterals } from './literals.ts';
import type { Provided } from '../input/hook-file.ts';
import { Match } from '../match/match.ts';
import { NOTHING_MADE, madeBefore } from './made-before.ts';
import type { MadeBefore } from './made-before.ts';
import type { Renamed } from '../match/old-names.ts';
import { ModuleWriter } from './module-writer.ts';
import { Namespaces } from '../code/namespaces.ts';
import { handedIn } from '../hazards/handed.ts';
import type { Handed } from '../hazards/handed.ts';
import { reportHeld } from '../hazards/held-results.ts';
import { reportMeanings } from '../hazards/changed-meanings.ts';
import { reportKeptArguments } from './kept-arguments.ts';
import { reportLeftBehind } from './left-behind.ts';
import { reportToCallers } from './callers.ts';
import { reportUnset } from './unset.ts';
import { reportCollected } from '../hazards/collected-results.ts';
import { reportCopies } from './copied-tables.ts';
import { reportLeft } from './left-values.ts';
import { changedConstants } from './changed-variables.ts';
import { reportHeldValues } from './held-values.ts';
import { reportSetUp } from '../hazards/set-up.ts';
import { reportOwnText } from '../hazards/own-text.ts';
import { pairParameters, sameHead } from './parameters.ts';
import { changedIn, reportRemembered } from '../hazards/remembered.ts';
import { renewedWith } from './renewed.ts';
import { Resolver } from '../code/resolve.ts';
import { Shapes } from './shapes.ts';
import { Side } from '../version/side.ts';
import { handedOn } from '../code/surplus.ts';
import { Takers } from './takers.ts';
import { isOnlyCalled } from '../version/holding.ts';
import { TopDiff } from './top.ts';
import { TopVerdicts } from './top-verdicts.ts';
import { VerdictLog } from '../verdicts/verdicts.ts';

export { INSTRUMENTATION };

export interface ModuleInput {
  readonly file: string;
  readonly package: PatchModule['package'];
  /** The base text as the process loads it, which the hash binds the patch to. */
  readonly raw: string;
  readonly base: ModuleModel;
  readonly next: ModuleModel;
  /** Where the variables of the new one have been given the names of the old one. */
  readonly renamed: Omit<Renamed, 'next'> | null;
  /** What the new one gives away of another package, in place of functions of its own: see stand-ins.ts. */
  readonly standIns: ReadonlySet<string>;
  /** Its classes that the old one has written out as functions: see old-classes.ts. */
  readonly classes: ReadonlySet<string>;
}

export interface ModuleResult {
  /** Null when nothing in it needs patching, or something was refused. */
  readonly module: PatchModule | null;
  readonly log: VerdictLog;
  /** Names it exports anew or with another value. */
  readonly changedExports: readonly string[];
  readonly given: GivenAway;
  /** Functions that have changed and that it gives to functions of other modules. */
  readonly handed: readonly Handed[];
  /** Those it was given, as `Surroundings.handed` has them, of whose results the old ones are in no cache of it. */
  readonly emptied: ReadonlySet<string>;
  /** As in `Surroundings`, of this module alone. */
  readonly leastHandedOn: number | null;
  /** What instances or tables hold is of another kind, which both versions cannot read: all tasks have to switch at once. */
  readonly atOnce: boolean;
  /** What exists and goes on without what the module's changes are about. */
  readonly madeBefore: MadeBefore;
}

const NOTHING: Provided = new Map();
const NOTHING_GIVEN: GivenAway = { changed: new Set(), completing: new Map() };

class ModuleBuild {
  private readonly input: ModuleInput;
  private readonly ctx: ModuleContext;
  private readonly tops: TopDiff[] = [];
  private readonly classes: ClassDiff[] = [];
  private drafts: Draft[] = [];
  private readonly stranded: StrandedFunction[] = [];
  private readonly lacking: OutdatedObjects[] = [];
  private readonly forced = new Set<FunctionInfo>();
  private readonly shapes: Shapes;
  private readonly conversions: Conversions;
  private readonly caches: Caches;
  private changed: ReadonlySet<FunctionInfo> = new Set();
  private readonly takers: Takers;

  constructor(input: ModuleInput, around: Surroundings) {
    this.input = input;
    const base = new Side(input.base);
    const next = new Side(input.next);
    const match = new Match(base, next);
    const provide = around.hook?.module === input.file ? around.hook.provide : NOTHING;
    this.ctx = {
      file: input.file,
      base,
      next,
      match,
      resolver: new Resolver(
        base,
        next,
        match,
        provide,
        new Namespaces(next, around),
        (name) => around.knew(name) || around.isGivenBeside(name),
      ),
      log: new VerdictLog(input.file, around.hook),
      around,
    };
    this.ctx.resolver.texts = ownTexts(base, next, match);
    this.ctx.resolver.entries = entryReads(base, next, (property) => around.gains(property));
    this.shapes = new Shapes(this.ctx);
    this.conversions = new Conversions(this.ctx);
    this.caches = new Caches(this.ctx, this.tops);
    this.takers = new Takers(base, input.raw, around.hook?.module === input.file ? around.hook : null);
  }

  run(): ModuleResult {
    const { base, next, log } = this.ctx;
    if (next.model.text.includes(PREFIX) || base.model.text.includes(PREFIX)) {
      log.add('module-untouched', next, null, '', `its text uses names that start with ${PREFIX}`);
      const nothing = {
        changedExports: [],
        given: NOTHING_GIVEN,
        handed: [],
        emptied: new Set<string>(),
        leastHandedOn: null,
        atOnce: false,
        madeBefore: NOTHING_MADE,
      };
      return { module: null, log, ...nothing };
    }
    if (base.model.root.strict && !next.model.root.strict)
      log.add('strictness', next, null, '', 'the new version is not strict code, but runs where the running module is strict');
    this.reportNames();
    this.startScopes();
    this.reportStandIns();
    this.settle();
    this.report();
    const atLoad = new AtLoad(this.ctx);
    for (const cls of this.classes) cls.finish();
    for (const top of this.tops) top.noteTables();
    for (const top of this.tops) new TopVerdicts(top, atLoad).finish();
    for (const { handle, baseFn, nextFn } of this.tops) if (runsOnce(handle.kind)) reportMeanings(this.ctx, baseFn, nextFn);
    const completions = new Completions(this.ctx, atLoad);
    reportHeld(this.ctx, atLoad.changed, (callee) => atLoad.definitions(callee), completions.carry(this.conversions));
    const constants = changedConstants(this.ctx);
    reportHeldValues(this.ctx, constants, this.isDerived);
    reportKeptArguments(this.ctx);
    reportLeft(this.ctx, constants);
    reportCopies(this.ctx);
    reportCollected(this.ctx, atLoad.changed);
    const root = this.tops.find((top) => top.handle.kind === 'module');
    const given =
      root && atLoad.changed.length > 0
        ? { changed: new Set(atLoad.changedGiven(root.items)), completing: completions.givenBy(root.items) }
        : NOTHING_GIVEN;
    this.shapes.report();
    const changedExports = this.tops.flatMap((top) => [...top.exports.keys()]);
    const more = this.drafts.filter((d) => d.takesMore);
    const leastHandedOn = more.length === 0 ? null : Math.min(...more.map((d) => handedOn(d.site)));
    const { input, ctx, tops, classes, drafts, stranded, shapes } = this;
    const isByAuthor = this.ctx.around.hook?.module === this.ctx.file;
    const isKnown = (type: string | null, name: string): boolean =>
      type !== null && (this.caches.empties(type, name) || this.conversions.isOutdated(type, name));
    const outdated = [...this.conversions.outdated, ...this.lacking, ...(isByAuthor ? [] : reportEntryKinds(this.ctx, isKnown))];
    for (const top of this.tops) this.conversions.reportVariables(top);
    const conversions = this.conversions.callbacks;
    const callbacks = [...conversions, ...this.caches.callbacks];
    const left = reportLeftBehind(ctx);
    const module = log.refused
      ? null
      : new ModuleWriter({
          input,
          ctx,
          tops,
          classes,
          drafts,
          stranded: [...stranded, ...left.stranded],
          outdated: [...outdated, ...left.outdated],
          shapes,
          callbacks,
        }).run();
    const differing = drafts.filter(({ fn }) => ctx.match.differs(fn));
    const before = madeBefore(
      ctx,
      differing.map(({ site, fn }) => [site.fn, fn]),
    );
    const atOnce =
      module !== null &&
      (conversions.length > 0 ||
        outdated.length > 0 ||
        drafts.some(({ bared }) => bared.length > 0) ||
        tops.some(({ tables }) => tables.atOnce));
    const handed = handedIn(ctx, this.changed);
    return { module, log, changedExports, given, handed, emptied: this.caches.emptiedOf, leastHandedOn, atOnce, madeBefore: before };
  }

  private readonly isDerived = (binding: Binding): boolean =>
    this.drafts.some(({ derived }) => derived.some(({ ref }) => ref.binding === binding));

  private reportNames(): void {
    const { base, log } = this.ctx;
    const { who, names, unclear } = this.input.renamed ?? { who: '', names: 0, unclear: [] };
    if (names > 0)
      log.add(
        'names-paired',
        base,
        base.model.program,
        '',
        `${who} the names: ${names} that are others now were paired by what they stand for`,
      );
    for (const { base: binding, reason } of unclear) {
      // What a call made is out of reach of new code that has another name for it.
      if (binding && !base.plan.handleOf.has(binding.scope.fn)) continue;
      log.add('names-unclear', base, binding?.declarations[0] ?? base.model.program, binding?.name ?? '', reason);
    }
  }

  private reportStandIns(): void {
    const { next, log } = this.ctx;
    for (const name of this.input.classes) {
      const made = next.model.functions.find(({ node }) => node.type === 'FunctionDeclaration' && node.id?.name === name);
      log.add(
        'class-written-out',
        next,
        made?.parent?.node ?? null,
        name,
        'the running one stays a function: who calls it without `new` is not refused, and its methods can be enumerated',
      );
    }
    for (const { handle, items } of this.tops)
      for (const { key, node } of handle.kind === 'module' ? items.assigned : [])
        if (this.input.standIns.has(key))
          log.add('function-stands-in', next, node, key, 'the running function goes on, and calls the one of the other package');
  }

  private startScopes(): void {
    const { base, next, match, log } = this.ctx;
    findHoisted(base, next, match);
    for (const [nextFn, baseFn] of match.baseOf) {
      const kind = base.plan.handleOf.get(baseFn)?.kind;
      if (!runsOnce(kind) || !next.plan.handleOf.has(nextFn)) continue;
      pairByRole(this.ctx, baseFn, nextFn, itemsOf(base, baseFn), itemsOf(next, nextFn));
    }
    // Where nobody holds a function that cannot become the new one, the new one is another.
    for (const [nextFn, baseFn] of match.baseOf)
      if (!keepsKind(baseFn, nextFn) && isOnlyCalled(ownBinding(baseFn) ?? undefined)) match.part(baseFn);
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
      if (!runsOnce(kind)) {
        log.add('wrapper-changed', next, nextFn.node, nextFn.path, 'a function that ran once as the module loaded has another form');
        continue;
      }
      if (!pairParameters(this.ctx, baseFn, nextFn, handle))
        log.add(
          'wrapper-changed',
          next,
          nextFn.node,
          nextFn.path,
          'the parameters of a function that ran once as the module loaded changed',
        );
      const top = new TopDiff(this.ctx, baseFn, nextFn, handle);
      if (handle.kind === 'bundled') next.inBundle.giving.set(nextFn, top);
      this.tops.push(top);
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
        this.ctx.resolver.privates.addClass(baseClass, nextClass, handle);
        this.shapes.addClass(baseClass, nextClass, handle);
        this.classes.push(new ClassDiff(this.ctx, baseClass, nextClass, handle, this.mergeStatic));
      }
    }
    this.shapes.addConstructors();
    this.addModules();
    this.tops.sort((a, b) => a.handle.id - b.handle.id);
    this.classes.sort((a, b) => a.handle.id - b.handle.id);
  }

  private readonly mergeStatic: MergeStatic = (cls, name, before, after, node) => {
    const top = this.tops.find(({ handle }) => handle.owner === cls.parent);
    const id = nameAround(cls);
    const binding = id && top?.oldBinding(id.name);
    if (!top || !binding || this.ctx.base.definitionNamed(binding) !== cls) return false;
    return top.tables.merge(`${id.name}.${name}`, id, before, after, node, { path: [name] });
  };

  /** What the loader of a bundle finds under keys that only the new version has. */
  private addModules(): void {
    const { next, match, resolver, log } = this.ctx;
    for (const [fn, { table }] of next.plan.bundled) {
      const own = table && !match.baseOf.has(fn) ? resolver.newModule(fn) : null;
      const top = own && this.tops.find(({ handle }) => handle === own.handle);
      if (!top) continue;
      const parent = fn.ancestors.at(-1)!;
      const node = parent.type === 'Property' ? parent : (fn.node as AnyNode);
      top.declarations.set(node, { kind: 'module', node, fn, table: own.table, name: own.name });
      log.add('function-added', next, node, fn.path, 'a module that only the new bundle has');
    }
  }

  /** Repeats until no binding gets a new value and no function is drawn in. */
  private settle(): void {
    let changed: ReadonlySet<FunctionInfo> | null = null;
    for (;;) {
      let moved = false;
      for (const top of this.tops) moved = top.update() || moved;
      for (const cls of this.classes) moved = cls.update() || moved;
      if (moved) continue;
      if (this.draftAll()) continue;
      // Code that is new only for the cache that it fills computes what it did.
      this.changed = changed ??= new Set([...changedIn(this.ctx), ...this.drafts.map(({ site }) => site.fn)]);
      if (!this.caches.update(changed)) return;
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
      const needed = match.differs(fn) || dependsOnNew(this.ctx, baseFn, fn) || this.forced.has(fn) || this.shapes.draws(baseFn);
      if (!needed && !this.takers.has(baseFn)) continue;
      const d = draft(fn, site, base, next, match, resolver);
      // It is better off as it is than with what it lacks.
      if (!needed && d.obstacles.length > 0) continue;
      this.drafts.push(d);
      for (const { maker } of d.obstacles) {
        if (!maker) continue;
        moved = this.force(maker, fn) || moved;
        // Those in between make closures as well, and have to hold for them what they lack.
        for (let between = fn.parent; between && between !== maker; between = between.parent) moved = this.force(between, fn) || moved;
      }
      // Closures that are made from now on have the variable itself.
      for (const ref of [...d.provided, ...d.shared, ...d.derived.map((x) => x.ref)])
        moved = this.force(makerOf(ref.binding!), fn) || moved;
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
        for (const { ref, derivation } of d.derived) log.add('capture-derived', next, ref.node, path, derivedNote(derivation));
        for (const { node } of d.bared)
          log.add(
            'field-converted',
            next,
            node,
            path,
            `what closures that exist hold as ${node.name} becomes a bare object when new code first touches it: all tasks switch at once`,
          );
        for (const { node } of d.shared)
          log.add(
            'capture-added',
            next,
            node,
            path,
            `closures that exist do not hold ${node.name}: those of one call are given one together`,
          );
        for (const { node } of d.outdated)
          log.add('capture-kept', next, node, path, `closures that exist keep the ${node.name} that the old code gave them`);
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
      const renewed = outer && renewedWith(d.site.fn, this.ctx, this.tops);
      if (renewed) {
        log.add(
          'closure-kept',
          next,
          d.fn.node,
          path,
          `those that exist keep the old code and what they hold: who calls ${renewed.join(', ')} gets a new one`,
        );
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
      if (!untouched || base.full(baseFn.node) === next.full(fn.node) || match.isSameWithin(fn)) continue;
      // Its text is part of the code around it, which is compared with it.
      if (baseFn.parent && usable.some((d) => d.fn === fn.parent)) continue;
      log.add('function-untouched', next, fn.node, baseFn.path, untouched.reason);
    }
    reportRemembered(this.ctx, this.caches.found, this.caches.isEmptied);
    reportOwnText(this.ctx, (fn) => this.isNewCode(fn));
  }

  /** Whether the patch has the code of the function, by itself or as a part of what is around it. */
  private isNewCode(fn: FunctionInfo): boolean {
    for (let around: FunctionInfo | null = fn; around && !runsOnce(this.ctx.next.plan.handleOf.get(around)?.kind); around = around.parent)
      if (this.drafts.some((d) => d.fn === around)) return true;
      else if (this.ctx.match.baseOf.has(around)) return false;
    return true;
  }

  /** Whether closures that are made from now on are of the new code, and have all that it needs. */
  private isMadeAnew({ fn, obstacles, site }: Draft): boolean {
    return obstacles.every(({ maker }) => {
      const around = maker && this.drafts.find((d) => d.fn === maker);
      // What lacks its own name cannot make itself.
      if (!around || around.fn === fn || !this.isMadeAnew(around)) return false;
      // A function in between that goes on as it was makes closures of the old code for ever.
      for (let between = site.fn.parent; between && between !== around.site.fn; between = between.parent)
        if (!this.drafts.some((d) => d.site.fn === between)) return false;
      return true;
    });
  }

  private reportVersion(d: Draft): void {
    const { next, match, log } = this.ctx;
    const { fn, site } = d;
    const own = match.differs(fn);
    const path = site.fn.path;
    if (own) reportBundled(this.ctx, site.fn, fn);
    if (own) this.lacking.push(...reportInstances(this.ctx, site.fn, fn, (name) => this.shapes.fills(site.fn, name)));
    reportKeys(this.ctx, site.fn, fn);
    if (own) reportLiterals(this.ctx, site.fn, fn);
    if (own) this.conversions.report(site.fn, fn);
    if (own) log.add('function-changed', next, fn.node, path, 'linked in place of the old one');
    else
      log.add(
        'function-relinked',
        next,
        fn.node,
        path,
        this.forced.has(fn)
          ? 'a function inside it needs what existing closures do not hold'
          : this.shapes.draws(site.fn)
            ? 'what it makes has new fields'
            : this.takers.has(site.fn)
              ? 'instances that it takes are migrated first'
              : 'a value it reads is another one',
      );
    if (own) reportUnset(this.ctx, fn, site.fn);
    if (own) reportSetUp(this.ctx, site.fn, fn, this.isDerived);
    const early = this.shapes.early(d);
    if (early.length > 0)
      log.add(
        'shape-early',
        next,
        fn.node,
        path,
        `what it makes has another shape (${early.join(', ')}) before all tasks run the patch: older code may meet it`,
      );
    reportToCallers(this.ctx, d);
  }
}

export function buildModule(input: ModuleInput, around: Surroundings): ModuleResult {
  return new ModuleBuild(input, around).run();
}

/** What the code around a class calls it, where that is a name. */
function nameAround({ node, ancestors }: ClassInfo): (AnyNode & { readonly type: 'Identifier' }) | null {
  const parent = ancestors.at(-1);
  const id =
    node.type === 'ClassDeclaration'
      ? node.id
      : parent?.type === 'VariableDeclarator'
        ? parent.id
        : parent?.type === 'AssignmentExpression'
          ? parent.left
          : null;
  return id?.type === 'Identifier' ? id : null;
}
