/**
 * What new code cannot do without of an object that others hold in a property: `this.rules.word.test(text)`, where the rules that
 * exist have no `word`. Those who hold such an object can be found, where their class has a name.
 */
import type { AnyNode } from 'acorn';
import type { OutdatedObjects } from '../../patch/format.ts';
import type { FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { classNamed } from '../version/objects/create.ts';
import { functionAround } from '../version/program/function-around.ts';
import { memberName } from '../version/program/member-name.ts';
import { useOf, usesOfVariable } from '../version/objects/needed.ts';
import type { Use } from '../version/objects/needed.ts';
import { nodesOf } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { isThis } from '../version/forms/this-names.ts';
import { nodesAbove } from '../version/program/walk.ts';

/** The objects whose `holder` has no such property; none where new code asks first whether it is there. */
export function lackingIn(
  ctx: ModuleContext,
  holder: string,
  property: string,
): readonly Pick<OutdatedObjects, 'scope' | 'objects' | 'late'>[] {
  const { base, next, match } = ctx;
  const found = new Map<string, Pick<OutdatedObjects, 'scope' | 'objects' | 'late'>>();
  for (const member of nodesOf(next.model.program, 'MemberExpression')) {
    const { object } = member;
    if (memberName(member) !== property || object.type !== 'MemberExpression') continue;
    if (memberName(object) !== holder || !isThis(object.object as AnyNode)) continue;
    const fn = functionAround(next, member);
    const uses = usesOf(member, fn, next);
    if (uses.has('asks') || object.optional) return [];
    const reader = uses.has('breaks') ? match.baseOf.get(methodAround(fn)) : undefined;
    const type = reader && classNamed(base, reader);
    if (!type) continue;
    const [held, key] = [`o[${JSON.stringify(holder)}]`, JSON.stringify(property)];
    const objects = `instances=>instances(${type.name}).filter(o=>${held}!==null&&typeof ${held}==='object'&&!(${key} in ${held}))`;
    found.set(`${type.handle.id} ${type.name}`, { scope: type.handle.id, objects, late: true });
  }
  return [...found.values()];
}

/** Also with a variable that is given it, whatever else that is given. */
function usesOf(member: AnyNode, fn: FunctionInfo, side: Side): ReadonlySet<Use> {
  const parents = nodesAbove(member, fn.node as AnyNode);
  const found = new Set<Use>([useOf(member, parents)]);
  let value = member;
  for (const parent of parents.toReversed()) {
    if (parent.type === 'ParenthesizedExpression' || (parent.type === 'ConditionalExpression' && parent.test !== value)) {
      value = parent;
      continue;
    }
    const target =
      parent.type === 'AssignmentExpression' && parent.right === value
        ? parent.left
        : parent.type === 'VariableDeclarator'
          ? parent.id
          : null;
    const binding = target?.type === 'Identifier' ? (side.refAt(target)?.binding ?? variable(target, fn)) : null;
    if (binding) for (const use of usesOfVariable(binding, fn)) found.add(use);
    break;
  }
  return found;
}

const variable = ({ name }: { readonly name: string }, fn: FunctionInfo) =>
  fn.body.bindings.get(name) ?? fn.scope.bindings.get(name) ?? null;

/** The function whose `this` code uses. */
function methodAround(fn: FunctionInfo): FunctionInfo {
  let at = fn;
  while (at.kind === 'arrow' && at.parent) at = at.parent;
  return at;
}
