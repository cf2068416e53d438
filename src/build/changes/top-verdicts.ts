/** The verdicts on a scope that ran once: on what cannot be undone or done again, and on what it gives away from now on. */
import type { AnyNode } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import type { Binding, Reference } from '../../source/model.ts';
import { keyName, memberText } from '../../source/paths.ts';
import type { AtLoad } from '../hazards/at-load.ts';
import { compareCode } from '../code/context.ts';
import { effectsOf } from '../version/values/effects.ts';
import { enumerationOf } from '../version/forms/enums.ts';
import { WHOLE } from '../../patch/format.ts';
import { exportKey, keyBefore, targetKey } from '../version/forms/items.ts';
import type { Assigned } from '../version/forms/items.ts';
import { gives } from '../version/values/holding.ts';
import { primitiveGiven } from './statements/assigned-values.ts';
import { reportGoneWhole } from './names/gone-whole.ts';
import { askedByKey } from './tables/asked-by-key.ts';
import { reportCalledInPlace } from './statements/called-in-place.ts';
import { reportComputed } from './names/computed.ts';
import { reportGoneScopes } from './wrappers/gone-scopes.ts';
import { idleStatements } from './statements/idle-statements.ts';
import { join, joinedCalls } from './tables/joined.ts';
import { comesBefore, registersAs } from './statements/moved-statements.ts';
import { ONLY_LABELLED } from '../match/labels.ts';
import { common } from '../match/match.ts';
import { requiredBy } from '../version/program/ran.ts';
import { reportOutlived } from './functions/outlived-code.ts';
import { sameBranches } from './statements/same-branch.ts';
import type { TopDiff } from './top.ts';
import { rootOf, walk } from '../version/program/walk.ts';
import { namesGiven } from './names/whole.ts';

const IDLE =
  'it does something only where its condition holds: a process that has run the module is asked as the patch is linked, and refuses it then';

export class TopVerdicts {
  private readonly top: TopDiff;
  private readonly atLoad: AtLoad;

  /** Only for a scope that is settled: everything that gets a new value has it. */
  constructor(top: TopDiff, atLoad: AtLoad) {
    this.top = top;
    this.atLoad = atLoad;
  }

  finish(): void {
    const { base, next, log } = this.top.ctx;
    const { made } = this.top.tables;
    if (this.top.repeated)
      log.add(
        'initialiser-runs',
        next,
        this.top.repeated,
        '',
        'code that fills a table runs again when the patch is linked, and calls functions of other modules',
      );
    for (const node of this.top.moved)
      log.add('computed-at-load', next, node, '', 'it ran as the module loaded, in another place among the others');
    for (const [a, b] of this.top.pairs) {
      if (this.top.declarations.has(b) || this.top.returned.carried.has(b) || made.has(b)) continue;
      if (compareCode(this.top.ctx, a, b, this.top.baseFn, this.top.nextFn) !== 'depends') continue;
      if (this.followsIn(b))
        log.add('statement-changed', next, b, '', 'it has run with a dependency of which the patch may bring another version');
      else log.add('computed-at-load', next, b, '', 'it ran as the module loaded, with the old values');
    }
    reportCalledInPlace(this.top);
    const { carried, reasons } = this.joinCalls();
    for (const node of sameBranches(this.top)) carried.add(node);
    const labelled = this.labelled(carried);
    reportComputed(
      this.top,
      this.atLoad,
      labelled.map(([, node]) => node),
    );
    for (const [before, node] of labelled) {
      carried.add(before).add(node);
      log.add('computed-at-load', next, node, '', ONLY_LABELLED);
    }
    for (const node of this.idle(carried)) carried.add(node);
    const newOthers = this.top.newOthers.filter((node) => !carried.has(node));
    for (const node of newOthers) {
      if (this.top.declarations.has(node)) log.add('statement-added', next, node, '', 'it fills what is new');
      else if (this.top.fills.has(node) && this.top.filler.holds(node)) {
        const tables = this.top.fills.get(node)!.tables.join(', ');
        log.add(
          'table-filled',
          next,
          node,
          tables,
          'what it adds to the table is there as the transition begins, what it changes there is for all when it is complete',
        );
        if (comesBefore(node, this.top.pairs))
          log.add(
            'computed-at-load',
            next,
            node,
            tables,
            'it stands behind what was added as the module loaded, and comes before some of it in the source',
          );
      } else {
        const reason = reasons.get(node);
        const more = reason === undefined ? '' : `: ${reason}`;
        log.add('statement-changed', next, node, '', `code at the top level has run already and is not run again${more}`);
      }
    }
    reportGoneScopes(
      this.top,
      this.top.goneOthers.filter((node) => !carried.has(node)),
    );
    for (const node of this.top.goneOthers) {
      // What takes its place says so, but for a registration that another is added to.
      const isKept = newOthers.some((other) => this.top.fills.has(other) && registersAs(node, other));
      if ((newOthers.length > 0 && !isKept) || carried.has(node)) continue;
      log.add('statement-removed', base, node, '', 'what it did as the module loaded stays done');
    }
    reportOutlived(this.top);
    this.finishAssigned();
    this.finishNames();
    this.finishFromTables();
    for (const change of this.top.exports.values()) {
      const esm = this.top.ctx.base.model.format === 'module';
      const known = esm ? this.top.old.exported.has(change.name) : change.name === WHOLE || this.givesAway(change.name);
      log.add(
        known ? 'export-changed' : 'export-added',
        next,
        change.node,
        change.name,
        known ? 'the module gives away another value' : 'the module gives it away from now on',
      );
      // What it was tells whether another file has put something else there.
      if (!esm && known && this.top.ctx.around.putsBeside(change.name) && primitiveGiven(this.top, change) === null)
        log.add('value-copied', next, change.node, change.name, 'it takes the place of what code of another file puts there, or may put');
      if (esm && known)
        log.add('value-copied', next, change.node, change.name, 'ES modules outside this tree that import it keep the old value');
    }
    this.finishGiven();
    for (const set of this.top.properties.values())
      log.add('property-set', next, set.node, set.name, 'the property is set when the patch is applied');
  }

  private followsIn(node: AnyNode): boolean {
    const { next, resolver } = this.top.ctx;
    const isFollowed = ({ binding, parent }: Reference): boolean =>
      binding !== null && (this.top.followed.has(binding) || resolver.follows(requiredBy(parent) ?? ''));
    return next.refsIn(node.start, node.end).some((ref) => next.ownerOf(ref) === this.top.nextFn && isFollowed(ref));
  }

  /** What a module in a bundle gives away anew, or with another value, where something that runs as others load may have copied what it gave. */
  private finishGiven(): void {
    const { ctx, nextFn, properties } = this.top;
    const given = [...properties.values()].filter(({ exported }) => exported);
    if (given.length === 0) return;
    const report = (names: readonly string[], uses: () => readonly AnyNode[], reason: string): void => {
      const [use] = names.length > 0 ? uses() : [];
      if (use) ctx.log.add('computed-at-load', ctx.next, use, names.join(', '), reason);
    };
    const { inBundle } = ctx.next;
    const old = namesGiven(this.top.old);
    report(
      given.flatMap(({ value, name }) => (ctx.next.definitionOf(value) || !old.has(name) ? [] : name)),
      () => inBundle.usesOf(nextFn),
      'a module of the bundle gives it away with another value, and who was given all of that module may have copied the old one',
    );
    report(
      given.flatMap(({ name }) => (old.has(name) ? [] : name)),
      () => inBundle.copiesOf(nextFn),
      'a module of the bundle gives it away from now on, and what was made of all that it gave lacks it',
    );
  }

  /** What calls that nothing else carries put on objects: the statements that this carries, and why it does not carry others. */
  private joinCalls(): { readonly carried: Set<AnyNode>; readonly reasons: ReadonlyMap<AnyNode, string> } {
    const { ctx, declarations, fills, goneOthers, newOthers, returned, tables } = this.top;
    const carried = new Set([...returned.carried, ...tables.made]);
    const reasons = new Map<AnyNode, string>();
    const left = newOthers.filter((node) => !declarations.has(node) && !fills.has(node) && !tables.made.has(node));
    for (const call of this.top.joined.values()) {
      const reason = join(this.top, call);
      if (reason !== null) ctx.log.add('statement-changed', ctx.next, call.node, '', reason);
    }
    for (const call of joinedCalls(ctx.base, ctx.next, goneOthers, left)) {
      const reason = join(this.top, call);
      if (reason === null) carried.add(call.before).add(call.node);
      else reasons.set(call.node, reason);
    }
    return { carried, reasons };
  }

  /** The statements that nothing carries, and that differ in the version of the package alone. */
  private labelled(carried: ReadonlySet<AnyNode>): (readonly [AnyNode, AnyNode])[] {
    const { ctx, declarations, fills, goneOthers, newOthers } = this.top;
    const { labels } = ctx.around;
    const gone = goneOthers.filter((node) => !carried.has(node));
    const left = newOthers.filter((node) => !declarations.has(node) && !fills.has(node) && !carried.has(node));
    const matched = common(
      gone.map((node) => labels.before(ctx.base.text(node))),
      left.map((node) => labels.after(ctx.next.text(node))),
    );
    // What is the same in all stands in another place.
    const pairs = matched.map(([i, j]) => [gone[i]!, left[j]!] as const);
    return pairs.filter(([before, node]) => labels.differ(ctx.base.text(before), ctx.next.text(node)));
  }

  /** The statements that nothing else carries, and of which each process says whether they do anything. */
  private idle(carried: ReadonlySet<AnyNode>): AnyNode[] {
    const { ctx, declarations, fills, handle, newOthers, goneOthers } = this.top;
    // A module in a bundle may have yet to run.
    if (handle.kind === 'bundled') return [];
    const left = newOthers.filter((node) => !declarations.has(node) && !fills.has(node) && !carried.has(node));
    return idleStatements(this.top, goneOthers, left).flatMap(({ node, tests, before, runsCode }) => {
      declarations.set(node, { kind: 'idle', node, tests });
      ctx.log.add('statement-idle', ctx.next, node, '', IDLE);
      if (runsCode)
        ctx.log.add('initialiser-runs', ctx.next, node, '', 'its condition calls functions, which run when the patch is linked');
      return before ? [node, before] : node;
    });
  }

  /** Values that stand, computed from what changes once the transition is complete, and is not seen by code that runs before. */
  private finishFromTables(): void {
    const { ctx, items, pairs } = this.top;
    const { next, log, resolver } = ctx;
    if (resolver.changedTables.size + resolver.unseenPaths.size + resolver.tablePaths.size === 0) return;
    const look = (value: AnyNode, node: AnyNode, path: string, filled: ReadonlySet<Binding> = new Set()): void => {
      const read = this.top.declarations.has(node) || this.top.tables.made.has(node) ? null : this.changedIn(value, filled);
      if (read !== null)
        log.add('computed-at-load', next, node, path, `it was computed from ${read} as the module loaded, and stays as it is`);
    };
    for (const item of items.named.values()) {
      const binding = this.top.bindingOf(item.name);
      if (item.value && item.kind === 'variable' && binding && !resolver.fresh.has(binding)) look(item.value, item.node, item.name);
    }
    for (const item of items.assigned)
      if (!this.top.exports.has(item.key.replace(/^(module\.)?exports\./, ''))) look(item.value, item.node, item.key);
    for (const [, node] of pairs) if (!enumerationOf(node)) look(node, node, '', this.filledBy(node));
  }

  /** What a statement may put something into itself. */
  private filledBy(node: AnyNode): ReadonlySet<Binding> {
    const { nextFn, ctx } = this.top;
    const found = new Set(effectsOf(node, ctx.next, nextFn).bindings);
    walk(node, (inner) => {
      if (inner.type !== 'CallExpression' || inner.callee.type !== 'MemberExpression') return;
      const root = rootOf(inner.callee);
      const binding = ctx.next.refAt(root)?.binding;
      if (binding) found.add(binding);
    });
    return found;
  }

  /** What of it code of the scope reads. */
  private changedIn(value: AnyNode, filled: ReadonlySet<Binding>): string | null {
    const { nextFn } = this.top;
    const { next, resolver } = this.top.ctx;
    const isOwn = (ref: Reference): boolean => ref.read && next.ownerOf(ref) === nextFn;
    const refs = next.refsIn(value.start, value.end).filter(isOwn);
    const stays = ({ node }: Reference): boolean => !this.top.makesAnew(node);
    const isTable = ({ binding, parent, node }: Reference): boolean =>
      binding !== null && resolver.changedTables.has(binding) && !filled.has(binding) && !gives(parent, node);
    const table = refs.find((ref) => isTable(ref) && stays(ref));
    if (table) return table.node.name;
    const isField = ({ parent }: Reference): boolean => {
      const path = memberText(parent) ?? '';
      // Who is given a table holds what changes.
      return resolver.unseenPaths.has(path) || (parent !== value && resolver.tablePaths.has(path));
    };
    const field = refs.find((ref) => isField(ref) && stays(ref));
    return field ? memberText(field.parent)! : askedByKey(value, [...resolver.tablePaths, ...resolver.unseenPaths]);
  }

  /** Properties that the old scope assigned and the new one does not. */
  private finishAssigned(): void {
    const { base, next, log } = this.top.ctx;
    const left = new Map<string, number>();
    const count = (key: string): void => void left.set(key, (left.get(key) ?? 0) + 1);
    const { old, items } = this.top;
    const keyOf = (item: Assigned, key: string): string => exportKey(key, key === item.key ? items : old);
    for (const item of items.assigned) count(keyOf(item, keyBefore(item, next)));
    for (const item of this.top.items.named.values()) for (const t of item.targets) count(targetKey(next, t));
    const isLeft = (key: string): boolean => {
      const known = left.get(key) ?? 0;
      if (known > 0) left.set(key, known - 1);
      return known > 0;
    };
    for (const item of this.top.old.assigned) {
      // Exports have a verdict of their own.
      if (this.top.handle.kind === 'module' && /^(module\.)?exports(\.[^.]+)?$/.test(item.key)) continue;
      if (
        this.top.overwritten.has(item) ||
        isLeft(exportKey(item.key, old)) ||
        this.top.saidElse.has(item) ||
        this.top.tables.moved.has(item.key)
      )
        continue;
      if (this.top.removals.takeAssigned(item)) continue;
      log.add('statement-removed', base, item.node, item.key, 'what was assigned as the module loaded is still there');
    }
    for (const item of this.top.old.named.values())
      for (const target of item.targets) {
        const key = targetKey(base, target);
        if (isLeft(key) || target.type !== 'MemberExpression' || this.isAssigned(key)) continue;
        if (!this.top.removals.takeTarget(target, item))
          log.add('statement-removed', base, item.node, key, 'what was assigned as the module loaded is still there');
      }
  }

  /** Whether the new CommonJS module gives away what the old one did as `key`, under either name of the exports. */
  private isAssigned(key: string): boolean {
    const { items, ctx, old } = this.top;
    const declared = [...items.named.values()].flatMap(({ targets }) => targets.map((target) => targetKey(ctx.next, target)));
    return [...items.assigned.map((a) => a.key), ...declared].some((own) => exportKey(own, items) === exportKey(key, old));
  }

  /** Whether the old CommonJS module assigns the export anywhere the text shows. */
  private givesAway(name: string): boolean {
    const { base } = this.top.ctx;
    const keys = new Set([`exports.${name}`, `module.exports.${name}`]);
    if (this.top.old.assigned.some((a) => keys.has(a.key))) return true;
    for (const item of this.top.old.named.values())
      if (item.targets.some((t) => keys.has(base.model.text.slice(t.start, t.end)))) return true;
    return this.top.old.assigned.some(
      (a) =>
        (a.key === 'module.exports' || a.key === 'exports') &&
        a.value.type === 'ObjectExpression' &&
        a.value.properties.some((p) => p.type === 'Property' && !p.computed && keyName(p.key, false) === name),
    );
  }

  /** Whether a function that has no counterpart stood in a table or a list of the top level. */
  private isGoneFromTables(old: Binding): boolean {
    const { base, match } = this.top.ctx;
    const fn = base.definitionNamed(old);
    if (!(fn instanceof FunctionInfo) || match.nextOf.has(fn)) return false;
    return old.references.some(
      (ref) =>
        base.runsOnce(ref.fn) &&
        (ref.parent.type === 'ArrayExpression' || (ref.parent.type === 'Property' && ref.parent.value === (ref.node as AnyNode))),
    );
  }

  private finishNames(): void {
    const { base, next, log, resolver } = this.top.ctx;
    const renamedTo = new Set(resolver.renamed.values());
    for (const [name, item] of this.top.old.named) {
      const renamed = this.top.oldBinding(name);
      if (this.top.items.named.has(name) || (renamed && renamedTo.has(renamed))) continue;
      log.add(
        item.kind === 'function' || item.kind === 'class'
          ? 'function-removed'
          : item.kind === 'import'
            ? 'import-removed'
            : 'constant-removed',
        base,
        item.node,
        name,
        'nothing in the new version uses it',
      );
      if (renamed && this.isGoneFromTables(renamed))
        log.add('value-copied', base, item.node, name, 'who has taken it out of the table or list that it stood in keeps it');
    }
    const isModule = this.top.handle.kind === 'module';
    for (const [name, item] of this.top.items.exported) {
      const before = this.top.old.exported.get(name);
      const local = item.local === '' ? undefined : this.top.bindingOf(item.local);
      if (!before)
        this.top.exports.set(name, {
          name,
          local: item.value === null ? item.local : null,
          value: item.value,
          source: item.source,
          node: item.node,
        });
      else if (before.local !== item.local || before.source !== item.source) {
        const old = before.source === null ? this.top.oldBinding(before.local) : undefined;
        const was = old && base.definitionNamed(old);
        if (old && local && resolver.renamed.get(local) === old) continue;
        if (was && this.top.compare.isPartner(was, local ? next.definitionNamed(local) : null)) continue;
        if (was) log.add('value-replaced', next, item.node, name, 'importers may hold the old function or class');
        this.top.exports.set(name, { name, local: item.local || null, value: item.value, source: item.source, node: item.node });
      } else if (local && resolver.fresh.has(local))
        this.top.exports.set(name, { name, local: item.local, value: null, source: null, node: item.node });
      else if (item.value && before.value) {
        const result = this.top.compare.values(before.value, item.value);
        if (result === 'replaced') log.add('value-replaced', next, item.node, name, 'importers may hold the old function or class');
        else if (result !== 'same') this.top.exports.set(name, { name, local: null, value: item.value, source: null, node: item.node });
      }
    }
    for (const [text, node] of this.top.items.links)
      if (!this.top.old.links.has(text) && !this.top.declarations.has(node))
        log.add('statement-changed', next, node, '', 'a module is imported for all its names');
    const passed = [...this.top.items.exported.values()].flatMap(({ source, node }) => (source === null ? [] : [[source, node] as const]));
    for (const [source, node] of [...this.top.items.stars, ...this.top.items.copies, ...passed])
      if (this.top.ctx.around.follows(source))
        log.add('statement-changed', next, node, '', `it gives away names of ${source}, of which the patch may bring another version`);
    for (const [text, node] of this.top.old.links)
      if (!this.top.items.links.has(text)) log.add('statement-removed', base, node, '', 'what it did as the module loaded stays done');
    if (!isModule) return;
    reportGoneWhole(this.top);
    for (const [name, item] of this.top.old.exported)
      if (!this.top.items.exported.has(name)) log.add('export-removed', base, item.node, name, 'importers still find it');
    for (const item of this.top.old.assigned) {
      if (!/^(module\.)?exports\.[^.]+$/.test(item.key) || this.isAssigned(item.key) || this.top.removals.takeAssigned(item)) continue;
      log.add('export-removed', base, item.node, item.key, 'callers still find it');
    }
  }
}
