/** The statements of a scope that runs once, taken apart into what can be compared by name. */
import type { AnyNode, BlockStatement, Function as FunctionNode, Program } from 'acorn';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import { EXPORT_STAR } from '../forms/interop.ts';
import { requiredBy } from '../program/ran.ts';
import type { Side } from '../side.ts';
import { rootOf } from '../program/walk.ts';

/** A name that the scope binds. */
export interface Named {
  readonly kind: 'function' | 'variable' | 'class' | 'import';
  readonly name: string;
  readonly node: AnyNode;
  /** The function, the class, or the initialiser behind any chain of assignments. */
  readonly value: AnyNode | null;
  /** Canonical text of how the name takes its part of the value; empty where it takes it whole. */
  readonly extract: string;
  readonly keyword: 'const' | 'let' | 'var';
  /** The pattern to declare the name with: one property of an object pattern, or the declarator's whole left side. */
  readonly pattern: AnyNode | null;
  /** Declared together: a pattern that cannot be taken apart. */
  readonly group: AnyNode | null;
  /** `x = exports.x = …`: what else gets the value. */
  readonly targets: readonly AnyNode[];
  /** Where it comes from, of an import or of `require` with a literal. */
  readonly source: string | null;
  /** The imported name; `*` the whole of it. */
  readonly imported: string;
  /** The module of the bundle that it is taken from. */
  readonly asked?: FunctionInfo;
  /** The variable, where it is declared around the scope. */
  readonly hoisted?: Binding;
}

export interface Exported {
  readonly name: string;
  /** The local name, or the name in `source`. */
  readonly local: string;
  readonly source: string | null;
  /** `export default` of an expression. */
  readonly value: AnyNode | null;
  readonly node: AnyNode;
}

export interface Assigned {
  /** The static text of the target, `exports.parse`. */
  readonly key: string;
  /** What is assigned: a member expression, or a name; for `Object.defineProperty` the object. */
  readonly target: AnyNode;
  readonly value: AnyNode;
  readonly node: AnyNode;
  /** The name that `Object.defineProperty` gives to a new property of the target. */
  readonly defines: string | null;
  /** The value is a getter. */
  readonly getter: boolean;
  /** The property is not enumerable. */
  readonly hidden: boolean;
  /** Which of `writable`, `enumerable` and `configurable` a descriptor that is written out makes the property. */
  readonly attributes?: string;
  /** A descriptor that only says how a property that is there behaves: it is the value then. */
  readonly flags: boolean;
  /** It only sets what may be there, and can be done once more. */
  readonly again: boolean;
  /** It stands on the prototype of the target. */
  readonly onPrototype?: true;
}

export interface Items {
  readonly named: ReadonlyMap<string, Named>;
  readonly exported: ReadonlyMap<string, Exported>;
  readonly assigned: readonly Assigned[];
  /** What `exports.a = exports.b = void 0` assigns, before what is given away under these names is there. */
  readonly unset: ReadonlySet<string>;
  /** `import 'x'`, a `require` that nothing takes the value of, and `export * from 'x'`, by their text. */
  readonly links: ReadonlyMap<string, AnyNode>;
  /** The modules all of whose names this one gives away, `export *` and what TypeScript makes of it. */
  readonly stars: ReadonlyMap<string, AnyNode>;
  /** The modules whose names are copied into the exports, over those that stand there. */
  readonly copies: ReadonlyMap<string, AnyNode>;
  /** Everything else, in order. */
  readonly others: readonly AnyNode[];
}

/** The statements of a module, or of a wrapper around one. */
export function bodyOf(fn: FunctionInfo): readonly AnyNode[] {
  if (fn.kind === 'module') return (fn.node as Program).body;
  return ((fn.node as FunctionNode).body as BlockStatement).body;
}

/** What gives the module of which `node`, a statement or a call, exports all names: the helper of each compiler takes it another way. */
export function starred(node: AnyNode, side: Side): AnyNode | null {
  if (node.type === 'ExpressionStatement') return starred(node.expression, side);
  if (node.type !== 'CallExpression') return null;
  const callee = side.model.text.slice(node.callee.start, node.callee.end);
  if (callee === '__reExport') {
    const [view, given, whole, ...rest] = node.arguments as AnyNode[];
    const isWhole = view?.type === 'Identifier' && whole !== undefined && memberText(whole) === 'module.exports' && rest.length === 0;
    return isWhole && requiredBy(given!) !== null ? given! : null;
  }
  const [source, target, ...more] = node.arguments as AnyNode[];
  const isStar = target ? EXPORT_STAR.test(callee) && memberText(target) === 'exports' : /^(tslib(_\d+)?\.)?__export$/.test(callee);
  return isStar && source && more.length === 0 && requiredBy(source) !== null ? source : null;
}

/** The object of which a bundler gives a view away: `module.exports = __toCommonJS(object)`. */
export function viewOf({ assigned }: Items): string | null {
  const whole = assigned.find(({ key }) => key === 'module.exports')?.value;
  if (whole?.type !== 'CallExpression' || memberText(whole.callee) !== '__toCommonJS') return null;
  return (whole.arguments[0] && memberText(whole.arguments[0])) ?? null;
}

/** One key for a property of the exports of a CommonJS module, whichever way its text names them. */
export function exportKey(key: string, items: Items): string {
  const at = key.indexOf('.');
  if (at < 0) return key;
  if (key.startsWith('module.exports.')) return key.slice('module.'.length);
  const name = key.slice(0, at);
  const targets = items.named.get(name)?.targets ?? [];
  const isWhole = targets.some((target) => memberText(target) === 'module.exports') || nameGiven(items) === name;
  return isWhole ? `exports${key.slice(at)}` : key;
}

/** The name that is given away as a whole: `module.exports = parse`. */
function nameGiven(items: Items): string | null {
  let name = given.get(items);
  if (name === undefined) {
    const [whole, ...more] = items.assigned.filter(({ key }) => key === 'module.exports');
    name = whole?.value.type === 'Identifier' && more.length === 0 && items.named.has(whole.value.name) ? whole.value.name : null;
    given.set(items, name);
  }
  return name;
}

const given = new WeakMap<Items, string | null>();

/** The static text of what is given a value; what has none goes by its source. */
export const targetKey = (side: Side, node: AnyNode): string => side.targetText(node) ?? side.model.text.slice(node.start, node.end);

/** The key of what the new version assigns, where what it begins with went by another name in the old one. */
export function keyBefore({ key, target }: Pick<Assigned, 'key' | 'target'>, next: Side): string {
  const root = rootOf(target);
  const name = root.type === 'Identifier' && key.startsWith(root.name) ? next.names.get(root) : undefined;
  return name === undefined ? key : `${name}${key.slice((root as { readonly name: string }).name.length)}`;
}

/** `require('x')`, also through an interop helper, and `require('x').name`. */
export function requireOf(node: AnyNode): { readonly source: string; readonly imported: string } | null {
  const required = requiredBy(node);
  if (required !== null) return { source: required, imported: '*' };
  if (node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier') {
    const inner = requireOf(node.object);
    return inner?.imported === '*' ? { source: inner.source, imported: node.property.name } : null;
  }
  return null;
}

export function boundNames(pattern: AnyNode): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((p) => boundNames(p.type === 'RestElement' ? p.argument : p.value));
    case 'ArrayPattern':
      return pattern.elements.flatMap((e) => (e ? boundNames(e) : []));
    case 'AssignmentPattern':
      return boundNames(pattern.left);
    case 'RestElement':
      return boundNames(pattern.argument);
    default:
      return [];
  }
}
