/** Random edits of JavaScript such as people make: each takes the source of a CommonJS module and gives another, or null. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { walk } from '../../../src/build/version/program/walk.ts';
import { analyzeModule } from '../../../src/source/analyze.ts';
import type { ModuleModel } from '../../../src/source/model.ts';
import type { Random } from './random.ts';

type Edit = (model: ModuleModel, random: Random) => string | null;
interface Found<T extends AnyNode = AnyNode> {
  readonly node: T;
  readonly parents: readonly AnyNode[];
}

function find(model: ModuleModel, wanted: (node: AnyNode, parents: readonly AnyNode[]) => boolean): Found[] {
  const found: Found[] = [];
  walk(model.program, (node, parents) => {
    if (wanted(node, parents)) found.push({ node, parents: [...parents] });
  });
  return found;
}

/** Applies replacements of ranges that do not overlap. */
function splice(text: string, ...parts: readonly (readonly [number, number, string])[]): string {
  let result = text;
  for (const [start, end, by] of parts.toSorted((a, b) => b[0] - a[0])) result = result.slice(0, start) + by + result.slice(end);
  return result;
}

const slice = (model: ModuleModel, node: AnyNode): string => model.text.slice(node.start, node.end);
const pickOne = <T>(list: readonly T[], random: Random): T | null => (list.length === 0 ? null : random.pick(list));
const isFunction = (node: AnyNode): boolean => /Function/.test(node.type);

function functionsWithBody(model: ModuleModel): Found[] {
  return find(model, (node) => isFunction(node) && (node as FunctionNode).body.type === 'BlockStatement');
}

const renameLocal: Edit = (model, random) => {
  const locals = new Set(model.references.map((r) => r.binding).filter((b) => b !== null));
  const binding = pickOne(
    [...locals].filter((b) => b.declarations.length > 0 && b.kind !== 'own-name' && b.scope.kind !== 'class'),
    random,
  );
  if (!binding) return null;
  const shorthand = new Set<number>();
  walk(model.program, (node) => {
    if (node.type === 'Property' && node.shorthand) shorthand.add(node.key.start);
  });
  const at = new Map([...binding.declarations, ...binding.references.map((r) => r.node)].map((node) => [node.start, node]));
  const name = `${binding.name}_r`;
  return splice(
    model.text,
    ...[...at.values()].map(
      (node) => [node.start, node.end, shorthand.has(node.start) ? `${binding.name}: ${name}` : name] as [number, number, string],
    ),
  );
};

const moveFunction: Edit = (model, random) => {
  const target = pickOne(
    find(model, (node, parents) => node.type === 'FunctionDeclaration' && /Program|BlockStatement/.test(parents.at(-1)!.type)),
    random,
  );
  if (!target) return null;
  const around = target.parents.at(-1)!;
  const end = around.type === 'Program' ? around.end : around.end - 1;
  return splice(model.text, [target.node.start, target.node.end, ''], [end, end, `\n${slice(model, target.node)}\n`]);
};

const wrap: Edit = (model, random) => {
  const target = pickOne(
    find(model, (node) => node.type === 'ReturnStatement' && node.argument != null),
    random,
  );
  const argument = target?.node.type === 'ReturnStatement' ? target.node.argument : null;
  if (!argument) return null;
  return splice(model.text, [argument.start, argument.end, ` ((v) => v)((${slice(model, argument)}))`]);
};

const reorderMembers: Edit = (model, random) => {
  const target = pickOne(
    find(model, (node) => node.type === 'ClassBody' && node.body.length > 1),
    random,
  );
  if (target?.node.type !== 'ClassBody') return null;
  const at = random.below(target.node.body.length - 1);
  const [a, b] = [target.node.body[at]!, target.node.body[at + 1]!];
  if (a.type !== 'MethodDefinition' || b.type !== 'MethodDefinition') return null;
  return splice(model.text, [a.start, a.end, slice(model, b)], [b.start, b.end, slice(model, a)]);
};

const changeLiteral: Edit = (model, random) => {
  const target = pickOne(
    find(model, (node, parents) => {
      const parent = parents.at(-1);
      if (node.type !== 'Literal' || node.regex || node.bigint) return false;
      if (parent?.type === 'ExpressionStatement' || (parent?.type === 'Property' && parent.key === node)) return false;
      return !(parent?.type === 'CallExpression' && parent.callee.type === 'Identifier' && parent.callee.name === 'require');
    }),
    random,
  );
  if (target?.node.type !== 'Literal') return null;
  const { value } = target.node;
  const by =
    typeof value === 'number'
      ? String(value + 1)
      : typeof value === 'string'
        ? JSON.stringify(`${value}~`)
        : value === null
          ? 'undefined'
          : String(!value);
  return splice(model.text, [target.node.start, target.node.end, by]);
};

const OPERATORS: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '&&': '||',
  '||': '&&',
};
const changeOperator: Edit = (model, random) => {
  const target = pickOne(
    find(model, (node) => (node.type === 'BinaryExpression' || node.type === 'LogicalExpression') && node.operator in OPERATORS),
    random,
  );
  if (target?.node.type !== 'BinaryExpression' && target?.node.type !== 'LogicalExpression') return null;
  const { left, right, operator } = target.node;
  return splice(model.text, [
    left.end,
    right.start,
    slice(model, { ...left, start: left.end, end: right.start }).replace(operator, OPERATORS[operator]!),
  ]);
};

const dropStatement: Edit = (model, random) => {
  const target = pickOne(
    find(
      model,
      (node, parents) =>
        node.type === 'ExpressionStatement' &&
        node.expression.type !== 'Literal' &&
        parents.some(isFunction) &&
        parents.at(-1)!.type === 'BlockStatement',
    ),
    random,
  );
  return target && splice(model.text, [target.node.start, target.node.end, ';']);
};

const addDefault: Edit = (model, random) => {
  const target = pickOne(
    find(model, (node) => isFunction(node) && (node as FunctionNode).params.at(-1)?.type === 'Identifier'),
    random,
  );
  const last = (target?.node as FunctionNode | undefined)?.params.at(-1);
  if (!last || model.text[target!.node.start] !== 'f') return null;
  return splice(model.text, [last.end, last.end, ` = ${random.pick(['7', '{}', "'d'", '[]'])}`]);
};

const addParameter: Edit = (model, random) => {
  const target = pickOne(
    find(
      model,
      (node) => node.type === 'FunctionDeclaration' && node.params.length > 0 && node.params.every((p) => p.type === 'Identifier'),
    ),
    random,
  );
  if (target?.node.type !== 'FunctionDeclaration') return null;
  const { id, params, body } = target.node;
  const calls = model.references.filter(
    ({ node, parent }) =>
      node.name === id!.name && parent.type === 'CallExpression' && parent.callee === node && parent.arguments.length === params.length,
  );
  const call = pickOne(calls, random)?.parent;
  const own = `${id!.name}_extra${random.below(1000)}`;
  return splice(
    model.text,
    [params.at(-1)!.end, params.at(-1)!.end, `, ${own}`],
    [body.start + 1, body.start + 1, `if (${own} === 'stop') return null;`],
    ...(call?.type === 'CallExpression'
      ? [[call.arguments.at(-1)!.end, call.arguments.at(-1)!.end, ", 'stop'"] as [number, number, string]]
      : []),
  );
};

const addHelper: Edit = (model, random) => {
  const target = pickOne(
    find(model, (node, parents) => node.type === 'ReturnStatement' && node.argument != null && parents.some(isFunction)),
    random,
  );
  const argument = target?.node.type === 'ReturnStatement' ? target.node.argument : null;
  if (!argument) return null;
  const name = `helper_${random.below(1000)}`;
  const state = random.below(2) === 0;
  return `${splice(model.text, [argument.start, argument.end, ` ${name}((${slice(model, argument)}))`])}\n${state ? `let ${name}_n = 0;\n` : ''}function ${name}(v) { ${state ? `${name}_n++; return ${name}_n > 3 && typeof v === 'number' ? v + 1 : v` : "return typeof v === 'string' ? v + '^' : v"} }\n`;
};

const addMethod: Edit = (model, random) => {
  const target = pickOne(
    find(model, (node) => node.type === 'ClassBody' && node.body.length > 0),
    random,
  );
  if (target?.node.type !== 'ClassBody') return null;
  const method = pickOne(
    target.node.body.filter((m) => m.type === 'MethodDefinition' && m.kind === 'method' && !m.static),
    random,
  );
  if (method?.type !== 'MethodDefinition') return null;
  const name = `added_${random.below(1000)}`;
  const { body } = method.value;
  return splice(
    model.text,
    [body.start + 1, body.start + 1, `if (this.${name}() === 3) return '${name}';`],
    [method.end, method.end, `\n${name}() { return ${random.below(4)} }\n`],
  );
};

const addLocal: Edit = (model, random) => {
  const target = pickOne(functionsWithBody(model), random);
  if (!target) return null;
  const { body } = target.node as FunctionNode;
  const inner = pickOne(
    find(model, (node) => node.type === 'ReturnStatement' && node.argument != null && node.start > body.start && node.end < body.end),
    random,
  );
  const argument = inner?.node.type === 'ReturnStatement' ? inner.node.argument : null;
  if (!argument) return null;
  const name = `local_${random.below(1000)}`;
  return splice(
    model.text,
    [body.start + 1, body.start + 1, `var ${name} = '%';`],
    [argument.start, argument.end, ` ((v) => (typeof v === 'string' ? v + ${name} : v))((${slice(model, argument)}))`],
  );
};

export const EDITS: Readonly<Record<string, Edit>> = {
  renameLocal,
  moveFunction,
  wrap,
  reorderMembers,
  changeLiteral,
  changeOperator,
  dropStatement,
  addDefault,
  addParameter,
  addHelper,
  addMethod,
  addLocal,
};

/** One to three edits; null when none could be made, or what they made is no program. */
export function edited(text: string, random: Random): { readonly text: string; readonly edits: readonly string[] } | null {
  const edits: string[] = [];
  let result = text;
  for (let i = 1 + random.below(3); i > 0; i--) {
    const name = random.pick(Object.keys(EDITS));
    try {
      const next = EDITS[name]!(analyzeModule(result, 'commonjs', 'edited.js'), random);
      if (next === null) continue;
      analyzeModule(next, 'commonjs', 'edited.js');
      result = next;
      edits.push(name);
    } catch {
      // Such as a default parameter beside 'use strict'.
    }
  }
  return edits.length > 0 && result !== text ? { text: result, edits } : null;
}
