/** Which other programs a module starts, in threads and processes of their own: what can be told without running it. */
import type { AnyNode } from 'acorn';

/** How a path is meant: as a URL from the module, as `require` finds it from there, or from the folder of the process. */
export interface ProgramPath {
  readonly from: 'module' | 'require' | 'process';
  readonly path: string;
}

/** What `node` starts, if it is a `new Worker(…)` or a `fork(…)` whose file is named there. */
export function programStartedBy(node: AnyNode): ProgramPath | null {
  if (node.type === 'NewExpression') return lastName(node.callee) === 'Worker' ? pathOf(node.arguments[0]) : null;
  if (node.type === 'CallExpression') return lastName(node.callee) === 'fork' ? pathOf(node.arguments[0]) : null;
  return null;
}

/** `b` of `b` and of `a.b`. */
function lastName(node: AnyNode): string | null {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier' ? node.property.name : null;
}

function pathOf(node: AnyNode | undefined): ProgramPath | null {
  if (node === undefined) return null;
  const text = literalOf(node);
  // Node takes no other path for one, and code to be evaluated begins otherwise.
  if (text !== null) return /^(?:\.\.?)?\//.test(text) ? { from: 'process', path: text } : null;
  if (node.type === 'NewExpression' && lastName(node.callee) === 'URL') {
    const path = literalOf(node.arguments[0]);
    return path !== null && isMeta(node.arguments[1], 'url') && /^[./]/.test(path) ? { from: 'module', path } : null;
  }
  if (node.type === 'TemplateLiteral')
    return isFolder(node.expressions[0]) && node.expressions.length === 1 ? below(cooked(node, 1)) : null;
  if (node.type === 'BinaryExpression') return node.operator === '+' && isFolder(node.left) ? below(literalOf(node.right)) : null;
  return node.type === 'CallExpression' ? pathFrom(lastName(node.callee), node.arguments, node.callee) : null;
}

function pathFrom(name: string | null, given: readonly AnyNode[], callee: AnyNode): ProgramPath | null {
  if (name === 'fileURLToPath') return pathOf(given[0]);
  if (name !== 'join' && name !== 'resolve') return null;
  if (callee.type === 'MemberExpression' && lastName(callee.object) === 'require') {
    const path = literalOf(given[0]);
    return path === null ? null : { from: 'require', path };
  }
  const parts = given.slice(1).map(literalOf);
  return isFolder(given[0]) && !parts.includes(null) ? below(`/${parts.join('/')}`) : null;
}

/** A path that is put behind the module's folder. */
const below = (path: string | null): ProgramPath | null => (path?.startsWith('/') ? { from: 'module', path: `.${path}` } : null);

const isFolder = (node: AnyNode | undefined): boolean =>
  (node?.type === 'Identifier' && node.name === '__dirname') || isMeta(node, 'dirname');

function isMeta(node: AnyNode | undefined, name: string): boolean {
  return node?.type === 'MemberExpression' && node.object.type === 'MetaProperty' && lastName(node) === name;
}

const cooked = (node: AnyNode & { type: 'TemplateLiteral' }, index: number): string | null =>
  index === 1 && node.quasis[0]?.value.cooked !== '' ? null : (node.quasis[index]?.value.cooked ?? null);

/** The value of a string that stands there as it is. */
export function literalOf(node: AnyNode | null | undefined): string | null {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? null;
  return null;
}
