/**
 * The statements of a scope that runs once, other than what they declare: which of them run when the patch is linked, what
 * they put on objects and exports, and what they load.
 */
import type { AnyNode, CallExpression } from 'acorn';
import { keyName, memberText } from '../../../source/paths.ts';
import { effectsOf, isEffectFree, isMutatedByFunctions, isState } from '../../version/values/effects.ts';
import type { Effects } from '../../version/values/effects.ts';
import { enumerationOf } from '../../version/forms/enums.ts';
import { callsAtOnce } from '../../version/program/escape.ts';
import { exportKey, keyBefore, viewOf } from '../../version/forms/items.ts';
import type { Assigned, Items } from '../../version/forms/items.ts';
import { targetBinding, writtenBehind } from '../../version/values/outlived.ts';
import { memberName } from '../../version/program/member-name.ts';
import { findsLost } from '../names/named-exports.ts';
import { isNewAlone } from './new-alone.ts';
import { saysWhatNewInherits } from '../classes/new-inherits.ts';
import { takeOverwritten } from './overwritten.ts';
import type { TopDiff } from '../top.ts';
import { isFunctionNode, rootOf, walk } from '../../version/program/walk.ts';

const PRINTS = /^(console\.(log|info|warn|error|debug)|process\.emitWarning)$/;

export class Statements {
  private readonly top: TopDiff;

  constructor(top: TopDiff) {
    this.top = top;
  }

  update(): void {
    this.updateOthers();
    this.updateLoads();
    this.updateStars();
  }

  private updateOthers(): void {
    const { next, resolver } = this.top.ctx;
    const counts = new Map<string, number>();
    /** How manieth of its key, on the object that the name stands for there. */
    const counted = (item: Assigned, items: Items): { readonly place: string; readonly n: number } => {
      const before = items === this.top.items ? keyBefore(item, next) : item.key;
      const path = exportKey(before, before === item.key ? items : this.top.old);
      const behind = this.writtenBehind(item, items);
      const place = behind === 0 ? path : `${path} ${behind} before`;
      const n = (counts.get(place) ?? 0) + 1;
      counts.set(place, n);
      return { place, n };
    };
    const before = new Map<string, Assigned[]>();
    const isLost = findsLost(this.top);
    for (const item of this.top.old.assigned) {
      if (isLost && item.key.startsWith('exports.')) continue;
      const { place } = counted(item, this.top.old);
      before.set(place, [...(before.get(place) ?? []), item]);
    }
    for (const item of declaredWith(this.top.old)) {
      const { place, n } = counted(item, this.top.old);
      if (n === 1) before.set(place, [item]);
    }
    counts.clear();
    const set = new Set<string>();
    const run = (node: AnyNode): void => {
      if (!this.top.declarations.has(node)) this.top.declarations.set(node, { kind: 'statement', node });
    };
    const given = this.top.whole?.name ? this.top.items.named.get(this.top.whole.name) : undefined;
    const whole = declaredWith(this.top.items).filter(({ key, node }) => key === 'module.exports' && node === given?.node);
    const assigned = [...whole, ...this.top.items.assigned];
    for (const item of assigned) counted(item, this.top.items);
    for (const [place, olds] of before)
      for (const item of takeOverwritten(olds, this.top.baseFn, counts.get(place) ?? 0)) this.top.overwritten.add(item);
    counts.clear();
    for (const item of assigned) {
      const { place, n } = counted(item, this.top.items);
      if (this.top.isOnNew(item.target)) {
        if (!this.top.severalTargets.take(item)) run(item.node);
        continue;
      }
      const was = before.get(place)?.[n - 1];
      if (!was && this.setsNewGlobal(item)) run(item.node);
      else this.top.assignments.compare(was, item);
      // What is set anew would take the place of what the source gives it further down.
      if (this.top.assignments.sets(item)) set.add(place);
      else if (set.has(place)) this.top.assignments.set(item);
    }
    for (const node of this.top.items.others) {
      if (this.addEnumeration(node)) continue;
      if (this.loadsInBundle(node)) {
        run(node);
        continue;
      }
      // A module in a bundle may have yet to run.
      if (this.top.handle.kind !== 'bundled' && this.top.newOthers.includes(node) && this.prints(node)) {
        this.top.ctx.log.add(
          'initialiser-runs',
          next,
          node,
          '',
          'it prints when the patch is linked, as it would in a program that starts',
        );
        run(node);
        continue;
      }
      // Where nothing is new, no statement fills what is or calls it.
      if (resolver.fresh.size === 0) continue;
      if (this.setsMissingGlobal(node)) {
        const reason = 'a property of the global object that nobody has set is set when the patch is linked; a revert does not undo that';
        if (!this.top.declarations.has(node)) this.top.ctx.log.add('initialiser-runs', next, node, '', reason);
        run(node);
        continue;
      }
      if (saysWhatNewInherits(this.top, node)) {
        run(node);
        continue;
      }
      const effects = effectsOf(node, next, this.top.nextFn);
      const touched = [...effects.bindings].filter((b) => resolver.fresh.has(b));
      if (this.takesNoPlace(node) && isNewAlone(this.top, node)) {
        run(node);
        continue;
      }
      if (touched.length === 0 && !this.callsWhatIsNew(node, effects)) continue;
      if (this.top.severalTargets.reaches(node)) continue;
      const rest = [...effects.bindings].filter((b) => !resolver.fresh.has(b));
      if (effects.unknown) continue;
      // What is done to the exports themselves shows at once.
      if ([...effects.bindings].some((b) => b.kind === 'implicit' || b.kind === 'param')) continue;
      const live = rest.find((b) => isState(this.top.nextFn, b) || isMutatedByFunctions(this.top.nextFn, b));
      if (live) {
        this.top.ctx.log.add('live-data', next, node, live.name, 'what fills it runs again, and the program has put data into it since');
        continue;
      }
      // Whatever else the statement fills is filled anew too, or it would be filled twice.
      for (const binding of rest) this.top.tables.renew(binding.name);
      this.top.renewCalled(effects.called);
      if (effects.external && touched.length > 0) this.top.repeated ??= node;
      run(node);
    }
    this.top.filler.update();
    for (const d of this.top.declarations.values()) {
      if (d.kind === 'load' || d.kind === 'taken' || d.kind === 'module' || d.kind === 'idle') continue;
      const own = d.kind === 'statement' || d.kind === 'enumeration' ? d.node : null;
      const value = own ?? (d.kind === 'shared' ? d.value : d.kind === 'named' && d.item.kind === 'variable' ? d.item.value : null);
      if (value) this.top.renewCalled(effectsOf(value, next, this.top.nextFn).called);
    }
  }

  /** Whether a new statement sets a global variable that nobody has: sloppy code that declares nothing. */
  private setsNewGlobal({ target, value, node, key }: Assigned): boolean {
    const { ctx, baseFn, nextFn } = this.top;
    const { base, next, log } = ctx;
    if (target.type !== 'Identifier' || baseFn.strict || nextFn.strict || target.name in globalThis) return false;
    const whole = node.type === 'ExpressionStatement' ? node.expression : null;
    if (whole?.type !== 'AssignmentExpression' || whole.left !== target || whole.operator !== '=') return false;
    const [ref] = next.refsIn(target.start, target.end);
    if (ref?.binding !== null || base.refs.some(({ node: id, binding }) => binding === null && id.name === target.name)) return false;
    if (!isEffectFree(value, next, nextFn)) return false;
    log.add('initialiser-runs', next, node, key, 'a new global variable is set when the patch is linked; a revert does not undo that');
    return true;
  }

  /** Whether a statement sets a property of the global object where it is missing, under a key that has another value: `globalThis[KEY] ??= …`. */
  private setsMissingGlobal(node: AnyNode): boolean {
    const { next, resolver } = this.top.ctx;
    const whole = node.type === 'ExpressionStatement' ? node.expression : null;
    const expression = whole?.type === 'UnaryExpression' && whole.operator === 'void' ? whole.argument : whole;
    if (expression?.type !== 'AssignmentExpression' || !/^(?:\?\?|\|\|)=$/.test(expression.operator)) return false;
    const { left, right } = expression;
    if (left.type !== 'MemberExpression' || !left.computed || left.property.type !== 'Identifier') return false;
    const isGlobal =
      /^global(?:This)?$/.test(memberText(left.object as AnyNode) ?? '') && next.refAt(left.object as AnyNode)?.binding === null;
    const key = this.top.bindingOf(left.property.name);
    const isKey = key !== undefined && next.refAt(left.property)?.binding === key && resolver.fresh.has(key);
    return isGlobal && isKey && isEffectFree(right as AnyNode, next, this.top.nextFn);
  }

  /** Whether a new statement does nothing but call a new function, which may do what it likes but changes no variable of old code. */
  private callsWhatIsNew(node: AnyNode, { bindings, unknown, called }: Effects): boolean {
    if (unknown || bindings.size > 0 || !this.takesNoPlace(node) || node.type !== 'ExpressionStatement') return false;
    const { expression } = node;
    if (expression.type !== 'CallExpression' || expression.callee.type !== 'Identifier' || expression.arguments.length > 0) return false;
    const callee = this.top.bindingOf(expression.callee.name);
    const { match, log, next, resolver } = this.top.ctx;
    const isNew = callee !== undefined && resolver.fresh.has(callee) && !this.top.old.named.has(callee.name);
    if (!isNew || [...called].some((fn) => match.baseOf.has(fn) && match.differs(fn))) return false;
    log.add(
      'initialiser-runs',
      next,
      node,
      callee.name,
      'a new function is called for what it does when the patch is linked; a revert does not undo that',
    );
    return true;
  }

  /** Whether a statement is new, and none has gone of which it may do what that did. */
  private takesNoPlace(node: AnyNode): boolean {
    return this.top.newOthers.includes(node) && this.top.goneOthers.every((gone) => this.filledWhatHasGone(gone));
  }

  /** Whether a statement of the old version is about variables that have gone as well: what it filled, nobody has. */
  private filledWhatHasGone(gone: AnyNode): boolean {
    const { ctx, baseFn, items } = this.top;
    const { unknown, bindings } = effectsOf(gone, ctx.base, baseFn);
    return !unknown && bindings.size > 0 && [...bindings].every(({ name }) => !items.named.has(name)) && !callsForEffect(gone);
  }

  /** Whether a statement does no more than tell whoever reads the output, or the process, of something. */
  private prints(node: AnyNode): boolean {
    const { next } = this.top.ctx;
    const isFree = (value: AnyNode): boolean => isEffectFree(value, next, this.top.nextFn);
    if (node.type === 'BlockStatement') return node.body.every((inner) => this.prints(inner));
    if (node.type === 'IfStatement')
      return isFree(node.test) && this.prints(node.consequent) && (!node.alternate || this.prints(node.alternate));
    if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') return false;
    const { callee, arguments: given } = node.expression;
    const isGlobal = next.refAt(callee)?.binding === null;
    return (
      isGlobal && PRINTS.test(memberText(callee) ?? '') && given.every((argument) => argument.type !== 'SpreadElement' && isFree(argument))
    );
  }

  /** Whether a new statement only asks for a module of the bundle that is new as well: it is loaded as a new file would be. */
  private loadsInBundle(node: AnyNode): boolean {
    const { match, next, log } = this.top.ctx;
    if (node.type !== 'ExpressionStatement' || !this.top.newOthers.includes(node)) return false;
    const asked = next.inBundle.asked(node.expression);
    if (asked?.imported !== '*') return false;
    const which = match.baseOf.has(asked.module) ? 'a module of the bundle, unless it has run,' : 'a new module of the bundle';
    const reason = `${which} is loaded for what it does, when the patch is linked; a revert does not undo that`;
    log.add('import-runs', next, node, '', reason);
    return true;
  }

  /** Whether `node` is an enumeration that only the new version has. */
  private addEnumeration(node: AnyNode): boolean {
    const own = enumerationOf(node);
    const binding = own && this.top.bindingOf(own.name);
    if (!binding || !this.top.ctx.resolver.fresh.has(binding)) return false;
    const { name, fill } = own;
    if (!this.top.declarations.has(node)) this.top.declarations.set(node, { kind: 'enumeration', node, name, fill });
    return true;
  }

  private updateLoads(): void {
    const { log, next } = this.top.ctx;
    for (const [text, node] of this.top.items.links) {
      if (this.top.old.links.has(text) || this.top.declarations.has(node) || !text.startsWith('import ')) continue;
      this.top.declarations.set(node, { kind: 'load', node, source: text.slice('import '.length) });
      log.add('import-runs', next, node, '', 'loaded for what it does, when the patch is linked; a revert does not undo that');
    }
  }

  /** What a module gives away of another for all its names: those that are new there, and those with another value. */
  private updateStars(): void {
    const { items, old, exports, ctx } = this.top;
    const own = new Map([...items.exported.keys()].map((name) => [name, Infinity]));
    const view = viewOf(items);
    for (const { key, value, node } of items.assigned) {
      if (view !== null && key.startsWith(`${view}.`)) own.set(key.slice(view.length + 1), Infinity);
      else if (/^(module\.)?exports$/.test(key)) for (const [name, at] of keysOf(value)) own.set(name, at);
      else own.set(key.replace(/^(module\.)?exports\./, ''), node.start);
    }
    const give = (source: string, node: AnyNode, isOwn: (name: string) => boolean): void => {
      const changed = ctx.around.changedExports(source);
      for (const name of changed?.names ?? [])
        if (name !== 'default' && !isOwn(name))
          exports.set(name, { name, local: null, value: null, source: null, module: changed!.file, node });
    };
    for (const [source, node] of items.stars) if (old.stars.has(source)) give(source, node, (name) => own.has(name));
    // The last of those that give a name wins.
    for (const [source, node] of items.copies) if (old.copies.has(source)) give(source, node, (name) => (own.get(name) ?? -1) > node.start);
  }

  /** How often what a property is put on gives way to another object. */
  private writtenBehind({ target, node }: Assigned, items: Items): number {
    const { ctx, baseFn, nextFn } = this.top;
    const [side, owner] = items === this.top.items ? [ctx.next, nextFn] : [ctx.base, baseFn];
    const binding = targetBinding(rootOf(target), side, owner);
    return binding?.reassigned ? writtenBehind(node, binding, side, owner) : 0;
  }
}

/** The names that an object literal gives properties, as far as they are not computed, and where. */
function keysOf(node: AnyNode): (readonly [string, number])[] {
  if (node.type === 'CallExpression') return node.arguments.flatMap((argument) => keysOf(argument));
  if (node.type !== 'ObjectExpression') return [];
  return node.properties.flatMap((p) => (p.type === 'Property' && !p.computed ? [[keyName(p.key, false), p.start] as const] : []));
}

/** What declarations assign besides: `var x = exports.x = …`. */
function declaredWith({ named }: Items): Assigned[] {
  return [...named.values()].flatMap(({ targets, value, node, extract }) =>
    targets.flatMap((target) => {
      const key = memberText(target);
      if (key === undefined || value === null || extract !== '') return [];
      return [{ key, target, value, node, defines: null, getter: false, hidden: false, flags: false, again: false }];
    }),
  );
}

/** Whether it makes a call whose result nobody takes, but to go through a list or to run what is written there. */
function callsForEffect(statement: AnyNode): boolean {
  let found = false;
  walk(statement, (node, parents) => {
    if (isFunctionNode(node)) {
      // What a call is given it may run.
      if (parents.at(-1)?.type !== 'CallExpression') return false;
      if (node.type === 'ArrowFunctionExpression') found ||= isCallForEffect(node.body as AnyNode);
    } else if (node.type === 'ExpressionStatement') found ||= isCallForEffect(node.expression);
    return !found;
  });
  return found;
}

function isCallForEffect(value: AnyNode): boolean {
  switch (value.type) {
    case 'CallExpression':
      return !isFunctionNode(value.callee as AnyNode) && !goesThrough(value);
    case 'NewExpression':
      return true;
    case 'LogicalExpression':
      return isCallForEffect(value.right);
    case 'ConditionalExpression':
      return isCallForEffect(value.consequent) || isCallForEffect(value.alternate);
    default:
      return false;
  }
}

const goesThrough = ({ callee }: CallExpression): boolean => callee.type === 'MemberExpression' && callsAtOnce(memberName(callee) ?? '');
