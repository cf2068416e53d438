/** What the top level assigns to properties and exports: compared with what the old one assigned, and set where it differs. */
import type { AnyNode, ObjectExpression, Property } from 'acorn';
import { ClassInfo } from '../../../source/model.ts';
import type { FunctionInfo } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import { compareCode } from '../../code/context.ts';
import { exportKey, viewOf } from '../../version/forms/items.ts';
import { outlivedIn, outlivedReason } from '../../version/values/outlived.ts';
import type { Assigned, Named } from '../../version/forms/items.ts';
import type { Side } from '../../version/side.ts';
import { becomesKind, makesTable } from '../../version/values/object-kinds.ts';
import type { VerdictCode } from '../../verdicts/verdicts.ts';
import { isFixed, reportAttributes, reportOfEntry } from './attributes.ts';
import { givesAnotherWhole } from '../names/another-whole.ts';
import { leadsChoice, reportOtherFunction } from '../names/chosen.ts';
import type { ValueComparison } from '../compare.ts';
import { givenBy, isAsked, isBelow, isHeldWhole, isPrimitive, isPrimitiveMade, isWhole, keyOf } from './assigned-values.ts';
import { joinsValue } from '../tables/joined.ts';
import { OTHER_PROTOTYPE, givesPrototype } from '../classes/other-prototype.ts';
import { beginsAnew } from '../names/successive-values.ts';
import type { TopDiff } from '../top.ts';
import { wholeLiterals } from '../names/whole-literals.ts';
import { isMutatedByFunctions, isState } from '../../version/values/effects.ts';
import { rootOf, walk } from '../../version/program/walk.ts';

const ANOTHER_WHOLE = 'who has required the module holds what it gave away as it loaded, and the new version gives something else';

const WITHOUT_NAME = 'who has required the module holds what it gave away without this name';
const KEEP_WHOLE = 'modules that required the old value keep it';

const FIXED = 'a property that was defined cannot be defined again';
const TWO_VARIABLES = 'it gives one value to two variables, of which new code would have one alone';

export class Assignments {
  private readonly top: TopDiff;

  constructor(top: TopDiff) {
    this.top = top;
  }

  define(item: Assigned): void {
    const { value, node, getter, hidden, onPrototype } = item;
    if (item.flags) {
      this.top.ctx.log.add(
        'statement-changed',
        this.top.ctx.next,
        value,
        item.key,
        'how a property behaves is said at the top level, which has run',
      );
      return;
    }
    const name = item.defines!;
    if (this.top.handle.kind === 'module' && this.isExports(item.target))
      this.top.exports.set(name, { name, local: null, value, getter, source: null, node });
    else
      this.top.properties.set(value, {
        handle: this.top.handle,
        owner: item.target,
        name,
        value,
        exported: this.isExports(item.target),
        getter,
        hidden,
        node,
        ...(onPrototype ? { onPrototype } : {}),
      });
  }

  /** `local` names the value where it has a name. */
  setProperty(target: AnyNode, value: AnyNode | null, node: AnyNode, local: string | null = null): void {
    if (value === null) return;
    if (target.type !== 'MemberExpression') {
      if (!this.isExports(target)) this.top.ctx.log.add('statement-changed', this.top.ctx.next, node, '', TWO_VARIABLES);
      return;
    }
    const isNamed = !target.computed || target.property.type === 'Literal';
    const name = isNamed ? keyOf(target) : (this.top.ctx.next.symbolKey(target) ?? this.top.ctx.next.text(target.property));
    if (isNamed && this.top.handle.kind === 'module' && this.isExports(target.object))
      this.top.exports.set(name, {
        name,
        local: local ?? (value.type === 'Identifier' && this.top.bindingOf(value.name) ? value.name : null),
        value,
        source: null,
        node,
      });
    else
      this.top.properties.set(target, {
        handle: this.top.handle,
        owner: target.object,
        name,
        value,
        ...(local === null ? {} : { local }),
        ...(isNamed ? {} : { key: target.property as AnyNode }),
        exported: this.isExports(target.object),
        node,
      });
  }

  /** What the declaration of a name gives away under another name: `x = exports.x = …`. `local` as for `setProperty`. */
  setTarget(target: AnyNode, item: Named, local: string | null): void {
    const { next, log } = this.top.ctx;
    if (this.isAll(target) && isHeldWhole(this.top.old)) log.add('value-replaced', next, item.node, item.name, WITHOUT_NAME);
    else this.giveTarget(target, item, local);
  }

  /** The same, where it is set all the same. */
  giveTarget(target: AnyNode, { value, node, name }: Named, local: string | null): void {
    if (this.isAll(target)) this.top.ctx.log.add('value-copied', this.top.ctx.next, node, name, KEEP_WHOLE);
    this.setProperty(target, value, node, local);
  }

  private isAll(target: AnyNode): boolean {
    return memberText(target) === 'module.exports' && this.isExports(target);
  }

  /** `exports` or `module.exports` of a CommonJS module. */
  private isExports(node: AnyNode): boolean {
    if (!this.top.hasExports) return false;
    const text = this.top.ctx.next.targetText(node);
    return text === 'exports' || text === 'module.exports' || (text !== undefined && text === viewOf(this.top.items));
  }

  /** Whether a function or class has a successor, which has another name or place. */
  private goesOn(value: AnyNode): boolean {
    const { base, match } = this.top.ctx;
    const old = base.definitionOf(value);
    return old !== null && (old instanceof ClassInfo ? match.classNext.has(old) : match.nextOf.has(old));
  }

  /** What the object that the module gives away no longer has. */
  private removed(owner: AnyNode, before: ObjectExpression, after: ObjectExpression): void {
    const { base, log } = this.top.ctx;
    const named = new Set(after.properties.map((p) => (p.type === 'Property' ? keyName(p.key, false) : '')));
    for (const property of before.properties) {
      if (property.type !== 'Property') continue;
      const name = keyName(property.key, false);
      const key = `module.exports.${name}`;
      if (named.has(name) || this.top.items.assigned.some((a) => a.key === key || a.key === `exports.${name}`)) continue;
      const value = property.method ? property : property.value;
      if (!this.top.removals.take({ key, owner, name, value, node: property }))
        log.add('export-removed', base, property, name, 'callers still find it');
    }
  }

  /** Whether a getter gives what an assignment did, or the reverse. */
  private givesTheSame(before: Assigned, item: Assigned): boolean {
    const { ctx, baseFn, nextFn } = this.top;
    const [old, now] = [givenBy(before), givenBy(item)];
    const ownerOf = (side: Side, { getter, value }: Assigned, fn: FunctionInfo): FunctionInfo => (getter && side.fnAt.get(value)) || fn;
    return (
      old !== null &&
      now !== null &&
      compareCode(ctx, old, now, ownerOf(ctx.base, before, baseFn), ownerOf(ctx.next, item, nextFn)) === 'same'
    );
  }

  compare(was: Assigned | undefined, now: Assigned): void {
    const whole = now.key === 'module.exports' ? this.top.whole : null;
    const item = whole ? { ...now, value: whole.after as AnyNode } : now;
    if (!was) this.add(item);
    else this.compareWith(whole ? { ...was, value: whole.before as AnyNode } : was, item);
  }

  /** Whether the patch sets it. */
  sets({ key, target, value, node }: Assigned): boolean {
    const { properties, exports } = this.top;
    const name = key.replace(/^(module\.)?exports\./, '');
    return properties.has(target) || properties.has(value) || exports.get(name)?.node === node;
  }

  /** Of what is the same as before: sets it all the same. */
  set(item: Assigned): void {
    if (item.defines !== null) this.define(item);
    else this.setProperty(item.target, item.value, item.node);
  }

  private add(item: Assigned): void {
    if (this.isOutlived(item)) return;
    if (item.defines !== null) {
      reportOfEntry(this.top, item);
      this.define(item);
    } else if (isWhole(item) && this.top.hasExports && item.target.type === 'MemberExpression') this.addWhole(item);
    else if (givesPrototype(item)) this.report('class-changed', item, OTHER_PROTOTYPE);
    else if (item.target.type === 'MemberExpression') this.setProperty(item.target, item.value, item.node);
    // `exports = module.exports = …` only renames what the module holds.
    else if (item.key !== 'exports' && !beginsAnew(this.top, item))
      this.report('statement-changed', item, 'a new assignment at the top level');
  }

  /** What a module gives away as a whole that gave properties away, or nothing. */
  private addWhole(item: Assigned): void {
    if (this.mergeAssigned(item) || givesAnotherWhole(this.top, item)) return;
    this.report('statement-changed', item, ANOTHER_WHOLE);
  }

  /** An object that is written out has what assignments gave before: who holds the one that they gave it gets the rest. */
  private mergeAssigned(item: Assigned): boolean {
    const { old, compare } = this.top;
    const { value } = item;
    if (value.type !== 'ObjectExpression') return false;
    const before = new Map(old.assigned.map((one) => [exportKey(one.key, old), one] as const));
    const differing: Property[] = [];
    for (const property of value.properties) {
      if (property.type !== 'Property' || property.computed || property.kind !== 'init') return false;
      const was = before.get(`exports.${keyName(property.key, false)}`);
      if (was?.getter || was?.defines) return false;
      const result = was ? compare.values(was.value, property.value) : 'differs';
      if (result === 'replaced') return false;
      if (result !== 'same') differing.push(property);
    }
    for (const property of differing) this.mergeExport(item, item, property, undefined);
    return true;
  }

  private compareWith(before: Assigned, item: Assigned): void {
    if (before.getter !== item.getter && this.givesTheSame(before, item)) return;
    reportAttributes(this.top.ctx, before, item);
    // Who has asked a getter holds what it gave. It can be defined anew where an assignment has made the property.
    const given = before.getter && item.defines === null && this.top.old.unset.has(before.key) ? givenBy(before) : null;
    const result = this.top.compare.values(given ?? before.value, item.value);
    if (result === 'same' || (isUnset(before, this.top.old) && isUnset(item, this.top.items))) return;
    // What has required it holds the running function, or what the same call made.
    const isNamed = item.value.type === 'Identifier' && item.value.name === this.top.nameOfWhole;
    if (isWhole(item) && result !== 'replaced' && (isNamed || this.goesOn(before.value))) return;
    if (!isWhole(item) && this.isOutlived(item)) return;
    if (leadsChoice(this.top, item, before.value, item.value)) return;
    if (result === 'replaced') this.replace(before, item);
    else if (item.defines !== null) this.defineAgain(before, item);
    else if (joinsValue(this.top, before, item, item.target)) return;
    else if (this.mergeExports(before, item) || this.mergeTable(before, item) || this.exportPrimitive(before, item)) return;
    else if (beginsAnew(this.top, item)) return;
    else if (givesPrototype(item)) this.report('class-changed', item, OTHER_PROTOTYPE);
    else if (isFixed(before)) this.report('statement-changed', item, FIXED);
    else if (item.target.type !== 'MemberExpression' || isWhole(item)) this.giveAnother(before, item, result);
    else {
      if (this.isFilled(item)) {
        this.setFilled(item);
        return;
      }
      if (this.isExports(item.target.object)) this.reportMade(item.key, before.value, item.value, item.node);
      this.setProperty(item.target, item.value, item.node);
    }
  }

  /** Whether other statements put something on what the property gets. */
  private isFilled(item: Assigned): boolean {
    if (item.value.type === 'Literal') return false;
    return this.top.items.assigned.some((other) => isBelow(other, item)) || this.isFilledElse(item);
  }

  /** The same, where they do not say that they do. */
  private isFilledElse({ target, node }: Assigned): boolean {
    const names = (code: AnyNode): boolean => {
      let found = false;
      walk(code, (inner) => {
        found ||= inner.type === 'MemberExpression' && memberText(inner) === memberText(target);
        return !found;
      });
      return found;
    };
    return this.top.items.others.some((other) => other.start > node.start && names(other));
  }

  /** Puts on it what those statements did; where they do not say what that is, all that the variable holds is made anew. */
  private setFilled(item: Assigned): void {
    if (!this.isFilledElse(item)) {
      this.setProperty(item.target, item.value, item.node);
      for (const other of this.top.items.assigned) if (isBelow(other, item)) this.set(other);
      return;
    }
    const { tables, nextFn } = this.top;
    const root = rootOf(item.target);
    const binding = root.type === 'Identifier' ? this.top.bindingOf(root.name) : undefined;
    const isTable = binding !== undefined && this.top.items.named.get(binding.name)?.kind === 'variable';
    const isLive = isTable && (isState(nextFn, binding) || isMutatedByFunctions(nextFn, binding));
    if (isTable && !isLive) tables.remake([binding.name]);
    else this.report('statement-changed', item, 'other statements have put something on what it was, and what it is now would lack that');
  }

  /** A function or class gives way to a value of another kind. */
  private replace(before: Assigned, item: Assigned): void {
    if (isWhole(item) && givesAnotherWhole(this.top, item)) return;
    if (isAsked(before) && isAsked(item)) {
      this.define(item);
      return;
    }
    // Exports are taken apart by those who import them: they hold the function itself.
    const isExport = item.target.type === 'MemberExpression' && this.isExports(item.target.object);
    if (item.defines === null && !isWhole(item) && !isExport && this.goesOn(before.value)) {
      this.report('value-copied', item, 'who holds the old function keeps it: it goes on under another name');
      this.setProperty(item.target, item.value, item.node);
      return;
    }
    const reason = 'callers may hold the old function or class, and the new version has another kind of value in its place';
    this.report('value-replaced', item, reason);
  }

  private defineAgain(before: Assigned, item: Assigned): void {
    const { defines, value, target } = before;
    if (!item.again) {
      if ((defines === null && !item.flags) || (isAsked(before) && isAsked(item))) this.define(item);
      else this.report('statement-changed', item, FIXED);
      return;
    }
    const isTable = !item.onPrototype && makesTable(value) && makesTable(item.value);
    if (isTable && this.top.tables.merge(item.key, target, value, item.value, item.node, { path: [item.defines!] })) return;
    this.define(item);
  }

  /** Whether it uses what a name stood for and does no longer, as a variable that is given one object after another. */
  private isOutlived(item: Assigned): boolean {
    const { ctx, nextFn } = this.top;
    const name = outlivedIn(item.node, ctx.next, nextFn);
    if (name !== null) this.report('statement-changed', item, outlivedReason(name));
    return name !== null;
  }

  /** Property by property, where the module gives away an object that it writes out. */
  private mergeExports(before: Assigned, item: Assigned): boolean {
    const literals = isWhole(item) && this.top.hasExports ? wholeLiterals(this.top, before.value, item.value) : null;
    if (!literals) return false;
    const [was, now] = literals;
    const isMerged = this.top.compare.objects(was, now, (property, old) => this.mergeExport(before, item, property, old));
    if (isMerged) this.removed(before.target, was, now);
    return isMerged;
  }

  private mergeExport(before: Assigned, item: Assigned, property: Property, was: Property | undefined): void {
    const { handle, tables, exports, properties } = this.top;
    const name = keyName(property.key, false);
    const key = `${item.key}.${name}`;
    if (this.isOutlived({ ...item, key, node: property })) return;
    const isTable = was && makesTable(was.value) && makesTable(property.value);
    if (isTable && tables.merge(key, before.target, was.value, property.value, property, { path: [name] })) return;
    if (was && leadsChoice(this.top, { key, node: property }, was.value, property.value)) return;
    if (was) this.reportMade(key, was.value, property.value, property);
    const value = property.method ? property : property.value;
    if (handle.kind === 'module') exports.set(name, { name, local: null, value, source: null, node: property });
    else properties.set(property, { handle, owner: item.target, name, value, exported: true, node: property });
  }

  private mergeTable(before: Assigned, item: Assigned): boolean {
    if (!makesTable(before.value) || !makesTable(item.value)) return false;
    const { target } = before;
    // One of another kind takes its place, which the object that holds it shows.
    const isHolder = target.type === 'MemberExpression' && !target.computed && !isWhole(item) && becomesKind(before.value, item.value);
    const holder = isHolder ? (target.object as AnyNode) : target;
    const path = isHolder ? { path: [keyOf(target)] } : {};
    return this.top.tables.merge(item.key, holder, before.value, item.value, item.node, path);
  }

  private exportPrimitive(before: Assigned, item: Assigned): boolean {
    if (item.key !== 'module.exports' || item.target.type !== 'MemberExpression') return false;
    if (!isPrimitive(before.value) || !isPrimitive(item.value)) return false;
    this.top.properties.set(item.value, {
      handle: this.top.handle,
      owner: item.target.object,
      name: 'exports',
      value: item.value,
      node: item.node,
    });
    this.report('value-copied', item, KEEP_WHOLE);
    return true;
  }

  /** What others hold is another value now. */
  private giveAnother(before: Assigned, item: Assigned, result: ValueComparison): void {
    const { target, value } = before;
    // Only the process that runs tells whether it is the same object, changed, or another one.
    const isGiven = value.type === 'CallExpression' || value.type === 'MemberExpression';
    if (isGiven && this.top.tables.merge(item.key, target, value, item.value, item.node)) return;
    if (result === 'depends' && item.value.type === 'Identifier') this.report('value-copied', item, 'who holds the old value keeps it');
    else if (isWhole(item)) {
      if (!givesAnotherWhole(this.top, item)) this.report('statement-changed', item, ANOTHER_WHOLE);
    } else this.report('statement-changed', item, 'it has run already, with the old value');
  }

  private report(code: VerdictCode, { node, key }: Assigned, reason: string): void {
    this.top.ctx.log.add(code, this.top.ctx.next, node, key, reason);
  }

  /** What takes the place of what others may hold, as a call makes it anew. */
  private reportMade(key: string, before: AnyNode, value: AnyNode, node: AnyNode): void {
    reportOtherFunction(this.top, { key, node }, before, value);
    const isMade = [before, value].every(({ type }) => type === 'CallExpression' || type === 'NewExpression');
    if (isMade && !isPrimitiveMade(value))
      this.top.ctx.log.add('value-copied', this.top.ctx.next, node, key, 'it is made anew: who holds the one that it was keeps that');
  }
}

/** `exports.c = c` above `var c = …`: undefined is what is assigned. */
function isUnset({ value, node }: Assigned, { named }: TopDiff['items']): boolean {
  const item = value.type === 'Identifier' ? named.get(value.name) : undefined;
  return item?.keyword === 'var' && item.node.start > node.start;
}
