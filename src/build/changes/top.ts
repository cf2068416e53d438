/**
 * Compares a scope that runs once: a module's top level or the body of a wrapper. It has run already, so what changed
 * in it must be carried by other means: a new value under the old name for all who read it, a property set, or not at all.
 */
import type { AnyNode } from 'acorn';
import type { HandleScope } from '../../instrument/plan.ts';
import { lowerBound } from '../../source/lower-bound.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { keyName, memberText } from '../../source/paths.ts';
import { ValueComparer } from './compare.ts';
import type { ModuleContext } from '../code/context.ts';
import { effectsOf, isEffectFree } from '../version/values/effects.ts';
import { Assignments } from './statements/assigned.ts';
import { described, redefined } from './statements/attributes.ts';
import { inheritance } from '../version/forms/definitions.ts';
import { grownLists } from './statements/grown-lists.ts';
import type { Grown } from './statements/grown-lists.ts';
import type { Joined } from './tables/joined.ts';
import { LiveTables } from './tables/live-tables.ts';
import { mixedIn } from './tables/mixed-in.ts';
import { movedEnumerations, movedRegistrations } from './statements/moved-statements.ts';
import { NamedChanges } from './names/named-changes.ts';
import { Fills } from './statements/fills.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import { starred } from '../version/forms/items.ts';
import type { Assigned, Items, Named } from '../version/forms/items.ts';
import { ownNames } from '../version/forms/own-names.ts';
import { targetBinding } from '../version/values/outlived.ts';
import { pathOf } from '../version/modules/own-paths.ts';
import type { PropertySet } from './statements/property-set.ts';
import { requiredBy } from '../version/program/ran.ts';
import { Removals } from './statements/removed.ts';
import { goOnRenamed } from './names/renamed-names.ts';
import { Returned } from './wrappers/returned.ts';
import type { Side } from '../version/side.ts';
import { rootOf } from '../version/program/walk.ts';
import { saidToInherit } from './classes/said-to-inherit.ts';
import { Statements } from './statements/statements.ts';
import { calledInPlace } from './statements/called-in-place.ts';
import { SeveralTargets } from './statements/several-targets.ts';
import type { CalledInPlace } from './statements/called-in-place.ts';
import type { Choice } from './names/chosen.ts';
import { common } from '../match/match.ts';
import type { Declaration } from '../code/unit.ts';
import type { VerdictCode } from '../verdicts/verdicts.ts';
import { nameOfWhole } from './names/renamed-definitions.ts';
import { renamedWhole } from './names/whole.ts';
import type { Whole } from './names/whole.ts';
import { gaining } from './statements/within-blocks.ts';

/** A name the module gives away: anew, or with another value. */
export interface ExportChange {
  readonly name: string;
  /** A name of the scope, or an expression of its own. */
  readonly local: string | null;
  readonly value: AnyNode | null;
  /** The value is a getter, which gives what is exported. */
  readonly getter?: boolean;
  readonly source: string | null;
  /** The module of the patch, by its file, that gives it. */
  readonly module?: string;
  readonly node: AnyNode;
}

/** What a statement puts things into, by name, and the methods that it calls, each with the text of the function that it is. */
export interface Filling {
  readonly tables: readonly string[];
  readonly taken: readonly (readonly [callee: string, text: string])[];
  /** What gives the module of which the statement exports all names. */
  readonly star: AnyNode | null;
}

export class TopDiff {
  readonly handle: HandleScope;
  readonly declarations = new Map<AnyNode | Binding, Declaration>();
  readonly properties = new Map<AnyNode, PropertySet>();
  readonly exports = new Map<string, ExportChange>();
  readonly tables: LiveTables;
  /** New statements that put things into tables that live on. */
  readonly fills = new Map<AnyNode, Filling>();
  readonly ctx: ModuleContext;
  readonly baseFn: FunctionInfo;
  readonly nextFn: FunctionInfo;
  readonly compare: ValueComparer;
  readonly old: Items;
  readonly items: Items;
  /** The first statement that runs again and may do more than fill a table. */
  repeated: AnyNode | null = null;
  /** Names whose value stays what the old code made it. */
  readonly kept = new Set<string>();
  /** Names that stand for a dependency of which the patch may bring another version. */
  readonly followed = new Set<Binding>();
  /** Calls that gave what goes on, and that gets what the literal of the call gains. */
  readonly joined = new Map<AnyNode, Joined>();
  /** Which of two functions others hold, as the new version chooses them. */
  readonly choices: Choice[] = [];
  /** What the old version assigns and the new one says otherwise. */
  readonly saidElse = new Set<Assigned>();
  /** What the old version assigns once more further down: see overwritten.ts. */
  readonly overwritten = new Set<Assigned>();
  readonly filler: Fills;
  readonly assignments: Assignments;
  readonly returned: Returned;
  readonly severalTargets: SeveralTargets;
  readonly removals: Removals;
  readonly whole: Whole | null;
  /** What only the new version calls that which the module gives away. */
  readonly nameOfWhole: string | null;
  private readonly named: NamedChanges;
  private readonly statements: Statements;
  readonly pairs: readonly (readonly [AnyNode, AnyNode])[];
  readonly calledInPlace: readonly CalledInPlace[];
  /** Those of the new version that ran in another order. */
  readonly moved: readonly AnyNode[];
  /** Those among the new ones that differ in what a list has more, which is all that is left for them to do. */
  readonly grown: ReadonlyMap<AnyNode, Grown>;
  readonly newOthers: readonly AnyNode[];
  readonly goneOthers: readonly AnyNode[];

  constructor(ctx: ModuleContext, baseFn: FunctionInfo, nextFn: FunctionInfo, handle: HandleScope) {
    this.ctx = ctx;
    this.baseFn = baseFn;
    this.nextFn = nextFn;
    this.handle = handle;
    this.compare = new ValueComparer(ctx, baseFn, nextFn);
    this.tables = new LiveTables(this);
    this.filler = new Fills(this);
    this.assignments = new Assignments(this);
    this.returned = new Returned(this);
    this.severalTargets = new SeveralTargets(this);
    this.removals = new Removals(this);
    this.named = new NamedChanges(this);
    this.statements = new Statements(this);
    this.old = itemsOf(ctx.base, baseFn);
    this.items = itemsOf(ctx.next, nextFn);
    const blocks = gaining(this);
    if (blocks.length > 0)
      this.items = itemsOf(
        ctx.next,
        nextFn,
        blocks.flatMap(({ gained }) => gained),
      );
    goOnRenamed(this);
    this.whole = renamedWhole(this);
    this.nameOfWhole = this.whole ? this.whole.name : (nameOfWhole(ctx, [baseFn, nextFn], this.old, this.items)?.name ?? null);
    const a = this.old.others;
    const b = this.items.others;
    const said = toldApart(
      { before: a.map((n) => saidBy(n, ctx.base, baseFn)), now: b.map((n) => saidBy(n, ctx.next, nextFn)) },
      (at, isNew) =>
        isNew
          ? functionsIn(b[at]!, nextFn).map((fn) => ctx.match.baseOf.get(fn)?.index ?? `new ${fn.index}`)
          : functionsIn(a[at]!, baseFn).map(({ index }) => index),
    );
    const matched = common(said.before, said.now);
    const moved = movedRegistrations(a, b, said, matched);
    this.moved = moved.map(([, j]) => b[j]!);
    const inPlace = [...matched, ...moved].map(([i, j]) => [a[i]!, b[j]!] as const);
    for (const { before, node, pairs } of blocks) inPlace.push([before, node], ...pairs);
    const paired = new Set(inPlace.flat());
    const isLeft = (node: AnyNode): boolean => !paired.has(node);
    for (const pair of movedEnumerations(this, a.filter(isLeft), b.filter(isLeft))) {
      inPlace.push(pair);
      for (const node of pair) paired.add(node);
    }
    const again = redefined(ctx, a.filter(isLeft), b.filter(isLeft));
    for (const { node, target, name, enumerable } of again) {
      this.properties.set(node, { handle, owner: target, name, value: node, enumerable, node });
      paired.add(node);
    }
    for (const { before } of again) paired.add(before);
    const mixed = mixedIn(ctx, a.filter(isLeft), b.filter(isLeft));
    for (const { before, node, target, added } of mixed) {
      for (const property of added)
        this.properties.set(property, {
          handle,
          owner: target,
          name: keyName(property.key, false),
          value: property.method ? property : property.value,
          node: property,
        });
      paired.add(before).add(node);
    }
    for (const { before, node, target, entries } of described(this, a.filter(isLeft), b.filter(isLeft))) {
      for (const { name, key, descriptor } of entries)
        this.properties.set(descriptor, {
          handle,
          owner: target,
          name,
          value: descriptor,
          descriptor,
          ...(key ? { key } : {}),
          node,
        });
      paired.add(node);
      if (before) paired.add(before);
    }
    for (const { before, node, type, from } of saidToInherit(this, b.filter(isLeft))) {
      this.properties.set(node, { handle, owner: type, name: 'super_', value: from, hidden: true, node });
      this.saidElse.add(before);
      paired.add(node);
    }
    const placeIn = (version: 0 | 1) => (node: AnyNode) => inPlace.filter((pair) => pair[version].start < node.start).length;
    this.calledInPlace = calledInPlace(this, a.filter(isLeft), b.filter(isLeft), { gone: placeIn(0), left: placeIn(1) });
    for (const { node, before } of this.calledInPlace) {
      inPlace.push([before[0]!, node]);
      for (const one of [...before, node]) paired.add(one);
    }
    this.pairs = [...inPlace, ...again.map(({ before, node }) => [before, node] as const)];
    this.grown = grownLists(ctx, a.filter(isLeft), b.filter(isLeft));
    for (const { before } of this.grown.values()) paired.add(before);
    this.goneOthers = a.filter(isLeft);
    this.newOthers = b.filter(isLeft);
  }

  /** Finds what is new or has another value; true when that is more than before. Repeated until nothing moves, in all scopes. */
  update(): boolean {
    const before = this.size;
    this.named.update();
    this.statements.update();
    this.returned.update();
    this.notePaths();
    return this.size > before;
  }

  private get size(): number {
    const { fresh, lifted, changedPaths } = this.ctx.resolver;
    return fresh.size + lifted.size + changedPaths.size + this.declarations.size + this.fills.size + this.properties.size;
  }

  /** The names of exports that are tables, and change in place. */
  changedTables(): readonly string[] {
    const found = [...this.tables.changes.keys()].flatMap((key) => /^exports\.([^.]+)/.exec(this.path(key))?.[1] ?? []);
    return found.filter((name) => this.items.assigned.some(({ key }) => this.path(key) === `exports.${name}`));
  }

  private path(text: string): string {
    return pathOf(text, this.ctx.next.model.program as AnyNode);
  }

  /** Notes the tables that change in place: only once all is settled. */
  noteTables(): void {
    const { next, resolver } = this.ctx;
    const own = next.enumerations.find(({ fill }) => fill === (this.nextFn.node as AnyNode));
    const filled = [...this.fills.values()].flatMap(({ tables }) => tables);
    const members = own && this.properties.size > 0 ? [own.name] : [];
    for (const name of [...this.tables.changes.keys(), ...filled, ...members]) {
      const binding = own ? this.nextFn.scope.parent?.lookup(own.name) : this.bindingOf(name);
      if (binding && binding.kind !== 'implicit' && !resolver.fresh.has(binding)) resolver.changedTables.add(binding);
      // What is under the exports is seen.
      if (name.includes('.') && !this.path(name).startsWith('exports.')) resolver.tablePaths.add(name);
    }
  }

  /** What is put on objects under a path that the text reads again. */
  private notePaths(): void {
    const { changedPaths } = this.ctx.resolver;
    if (this.handle.kind === 'module' && this.ctx.next.model.format === 'commonjs')
      for (const name of [...this.exports.keys(), ...this.changedTables()]) changedPaths.add(`exports.${name}`);
    for (const { owner, name, holder, onPrototype } of this.properties.values()) {
      const text = holder ? undefined : memberText(owner);
      if (text !== undefined) changedPaths.add(this.ctx.next.pathIn(owner, `${text}${onPrototype ? '.prototype' : ''}.${name}`));
    }
  }

  /** Whether what differs is only new functions and constants, which a scope with many instances can be given in each. */
  isAdditive(): boolean {
    const { base, next } = this.ctx;
    if (!this.newOthers.every((node) => this.fillsNew(node)) || this.goneOthers.length > 0) return false;
    if (this.properties.size > 0) return false;
    if (this.old.assigned.length !== this.items.assigned.length) return false;
    for (const [i, item] of this.items.assigned.entries()) {
      const before = this.old.assigned[i]!;
      if (before.key !== item.key || base.text(before.value) !== next.text(item.value)) return false;
    }
    for (const [name, item] of this.items.named) {
      const before = this.old.named.get(name);
      if (
        before
          ? this.compare.named(before, item) !== 'same'
          : item.kind !== 'function' && (item.targets.length > 0 || (item.value && !isEffectFree(item.value, next, this.nextFn)))
      )
        return false;
    }
    return true;
  }

  /** Whether a statement does nothing but give new variables their values. */
  private fillsNew(node: AnyNode): boolean {
    const { unknown, external, bindings } = effectsOf(node, this.ctx.next, this.nextFn);
    return (
      !unknown && !external && bindings.size > 0 && [...bindings].every(({ name, kind }) => kind !== 'param' && !this.old.named.has(name))
    );
  }

  /** Gives `name` a value of its own in the patch. */
  renew(name: string, code?: VerdictCode, reason = 'code that runs when the patch is linked uses it'): boolean {
    const item = this.items.named.get(name);
    const binding = this.bindingOf(name);
    if (!item || !binding || this.ctx.resolver.fresh.has(binding)) return false;
    this.makeFresh(item, code ?? (item.kind === 'variable' ? 'constant-changed' : 'function-relinked'), reason);
    for (const target of item.targets) this.assignments.setProperty(target, item.value, item.node, item.name);
    return true;
  }

  /** Whether the scope is that of a CommonJS module, or of a module in a bundle that is given its exports. */
  get hasExports(): boolean {
    const { handle, ctx } = this;
    return handle.kind === 'module' ? ctx.next.model.format === 'commonjs' : handle.kind === 'bundled';
  }

  bindingOf(name: string): Binding | undefined {
    return this.items.named.get(name)?.hoisted ?? this.nextFn.body.bindings.get(name) ?? this.nextFn.scope.bindings.get(name);
  }

  makeFresh(item: Named, code: VerdictCode, reason: string, text: string | null = null): void {
    const { resolver, log, next } = this.ctx;
    const members = item.group ? [...this.items.named.values()].filter((n) => n.group === item.group) : [item];
    for (const member of members) {
      const binding = this.bindingOf(member.name);
      if (!binding || resolver.fresh.has(binding)) continue;
      resolver.fresh.set(binding, { binding, handle: this.handle, text });
      if (text === null) this.declarations.set(member.group ?? binding, { kind: 'named', node: member.node, item: member, binding });
    }
    log.add(code, next, item.node, item.name, reason);
  }

  oldBinding(name: string): Binding | undefined {
    return this.old.named.get(name)?.hoisted ?? this.baseFn.body.bindings.get(name) ?? this.baseFn.scope.bindings.get(name);
  }

  /** Whether the patch evaluates a piece of the text again: what it makes there is new. */
  makesAnew({ start, end }: { readonly start: number; readonly end: number }): boolean {
    const made = [...this.exports.values(), ...this.properties.values()].flatMap(({ value }) => value ?? []);
    const run = [...this.declarations.values()].map(({ node }) => node);
    return [...made, ...run].some((node) => node.start <= start && end <= node.end);
  }

  /** A name of both versions that stands for what it stood for. */
  lives(name: string): boolean {
    const binding = this.bindingOf(name);
    return binding !== undefined && this.oldBinding(name) !== undefined && !this.ctx.resolver.fresh.has(binding);
  }

  /** Whether an assignment to `target` only changes what the patch declares. */
  isOnNew(target: AnyNode): boolean {
    const binding = targetBinding(rootOf(target), this.ctx.next, this.nextFn);
    const fresh = binding ? this.ctx.resolver.fresh.get(binding) : undefined;
    return fresh !== undefined && fresh.text === null && fresh.handle === this.handle;
  }

  /** Code that runs when the patch is linked calls new functions as they are: their sites still lead to the old ones. */
  renewCalled(called: ReadonlySet<FunctionInfo>): void {
    const { match, next, resolver } = this.ctx;
    for (const fn of called) {
      if (fn.parent !== this.nextFn) continue;
      if (!match.differs(fn) && !next.ownRefs(fn).some((r) => r.binding && resolver.fresh.has(r.binding))) continue;
      const parent = fn.ancestors.at(-1);
      const id = fn.node.type === 'FunctionDeclaration' ? fn.node.id : parent?.type === 'VariableDeclarator' ? parent.id : null;
      if (id?.type === 'Identifier') this.renew(id.name);
    }
  }
}

interface Said {
  readonly before: readonly string[];
  readonly now: readonly string[];
}

/** Statements that are the same but for the functions in them, as where several are given to `app.use(…)`, with which those are. */
function toldApart({ before, now }: Said, functionsOf: (at: number, isNew: boolean) => readonly (number | string)[]): Said {
  const several = new Set([...repeated(before), ...repeated(now)]);
  const told = (text: string, at: number, isNew: boolean): string =>
    several.has(text) ? `${text} ${functionsOf(at, isNew).join(' ')}` : text;
  return { before: before.map((text, i) => told(text, i, false)), now: now.map((text, i) => told(text, i, true)) };
}

function repeated(texts: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return texts.filter((text) => seen.size === seen.add(text).size);
}

/** The functions of a scope that stand in a statement of it; they are in the order of the text. */
function functionsIn({ start, end }: AnyNode, { children }: FunctionInfo): readonly FunctionInfo[] {
  const firstFrom = (position: number): number => lowerBound(children.length, (i) => children[i]!.node.start < position);
  return children.slice(firstFrom(start), firstFrom(end));
}

/** The text of a statement, without how a compiler writes what it does. */
function saidBy(node: AnyNode, side: Side, owner: FunctionInfo): string {
  const source = starred(node, side);
  return source ? `export * from ${requiredBy(source)}` : (inheritance(node, side) ?? side.textBut(node, ownNames(node, side, owner)));
}
