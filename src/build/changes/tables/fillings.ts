/** How a function fills a table once: where it does, and that whoever does it again puts the same there. */
import type { AnyNode, AssignmentExpression, BlockStatement, Function as FunctionNode, IfStatement } from 'acorn';
import { namedBy } from '../../../instrument/forwarding.ts';
import { contains } from '../../../source/contains.ts';
import type { Binding, FunctionInfo, Reference } from '../../../source/model.ts';
import { effectsOf } from '../../version/values/effects.ts';
import type { Side } from '../../version/side.ts';
import { memberName } from '../../version/program/member-name.ts';
import { isFunctionNode, nodesAbove, walk } from '../../version/program/walk.ts';
import { FixedValues } from './fixed-values.ts';
import { isLookUp, isTest } from './look-ups.ts';
import { booleanOf, isNull, isUndefined, nothingTest } from '../../version/forms/nothing.ts';

export interface Filling {
  /** The code around gives the table to who calls the function. */
  readonly isResult: boolean;
  /** What fills it, or asks whether that has been done. */
  has(ref: Reference): boolean;
  /** Whether the table is there whenever the function comes to a node. */
  isBefore(node: AnyNode): boolean;
  /** Whether a variable that holds such a value is empty to who asks; null for none. */
  isEmpty(value: AnyNode | null): boolean;
}

/** What a test finds empty: all that is no table, or just one of these. */
type Empty = 'any' | 'null or undefined' | 'null' | 'undefined';

interface Asked {
  readonly empty: Empty;
  readonly holds: 'empty' | 'full';
}

/** Where the function does it before all else that it does with the table, and does nothing else besides; null where it may not. */
export function fillingOf(side: Side, fn: FunctionInfo, variable: Binding): Filling | null {
  const { body } = fn.node as FunctionNode & { body?: AnyNode };
  const statements = body?.type === 'BlockStatement' ? (body as BlockStatement).body : [];
  const isTable = (node: AnyNode): boolean => node.type === 'Identifier' && side.refAt(node)?.binding === variable;
  for (const [i, statement] of statements.entries()) {
    if (statement.type !== 'IfStatement') continue;
    const asked = askedBy(statement.test, isTable);
    if (!asked || statement.alternate) continue;
    return asked.holds === 'empty'
      ? filledWithin(side, variable, statement, asked.empty)
      : filledBehind(side, variable, statement, statements.slice(i + 1), asked.empty);
  }
  return filledByExpression(side, fn, variable, isTable);
}

/** `if (!table) { table = …; }` */
function filledWithin(side: Side, variable: Binding, { consequent, test, end }: IfStatement, empty: Empty): Filling | null {
  const parts = partsOf(side, variable, [consequent], null);
  return parts && filling({ isResult: false, own: [test, ...parts], empty, isBefore: (node) => node.start >= end });
}

/** `if (table) return table; table = …; return table;` */
function filledBehind(
  side: Side,
  variable: Binding,
  { consequent, test }: IfStatement,
  behind: readonly AnyNode[],
  empty: Empty,
): Filling | null {
  const [only, ...more] = consequent.type === 'BlockStatement' ? consequent.body : [consequent];
  const last = behind.at(-1);
  if (only?.type !== 'ReturnStatement' || more.length > 0 || last?.type !== 'ReturnStatement') return null;
  if (side.text(only) !== side.text(last)) return null;
  const parts = partsOf(side, variable, behind.slice(0, -1), null);
  const isBefore = (node: AnyNode): boolean => contains(only, node) || contains(last, node);
  return parts && filling({ isResult: false, own: [test, ...parts], empty, isBefore });
}

/** `return table || (table = …)`, `(table ??= …)[key]` */
function filledByExpression(side: Side, fn: FunctionInfo, variable: Binding, isTable: (node: AnyNode) => boolean): Filling | null {
  const root = fn.node as AnyNode;
  const found: { readonly node: AnyNode; readonly by: AssignmentExpression & AnyNode; readonly empty: Empty }[] = [];
  walk(root, (node) => {
    if (node !== root && isFunctionNode(node)) return false;
    const one = expressionAt(node, isTable);
    if (one) found.push({ node, ...one });
    return one === null;
  });
  const [only, ...more] = found;
  if (!only || more.length > 0) return null;
  const { node, by, empty } = only;
  const above = nodesAbove(node, root).toReversed();
  const isAlways = above.every((around) => around === root || around === (root as FunctionNode).body || ALWAYS.test(around.type));
  const [parent] = above;
  const isResult = parent?.type === 'ReturnStatement' || parent === root;
  if (!isAlways || !(isResult || parent?.type === 'ExpressionStatement' || isLookUp(node, above))) return null;
  const parts = partsOf(side, variable, [by], by);
  return parts && filling({ isResult, own: [node, ...parts], empty, isBefore: (other) => other.start >= node.end });
}

/** What evaluates what stands in it, and before all else of it. */
const ALWAYS = /^(?:MemberExpression|CallExpression|ReturnStatement|ExpressionStatement|VariableDeclarat(?:ion|or)|UnaryExpression)$/;

function expressionAt(
  node: AnyNode,
  isTable: (node: AnyNode) => boolean,
): { readonly by: AssignmentExpression & AnyNode; readonly empty: Empty } | null {
  const isGift = (by: AnyNode): by is AssignmentExpression & AnyNode =>
    by.type === 'AssignmentExpression' && by.operator === '=' && isTable(by.left as AnyNode);
  if (node.type === 'AssignmentExpression' && /^(?:\?\?|\|\|)=$/.test(node.operator) && isTable(node.left as AnyNode))
    return { by: node, empty: node.operator === '||=' ? 'any' : 'null or undefined' };
  if (node.type === 'LogicalExpression' && node.operator !== '&&' && isTable(node.left) && isGift(node.right))
    return { by: node.right, empty: node.operator === '||' ? 'any' : 'null or undefined' };
  if (node.type !== 'ConditionalExpression') return null;
  const asked = askedBy(node.test, isTable);
  const [full, by] = asked?.holds === 'empty' ? [node.alternate, node.consequent] : [node.consequent, node.alternate];
  return asked && isTable(full) && isGift(by) ? { by, empty: asked.empty } : null;
}

function filling({
  isResult,
  own,
  empty,
  isBefore,
}: Pick<Filling, 'isResult' | 'isBefore'> & { readonly own: readonly AnyNode[]; readonly empty: Empty }): Filling {
  return {
    isResult,
    isBefore,
    has: ({ node }) => own.some((part) => contains(part, node)),
    isEmpty(value) {
      const kind = nothingOf(value);
      return kind !== null && (empty === 'any' || (kind !== 'other' && empty.split(' or ').includes(kind)));
    },
  };
}

/** `!table`, `table === undefined`, `typeof table !== 'undefined'` and the like, where it asks for nothing else. */
function askedBy(test: AnyNode, isTable: (node: AnyNode) => boolean): Asked | null {
  if (isTable(test)) return { empty: 'any', holds: 'full' };
  if (test.type === 'UnaryExpression') return test.operator === '!' && isTable(test.argument) ? { empty: 'any', holds: 'empty' } : null;
  const asked = nothingTest(test);
  return asked && isTable(asked.of) ? { empty: asked.kind, holds: asked.holds ? 'empty' : 'full' } : null;
}

function nothingOf(value: AnyNode | null): 'null' | 'undefined' | 'other' | null {
  if (value === null || isUndefined(value)) return 'undefined';
  if (isNull(value)) return 'null';
  return booleanOf(value) === false || (value.type === 'Literal' && value.value === 0) ? 'other' : null;
}

const LEAVES = /^(?:Class|Await|Yield|Import|TaggedTemplate|This|Super|MetaProperty|Throw|Try|With|Labeled)/;

/**
 * The code and what it calls, where all that does no more than to fill the table, with what is the same whoever calls it, and
 * whenever, and has no state of its own; null for any other. `gift`: an assignment whose value is used.
 */
function partsOf(side: Side, variable: Binding, code: readonly AnyNode[], gift: AnyNode | null): readonly AnyNode[] | null {
  const fillers = fillersOf(side, variable, code);
  if (fillers === null) return null;
  const parts = [...code, ...[...fillers].map(({ node }) => node as AnyNode)];
  const values = new FixedValues(side, variable, parts, fillers);
  let [same, isFilled] = [true, false];
  for (const part of parts)
    walk(part, (node, parents) => {
      if (LEAVES.test(node.type) || (node !== part && isFunctionNode(node))) same = false;
      if (node.type === 'ReturnStatement' && code.includes(part)) same = false;
      if (node.type === 'Identifier' && side.refAt(node)?.binding === variable) {
        const above = parents.slice(-3).reverse();
        const [parent, use] = above;
        if (parent?.type === 'AssignmentExpression' && parent.left === node) {
          isFilled = true;
          same &&= parent === gift || (parent.operator === '=' && use?.type === 'ExpressionStatement');
          same &&= values.isNewTable(parent.right);
        } else if (use?.type === 'AssignmentExpression' && use.left === parent)
          same &&= parent!.type === 'MemberExpression' && parent!.object === node && use.operator === '=' && values.isFixed(use.right);
        else if (parent?.type === 'MemberExpression' && use?.type === 'CallExpression' && use.callee === parent && isPut(parent))
          same &&= use.arguments.every((given) => values.isFixed(given as AnyNode));
        else same &&= isTest(node, parent) || isLookUp(node, above);
      }
      return same;
    });
  return same && isFilled && values.areConstant() ? parts : null;
}

const isPut = (member: AnyNode & { type: 'MemberExpression' }): boolean => /^(?:add|push|set)$/.test(memberName(member) ?? '');

/** The functions that do it, which nothing else calls; null where more is done. */
function fillersOf(side: Side, variable: Binding, code: readonly AnyNode[]): ReadonlySet<FunctionInfo> | null {
  const fillers = new Set<FunctionInfo>();
  for (const node of code) {
    const { bindings, external, unknown, called } = effectsOf(node, side, variable.scope.fn);
    if (external || unknown || [...bindings].some((binding) => binding !== variable)) return null;
    for (const filler of called) fillers.add(filler);
  }
  const isOwn = ({ node, read, parent, fn }: Reference): boolean =>
    !read || (parent.type === 'CallExpression' && parent.callee === node && (fillers.has(fn) || code.some((own) => contains(own, node))));
  return [...fillers].every((filler) => namedBy(filler)?.references.every(isOwn) === true) ? fillers : null;
}
