/** What constructors of classes set on their own objects, which are none of another class. */
import type { AnyNode } from 'acorn';
import { ClassInfo } from '../../source/model.ts';
import { isConstructor } from './create.ts';
import type { Side } from './side.ts';
import { isFunctionNode, walk } from './walk.ts';

/** Where constructors of classes that have nothing to do with `own` give `this` a property: no object of `own` gets it there. */
export function setOnOthers(own: ClassInfo, side: Side): readonly AnyNode[] {
  const above = superclassesOf(own, side);
  if (!above) return [];
  return side.model.classes.flatMap((cls) => {
    const isRelated = cls === own || above.has(cls) || superclassesOf(cls, side)?.has(own) !== false;
    const maker = isRelated ? undefined : cls.members.find(isConstructor);
    return maker ? setOnThis(maker.node as AnyNode) : [];
  });
}

/** All that a class extends; null where code of the module does not name them. */
function superclassesOf(cls: ClassInfo, side: Side): ReadonlySet<ClassInfo> | null {
  const found = new Set<ClassInfo>();
  for (let current = cls; current.node.superClass;) {
    const { superClass } = current.node;
    const binding = superClass.type === 'Identifier' ? side.refAt(superClass)?.binding : null;
    const definition = binding && !binding.reassigned ? side.definitionNamed(binding) : null;
    if (!(definition instanceof ClassInfo) || found.has(definition)) return null;
    found.add((current = definition));
  }
  return found;
}

function setOnThis(maker: AnyNode): AnyNode[] {
  const found: AnyNode[] = [];
  walk(maker, (node) => {
    if (node !== maker && isFunctionNode(node) && node.type !== 'ArrowFunctionExpression') return false;
    const target = node.type === 'AssignmentExpression' ? node.left : node.type === 'UpdateExpression' ? node.argument : null;
    if (target?.type === 'MemberExpression' && target.object.type === 'ThisExpression') found.push(target);
    return true;
  });
  return found;
}
