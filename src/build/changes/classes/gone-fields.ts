/**
 * A field that a class no longer has. The running class goes on giving it to what it makes, so it is carried only where that
 * does no harm: nothing of the new code finds it there, or finds it in place of something else.
 */
import type { AnyNode, CallExpression, Class, PropertyDefinition } from 'acorn';
import { ClassInfo } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import type { ModuleContext } from '../../code/context.ts';
import { isEffectFree } from '../../version/values/effects.ts';
import { nodesOf } from '../../version/program/nodes.ts';
import { isNamedIn } from '../../version/objects/reads.ts';
import { assignedBy, surelyAssigned } from '../../version/objects/surely.ts';
import type { Side } from '../../version/side.ts';
import { walk } from '../../version/program/walk.ts';

/** Calls that go by all that an object has. */
const LISTING = /^((Object|Reflect|JSON)\.\w+|structuredClone)$/;

/**
 * `set`: what is new has the property all the same. `hides`: so it has, and a class of another package may have a member of that
 * name. `unseen`: it has it as well, and no code of the package names it.
 */
export type Gone = 'set' | 'hides' | 'unseen' | 'seen';

export function whereGone(ctx: ModuleContext, base: ClassInfo, next: ClassInfo, field: PropertyDefinition & AnyNode): Gone {
  if (field.computed || (field.key.type !== 'Identifier' && field.key.type !== 'Literal')) return 'seen';
  const { base: old, next: now, around } = ctx;
  // It goes on being computed.
  if (field.value && !isEffectFree(field.value, old, base.parent)) return 'seen';
  const name = keyName(field.key, false);
  if (hasMember(name, now.model.program)) return 'seen';
  const isSet = isSetAnyway(ctx, next, name, field.value as AnyNode | null);
  if (!inheritsFromModule(next.node, now)) return isSet ? 'hides' : 'seen';
  if (isSet) return 'set';
  return isNamedIn(name, now.model) || around.isNamedBeside(name) || listsItself(next.node) ? 'seen' : 'unseen';
}

/** Whether the constructor gives the property a value in any case, and to start with the one that the field gives it. */
function isSetAnyway({ base, next }: ModuleContext, cls: ClassInfo, name: string, value: AnyNode | null): boolean {
  const fn = cls.members.find(({ kind }) => kind === 'constructor' || kind === 'derived-constructor');
  if (!fn || !surelyAssigned(fn).has(name)) return false;
  const [first] = assignedBy(fn).get(name) ?? [];
  return !value || (first?.operator === '=' && base.full(value) === next.full(first.right));
}

/** Whether a class of the module has a member of that name: a field of an object hides what its prototypes have. */
function hasMember(name: string, program: AnyNode): boolean {
  return [...nodesOf(program, 'MethodDefinition'), ...nodesOf(program, 'PropertyDefinition')].some(
    ({ key, computed, static: isStatic }) => !isStatic && !computed && keyName(key, false) === name,
  );
}

/** Whether all classes above it stand in the module. */
function inheritsFromModule({ superClass }: Class, side: Side): boolean {
  if (!superClass) return true;
  const above = side.definitionOf(superClass as AnyNode);
  return above instanceof ClassInfo && inheritsFromModule(above.node, side);
}

/** Whether a method goes through what the object has, whatever that is. */
function listsItself(cls: Class): boolean {
  let found = false;
  walk(cls as AnyNode, (node, parents) => {
    if (node.type !== 'ThisExpression') return !found;
    const parent = parents.at(-1);
    found ||=
      parent?.type === 'SpreadElement' ||
      (parent?.type === 'ForInStatement' && parent.right === node) ||
      (parent?.type === 'VariableDeclarator' && parent.id.type === 'ObjectPattern' && parent.id.properties.some(isRest)) ||
      (parent?.type === 'CallExpression' && isListing(parent));
    return !found;
  });
  return found;
}

const isRest = ({ type }: { readonly type: string }): boolean => type === 'RestElement';
const isListing = ({ callee }: CallExpression): boolean => LISTING.test(memberText(callee as AnyNode) ?? '');
