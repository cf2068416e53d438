/**
 * What new code tells objects by, a symbol or a collection in which a compiler keeps a private member: what one patch has put on
 * objects by it, a patch that takes its place has to find.
 */
import type { AnyNode, Class } from 'acorn';
import { childrenOf } from '../../source/children.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import type { Side } from '../version/side.ts';
import { isClassNode, isFunctionNode } from '../version/walk.ts';

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
    const made: (readonly [AnyNode, string])[] = [];
    const own = new Set([...collections].filter(({ scope }) => scope.fn === fn).map(({ name }) => name));
    for (const child of childrenOf(fn.node as AnyNode)) look(side, child, '', own, made);
    const names = Map.groupBy(made, ([, name]) => name);
    // Of two by one name it cannot be told which an other version has.
    for (const [node, name] of made) if (names.get(name)!.length === 1) found.set(node, { name, fn });
  }
  return found;
}

function look(side: Side, node: AnyNode, name: string, collections: ReadonlySet<string>, made: (readonly [AnyNode, string])[]): void {
  const into = (value: AnyNode, more: string): void => look(side, value, more, collections, made);
  const written = ({ start, end }: AnyNode): string => side.model.text.slice(start, end);
  if (isFunctionNode(node)) return;
  if (isClassNode(node)) {
    const { id, body } = node as Class;
    for (const member of body.body)
      if (member.type === 'PropertyDefinition' && member.static && member.value)
        into(member.value as AnyNode, `${id?.name ?? name}.${keyName(member.key, member.computed)}`);
    return;
  }
  if (node.type === 'VariableDeclarator' && node.init) return into(node.init as AnyNode, written(node.id as AnyNode));
  if (node.type === 'AssignmentExpression') return into(node.right as AnyNode, written(node.left as AnyNode));
  if (node.type === 'Property' && !node.computed) return into(node.value as AnyNode, `${name}.${keyName(node.key, false)}`);
  const isCollection = node.type === 'NewExpression' && node.arguments.length === 0 && collections.has(name);
  if (isCollection || (name !== '' && isSymbol(side, node))) made.push([node, `${name}=${side.text(node)}`]);
  else for (const child of childrenOf(node)) into(child, name);
}

/** A symbol of its own, with nothing computed for its description. */
function isSymbol(side: Side, node: AnyNode): boolean {
  if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'Symbol') return false;
  return side.refAt(node.callee)?.binding == null && node.arguments.every(({ type }) => type === 'Literal');
}
