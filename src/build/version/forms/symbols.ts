/** Symbols that are the same in every module, by the expressions that give them. */
import type { AnyNode } from 'acorn';
import { memberText } from '../../../source/paths.ts';
import { isOfNode } from '../program/node-calls.ts';
import type { Side } from '../side.ts';
import { rootOf } from '../program/walk.ts';

/** `Symbol.iterator`, `Symbol.for("name")`, also as `util.inspect.custom` or by a constant's name; null for any other expression. */
export function symbolText(key: AnyNode, side: Side): string | null {
  const value = key.type === 'Identifier' ? constantOf(key, side) : null;
  if (value) return value.type === 'Identifier' ? null : symbolText(value, side);
  if (key.type === 'MemberExpression' && memberText(key)?.endsWith('.custom') && isOfNode(side, key.object as AnyNode, 'util', 'inspect'))
    return 'Symbol.for("nodejs.util.inspect.custom")';
  const [called, name] = key.type === 'CallExpression' ? [key.callee as AnyNode, key.arguments[0]] : [null, null];
  const root = rootOf(called ?? key);
  if (root.type !== 'Identifier' || side.refAt(root)?.binding !== null) return null;
  const path = memberText(called ?? key) ?? '';
  if (!called) return path.startsWith('Symbol.') ? path : null;
  return path === 'Symbol.for' && name?.type === 'Literal' ? `${path}(${JSON.stringify(String(name.value))})` : null;
}

/** What a name of the module always stands for. */
function constantOf(key: AnyNode, side: Side): AnyNode | null {
  const binding = side.refAt(key)?.binding;
  const [id, ...more] = binding?.declarations ?? [];
  return id && more.length === 0 && !binding!.reassigned ? (side.valueOf(id) ?? null) : null;
}
