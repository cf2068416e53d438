/**
 * What the new code of a closure goes by that has another value now: what has changed on both sides, the value and what is done
 * with it, may rest on each other. Closures that exist hold the old one.
 */
import type { AnyNode, ObjectExpression } from 'acorn';
import type { Reference } from '../../../source/model.ts';
import { keyName } from '../../../source/paths.ts';
import type { Draft } from '../../code/draft.ts';
import type { ModuleContext } from '../../code/context.ts';
import { nodesWithin } from '../../version/program/nodes.ts';
import type { Side } from '../../version/side.ts';

/** What it does with a variable; null where it may do as well with what that was. */
export function reliesOn({ base, next }: ModuleContext, { node, parent }: Reference, { fn, site }: Draft): string | null {
  if (parent.type === 'CallExpression' && parent.callee === node) return 'calls it';
  if (parent.type !== 'SpreadElement') return null;
  const isInto = ({ properties }: ObjectExpression): boolean =>
    properties.some((own) => own.type === 'SpreadElement' && own.argument.type === 'Identifier' && own.argument.name === node.name);
  const literalsIn = (side: Side, { start, end }: { readonly start: number; readonly end: number }): readonly ObjectExpression[] =>
    nodesWithin(side.model.program, 'ObjectExpression', start, end).filter(isInto);
  const now = literalsIn(next, fn.node).find(({ properties }) => properties.some((own) => own === (parent as AnyNode)));
  const before = literalsIn(base, site.fn.node).map(entriesOf);
  if (!now || before.length === 0) return null;
  const has = entriesOf(now);
  // What stood beside it is expected of what is spread there.
  return before.every((had) => [...had].some((name) => !has.has(name))) ? 'writes less beside it' : null;
}

function entriesOf({ properties }: ObjectExpression): ReadonlySet<string> {
  return new Set(properties.flatMap((own) => (own.type === 'Property' && !own.computed ? [keyName(own.key, false)] : [])));
}
