/** Functions and classes that have no name of their own: they are called as the property that they begin, or by none. */
import type { AnyNode } from 'acorn';
import { keyName } from '../../source/paths.ts';
import { isClassNode, isFunctionNode, nodesAbove } from '../version/program/walk.ts';

/** `text`, which gives `value`, so that this is called `name` wherever it is put; null for no name. */
export function asNamed(text: string, value: AnyNode, name: string | null): string {
  if (!isNameless(value)) return text;
  if (name === null) return `(0,${text})`;
  const key = JSON.stringify(name);
  return `({[${key}]:${text}})[${key}]`;
}

/** What a value is called where it stands in the source: by the entry of a literal that it is, or by nothing. */
export function nameWritten(value: AnyNode, program: AnyNode): string | null {
  const parent = isNameless(value) ? nodesAbove(value, program).at(-1) : undefined;
  return parent?.type === 'Property' && parent.value === value && !parent.computed ? keyName(parent.key, false) : null;
}

const isNameless = (value: AnyNode): boolean =>
  value.type === 'ArrowFunctionExpression' || ((isFunctionNode(value) || isClassNode(value)) && !(value as { id?: unknown }).id);
