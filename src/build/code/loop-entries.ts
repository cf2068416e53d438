/** The ways from the loops of the running version of a function into those of the new one, and back. */
import type { AnyNode } from 'acorn';
import { loopsOf } from '../../instrument/loops.ts';
import type { Loop } from '../../instrument/loops.ts';
import type { Giving } from '../../instrument/safe-points.ts';
import type { LoopEntry, PatchLoop } from '../../patch/format.ts';
import type { FunctionInfo, LoopNode } from '../../source/model.ts';
import { HANDED, Unreachable, namesNeeded, writeContinuation } from './continuation.ts';
import type { ModuleContext } from './context.ts';
import { Emitter } from './emit.ts';
import type { GiveAt, Restored, SurplusCalls } from './emit.ts';
import { draft } from './draft.ts';
import type { Draft } from './draft.ts';
import { writeContinued } from './forms.ts';
import { pairLoops } from '../match/loop-match.ts';
import { Match } from '../match/match.ts';
import { CAPTURES } from './resolution.ts';
import { Resolver } from './resolve.ts';
import type { Side } from '../version/side.ts';
import type { Unit } from './unit.ts';
import type { HandleScope } from '../../instrument/plan.ts';

/** What the safe points of the version that `d` becomes give away. */
export function giveAtOf(current: () => Draft | null): GiveAt {
  return (fn, restored) => {
    const d = current();
    if (d?.fn !== fn) return null;
    return { passesThis: d.site.passesThis || d.takesThis, give: (loop) => giving(d, loop, restored) };
  };
}

function giving({ site, shape }: Draft, loop: Loop, restored: Restored): Giving {
  const names = loop.names.filter(({ binding }) => restored.get(binding) !== null);
  const values = names.filter(({ binding, transfer }) => transfer === 'value' && !restored.has(binding));
  const cells = names.filter(({ binding, transfer }) => transfer === 'cell' && !restored.has(binding));
  const handed = names.filter((live) => !values.includes(live) && !cells.includes(live));
  const captures = shape === 'closure' ? site.captures.filter(({ name }) => !names.some((live) => live.name === name)) : [];
  return {
    values: values.map(({ name }) => ({ name, text: name })),
    cells: cells.map(({ name }) => ({ name, text: name, writable: true })),
    handed: handed.length + captures.length > 0 ? { object: CAPTURES, names: [...handed, ...captures].map(({ name }) => name) } : null,
    handle: site.handle.instance && '$lp.handle',
  };
}

export interface LoopRow {
  readonly loop: Loop;
  /** Null where calls in it are handed over. */
  readonly reason: string | null;
}

export interface Entries {
  readonly loops: readonly PatchLoop[];
  readonly rows: readonly LoopRow[];
}

export interface EntryWriter {
  /** Numbers a tracked function of either version that has no site. */
  enter(fn: FunctionInfo): string;
  isNewRequire(specifier: string): boolean;
  /** What the emitter of the new version is told. */
  readonly surplus: SurplusCalls;
  readonly holders: readonly AnyNode[];
  /** The unit of a scope, and its index. */
  unit(handle: HandleScope): { readonly unit: Unit; readonly index: number };
  /** The same for code of the running version, which sees nothing of the new. */
  oldUnit(handle: HandleScope): { readonly unit: Unit; readonly index: number };
}

/** Writes the entries of every loop of `d` that the running function has too. */
export function loopEntries(ctx: ModuleContext, d: Draft, number: number, writer: EntryWriter): Entries {
  const { base, next } = ctx;
  const old = loopsOf(d.site.fn);
  const pairs = pairLoops(base, d.site.fn, next, d.fn);
  const forth = new Direction(ctx, d, d.site.fn, next, ctx.resolver, `$lp.on(${number})`, writer);
  const back = new Direction(ctx, oldDraft(ctx, d), d.fn, base, null, `$lp.back(${number})`, writer);
  const loops: PatchLoop[] = [];
  const rows: LoopRow[] = [];
  for (const loop of old) {
    const other = pairs.find(([a]) => a === loop)?.[1];
    if (!other) {
      rows.push({ loop, reason: 'the new version has no such loop' });
      continue;
    }
    const there = forth.entry(other, loop);
    const returning = back.entry(loop, other);
    loops.push({
      base: loop.index,
      next: other.index,
      forth: typeof there === 'string' ? null : there,
      back: typeof returning === 'string' ? null : returning,
    });
    rows.push({ loop, reason: typeof there === 'string' ? there : null });
  }
  return { loops, rows };
}

/** Says of each loop that may never end what becomes of the calls in it. */
export function reportLoops({ base, log }: ModuleContext, d: Draft, rows: readonly LoopRow[]): void {
  for (const { loop, reason } of rows) {
    const { node } = loop.info;
    if (!mayNeverEnd(node)) continue;
    const where = `the loop at line ${base.line(node)}`;
    if (reason === null)
      log.add(
        'loop-handed-over',
        base,
        node,
        d.site.fn.path,
        `a call in ${where} goes on in the new version's loop when it next comes to its head`,
      );
    else log.add('loop-stays', base, node, d.site.fn.path, `a call in ${where} stays in the old version until it returns: ${reason}`);
  }
}

/** A counted loop, or one over what exists, comes to its end. */
function mayNeverEnd(node: LoopNode): boolean {
  if (node.type === 'ForStatement') return !node.test || !node.update || node.test.type === 'Literal';
  return node.type !== 'ForInStatement' && (node.type !== 'ForOfStatement' || node.await);
}

function oldDraft(ctx: ModuleContext, d: Draft): Draft {
  const { base } = ctx;
  const match = new Match(base, base);
  return draft(d.site.fn, d.site, base, base, match, new Resolver(base, base, match, new Map()));
}

class Direction {
  private readonly d: Draft;
  private readonly ctx: ModuleContext;
  private readonly side: Side;
  private readonly other: FunctionInfo;
  private readonly enter: string;
  private readonly emitter: Emitter;
  private readonly writer: EntryWriter;

  /** Into `d`, a version of `side`, from `other`. */
  constructor(
    ctx: ModuleContext,
    d: Draft,
    other: FunctionInfo,
    side: Side,
    resolver: Resolver | null,
    enter: string,
    writer: EntryWriter,
  ) {
    this.ctx = ctx;
    this.d = d;
    this.other = other;
    this.side = side;
    this.enter = enter;
    this.writer = writer;
    this.emitter = new Emitter(
      side,
      resolver ?? new Resolver(side, side, new Match(side, side), new Map()),
      (fn) => writer.enter(fn),
      (specifier) => resolver !== null && writer.isNewRequire(specifier),
      resolver === null ? { least: null, unable: () => {} } : writer.surplus,
      resolver === null ? [] : writer.holders,
      giveAtOf(() => ({ ...d, shape: 'closure' })),
    );
  }

  /** From `from`, a loop of the other version, into `loop`; or why not. */
  entry(loop: Loop, from: Loop): LoopEntry | string {
    const { d, side, emitter, enter } = this;
    if (from.obstacle !== null) return from.obstacle;
    if (loop.obstacle !== null) return loop.obstacle;
    if (loop.iterations.length !== from.iterations.length) return 'it stands in other loops in the new version';
    if (d.obstacles.length > 0) return d.obstacles[0]!.reason;
    if (d.provided.length > 0) return `it needs ${d.provided[0]!.node.name}, which is provided`;
    try {
      const { body, values, cells } = writeContinuation({
        fn: d.fn,
        loop,
        side,
        emitter,
        place: d.place,
        enter,
        given: from.names,
        needed: namesNeeded(this.other, from),
        isSame: (name) => this.isSame(name, loop, from),
      });
      const { unit, index } = side === this.ctx.next ? this.writer.unit(d.site.handle) : this.writer.oldUnit(d.site.handle);
      const key = unit.add(writeContinued(d, `${HANDED},${CAPTURES}`, body));
      return { unit: index, key, values, cells: [...cells, ...this.captured()], iterations: loop.iterations.length };
    } catch (error) {
      if (error instanceof Unreachable) return error.message;
      throw error;
    }
  }

  /** Variables of the functions around that the code reads through its closure. */
  private captured(): string[] {
    const { d, side } = this;
    const names = new Set(side.refsIn(d.place.start, d.place.end).map((ref) => ref.node.name));
    const own = new Set(loopsOf(d.fn).flatMap((loop) => loop.names.map((live) => live.name)));
    return d.site.captures.map((capture) => capture.name).filter((name) => names.has(name) && !own.has(name));
  }

  /** A closure of the other version does, or comes to do, what this version's function of that name does. */
  private isSame(name: string, loop: Loop, from: Loop): boolean {
    const { base, next, match } = this.ctx;
    const old = from.names.find((live) => live.name === name)?.binding.declarations[0];
    const own = loop.names.find((live) => live.name === name)?.binding.declarations[0];
    if (!old || !own) return false;
    const other = side(this.side === next ? base : next, old);
    const mine = side(this.side, own);
    if (!other || !mine) return false;
    if (other.text === mine.text) return true;
    return this.side === next && other.fn !== null && match.nextOf.get(other.fn) === mine.fn && base.plan.siteOf.has(other.fn);
  }
}

function side(of: Side, id: { readonly start: number }): { readonly fn: FunctionInfo | null; readonly text: string } | null {
  const fn = of.model.functions.find((f) => f.node.type === 'FunctionDeclaration' && f.node.id?.start === id.start);
  if (fn) return { fn, text: of.full(fn.node) };
  const cls = of.model.classes.find((c) => c.node.id?.start === id.start);
  return cls ? { fn: null, text: of.full(cls.node) } : null;
}
