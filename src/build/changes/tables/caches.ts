/**
 * Caches: tables by that name, which code fills only with what it has just looked for in vain. What old code computed must not
 * be found by new code, so that begins with an empty one: a variable gets one of its own for the new version, and what objects
 * hold is made anew once all tasks run the patch, and again when it has gone.
 */
import type { AnyNode, CallExpression } from 'acorn';
import { runsOnce } from '../../../instrument/plan.ts';
import type { HandleScope } from '../../../instrument/plan.ts';
import { contains } from '../../../source/contains.ts';
import type { Binding, FunctionInfo, Reference } from '../../../source/model.ts';
import type { ModuleContext } from '../../code/context.ts';
import { computedBy } from '../../hazards/computed-by.ts';
import { isMemo, memosIn } from '../../hazards/memos.ts';
import { Outside } from '../../hazards/outside.ts';
import { rememberedIn } from '../../hazards/remembered.ts';
import type { Remembered } from '../../hazards/remembered.ts';
import { changesTaken, isLeftWithout, isRepeatable } from '../../hazards/repeatable.ts';
import { aroundOwn, ownUses, tablesOf, useOfArgument } from '../../hazards/table-uses.ts';
import { isAskedBeside } from '../../hazards/asked-beside.ts';
import { isChanging, testedTables } from '../../hazards/tested-tables.ts';
import type { Table } from '../../hazards/tested-tables.ts';
import { CACHE } from '../../version/forms/cache-names.ts';
import type { TableUse } from '../../hazards/table-uses.ts';
import type { ScopeCallbacks } from '../../../patch/format.ts';
import { callsByNames } from '../../version/program/calls-by-name.ts';
import { classNamed, classPathOf } from '../../version/objects/create.ts';
import type { InScope } from '../../version/objects/create.ts';
import { isEffectFree } from '../../version/values/effects.ts';
import { isEmptyTable as isPlainTable } from '../../version/values/object-kinds.ts';
import { sourcesOf } from '../../version/values/flow.ts';
import type { Side } from '../../version/side.ts';
import { nodesOf, nodesOfAny } from '../../version/program/nodes.ts';
import { replaceClosureCaches } from './closure-caches.ts';
import { isPlain } from '../../hazards/plain-results.ts';
import { propertyCaches } from './property-caches.ts';
import type { TopDiff } from '../top.ts';
import { memberName } from '../../version/program/member-name.ts';

/** What is done with a list of keys. */
const EMPTIES = /^(?:clear|reset)$/;
const LISTS = /^(add|clear|delete|has|keys|size|values)$/;

interface OwnCaches {
  readonly type: InScope;
  readonly properties: Map<string, string>;
}

export class Caches {
  private readonly ctx: ModuleContext;
  private readonly tops: readonly TopDiff[];
  private readonly emptied = new Set<Binding | string>();
  /** What empties a table in place, of each scope by what it is called there. */
  private readonly inPlace = new Map<HandleScope, Map<string, string>>();
  /** The properties of a class by its path, and what makes each anew. */
  private readonly own = new Map<string, OwnCaches>();
  /** Tables that the top level puts on functions and classes, of which something has been said. */
  private readonly kept = new Set<string>();
  /** What makes code that objects then keep in properties which are emptied. */
  readonly regenerated = new Set<AnyNode>();
  found: readonly Remembered[] = [];

  constructor(ctx: ModuleContext, tops: readonly TopDiff[]) {
    this.ctx = ctx;
    this.tops = tops;
  }

  /** Looks for those whose results functions of `changed` computed; true when a variable got a value of its own. */
  update(changed: ReadonlySet<FunctionInfo>): boolean {
    const { log, next, around, file } = this.ctx;
    this.found = rememberedIn(this.ctx, changed);
    let moved = replaceClosureCaches(this.ctx, this.found, isOnlyAsked);
    const caches = this.caches();
    for (const { table } of this.found) {
      const top = caches.get(table);
      if (typeof table === 'string' || this.emptied.has(table) || !top) continue;
      if (isSetUp(this.ctx.base, table)) this.emptyInPlace(table);
      else if (top.renew(table.name, 'cache-emptied', 'new code has one of its own, without what old code computed')) {
        this.emptied.add(table);
        for (const list of keyLists(this.ctx.base, table)) top.renew(list.name, 'cache-emptied', `it says what is in ${table.name}`);
        moved = true;
      }
    }
    // An author whose callbacks stand in the module empties what is to be emptied.
    if (around.hook?.module === file) return moved;
    this.emptyMemos(changed);
    for (const { handle, path, filledBy, isEmptied } of propertyCaches(this.ctx, this.tops, changed)) {
      const reason = 'others may hold it, so it is emptied when all tasks run the patch, and again when it has gone';
      if (isEmptied && this.clearIn(handle, path, `$lp_clear(${path});`)) log.add('cache-emptied', next, filledBy.node, path, reason);
      if (!isEmptied && !this.kept.has(path))
        log.add('results-remembered', next, filledBy.node, path, `results that the old code computed are kept in ${path}`);
      this.kept.add(path);
    }
    for (const one of this.found) {
      const { fn, now, table } = one;
      if (typeof table !== 'string' || !caches.has(table)) continue;
      const type = classNamed(this.ctx.base, fn);
      const made = type && this.madeAnew(type, classPathOf(fn), table);
      if (!type || !made) continue;
      const properties = this.ownOf(type, classPathOf(fn));
      if (!properties.has(table))
        log.add('cache-emptied', next, now.node, `${fn.path} ${table}`, 'objects that exist get an empty one when all tasks run the patch');
      properties.set(table, made);
    }
    return moved;
  }

  private ownOf(type: InScope, path: string): Map<string, string> {
    const { properties } = this.own.get(path) ?? { properties: new Map<string, string>() };
    this.own.set(path, { type, properties });
    return properties;
  }

  /** Code that objects keep, which they have made of what changes: they make it anew. */
  private emptyMemos(changed: ReadonlySet<FunctionInfo>): void {
    const { base, next, match, log } = this.ctx;
    for (const { generator, fn, type, path, properties: names, made } of memosIn(base)) {
      const now = match.nextOf.get(fn);
      if (!now || this.regenerated.has(generator) || computedBy(base, made, changed, new Outside(this.ctx)) === null) continue;
      if (![...names].every((name) => isMemo(next, name))) continue;
      this.regenerated.add(generator);
      const properties = this.ownOf(type, path);
      const reason = 'objects that exist hold nothing there when all tasks run the patch, and make it anew';
      for (const name of names) if (!properties.has(name)) log.add('cache-emptied', next, now.node, `${fn.path} ${name}`, reason);
      for (const name of names) properties.set(name, 'null');
    }
  }

  /** Those of the tables that may be emptied, and where a variable of them stands. */
  private caches(): ReadonlyMap<Table, TopDiff | null> {
    const { base, next } = this.ctx;
    const caches = new Map<Table, TopDiff | null>();
    for (const { fn, table } of this.found) {
      if (caches.has(table)) continue;
      if (typeof table === 'string') {
        const type = classNamed(base, fn);
        if (type && this.madeAnew(type, classPathOf(fn), table) !== null) caches.set(table, null);
        continue;
      }
      const top = this.tops.find(({ handle }) => runsOnce(handle.kind) && handle.owner === base.declarer(table));
      if (top && (this.emptied.has(table) || this.isCache(top, table))) caches.set(table, top);
    }
    // What another table says is there has to go on being there.
    const isLed = ({ fn, table }: Remembered): boolean =>
      [...testedTables(base, fn)].some(
        (other) =>
          other !== table &&
          !caches.has(other) &&
          !isKeyList(base, table, other) &&
          this.isLasting(other) &&
          isChanging(base, other) &&
          !(typeof table === 'string' && [base, next].every((side) => isAskedBeside(side, table, other))),
      );
    for (let size = -1; size !== caches.size;) {
      size = caches.size;
      for (const one of this.found) if (caches.has(one.table) && isLed(one)) caches.delete(one.table);
    }
    return caches;
  }

  private isLasting(table: Table): boolean {
    return typeof table === 'string' || (table.kind !== 'param' && runsOnce(this.ctx.base.plan.handleOf.get(table.scope.fn)?.kind));
  }

  /** One of the new version would begin without what code has set on it, as how much it may hold. */
  private emptyInPlace(table: Binding): void {
    const { base, next, match, log, around, file } = this.ctx;
    const handle = base.plan.handleOf.get(base.declarer(table));
    if (around.hook?.module === file || !handle || !runsOnce(handle.kind) || table.scope !== table.scope.fn.body || table.reassigned)
      return;
    const clears = clearsCalled(base, table);
    // What goes on after the transition is over would put there what it computed before.
    const isAtOnce = base.model.functions.every((fn) => {
      const use = tablesOf(base, fn).get(table);
      return use === undefined || use.values.length === 0 || !(fn.async || fn.generator);
    });
    if (clears === null || !isAtOnce) return;
    this.emptied.add(table);
    this.clearIn(handle, table.name, `${table.name}.${clears}();`);
    const { fn } = this.found.find((one) => one.table === table)!;
    const reason = 'what code has set on it stays, so it is emptied when all tasks run the patch, and again when it has gone';
    log.add('cache-emptied', next, match.nextOf.get(fn)!.node, table.name, reason);
  }

  private clearIn(handle: HandleScope, name: string, code: string): boolean {
    const known = this.inPlace.get(handle) ?? new Map<string, string>();
    const isNew = !known.has(name);
    this.inPlace.set(handle, known.set(name, code));
    return isNew;
  }

  /** What the module was given, as `Surroundings.handed` has it, and whose results no table goes on with. */
  get emptiedOf(): ReadonlySet<string> {
    const kept = new Set(this.found.filter((one) => !this.isEmptied(one)).flatMap(({ handed }) => handed));
    return new Set(this.found.flatMap(({ handed }) => handed).filter((as) => !kept.has(as)));
  }

  readonly isEmptied = ({ fn, table }: Remembered): boolean => {
    if (typeof table !== 'string') return this.emptied.has(table) || this.ctx.resolver.emptied.has(table);
    return this.empties(classPathOf(fn), table);
  };

  /** Whether objects of a class, by its path, get an empty one in place of such a property. */
  empties(type: string, name: string): boolean {
    return this.own.get(type)?.properties.has(name) === true;
  }

  get callbacks(): ScopeCallbacks[] {
    const classes = [...this.own.values()];
    const handles = new Set([...classes.map(({ type }) => type.handle), ...this.inPlace.keys()]);
    return [...handles]
      .toSorted((a, b) => a.id - b.id)
      .map((handle) => {
        const own = classes.filter(({ type }) => type.handle === handle);
        return {
          scope: handle.id,
          names: own.map(({ type }) => type.name),
          code: codeOf(own, this.inPlace.get(handle) ?? new Map<string, string>()),
        };
      });
  }

  private isCache(top: TopDiff, binding: Binding): boolean {
    const { base, next } = this.ctx;
    const [before, after] = [top.old.named.get(binding.name), top.items.named.get(binding.name)];
    const now = top.bindingOf(binding.name);
    if (!CACHE.test(binding.name) || !before || !after || !now || after.group !== null || after.targets.length > 0) return false;
    if (!isEmptyTable(before.value) || !isEmptyTable(after.value) || !this.isQuiet(after.value!, top)) return false;
    return isOnlyAsked(base, binding) && isOnlyAsked(next, now);
  }

  /** To make one more does nothing else, of whichever class it is. */
  private isQuiet(value: AnyNode, { nextFn }: TopDiff): boolean {
    const given = value.type === 'NewExpression' || isMaker(value) ? value.arguments : [];
    return given.every((argument) => isEffectFree(argument, this.ctx.next, nextFn));
  }

  /** How the code of a class makes a property of that name; null where the module does not always give it an empty table. */
  private madeAnew({ handle }: InScope, path: string, name: string): string | null {
    const { base } = this.ctx;
    const all: AnyNode[] = [];
    let isEmpty = true;
    const add = (value: AnyNode | null): void => {
      isEmpty &&= isEmptyTable(value);
      if (value) all.push(value);
    };
    for (const node of nodesOfAny(base.model.program, 'AssignmentExpression', 'PropertyDefinition')) {
      if (node.type === 'AssignmentExpression' && isNamed(node.left, name)) add(node.right);
      if (node.type === 'PropertyDefinition' && !node.computed && node.key.type === 'Identifier' && node.key.name === name)
        add((node.value ?? null) as AnyNode | null);
    }
    const isOfClass = (fn: FunctionInfo): boolean => fn.path === path || classPathOf(fn) === path;
    const made = isEmpty ? all.find((value) => base.model.functions.some((fn) => contains(fn.node, value) && isOfClass(fn))) : undefined;
    if (!made) return null;
    // What stands around all of the module names the variables of all its functions.
    const functions = [...aroundOwn(base)].filter((fn) => !runsOnce(base.plan.handleOf.get(fn)?.kind));
    if (!functions.every((fn) => isResult(base, fn, name, ownUses(base, fn).get(name)))) return null;
    const isFree = base.refsIn(made.start, made.end).every(({ binding }) => !binding || handle.scope.lookup(binding.name) === binding);
    return isFree ? base.model.text.slice(made.start, made.end) : null;
  }
}

function codeOf(own: readonly OwnCaches[], inPlace: ReadonlyMap<string, string>): string {
  const text = own.map(({ type, properties }) => {
    const all = [...properties].map(([name, made]) => `$lp_empty(o,${JSON.stringify(name)},${made});`);
    return `for(const o of $lp.instances(${type.name})){${all.join('')}}`;
  });
  // The program may have put something else there.
  return `(function($lp){"use strict";
const $lp_empty=(o,name,made)=>{
const held=Object.getOwnPropertyDescriptor(o,name)?.value;
if(held!=null&&(made===null||typeof held==='object'&&Object.getPrototypeOf(held)===Object.getPrototypeOf(made)))Reflect.set(o,name,made);
};
const $lp_clear=(held)=>{if(held!==null&&typeof held==='object')for(const key of Object.keys(held))delete held[key]};
const $lp_all=()=>{${[...inPlace.values()].join('')}${text.join('')}};return{postPatch:$lp_all,postUnpatch:$lp_all}})`;
}

/** Whether a value is a table with nothing in it; `lru(100)` makes one too. */
const isEmptyTable = (value: AnyNode | null): boolean => isPlainTable(value) || (value !== null && isMaker(value));

const isMaker = (value: AnyNode): value is CallExpression & AnyNode =>
  value.type === 'CallExpression' && value.callee.type === 'Identifier' && /cache|lru/i.test(value.callee.name);

const isNamed = (node: AnyNode, name: string): boolean =>
  node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier' && node.property.name === name;

/** Whether code sets something on a table itself: `cache.max = 100`. */
function isSetUp(side: Side, table: Binding): boolean {
  return nodesOf(side.model.program, 'AssignmentExpression').some(
    ({ left }) => left.type === 'MemberExpression' && !left.computed && isOf(side, left.object as AnyNode, table),
  );
}

/** The method by which code of the module empties a table; null for none. */
function clearsCalled(side: Side, table: Binding): string | null {
  for (const { callee, arguments: given } of callsByNames(side.model.program, (name) => EMPTIES.test(name)))
    if (callee.type === 'MemberExpression' && given.length === 0 && isOf(side, callee.object as AnyNode, table)) return memberName(callee);
  return null;
}

const isOf = (side: Side, node: AnyNode, table: Binding): boolean => node.type === 'Identifier' && side.refAt(node)?.binding === table;

/** Whether all that is done with a table is to look into it, and to put there what was not found. */
function isOnlyAsked(side: Side, binding: Binding): boolean {
  const isUse = ({ node, parent, write, fn }: Reference): boolean => {
    if (write) return binding.declarations.includes(node) || (parent.type === 'AssignmentExpression' && isEmptyTable(parent.right));
    if (fn === binding.scope.fn) return false;
    if (parent.type === 'MemberExpression') return parent.object === node;
    if (isTest(node, parent)) return true;
    if (parent.type === 'CallExpression') return useOfArgument(side, parent, node) !== null;
    return parent.type === 'BinaryExpression' && parent.operator === 'in' && parent.right === node;
  };
  if (binding.scope.evalVisible || !binding.references.every(isUse)) return false;
  const users = new Set(binding.references.map(({ fn }) => fn).filter((fn) => fn !== binding.scope.fn));
  return [...users].every(
    (fn) =>
      !isLeftWithout(side, fn, binding) && !changesTaken(side, fn, binding) && isResult(side, fn, binding, tablesOf(side, fn).get(binding)),
  );
}

/** Whether all that is asked is if there is one: `if (cache)`. */
function isTest(node: AnyNode, parent: AnyNode): boolean {
  if (parent.type === 'IfStatement' || parent.type === 'ConditionalExpression') return parent.test === node;
  return (parent.type === 'LogicalExpression' && parent.operator === '&&' && parent.left === node) || parent.type === 'UnaryExpression';
}

/** Whether what is put there was looked for before, in that table, and has no state of its own. */
function isResult(side: Side, fn: FunctionInfo, table: Table, use: TableUse | undefined): boolean {
  if (!use || use.isMore) return use === undefined;
  if (use.values.length === 0) return true;
  return (
    use.isAsked &&
    isAskedFirst(side, fn, table) &&
    use.values.every((value) => sourcesOf(side, fn.node as AnyNode, value).every((source) => isPlain(source))) &&
    isRepeatable(side, fn, table, use.values)
  );
}

/** Whether the function goes by whether something is in the table, or by a list of what is. */
function isAskedFirst(side: Side, fn: FunctionInfo, table: Table): boolean {
  const tested = testedTables(side, fn);
  return tested.has(table) || [...tested].some((other) => isKeyList(side, table, other));
}

/** The lists of what is in a table. */
function keyLists(side: Side, table: Binding): Binding[] {
  const users = new Set(table.references.map(({ fn }) => fn));
  const tested = new Set([...users].flatMap((fn) => (fn === table.scope.fn ? [] : [...testedTables(side, fn)])));
  return [...tested].filter((other): other is Binding => typeof other !== 'string' && isKeyList(side, table, other));
}

/** Whether `list`, another cache by its name, begins empty with the table and does no more than to say what is in it. */
function isKeyList(side: Side, table: Table, list: Table): boolean {
  if (typeof table === 'string' || typeof list === 'string' || list === table || !CACHE.test(list.name)) return false;
  const [declaration, ...more] = list.declarations;
  if (list.scope !== table.scope || list.scope.evalVisible || list.reassigned || !declaration || more.length > 0) return false;
  if (!isPlainTable(side.valueOf(declaration) ?? null)) return false;
  const users = new Set(table.references.map(({ fn }) => fn));
  return list.references.every(({ node, parent, fn }) => {
    if (node === declaration) return true;
    if (fn === list.scope.fn || !users.has(fn)) return false;
    if (parent.type === 'ForOfStatement') return parent.right === node;
    const isMember = parent.type === 'MemberExpression' && parent.object === node && !parent.computed;
    return isMember && parent.property.type === 'Identifier' && LISTS.test(parent.property.name);
  });
}
