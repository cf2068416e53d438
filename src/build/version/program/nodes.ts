/** The nodes of a whole program by their types: many a question needs those of one type, and a walk of a large bundle takes long. */
import type { AnyNode } from 'acorn';
import { pushChildren } from '../../../source/children.ts';
import { lowerBound } from '../../../source/lower-bound.ts';
import { askedOnce } from './asked-once.ts';

/** The types that are asked for: most nodes are of others, and not kept. */
const TYPES = [
  'AssignmentExpression',
  'BinaryExpression',
  'BlockStatement',
  'CallExpression',
  'ClassDeclaration',
  'ForInStatement',
  'ForOfStatement',
  'ImportExpression',
  'MemberExpression',
  'MetaProperty',
  'MethodDefinition',
  'NewExpression',
  'ObjectExpression',
  'ObjectPattern',
  'Property',
  'PropertyDefinition',
  'StaticBlock',
  'SwitchCase',
  'TaggedTemplateExpression',
  'UpdateExpression',
  'VariableDeclarator',
] as const;

export type NodeType = (typeof TYPES)[number];
export type NodeOf<T extends NodeType> = Extract<AnyNode, { type: T }>;

/** Those of `program` that are of the type, in source order, outer ones first. */
export function nodesOf<T extends NodeType>(program: AnyNode, type: T): readonly NodeOf<T>[] {
  return byType(program).get(type) as readonly NodeOf<T>[];
}

const byType = askedOnce(sorted);

/** Those that begin in a part of the text. */
export function nodesWithin<T extends NodeType>(program: AnyNode, type: T, start: number, end: number): readonly NodeOf<T>[] {
  return within(nodesOf(program, type), start, end);
}

/** Of what is in source order, all that begins in a part of the text. */
export function within<T extends { readonly start: number }>(all: readonly T[], start: number, end: number): readonly T[] {
  const firstFrom = (position: number): number => lowerBound(all.length, (i) => all[i]!.start < position);
  const first = firstFrom(start);
  return first < all.length && all[first]!.start < end ? all.slice(first, firstFrom(end)) : [];
}

/** Those of several types, in source order. */
export function nodesOfAny<T extends NodeType>(program: AnyNode, ...types: readonly T[]): readonly NodeOf<T>[] {
  // Of those that start at one position the outer one ends last.
  const all: AnyNode[] = types.flatMap((type) => nodesOf(program, type));
  return all.sort((a, b) => a.start - b.start || b.end - a.end) as NodeOf<T>[];
}

function sorted(program: AnyNode): ReadonlyMap<string, readonly AnyNode[]> {
  const byType = new Map<string, AnyNode[]>(TYPES.map((type) => [type, []]));
  const left = [program];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    byType.get(node.type)?.push(node);
    pushChildren(node, left);
  }
  return byType;
}
