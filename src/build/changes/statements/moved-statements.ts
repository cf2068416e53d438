/**
 * Statements that stand in another order in the new version. An enumeration, as where a bundler puts its modules otherwise: what
 * it makes does not tell when it ran; a namespace that does more than fill what is under its name may. And calls that register
 * something under a name, among others that do: each is the one it was, and only the order was another.
 */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import type { ModuleContext } from '../../code/context.ts';
import { effectsOf } from '../../version/values/effects.ts';
import { enumerationOf } from '../../version/forms/enums.ts';
import { stringOf } from '../../version/side.ts';
import type { Side } from '../../version/side.ts';

/** The scope that runs once. */
interface RunScope {
  readonly ctx: ModuleContext;
  readonly baseFn: FunctionInfo;
  readonly nextFn: FunctionInfo;
}

/** Which of the statements that are left is which; one that has the name of another is not told apart from it. */
export function movedEnumerations(
  { ctx, baseFn, nextFn }: RunScope,
  before: readonly AnyNode[],
  now: readonly AnyNode[],
): (readonly [AnyNode, AnyNode])[] {
  const byName = (nodes: readonly AnyNode[], side: Side, owner: FunctionInfo): Map<string, AnyNode | null> => {
    const found = new Map<string, AnyNode | null>();
    for (const node of nodes) {
      const own = enumerationOf(node);
      if (!own) continue;
      const { unknown, external, called, bindings } = effectsOf(node, side, owner);
      const isAlone =
        !unknown && !external && called.size === 1 && [...bindings].every(({ name }) => name === own.name || name === 'exports');
      found.set(own.name, isAlone && !found.has(own.name) ? node : null);
    }
    return found;
  };
  const old = byName(before, ctx.base, baseFn);
  return [...byName(now, ctx.next, nextFn)].flatMap(([name, node]) => {
    const was = old.get(name);
    return was && node && ctx.base.text(was) === ctx.next.text(node) ? [[was, node] as const] : [];
  });
}

type IndexPair = readonly [number, number];

interface Registration {
  readonly callee: string;
  readonly name: string;
}

/** `lib.register('name', …)` */
function registration(node: AnyNode): Registration | null {
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') return null;
  const { callee, arguments: given } = node.expression;
  const text = memberText(callee);
  const name = given.length > 1 ? stringOf(given[0] as AnyNode) : null;
  return text === undefined || name === null ? null : { callee: text, name };
}

/** Those of the statements that `inOrder`, by their places in both versions, leaves. */
export function movedRegistrations(
  before: readonly AnyNode[],
  now: readonly AnyNode[],
  said: { readonly before: readonly string[]; readonly now: readonly string[] },
  inOrder: readonly IndexPair[],
): IndexPair[] {
  const paired = [...inOrder];
  const left = (nodes: readonly AnyNode[], texts: readonly string[], taken: ReadonlySet<number>): Map<string, number | null> => {
    const found = new Map<string, number | null>();
    for (const [i, node] of nodes.entries()) if (!taken.has(i) && registration(node)) found.set(texts[i]!, found.has(texts[i]!) ? null : i);
    return found;
  };
  const old = left(before, said.before, new Set(inOrder.map(([i]) => i)));
  const found: IndexPair[] = [];
  for (const [text, j] of left(now, said.now, new Set(inOrder.map(([, at]) => at)))) {
    const i = old.get(text);
    if (i == null || j === null) continue;
    const own = registration(now[j]!)!;
    const crossed = paired.filter(([x, y]) => x < i !== y < j).map(([, y]) => registration(now[y]!));
    if (!crossed.every((other) => other?.callee === own.callee && other.name !== own.name)) continue;
    found.push([i, j]);
    paired.push([i, j]);
  }
  return found;
}

/** Whether two statements register something by the same call. */
export function registersAs(before: AnyNode, node: AnyNode): boolean {
  const own = registration(node);
  return own !== null && registration(before)?.callee === own.callee;
}

/** Whether a statement of both versions that stands behind `node` registers something under the same name. */
export function isRegisteredLater(node: AnyNode, pairs: readonly (readonly [AnyNode, AnyNode])[]): boolean {
  const own = registration(node);
  return own !== null && pairs.some(([, other]) => other.start > node.start && registration(other)?.name === own.name);
}

/** Whether a new statement adds something ahead of what statements of both versions add in the same way, under the same name if under one. */
export function comesBefore(node: AnyNode, pairs: readonly (readonly [AnyNode, AnyNode])[]): boolean {
  const added = addedBy(node);
  return added !== null && pairs.some(([, other]) => other.start > node.start && addedBy(other) === added);
}

/** `app.use` of `app.use(check)`, and `app.on end` of `app.on('end', close)`. */
function addedBy(node: AnyNode): string | null {
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') return null;
  const own = registration(node);
  return own ? `${own.callee} ${own.name}` : (memberText(node.expression.callee) ?? null);
}
