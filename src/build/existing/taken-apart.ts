/**
 * Variables that patterns take out of what a function is given, where the other version makes them otherwise: closures that exist keep
 * what the old one took. `const { max } = options` is `const max = options.max`, and not `Math.min(options.max, 10)`.
 */
import type { AnyNode, ArrayPattern, AssignmentProperty, Function as FunctionNode, ObjectPattern, VariableDeclarator } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { nodesOf } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { askedOnce } from '../version/program/asked-once.ts';

/** What the new version gives the variable where it is another; null where both take it in the same way, or neither takes it. */
export function takenOtherwise(
  { base, next, around }: ModuleContext,
  binding: Binding,
  baseFn: FunctionInfo,
  fn: FunctionInfo,
): AnyNode | null {
  const old = baseFn.body.bindings.get(binding.name) ?? baseFn.scope.bindings.get(binding.name);
  if (!old) return null;
  const [was, now] = [sourceOf(old, baseFn, base), sourceOf(binding, fn, next)];
  if (!was || !now || !(was.isTaken || now.isTaken)) return null;
  const isSame = was.text === now.text || around.labels.differ(was.text, now.text);
  return isSame && old.reassigned === binding.reassigned ? null : now.node;
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
    const pattern = withoutDefault(param as AnyNode);
    // The default of all of it is compared by itself.
    const taken = pattern.type === 'ObjectPattern' ? entryOf(pattern, id as AnyNode, side) : null;
    if (taken) return { text: `$${i}.${taken}`, node: pattern, isTaken: true };
  }
  const declarator = declaratorsOf(side).get(id as AnyNode);
  if (!declarator) return null;
  const [target, init] = [declarator.id as AnyNode, declarator.init as AnyNode];
  if (target === (id as AnyNode)) return { text: textOf(init, fn, side), node: init, isTaken: false };
  const taken = target.type === 'ArrayPattern' ? elementOf(target, id as AnyNode) : entryOf(target as ObjectPattern, id as AnyNode, side);
  return { text: `${textOf(init, fn, side)}.${taken}`, node: target, isTaken: true };
}

/** By the identifiers that each gives a value by themselves, or by an entry of a pattern. */
const declaratorsOf = askedOnce(findDeclarators);

function findDeclarators(side: Side): ReadonlyMap<AnyNode, VariableDeclarator> {
  const found = new Map<AnyNode, VariableDeclarator>();
  for (const declarator of nodesOf(side.model.program, 'VariableDeclarator')) {
    if (!declarator.init) continue;
    if (declarator.id.type === 'ArrayPattern') {
      for (const element of declarator.id.elements) if (element) found.set(withoutDefault(element as AnyNode), declarator);
    } else if (declarator.id.type !== 'ObjectPattern') found.set(declarator.id as AnyNode, declarator);
    else for (const { value } of entriesOf(declarator.id)) found.set(withoutDefault(value as AnyNode), declarator);
  }
  return found;
}

/** `1` of `[, max]` */
const elementOf = ({ elements }: ArrayPattern, id: AnyNode): string =>
  String(elements.findIndex((element) => element && withoutDefault(element as AnyNode) === id));

/** `max=5` of `{ max = 5 }`; null for what stands deeper. */
function entryOf(pattern: ObjectPattern, id: AnyNode, side: Side): string | null {
  const property = entriesOf(pattern).find(({ value }) => withoutDefault(value as AnyNode) === id);
  if (!property) return null;
  const key = property.computed ? `[${side.text(property.key)}]` : keyName(property.key, false);
  return property.value.type === 'AssignmentPattern' ? `${key}=${side.text(property.value.right)}` : key;
}

const entriesOf = ({ properties }: ObjectPattern): AssignmentProperty[] =>
  properties.flatMap((property) => (property.type === 'Property' ? property : []));

const withoutDefault = (value: AnyNode): AnyNode => (value.type === 'AssignmentPattern' ? value.left : value);

/** In which an argument is called by its place. */
function textOf(value: AnyNode, fn: FunctionInfo, side: Side): string {
  if (value.type === 'MemberExpression' && !value.computed && value.property.type === 'Identifier')
    return `${textOf(value.object as AnyNode, fn, side)}.${value.property.name}`;
  const { params = [] } = fn.node as Partial<FunctionNode>;
  const names = params.map((param) => withoutDefault(param as AnyNode)).map((param) => (param.type === 'Identifier' ? param.name : null));
  const index = value.type === 'Identifier' ? names.indexOf(value.name) : -1;
  return index >= 0 ? `$${index}` : side.text(value);
}
