/**
 * What a function puts into a list of its own that it then goes through, as it gives each entry to what lasts:
 * `for (const { path, handler } of handlers) this.app.use(path, handler)`. What was set up before has the entries of the old version.
 */
import type { AnyNode, CallExpression, ObjectExpression } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesWithin } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';

export interface Listed {
  /** The same in both versions for the same entry, whatever its functions do. */
  readonly text: string;
  /** What tells the entry. */
  readonly at: AnyNode;
}

/** `gives`: whether a call gives something to what lasts. Null for a call that puts nothing into such a list. */
export function listedBy(call: CallExpression, fn: FunctionInfo, side: Side, gives: (call: CallExpression) => boolean): Listed | null {
  const { callee, arguments: given } = call;
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'push' || callee.object.type !== 'Identifier') return null;
  const entry = given[0] as AnyNode | undefined;
  const binding = side.refAt(callee.object)?.binding;
  if (!entry || given.length > 1 || binding?.scope.fn !== fn || binding.kind === 'param' || binding.declarations.length !== 1) return null;
  if (side.valueOf(binding.declarations[0]!)?.type !== 'ArrayExpression' || !isCalledOn(entry)) return null;
  if (!loopsOver(binding, fn, side).some((body) => holds(body, gives))) return null;
  const told = entry.type === 'ObjectExpression' ? tellingOf(entry) : entry.type === 'CallExpression' ? [entry] : [];
  return { text: `${binding.name} ${told.map((own) => side.text(own)).join()}`, at: told[0] ?? (callee as AnyNode) };
}

/** A function, what a call makes, or an object with one of them. */
function isCalledOn(entry: AnyNode): boolean {
  if (entry.type !== 'ObjectExpression') return isFunctionNode(entry) || entry.type === 'CallExpression';
  return entry.properties.some((own) => own.type === 'Property' && isCalledOn(own.value as AnyNode));
}

/** The entries that are written out as texts and numbers. */
function tellingOf({ properties }: ObjectExpression): readonly AnyNode[] {
  const isTold = (own: AnyNode): boolean =>
    own.type === 'Property' && !own.computed && own.value.type === 'Literal' && keyName(own.key, false) !== '';
  return (properties as AnyNode[]).filter(isTold);
}

/** What is done with each entry of a list of the function. */
function loopsOver({ references }: Binding, { node }: FunctionInfo, side: Side): readonly AnyNode[] {
  const isList = (value: AnyNode): boolean => references.some((ref) => ref.node === value);
  const loops = nodesWithin(side.model.program, 'ForOfStatement', node.start, node.end).flatMap(({ right, body }) =>
    isList(right as AnyNode) ? [body as AnyNode] : [],
  );
  const calls = nodesWithin(side.model.program, 'CallExpression', node.start, node.end).flatMap(({ callee, arguments: [each] }) =>
    callee.type === 'MemberExpression' && memberName(callee) === 'forEach' && isList(callee.object as AnyNode) && each
      ? [each as AnyNode]
      : [],
  );
  return [...loops, ...calls];
}

function holds(body: AnyNode, gives: (call: CallExpression) => boolean): boolean {
  let found = false;
  walk(body, (node) => {
    found ||= node.type === 'CallExpression' && gives(node);
    return !found;
  });
  return found;
}
