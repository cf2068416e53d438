/** Fields as compilers write them where classes have none: `_defineProperty(this, "name", value)`, `__publicField(this, "name", value)`. */
import type { AnyNode } from 'acorn';

/** Of Babel, SWC and esbuild, imported or not: https://babeljs.io/docs/babel-plugin-transform-class-properties */
const HELPER = /^(?:_+defineProperty\d*|_define_property|__publicField\d*)$/;

export interface Defined {
  readonly object: AnyNode;
  readonly name: string;
  readonly value: AnyNode;
}

/** The name and the value of a field that an expression gives an object so. */
export function definedOn(node: AnyNode): Defined | null {
  if (node.type !== 'CallExpression' || node.arguments.length !== 3) return null;
  const [object, key, value] = node.arguments as AnyNode[];
  if (key!.type !== 'Literal' || typeof key!.value !== 'string') return null;
  return HELPER.test(calledName(node.callee as AnyNode)) ? { object: object!, name: key!.value, value: value! } : null;
}

/** The same of `this`. */
export function definedByHelper(node: AnyNode): Defined | null {
  const defined = definedOn(node);
  return defined?.object.type === 'ThisExpression' ? defined : null;
}

/** `(0, _defineProperty2.default)(…)` as well. */
function calledName(callee: AnyNode): string {
  switch (callee.type) {
    case 'Identifier':
      return callee.name;
    case 'ParenthesizedExpression':
      return calledName(callee.expression);
    case 'SequenceExpression':
      return calledName(callee.expressions.at(-1)!);
    case 'MemberExpression': {
      const isDefault = !callee.computed && callee.property.type === 'Identifier' && callee.property.name === 'default';
      return isDefault ? calledName(callee.object as AnyNode) : '';
    }
    default:
      return '';
  }
}
