/** Functions that statements of the top level call in place and do no more: `(function () {…})()`, `!function () {…}()`, `(() => {…}).call(this)`. */
import type { AnyNode, CallExpression, ExpressionStatement, Function as FunctionNode } from 'acorn';
import type { FunctionInfo, ModuleModel } from '../../../source/model.ts';

export interface Wrapper {
  readonly model: ModuleModel;
  readonly fn: FunctionInfo;
  readonly statement: ExpressionStatement & AnyNode;
  /** Of the value that nobody takes; empty for none. */
  readonly operator: string;
  readonly call: CallExpression & AnyNode;
  /** What it is called on by `.call(…)`; null where it is called as it is. */
  readonly self: AnyNode | 'nothing' | null;
  readonly given: readonly AnyNode[];
}

export function wrappersOf(model: ModuleModel): Wrapper[] {
  return model.functions.flatMap((fn) => {
    if (fn.parent?.kind !== 'module' || fn.async || fn.generator) return [];
    const at = fn.ancestors.findLastIndex(({ type }) => type === 'ExpressionStatement');
    const statement = fn.ancestors[at];
    if (statement?.type !== 'ExpressionStatement') return [];
    let call: AnyNode = statement.expression;
    let operator = '';
    if (call.type === 'UnaryExpression' && call.operator !== 'delete') {
      operator = call.operator;
      call = call.argument;
    }
    if (call.type !== 'CallExpression' || call.optional) return [];
    const common = { model, fn, statement, operator, call };
    const given = call.arguments as readonly AnyNode[];
    const callee = call.callee as AnyNode;
    if (callee === (fn.node as AnyNode)) return { ...common, self: null, given };
    const isCalledOn =
      callee.type === 'MemberExpression' &&
      callee.object === (fn.node as AnyNode) &&
      !callee.computed &&
      callee.property.type === 'Identifier' &&
      callee.property.name === 'call';
    return isCalledOn && given[0]?.type !== 'SpreadElement' ? { ...common, self: given[0] ?? 'nothing', given: given.slice(1) } : [];
  });
}

/** What each parameter is given, by its name; null where they are no plain names, or do not take all that is given. */
export function givenByName({ fn, given }: Wrapper): ReadonlyMap<string, AnyNode | undefined> | null {
  const { params } = fn.node as FunctionNode;
  if (params.length < given.length || !params.every(({ type }) => type === 'Identifier')) return null;
  return new Map(params.map((one, i) => [(one as { name: string }).name, given[i]]));
}

/** Whether it is all that the module consists of. */
export function isAlone({ model, statement }: Wrapper): boolean {
  const isCode = (node: AnyNode): boolean =>
    node.type !== 'EmptyStatement' && !(node.type === 'ExpressionStatement' && node.directive !== undefined);
  return model.program.body.every((node) => node === statement || !isCode(node));
}
