/**
 * Async functions and generators can be suspended: their bodies enter a record, note the line they wait at, and leave
 * it in a `finally`. Nothing else can be live while the event loop is at rest, so nothing else is followed.
 */
import type { AnyNode, AwaitExpression, BlockStatement, Function as FunctionNode, TryStatement, YieldExpression } from 'acorn';
import { contains } from '../source/contains.ts';
import type { Content, Edits } from '../source/edits.ts';
import type { FunctionInfo } from '../source/model.ts';
import type { Lines } from '../source/text.ts';
import { LOCALS, NAMES } from './names.ts';
import type { SafePoints } from './safe-points.ts';
import { putAround } from './put-around.ts';

const A = LOCALS.activation;
const V = LOCALS.value;
/**
 * An operand may itself be an await or a yield, over the same text: what wraps it as an operand stands outside what
 * wraps it for itself. Around both stands what leaves the record with a result, and inside them the marks of entry sites.
 */
const RESULT = 1;
const OPERAND = 2;
const SELF = 3;
const INSIDE = 4;

/**
 * Marks every await and yield of `fn` with its line, and wraps its body. `enter` is the expression that makes the record.
 *
 * A body that can only end by its returns, by an exception or at its closing brace leaves the record there: V8 keeps
 * more registers through every await for a `finally`. The rest get one: generators, which a consumer can end anywhere,
 * and functions with code of their own to run behind a return.
 */
export function trackBody(
  edits: Edits,
  fn: FunctionInfo,
  lines: Lines,
  enter: string,
  safe: SafePoints | null = null,
): { readonly open: Content[]; readonly close: string } {
  const body = (fn.node as FunctionNode).body;
  for (const node of fn.suspensions) {
    mark(edits, fn, node, lines);
    if (fn.lastOfStatement.has(node)) edits.endStatement(node.end);
  }
  const open = `const ${A}=${enter};let ${V}${safe?.locals ?? ''};${safe?.open ?? ''}try{`;
  if (fn.generator || fn.disposes !== 'no' || fn.returns.some((r) => !r.last))
    return { open: [open], close: `${safe?.end ?? ''}}finally{${NAMES.exit}(${A})}${safe?.close ?? ''}` };
  for (const { node } of fn.returns) {
    const keywordEnd = node.start + 'return'.length;
    if (node.argument) leaveWith(edits, fn, node.argument);
    else edits.close(node.start, keywordEnd, RESULT, ` ${NAMES.exit}(${A})`);
    if (node.end === (node.argument?.end ?? keywordEnd)) edits.endStatement(node.end);
  }
  let end = '';
  if (body.type === 'BlockStatement') {
    const last = body.body.at(-1)?.type;
    if (last !== 'ReturnStatement' && last !== 'ThrowStatement') end = `;${NAMES.exit}(${A})`;
  } else leaveWith(edits, fn, body);
  const close = safe === null ? '' : `${NAMES.exit}(${A});${safe.close}`;
  return { open: [open], close: `${end}${safe?.end ?? ''}}catch($lp_e){${NAMES.exit}(${A});throw $lp_e}${close}` };
}

/** Leaves the record once `value`, which the function returns, has been evaluated. */
function leaveWith(edits: Edits, fn: FunctionInfo, value: AnyNode): void {
  const waits = fn.suspensions.some((node) => contains(value, node));
  // A name that is looked up before an await is kept in a register through it; assignment to a name would name a function.
  if (waits) putAround(edits, value, RESULT, `(${V}=`, `,${NAMES.exit}(${A}),${V})`);
  else putAround(edits, value, RESULT, ` ${NAMES.exit}(${A},`, ')');
}

/** Puts what the engine does on resumption behind `node`, an await or yield. */
function resumeAfter(edits: Edits, fn: FunctionInfo, node: AnyNode): void {
  const check = `,${NAMES.transition}&&${NAMES.resume}(${A})`;
  const place = fn.leading.get(node);
  const subject = fn.subjects.get(node);
  if ((node.type === 'YieldExpression' && node.delegate) || (subject === 'named' && place === undefined)) {
    // V8 describes an optional call as it does an await.
    edits.open(node.start, node.end, SELF, `${NAMES.resume}?.(${A},`);
    edits.close(node.start, node.end, SELF, ')');
    return;
  }
  if (subject === 'spread') {
    // A conditional is the one form that has a place in the source and does not show what it is made of.
    edits.open(node.start, node.end, SELF, `((${V}=`);
    edits.close(node.start, node.end, SELF, `${check},1)?${V}:0)`);
    return;
  }
  if (place === 'alone') {
    edits.close(node.start, node.end, SELF, check);
    return;
  }
  // A statement that begins with a parenthesis could join the line above.
  edits.open(node.start, node.end, SELF, place === 'first' ? `${NAMES.resume}(${A},` : `(${V}=`);
  edits.close(node.start, node.end, SELF, place === 'first' ? ')' : `${check},${V})`);
}

function mark(edits: Edits, fn: FunctionInfo, node: AnyNode, lines: Lines): void {
  switch (node.type) {
    case 'AwaitExpression': {
      const { argument } = node as AwaitExpression;
      resumeAfter(edits, fn, node);
      putAround(edits, argument, OPERAND, ` ${NAMES.suspend}(${A},${lines.line(node.start)},`, ')');
      return;
    }
    case 'ForOfStatement': {
      // Not within the statement: V8 gives the iterated expression as it is written, where it is none.
      const { start, listed } = fn.labelled.get(node)!;
      const line = `${A}.at=${lines.line(node.start)};`;
      if (listed) edits.insert(start, line);
      else {
        edits.open(start, node.end, SELF, `{${line}`);
        edits.close(start, node.end, SELF, '}');
      }
      return;
    }
    case 'YieldExpression': {
      const { argument, delegate } = node as YieldExpression;
      resumeAfter(edits, fn, node);
      const head = `${NAMES.suspend}(${A},${lines.line(node.start)},`;
      if (!argument) edits.close(node.start, node.end, INSIDE, ` ${head}void 0)`);
      else {
        // V8 describes a conditional by its value, as it does a name.
        if (delegate) putAround(edits, argument, OPERAND, ` ${NAMES.suspend}(${A},${lines.line(node.start)})?0:`, '');
        else putAround(edits, argument, OPERAND, ` ${head}`, ')');
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
