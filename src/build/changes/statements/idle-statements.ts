/**
 * Statements under a condition that goes by how a process was started alone, as `if (process.env.TRACE) trace()`, and those that
 * only make sure of something: whether the new version has them do anything is for the process to say. Where the condition does
 * not hold, there is nothing to do for them.
 */
import { isBuiltin } from 'node:module';
import type { AnyNode } from 'acorn';
import { contains } from '../../../source/contains.ts';
import { compareCode } from '../../code/context.ts';
import type { Binding } from '../../../source/model.ts';
import { AtLoad, callsOfImports } from '../../hazards/at-load.ts';
import type { Side } from '../../version/side.ts';
import { alwaysThere } from '../../version/program/always-there.ts';
import { isEffectFree } from '../../version/values/effects.ts';
import { memberName } from '../../version/program/member-name.ts';
import { requiredBy } from '../../version/program/ran.ts';
import type { TopDiff } from '../top.ts';
import { isFunctionNode, walk } from '../../version/program/walk.ts';

/** What of a process stays as it was at the start. The environment may be changed by the program: it is asked all the same, and said. */
const OF_PROCESS = /^(?:arch|argv|env|execArgv|platform|release|versions?)$/;
const FUNCTIONS = /^(?:Boolean|Number|String|isNaN|parseFloat|parseInt)$/;
const METHODS =
  /^(?:charAt|charCodeAt|concat|endsWith|exec|includes|indexOf|join|map|match|slice|split|startsWith|substr|substring|test|toLowerCase|toString|toUpperCase|trim)$/;

export interface Idle {
  readonly node: AnyNode;
  /** The conditions of its branches, one after the other. */
  readonly tests: readonly AnyNode[];
  /** The statement of the old version under the same conditions, which has done no more. */
  readonly before: AnyNode | null;
  /** Whether the conditions call what nobody knows. */
  readonly runsCode: boolean;
}

/** Those among the statements that are `fresh`; `gone`: those of the old version that are not the same in the new one. */
export function idleStatements(top: TopDiff, gone: readonly AnyNode[], fresh: readonly AnyNode[]): Idle[] {
  const { ctx, baseFn, nextFn } = top;
  return fresh.flatMap((node) => {
    const tests = idleUnless(top, node);
    if (!tests) return [];
    const isSame = (before: AnyNode): boolean => {
      const were = testsOf(before);
      return were.length === tests.length && tests.every((test, i) => compareCode(ctx, were[i]!, test, baseFn, nextFn) === 'same');
    };
    const runsCode = tests.some((test) => !isFree(top, test));
    return { node, tests, before: gone.find(isSame) ?? null, runsCode };
  });
}

function idleUnless(top: TopDiff, statement: AnyNode): readonly AnyNode[] | null {
  const { next } = top.ctx;
  const tests = testsOf(statement);
  if (tests.length === 0 || tests.some((test) => holdsHere(test, next)) || !keepsToItself(top, statement)) return null;
  const isGuard = onlyThrows(statement);
  return tests.every((test) => isFree(top, test) || (isGuard && asksConstants(test, next) && asksWhatStays(top, test))) ? tests : null;
}

const isFree = ({ ctx, nextFn }: TopDiff, test: AnyNode): boolean => goesByStart(test, ctx.next) && isEffectFree(test, ctx.next, nextFn);

/** `if (!isSafe(PATTERN)) throw new Error(…)`: what a module makes sure of as it loads. */
function onlyThrows(statement: AnyNode): boolean {
  if (statement.type !== 'IfStatement' || statement.alternate) return false;
  const { consequent } = statement;
  const [only, ...more] = consequent.type === 'BlockStatement' ? consequent.body : [consequent];
  return only?.type === 'ThrowStatement' && more.length === 0;
}

/** Whether a condition does no more than to ask functions by their names of what stays as the module loaded. */
function asksConstants(test: AnyNode, side: Side): boolean {
  let is = true;
  walk(test, (node) => {
    is &&=
      /^(?:Literal|Identifier|MemberExpression|ChainExpression|LogicalExpression|BinaryExpression)$/.test(node.type) ||
      (node.type === 'UnaryExpression' && node.operator !== 'delete') ||
      (node.type === 'CallExpression' && node.callee.type === 'Identifier');
    return is;
  });
  return is && side.refsIn(test.start, test.end).every(({ binding }) => binding === null || staysAsLoaded(binding, side));
}

/** Whether no function that it asks, or that those lead to, has changed: as the patch is linked, the running ones still answer. */
function asksWhatStays({ ctx }: TopDiff, test: AnyNode): boolean {
  const { around, next } = ctx;
  const atLoad = new AtLoad(ctx);
  const asked = atLoad.from([test]);
  const stays = (source: string): boolean => !around.newModelOf(source) && !around.isBeside(source) && !around.follows(source);
  return !atLoad.changed.some((fn) => asked.has(fn)) && callsOfImports(next, [test]).calls.every(({ source }) => stays(source));
}

const staysAsLoaded = ({ declarations, reassigned, scope }: Binding, side: Side): boolean =>
  declarations.length === 1 && !reassigned && side.runsOnce(scope.fn);

/** Empty where it does something whatever the conditions are. */
function testsOf(statement: AnyNode): readonly AnyNode[] {
  const node = statement.type === 'ExpressionStatement' ? statement.expression : statement;
  if (node.type === 'LogicalExpression') return node.operator === '&&' ? [node.left] : [];
  if (node.type !== 'IfStatement') return [];
  const others = node.alternate ? testsOf(node.alternate) : [];
  return node.alternate && others.length === 0 ? [] : [node.test, ...others];
}

/** Whether nothing around it uses what it declares, and it ends no more than itself. */
function keepsToItself({ nextFn }: TopDiff, statement: AnyNode): boolean {
  let isWhole = true;
  walk(statement, (node) => {
    if (isFunctionNode(node)) return false;
    isWhole &&= !/^(?:Return|Break|Continue)Statement$|^(?:Await|Yield)Expression$/.test(node.type);
    return isWhole;
  });
  const own = [...nextFn.body.bindings.values()].filter(({ declarations }) => declarations.some((id) => contains(statement, id)));
  return isWhole && own.every(({ references }) => references.every(({ node }) => contains(statement, node)));
}

/** Whether a condition holds wherever the same globals are there as here: a process would not take the patch. */
function holdsHere(test: AnyNode, side: Side): boolean {
  return knownHere(test, side)?.value === true;
}

function knownHere(node: AnyNode, side: Side): { readonly value: unknown } | null {
  switch (node.type) {
    case 'Literal':
      return node.regex ? null : { value: node.value };
    case 'UnaryExpression': {
      const { operator, argument } = node;
      if (operator === 'typeof' && argument.type === 'Identifier' && side.refAt(argument)?.binding === null)
        return { value: typeof Reflect.get(globalThis, argument.name) };
      const inner = operator === '!' ? knownHere(argument, side) : null;
      return inner && { value: !inner.value };
    }
    case 'LogicalExpression': {
      const sides = [knownHere(node.left, side), knownHere(node.right, side)];
      const decides = node.operator === '||';
      if (node.operator === '??') return null;
      if (sides.some((one) => one && Boolean(one.value) === decides)) return { value: decides };
      return sides.every((one) => one !== null) ? { value: !decides } : null;
    }
    case 'BinaryExpression': {
      const [left, right] = [knownHere(node.left as AnyNode, side), knownHere(node.right, side)];
      if (!left || !right || !/^[!=]==?$/.test(node.operator)) return null;
      return { value: (left.value === right.value) === node.operator.startsWith('=') };
    }
    default:
      return null;
  }
}

/** Whether what an expression gives is the same whenever a process evaluates it. */
function goesByStart(node: AnyNode, side: Side): boolean {
  const holds = (one: AnyNode): boolean => goesByStart(one, side);
  switch (node.type) {
    case 'Literal':
      return true;
    case 'TemplateLiteral':
      return node.expressions.every(holds);
    case 'Identifier':
      return isFixed(node, side);
    case 'UnaryExpression':
      return node.operator === 'typeof' && node.argument.type === 'Identifier'
        ? side.refAt(node.argument)?.binding === null || holds(node.argument)
        : node.operator !== 'delete' && holds(node.argument);
    case 'BinaryExpression':
    case 'LogicalExpression':
      return holds(node.left as AnyNode) && holds(node.right);
    case 'ConditionalExpression':
      return holds(node.test) && holds(node.consequent) && holds(node.alternate);
    case 'ChainExpression':
      return holds(node.expression);
    case 'MemberExpression':
      return isFixedMember(node, side);
    case 'CallExpression': {
      const { callee } = node;
      const isKnown =
        callee.type === 'MemberExpression'
          ? METHODS.test(memberName(callee) ?? '') && holds(callee.object as AnyNode)
          : callee.type === 'Identifier' && FUNCTIONS.test(callee.name) && side.refAt(callee)?.binding === null;
      return isKnown && node.arguments.every((given) => given.type !== 'SpreadElement' && holds(given));
    }
    default:
      return false;
  }
}

function isFixedMember(node: AnyNode & { readonly type: 'MemberExpression' }, side: Side): boolean {
  const { object, property, computed } = node;
  if (object.type === 'Super' || (computed && !goesByStart(property as AnyNode, side))) return false;
  const isProcess = object.type === 'Identifier' && object.name === 'process' && side.refAt(object)?.binding === null;
  if (isProcess) return OF_PROCESS.test(memberName(node) ?? '');
  const isFunction = object.type === 'Identifier' && side.definitionOf(object) !== null;
  return isFunction ? /^(?:name|length)$/.test(memberName(node) ?? '') : goesByStart(object, side);
}

/** A name of the language or of Node, of a function, or of a constant that such an expression gives. */
function isFixed(id: AnyNode & { readonly type: 'Identifier' }, side: Side): boolean {
  const binding = side.refAt(id)?.binding;
  if (binding === undefined) return false;
  if (binding === null) return /^(?:undefined|NaN|Infinity)$/.test(id.name) || alwaysThere(id.name) !== undefined;
  const [declared, ...more] = binding.declarations;
  if (!declared || more.length > 0 || binding.reassigned || !side.runsOnce(binding.scope.fn)) return false;
  if (side.functionDeclaredBy(declared) !== null) return true;
  const value = side.valueOf(declared);
  return value != null && (isBuiltin(requiredBy(value) ?? '') || goesByStart(value, side));
}
