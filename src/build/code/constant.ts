/** What an expression comes to whatever happens, where the text alone tells: primitive values, and what is made of them. */
import type { AnyNode } from 'acorn';

export interface Constant {
  readonly value: unknown;
}

/** `known`: nodes whose value is known otherwise, and variables by their name. Null for what the text does not tell. */
export function constantOf(
  node: AnyNode,
  known: (node: AnyNode) => Constant | null,
  variables = new Map<string, Constant>(),
): Constant | null {
  const of = (inner: AnyNode): Constant | null => constantOf(inner, known, variables);
  const told = known(node);
  if (told) return told;
  switch (node.type) {
    case 'Literal':
      return 'regex' in node ? null : { value: node.value };
    case 'Identifier':
      return variables.get(node.name) ?? (node.name === 'undefined' ? { value: undefined } : null);
    case 'ChainExpression':
      return of(node.expression);
    case 'UnaryExpression': {
      const inner = of(node.argument);
      if (inner === null) return null;
      if (node.operator === 'typeof') return { value: typeof inner.value };
      return node.operator === '!' ? { value: !inner.value } : node.operator === 'void' ? { value: undefined } : null;
    }
    case 'AssignmentExpression': {
      const value = node.operator === '=' && node.left.type === 'Identifier' ? of(node.right) : null;
      if (value && node.left.type === 'Identifier') variables.set(node.left.name, value);
      return value;
    }
    case 'ConditionalExpression': {
      const test = of(node.test);
      return test && of(test.value ? node.consequent : node.alternate);
    }
    case 'LogicalExpression': {
      const left = of(node.left);
      if (left === null) return null;
      const goesOn = node.operator === '&&' ? Boolean(left.value) : node.operator === '||' ? !left.value : (left.value ?? null) === null;
      return goesOn ? of(node.right) : left;
    }
    case 'BinaryExpression': {
      if (!/^[!=]==?$/.test(node.operator)) return null;
      const [left, right] = [of(node.left), of(node.right)];
      if (left === null || right === null) return null;
      const none = (value: unknown): boolean => value === null || value === undefined;
      const loose = node.operator.length === 2;
      // Two values of different kinds may still be loosely equal.
      if (loose && typeof left.value !== typeof right.value && !none(left.value) && !none(right.value)) return null;
      const same = left.value === right.value || (loose && none(left.value) && none(right.value));
      return { value: node.operator[0] === '!' ? !same : same };
    }
    default:
      return null;
  }
}
