/**
 * Values that are others in the text of a function and that calls of its old version have left where they outlive these: in an
 * object with methods, in what keeps its arguments, in a bound function, a `Proxy`, a list or a map, on an object that was there
 * before. What exists goes on with them.
 */
import type { AnyNode } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { Binding } from '../../source/model.ts';
import { shortened } from '../../source/text.ts';
import type { ModuleContext } from '../code/context.ts';
import { leftBy } from '../version/kept/left.ts';
import type { Left } from '../version/kept/left.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { readersOf } from './changed-variables.ts';
import { Comparison } from './left-comparison.ts';
import { tablesFilledAnew } from './filled-anew.ts';

const MOST_CHARACTERS = 60;

/** `all`: the variables of scopes that run once which are others now. */
export function reportLeft(ctx: ModuleContext, all: ReadonlySet<Binding>): void {
  const { base, next, match, log, resolver } = ctx;
  // What changes in place is the same for all who hold it.
  const inPlace = new Set(log.rows.flatMap(({ code, path }) => (code === 'table-changed' ? path : [])));
  const constants = new Set([...all].filter((binding) => resolver.fresh.has(binding) && !inPlace.has(binding.name)));
  const told = new Set(
    log.rows.flatMap(({ code, path }) =>
      /^(?:instances|capture|closure|set-up|cache|results)-|^constructor-changed$|^field-converted$|^value-copied$/.test(code) ? path : [],
    ),
  );
  const emptied = tablesFilledAnew(log);
  const filling = nodesOf(next.model.program, 'AssignmentExpression').filter(
    ({ left }) => left.type === 'Identifier' && emptied.has(left.name),
  );
  const reads = readersOf(ctx, constants);
  for (const [fn, baseFn] of match.baseOf) {
    if (fn.kind === 'static' || base.runsOnce(baseFn)) continue;
    if (!match.differs(fn) && !reads(fn)) continue;
    const compared = new Comparison(ctx, baseFn, fn, constants);
    for (const [was, now] of pairsOf(leftBy(baseFn, base), leftBy(fn, next), ctx)) {
      const found = compared.find(was, now);
      const key = baseFn.kind === 'field' ? now.property : found?.key;
      const path = `${baseFn.owner && baseFn.kind === 'field' ? baseFn.owner.path : baseFn.path}${key ? ` ${key}` : ''}`;
      const isTold = (found?.was.type === 'Identifier' && told.has(found.was.name)) || (now.variable && told.has(now.variable.name));
      if (
        !found ||
        isTold ||
        filling.some((own) => contains(own, found.now)) ||
        (now.object && emptied.has(nameOf(now.object))) ||
        told.has(path) ||
        told.has(baseFn.path)
      )
        continue;
      log.add(
        'instances-hold',
        next,
        found.now,
        path,
        `what calls of it have left keeps ${shortened(base.written({ node: found.was }).replaceAll(/\s+/g, ' '), MOST_CHARACTERS)}`,
      );
      break;
    }
  }
}

/** `cache` of `this.cache`, and of `cache`. */
function nameOf(object: AnyNode): string {
  if (object.type === 'MemberExpression') return memberName(object) ?? '';
  return object.type === 'Identifier' ? object.name : '';
}

/** What is left in the same places, where it is not the same. */
function pairsOf(before: readonly Left[], now: readonly Left[], { base, next }: ModuleContext): (readonly [Left, Left])[] {
  const grouped = (all: readonly Left[]): Map<string, Left[]> => {
    const found = new Map<string, Left[]>();
    for (const one of all) found.set(one.place, [...(found.get(one.place) ?? []), one]);
    return found;
  };
  const old = grouped(before);
  return [...grouped(now)].flatMap(([place, all]) => {
    const were = old.get(place) ?? [];
    // What is written the same may be of a variable of the function that is given another value.
    if (were.length === all.length) return all.map((one, i) => [were[i]!, one] as const);
    const [texts, had] = [new Set(all.map(({ value }) => next.text(value))), new Set(were.map(({ value }) => base.text(value)))];
    const gone = were.filter(({ value }) => !texts.has(base.text(value)));
    const come = all.filter(({ value }) => !had.has(next.text(value)));
    return gone.length === come.length ? come.map((one, i) => [gone[i]!, one] as const) : [];
  });
}
