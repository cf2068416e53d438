/**
 * Async functions and generators can be suspended: their bodies enter a record, note the line they wait at, and leave
 * it in a `finally`. Nothing else can be live while the event loop is at rest, so nothing else is followed.
 */
import type {
  AnyNode,
  AwaitExpression,
  BlockStatement,
  ForOfStatement,
  Function as FunctionNode,
  TryStatement,
  YieldExpression,
} from 'acorn';
import type { Content, Edits } from '../source/edits.ts';
import type { FunctionInfo } from '../source/model.ts';
import type { Lines } from '../source/text.ts';
import { LOCALS, NAMES } from './names.ts';

const A = LOCALS.activation;
/**
 * An operand may itself be an await or a yield, over the same text: what wraps it as an operand stands outside what
 * wraps it for itself. Both stand outside the marks of entry sites.
 */
const OPERAND = 1;
const SELF = 2;
const INSIDE = 3;

/** Marks every await and yield of `fn` with its line, and wraps its body. `enter` is the expression that makes the record. */
export function trackBody(
  edits: Edits,
  fn: FunctionInfo,
  lines: Lines,
  enter: string,
): { readonly open: Content[]; readonly close: string } {
  for (const node of fn.suspensions) mark(edits, fn, node, lines);
  return { open: [`const ${A}=${enter};try{`], close: `}finally{${NAMES.exit}(${A})}` };
}

function mark(edits: Edits, fn: FunctionInfo, node: AnyNode, lines: Lines): void {
  switch (node.type) {
    case 'AwaitExpression': {
      const { argument } = node as AwaitExpression;
      edits.open(node.start, node.end, SELF, `${NAMES.resume}(${A},`);
      edits.close(node.start, node.end, SELF, ')');
      edits.open(argument.start, argument.end, OPERAND, ` ${NAMES.suspend}(${A},${lines.line(node.start)},`);
      edits.close(argument.start, argument.end, OPERAND, ')');
      return;
    }
    case 'ForOfStatement': {
      const { right } = node as ForOfStatement;
      edits.open(right.start, right.end, OPERAND, `(${A}.at=${lines.line(node.start)},`);
      edits.close(right.start, right.end, OPERAND, ')');
      return;
    }
    case 'YieldExpression': {
      const { argument, delegate } = node as YieldExpression;
      edits.open(node.start, node.end, SELF, `${NAMES.resume}(${A},`);
      edits.close(node.start, node.end, SELF, ')');
      const head = `${NAMES.suspend}(${A},${lines.line(node.start)},`;
      if (!argument) edits.close(node.start, node.end, INSIDE, ` ${head}void 0)`);
      else {
        edits.open(argument.start, argument.end, OPERAND, delegate ? head : ` ${head}`);
        edits.close(argument.start, argument.end, OPERAND, ')');
      }
      return;
    }
    case 'TryStatement': {
      // A consumer's throw() or return() resumes a generator in the middle of a yield, past the mark behind it.
      if (!fn.generator) return;
      const { handler, finalizer } = node as TryStatement;
      for (const block of [handler?.body, finalizer]) if (block) edits.insert(block.start + 1, `${NAMES.resume}(${A});`);
      return;
    }
    default:
      return;
  }
}

/** Where a function's own code starts: behind the brace and any directives. */
export function bodyStart(node: FunctionNode): number {
  const body = node.body as BlockStatement;
  let position = body.start + 1;
  for (const statement of body.body) {
    if (statement.type !== 'ExpressionStatement' || statement.directive === undefined) break;
    position = statement.end;
  }
  return position;
}
