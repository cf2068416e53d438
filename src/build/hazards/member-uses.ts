/** Where code of a module uses a function as a member of objects, as far as the text shows whose it is. */
import type { AnyNode, MemberExpression } from 'acorn';
import { ClassInfo } from '../../source/model.ts';
import type { FunctionInfo } from '../../source/model.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { BUILT_IN } from '../version/program/built-in.ts';
import { computedCalls, mayBe } from '../version/objects/computed-members.ts';
import { classPathOf } from '../version/objects/create.ts';
import { functionAround } from '../version/program/function-around.ts';
import { memberNamesOf } from '../version/objects/member-names.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { propertyName } from '../version/forms/own-properties.ts';
import type { Side } from '../version/side.ts';
import { standingFor } from '../version/values/standing-for.ts';
import { isThis } from '../version/forms/this-names.ts';

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
  const named = ((isGetter ? readsIn : callsIn)(side.model.program).get(name) ?? []).flatMap(({ member, value }) => {
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
export function isBelow(side: Side, { owner }: FunctionInfo, object: AnyNode): boolean {
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
  /** What is used: the member, or the call of it. */
  readonly value: AnyNode;
}

/** Where a program calls members, by their names. */
const callsIn = askedOnce((program: AnyNode): ReadonlyMap<string, readonly Use[]> =>
  byName(
    nodesOf(program, 'CallExpression').flatMap((call) =>
      call.callee.type === 'MemberExpression' ? [{ member: call.callee as MemberExpression & AnyNode, value: call as AnyNode }] : [],
    ),
  ),
);

/** Where it names them: few of a program's members are getters. */
const readsIn = askedOnce((program: AnyNode): ReadonlyMap<string, readonly Use[]> =>
  byName(nodesOf(program, 'MemberExpression').map((member) => ({ member, value: member }))),
);

function byName(all: readonly Use[]): ReadonlyMap<string, readonly Use[]> {
  const found = new Map<string, Use[]>();
  for (const use of all) {
    const name = propertyName(use.member);
    const known = name === null ? undefined : found.get(name);
    if (known) known.push(use);
    else if (name !== null) found.set(name, [use]);
  }
  return found;
}
