/**
 * Options that a constructor had put together by a function that has changed: `this.options = complete(options)`. What that
 * function made before is what it may be given, so for objects that exist it completes what they hold, where all tasks switch
 * at once. What it once filled in by itself, and fills in otherwise now, counts as not given.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { FunctionInfo } from '../../../source/model.ts';
import { compareCode } from '../../code/context.ts';
import type { Completion, ModuleContext } from '../../code/context.ts';
import { assignments } from '../../code/fields.ts';
import { setOnOthers } from '../../version/objects/unrelated.ts';
import { isWritten } from '../../version/objects/written.ts';
import { importCalled } from '../../hazards/at-load.ts';
import type { AtLoad } from '../../hazards/at-load.ts';
import { importsOf } from '../../version/modules/imports.ts';
import { heldIn } from '../../hazards/held-results.ts';
import type { Held } from '../../hazards/held-results.ts';
import { accessTo } from '../../version/forms/own-properties.ts';
import { completerOf } from '../../version/objects/completer.ts';
import { classNamed } from '../../version/objects/create.ts';
import type { InScope } from '../../version/objects/create.ts';
import { effectsOf } from '../../version/values/effects.ts';
import type { Items } from '../../version/forms/items.ts';
import { rootOf } from '../../version/program/walk.ts';
import type { Conversions } from '../tables/conversions.ts';

export class Completions {
  private readonly ctx: ModuleContext;
  private readonly atLoad: AtLoad;

  constructor(ctx: ModuleContext, atLoad: AtLoad) {
    this.ctx = ctx;
    this.atLoad = atLoad;
  }

  /** The names by which the module gives away functions that have changed and complete what they are given. */
  givenBy(items: Items): Map<string, Completion> {
    const changed = new Set(this.atLoad.changed);
    const found = new Map<string, Completion>();
    for (const [name, owners] of this.atLoad.given(items, (owner) => owner instanceof FunctionInfo && changed.has(owner))) {
      const [fn] = owners;
      const completion = owners.length === 1 && fn instanceof FunctionInfo ? this.of(fn) : null;
      if (completion) found.set(name, completion);
    }
    return found;
  }

  /** Has `conversions` complete what objects hold; true for what is completed. */
  carry(conversions: Conversions): (held: Held) => boolean {
    const { next, log, around, file, base } = this.ctx;
    const carried = new Set<string>();
    const pathOf = ({ fn, name }: Held): string => `${fn.path} ${name}`;
    const imports = importsOf(next);
    for (const held of around.hook?.module === file ? [] : heldIn(next)) {
      const was = this.ctx.match.baseOf.get(held.fn);
      const completion = held.code === 'instances-hold' ? this.completionBy(held, imports) : null;
      const type = was ? classNamed(base, was) : null;
      const call = completion && was && type ? this.callBefore(held, was, type) : null;
      if (!call || !completion || !type) continue;
      const property = `o${accessTo(held.name)}`;
      const unset = completion.map(([name, text]) => `if(c[${JSON.stringify(name)}]===${text})delete c[${JSON.stringify(name)}];`);
      conversions.convert(type, {
        up: `{const w=${property};if(typeof w==='object'&&w!==null){const c={...w};${unset.join('')}$lp_was.set(o,[w,${property}=(0,${call})(c)])}}`,
        down: `{const e=$lp_was.get(o);if(e&&${property}===e[1])${property}=e[0]}`,
      });
      carried.add(pathOf(held));
      log.add(
        'field-converted',
        next,
        held.call,
        pathOf(held),
        'what objects that exist hold there is completed anew when all tasks switch at once',
      );
    }
    return (held) => carried.has(pathOf(held));
  }

  /** Null for a function that does more than to complete what it is given, in one of the versions. */
  private of(fn: FunctionInfo): Completion | null {
    const { base, next, match, around } = this.ctx;
    const old = match.baseOf.get(fn);
    const before = old && completerOf(old, base);
    const after = completerOf(fn, next);
    const { unknown, external, bindings } = effectsOf((fn.node as FunctionNode & AnyNode).body, next, fn);
    if (!before || !after || unknown || external || [...bindings].some(({ scope }) => scope.fn !== fn)) return null;
    const found: (readonly [string, string])[] = [];
    // What the old version left out may have been given to it, and what is no options may have had it.
    const isLost = (name: string): boolean => !before.defaults.has(name) && (!after.takesOptions || around.mayTake(name));
    if (!before.keepsAll && (after.keepsAll || [...after.defaults.keys()].some(isLost))) return null;
    for (const [name, was] of before.defaults) {
      const is = after.defaults.get(name);
      if (!is || base.text(was) === next.text(is)) continue;
      if (was.type !== 'Literal' || typeof was.value === 'object') return null;
      found.push([name, base.text(was)]);
    }
    return found;
  }

  private completionBy({ call }: Held, imports: ReturnType<typeof importsOf>): Completion | null {
    const { next, around } = this.ctx;
    const [own, ...others] = this.atLoad.definitions(call.callee);
    if (own && others.length === 0 && own instanceof FunctionInfo && this.atLoad.changed.includes(own)) return this.of(own);
    const called = importCalled(next, imports, call.callee);
    const given = called && around.given(called.source);
    for (const name of called?.names ?? []) {
      const completion = given?.completing.get(name);
      if (completion) return completion;
    }
    return null;
  }

  /** The text of what the old constructor calls in the same place, with the same parameter of it; null where that is not so. */
  private callBefore({ fn, name, call }: Held, was: FunctionInfo, { handle }: InScope): string | null {
    const { base } = this.ctx;
    const [now, before] = [assignments(fn).get(name), assignments(was).get(name)];
    const value = before?.value;
    const [argument, ...more] = call.arguments;
    if (now?.value !== call || value?.type !== 'CallExpression' || more.length > 0 || argument?.type !== 'Identifier') return null;
    if (was.scope.bindings.get(argument.name)?.kind !== 'param' || compareCode(this.ctx, value, call, was, fn) === 'differs') return null;
    const others = was.owner ? setOnOthers(was.owner, base) : [];
    if (isWritten(name, base.model.program, [...before!.statements, ...others])) return null;
    const root = rootOf(value.callee);
    const [ref] = root.type === 'Identifier' ? base.refsIn(root.start, root.end) : [];
    return ref?.binding && handle.scope.lookup(ref.binding.name) === ref.binding
      ? base.model.text.slice(value.callee.start, value.callee.end)
      : null;
  }
}
