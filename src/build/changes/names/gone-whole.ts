/** What a CommonJS module gave away as a whole, where the new version gives away properties of its exports instead, or nothing. */
import type { AnyNode } from 'acorn';
import { memberText } from '../../../source/paths.ts';
import { nodesOf } from '../../version/program/nodes.ts';
import type { Side } from '../../version/side.ts';
import type { TopDiff } from '../top.ts';

export function reportGoneWhole({ ctx, old }: TopDiff): void {
  const { base, next, log } = ctx;
  const declared = [...old.named.values()].find(({ targets }) => targets.some(isWhole));
  // Where one property is defined by a call, the target is what gets it.
  const whole = old.assigned.find(({ key }) => key === 'module.exports') ?? declared;
  if (!whole?.value || isPlain(base, whole.value)) return;
  // Wherever it stands: a wrapper may give it away.
  if (nodesOf(next.model.program, 'AssignmentExpression').some(({ left }) => isWhole(left as AnyNode))) return;
  const isOther = base.definitionMeant(whole.value) !== null || whole.value.type === 'Literal' || whole.value.type === 'NewExpression';
  const reason = 'who has required the module holds it, and the new version gives away an object of other names';
  log.add(isOther ? 'value-replaced' : 'value-copied', base, whole.node, 'module.exports', reason);
}

const isWhole = (target: AnyNode): boolean => memberText(target) === 'module.exports';

/** An object that goes on with the properties which the new version gives away. */
function isPlain(side: Side, value: AnyNode): boolean {
  if (value.type === 'ObjectExpression') return true;
  const { binding } = (value.type === 'Identifier' && side.refAt(value)) || { binding: null };
  if (binding?.kind === 'implicit') return true;
  const [id] = binding?.declarations ?? [];
  return id !== undefined && side.valueOf(id)?.type === 'ObjectExpression';
}
