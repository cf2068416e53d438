/** Where code of a module uses a function as a member of objects, as far as the text shows whose it is. */
import type { AnyNode, MemberExpression } from 'acorn';
import { ClassInfo } from '../../source/model.ts';
import type { FunctionInfo } from '../../source/model.ts';
import { BUILT_IN } from '../version/built-in.ts';
import { computedCalls, mayBe } from '../version/computed-members.ts';
import { classPathOf } from '../version/create.ts';
import { functionAround } from '../version/function-around.ts';
import { memberNamesOf } from '../version/member-names.ts';
import { nodesOf } from '../version/nodes.ts';
import { propertyName } from '../version/own-properties.ts';
import type { Side } from '../version/side.ts';
import { standingFor } from '../version/standing-for.ts';
import { isThis } from '../version/this-names.ts';

export interface MemberUse {
  /** The function in which it stands. */
  readonly fn: FunctionInfo;
  readonly value: AnyNode;
}

/**
 * Where code calls a method, or asks for what a getter gives: of an object that it is known to be a method of, or of its own
 * where it is not known what that has under the name, as a class above has what those below it define.
 */
export function usesAsMember(side: Side, by: FunctionInfo): readonly MemberUse[] {
  return memberNamesOf(by).flatMap((name) => usesAs(side, by, name));
}

function usesAs(side: Side, by: FunctionInfo, name: string): readonly MemberUse[] {
  const isGetter = by.kind === 'getter';
  const named = (usesIn(side.model.program).get(name) ?? []).flatMap(({ member, call }) => {
    const value = isGetter ? member : call;
    if (value === null) return [];
    const isOwn = isThis(member.object as AnyNode);
    const owners = isGetter && isOwn ? [] : standingFor(side).definitions(member);
    const isGuessed = isOwn && owners.length === 0 && classPathOf(by) !== '' && !BUILT_IN.has(name);
    if (!owners.includes(by) && !isGuessed) return [];
    const fn = functionAround(side, value);
    return fn === by ? [] : { fn, value };
  });
  const computed = (isGetter ? [] : computedCalls(side)).flatMap(({ member, call }) => {
    if (!mayBe(side, member.property as AnyNode, name)) return [];
    const isOne =
      standingFor(side)
        .membersOf(member.object as AnyNode, name)
        .includes(by) || isBelow(side, by, member.object as AnyNode);
    const fn = isOne ? functionAround(side, call) : by;
    return fn === by ? [] : { fn, value: call };
  });
  return [...named, ...computed];
}

/** Whether code takes a member of its own object, in a class which that of a method extends. */
function isBelow(side: Side, { owner }: FunctionInfo, object: AnyNode): boolean {
  const around = owner && isThis(object) ? functionAround(side, object).thisOwner.owner : null;
  const seen = new Set<unknown>();
  for (let at: unknown = owner; around && at instanceof ClassInfo && !seen.has(at);) {
    if (at === around) return true;
    seen.add(at);
    at = at.node.superClass ? side.definitionOf(at.node.superClass as AnyNode) : null;
  }
  return false;
}

interface Use {
  readonly member: MemberExpression & AnyNode;
  /** The call of it. */
  readonly call: AnyNode | null;
}

const uses = new WeakMap<AnyNode, ReadonlyMap<string, readonly Use[]>>();

/** Where a program names members, by the name. */
function usesIn(program: AnyNode): ReadonlyMap<string, readonly Use[]> {
  const known = uses.get(program);
  if (known) return known;
  const called = new Map<AnyNode, AnyNode>();
  for (const call of nodesOf(program, 'CallExpression')) called.set(call.callee as AnyNode, call);
  const found = new Map<string, Use[]>();
  for (const member of nodesOf(program, 'MemberExpression')) {
    const name = propertyName(member);
    const all = name === null ? undefined : found.get(name);
    const use = { member, call: called.get(member) ?? null };
    if (all) all.push(use);
    else if (name !== null) found.set(name, [use]);
  }
  uses.set(program, found);
  return found;
}
