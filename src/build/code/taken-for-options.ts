/** Objects of which a property was taken for an option that nobody gave, though nothing says that they hold options. */
import type { AnyNode } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { Binding } from '../../source/model.ts';
import { isNamedOptions } from '../version/objects/options.ts';
import type { Side } from '../version/side.ts';
import type { Given } from './given.ts';
import { declaratorsOf } from './part-and-whole.ts';
import type { Derivation } from './derive.ts';

/** The names of those that closures have a variable of; none for what surely holds options. */
export function derivedOfOthers({ binding, kind, missing }: Derivation, side: Side): ReadonlySet<string> {
  return othersIn([...missing.map(({ node }) => node), ...(kind === 'option' ? takenFrom(binding) : [])], side);
}

/** What a statement takes a variable from: `const { limit = 5 } = options`. */
export function takenFrom({ declarations, scope }: Binding): readonly AnyNode[] {
  const isOf = (pattern: AnyNode): boolean => pattern.type === 'ObjectPattern' && declarations.some((own) => contains(pattern, own));
  const init = declaratorsOf(scope.fn).find(({ id }) => isOf(id))?.init;
  return init ? [init] : [];
}

/** The same of those that instances have a field of. */
export function givenOfOthers(given: Given, side: Side): ReadonlySet<string> {
  const inner = [...given.locals.values()].flatMap((local) => [...givenOfOthers(local.given, side)]);
  return new Set([...inner, ...othersIn([...given.missing.keys(), ...(given.asked ?? [])], side)]);
}

/** The same of what expressions read. */
export function othersIn(nodes: readonly AnyNode[], side: Side): ReadonlySet<string> {
  const refs = nodes.flatMap(({ start, end }) => [...side.refsIn(start, end)]);
  return new Set(refs.flatMap(({ binding }) => (binding && !isNamedOptions(binding, side) ? binding.name : [])));
}
