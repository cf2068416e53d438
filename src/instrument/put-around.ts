import type { AnyNode } from 'acorn';
import type { Content, Edits } from '../source/edits.ts';

/**
 * Makes `value` an operand of what is written around it. A sequence is written in parentheses, which stand outside the
 * node: within what is put between them it would be several operands.
 */
export function putAround(edits: Edits, value: AnyNode, layer: number, open: string | readonly Content[], close: string): void {
  const sequence = value.type === 'SequenceExpression';
  const before = typeof open === 'string' ? [open] : open;
  edits.open(value.start, value.end, layer, ...before, sequence ? '(' : '');
  edits.close(value.start, value.end, layer, sequence ? `)${close}` : close);
}
