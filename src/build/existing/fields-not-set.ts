/**
 * Properties that objects which exist get as their constructor begins them, and that methods set from now on: on objects on which these
 * have been called before, what they would have set is not there.
 */
import type { AnyNode } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { isConstructor } from '../version/objects/create.ts';
import { functionAround } from '../version/program/function-around.ts';
import { givenBy, placesGiven } from '../version/kept/given-by.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { isPrivateName, propertyName } from '../version/forms/own-properties.ts';
import { leadsTo } from './set-otherwise.ts';

export interface GainedField {
  readonly name: string;
  /** What it begins with; null for nothing. */
  readonly value: AnyNode | null;
}

export function reportFieldsNotSet(ctx: ModuleContext, gained: readonly GainedField[]): void {
  if (gained.length === 0) return;
  const { base, next, match, log } = ctx;
  const begins = new Map(gained.map(({ name, value }) => [name, value ? next.text(value) : 'undefined']));
  for (const [fn, baseFn] of match.baseOf) {
    if (!match.differs(fn) || base.runsOnce(baseFn) || isConstructor(fn) || fn.kind === 'field') continue;
    for (const [one, ...more] of givenBy(fn, next, (inner) => match.baseOf.has(inner)).values()) {
      const { name, value, at } = one!;
      const begun = begins.get(name);
      // What is set twice is set for as long as the call lasts, and what is set to what it begins with is set back.
      if (begun === undefined || more.length > 0 || value === null || next.text(value) === begun || !isReadBeside(ctx, fn, name)) continue;
      const path = `${baseFn.path} ${name}`;
      if (log.rows.some((row) => row.path === path)) continue;
      log.add('instances-hold', next, at, path, `where it has been called before, it has not set ${name}, which other code reads`);
    }
  }
}

/** Whether code reads the property that runs without a call of the function before it. */
function isReadBeside({ next, around }: ModuleContext, fn: FunctionInfo, name: string): boolean {
  if (!isPrivateName(name) && around.isNamedBeside(name)) return true;
  const set = new Set(placesGiven({ variable: null, property: name }, next));
  return nodesOf(next.model.program, 'MemberExpression').some((node) => {
    if (propertyName(node) !== name || set.has(node) || contains(fn.node, node)) return false;
    return !isConstructor(functionAround(next, node)) && !leadsTo(next, fn, [node]);
  });
}
