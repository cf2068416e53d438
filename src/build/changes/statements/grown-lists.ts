/**
 * Statements of the top level that go through a list which is written out, and which has more in the new version: for the rest of
 * it they have run, so what is left to do is what a new statement would that goes through those alone.
 */
import type { AnyNode, ArrayExpression, Function as FunctionNode, Literal } from 'acorn';
import type { ModuleContext } from '../../code/context.ts';
import { memberName } from '../../version/program/member-name.ts';
import type { Side } from '../../version/side.ts';
import { walk } from '../../version/program/walk.ts';
import { doSame, throughOf } from './same-lists.ts';
import type { Through } from './same-lists.ts';

export interface Grown {
  readonly before: AnyNode;
  readonly list: ArrayExpression & AnyNode;
  readonly gained: readonly Literal[];
  /** Whether it does for each of them what it did, by what is known so far. */
  isSame(): boolean;
}

/** Of the statements that are left of both versions, by those of the new one. */
export function grownLists(ctx: ModuleContext, gone: readonly AnyNode[], left: readonly AnyNode[]): ReadonlyMap<AnyNode, Grown> {
  const found = new Map<AnyNode, Grown>();
  const free = new Set(gone);
  for (const node of left)
    for (const before of free) {
      const grown = grownFrom(ctx, before, node);
      if (!grown) continue;
      free.delete(before);
      found.set(node, grown);
      break;
    }
  const gained = new Set<AnyNode>([...found.values()].flatMap((grown) => grown.gained as readonly (Literal & AnyNode)[]));
  const isAlone = [...found].every(([node, grown]) => grown.gained.every(({ value }) => !isNamedBehind(ctx.next, node, value, gained)));
  return isAlone ? found : new Map();
}

function grownFrom(ctx: ModuleContext, before: AnyNode, node: AnyNode): Grown | null {
  const [was, is] = [throughIn(before), throughIn(node)];
  const [old, now] = [was && literalsOf(was.list), is && literalsOf(is.list)];
  if (!old || !now || new Set(now.map(({ value }) => value)).size < now.length) return null;
  const gained: Literal[] = [];
  let at = 0;
  for (const one of now) {
    if (one.value === old[at]?.value) at += 1;
    else gained.push(one);
  }
  if (at < old.length || !goesByEach(ctx.next, is!)) return null;
  const isSame = (): boolean => doSame(ctx, was!, is!);
  const isBehind = old.every(({ value }, i) => value === now[i]!.value);
  return isSame() && (isBehind || putsUnderEach(is!)) ? { before, list: is!.list as ArrayExpression & AnyNode, gained, isSame } : null;
}

const throughIn = (statement: AnyNode): Through | null =>
  statement.type === 'ExpressionStatement' ? throughOf(statement.expression) : null;

function literalsOf(list: AnyNode): readonly Literal[] | null {
  if (list.type !== 'ArrayExpression') return null;
  const found = list.elements.flatMap((own) => (own?.type === 'Literal' && /^(?:string|number)$/.test(typeof own.value) ? own : []));
  return found.length === list.elements.length ? found : null;
}

/**
 * Whether code further down may put something else there: what runs when the patch is linked would take its place. What other lists
 * gain does so behind it.
 */
function isNamedBehind({ model }: Side, { end }: AnyNode, value: Literal['value'], gained: ReadonlySet<AnyNode>): boolean {
  let isNamed = false;
  walk(model.program, (node) => {
    if (node.end <= end || isNamed) return false;
    if (node.start < end) return true;
    isNamed ||= node.type === 'Literal' && node.value === value && !gained.has(node);
    isNamed ||= node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression' && memberName(node.left) === value;
    return true;
  });
  return isNamed;
}

/** Whether what is called for each of a list takes that alone, neither its place nor the list. */
function goesByEach(side: Side, { called }: Through): boolean {
  const fn = side.fnAt.get(called);
  const { params } = called as FunctionNode;
  return fn !== undefined && params.length === 1 && params[0]!.type === 'Identifier' && !fn.usesArguments && !fn.async && !fn.generator;
}

/** Whether all it does is to put something under each: in which order does not matter then. */
function putsUnderEach({ called }: Through): boolean {
  const { params, body } = called as FunctionNode;
  const [only, ...more] = body.type === 'BlockStatement' ? body.body : [];
  const put = body.type !== 'BlockStatement' ? body : more.length === 0 && only?.type === 'ExpressionStatement' ? only.expression : null;
  if (put?.type !== 'AssignmentExpression' || put.left.type !== 'MemberExpression' || !put.left.computed) return false;
  const { property } = put.left;
  return property.type === 'Identifier' && property.name === (params[0] as { readonly name?: string }).name;
}
