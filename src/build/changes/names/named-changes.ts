/**
 * What becomes of the names of a scope that runs once, where they are new or stand for another value: each gets a value of
 * its own in the patch, or keeps the one that the running module gave it.
 */
import type { AnyNode, Class } from 'acorn';
import { contains } from '../../../source/contains.ts';
import type { Binding } from '../../../source/model.ts';
import { choosesAnew } from '../../code/choices.ts';
import { returnsNoPromise } from '../../code/draft.ts';
import { asDefault, asNamespace, upgraded } from '../../code/import-text.ts';
import { takesMore } from '../../code/surplus.ts';
import type { VerdictCode } from '../../verdicts/verdicts.ts';
import { isEffectFree, isMutatedByFunctions, isState } from '../../version/values/effects.ts';
import { givenIn } from './asked-before.ts';
import { isOnlyCalled, makesInstances } from '../../version/values/holding.ts';
import { WHOLE } from '../../../patch/format.ts';
import type { Named } from '../../version/forms/items.ts';
import { isPattern, kindOf, makesObject } from '../../version/values/object-kinds.ts';
import type { Changing } from '../../version/values/changing.ts';
import { outlivedIn, outlivedReason } from '../../version/values/outlived.ts';
import { isFunctionNode, walk } from '../../version/program/walk.ts';
import { isKnownItself } from '../../version/values/known-itself.ts';
import { wrapsModule } from '../wrappers/bundled.ts';
import { leadsChoice, reportOtherFunction } from './chosen.ts';
import type { ValueComparison } from '../compare.ts';
import { derivedText } from './derived-constants.ts';
import { joinsVariable } from '../tables/joined.ts';
import type { TopDiff } from '../top.ts';
import { nameExports } from './named-exports.ts';
import { NewTargets } from './new-targets.ts';
import { liftConstant, replaceConstant } from './written-constants.ts';

const ANEW = ': what functions have put into the one that it gave before is not in it';
const INSTANCES = 'objects that the old one made go by what it was made with, and are no instances of the new one';
const GIVEN_IN_PLACE = 'who holds what a function that was called in place gave, or an object of it, keeps that';
const WAITS = 'its initialiser waits for what it calls, and a patch is linked without waiting';
const WRITTEN_OUT =
  'a compiler wrote the running class out as a function, which cannot become a class of the language that extends another';
/** Why a table cannot be made anew, by whether code puts things into it. */
const LIVE: Readonly<Record<Changing, string>> = {
  no: 'others hold what it gave, and what differs of that is not told',
  may: 'the program may have put data into it since',
  surely: 'the program has put data into it since',
  inside: 'the program has put data into it since',
};
const AS_LOADED = 'it keeps the value it was given as the module loaded';

export class NamedChanges {
  private readonly top: TopDiff;
  private readonly newTargets: NewTargets;

  constructor(top: TopDiff) {
    this.top = top;
    this.newTargets = new NewTargets(top);
  }

  update(): void {
    nameExports(this.top);
    for (const item of this.top.items.named.values()) this.look(item);
    this.newTargets.update();
  }

  private look(item: Named): void {
    const { resolver, around } = this.top.ctx;
    const binding = this.top.bindingOf(item.name);
    if (!binding || this.take(item, binding)) return;
    if (resolver.fresh.has(binding) || this.top.kept.has(item.name)) return;
    const renamed = resolver.renamed.get(binding);
    if (renamed) {
      this.lookAgain(item, renamed);
      return;
    }
    const before = this.top.old.named.get(item.name);
    if (this.comesFromOther(before, item)) return;
    if (!before) {
      this.addFirst(item);
      return;
    }
    const result = this.top.compare.named(before, item);
    const isFollowed = item.source !== null && around.follows(item.source);
    if (isFollowed && before.source === item.source && before.imported === item.imported) this.follow(item, binding);
    else if (result === 'same') this.relink(before, item, binding);
    else this.change(before, item, binding, result);
  }

  /** What has another name only may have another value all the same: that of what it comes from, or of what it is computed from. */
  private lookAgain(item: Named, old: Binding): void {
    const { baseFn, nextFn, old: items, compare } = this.top;
    const before = items.named.get(old.name);
    if (!before || item.kind === 'function' || item.kind === 'class') return;
    if (this.comesFromOther(before, item) || compare.named(before, item) !== 'depends') return;
    const binding = this.top.bindingOf(item.name);
    const isLive = isState(baseFn, old) || isState(nextFn, binding) || isMutatedByFunctions(baseFn, old);
    if (isLive)
      this.keep(item, 'computed-at-load', 'it ran as the module loaded, with the old values, and the program has put data there since');
    else this.top.makeFresh(item, 'constant-changed', 'its value depends on one that changed');
  }

  /** What another module of the bundle gives away anew; that is known only once that one has been looked at. */
  private take(item: Named, binding: Binding): boolean {
    const { asked, imported, node, name } = item;
    const giver = asked && imported !== '' && imported !== '*' ? this.top.ctx.next.inBundle.giver(asked, imported) : null;
    if (giver === null) return false;
    const code = this.top.old.named.has(name) ? 'import-changed' : 'import-added';
    this.top.makeFresh(item, code, `${imported} of another module of the bundle is new or has another value`);
    this.top.declarations.set(binding, { kind: 'taken', node, name, giver, imported });
    this.giveTargets(item);
    return true;
  }

  /** What another file, or another module of the bundle, gives away and the running one did not, or not so. */
  private comesFromOther(before: Named | undefined, item: Named): boolean {
    const { around, match } = this.top.ctx;
    const whole = item.source !== null && item.imported !== '' ? around.changedExport(item.source, WHOLE) : null;
    if (whole !== null) {
      const given = `${givenIn(this.top, whole, item.source!)}[${JSON.stringify(WHOLE)}]`;
      const isAll = item.imported === '*' || (item.kind === 'import' && item.imported === 'default');
      if (item.kind === 'import' && item.imported === '*')
        this.keep(item, 'value-replaced', `it has all names of what ${item.source} gave, which is another object or function now`);
      else
        this.top.makeFresh(
          item,
          'import-changed',
          `${item.source} gives away another object or function`,
          isAll ? given : `${given}.${item.imported}`,
        );
      this.giveTargets(item);
      return true;
    }
    const outside = item.source !== null && item.imported !== '' ? around.changedExport(item.source, item.imported) : null;
    if (outside !== null && item.imported !== '*') {
      const code = before ? 'import-changed' : 'import-added';
      const text = `${givenIn(this.top, outside, item.source!)}.${item.imported}`;
      this.top.makeFresh(item, code, `${item.imported} of ${item.source} is new or has another value`, text);
      return true;
    }
    if (!item.asked || !before?.asked || item.imported === '') return false;
    const isSame = match.baseOf.get(item.asked) === before.asked && item.imported === before.imported;
    const reason = 'it is taken from another module of the bundle, or under another name';
    if (!isSame) this.top.makeFresh(item, 'import-changed', reason);
    return true;
  }

  private addFirst(item: Named): void {
    const { ctx, handle, baseFn, nameOfWhole } = this.top;
    if (nameOfWhole !== item.name) {
      this.add(item);
      return;
    }
    const text = ctx.resolver.helper(handle, ctx.base.wholeText(baseFn));
    this.top.makeFresh(item, 'constant-added', 'it stands for the object that the module gives away', text);
  }

  private add(item: Named): void {
    const { ctx, handle } = this.top;
    if (waits(item.value)) {
      this.keep(item, 'statement-changed', WAITS);
      return;
    }
    if (item.kind !== 'import') {
      const code = item.kind === 'function' ? 'function-added' : item.kind === 'class' ? 'class-added' : null;
      this.top.makeFresh(
        item,
        code ?? (item.source !== null ? 'import-added' : 'constant-added'),
        'new in this scope',
        this.besideText(item),
      );
      for (const target of item.targets) this.top.assignments.setTarget(target, item, item.name);
      return;
    }
    const source = `$lp.require(${JSON.stringify(item.source)})`;
    const made = item.imported === 'default' ? asDefault(source) : item.imported === '*' ? asNamespace(source) : null;
    const helper = ctx.resolver.helper(handle, made ?? source);
    this.top.makeFresh(item, 'import-added', `from ${item.source}`, made === null ? `${helper}.${item.imported}` : helper);
  }

  /** What a name stands for of a dependency that the patch may bring in another version. */
  private follow(item: Named, binding: Binding): void {
    const { ctx, handle } = this.top;
    if (binding.reassigned || this.top.oldBinding(item.name)?.reassigned) {
      this.keep(item, 'value-replaced', 'it is written again, and stands for a dependency of which the patch may bring another version');
      return;
    }
    this.top.followed.add(binding);
    const reason = `from ${item.source}, of which the patch may bring another version`;
    const text = item.kind === 'import' ? upgraded(ctx.resolver, handle, item.source!, item.imported, item.name) : null;
    this.top.makeFresh(item, 'import-changed', reason, text);
    this.giveTargets(item);
  }

  /** A name that stands for what it stood for. */
  private relink(before: Named, item: Named, binding: Binding): void {
    if (liftConstant(this.top, item, binding, this.top.oldBinding(item.name))) return;
    const derived = derivedText(this.top, before, item, binding);
    if (derived !== null) {
      const text = this.top.ctx.resolver.helper(this.top.handle, derived);
      this.top.makeFresh(item, 'constant-changed', 'it is computed from a table that changes in place', text);
      return;
    }
    const reason = this.callsDirectly(before, item);
    if (reason !== null) this.top.makeFresh(item, 'function-relinked', `${reason}, so its callers are linked to it directly`);
  }

  private change(before: Named, item: Named, binding: Binding, result: ValueComparison): void {
    const { tables, baseFn, nextFn } = this.top;
    const old = this.top.oldBinding(item.name);
    const { resolver } = this.top.ctx;
    const outlived = item.value && outlivedIn(item.value, this.top.ctx.next, nextFn, (one) => resolver.fresh.has(one));
    if (result === 'replaced' && !this.isParted(before) && (!isOnlyCalled(old) || tables.wasHeld(before, item.name))) {
      const reason = 'the running code may hold the old function or class, and the new version has another kind of value in its place';
      this.keep(item, 'value-replaced', reason);
    } else if (item.kind === 'import') {
      this.add(item);
    } else if (isSymbol(before.value) && isSymbol(item.value)) {
      // Its description is for people. What the program has marked with it stays marked.
      this.keep(item, 'computed-at-load', 'it is the symbol that the program has put on objects');
    } else if (outlived !== null) {
      this.keepAsLoaded(item, result, 'statement-changed', outlivedReason(outlived));
    } else if (replaceConstant(this.top, before, item, binding, old)) {
      return;
    } else if (isState(baseFn, old) || isState(nextFn, binding)) {
      const reason = 'its initialiser changed, but the program has written it since: it keeps its value';
      this.keepAsLoaded(item, result, 'live-state', reason);
    } else if (joinsVariable(this.top, before, item, binding)) {
      this.top.kept.add(item.name);
    } else if (tables.livesOn(before, item, binding)) {
      this.changeTable(before, item, result);
    } else this.changeValue(before, item, binding, result);
  }

  /** A table that goes on with what the program has put into it. */
  private changeTable(before: Named, item: Named, result: ValueComparison): void {
    const { ctx, tables } = this.top;
    if (tables.becomesAnother(before, item)) {
      ctx.log.add('value-copied', ctx.next, item.node, item.name, 'it is an object of another kind: who holds the old one keeps it');
      this.top.renew(item.name);
      return;
    }
    if (tables.moveNamed(before, item)) {
      const kind = kindOf(item.value)!.slice('new '.length);
      this.top.makeFresh(item, 'field-converted', `what it holds becomes a ${kind} when all tasks switch at once`);
      return;
    }
    if (tables.isFilledAbove(before, item)) {
      tables.remake([item.name]);
      return;
    }
    if (tables.mergeNamed(before, item)) return;
    this.keepAsLoaded(item, result, 'live-data', `its initialiser changed, but ${LIVE[tables.changing(before)]}`);
  }

  private changeValue(before: Named, item: Named, binding: Binding, result: ValueComparison): void {
    const { ctx, tables, baseFn, nextFn } = this.top;
    const { log, next } = ctx;
    const { value } = before;
    if (waits(item.value)) {
      if (result === 'differs') this.keep(item, 'statement-changed', WAITS);
      else this.keep(item, 'computed-at-load', 'it was computed as the module loaded, from the old values');
      return;
    }
    const isOtherModule = wrapsModule(value) && wrapsModule(item.value);
    const isMade =
      value !== null && !isOtherModule && (isPattern(value) || value.type === 'CallExpression' || value.type === 'NewExpression');
    const changing = isMade || makesObject(value) ? tables.changing(before) : 'no';
    if ((changing === 'surely' || changing === 'inside') && result === 'differs') {
      if (isCalledInPlace(value) && item.kind === 'class' && (item.value as Class | null)?.superClass)
        this.keep(item, 'class-changed', WRITTEN_OUT);
      else this.keep(item, 'live-data', 'its initialiser changed, but functions have put data into what it gave since');
      return;
    }
    const isFree = item.value === null || isEffectFree(item.value, next, nextFn);
    if (!isFree && !binding.captured && !tables.isGivenAway(item.name) && !(result === 'differs' && this.onlyFeedsValues(binding))) {
      if (result === 'differs')
        this.keep(item, 'statement-changed', 'its initialiser calls functions for what they do, and has run already');
      else this.keep(item, 'computed-at-load', 'it was computed as the module loaded, from the old values');
      return;
    }
    const warn = (code: VerdictCode, reason: string): void => void log.add(code, next, item.node, item.name, reason);
    const isHeld = tables.isHeld(item.name);
    if (isHeld && item.value && leadsChoice(this.top, { key: item.name, node: item.node }, value, item.value)) {
      this.top.kept.add(item.name);
      return;
    }
    if (isHeld && choosesAnew(ctx, value, item.value, baseFn, nextFn))
      warn('value-replaced', 'which of two functions it is may be another now, and callers may hold the one it was');
    else if (isHeld) reportOtherFunction(this.top, { key: item.name, node: item.node }, value, item.value);
    if (!isFree) {
      const left = changing === 'no' ? '' : ANEW;
      warn('initialiser-runs', `its initialiser calls functions, and runs again when the patch is linked${left}`);
    } else if (changing !== 'no' && !isMade) warn('value-copied', `the patch makes it anew${ANEW}`);
    if (isOtherModule) warn('value-copied', 'it is another module of the bundle now: who asked for the old one keeps that');
    if (this.isParted(before)) {
      this.top.makeFresh(
        item,
        'class-added',
        'it extends another class than the running one, which nobody holds: new code makes objects of a class of its own',
      );
      return;
    }
    const reason =
      result === 'differs'
        ? 'its value changed: every function that reads it is linked to the new one'
        : 'its value depends on one that changed';
    this.top.makeFresh(item, 'constant-changed', reason, this.besideText(item));
    this.giveTargets(item);
    tables.mergeHeld(before, item, binding);
    const old = this.top.oldBinding(item.name);
    if (old && makesInstances(old)) warn('value-copied', INSTANCES);
    else if (isCalledInPlace(value) && !isCalledInPlace(item.value) && tables.isGivenAway(item.name)) warn('value-copied', GIVEN_IN_PLACE);
  }

  private isParted({ value }: Named): boolean {
    const { base, match } = this.top.ctx;
    const cls = value && base.classAt.get(value);
    return cls != null && match.parted.has(cls);
  }

  /** Its value stays what the old code made it. */
  private keep(item: Named, code: VerdictCode, reason: string): void {
    const { log, next } = this.top.ctx;
    this.top.kept.add(item.name);
    log.add(code, next, item.node, item.name, reason);
  }

  /** The same, with `code` where its own source says otherwise now, and not only what it depends on. */
  private keepAsLoaded(item: Named, result: ValueComparison, code: VerdictCode, reason: string): void {
    if (result === 'differs') this.keep(item, code, reason);
    else this.keep(item, 'computed-at-load', AS_LOADED);
  }

  /** What else the statement gave the old value gets the new one. */
  private giveTargets(item: Named): void {
    for (const target of item.targets) this.top.assignments.giveTarget(target, item, item.name);
  }

  /** Whether all that reads the variable is what other variables are given. */
  private onlyFeedsValues(binding: Binding): boolean {
    const reads = binding.references.filter((r) => r.read);
    const values = [...this.top.items.named.values()].flatMap(({ value }) => value ?? []);
    return reads.length > 0 && reads.every(({ node }) => values.some((value) => contains(value, node)));
  }

  /** Why calls by name cannot go through the site of a function that goes on as it was; null where they can. */
  private callsDirectly(before: Named, item: Named): string | null {
    const { base, next } = this.top.ctx;
    const old = before.value && base.fnAt.get(before.value);
    const now = item.value && next.fnAt.get(item.value);
    if (!old || !now) return null;
    const site = base.plan.siteOf.get(old);
    const isKnown = [this.top.oldBinding(item.name), this.top.bindingOf(item.name)].some((own) => own && isKnownItself(own));
    // Its site gives it all that new code passes. One that the old code only calls nobody knows.
    const isItself = site?.forwarding !== 'known' && isKnown;
    if (!isItself && takesMore(site, now)) return 'it takes more arguments than its site passes on';
    return returnsNoPromise(old, now) ? 'its site returns promises, and it does no more' : null;
  }

  /** What a package that the patch changes as well gives away anew is there only when all is linked: it is looked up when it is read. */
  private besideText({ name, source, imported, kind }: Named): string | null {
    const { ctx, handle } = this.top;
    if (source === null || imported === '' || imported === '*' || !ctx.around.isBeside(source)) return null;
    if (this.top.bindingOf(name)?.reassigned) return null;
    // An ES module with a `require` of its own gets by that what no import gives.
    const asks = kind !== 'import' && this.top.oldBinding('require') ? 'require' : '$lp.require';
    return `${ctx.resolver.helper(handle, `${asks}(${JSON.stringify(source)})`)}[${JSON.stringify(imported)}]`;
  }
}

/** Whether a module of the kind that may wait as it loads does so for a value. */
function waits(value: AnyNode | null): boolean {
  let found = false;
  if (value)
    walk(value, (node) => {
      found ||= node.type === 'AwaitExpression';
      return !found && !isFunctionNode(node);
    });
  return found;
}

/** A symbol that no other is equal to. */
function isSymbol(value: AnyNode | null): boolean {
  return value?.type === 'CallExpression' && value.callee.type === 'Identifier' && value.callee.name === 'Symbol';
}

/** Written out as a function that is called where it stands, as compilers write a class for engines without classes. */
function isCalledInPlace(value: AnyNode | null): boolean {
  return value?.type === 'CallExpression' && isFunctionNode(value.callee as AnyNode);
}
