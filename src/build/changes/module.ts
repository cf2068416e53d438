/** Builds the patch of one module: from two versions of its text to units, versions and verdicts. */
import type { AnyNode } from 'acorn';
import { ownBinding } from '../../instrument/forwarding.ts';
import { INSTRUMENTATION, runsOnce } from '../../instrument/plan.ts';
import { PREFIX } from '../../instrument/names.ts';
import type { PatchModule } from '../../patch/format.ts';
import type { ClassInfo, FunctionInfo, ModuleModel } from '../../source/model.ts';
import { AtLoad } from '../hazards/at-load.ts';
import { ClassDiff } from './classes.ts';
import type { MergeStatic } from './classes.ts';
import { readsNew } from '../code/context.ts';
import type { GivenAway, ModuleContext, Surroundings } from '../code/context.ts';
import { entryReads } from '../code/entries.ts';
import { ownTexts } from '../code/own-texts.ts';
import { keepsKind } from '../code/draft.ts';
import { pairByRole } from './compare.ts';
import { pairNamedEntries } from './named-entries.ts';
import { Caches } from './caches.ts';
import { reportEntryKinds } from '../existing/entry-kinds.ts';
import { Completions } from './completions.ts';
import { Conversions } from './conversions.ts';
import { Drafts } from './drafts.ts';
import { findHoisted } from './hoisted.ts';
import { itemsOf } from '../version/item-reader.ts';
import type { Provided } from '../input/hook-file.ts';
import { Match } from '../match/match.ts';
import { NOTHING_MADE, madeBefore } from '../existing/made-before.ts';
import type { MadeBefore } from '../existing/made-before.ts';
import type { Renamed } from '../match/old-names.ts';
import { ModuleWriter } from './module-writer.ts';
import { Namespaces } from '../code/namespaces.ts';
import { handedIn } from '../hazards/handed.ts';
import type { Handed } from '../hazards/handed.ts';
import { reportKeptPatterns } from '../existing/kept-patterns.ts';
import { reportLasting } from '../existing/lasting-set-up.ts';
import { changedMembers, overridesIn } from '../hazards/members-of-others.ts';
import type { ChangedMembers } from '../hazards/members-of-others.ts';
import { reportHeld } from '../hazards/held-results.ts';
import { reportStates } from '../hazards/changed-states.ts';
import { reportOrders } from '../hazards/ordered-by.ts';
import { reportCalledAgain } from '../hazards/called-again.ts';
import { reportMeanings } from '../hazards/changed-meanings.ts';
import { reportKeptArguments } from '../existing/kept-arguments.ts';
import { reportLeftBehind } from '../existing/left-behind.ts';
import { Listeners } from './listeners.ts';
import { reportCollected } from '../hazards/collected-results.ts';
import { reportFilledOnce } from '../hazards/filled-once.ts';
import { reportCopies } from '../existing/copied-tables.ts';
import { reportTaken, tablesGivenBy } from './changed-tables.ts';
import { reportGainedOptions } from './gained-options.ts';
import type { GivenTables } from './changed-tables.ts';
import { reportContents } from '../existing/left-contents.ts';
import { reportLeftKeys } from '../existing/left-keys.ts';
import { reportLeft } from '../existing/left-values.ts';
import { reportLoadCopies } from './load-copies.ts';
import { changedConstants } from '../existing/changed-variables.ts';
import { reportHeldValues } from '../existing/held-values.ts';
import { reportOwnText } from '../hazards/own-text.ts';
import { pairParameters, renameHeldParameters, sameHead } from './parameters.ts';
import { changedIn, reportRemembered } from '../hazards/remembered.ts';
import type { Remembered } from '../hazards/remembered.ts';
import { Refilled } from './refilled.ts';
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
  /** Members that have changed of what it gives away, and of classes that extend what another module does. */
  readonly members: ChangedMembers;
  /** Tables that it gives away and that change in place, with all that leads to what differs. */
  readonly tables: GivenTables;
  /** Functions that have changed and that it gives to functions of other modules. */
  readonly handed: readonly Handed[];
  /** Those it was given, as `Surroundings.handed` has them, of whose results the old ones are in no cache of it. */
  readonly emptied: ReadonlySet<string>;
  /** What makes code of which objects make more anew, as the patch has them hold none. */
  readonly regenerated: ReadonlySet<AnyNode>;
  /** As in `Surroundings`, of this module alone. */
  readonly leastHandedOn: number | null;
  /** What instances or tables hold is of another kind, which both versions cannot read: all tasks have to switch at once. */
  readonly atOnce: boolean;
  /** What exists and goes on without what the module's changes are about. */
  readonly madeBefore: MadeBefore;
  /** The patch runs code of its top level. */
  readonly runs: boolean;
}

const NOTHING: Provided = new Map();
const NO_TABLES: GivenTables = new Map();
const NO_MEMBERS: ChangedMembers = { given: new Set(), overrides: [] };
const NOTHING_GIVEN: GivenAway = { changed: new Set(), completing: new Map() };

class ModuleBuild {
  private readonly input: ModuleInput;
  private readonly ctx: ModuleContext;
  private readonly tops: TopDiff[] = [];
  private readonly classes: ClassDiff[] = [];
  private readonly drafts: Drafts;
  private readonly shapes: Shapes;
  private readonly conversions: Conversions;
  private readonly caches: Caches;
  private readonly refilled: Refilled;
  private readonly listeners: Listeners;
  private changed: ReadonlySet<FunctionInfo> = new Set();

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
      resolver: new Resolver(base, next, match, provide, new Namespaces(next, around), {
        option: (name) => around.mayTake(name) || around.isGivenBeside(name),
        call: (name) => around.mayCallBeside(name),
        load: () => around.isLoadedBeside(),
      }),
      log: new VerdictLog(input.file, around.hook),
      around,
    };
    this.ctx.resolver.texts = ownTexts(base, next, match);
    this.ctx.resolver.entries = entryReads(base, next, (property) => around.gains(property));
    this.shapes = new Shapes(this.ctx);
    this.conversions = new Conversions(this.ctx);
    this.caches = new Caches(this.ctx, this.tops);
    this.refilled = new Refilled(this.ctx, this.tops);
    const takers = new Takers(base, input.raw, around.hook?.module === input.file ? around.hook : null);
    this.listeners = new Listeners(this.ctx);
    const { tops, shapes, conversions, listeners } = this;
    this.drafts = new Drafts(this.ctx, { tops, shapes, conversions, takers, listeners });
  }

  run(): ModuleResult {
    const { base, next, log } = this.ctx;
    if (next.model.text.includes(PREFIX) || base.model.text.includes(PREFIX)) {
      log.add('module-untouched', next, null, '', `its text uses names that start with ${PREFIX}`);
      const nothing = {
        changedExports: [],
        given: NOTHING_GIVEN,
        members: NO_MEMBERS,
        tables: NO_TABLES,
        handed: [],
        emptied: new Set<string>(),
        regenerated: new Set<AnyNode>(),
        leastHandedOn: null,
        atOnce: false,
        madeBefore: NOTHING_MADE,
        runs: false,
      };
      return { module: null, log, ...nothing };
    }
    if (base.model.root.strict && !next.model.root.strict)
      log.add('strictness', next, null, '', 'the new version is not strict code, but runs where the running module is strict');
    this.reportNames();
    renameHeldParameters(this.ctx);
    this.startScopes();
    this.reportStandIns();
    this.settle();
    this.drafts.report();
    this.reportUntouched();
    const isRefilled = ({ table }: Remembered): boolean => typeof table !== 'string' && this.refilled.has(table);
    reportRemembered(this.ctx, this.caches.found, (one) => this.caches.isEmptied(one) || isRefilled(one));
    reportOwnText(this.ctx, (fn) => this.drafts.isNewCode(fn));
    const atLoad = new AtLoad(this.ctx);
    for (const cls of this.classes) cls.finish();
    for (const top of this.tops) top.noteTables();
    for (const top of this.tops) new TopVerdicts(top, atLoad).finish();
    for (const { baseFn, nextFn } of this.tops) reportCalledAgain(this.ctx, baseFn, nextFn);
    for (const { handle, baseFn, nextFn } of this.tops) if (runsOnce(handle.kind)) reportMeanings(this.ctx, baseFn, nextFn);
    const completions = new Completions(this.ctx, atLoad);
    reportHeld(this.ctx, atLoad.changed, (callee) => atLoad.definitions(callee), completions.carry(this.conversions));
    for (const top of this.tops) this.conversions.reportVariables(top);
    const constants = changedConstants(this.ctx);
    reportHeldValues(this.ctx, constants, this.drafts.isDerived);
    reportKeptArguments(this.ctx);
    reportLeft(this.ctx, constants);
    reportCopies(this.ctx);
    reportTaken(this.ctx, this.tops);
    reportGainedOptions(this.ctx, constants);
    reportCollected(this.ctx, atLoad.changed, (callee) => atLoad.definitions(callee));
    reportLeftKeys(this.ctx, constants);
    const lasting = reportLasting(this.ctx, constants);
    reportFilledOnce(this.ctx, this.changed, this.refilled.has);
    reportLoadCopies(this.ctx, this.tops);
    const root = this.tops.find((top) => top.handle.kind === 'module');
    const given =
      root && atLoad.changed.length > 0
        ? { changed: new Set(atLoad.changedGiven(root.items)), completing: completions.givenBy(root.items) }
        : NOTHING_GIVEN;
    const members = root
      ? { given: changedMembers(next, root.items, atLoad.changed), overrides: overridesIn(next, atLoad.changed) }
      : NO_MEMBERS;
    this.shapes.report();
    reportContents(this.ctx);
    reportKeptPatterns(this.ctx);
    reportStates(this.ctx);
    reportOrders(this.ctx);
    const changedExports = this.tops.flatMap((top) => [...top.exports.keys()]);
    const more = this.drafts.all.filter((d) => d.takesMore);
    const leastHandedOn = more.length === 0 ? null : Math.min(...more.map((d) => handedOn(d.site)));
    const { input, ctx, tops, classes, shapes } = this;
    const { all: drafts, stranded, lacking } = this.drafts;
    const isByAuthor = this.ctx.around.hook?.module === this.ctx.file;
    const isKnown = (type: string | null, name: string): boolean =>
      type !== null && (this.caches.empties(type, name) || this.conversions.isOutdated(type, name));
    const outdated = [...this.conversions.outdated, ...lacking, ...(isByAuthor ? [] : reportEntryKinds(this.ctx, isKnown))];
    const conversions = this.conversions.callbacks;
    const callbacks = [...conversions, ...this.caches.callbacks, ...this.listeners.callbacks];
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
      lasting,
    );
    const atOnce =
      module !== null &&
      (conversions.length > 0 ||
        outdated.length > 0 ||
        drafts.some(({ bared }) => bared.length > 0) ||
        tops.some(({ tables }) => tables.atOnce));
    const handed = handedIn(ctx, this.changed);
    const isRun = ({ declarations, exports, properties, fills }: TopDiff): boolean =>
      declarations.size + exports.size + properties.size + fills.size > 0;
    const runs = ctx.resolver.helpers.size > 0 || tops.some(isRun) || classes.some(({ properties }) => properties.length > 0);
    const { emptiedOf: emptied, regenerated } = this.caches;
    const tables = root ? tablesGivenBy(root) : NO_TABLES;
    return {
      module,
      log,
      changedExports,
      given,
      members,
      handed,
      emptied,
      regenerated,
      leastHandedOn,
      atOnce,
      madeBefore: before,
      runs,
      tables,
    };
  }

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
      const [old, items] = [itemsOf(base, baseFn), itemsOf(next, nextFn)];
      pairByRole(this.ctx, baseFn, nextFn, old, items);
      pairNamedEntries(this.ctx, old, items);
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

  private reportUntouched(): void {
    const { base, next, match, log } = this.ctx;
    for (const [fn, baseFn] of match.baseOf) {
      if (base.isOpaque(baseFn) || baseFn.kind === 'static' || baseFn.kind === 'field') continue;
      const untouched = base.plan.unpatchable.find((u) => u.fn === baseFn);
      if (!untouched) continue;
      const isSame = base.full(baseFn.node) === next.full(fn.node) || match.isSameWithin(fn);
      if (isSame && !readsNew(this.ctx, baseFn, fn)) continue;
      // Its text is part of the code around it, which is compared with it.
      if (baseFn.parent && this.drafts.all.some((d) => d.fn === fn.parent)) continue;
      if (isSame && this.tops.some((top) => top.makesAnew(fn.node))) continue;
      const more = isSame ? ', and a value it reads is another one' : '';
      log.add('function-untouched', next, fn.node, baseFn.path, `${untouched.reason}${more}`);
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
      if (this.drafts.update()) continue;
      // Code that is new only for the cache that it fills computes what it did.
      this.changed = changed ??= new Set([...changedIn(this.ctx), ...this.drafts.all.map(({ site }) => site.fn)]);
      moved = this.caches.update(changed);
      moved = this.refilled.update(changed) || moved;
      if (!moved) return;
    }
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
