/** Caches that each call of a function makes for the closures that it gives away: they begin empty, and stay the same object. */
import type { AnyNode } from 'acorn';
import { runsOnce } from '../../../instrument/plan.ts';
import type { Binding } from '../../../source/model.ts';
import { CACHE } from '../forms/cache-names.ts';
import { booleanOf, isNull, isUndefined } from '../forms/nothing.ts';
import { isEmptyTable, kindOf } from '../values/object-kinds.ts';
import type { Side } from '../side.ts';

/** What holds the latest in the memory of the process, and no more. A cache by any other name may be on a disk, or begin filled. */
const LATEST = /^(?:\w*LRU\w*|Lru\w*|lru\w*|Fifo\w*|FIFO\w*|(?:Memory|Mini|Quick|TTL|Tiny)?Cache)$/;

const known = new WeakMap<Binding, boolean>();

export function isClosureCache(side: Side, binding: Binding): boolean {
  let is = known.get(binding);
  if (is === undefined) known.set(binding, (is = findIsClosureCache(side, binding)));
  return is;
}

function findIsClosureCache(side: Side, { name, kind, captured, reassigned, declarations, scope }: Binding): boolean {
  const [id, ...others] = declarations;
  if (!CACHE.test(name) || !/^(?:var|let|const)$/.test(kind) || !captured || reassigned || !id || others.length > 0) return false;
  if (scope !== scope.fn.body || scope.fn.kind === 'module' || runsOnce(side.plan.handleOf.get(scope.fn)?.kind)) return false;
  return beginsEmpty(side.valueOf(id) ?? null, (value) => isEmptyTable(value) || isLatest(value));
}

/** Whether such a cache is of a kind of which another can be made: one of the language, or one that holds the latest in memory. */
export function isOfKnownKind(side: Side, { declarations: [id] }: Binding): boolean {
  const isKnown = (value: AnyNode): boolean =>
    isLatest(value) || (isEmptyTable(value) && (value.type !== 'NewExpression' || /^new (?:Weak)?Map$/.test(kindOf(value) ?? '')));
  return id !== undefined && beginsEmpty(side.valueOf(id) ?? null, isKnown);
}

const isLatest = (value: AnyNode): boolean =>
  (value.type === 'NewExpression' || value.type === 'CallExpression') &&
  value.callee.type === 'Identifier' &&
  LATEST.test(value.callee.name);

/** `new Map()`, and where the program may do without: `options.cache ? new Map() : null`. */
function beginsEmpty(value: AnyNode | null, isEmpty: (value: AnyNode) => boolean): boolean {
  switch (value?.type) {
    case 'ConditionalExpression':
      return [value.consequent, value.alternate].every((one) => isNothing(one) || beginsEmpty(one, isEmpty));
    case 'LogicalExpression':
      return value.operator === '&&' && beginsEmpty(value.right, isEmpty);
    default:
      return value != null && isEmpty(value);
  }
}

const isNothing = (value: AnyNode): boolean => isUndefined(value) || isNull(value) || booleanOf(value) === false;
