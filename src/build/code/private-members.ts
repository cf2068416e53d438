/**
 * Private accessors, and private members of the class itself, that only the new version has. No class that exists can be
 * given one: they are put on the class or its prototype under a symbol of their own, which stands for the name in new code.
 */
import type { AnyNode, Class, PrivateIdentifier } from 'acorn';
import type { HandleScope } from '../../instrument/plan.ts';
import type { ClassInfo } from '../../source/model.ts';
import { childrenOf } from '../../source/children.ts';
import { addPrivateNames, hasPrivate } from './fields.ts';
import { isClassNode } from '../version/program/walk.ts';

type Member = Class['body']['body'][number];

export interface PrivateKey {
  readonly handle: HandleScope;
  readonly name: string;
  /** Where what stands before the dot ends; null for `#name in object`. */
  readonly objectEnd: number | null;
}

/** One that instances do not hold for themselves. */
export function isSharedPrivate(member: Member): boolean {
  if (member.type === 'StaticBlock' || member.key.type !== 'PrivateIdentifier') return false;
  return member.static || (member.type === 'MethodDefinition' && member.kind !== 'method');
}

export class PrivateMembers {
  /** Where new code says the name of one: each private name that is written as a symbol. */
  readonly keys = new Map<AnyNode, PrivateKey>();
  private readonly carried = new Map<ClassInfo, ReadonlySet<string>>();

  /** Whether the patch gives the running class the shared private member that `next` calls `#name`. */
  carries(next: ClassInfo, name: string): boolean {
    return this.carried.get(next)?.has(name) === true;
  }

  /** Makes the shared private names that `base` lacks altogether names of the running class, as the patch will. */
  addClass(base: ClassInfo, next: ClassInfo, handle: HandleScope): void {
    const names = new Set<string>();
    for (const member of next.node.body.body)
      if (isSharedPrivate(member) && 'key' in member && member.key.type === 'PrivateIdentifier' && !hasPrivate(base, member.key.name))
        names.add(member.key.name);
    if (names.size === 0) return;
    addPrivateNames(base, [...names]);
    this.carried.set(next, names);
    for (const { id, objectEnd } of usesOf(next.node, names)) this.keys.set(id as AnyNode, { handle, name: `#${id.name}`, objectEnd });
  }
}

/** Every place in a class that names a private member of `names`, but for what an inner class declares itself. */
export function usesOf(cls: Class, names: ReadonlySet<string>): { readonly id: PrivateIdentifier; readonly objectEnd: number | null }[] {
  const found: { readonly id: PrivateIdentifier; readonly objectEnd: number | null }[] = [];
  const visit = (node: AnyNode, wanted: ReadonlySet<string>): void => {
    let inner = wanted;
    if (isClassNode(node) && (node as AnyNode) !== (cls as AnyNode)) {
      const own = (node as Class).body.body.map((m) => ('key' in m && m.key.type === 'PrivateIdentifier' ? m.key.name : ''));
      inner = new Set([...wanted].filter((name) => !own.includes(name)));
    }
    if (node.type === 'MemberExpression' && node.property.type === 'PrivateIdentifier' && wanted.has(node.property.name))
      found.push({ id: node.property, objectEnd: node.object.end });
    if (node.type === 'BinaryExpression' && node.left.type === 'PrivateIdentifier' && wanted.has(node.left.name))
      found.push({ id: node.left, objectEnd: null });
    for (const child of childrenOf(node)) visit(child, inner);
  };
  visit(cls as AnyNode, names);
  return found;
}
