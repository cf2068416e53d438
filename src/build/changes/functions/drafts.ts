/** The versions of functions that the patch has: which functions need one, and what is said of each. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo, Binding, Reference } from '../../../source/model.ts';
import type { OutdatedObjects, StrandedFunction } from '../../../patch/format.ts';
import { runsOnce } from '../../../instrument/plan.ts';
import { dependsOnNew } from '../../code/context.ts';
import type { ModuleContext } from '../../code/context.ts';
import { derivedNote } from '../../code/derive.ts';
import { derivedOfOthers } from '../../code/taken-for-options.ts';
import { draft, makerOf, standsAlone } from '../../code/draft.ts';
import type { Draft } from '../../code/draft.ts';
import { knownTakers, passesMore } from '../../code/surplus.ts';
import { reportSetUp } from '../../hazards/set-up.ts';
import { escapes, outlives } from '../../version/program/escape.ts';
import { isOfHelper } from '../../version/forms/written-helpers.ts';
import { reportBundled } from '../wrappers/bundled.ts';
import { reportToCallers } from './callers.ts';
import type { Conversions } from '../tables/conversions.ts';
import { reportInstances, reportKeys } from '../../existing/instances.ts';
import { reportSetThrough } from '../../existing/set-through.ts';
import { reportLiterals } from '../../existing/literals.ts';
import { reliesOn } from './relied-on.ts';
import { renewedWith } from './renewed.ts';
import type { Listeners } from './listeners.ts';
import type { Shapes } from '../classes/shapes.ts';
import type { Takers } from './takers.ts';
import type { TopDiff } from '../top.ts';
import { reportUnset } from '../../existing/unset.ts';

export interface DraftParts {
  readonly tops: readonly TopDiff[];
  readonly shapes: Shapes;
  readonly conversions: Conversions;
  readonly takers: Takers;
  readonly listeners: Listeners;
}

const ONLY_WITHOUT = 'the patch applies only where no closure of the old function is alive';

export class Drafts {
  /** Once they are reported: those that the patch has. */
  all: readonly Draft[] = [];
  /** Functions whose closures that exist cannot go over to a version. */
  readonly stranded: StrandedFunction[] = [];
  /** Objects without what the new code cannot do without. */
  readonly lacking: OutdatedObjects[] = [];
  /** Drawn in by a function inside them. */
  private readonly forced = new Set<FunctionInfo>();
  private readonly ctx: ModuleContext;
  private readonly parts: DraftParts;

  constructor(ctx: ModuleContext, parts: DraftParts) {
    this.ctx = ctx;
    this.parts = parts;
  }

  /** Drafts every version that is needed; true when a draft drew in a function around it. */
  update(): boolean {
    const { base, next, match, resolver } = this.ctx;
    const drafts: Draft[] = [];
    this.all = drafts;
    const chosen = new Set(this.parts.tops.flatMap(({ choices }) => choices.flatMap(({ functions }) => functions)));
    const heavyDone = new Set(this.parts.tops.filter((t) => t.handle.kind === 'heavy').map((t) => t.handle.owner));
    const takers = knownTakers(base, next, match);
    const passesMoreNow = (fn: FunctionInfo): boolean =>
      takers.size > 0 && next.ownRefs(fn).some((ref) => ref.binding !== null && passesMore(ref, takers.get(ref.binding)));
    let moved = false;
    for (const fn of next.model.functions) {
      const baseFn = match.baseOf.get(fn);
      const site = baseFn && base.plan.siteOf.get(baseFn);
      if (!baseFn || !site || heavyDone.has(baseFn)) continue;
      if (fn.kind === 'field' && (fn.node as { value?: unknown }).value == null) continue;
      const needed =
        chosen.has(fn) ||
        match.differs(fn) ||
        standsAlone(baseFn, fn) ||
        dependsOnNew(this.ctx, baseFn, fn) ||
        passesMoreNow(fn) ||
        this.forced.has(fn) ||
        this.parts.shapes.draws(baseFn);
      if (!needed && !this.parts.takers.has(baseFn)) continue;
      const d = draft(fn, site, base, next, match, resolver);
      // It is better off as it is than with what it lacks.
      if (!needed && d.obstacles.length > 0) continue;
      drafts.push(d);
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

  report(): void {
    const { match, next, log, resolver } = this.ctx;
    const usable: Draft[] = [];
    for (const [{ declarations, name, scope }, options] of resolver.assumed) {
      const reason = `closures that exist go by what it is where nobody gave ${options.join(' and ')}, which their old code did not take`;
      log.add('capture-kept', next, declarations[0]!, `${scope.fn.path} ${name}`, reason);
    }
    for (const d of this.all) {
      const path = d.site.fn.path;
      if (d.obstacles.length === 0) {
        usable.push(d);
        this.reportVersion(d);
        for (const { ref, derivation } of d.derived) {
          for (const other of derivedOfOthers(derivation, next))
            log.add(
              'capture-kept',
              next,
              ref.node,
              `${path} ${ref.node.name}`,
              `closures that exist go by what it is where ${other} lacks that`,
            );
          if (!derivation.late) log.add('capture-derived', next, ref.node, path, derivedNote(derivation));
          else if (escapes(d.site.fn)) {
            const reason = `closures that exist were made without ${ref.node.name}`;
            const where = 'the patch stays only where none is alive once all tasks run it';
            const isTaken = log.add('closure-stranded', next, ref.node, path, `${reason}: ${where}`);
            if (!isTaken) this.stranded.push({ site: d.site.id, path, reason, late: true });
          }
        }
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
        for (const ref of isOfHelper(d.site.fn) ? [] : d.outdated.filter((one) => this.isKept(one, d))) {
          const kept = `closures that exist keep the ${ref.node.name} that the old code gave them`;
          const relies = match.differs(d.fn) ? reliesOn(this.ctx, ref, d) : null;
          if (relies === null) log.add('capture-kept', next, ref.node, path, kept);
          else {
            const reason = `${kept}, and their new code ${relies}`;
            const isTaken = log.add('closure-stranded', next, ref.node, path, `${reason}: ${ONLY_WITHOUT}`);
            if (!isTaken) this.stranded.push({ site: d.site.id, path, reason });
          }
        }
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
      const renewed = outer && renewedWith(d.site.fn, this.ctx, this.parts.tops);
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
        log.add('closure-stranded', next, o.node, path, `${o.reason}: ${ONLY_WITHOUT}`);
        continue;
      }
      log.add(o.code, next, o.node, path, o.reason);
    }
    this.all = usable;
  }

  /** Whether the patch has the code of the function, by itself or as a part of what is around it. */
  isNewCode(fn: FunctionInfo): boolean {
    for (let around: FunctionInfo | null = fn; around && !runsOnce(this.ctx.next.plan.handleOf.get(around)?.kind); around = around.parent)
      if (this.all.some((d) => d.fn === around)) return true;
      else if (this.ctx.match.baseOf.has(around)) return false;
    return true;
  }

  /** Whether closures that are made from now on are of the new code, and have all that it needs. */
  private isMadeAnew({ fn, obstacles, site }: Draft): boolean {
    return obstacles.every(({ maker }) => {
      const around = maker && this.all.find((d) => d.fn === maker);
      // What lacks its own name cannot make itself.
      if (!around || around.fn === fn || !this.isMadeAnew(around)) return false;
      // A function in between that goes on as it was makes closures of the old code for ever.
      for (let between = site.fn.parent; between && between !== around.site.fn; between = between.parent)
        if (!this.all.some((d) => d.site.fn === between)) return false;
      return true;
    });
  }

  /** Whether closures that the old code made are called once the call that made the variable has ended. */
  private isKept({ binding }: Reference, { site }: Draft): boolean {
    const maker = this.ctx.match.baseOf.get(makerOf(binding!));
    return !maker || outlives(site.fn, maker, (fn) => fn.async || fn.generator || escapes(fn));
  }

  readonly isDerived = (binding: Binding): boolean => this.all.some(({ derived }) => derived.some(({ ref }) => ref.binding === binding));

  private reportVersion(d: Draft): void {
    const { base, next, match, log } = this.ctx;
    const { fn, site } = d;
    const own = match.differs(fn);
    // What a module in a bundle did as it ran is looked at piece by piece: see top.ts.
    const isCall = own && !base.runsOnce(site.fn);
    const reported = isCall && !isOfHelper(site.fn);
    const path = site.fn.path;
    if (own) reportBundled(this.ctx, site.fn, fn);
    const fills = (maker: FunctionInfo, name: string): boolean => this.parts.shapes.fills(maker, name);
    const gives = (name: string): boolean => fills(site.fn, name);
    if (reported) {
      this.lacking.push(...reportInstances(this.ctx, site.fn, fn, gives));
      reportSetThrough(this.ctx, site.fn, fn, gives);
    }
    if (!base.runsOnce(site.fn)) reportKeys(this.ctx, site.fn, fn);
    if (reported) this.lacking.push(...reportLiterals(this.ctx, site.fn, fn, fills, this.isDerived));
    if (isCall) this.parts.conversions.report(site.fn, fn);
    if (own) log.add('function-changed', next, fn.node, path, 'linked in place of the old one');
    else
      log.add(
        'function-relinked',
        next,
        fn.node,
        path,
        this.forced.has(fn)
          ? 'a function inside it needs what existing closures do not hold'
          : this.parts.shapes.draws(site.fn)
            ? 'what it makes has new fields'
            : this.parts.takers.has(site.fn)
              ? 'instances that it takes are migrated first'
              : 'a value it reads is another one',
      );
    if (reported) reportUnset(this.ctx, fn, site.fn);
    const isPut = (node: AnyNode): boolean => this.ctx.resolver.keptOptions.some(({ puts }) => puts.includes(node));
    if (reported)
      reportSetUp(this.ctx, site.fn, fn, this.isDerived, (node) => isPut(node) || this.parts.listeners.carry(node, site.fn, fn));
    const early = this.parts.shapes.early(d);
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
