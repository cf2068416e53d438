/**
 * What new code tells objects by, a symbol or a collection in which a compiler keeps a private member: what one patch has put on
 * objects by it, a patch that takes its place has to find.
 */
import type { AnyNode, Class } from 'acorn';
import { childrenOf } from '../../source/children.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import type { Side } from '../version/side.ts';
import { isClassNode, isFunctionNode } from '../version/program/walk.ts';

export interface CommonKey {
  /** The same in each version that has it. */
  readonly name: string;
  /** The function, or module, whose top level makes it. */
  readonly fn: FunctionInfo;
}

/** By the expression that makes it. `collections`: those in which the new version keeps private members. */
export function commonKeysOf(
  side: Side,
  scopes: Iterable<FunctionInfo>,
  collections: ReadonlySet<Binding>,
): ReadonlyMap<AnyNode, CommonKey> {
  const found = new Map<AnyNode, CommonKey>();
  for (const fn of scopes) {
    const own = new Set([...collections].filter(({ scope }) => scope.fn === fn).map(({ name }) => name));
    const made = look(side, fn, own);
    const names = Map.groupBy(made, ([, name]) => name);
    // Of two by one name it cannot be told which an other version has.
    for (const [node, name] of made) if (names.get(name)!.length === 1) found.set(node, { name, fn });
  }
  return found;
}

/** Without recursion: texts that are put together of thousands stand below each other. */
function look(side: Side, fn: FunctionInfo, collections: ReadonlySet<string>): readonly (readonly [AnyNode, string])[] {
  const made: (readonly [AnyNode, string])[] = [];
  const left: (readonly [node: AnyNode, name: string])[] = [...childrenOf(fn.node as AnyNode)].map((child) => [child, '']);
  const written = ({ start, end }: AnyNode): string => side.model.text.slice(start, end);
  for (let next = left.pop(); next; next = left.pop()) {
    const [node, name] = next;
    if (isFunctionNode(node)) continue;
    if (isClassNode(node)) {
      const { id, body } = node as Class;
      for (const member of body.body)
        if (member.type === 'PropertyDefinition' && member.static && member.value)
          left.push([member.value as AnyNode, `${id?.name ?? name}.${keyName(member.key, member.computed)}`]);
    } else if (node.type === 'VariableDeclarator') {
      if (node.init) left.push([node.init as AnyNode, written(node.id as AnyNode)]);
    } else if (node.type === 'AssignmentExpression') left.push([node.right as AnyNode, written(node.left as AnyNode)]);
    else if (node.type === 'Property' && !node.computed) left.push([node.value as AnyNode, `${name}.${keyName(node.key, false)}`]);
    else if (isCollection(node, name, collections) || (name !== '' && isSymbol(side, node)))
      made.push([node, `${name}=${side.text(node)}`]);
    else for (const child of childrenOf(node)) left.push([child, name]);
  }
  return made;
}

const isCollection = (node: AnyNode, name: string, collections: ReadonlySet<string>): boolean =>
  node.type === 'NewExpression' && node.arguments.length === 0 && collections.has(name);

/** A symbol of its own, with nothing computed for its description. */
function isSymbol(side: Side, node: AnyNode): boolean {
  if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'Symbol') return false;
  return side.refAt(node.callee)?.binding == null && node.arguments.every(({ type }) => type === 'Literal');
}
