/**
 * Parameter lists whose patterns and defaults are evaluated by the body, behind the entry site: the list itself then runs
 * no code. What the program sees of a failing one stays: V8 words its message by the form of the code, and a line that
 * a parameter stands on is where the error is.
 */
import type { AnyNode, Expression, Function as FunctionNode, Pattern } from 'acorn';
import type { Content, Edits } from '../source/edits.ts';
import type { FunctionInfo } from '../source/model.ts';
import { arrowEnd, parametersStart } from '../source/function-parts.ts';
import { afterTrivia, isLineEnd } from '../source/text.ts';
import { LOCALS, NAMES } from './names.ts';

const { rest: REST } = LOCALS;

export interface Parameters {
  /** What stands for each declared parameter in a call. */
  readonly names: string[];
  /** Evaluates what the parameter list no longer does. */
  readonly prologue: Content[];
  /** The list spans lines: it is written anew on its first line, and the prologue takes its line ends along. */
  readonly spread: Spread | null;
}

export interface Spread {
  /** The first parameter's start. */
  readonly start: number;
  /** Behind the opening brace, or behind the arrow of an arrow function whose body is an expression. */
  readonly end: number;
  /** The parameters, and what opens the body. */
  readonly list: Content[];
}

interface Moved {
  readonly name: string;
  /** What stands in the list, where the parameter does not stay as it is. */
  readonly list: Content[];
  /** The piece of the source that `list` takes the place of. */
  readonly cut: readonly [start: number, end: number] | null;
  readonly prologue: Content[];
}

function move(parameter: Pattern, index: number, start: number): Moved {
  const target = LOCALS.parameter(index);
  // Where V8 places the error of an array pattern that has nothing to iterate over.
  const place: Content[] = [[start, start]];
  switch (parameter.type) {
    case 'Identifier':
      return { name: parameter.name, list: [[parameter.start, parameter.end]], cut: null, prologue: [] };
    case 'RestElement': {
      const { argument } = parameter;
      if (argument.type === 'Identifier')
        return { name: `...${argument.name}`, list: [[parameter.start, parameter.end]], cut: null, prologue: [] };
      const prologue: Content[] = ['var ', [argument.start, argument.end], `=${REST};`];
      return { name: `...${REST}`, list: [[parameter.start, argument.start], REST], cut: [argument.start, argument.end], prologue };
    }
    case 'AssignmentPattern': {
      const { left } = parameter;
      if (left.type === 'Identifier') {
        const prologue: Content[] = [`if(${left.name}===void 0)${left.name}`, [left.end, parameter.end], ';'];
        return { name: left.name, list: [[left.start, left.end], '=void 0'], cut: [left.end, parameter.end], prologue };
      }
      // V8 evaluates a default so itself: the message of a pattern that fits neither is that of a conditional.
      const value: Content[] = [`${target}===void 0?${target}`, [left.end, parameter.end], `:${target}`];
      return {
        name: target,
        list: [`${target}=void 0`],
        cut: [parameter.start, parameter.end],
        prologue: [
          'var ',
          [left.start, left.end],
          ...(left.type === 'ArrayPattern' ? ['=', ...place, '(0,', ...value, ');'] : ['=', ...value, ';']),
        ],
      };
    }
    case 'ArrayPattern': {
      // Of a sequence V8 says what it is, not how it was written: so it does of a parameter.
      const prologue: Content[] = ['var ', [parameter.start, parameter.end], '=', ...place, `(0,${target});`];
      return { name: target, list: [target], cut: [parameter.start, parameter.end], prologue };
    }
    default: {
      const prologue: Content[] = [...objectPattern(parameter, target), `=${target};`];
      return { name: target, list: [target], cut: [parameter.start, parameter.end], prologue };
    }
  }
}

/** Declares the names of a pattern; throws first what V8 throws for undefined and null, where it would name the variable. */
function objectPattern(pattern: Pattern, target: string): Content[] {
  const whole: Content[] = ['var ', [pattern.start, pattern.end]];
  const first = pattern.type === 'ObjectPattern' ? pattern.properties[0] : undefined;
  if (first?.type !== 'Property' || first.computed)
    return [`if(${target}==null)`, ...fail(target, first?.type === 'RestElement' ? first.argument.start : pattern.start), ...whole];
  // Here V8 tells which property cannot be read, and of what.
  if (first.value.type === 'AssignmentPattern') return whole;
  // The error is on the line of the first property: the line ends before it come first.
  return [
    '/*',
    [pattern.start, pattern.start + 1],
    '*/',
    [pattern.start + 1, first.start],
    `if(${target}==null)`,
    ...fail(target, first.value.start, keyText(first.key)),
    'var {',
    [first.start, pattern.end],
  ];
}

function fail(target: string, position: number, key?: string): Content[] {
  return [[position, position], `throw ${NAMES.nothing}(${target}${key === undefined ? '' : `,${JSON.stringify(key)}`});`];
}

function keyText(key: Expression): string {
  return key.type === 'Identifier' ? key.name : String((key as { value?: unknown }).value);
}

/** Rewrites the parameter list so that evaluating it runs no code, and the body does the rest. */
export function moveParameters(edits: Edits, source: string, node: FunctionNode & AnyNode, extra: string | null): Parameters {
  const parenthesis = parametersStart(source, node)!;
  const moved = node.params.map((p, i) => move(p, i, parenthesis));
  const names = moved.map((m) => m.name);
  const spread = spreadList(source, node, moved, extra);
  if (spread) return { names, ...spread };
  for (const { list, cut } of moved) if (cut) edits.cut(cut[0], cut[1], ...list.filter((c) => typeof c === 'string'));
  if (extra !== null) addRest(edits, source, node, extra);
  return { names, prologue: moved.flatMap((m) => m.prologue), spread: null };
}

/** Where a line ends between what moves and the body, what moves must take that line end along. */
function spreadList(
  source: string,
  node: FunctionNode & AnyNode,
  moved: readonly Moved[],
  extra: string | null,
): { readonly prologue: Content[]; readonly spread: Spread } | null {
  const first = moved.findIndex((m) => m.cut !== null);
  const { start } = node.params[0]!;
  const end = node.body.type === 'BlockStatement' ? node.body.start + 1 : arrowEnd(source, node);
  if (!hasLineEnd(source, node.params[first]!.end, end)) return null;
  const gaps = node.params.map((p, i) => [p.end, node.params[i + 1]?.start ?? end] as const);
  if (!gaps.slice(first).some(([from, to]) => hasLineEnd(source, from, to))) return null;
  const list = moved.flatMap((m, i) => (i === 0 ? m.list : [',', ...m.list]));
  if (extra !== null) list.push(`,${extra}`);
  list.push(node.type === 'ArrowFunctionExpression' ? ')=>{' : '){');
  const prologue: Content[] = [];
  moved.forEach((parameter, i) => {
    prologue.push(...parameter.prologue);
    const [from, to] = gaps[i]!;
    let position = from;
    while (position < to) {
      const next = Math.min(afterTrivia(source, position), to);
      if (next > position) prologue.push([position, next]);
      // What divided parameters and ended the list: kept for the function's text, read by nobody.
      if (next < to) prologue.push('/*', [next, next + 1], '*/');
      position = next + 1;
    }
  });
  return { prologue, spread: { start, end, list } };
}

function hasLineEnd(source: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (isLineEnd(source.charCodeAt(i))) return true;
  return false;
}

/** Adds `...rest` to a parameter list that has none, and the parentheses an arrow with one bare parameter lacks. */
export function addRest(edits: Edits, source: string, fn: FunctionNode & AnyNode, rest: string): void {
  const start = parametersStart(source, fn);
  const last = fn.params.at(-1);
  if (!last) {
    edits.insert(start! + 1, rest);
    return;
  }
  if (start === null) {
    edits.open(last.start, last.end, 9, '(');
    edits.close(last.start, last.end, 9, `,${rest})`);
    return;
  }
  const next = afterTrivia(source, last.end);
  if (source[next] === ',') edits.insert(next + 1, rest);
  else edits.insert(last.end, `,${rest}`);
}

/** Parameters that all stay where they are. */
export function plainNames(fn: FunctionInfo): string[] {
  return (fn.node as FunctionNode).params.map((p) =>
    p.type === 'Identifier' ? p.name : p.type === 'RestElement' && p.argument.type === 'Identifier' ? `...${p.argument.name}` : '',
  );
}
