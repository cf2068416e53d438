/** How code uses a variable or a property: two of the same begin are told apart, or one from version to version is told, by that. */
import type { AnyNode } from 'acorn';
import type { Side } from '../version/side.ts';

/** How often it is used in which way, by the function that does so and what it does. */
export type Uses = ReadonlyMap<string, number>;

export interface Use {
  readonly node: AnyNode;
  readonly parent: AnyNode;
  readonly read: boolean;
  readonly write: boolean;
}

export function countUses(all: readonly (readonly [fn: number, use: string])[]): Uses {
  const found = new Map<string, number>();
  for (const [fn, use] of all) {
    const key = `${fn} ${use}`;
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  return found;
}

export const functionOf = (use: string): string => use.slice(0, use.indexOf(' '));

/** What is done with it, without its name. */
export function useOf({ node, parent, read, write }: Use, side: Side): string {
  const what = `${read ? 'r' : ''}${write ? 'w' : ''}`;
  switch (parent.type) {
    case 'MemberExpression':
      return parent.object === node && !parent.computed ? `.${side.text(parent.property)}` : parent.object === node ? '[]' : 'key';
    case 'AssignmentExpression':
      return parent.left === node ? `${what}${parent.operator}${side.text(parent.right)}` : `${what}=`;
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee === node ? '()' : `${side.text(parent.callee)}(${parent.arguments.indexOf(node as never)})`;
    default:
      return `${what} ${parent.type}`;
  }
}

/** Whether one is used in all the ways that the other is. */
export function areAlike(a: Uses, b: Uses): boolean {
  const isIn = (some: Uses, all: Uses): boolean => [...some].every(([use, count]) => (all.get(use) ?? 0) >= count);
  return a.size > 0 && b.size > 0 && (isIn(a, b) || isIn(b, a));
}
