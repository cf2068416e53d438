/**
 * Tables that live on where their source changed: which of them have to, since the program holds them or has put data into
 * them, and what is to change in each. See tables.ts for the differences between two sources.
 */
import type { AnyNode, Function as FunctionNode, Property } from 'acorn';
import { ClassInfo, FunctionInfo } from '../../../source/model.ts';
import type { Binding, Reference } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import { compareCode } from '../../code/context.ts';
import { changing } from '../../version/values/changing.ts';
import type { Changing } from '../../version/values/changing.ts';
import { effectsOf, isEffectFree, isMutatedByFunctions } from '../../version/values/effects.ts';
import { isHeldElsewhere } from '../../version/values/holding.ts';
import { requireOf } from '../../version/forms/items.ts';
import type { Items, Named } from '../../version/forms/items.ts';
import { becomesKind, isPattern, kindOf, makesObject, readsOtherwise } from '../../version/values/object-kinds.ts';
import type { Owner, Side } from '../../version/side.ts';
import { memberName } from '../../version/program/member-name.ts';
import { isFunctionNode } from '../../version/program/walk.ts';
import { madeOtherwise } from './made-otherwise.ts';
import { isFrozen } from './made-tables.ts';
import { tableChanges } from './tables.ts';
import type { TableChange } from './tables.ts';
import type { TopDiff } from '../top.ts';

const IN_PLACE =
  'the object that exists is changed in place: each task finds the values of its own code, and all the new ones when the transition is complete';

const OF_ITS_OWN =
  'new code has one of its own: it does not find what the program puts into the one that others hold, and they lose what it has put in place of what the source gives';

interface MergeOptions {
  readonly path?: readonly string[];
  readonly optional?: boolean;
  /** As in `tableChanges`. */
  readonly given?: ReadonlyMap<string, AnyNode>;
}

export class LiveTables {
  /** By what the source calls a table: its first names tell so many of each path already. */
  readonly changes = new Map<string, { readonly changes: readonly TableChange[]; readonly optional: boolean; readonly depth: number }>();
  /** An entry that the program holds is of another kind, which both versions cannot read. */
  atOnce = false;
  /** What the old source gave a table by a statement, and the new one gives it by its literal. */
  readonly moved = new Set<string>();
  /** Statements of either version that fill tables which change in place as all of these say. */
  readonly made = new Set<AnyNode>();
  private readonly top: TopDiff;

  constructor(top: TopDiff) {
    this.top = top;
  }

  /** Whether more than the code of this scope can see the object that `name` stands for. */
  isHeld(name: string): boolean {
    const targets = this.top.items.named.get(name)?.targets ?? [];
    return (
      targets.length > 0 ||
      this.isGivenAway(name) ||
      isHeldElsewhere(this.top.bindingOf(name)) ||
      isHeldElsewhere(this.top.oldBinding(name))
    );
  }

  /** Whether more than the code of the old scope can see the object that a name stood for. */
  wasHeld(before: Named, name: string): boolean {
    const old = this.top.oldBinding(name);
    return before.targets.length > 0 || isHeldElsewhere(old) || givesAway(this.top.old, this.top.ctx.base, this.top.baseFn, name, old);
  }

  /** Whether the object that the name stands for has to stay, because the program holds it or has put data into it. */
  livesOn(before: Named, item: Named, binding: Binding): boolean {
    const old = this.top.oldBinding(item.name);
    if (isMutatedByFunctions(this.top.nextFn, binding) || isMutatedByFunctions(this.top.baseFn, old)) return true;
    // What a function of the module makes is an object, where code puts things into it.
    if (this.isCalled(before) && this.isCalled(item)) return this.changing(before) === 'surely';
    if (!makesObject(before.value) || !makesObject(item.value) || isPattern(item.value!) || before.pattern?.type !== 'Identifier')
      return false;
    return (
      this.wasHeld(before, item.name) || this.sharesEntries(item.name) || (this.showsAll(before.value!) && this.changing(before) !== 'no')
    );
  }

  /** Whether what stands in the table goes on under another name as well, as `exports.parse = own.parse = …` gives it. */
  private sharesEntries(name: string): boolean {
    const { assigned, named } = this.top.old;
    const isEntry = (target: AnyNode): boolean => target.type === 'MemberExpression' && memberText(target)?.startsWith(`${name}.`) === true;
    const entries = assigned.filter(({ target, defines }) => defines === null && isEntry(target));
    const nodes = new Set(entries.map(({ node }) => node));
    return (
      (nodes.size > 0 && assigned.some(({ node, target }) => nodes.has(node) && !isEntry(target))) ||
      [...named.values()].some((other) => other.name !== name && other.targets.some(isEntry))
    );
  }

  /** Whether functions put things into what the old source gave a name. */
  changing({ name, value }: Named): Changing {
    const old = this.top.oldBinding(name);
    return old && value ? changing(this.top.ctx.base, this.top.baseFn, old, value) : 'no';
  }

  private isCalled({ value }: Named): boolean {
    return value?.type === 'CallExpression' && !isFunctionNode(value.callee) && requireOf(value) === null;
  }

  /** Whether all that an object is may be seen from outside: it is a literal, or of a class of the module without private members. */
  private showsAll(value: AnyNode): boolean {
    if (value.type !== 'NewExpression') return true;
    const { base } = this.top.ctx;
    const owner = base.definitionOf(value.callee as AnyNode);
    return owner ? this.hidesNothing(owner) : /^(?:Map|Set)$/.test(base.text(value.callee));
  }

  private hidesNothing(owner: Owner): boolean {
    if (!(owner instanceof ClassInfo)) return true;
    const { base } = this.top.ctx;
    const above = owner.node.superClass as AnyNode | null | undefined;
    if (base.model.text.slice(owner.node.start, owner.node.end).includes('#')) return false;
    const isBuiltIn = above?.type === 'Identifier' && (base.refAt(above)?.binding ?? null) === null;
    const around = above ? base.definitionOf(above) : null;
    return !isBuiltIn && (!around || this.hidesNothing(around));
  }

  /** Whether no change can make the old object of a table that functions leave as it is into the new one. */
  becomesAnother(before: Named, item: Named): boolean {
    const kinds = [before.value, item.value].map((value) => kindOf(value));
    if (kinds.includes(null) || kinds[0] === kinds[1]) return false;
    const [old, now] = [this.top.oldBinding(item.name), this.top.bindingOf(item.name)];
    if (isMutatedByFunctions(this.top.baseFn, old) || isMutatedByFunctions(this.top.nextFn, now)) return false;
    return isEffectFree(item.value!, this.top.ctx.next, this.top.nextFn);
  }

  /** Whether statements of the scope, and no functions, set properties of which the initialiser has changed. */
  isFilledAbove(before: Named, { name, value }: Named): boolean {
    if (value?.type !== 'ObjectExpression' || isMutatedByFunctions(this.top.baseFn, this.top.oldBinding(name))) return false;
    if (isMutatedByFunctions(this.top.nextFn, this.top.bindingOf(name))) return false;
    const { ctx, baseFn, nextFn } = this.top;
    const was = new Map(entriesOf(before.value).map((entry) => [entryKey(entry), entry.value as AnyNode]));
    const isSame = (entry: Property): boolean => {
      const old = was.get(entryKey(entry));
      return old !== undefined && compareCode(ctx, old, entry.value as AnyNode, baseFn, nextFn) === 'same';
    };
    const differing = entriesOf(value).filter((entry) => !isSame(entry));
    const keys = new Set(differing.map((entry) => `${name}.${keyName(entry.key, false)}`));
    return this.top.items.assigned.some(({ key }) => keys.has(key));
  }

  mergeNamed(before: Named, item: Named, optional = false): boolean {
    if (!before.value || !item.value || before.pattern?.type !== 'Identifier' || item.pattern?.type !== 'Identifier') return false;
    return this.merge(item.name, before.pattern, before.value, item.value, item.node, { optional, given: this.givenBeside(before, item) });
  }

  /** What single statements of the old source gave a table, and the new literal does. */
  private givenBeside({ name, value: before }: Named, { value }: Named): ReadonlyMap<string, AnyNode> {
    const given = new Map<string, AnyNode>();
    if (before?.type !== 'ObjectExpression' || value?.type !== 'ObjectExpression') return given;
    const had = new Set(before.properties.map((p) => (p.type === 'Property' && !p.computed ? keyName(p.key, false) : null)));
    for (const property of value.properties) {
      if (property.type !== 'Property' || property.computed) continue;
      const own = keyName(property.key, false);
      if (had.has(own) || had.has(null)) continue;
      const key = `${name}.${own}`;
      const [first, ...more] = this.top.old.assigned.filter((item) => item.key === key);
      if (!first || more.length > 0 || first.defines !== null || this.top.items.assigned.some((item) => item.key === key)) continue;
      given.set(own, first.value);
      this.moved.add(key);
    }
    return given;
  }

  /** Changes the object that `table`, of the old source, gives; false when it cannot. */
  merge(
    name: string,
    table: AnyNode,
    before: AnyNode,
    after: AnyNode,
    node: AnyNode,
    { path = [], optional = false, given }: MergeOptions = {},
  ): boolean {
    const { log, next } = this.top.ctx;
    const changes = tableChanges(this.top, table, before, after, path, given);
    if (!changes) return false;
    this.changes.set(name, { changes, optional, depth: path.length });
    const atOnce = !optional && changes.some((change) => change.before && change.after && readsOtherwise(change.before, change.after));
    this.atOnce ||= atOnce;
    log.add(
      'table-changed',
      next,
      node,
      name,
      atOnce ? 'an entry is of another kind: it is changed in place when all tasks switch at once' : IN_PLACE,
    );
    if (!optional && changes.some(({ called, path: own, before: old }) => called && own.length > 0 && this.makesFunction(old)))
      log.add('value-copied', next, node, name, 'a call makes an entry of it anew: who has taken the old one out of it keeps that');
    if (changes.some((change) => change.runs))
      log.add(
        'initialiser-runs',
        next,
        node,
        name,
        'its initialiser calls functions, and runs again, in both versions, when the patch is linked',
      );
    return true;
  }

  /** Whether a value is a function that a call makes. */
  private makesFunction(value: AnyNode | null): boolean {
    if (value?.type !== 'CallExpression') return false;
    const { base } = this.top.ctx;
    const name = value.callee.type === 'MemberExpression' ? memberName(value.callee) : null;
    const own = name === null ? base.definitionOf(value.callee as AnyNode) : null;
    return name === 'bind' || (own instanceof FunctionInfo && givesFunction(own, base));
  }

  /** Whether more than the code of this scope can see what the new source gives a variable. */
  isSeenElsewhere({ name, targets }: Named, binding: Binding): boolean {
    return targets.length > 0 || this.isGivenAway(name) || isHeldElsewhere(binding);
  }

  /** New code has the new value; who holds the old one sees it changed, where that can be. */
  mergeHeld(before: Named, item: Named, binding: Binding): void {
    if (!before.value || !item.value || !this.isSeenElsewhere(item, binding)) return;
    if (isPattern(before.value) && isPattern(item.value)) this.mergeNamed(before, item);
    else if (item.value.type === 'CallExpression' && requireOf(item.value) === null && this.mergeNamed(before, item, true))
      this.top.ctx.log.add(
        'value-copied',
        this.top.ctx.next,
        item.node,
        item.name,
        'who holds the old value keeps it, unless it is a plain object',
      );
  }

  /**
   * Has new code go on with an object of another kind that gets what the program has put into the old one, where all tasks switch
   * at once; false where that cannot be, or others may hold the old one.
   */
  moveNamed(before: Named, item: Named): boolean {
    const [old, now] = [this.top.oldBinding(item.name), this.top.bindingOf(item.name)];
    if (!old || !now || !before.value || !item.value || !becomesKind(before.value, item.value)) return false;
    if (before.pattern?.type !== 'Identifier' || item.pattern?.type !== 'Identifier' || item.targets.length > 0) return false;
    if (this.wasHeld(before, item.name) || this.isSeenElsewhere(item, now)) return false;
    if (!isUsedInPlace(old) || !isUsedInPlace(now)) return false;
    const [table, after] = [before.pattern, item.pattern];
    const change: TableChange = {
      handle: this.top.handle,
      table,
      path: [],
      before: before.value,
      after,
      node: item.node,
      runs: false,
      called: null,
      moves: true,
    };
    this.changes.set(item.name, { changes: [change], optional: false, depth: 0 });
    this.atOnce = true;
    return true;
  }

  /** Makes tables anew, by all that fills them: who may hold those that are there sees them changed. */
  remake(names: readonly string[]): void {
    if (names.some((name) => this.mayBeHeld(name)) && names.every((name) => this.mergeMade(name))) return;
    for (const name of names) this.renew(name);
  }

  /** The same, where new code has one of its own. */
  renew(name: string): void {
    if (this.top.renew(name) && this.mayBeHeld(name)) this.mergeRemade(name);
  }

  /** Has the table that is there change in place as all that fills it says; false where that cannot be run again. */
  private mergeMade(name: string): boolean {
    const found = new Map<string, NonNullable<ReturnType<typeof madeOtherwise>>>();
    const pending = [name];
    for (const one of pending) {
      if (found.has(one)) continue;
      const change = madeOtherwise(this.top, one);
      if (!change) return false;
      found.set(one, change);
      // What statements fill beside it may hold the same.
      for (const { tables } of [change.made.before, change.made.after]) pending.push(...[...tables.values()].map((own) => own.name));
    }
    for (const [one, change] of found) {
      this.changes.set(one, { changes: [change], optional: false, depth: 0 });
      for (const part of [...change.made.before.parts, ...change.made.after.parts]) if (!('extract' in part)) this.made.add(part);
      this.top.renewCalled(change.made.after.called);
      this.top.ctx.log.add('table-changed', this.top.ctx.next, change.node, one, IN_PLACE);
    }
    return true;
  }

  /** Whether more than the code of this scope may see the object, also since a function hands it to others as it runs. */
  mayBeHeld(name: string): boolean {
    return (
      this.isHeld(name) || isPassed(this.top.bindingOf(name), this.top.ctx.next) || isPassed(this.top.oldBinding(name), this.top.ctx.base)
    );
  }

  /** Who holds the table that `name` stood for sees it become as the one that is made anew. */
  private mergeRemade(name: string): void {
    const item = this.top.items.named.get(name)!;
    if (!makesObject(item.value)) return;
    if (!isFrozen(this.top.bindingOf(name)!)) this.top.ctx.log.add('value-copied', this.top.ctx.next, item.node, name, OF_ITS_OWN);
    const table = this.top.old.named.get(name)!.pattern!;
    const change: TableChange = {
      handle: this.top.handle,
      table,
      path: [],
      before: table,
      after: item.pattern,
      node: item.node,
      runs: false,
      called: null,
      remade: this.keysGiven(this.top.old.named.get(name)!) ?? 'all',
    };
    this.changes.set(name, { changes: [change], optional: true, depth: 0 });
    this.top.ctx.log.add('table-changed', this.top.ctx.next, item.node, name, IN_PLACE);
  }

  /** The keys that the old source gives a table; null where only the program that runs tells. */
  private keysGiven({ name, value }: Named): string[] | null {
    if (value?.type !== 'ObjectExpression') return null;
    const binding = this.top.oldBinding(name);
    const { base } = this.top.ctx;
    if (this.top.old.others.some((node) => [...effectsOf(node, base, this.top.baseFn).bindings].includes(binding!))) return null;
    const keys = value.properties.map((p) => (p.type === 'Property' && !p.computed ? keyName(p.key, false) : null));
    const beginning = `${name}.`;
    for (const { key } of this.top.old.assigned) if (key.startsWith(beginning)) keys.push(key.slice(beginning.length).split('.', 1)[0]!);
    return keys.includes(null) ? null : keys.filter((key) => key !== null);
  }

  isGivenAway(name: string): boolean {
    return givesAway(this.top.items, this.top.ctx.next, this.top.nextFn, name, this.top.bindingOf(name));
  }
}

/** Those of an object that is written out, by names that are. */
function entriesOf(value: AnyNode | null): Property[] {
  return value?.type === 'ObjectExpression' ? value.properties.filter((p): p is Property => p.type === 'Property' && !p.computed) : [];
}

const entryKey = ({ kind, key }: Property): string => `${kind} ${keyName(key, false)}`;

/** Whether all that code does with a table is to look into it and to put things there. */
function isUsedInPlace({ references, reassigned, scope }: Binding): boolean {
  const isUse = ({ node, parent, write }: Reference): boolean => {
    if (write) return true;
    switch (parent.type) {
      case 'MemberExpression':
        return parent.object === node;
      case 'BinaryExpression':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'SpreadElement':
        return true;
      default:
        return (
          parent.type === 'CallExpression' &&
          /^(?:Object\.(?:keys|values|entries|hasOwn)|Array\.from|JSON\.stringify)$/.test(memberText(parent.callee) ?? '')
        );
    }
  };
  return !reassigned && !scope.evalVisible && references.every(isUse);
}

/** Whether a function that runs at any time gives the object to one that may keep it, or put something into it. */
function isPassed(binding: Binding | undefined, side: Side): boolean {
  return (
    binding?.references.some(({ node, parent, fn }) => {
      if ((parent.type !== 'CallExpression' && parent.type !== 'NewExpression') || parent.callee === node || side.runsOnce(fn))
        return false;
      const { external, unknown, bindings } = effectsOf(parent, side, binding.scope.fn);
      return external || unknown || bindings.has(binding);
    }) === true
  );
}

function givesFunction({ node, returns }: FunctionInfo, side: Side): boolean {
  const { body } = node as FunctionNode & AnyNode;
  const values: (AnyNode | null | undefined)[] = returns.map((one) => one.node.argument);
  if (body.type !== 'BlockStatement') values.push(body);
  return values.some((value) => value && side.definitionOf(value) instanceof FunctionInfo);
}

/** Whether an export or a property holds the value of `name`. */
function givesAway({ exported, assigned }: Items, side: Side, owner: FunctionInfo, name: string, binding: Binding | undefined): boolean {
  if ([...exported.values()].some((e) => e.local === name)) return true;
  return assigned.some((a) => side.refsIn(a.value.start, a.value.end).some((r) => r.binding === binding && r.fn === owner));
}
