/**
 * Statements at the top level that put things into tables, where such a statement is new, has gone or has changed. A table
 * that this module alone holds is made anew in the patch, by all that fills it; so is one that others hold, and what they
 * hold is changed in place to go with it. Into a table that functions fill as well goes what a new statement adds.
 */
import type { AnyNode } from 'acorn';
import { contains } from '../../../source/contains.ts';
import type { Binding, Reference } from '../../../source/model.ts';
import { compareCode } from '../../code/context.ts';
import { effectsOf, isEffectFree, isMutatedByFunctions, isState } from '../../version/values/effects.ts';
import type { Effects, TakenFor } from '../../version/values/effects.ts';
import { starred } from '../../version/forms/items.ts';
import { Methods } from './methods.ts';
import { isRegisteredLater, registersAs } from './moved-statements.ts';
import { isLoopTarget } from '../../version/forms/loop-targets.ts';
import { isPattern, makesObject } from '../../version/values/object-kinds.ts';
import { requiredBy } from '../../version/program/ran.ts';
import type { Side } from '../../version/side.ts';
import { memberName } from '../../version/program/member-name.ts';
import type { TopDiff } from '../top.ts';
import { walk } from '../../version/program/walk.ts';

export class Fills {
  private readonly top: TopDiff;
  private known: Methods | null = null;

  constructor(top: TopDiff) {
    this.top = top;
  }

  private get methods(): Methods {
    return (this.known ??= new Methods(this.top.ctx));
  }

  update(): void {
    const { top } = this;
    const { base, next } = top.ctx;
    const gone = top.goneOthers.map((node) => ({ node, names: namesOf(node, effectsOf(node, base, top.baseFn)) }));
    for (const node of [...top.newOthers, ...this.outdated()]) {
      if (top.declarations.has(node) || top.fills.has(node)) continue;
      const isNew = top.newOthers.includes(node);
      const effects = effectsOf(node, next, top.nextFn, isNew ? this.methods : null);
      const tables = namesOf(node, effects);
      if (tables === null) continue;
      const isAgain = ({ node: was, names }: (typeof gone)[number]): boolean =>
        names !== null && top.newOthers.some((other) => registersAs(was, other)) && putsUnderKeys(effects);
      const isLeft = gone.every((was) => was.names?.every((name) => !tables.includes(name)) === true || isAgain(was));
      const fits =
        isNew &&
        isLeft &&
        !effects.defines &&
        top.grown.get(node)?.isSame() !== false &&
        !(putsUnderKeys(effects) && isRegisteredLater(node, top.pairs)) &&
        tables.every((name) => this.canFill(name));
      if (effects.taken.length > 0) {
        if (fits && this.areAsBefore(effects))
          top.fills.set(node, { tables, taken: effects.taken.map((one) => this.callOf(one)), star: null });
        continue;
      }
      top.renewCalled(effects.called);
      const own = tables.every((name) => this.canRemake(name));
      if (own && !tables.some((name) => top.tables.mayBeHeld(name))) top.tables.remake(tables);
      else if (fits) top.fills.set(node, { tables, taken: [], star: starred(node, next) });
      else if (own) top.tables.remake(tables);
    }
    for (const { names } of gone) {
      const own = (names ?? []).filter((name) => this.canRemake(name));
      if (own.length > 0) top.tables.remake(own);
    }
  }

  private areAsBefore({ called }: Effects): boolean {
    return [...called].every((fn) => this.methods.isAsBefore(fn));
  }

  private callOf({ callee, fn }: TakenFor): readonly [callee: string, text: string] {
    return [this.top.ctx.next.model.text.slice(callee.start, callee.end), this.methods.textOf(fn)];
  }

  /** Whether what a statement calls still runs as it did, now that all is settled. */
  holds(node: AnyNode): boolean {
    const { taken } = this.top.fills.get(node)!;
    return taken.length === 0 || this.areAsBefore(effectsOf(node, this.top.ctx.next, this.top.nextFn, this.methods));
  }

  /** Statements that are the same, and read what is another value now. */
  private outdated(): AnyNode[] {
    const { ctx, pairs, baseFn, nextFn } = this.top;
    return pairs.filter(([a, b]) => compareCode(ctx, a, b, baseFn, nextFn) === 'depends').map(([, b]) => b);
  }

  /** A table that this scope alone makes and fills. */
  private canRemake(name: string): boolean {
    const { items, old, ctx, baseFn, nextFn } = this.top;
    const item = items.named.get(name);
    const before = old.named.get(name);
    const binding = this.top.bindingOf(name);
    const was = this.top.oldBinding(name);
    if (!item || !before || !binding || this.top.kept.has(name)) return false;
    if (isState(baseFn, was) || isState(nextFn, binding)) return false;
    if (isMutatedByFunctions(nextFn, binding) || isMutatedByFunctions(baseFn, was)) return false;
    if (!item.value) return item.source === null && before.value === null && isGivenWhatIsThere(binding, ctx.next);
    if (!isEffectFree(item.value, ctx.next, nextFn)) return false;
    // A number that the statements count up is part of what they make.
    if (!makesObject(item.value)) return item.value.type === 'Literal' && binding.references.some((r) => r.write);
    return before.pattern?.type === 'Identifier' && item.pattern?.type === 'Identifier';
  }

  /** An object of both versions that the name stands for in both. */
  private canFill(name: string): boolean {
    if (name === 'exports') return true;
    // What a variable is given instead could not be taken back.
    const isAnother = this.top.bindingOf(name)?.reassigned !== false || this.top.oldBinding(name)?.reassigned !== false;
    const value = this.top.items.named.get(name)?.value;
    // Nobody can tell what a weak collection holds.
    const isWeak = value?.type === 'NewExpression' && value.callee.type === 'Identifier' && /^Weak(Map|Set)$/.test(value.callee.name);
    return this.top.lives(name) && !isAnother && !isWeak && value?.type !== 'Literal';
  }
}

/** Whether all that a variable is given is there without it: another module, a constant, what a name of the module stands for. */
function isGivenWhatIsThere({ references, declarations }: Binding, side: Side): boolean {
  const isThere = (value: AnyNode): boolean => {
    switch (value.type) {
      case 'Literal':
        return !isPattern(value);
      case 'Identifier': {
        const scope = side.refAt(value)?.binding?.scope;
        // What a block declares is made anew with it.
        return !scope || scope === scope.fn.body || scope === scope.fn.scope;
      }
      case 'MemberExpression':
        return !value.computed && isThere(value.object);
      case 'UnaryExpression':
        return value.operator !== 'delete' && isThere(value.argument);
      case 'LogicalExpression':
        return isThere(value.left) && isThere(value.right);
      case 'ConditionalExpression':
        return isThere(value.consequent) && isThere(value.alternate);
      default:
        return requiredBy(value) !== null;
    }
  };
  const isGiven = ({ node, parent }: Reference): boolean =>
    parent.type === 'AssignmentExpression' && parent.left === node && parent.operator === '=' && isThere(parent.right);
  const writes = references.filter(({ write }) => write);
  const values = declarations.map((id) => (isLoopTarget(id, side) ? undefined : side.valueOf(id))).filter((value) => value !== null);
  return writes.length > 0 && writes.every(isGiven) && values.every((value) => value !== undefined && isThere(value));
}

/**
 * Whether all that a statement does is to have one function of the module put values under keys: what is put under the same key
 * again takes the place of what was there.
 */
function putsUnderKeys({ called, taken }: Effects): boolean {
  const [fn, ...others] = called;
  if (!fn || others.length > 0 || taken.length > 0) return false;
  let holds = true;
  walk(fn.node as AnyNode, (node) => {
    const { type } = node;
    if (type === 'AssignmentExpression') holds &&= node.operator === '=' && node.left.type === 'MemberExpression' && node.left.computed;
    if (type === 'CallExpression') holds &&= node.callee.type !== 'MemberExpression' || memberName(node.callee) === 'set';
    holds &&= type !== 'UpdateExpression' && (type !== 'UnaryExpression' || node.operator !== 'delete');
    return holds;
  });
  return holds;
}

/** The names of the tables that a statement changes, if that is all it does: what it counts by, and nothing else uses, is none. */
function namesOf(node: AnyNode, { unknown, external, bindings }: Effects): readonly string[] | null {
  const isOwn = ({ declarations, references }: Binding): boolean =>
    declarations.every((id) => contains(node, id)) && references.every((ref) => contains(node, ref.node));
  const tables = [...bindings].filter((binding) => !isOwn(binding));
  return unknown || external || tables.length === 0 ? null : tables.map(({ name }) => name).sort();
}
