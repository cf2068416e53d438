/** Variables that the top level gives one plain value after another: where one of these is another, the patch has a variable that gets all of them. */
import { isState } from '../../version/values/effects.ts';
import type { Assigned } from '../../version/forms/items.ts';
import { isPattern } from '../../version/values/object-kinds.ts';
import { writtenBehind } from '../../version/values/outlived.ts';
import type { TopDiff } from '../top.ts';

/** Whether the variable that a statement gives another value, or one more, can begin anew; and has it do so. */
export function beginsAnew(top: TopDiff, { target }: Assigned): boolean {
  if (target.type !== 'Identifier') return false;
  const { ctx, items, baseFn, nextFn } = top;
  const item = items.named.get(target.name);
  const binding = top.bindingOf(target.name);
  const old = top.oldBinding(target.name);
  if (!item || !binding || isState(baseFn, old) || isState(nextFn, binding)) return false;
  const given = items.assigned.filter((one) => one.target.type === 'Identifier' && one.target.name === item.name);
  const values = [...given, item].flatMap(({ value }) => value ?? []);
  const isPlain = values.every((value) => value.type === 'Literal' && !isPattern(value));
  // What statements give it within has to run as well.
  if (!isPlain || writtenBehind({ end: 0 }, binding, ctx.next, nextFn) !== values.length) return false;
  return top.renew(
    item.name,
    'constant-changed',
    'the top level gives it other values: every function that reads it is linked to the new one',
  );
}
