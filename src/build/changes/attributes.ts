/** Properties that the top level defines as before, but for whether they are enumerable: they get that, and stay what they are. */
import type { AnyNode, CallExpression, ObjectExpression } from 'acorn';
import { keyName, memberText } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { isFunctionNode } from '../version/walk.ts';

export interface Redefined {
  readonly before: AnyNode;
  readonly node: AnyNode;
  readonly target: AnyNode;
  readonly name: string;
  readonly enumerable: boolean;
}

/** The statements among those that have gone, and among those that are new, which define the same. */
export function redefined(ctx: ModuleContext, gone: readonly AnyNode[], fresh: readonly AnyNode[]): Redefined[] {
  const left = new Map(gone.map((node) => [node, definition(node)]));
  return fresh.flatMap((node) => {
    const now = definition(node);
    if (!now) return [];
    for (const [before, was] of left) {
      if (!was || !definesAlike(ctx, was, now)) continue;
      left.delete(before);
      return { before, node, target: now.target, name: now.name, enumerable: now.enumerable };
    }
    return [];
  });
}

interface Definition {
  readonly target: AnyNode;
  readonly name: string;
  readonly enumerable: boolean;
  /** The rest of the descriptor. */
  readonly parts: ReadonlyMap<string, AnyNode>;
}

/** `Object.defineProperty(object, 'name', {…})` of what can be defined once more. */
function definition(node: AnyNode): Definition | null {
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') return null;
  const { callee, arguments: given } = node.expression as CallExpression;
  const [target, key, descriptor] = given as AnyNode[];
  if (memberText(callee) !== 'Object.defineProperty' || given.length !== 3 || memberText(target!) === undefined) return null;
  if (key!.type !== 'Literal' || descriptor!.type !== 'ObjectExpression') return null;
  const parts = described(descriptor);
  if (!parts || truth(parts.get('configurable')) !== true) return null;
  const enumerable = parts.has('enumerable') ? truth(parts.get('enumerable')) : false;
  if (enumerable === null) return null;
  for (const name of ['enumerable', 'configurable']) parts.delete(name);
  return { target: target!, name: String(key.value), enumerable, parts };
}

function described({ properties }: ObjectExpression): Map<string, AnyNode> | null {
  const parts = new Map<string, AnyNode>();
  for (const property of properties) {
    if (property.type !== 'Property' || property.computed || property.kind !== 'init') return null;
    parts.set(keyName(property.key, false), property.method ? property : property.value);
  }
  return parts;
}

/** `true`, `false`, and what minifiers write for them. */
function truth(node: AnyNode | undefined): boolean | null {
  if (node?.type === 'Literal' && typeof node.value === 'boolean') return node.value;
  if (node?.type !== 'UnaryExpression' || node.operator !== '!' || node.argument.type !== 'Literal') return null;
  return typeof node.argument.value === 'number' ? !node.argument.value : null;
}

function definesAlike({ base, next, match }: ModuleContext, was: Definition, now: Definition): boolean {
  if (was.name !== now.name || was.enumerable === now.enumerable || was.parts.size !== now.parts.size) return false;
  if (base.text(was.target) !== next.text(now.target)) return false;
  return [...now.parts].every(([what, value]) => {
    const before = was.parts.get(what);
    if (!before) return false;
    const [old, fn] = [base.fnAt.get(inside(before)), next.fnAt.get(inside(value))];
    return old && fn ? match.baseOf.get(fn) === old : !old && !fn && isPlain(value) && base.text(before) === next.text(value);
  });
}

function inside(part: AnyNode): AnyNode {
  return part.type === 'Property' ? part.value : part;
}

/** A value that means the same wherever it stands. */
function isPlain(node: AnyNode): boolean {
  return !isFunctionNode(node) && (node.type === 'Literal' || truth(node) !== null);
}
