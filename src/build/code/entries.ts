/**
 * Entries that objects lack which the old code wrote out, where the literal of the new code has one more. New code that reads
 * it of such an object reads what the literal begins it with. Objects of any other look are left as they are.
 */
import type { AnyNode } from 'acorn';
import { isOwnWrite, valueForAll } from '../version/objects/gains.ts';
import type { Gain } from '../version/objects/gains.ts';
import type { ModuleContext } from './context.ts';
import { saysButConstants } from '../version/objects/options.ts';
import type { Side } from '../version/side.ts';
import { nodesOf } from '../version/program/nodes.ts';

/** The objects of which new code reads such an entry, each with the text of a function that gives one with it. */
export function entryReads(base: Side, next: Side, gains: (property: string) => readonly Gain[]): ReadonlyMap<AnyNode, string> {
  const found = new Map<AnyNode, string>();
  if (base === next) return found;
  // Each name once: the text may be of 10 MB, and read a thousand properties a million times.
  const known = new Map<string, readonly Gain[]>();
  const gainsOf = (name: string): readonly Gain[] => {
    const all = gains(name);
    return all.length === 0 || saysButConstants(base.model, name) ? [] : all;
  };
  let set: ReadonlySet<AnyNode> | null = null;
  for (const { object, property, computed } of nodesOf(next.model.program, 'MemberExpression')) {
    if (computed || property.type !== 'Identifier' || object.type === 'Super') continue;
    const { name } = property;
    let own = known.get(name);
    if (own === undefined) known.set(name, (own = gainsOf(name)));
    if (own.length === 0) continue;
    set ??= new Set(
      nodesOf(next.model.program, 'AssignmentExpression').flatMap((one) => (isOwnWrite(one) ? (one.left.object as AnyNode) : [])),
    );
    if (!set.has(object)) found.set(object, completing(name, own));
  }
  return found;
}

/** What new code finds in an entry of that name on all objects that were made without it; null where it does not on some. */
export function suppliedValue({ around, base }: ModuleContext, name: string): string | null {
  return saysButConstants(base.model, name) ? null : valueForAll(around.gains(name));
}

export const isSupplied = (ctx: ModuleContext, name: string): boolean => suppliedValue(ctx, name) !== null;

/** Free of names that the module may hide. */
function completing(name: string, gains: readonly Gain[]): string {
  const cases = gains.map(({ shape, value }) => {
    const keys = shape.map(([key]) => key);
    const values = shape.flatMap(([key, text]) => (text === null ? [] : [`o[${JSON.stringify(key)}]===${text}`]));
    return `${[`k.slice(0,${keys.length}).join()===${JSON.stringify(keys.join())}`, ...values].join('&&')}?{[${JSON.stringify(name)}]:${value},...o}:`;
  });
  return `((O,of)=>o=>{if(o==null||of(o)!==O.prototype)return o;const k=O.keys(o);return ${cases.join('')}o})(({}).constructor,({}).constructor.getPrototypeOf)`;
}
