/** Builds the patch of one module: from two versions of its text to units, versions and verdicts. */
import type { AnyNode } from 'acorn';
import { INSTRUMENTATION, runsOnce } from '../../instrument/plan.ts';
import { PREFIX } from '../../instrument/names.ts';
import type { PatchModule } from '../../patch/format.ts';
import type { FunctionInfo, ModuleModel } from '../../source/model.ts';
import { reportGivenCaches } from '../hazards/given-caches.ts';
import { reportWholeNamespaces } from '../hazards/whole-namespaces.ts';
import { AtLoad } from '../hazards/at-load.ts';
import type { ClassDiff } from './classes/classes.ts';
import type { GivenAway, ModuleContext, Surroundings } from '../code/context.ts';
import { entryReads } from '../code/entries.ts';
import { keptOptions, reportUntold } from '../code/kept-options.ts';
import { ownTexts } from '../code/own-texts.ts';
import { reportKeptWholes, reportOldWholes } from './names/another-whole.ts';
import { Caches } from './tables/caches.ts';
import { reportEntryKinds } from '../existing/entry-kinds.ts';
import { Completions } from './classes/completions.ts';
import { Conversions } from './tables/conversions.ts';
import { Drafts } from './functions/drafts.ts';
import type { Provided } from '../input/hook-file.ts';
import { Match } from '../match/match.ts';
import { NOTHING_MADE, madeBefore } from '../existing/made-before.ts';
import type { MadeBefore } from '../existing/made-before.ts';
import type { Renamed } from '../match/old-names.ts';
import { reportNames, reportStandIns, reportUntouched } from './module-reports.ts';
import { ModuleWriter } from './module-writer.ts';
import type { ModuleParts } from './module-writer.ts';
import { Namespaces } from '../code/namespaces.ts';
import { handedIn } from '../hazards/handed.ts';
import type { Handed } from '../hazards/handed.ts';
import { reportGivenToOwn } from '../existing/given-to-own.ts';
import { reportKeptPatterns } from '../existing/kept-patterns.ts';
import { reportLasting } from '../existing/lasting-set-up.ts';
import { askedOfMixins } from './functions/asked-of-mixins.ts';
import { reportNewlySet } from '../existing/newly-set.ts';
import { changedMembers, overridesIn } from '../hazards/members-of-others.ts';
import type { ChangedMembers } from '../hazards/members-of-others.ts';
import { reportHeld } from '../hazards/held-results.ts';
import { reportStates } from '../hazards/changed-states.ts';
import { reportOrders } from '../hazards/ordered-by.ts';
import { reportCalledAgain } from '../hazards/called-again.ts';
import { reportLocks } from '../hazards/locks.ts';
import { reportMeanings } from '../hazards/changed-meanings.ts';
import { reportKeptArguments } from '../existing/kept-arguments.ts';
import { reportLeftBehind } from '../existing/left-behind.ts';
import { innerClasses } from './functions/inner-classes.ts';
import { Listeners } from './functions/listeners.ts';
import { reportCollected } from '../hazards/collected-results.ts';
import { reportFilledOnce } from '../hazards/filled-once.ts';
import { reportCopies } from '../existing/copied-tables.ts';
import { reportTaken, tablesGivenBy } from './tables/changed-tables.ts';
import { reportGainedOptions } from './tables/gained-options.ts';
import type { GivenTables } from './tables/changed-tables.ts';
import { reportAccumulated } from '../existing/accumulated.ts';
import { reportFieldsNotSet } from '../existing/fields-not-set.ts';
import { reportSetOtherwise } from '../existing/set-otherwise.ts';
import { reportThresholds } from '../existing/thresholds.ts';
import { reportContents } from '../existing/left-contents.ts';
import { reportLeftOut } from '../existing/left-out.ts';
import { reportListedLiterals } from '../existing/listed-literals.ts';
import { reportLeftKeys } from '../existing/left-keys.ts';
import { reportLeft } from '../existing/left-values.ts';
import { reportLoadCopies } from './tables/load-copies.ts';
import { changedConstants } from '../existing/changed-variables.ts';
import { reportHeldValues } from '../existing/held-values.ts';
import { reportOwnText } from '../hazards/own-text.ts';
import { renameHeldParameters } from './functions/parameters.ts';
import { changedIn, reportRemembered } from '../hazards/remembered.ts';
import type { Remembered } from '../hazards/remembered.ts';
import { Refilled } from './tables/refilled.ts';
import { ToppedUp } from './tables/topped-up.ts';
import { Resolver } from '../code/resolve.ts';
import { startScopes } from './scopes.ts';
import { Shapes } from './classes/shapes.ts';
import { Side } from '../version/side.ts';
import { handedOn } from '../code/surplus.ts';
import { Takers } from './functions/takers.ts';
import type { TopDiff } from './top.ts';
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
const NO_CHANGES: Omit<ModuleResult, 'module' | 'log'> = {
  changedExports: [],
  given: { changed: new Set(), completing: new Map() },
  members: { given: new Set(), overrides: [] },
  tables: new Map(),
  handed: [],
  emptied: new Set(),
  regenerated: new Set(),
  leastHandedOn: null,
  atOnce: false,
  madeBefore: NOTHING_MADE,
  runs: false,
};

/** Of a version that is strict code no longer, and of one that is now. */
const STRICTNESS = [
  'the new version is not strict code, but runs where the running module is strict',
  'the new version is strict code: the functions that differ run as such, but for the `this` that they are given, and the others as they did',
] as const;

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
  private readonly toppedUp: ToppedUp;
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
        took: (name) => around.mayTake(name),
        call: (name) => around.mayCallBeside(name),
        load: () => around.isLoadedBeside(),
        versionsOf: (specifier) => around.versionsOf(specifier),
      }),
      log: new VerdictLog(input.file, around.hook),
      around,
    };
    this.ctx.resolver.texts = ownTexts(base, next, match);
    const kept = keptOptions(base, next, match, around);
    this.ctx.resolver.keptOptions = kept;
    this.ctx.resolver.entries = new Map([
      ...kept.flatMap(({ reads }) => [...reads]),
      ...entryReads(base, next, (property) => around.gains(property)),
    ]);
    this.shapes = new Shapes(this.ctx);
    this.conversions = new Conversions(this.ctx);
    this.caches = new Caches(this.ctx, this.tops);
    this.toppedUp = new ToppedUp(this.ctx, this.tops);
    this.refilled = new Refilled(this.ctx, this.tops, this.toppedUp);
    const takers = new Takers(base, input.raw, around.hook?.module === input.file ? around.hook : null);
    this.listeners = new Listeners(this.ctx);
    const { tops, shapes, conversions, listeners } = this;
    this.drafts = new Drafts(this.ctx, { tops, shapes, conversions, takers, listeners });
  }

  run(): ModuleResult {
    const { ctx, tops, classes, drafts, caches } = this;
    const { base, next, log } = ctx;
    if (next.model.text.includes(PREFIX) || base.model.text.includes(PREFIX)) {
      log.add('module-untouched', next, null, '', `its text uses names that start with ${PREFIX}`);
      return { module: null, log, ...NO_CHANGES };
    }
    this.compare();
    const atLoad = new AtLoad(ctx);
    const { completions, lasting } = this.report(atLoad);
    const { module, atOnce } = this.write();
    const root = tops.find((top) => top.handle.kind === 'module');
    const more = [...drafts.all, ...classes.flatMap(({ removed }) => removed)].filter((own) => own.takesMore);
    const differing = drafts.all
      .filter(({ fn, site }) => ctx.match.differs(fn) && !base.runsOnce(site.fn))
      .map(({ site, fn }) => [site.fn, fn] as const);
    return {
      module,
      log,
      changedExports: tops.flatMap((top) => [...top.exports.keys()]),
      given:
        root && atLoad.changed.length > 0
          ? { changed: new Set(atLoad.changedGiven(root.items)), completing: completions.givenBy(root.items) }
          : NO_CHANGES.given,
      members: root
        ? { given: changedMembers(next, root.items, atLoad.changed), overrides: overridesIn(next, atLoad.changed) }
        : NO_CHANGES.members,
      tables: root ? tablesGivenBy(root) : NO_CHANGES.tables,
      handed: handedIn(ctx, this.changed),
      emptied: caches.emptiedOf,
      regenerated: caches.regenerated,
      leastHandedOn: more.length === 0 ? null : Math.min(...more.map(({ site }) => handedOn(site))),
      atOnce,
      madeBefore: madeBefore(ctx, differing, lasting),
      runs: this.runsCode(),
    };
  }

  /** Finds all that the patch has to carry. */
  private compare(): void {
    const { ctx, input, tops, classes, shapes, drafts } = this;
    const { base, next, log } = ctx;
    if (base.model.root.strict !== next.model.root.strict)
      log.add('strictness', next, null, '', STRICTNESS[next.model.root.strict ? 1 : 0]);
    reportNames(ctx, input.renamed);
    reportUntold(ctx);
    renameHeldParameters(ctx);
    startScopes(ctx, { tops, classes, shapes });
    reportStandIns(ctx, input.classes);
    this.settle();
    drafts.report();
    drafts.stranded.push(...innerClasses(ctx, drafts));
    reportUntouched(ctx, tops, drafts);
  }

  /** Says what becomes of what is there. Some reports look up what those before them have said. */
  private report(atLoad: AtLoad): { readonly completions: Completions; readonly lasting: ReturnType<typeof reportLasting> } {
    const { ctx, tops, caches, conversions, drafts, refilled } = this;
    const isRefilled = ({ table }: Remembered): boolean => typeof table !== 'string' && refilled.has(table);
    reportRemembered(ctx, caches.found, (one) => caches.isEmptied(one) || isRefilled(one));
    reportGivenCaches(ctx);
    reportOwnText(ctx, (fn) => drafts.isNewCode(fn));
    for (const cls of this.classes) cls.finish();
    for (const top of tops) top.noteTables();
    for (const top of tops) new TopVerdicts(top, atLoad).finish();
    reportOldWholes(ctx, tops);
    reportKeptWholes(ctx, conversions);
    reportWholeNamespaces(ctx);
    for (const { baseFn, nextFn } of tops) reportCalledAgain(ctx, baseFn, nextFn);
    reportLocks(ctx);
    for (const { handle, baseFn, nextFn } of tops) if (runsOnce(handle.kind)) reportMeanings(ctx, baseFn, nextFn);
    const completions = new Completions(ctx, atLoad);
    reportHeld(ctx, atLoad.changed, (callee) => atLoad.definitions(callee), completions.carry(conversions));
    for (const top of tops) conversions.reportVariables(top);
    const constants = changedConstants(ctx);
    reportHeldValues(ctx, constants, drafts.isDerived);
    reportKeptArguments(ctx);
    reportLeft(ctx, constants);
    reportCopies(ctx);
    reportTaken(ctx, tops);
    reportGainedOptions(ctx, constants, drafts.isDerived);
    reportCollected(ctx, atLoad.changed);
    reportLeftKeys(ctx, constants);
    reportNewlySet(ctx);
    const lasting = reportLasting(ctx, constants);
    reportFilledOnce(ctx, this.changed, refilled.has);
    reportLoadCopies(ctx, tops);
    this.shapes.report();
    reportContents(ctx, constants);
    reportLeftOut(ctx);
    reportListedLiterals(ctx);
    reportThresholds(ctx, constants);
    reportAccumulated(ctx, constants);
    reportSetOtherwise(ctx);
    reportFieldsNotSet(ctx, this.shapes.gained());
    reportKeptPatterns(ctx);
    reportGivenToOwn(ctx);
    reportStates(ctx);
    reportOrders(ctx);
    return { completions, lasting };
  }

  private write(): Pick<ModuleResult, 'module' | 'atOnce'> {
    const { input, ctx, tops, classes, shapes, caches, conversions, listeners } = this;
    const { all: drafts, stranded, lacking } = this.drafts;
    const mixed = askedOfMixins(ctx);
    shapes.holders.push(...mixed);
    const isKnown = (type: string | null, name: string): boolean =>
      type !== null && (caches.empties(type, name) || conversions.isOutdated(type, name));
    const isByAuthor = ctx.around.hook?.module === ctx.file;
    const outdated = [...conversions.outdated, ...lacking, ...(isByAuthor ? [] : reportEntryKinds(ctx, isKnown))];
    const left = reportLeftBehind(ctx);
    const parts: ModuleParts = {
      input,
      ctx,
      tops,
      classes,
      drafts,
      stranded: [...stranded, ...left.stranded],
      outdated: [...outdated, ...left.outdated],
      shapes,
      mixes: mixed.length > 0,
      callbacks: [...conversions.callbacks, ...caches.callbacks, ...listeners.callbacks, ...this.toppedUp.callbacks],
    };
    const module = ctx.log.refused ? null : new ModuleWriter(parts).run();
    const isOtherKind =
      conversions.callbacks.length > 0 ||
      outdated.length > 0 ||
      drafts.some(({ bared }) => bared.length > 0) ||
      tops.some(({ tables }) => tables.atOnce);
    return { module, atOnce: module !== null && isOtherKind };
  }

  /** Whether the patch runs code of the top level. */
  private runsCode(): boolean {
    const isRun = ({ declarations, exports, properties, fills }: TopDiff): boolean =>
      declarations.size + exports.size + properties.size + fills.size > 0;
    return this.ctx.resolver.helpers.size > 0 || this.tops.some(isRun) || this.classes.some(({ properties }) => properties.length > 0);
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
