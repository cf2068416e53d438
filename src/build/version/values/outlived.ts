/**
 * Variables that the code of a scope which runs once gives another value behind a place: what stands there meant the one before,
 * and the name stands for another by the time a patch is linked.
 */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo, Reference } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import { isLoopTarget } from '../forms/loop-targets.ts';
import { runsWith } from '../program/once.ts';
import type { Side } from '../side.ts';

interface Place {
  readonly start: number;
  readonly end: number;
}

/** How often the scope gives the variable another value behind a place. */
export function writtenBehind({ end }: Pick<Place, 'end'>, binding: Binding, side: Side, owner: FunctionInfo): number {
  const written = binding.references.filter((ref) => ref.node.start >= end && isWrite(ref, side) && side.ownerOf(ref) === owner);
  const declared = /^(?:var|let|const)$/.test(binding.kind) ? binding.declarations : [];
  return written.length + declared.filter((id) => id.start >= end && (side.valueOf(id) !== null || isLoopTarget(id, side))).length;
}

/** The first variable that code at a place reads and that the scope gives another value behind it; null for none. */
export function outlivedIn(
  place: Place,
  side: Side,
  owner: FunctionInfo,
  isOwn: (binding: Binding) => boolean = () => false,
): string | null {
  // A getter that only hands on what a name stands for belongs to the scope, and runs when it is asked.
  const refs = side.refsIn(place.start, place.end).filter((ref) => side.ownerOf(ref) === owner && runsWith(ref.fn, owner));
  const found = refs.find(
    ({ binding, read }) => read && binding !== null && !isOwn(binding) && writtenBehind(place, binding, side, owner) > 0,
  );
  return found?.node.name ?? null;
}

/** What a name at the start of a target stands for, also where a declaration gives it another value. */
export function targetBinding(root: AnyNode, side: Side, owner: FunctionInfo): Binding | null {
  return root.type === 'Identifier' ? (side.refAt(root)?.binding ?? owner.body.bindings.get(root.name) ?? null) : null;
}

/** Why code at a place cannot run when a patch is linked. */
export const outlivedReason = (name: string): string => `${name} stands for something else now than it did there`;

/** A namespace that goes on, `X || (X = {})`, is what it was; so is a class that decorators have looked at. */
function isWrite({ write, node, parent }: Reference, side: Side): boolean {
  if (!write || side.isIgnored(node)) return false;
  if (parent.type !== 'AssignmentExpression' || parent.right.type !== 'CallExpression') return true;
  const { callee, arguments: given } = parent.right;
  const isGiven = given.some((argument) => argument.type === 'Identifier' && argument.name === node.name);
  return !(isGiven && /decorate$/i.test(memberText(callee) ?? ''));
}
