/** Builds the patch of one module: from two versions of its text to units, versions and verdicts. */
import type { AnyNode } from 'acorn';
import { INSTRUMENTATION, runsOnce } from '../../instrument/plan.ts';
import { PREFIX } from '../../instrument/names.ts';
import type { PatchModule } from '../../patch/format.ts';
import type { FunctionInfo, ModuleModel } from '../../source/model.ts';
import { AtLoad } from '../hazards/at-load.ts';
import type { ClassDiff } from './classes.ts';
import type { GivenAway, ModuleContext, Surroundings } from '../code/context.ts';
import { entryReads } from '../code/entries.ts';
import { ownTexts } from '../code/own-texts.ts';
import { Caches } from './caches.ts';
import { reportEntryKinds } from '../existing/entry-kinds.ts';
import { Completions } from './completions.ts';
import { Conversions } from './conversions.ts';
import { Drafts } from './drafts.ts';
import type { Provided } from '../input/hook-file.ts';
import { Match } from '../match/match.ts';
import { NOTHING_MADE, madeBefore } from '../existing/made-before.ts';
import type { MadeBefore } from '../existing/made-before.ts';
import type { Renamed } from '../match/old-names.ts';
import { reportNames, reportStandIns, reportUntouched } from './module-reports.ts';
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
import { innerClasses } from './inner-classes.ts';
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
import { renameHeldParameters } from './parameters.ts';
import { changedIn, reportRemembered } from '../hazards/remembered.ts';
import type { Remembered } from '../hazards/remembered.ts';
import { Refilled } from './refilled.ts';
import { Resolver } from '../code/resolve.ts';
import { startScopes } from './scopes.ts';
import { Shapes } from './shapes.ts';
import { Side } from '../version/side.ts';
import { handedOn } from '../code/surplus.ts';
import { Takers } from './takers.ts';
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
    reportNames(this.ctx, this.input.renamed);
    renameHeldParameters(this.ctx);
    startScopes(this.ctx, { tops: this.tops, classes: this.classes, shapes: this.shapes });
    reportStandIns(this.ctx, this.input, this.tops);
    this.settle();
    this.drafts.report();
    const inner = innerClasses(this.ctx, this.drafts);
    reportUntouched(this.ctx, this.tops, this.drafts);
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
          stranded: [...stranded, ...inner, ...left.stranded],
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
