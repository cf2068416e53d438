/**
 * What modules computed as they loaded of tables that others give away and that change in place: it stays as it is, but for what
 * the patch computes anew.
 */
import type { AnyNode, MemberExpression } from 'acorn';
import type { Binding } from '../../source/model.ts';
import { importsOf } from '../version/imports.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/standing-for.ts';
import { isFunctionNode, walk } from '../version/walk.ts';

/** The first keys under which it changes; null where that is not told. */
export type ChangedKeys = ReadonlySet<string> | null;

export interface TableRead {
  readonly source: string;
  /** What the text calls the table. */
  readonly name: string;
  readonly root: AnyNode;
}

/** Where `roots`, which run as the module loads, read what changes of tables that `given` knows by where they come from. */
export function tableReads(
  side: Side,
  roots: readonly AnyNode[],
  given: (source: string) => ReadonlyMap<string, ChangedKeys> | undefined,
): readonly TableRead[] {
  const imports = importsOf(side);
  const found: TableRead[] = [];
  const tableAt = (node: AnyNode): { readonly source: string; readonly name: string; readonly keys: ChangedKeys } | null => {
    const object = node.type === 'MemberExpression' ? (node.object as AnyNode) : node;
    const binding: Binding | null | undefined = object.type === 'Identifier' ? side.refAt(object)?.binding : null;
    const known = binding && imports.get(binding);
    const tables = known && given(known.source);
    if (!tables) return null;
    const isWhole = known.imported === '*' || known.imported === 'default';
    const member = node.type === 'MemberExpression' ? memberName(node) : null;
    const names = node === object ? (isWhole ? ['', 'default'] : [known.imported]) : isWhole && member !== null ? [member] : [];
    const name = names.find((one) => tables.has(one));
    return name === undefined ? null : { source: known.source, name: name === '' ? known.source : name, keys: tables.get(name)! };
  };
  for (const root of roots)
    walk(root, (node, parents) => {
      if (node !== root && isFunctionNode(node)) return false;
      // What a field of instances begins with is computed as each is made.
      if (node.type === 'PropertyDefinition' && !node.static) return false;
      const table = node.type === 'Identifier' || node.type === 'MemberExpression' ? tableAt(node) : null;
      const parent = parents.at(-1);
      if (!table || !parent || !readsChanged(node, parent, table.keys)) return true;
      found.push({ source: table.source, name: table.name, root });
      return true;
    });
  return found;
}

function readsChanged(node: AnyNode, parent: AnyNode, keys: ChangedKeys): boolean {
  if (parent.type === 'SpreadElement') return true;
  if (parent.type !== 'MemberExpression' || parent.object !== node) return false;
  const name = memberName(parent as MemberExpression & AnyNode);
  return keys === null || (name !== null && keys.has(name));
}
