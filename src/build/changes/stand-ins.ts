/**
 * Functions of a CommonJS module in whose place the new version gives away one of another package:
 * `exports.extend = require('lodash.merge')`. Who holds the running function goes on calling it, so the new version is read
 * as one that calls the other.
 */
import type { AnyNode, CallExpression, ExpressionStatement, Program } from 'acorn';
import { analyzeModule } from '../../source/analyze.ts';
import { Edits } from '../../source/edits.ts';
import type { ModuleModel } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { isFunctionNode, rootOf, walk } from '../version/walk.ts';

const EXPORT = /^(module\.)?exports(\.[\w$]+)?$/;
/** Throws where the process has something else there. */
const CHECK =
  "((fn)=>{if(typeof fn!=='function'||/^class\\b/.test(Function.prototype.toString.call(fn)))throw new TypeError('what stands in for it is not a function');return fn})";

export interface StoodIn {
  readonly next: ModuleModel;
  /** What the functions are given away as. */
  readonly keys: ReadonlySet<string>;
}

/** Null where there are none. */
export function withStandIns(base: ModuleModel, next: ModuleModel): StoodIn | null {
  if (base.format !== 'commonjs' || next.format !== 'commonjs') return null;
  const [was, now] = [given(base), given(next)];
  const [old, declared] = [declarationsOf(base), declarationsOf(next)];
  const keys = new Set<string>();
  const edits = new Edits(next.text);
  for (const [key, after] of now) {
    const before = was.get(key);
    if (!before || !after) continue;
    const value = before.value.type === 'Identifier' ? old.get(before.value.name) : before.value;
    // One that goes on under its name is another matter.
    const goesOn = before.value.type === 'Identifier' && declared.has(before.value.name);
    if (!value || goesOn || !isPlain(value) || !isForeign(after.value, declared)) continue;
    keys.add(key);
    const name = `$${key.replace(/.*\./, '')}${keys.size}`;
    edits.insert(after.node.start, `const ${name}=${CHECK}(${next.text.slice(after.value.start, after.value.end)});`);
    edits.cut(after.value.start, after.value.end, `function(...$given){return Reflect.apply(${name},this,$given)}`);
  }
  return keys.size === 0 ? null : { next: analyzeModule(edits.render().text, next.format, next.file), keys };
}

interface Given {
  readonly node: ExpressionStatement;
  readonly value: AnyNode;
}

/** What the top level gives away, by its one assignment; null for what is given more than once. */
function given({ program }: ModuleModel): Map<string, Given | null> {
  const found = new Map<string, Given | null>();
  for (const node of (program as Program).body) {
    if (node.type !== 'ExpressionStatement' || node.expression.type !== 'AssignmentExpression' || node.expression.operator !== '=')
      continue;
    const key = memberText(node.expression.left as AnyNode) ?? '';
    const value = node.expression.right as AnyNode;
    if (EXPORT.test(key)) found.set(key, found.has(key) ? null : { node, value });
  }
  return found;
}

/** The values of the functions and constants of the top level, by name. */
function declarationsOf({ program }: ModuleModel): Map<string, AnyNode> {
  const found = new Map<string, AnyNode>();
  for (const node of (program as Program).body) {
    if (node.type === 'FunctionDeclaration') found.set(node.id.name, node);
    else if (node.type === 'VariableDeclaration')
      for (const { id, init } of node.declarations) if (id.type === 'Identifier' && init) found.set(id.name, init);
  }
  return found;
}

/** A function that asks for no `this`, so that it is no constructor, and gives its result at once. */
function isPlain(node: AnyNode): boolean {
  if (!isFunctionNode(node) || node.type === 'ArrowFunctionExpression') return false;
  if ((node as { async?: boolean }).async || (node as { generator?: boolean }).generator) return false;
  let asks = false;
  walk(node, (inner) => {
    asks ||= inner.type === 'ThisExpression' || inner.type === 'MetaProperty';
    return !asks && (inner === node || !isFunctionNode(inner) || inner.type === 'ArrowFunctionExpression');
  });
  return !asks;
}

/** Whether it is a package, what Node has built in, or a member of one. */
function isForeign(value: AnyNode, declared: ReadonlyMap<string, AnyNode>, depth = 0): boolean {
  const root = rootOf(value);
  if (root.type === 'Identifier') {
    const is = declared.get(root.name);
    return is !== undefined && depth === 0 && isForeign(is, declared, 1);
  }
  if (root.type !== 'CallExpression') return false;
  const { callee, arguments: asked } = root as CallExpression;
  const [name] = asked;
  return callee.type === 'Identifier' && callee.name === 'require' && name?.type === 'Literal' && /^[^./]/.test(String(name.value));
}
