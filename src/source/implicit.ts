/** The constructor of a class that does not write one. */
import type { AnyNode, Class, FunctionExpression, MethodDefinition } from 'acorn';

/** As a member of its own, which takes no room where the class's body begins. Its body is empty: what it hands on is not there. */
export function implicitConstructor(cls: Class): MethodDefinition & { readonly value: FunctionExpression & AnyNode } {
  const place = { start: cls.body.start + 1, end: cls.body.start + 1 };
  const body = { type: 'BlockStatement' as const, body: [], ...place };
  const value = {
    type: 'FunctionExpression' as const,
    id: null,
    params: [],
    body,
    generator: false,
    async: false,
    expression: false,
    ...place,
  };
  const key = { type: 'Identifier' as const, name: 'constructor', ...place };
  return { type: 'MethodDefinition', kind: 'constructor', static: false, computed: false, key, value, ...place } as ReturnType<
    typeof implicitConstructor
  >;
}

export function hasConstructor({ body }: Class): boolean {
  return body.body.some((member) => member.type === 'MethodDefinition' && member.kind === 'constructor');
}
