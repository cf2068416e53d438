/** What constructors of classes set on their own objects, which are none of another class. */
import type { AnyNode } from 'acorn';
import { isExports } from '../../../instrument/commonjs.ts';
import { namedBy } from '../../../instrument/forwarding.ts';
import { ClassInfo } from '../../../source/model.ts';
import type { FunctionInfo, Reference } from '../../../source/model.ts';
import { isConstructor } from './create.ts';
import type { Side } from '../side.ts';
import { isFunctionNode, walk } from '../program/walk.ts';

/** Where constructors of classes that have nothing to do with `own` give `this` a property: no object of `own` gets it there. */
export function setOnOthers(own: ClassInfo, side: Side): readonly AnyNode[] {
  const above = superclassesOf(own, side);
  if (!above) return [];
  const ofClasses = side.model.classes.flatMap((cls) => {
    const isRelated = cls === own || above.has(cls) || superclassesOf(cls, side)?.has(own) !== false;
    const maker = isRelated ? undefined : cls.members.find(isConstructor);
    return maker ? setOnThis(maker.node as AnyNode) : [];
  });
  return [...ofClasses, ...side.model.functions.flatMap((fn) => (isOnlyNew(fn, side) ? setOnThis(fn.node as AnyNode) : []))];
}

/** Whether a function that is written out as a class makes objects, and is called on none: not even one of a class that it stands above. */
function isOnlyNew(fn: FunctionInfo, side: Side): boolean {
  if (fn.kind !== 'function' || fn.owner || fn.node.type !== 'FunctionDeclaration' || !isConstructor(fn)) return false;
  const binding = namedBy(fn);
  return binding !== null && !binding.reassigned && binding.references.every((ref) => isOfMaker(ref, side));
}

/** A method that stands behind it, and no prototype that it is given or has: objects that it makes may be of another class then. */
const METHOD = /^\s*\.\s*(?!__proto__\b)[\w$]/;

function isOfMaker({ node, parent }: Reference, { model: { text } }: Side): boolean {
  switch (parent.type) {
    case 'NewExpression':
      return parent.callee === node;
    case 'MemberExpression':
      return parent.object === node && /\.\s*prototype$/.test(text.slice(node.end, parent.end)) && METHOD.test(text.slice(parent.end));
    case 'BinaryExpression':
      return parent.operator === 'instanceof' && parent.right === node;
    case 'AssignmentExpression':
      return (
        parent.right === node &&
        (isExports(parent.left) || (parent.left.type === 'MemberExpression' && isExports(parent.left.object as AnyNode)))
      );
    default:
      return parent.type === 'ExportSpecifier' || parent.type === 'ExportNamedDeclaration' || parent.type === 'ExportDefaultDeclaration';
  }
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
