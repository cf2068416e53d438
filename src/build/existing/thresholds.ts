/**
 * Bounds with which functions compare what they count: how many there may be of something, after how much something is closed. Where
 * the new version has another, what is there came about under the old one.
 */
import type { AnyNode, BinaryExpression } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { shortened } from '../../source/text.ts';
import type { ModuleContext } from '../code/context.ts';
import { functionAround } from '../version/program/function-around.ts';
import { outlivesCall } from '../version/kept/left.ts';
import { ownProperty } from '../version/forms/own-properties.ts';
import type { Side } from '../version/side.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';
import { countedIn } from './accumulated.ts';
import { readersOf, readsOtherValue } from './changed-variables.ts';

const MOST_CHARACTERS = 60;
const TELLS = /^(?:instances|results|cache|value|field-converted|state|closure|live|meaning)-/;
const COMPARES = /^(?:[<>]=?|[!=]==?)$/;

/** A condition that compares what is counted with a value by itself, and decides whether something is left. */
interface Bound {
  readonly test: BinaryExpression & AnyNode;
  readonly name: string;
  readonly value: AnyNode;
  readonly form: string;
}

/** `constants`: the variables that are others now. */
export function reportThresholds(ctx: ModuleContext, constants: ReadonlySet<Binding>): void {
  const { base, next, match, log } = ctx;
  const reads = readersOf(ctx, constants);
  const told = new Set(log.rows.flatMap(({ code, path }) => (TELLS.test(code) ? [path.replace(/ .*/, ''), path.replace(/^.* /, '')] : [])));
  for (const [fn, baseFn] of match.baseOf) {
    if (base.runsOnce(baseFn) || told.has(baseFn.path) || (!match.differs(fn) && !reads(fn))) continue;
    const now = boundsOf(fn, next);
    const before = now.length > 0 ? boundsOf(baseFn, base) : [];
    if (before.length !== now.length || before.some(({ form }, i) => form !== now[i]!.form)) continue;
    const index = now.findIndex(
      ({ value, name }, i) =>
        !told.has(name) && (base.text(before[i]!.value) !== next.text(value) || readsOtherValue(ctx, value, baseFn, fn)),
    );
    const found = now[index];
    if (!found) continue;
    const was = shortened(base.written({ node: before[index]!.test }).replaceAll(/\s+/g, ' '), MOST_CHARACTERS);
    log.add('instances-hold', next, found.test, `${baseFn.path} ${found.name}`, `what exists came about as it was asked for ${was}`);
  }
}

function boundsOf(fn: FunctionInfo, side: Side): readonly Bound[] {
  const found: Bound[] = [];
  const root = fn.node as AnyNode;
  const add = (test: AnyNode, decided: readonly AnyNode[]): void => {
    for (const one of comparisonsIn(test)) {
      const bound = boundOf(one, fn, side);
      if (bound && decided.some((code) => leaves(code, fn, side))) found.push(bound);
    }
  };
  walk(root, (node, parents) => {
    if (node !== root && isFunctionNode(node)) return false;
    if (node.type === 'IfStatement') {
      const above = parents.at(-1);
      const isLeft = /^(?:Return|Throw)Statement$/.test(
        (node.consequent.type === 'BlockStatement' ? node.consequent.body.at(-1) : node.consequent)?.type ?? '',
      );
      const behind = isLeft && above?.type === 'BlockStatement' ? above.body.slice(above.body.indexOf(node) + 1) : [];
      add(node.test, [node.consequent, ...(node.alternate ? [node.alternate] : []), ...behind]);
    } else if (node.type === 'ConditionalExpression') add(node.test, [node.consequent, node.alternate]);
    else if (node.type === 'LogicalExpression') add(node.left, [node.right]);
    return true;
  });
  return found;
}

function comparisonsIn(test: AnyNode): (BinaryExpression & AnyNode)[] {
  if (test.type === 'LogicalExpression') return [...comparisonsIn(test.left), ...comparisonsIn(test.right)];
  return test.type === 'BinaryExpression' && COMPARES.test(test.operator) ? [test] : [];
}

function boundOf(test: BinaryExpression & AnyNode, fn: FunctionInfo, side: Side): Bound | null {
  const [left, right] = [test.left as AnyNode, test.right];
  for (const [counted, value, form] of [
    [left, right, `# ${test.operator}`],
    [right, left, `${test.operator} #`],
  ] as const) {
    const own = counted.type === 'UpdateExpression' ? (counted.argument as AnyNode) : counted;
    const name = countedIn(own, side);
    const isValue = value.type === 'Literal' || (value.type === 'Identifier' && side.refAt(value)?.binding?.scope.fn !== fn);
    if (name !== null && isValue) return { test, name, value, form: `${name} ${form}` };
  }
  return null;
}

/** Whether code sets, counts or puts something that outlives the call. */
function leaves(code: AnyNode, fn: FunctionInfo, side: Side): boolean {
  let found = false;
  walk(code, (node) => {
    const target = node.type === 'AssignmentExpression' ? node.left : node.type === 'UpdateExpression' ? node.argument : null;
    found ||= target !== null && functionAround(side, node) === fn && isLasting(target as AnyNode, fn, side);
    return !found;
  });
  return found;
}

function isLasting(target: AnyNode, fn: FunctionInfo, side: Side): boolean {
  if (ownProperty(target) !== null) return true;
  if (target.type === 'MemberExpression') return outlivesCall(target.object as AnyNode, fn, side);
  const binding = target.type === 'Identifier' ? side.refAt(target)?.binding : null;
  return !!binding && binding.scope.fn !== fn;
}
