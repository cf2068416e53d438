/**
 * Statements that stand in a block of the top level which ran as the module loaded, as in `if (Object.defineProperty) { … }`: those
 * that such a block gains, where nothing else of it differs, are statements of the top level as any other.
 */
import type { AnyNode, CallExpression } from 'acorn';
import { memberText } from '../../../source/paths.ts';
import { compareCode } from '../../code/context.ts';
import type { Side } from '../../version/side.ts';
import type { TopDiff } from '../top.ts';
import { isFunctionNode } from '../../version/program/walk.ts';

const BLOCKS: ReadonlySet<string> = new Set(['BlockStatement', 'TryStatement']);

export interface Gaining {
  readonly before: AnyNode;
  readonly node: AnyNode;
  /** In the order of the text. */
  readonly gained: readonly AnyNode[];
  /** What is the same of them. */
  readonly pairs: readonly (readonly [AnyNode, AnyNode])[];
  /** Whether it has lost functions, of which the declaration does nothing. */
  readonly lost: boolean;
}

type Inside = Pick<Gaining, 'gained' | 'pairs' | 'lost'>;

/** The statements of both versions that are the same but for what blocks of them gain, and functions that they lose. */
export function gaining(top: TopDiff): Gaining[] {
  const blocks = new Blocks(top);
  const { ctx, old, items } = top;
  const [were, are] = [blocksOf(old.others, ctx.base), blocksOf(items.others, ctx.next)];
  const left = new Set([...were].flatMap(([text, node]) => (are.has(text) ? [] : node)));
  return [...are].flatMap(([text, node]) => {
    if (were.has(text)) return [];
    for (const before of left) {
      const inside = blocks.compared(before, node);
      if (!inside || (inside.gained.length === 0 && !inside.lost) || !isInPlace(top, before, node)) continue;
      left.delete(before);
      return { before, node, ...inside };
    }
    return [];
  });
}

/** By their text. */
function blocksOf(all: readonly AnyNode[], side: Side): Map<string, AnyNode> {
  return new Map(all.flatMap((node) => (BLOCKS.has(node.type) ? [[side.text(node), node] as const] : [])));
}

/** Whether what ran ahead of it does not run behind it now, nor the reverse. */
function isInPlace({ ctx, old, items }: TopDiff, before: AnyNode, node: AnyNode): boolean {
  const were = placesIn(ctx.base, old.others, before);
  const are = placesIn(ctx.next, items.others, node);
  return !were.ahead.some((text) => are.behind.includes(text)) && !were.behind.some((text) => are.ahead.includes(text));
}

function placesIn(side: Side, all: readonly AnyNode[], node: AnyNode): { readonly ahead: string[]; readonly behind: string[] } {
  const texts = all.map((one) => side.text(one));
  const at = all.indexOf(node);
  return { ahead: texts.slice(0, at), behind: texts.slice(at + 1) };
}

class Blocks {
  private readonly top: TopDiff;

  constructor(top: TopDiff) {
    this.top = top;
  }

  /** What `now` does besides what `before` did; null where it may do something else, or may not have come to that. */
  compared(before: AnyNode, now: AnyNode): Inside | null {
    if (before.type === 'BlockStatement' && now.type === 'BlockStatement') return this.among(before.body, now.body);
    if (before.type === 'IfStatement' && now.type === 'IfStatement') {
      const { alternate } = now;
      const isSame =
        this.isSame(before.test, now.test) &&
        (alternate ? before.alternate && this.isSame(before.alternate, alternate) : !before.alternate);
      return isSame && holds(before.test, this.top.ctx.base) ? this.compared(before.consequent, now.consequent) : null;
    }
    if (before.type !== 'TryStatement' || now.type !== 'TryStatement' || now.finalizer || before.finalizer) return null;
    const isSame = this.isSame(before.handler!, now.handler!) && this.isQuiet(before.block);
    return isSame ? this.compared(before.block, now.block) : null;
  }

  private among(were: readonly AnyNode[], are: readonly AnyNode[]): Inside | null {
    const gained: AnyNode[] = [];
    const pairs: (readonly [AnyNode, AnyNode])[] = [];
    const stayed = were.filter((one) => !this.isLost(one, were, are));
    let lost = stayed.length < were.length;
    let at = 0;
    for (const now of are) {
      const before = stayed[at];
      const inside =
        before && (this.isSame(before, now) ? { gained: [], pairs: [[before, now] as const], lost: false } : this.compared(before, now));
      if (inside) {
        gained.push(...inside.gained);
        pairs.push(...inside.pairs);
        lost ||= inside.lost;
        at += 1;
      } else if (this.isOfScope(now)) gained.push(now);
      else return null;
    }
    return at === stayed.length ? { gained, pairs, lost } : null;
  }

  /** Whether a statement declares functions of which the new version has none by that name, or gives one of them another name, as bundlers write it. */
  private isLost(statement: AnyNode, were: readonly AnyNode[], are: readonly AnyNode[]): boolean {
    const isGone = (name: string): boolean =>
      this.top.bindingOf(name) === undefined && !are.some((one) => functionsDeclared(one).includes(name));
    const names = functionsDeclared(statement);
    if (names.length > 0) return names.every(isGone);
    const given = otherName(statement);
    return given !== null && isGone(given.name) && isGone(given.of) && were.some((one) => functionsDeclared(one).includes(given.of));
  }

  /** Whether a statement means the same at the top level: it declares nothing, and names nothing that a block has for itself. */
  private isOfScope(statement: AnyNode): boolean {
    const { top } = this;
    return (
      statement.type === 'ExpressionStatement' &&
      top.ctx.next
        .refsIn(statement.start, statement.end)
        .every(({ binding }) => binding === null || binding.scope.fn !== top.nextFn || top.bindingOf(binding.name) === binding)
    );
  }

  /** Whether nothing in it can have thrown: it names functions, and defines properties of prototypes, each once. */
  private isQuiet(block: AnyNode): boolean {
    const defined = new Set<string>();
    const functions = new Set<string>();
    const isQuiet = (statement: AnyNode): boolean => {
      if (statement.type === 'BlockStatement') return statement.body.every(isQuiet);
      if (statement.type === 'IfStatement') return holds(statement.test, this.top.ctx.base) && isQuiet(statement.consequent);
      const names = functionsDeclared(statement);
      for (const name of names) functions.add(name);
      if (names.length > 0 || functions.has(otherName(statement)?.of ?? '')) return true;
      const { expression } = statement.type === 'ExpressionStatement' ? statement : { expression: null };
      if (expression?.type === 'AssignmentExpression') return expression.left.type === 'Identifier' && isFunctionNode(expression.right);
      const key = expression?.type === 'CallExpression' ? this.accessorOf(expression) : null;
      return key !== null && defined.size < defined.add(key).size;
    };
    return isQuiet(block);
  }

  /** Of which prototype a call defines an accessor, and under which name. */
  private accessorOf({ callee, arguments: given }: CallExpression): string | null {
    const [target, name, descriptor] = given as AnyNode[];
    const isCalled = memberText(callee) === 'Object.defineProperty' && holds(callee, this.top.ctx.base);
    const of = target ? memberText(target) : undefined;
    if (!isCalled || name?.type !== 'Literal' || descriptor?.type !== 'ObjectExpression' || !of?.endsWith('.prototype')) return null;
    const isAccessor = descriptor.properties.every((own) => own.type === 'Property' && !own.computed && isFunctionNode(own.value));
    return isAccessor ? `${of} ${String(name.value)}` : null;
  }

  private isSame(before: AnyNode, now: AnyNode): boolean {
    const { ctx, baseFn, nextFn } = this.top;
    return compareCode(ctx, before, now, baseFn, nextFn) === 'same';
  }
}

/** The functions that a statement declares and does no more: in a block, bundlers write `let f2 = function () { … }; f = f2;`. */
function functionsDeclared(statement: AnyNode): readonly string[] {
  if (statement.type === 'FunctionDeclaration') return statement.id ? [statement.id.name] : [];
  if (statement.type !== 'VariableDeclaration' || statement.kind === 'var') return [];
  const names = statement.declarations.flatMap(({ id, init }) =>
    id.type === 'Identifier' && init && isFunctionNode(init as AnyNode) ? id.name : [],
  );
  return names.length === statement.declarations.length ? names : [];
}

function otherName(statement: AnyNode): { readonly name: string; readonly of: string } | null {
  const { expression } = statement.type === 'ExpressionStatement' ? statement : { expression: null };
  if (expression?.type !== 'AssignmentExpression' || expression.operator !== '=') return null;
  const { left, right } = expression;
  return left.type === 'Identifier' && right.type === 'Identifier' ? { name: left.name, of: right.name } : null;
}

/** Whether a condition holds in every process: what it asks for, the language has. */
function holds(test: AnyNode, side: Side): boolean {
  const [root, name, ...more] = memberText(test)?.split('.') ?? [];
  const isGlobal = test.type === 'MemberExpression' && side.refAt(test.object)?.binding === null;
  return root === 'Object' && isGlobal && more.length === 0 && typeof Reflect.get(Object, name!) === 'function';
}
