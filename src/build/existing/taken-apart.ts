/**
 * Variables that patterns take out of what a function is given, where the other version makes them otherwise: closures that exist keep
 * what the old one took. `const { max } = options` is `const max = options.max`, and not `Math.min(options.max, 10)`.
 */
import type { AnyNode, Function as FunctionNode, ObjectPattern } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { nodesWithin } from '../version/nodes.ts';
import type { Side } from '../version/side.ts';

/** What the new version gives the variable where it is another; null where both take it in the same way, or neither takes it. */
export function takenOtherwise(
  { base, next, around }: ModuleContext,
  binding: Binding,
  baseFn: FunctionInfo,
  fn: FunctionInfo,
): AnyNode | null {
  const old = baseFn.body.bindings.get(binding.name) ?? baseFn.scope.bindings.get(binding.name);
  if (!old || old.reassigned || binding.reassigned) return null;
  const [was, now] = [sourceOf(old, baseFn, base), sourceOf(binding, fn, next)];
  if (!was || !now || !(was.isTaken || now.isTaken) || was.text === now.text || around.labels.differ(was.text, now.text)) return null;
  return now.node;
}

interface Source {
  readonly text: string;
  readonly node: AnyNode;
  readonly isTaken: boolean;
}

/** Null where more than one place of the text tells. */
function sourceOf({ declarations }: Binding, fn: FunctionInfo, side: Side): Source | null {
  const [id, ...more] = declarations;
  if (!id || more.length > 0) return null;
  const { params = [] } = fn.node as Partial<FunctionNode>;
  for (const [i, param] of params.entries()) {
    const pattern = (param.type === 'AssignmentPattern' ? param.left : param) as AnyNode;
    // The default of all of it is compared by itself.
    const taken = pattern.type === 'ObjectPattern' ? entryOf(pattern, id as AnyNode, side) : null;
    if (taken) return { text: `$${i}.${taken}`, node: pattern, isTaken: true };
  }
  for (const { id: target, init } of nodesWithin(side.model.program, 'VariableDeclarator', fn.node.start, fn.node.end)) {
    if (!init) continue;
    if ((target as AnyNode) === (id as AnyNode)) return { text: textOf(init, fn, side), node: init, isTaken: false };
    const taken = target.type === 'ObjectPattern' ? entryOf(target, id as AnyNode, side) : null;
    if (taken) return { text: `${textOf(init, fn, side)}.${taken}`, node: target as AnyNode, isTaken: true };
  }
  return null;
}

/** `max=5` of `{ max = 5 }`; null for what stands deeper. */
function entryOf({ properties }: ObjectPattern, id: AnyNode, side: Side): string | null {
  for (const property of properties) {
    if (property.type !== 'Property' || property.computed) continue;
    const { value } = property;
    const key = keyName(property.key, false);
    if ((value as AnyNode) === id) return key;
    if (value.type === 'AssignmentPattern' && (value.left as AnyNode) === id) return `${key}=${side.text(value.right)}`;
  }
  return null;
}

/** In which an argument is called by its place. */
function textOf(value: AnyNode, fn: FunctionInfo, side: Side): string {
  if (value.type === 'MemberExpression' && !value.computed && !value.optional && value.property.type === 'Identifier')
    return `${textOf(value.object as AnyNode, fn, side)}.${value.property.name}`;
  const { params = [] } = fn.node as Partial<FunctionNode>;
  const index = value.type === 'Identifier' ? params.findIndex((param) => param.type === 'Identifier' && param.name === value.name) : -1;
  return index >= 0 ? `$${index}` : side.text(value);
}
