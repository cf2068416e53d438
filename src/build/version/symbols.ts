/** Symbols that are the same in every module, by the expressions that give them. */
import type { AnyNode } from 'acorn';
import { memberText } from '../../source/paths.ts';
import type { Side } from './side.ts';
import { rootOf } from './walk.ts';

/** `Symbol.iterator`, `Symbol.for("name")`; null for any other expression. */
export function symbolText(key: AnyNode, side: Side): string | null {
  const [called, name] = key.type === 'CallExpression' ? [key.callee as AnyNode, key.arguments[0]] : [null, null];
  const root = rootOf(called ?? key);
  if (root.type !== 'Identifier' || side.refAt(root)?.binding !== null) return null;
  const path = memberText(called ?? key) ?? '';
  if (!called) return path.startsWith('Symbol.') ? path : null;
  return path === 'Symbol.for' && name?.type === 'Literal' ? `${path}(${JSON.stringify(String(name.value))})` : null;
}
