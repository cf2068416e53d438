/**
 * Options that a function newly passes on beside others: `socket.begin({ limit: this.options.limit })`, `socket.begin(this.options.size,
 * this.options.limit)`. Nobody can have given one
 * that the old version says nowhere, so what calls of it have made goes on as it began.
 */
import type { AnyNode, MemberExpression } from 'acorn';
import { entriesOf } from '../code/gained.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { rootOf } from '../version/program/walk.ts';

/** The names of those that `now` passes on and `was` does not; null where the two calls differ in anything else. */
export function newlyPassed(was: AnyNode, base: Side, now: AnyNode, next: Side, knew: (name: string) => boolean): readonly string[] | null {
  if (was.type !== 'CallExpression' || now.type !== 'CallExpression' || was.arguments.length > now.arguments.length) return null;
  if (base.text(was.callee) !== next.text(now.callee)) return null;
  const names: string[] = [];
  const sourcesBefore = new Set(was.arguments.map((given) => sourceOf(given as AnyNode, base)));
  for (const [i, given] of now.arguments.entries()) {
    const before = was.arguments[i] as AnyNode | undefined;
    if (!before) {
      const source = sourceOf(given as AnyNode, next);
      const name = source !== null && sourcesBefore.has(source) ? memberName(given as MemberExpression) : null;
      if (name === null || knew(name)) return null;
      names.push(name);
      continue;
    }
    if (base.text(before) === next.text(given)) continue;
    const [had, has] = [entriesOf(before), entriesOf(given)];
    if (!had || !has) return null;
    for (const [name, { value }] of had) {
      const same = has.get(name);
      if (!same || base.text(value) !== next.text(same.value)) return null;
    }
    const sources = new Set([...had.values()].map(({ value }) => sourceOf(value as AnyNode, base)));
    for (const [name, { value }] of has) {
      if (had.has(name)) continue;
      const source = sourceOf(value as AnyNode, next);
      if (source === null || !sources.has(source) || memberName(value as MemberExpression) !== name || knew(name)) return null;
      names.push(name);
    }
  }
  return names.length > 0 ? names : null;
}

/** What an entry is taken of, as text: an object that each call has another of. Null for any other value. */
function sourceOf(value: AnyNode, side: Side): string | null {
  if (value.type !== 'MemberExpression') return null;
  const root = rootOf(value);
  const binding = root.type === 'Identifier' ? side.refAt(root)?.binding : null;
  const isOfCall = root.type === 'ThisExpression' || (binding != null && !side.runsOnce(binding.scope.fn));
  return isOfCall ? side.text(value.object as AnyNode) : null;
}
