/**
 * What `Object.assign(Api.prototype, commands(), queries())` puts on an object at the top level, where the new version names
 * more objects than the old one: the members of those are put on the object that exists.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, ObjectExpression, Property } from 'acorn';
import { keyName, memberText } from '../../../source/paths.ts';
import type { ModuleContext } from '../../code/context.ts';
import { common } from '../../match/match.ts';
import { functionOf } from '../../version/values/effects.ts';
import type { Side } from '../../version/side.ts';

export interface MixedIn {
  readonly before: AnyNode;
  readonly node: AnyNode;
  readonly target: AnyNode;
  readonly added: readonly Property[];
}

/** The statements among those that have gone, and among those that are new, which put the same and more on one object. */
export function mixedIn({ base, next }: ModuleContext, gone: readonly AnyNode[], fresh: readonly AnyNode[]): MixedIn[] {
  const were = assigning(gone, base);
  return [...assigning(fresh, next)].flatMap(([text, now]) => {
    const was = were.get(text);
    if (!was || !now) return [];
    const matched = common(
      was.given.map((node) => base.text(node)),
      now.given.map((node) => next.text(node)),
    );
    if (matched.length !== was.given.length || now.given.length === was.given.length) return [];
    const kept = new Set(matched.map(([, j]) => j));
    const all = now.given.map((node) => membersOf(node, next));
    const added: Property[] = [];
    for (const [j, one] of all.entries()) {
      if (kept.has(j)) continue;
      // The last object that has a member of that name gives it.
      const later = all.slice(j + 1).map((other) => other && new Set(other.members.map(nameOf)));
      if (!one?.isAlone || later.includes(null) || one.members.some((member) => later.some((names) => names!.has(nameOf(member)))))
        return [];
      added.push(...one.members);
    }
    return [{ before: was.node, node: now.node, target: now.target, added }];
  });
}

interface Assigning {
  readonly node: AnyNode;
  readonly target: AnyNode;
  readonly given: readonly AnyNode[];
}

/** By what they put things on; null where two do. */
function assigning(nodes: readonly AnyNode[], side: Side): Map<string, Assigning | null> {
  const found = new Map<string, Assigning | null>();
  for (const node of nodes) {
    if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') continue;
    const { callee, arguments: all } = node.expression as CallExpression;
    const [target, ...given] = all as AnyNode[];
    const text = memberText(callee) === 'Object.assign' && target ? side.targetText(target) : undefined;
    // What a module gives away, others ask for by name.
    if (text !== undefined && !/^(module\.)?exports$/.test(text))
      found.set(text, found.has(text) ? null : { node, target: target!, given });
  }
  return found;
}

/** Of an object literal, or of a function without parameters that does no more than return one; null for any other. */
function membersOf(node: AnyNode, side: Side): { readonly members: readonly Property[]; readonly isAlone: boolean } | null {
  const { literal, isAlone } = node.type === 'ObjectExpression' ? { literal: node, isAlone: true } : returned(node, side);
  const isPlain = (one: ObjectExpression['properties'][number]): one is Property =>
    one.type === 'Property' && !one.computed && one.kind === 'init' && keyName(one.key, false) !== '__proto__';
  return literal?.properties.every(isPlain) ? { members: literal.properties, isAlone } : null;
}

/** `isAlone`: it needs no functions beside it. */
function returned(node: AnyNode, side: Side): { readonly literal: (ObjectExpression & AnyNode) | null; readonly isAlone: boolean } {
  const nothing = { literal: null, isAlone: false };
  if (node.type !== 'CallExpression' || node.arguments.length > 0 || node.callee.type !== 'Identifier') return nothing;
  const fn = functionOf(side, side.refAt(node.callee)?.binding ?? null);
  const { params, body } = (fn?.node ?? {}) as Partial<FunctionNode>;
  if (!fn || !body || fn.async || fn.generator || params?.length !== 0) return nothing;
  const all: readonly AnyNode[] = body.type === 'BlockStatement' ? body.body : [];
  const [statement, ...more] = all.filter(({ type }) => type !== 'FunctionDeclaration');
  const value =
    body.type !== 'BlockStatement' ? body : statement?.type === 'ReturnStatement' && more.length === 0 ? statement.argument : null;
  return value?.type === 'ObjectExpression' ? { literal: value, isAlone: all.length < 2 } : nothing;
}

const nameOf = ({ key }: Property): string => keyName(key, false);
