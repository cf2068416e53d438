/** Which other modules a module asks for by name: what can be told without running it. */
import type { AnyNode, ImportAttribute, Program } from 'acorn';
import { parseModule } from './parse.ts';
import type { ModuleFormat } from './parse.ts';
import { literalOf, programStartedBy } from './programs.ts';
import type { ProgramPath } from './programs.ts';

export interface Request {
  /** `import` and `export … from`; `import()`; `require()`. */
  readonly kind: 'static' | 'dynamic' | 'require';
  readonly specifier: string;
  /** The attributes' own text, braces included; '' without any. */
  readonly attributes: string;
  /** In a function, which may never run. */
  readonly late: boolean;
}

export interface Requests {
  /** As which the text was parsed. */
  readonly format: ModuleFormat;
  /** In the order of the text. */
  readonly requests: readonly Request[];
  /** What it starts in threads and processes of their own. */
  readonly programs: readonly ProgramPath[];
}

/** Throws ERR_SYNTAX. `format` is null where the syntax decides. */
export function requestsOf(text: string, format: ModuleFormat | null, file: string): Requests {
  const [program, parsedAs] = parseAs(text, format, file);
  const requests: Request[] = [];
  const programs: ProgramPath[] = [];
  const seen = new Set<string>();
  const add = (kind: Request['kind'], source: unknown, attributes: string, late: boolean): void => {
    const specifier = literalOf(source as AnyNode | null | undefined);
    if (specifier === null || seen.has(`${kind} ${specifier} ${attributes}`)) return;
    seen.add(`${kind} ${specifier} ${attributes}`);
    requests.push({ kind, specifier, attributes, late });
  };
  // Walked without recursion: some programs nest thousands deep.
  const waiting: (readonly [AnyNode, late: boolean])[] = [[program, false]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [node, late] = next;
    const started = programStartedBy(node);
    if (started !== null) programs.push(started);
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'ExportNamedDeclaration':
        add('static', node.source, attributesText(text, node.attributes), false);
        break;
      case 'ImportExpression':
        add('dynamic', node.source, node.options ? text.slice(node.options.start, node.options.end) : '', late);
        break;
      case 'CallExpression':
        if (node.callee.type === 'Identifier' && node.callee.name === 'require') add('require', node.arguments[0], '', late);
        break;
      default:
    }
    const runs = calledInPlace(node);
    for (const child of childrenOf(node).reverse()) waiting.push([child, late || (isFunction(child) && !runs)]);
  }
  return { format: parsedAs, requests, programs };
}

function parseAs(text: string, format: ModuleFormat | null, file: string): readonly [Program, ModuleFormat] {
  if (format !== null) return [parseModule(text, format, file), format];
  try {
    return [parseModule(text, 'commonjs', file), 'commonjs'];
  } catch {
    return [parseModule(text, 'module', file), 'module'];
  }
}

const isFunction = ({ type }: AnyNode): boolean =>
  type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression';

/** `(function () {…})()`, `(function () {…}).call(this)`, and what such a call is given: the wrappers of whole modules. */
function calledInPlace(node: AnyNode): boolean {
  if (node.type === 'MemberExpression') return isFunction(node.object);
  if (node.type !== 'CallExpression') return false;
  return isFunction(node.callee) || (node.callee.type === 'MemberExpression' && isFunction(node.callee.object));
}

function attributesText(text: string, attributes: readonly ImportAttribute[] | undefined): string {
  return attributes?.length ? `{${attributes.map(({ start, end }) => text.slice(start, end)).join(',')}}` : '';
}

function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node) as unknown[])
    for (const item of Array.isArray(value) ? value : [value])
      if (typeof (item as AnyNode | null | undefined)?.type === 'string') children.push(item as AnyNode);
  return children;
}
