/**
 * Writes a program another way that means the same, to find what holds only for the usual way of writing: `sequences` puts
 * each operand in a parenthesised sequence, `comments` puts a comment full of punctuation before each token, and `lines` one
 * that ends a line.
 */
import { parse } from 'acorn';

/** No line may end behind these words, or before these tokens. */
const HOLDING = /^(?:async|break|continue|return|throw|yield)$/;
const HELD = new Set(['=>', '++/--']);

const COMMENTS = { comments: '/*(){[`=>*/', lines: '/*\n*/' };

/** The operands of `node` that may stand in parentheses. */
function operandsOf(node) {
  switch (node.type) {
    case 'AwaitExpression':
    case 'ReturnStatement':
    case 'SpreadElement':
    case 'ThrowStatement':
    case 'YieldExpression':
      return [node.argument];
    case 'ArrowFunctionExpression':
      return node.body.type === 'BlockStatement' ? [] : [node.body];
    case 'AssignmentPattern':
    case 'ForInStatement':
    case 'ForOfStatement':
      return [node.right];
    case 'ConditionalExpression':
    case 'IfStatement':
    case 'WhileStatement':
      return [node.test];
    case 'ForStatement':
      return [node.test, node.update];
    case 'MethodDefinition':
      return [node.computed && node.key];
    case 'PropertyDefinition':
      return [node.computed && node.key, node.value];
    case 'SwitchStatement':
      return [node.discriminant];
    case 'TemplateLiteral':
      return node.expressions;
    case 'VariableDeclarator':
      return [node.init];
    default:
      return [];
  }
}

function* nodesOf(value) {
  if (value === null || typeof value !== 'object') return;
  if (typeof value.type === 'string') yield value;
  for (const part of Object.values(value)) yield* nodesOf(part);
}

function withSequences(text, program) {
  const at = new Map();
  const put = (position, piece) => at.set(position, [...(at.get(position) ?? []), piece]);
  for (const node of nodesOf(program)) {
    for (const operand of operandsOf(node)) {
      if (!operand) continue;
      put(operand.start, '(0, ');
      put(operand.end, ')');
    }
  }
  let written = '';
  let done = 0;
  for (const [position, pieces] of [...at].toSorted(([a], [b]) => a - b)) {
    // What ends here ends before what begins here.
    written += text.slice(done, position) + pieces.toSorted().toReversed().join('');
    done = position;
  }
  return written + text.slice(done);
}

function withComments(text, tokens, comment) {
  let written = '';
  let done = 0;
  const endsLine = comment.includes('\n');
  let word = '';
  let inTemplate = false;
  for (const { type, start, end } of tokens) {
    const held = endsLine && (HOLDING.test(word) || HELD.has(type.label));
    // The text of a template is no place for comments, nor is what follows it.
    const skipped = held || inTemplate || type.label === 'template' || type.label === 'eof';
    inTemplate = type.label === 'template';
    word = text.slice(start, end);
    if (skipped) continue;
    written += text.slice(done, start) + comment;
    done = start;
  }
  return written + text.slice(done);
}

/** `text` the other way, or null where it cannot be written so. */
export function rewrite(text, way, sourceType) {
  const options = { ecmaVersion: 'latest', sourceType, allowHashBang: true, allowReturnOutsideFunction: true };
  try {
    const tokens = [];
    const program = parse(text, { ...options, onToken: tokens });
    const written = way === 'sequences' ? withSequences(text, program) : withComments(text, tokens, COMMENTS[way]);
    parse(written, options);
    return written;
  } catch {
    return null;
  }
}

export const WAYS = ['sequences', ...Object.keys(COMMENTS)];
