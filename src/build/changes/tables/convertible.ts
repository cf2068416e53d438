/** Which tables can become tables of another kind, so that nothing of what they hold is lost and nobody goes on with the old one. */
import type { AnyNode } from 'acorn';
import type { Binding } from '../../../source/model.ts';
import { isNothing } from '../../hazards/filled-once.ts';
import { isBare, kindOf, makesTable } from '../../version/values/object-kinds.ts';
import type { Side } from '../../version/side.ts';
import { memberName } from '../../version/program/member-name.ts';
import { walk } from '../../version/program/walk.ts';

export type Target = 'bare object' | 'Map' | 'Set';

export function conversionOf(was: AnyNode, now: AnyNode): Target | null {
  switch (kindOf(was)) {
    case 'ObjectExpression':
      if (isBare(now)) return isBare(was) ? null : 'bare object';
      return kindOf(now) === 'new Map' ? 'Map' : null;
    case 'ArrayExpression':
      return kindOf(now) === 'new Set' ? 'Set' : null;
    default:
      return null;
  }
}

/** Whether `v`, which the property with the descriptor `d` holds, cannot be converted, or back, with all that it has, as an expression. */
export function resists(to: Target): string {
  const isPlain = "typeof v==='object'&&v!==null&&Object.getPrototypeOf(v)===Object.prototype";
  switch (to) {
    case 'bare object':
      return `${isPlain}&&!Object.isExtensible(v)`;
    case 'Map':
      return `${isPlain}&&(d?.writable===false||Reflect.ownKeys(v).some(k=>typeof k==='symbol'||String(Number(k))===k))`;
    case 'Set':
      return 'Array.isArray(v)&&(d?.writable===false||new Set(v).size!==v.length)';
  }
}

/**
 * Whether the module always makes what a property of that name holds, and, where that becomes another object, no other of its
 * objects and variables has it too.
 */
export function isOwnAlone(side: Side, name: string, to: Target): boolean {
  let alone = true;
  walk(side.model.program, (node, parents) => {
    if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier' || node.property.name !== name)
      return alone;
    const [parent, around] = parents.slice(-2).reverse();
    if (parent?.type === 'AssignmentExpression' && parent.left === node) {
      const isGiven = parent.operator === '=' && !makesTable(parent.right) && !isNothing(parent.right);
      alone &&= !isGiven && (to === 'bare object' || around?.type === 'ExpressionStatement');
    } else if (to !== 'bare object' && parent) alone &&= !isKeptBy(side, parent, node, around);
    return alone;
  });
  return alone;
}

/** Whether what stands around an expression goes on having what that gives. */
function isKeptBy(side: Side, parent: AnyNode, node: AnyNode, around: AnyNode | undefined): boolean {
  const named = (id: AnyNode): Binding | null | undefined =>
    side.refs.find(({ node, binding }) => node === id || binding?.declarations.includes(id as never))?.binding;
  const lasts = (target: AnyNode): boolean => target.type !== 'Identifier' || named(target)?.captured !== false;
  switch (parent.type) {
    case 'AssignmentExpression':
      return lasts(parent.left as AnyNode);
    case 'VariableDeclarator':
      return parent.id.type === 'Identifier' && lasts(parent.id);
    // `[this.one, this.other].map(…)` is a list of the moment.
    case 'ArrayExpression':
      return around?.type !== 'MemberExpression';
    case 'Property':
      return true;
    case 'NewExpression':
      return !(parent.callee.type === 'Identifier' && /^(?:Array|Map|Set)$/.test(parent.callee.name));
    case 'CallExpression':
      return (
        parent.callee !== node &&
        parent.callee.type === 'MemberExpression' &&
        /^(?:add|push|set|unshift)$/.test(memberName(parent.callee) ?? '')
      );
    default:
      return false;
  }
}
