/**
 * Modules that a bundler wrote for every kind of loader (UMD) in one version, and for `require` alone in the other: the new
 * version is read as one that is written as the old one is.
 */
import type { AnyNode, FunctionExpression } from 'acorn';
import { analyzeModule } from '../../../source/analyze.ts';
import { Edits } from '../../../source/edits.ts';
import type { FunctionInfo, ModuleModel } from '../../../source/model.ts';
import { walk } from '../../version/program/walk.ts';

interface Umd {
  readonly statement: AnyNode;
  /** The function that is the module. */
  readonly factory: FunctionExpression & AnyNode;
}

/** Null where neither is, or the code would do something else. */
export function withOldUmd(base: ModuleModel, next: ModuleModel): ModuleModel | null {
  const [old, now] = [umdOf(base), umdOf(next)];
  if (!old === !now) return null;
  const text = old ? wrappedText(base, old, next) : bareText(next, now!);
  return text === null ? null : analyzeModule(text, next.format, next.file);
}

/** `(function (global, factory) { … factory(exports) … })(this, function (exports) { … })`, and nothing besides. */
function umdOf({ program }: ModuleModel): Umd | null {
  const [statement, ...more] = (program.body as AnyNode[]).filter(
    (node) => node.type !== 'EmptyStatement' && !(node.type === 'ExpressionStatement' && node.directive !== undefined),
  );
  if (statement?.type !== 'ExpressionStatement' || more.length > 0) return null;
  const call = (statement.expression.type === 'UnaryExpression' ? statement.expression.argument : statement.expression) as AnyNode;
  if (call.type !== 'CallExpression' || call.callee.type !== 'FunctionExpression') return null;
  const factory = call.arguments.at(-1) as AnyNode | undefined;
  const given = call.callee.params[call.arguments.length - 1];
  if (factory?.type !== 'FunctionExpression' || factory.async || factory.generator || given?.type !== 'Identifier') return null;
  return isGivenItsNames(call.callee as AnyNode, given.name, factory) ? { statement, factory } : null;
}

/** Whether the first call of the factory, which is the one for `require`, gives it what has the names of its parameters there. */
function isGivenItsNames(header: AnyNode, name: string, { params }: FunctionExpression): boolean {
  let first: AnyNode | null = null;
  let keeps = false;
  walk(header, (node) => {
    if (first === null && node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === name) first = node;
    // What the factory returns is the module.
    keeps ||=
      node.type === 'AssignmentExpression' &&
      first === null &&
      node.right.type === 'CallExpression' &&
      nameOf(node.right.callee as AnyNode) === name;
    return first === null;
  });
  const { arguments: given = [] } = (first ?? {}) as { arguments?: AnyNode[] };
  return (
    !keeps &&
    first !== null &&
    given.length === params.length &&
    params.every(
      (param, i) => /^(?:exports|module|require)$/.test(nameOf(param as AnyNode)) && nameOf(param as AnyNode) === nameOf(given[i]!),
    )
  );
}

const nameOf = (node: AnyNode): string => (node.type === 'Identifier' ? node.name : '');

/** The new module within the function of the old one, line by line. */
function wrappedText({ text: old }: ModuleModel, { statement, factory }: Umd, next: ModuleModel): string | null {
  const { root, text, references } = next;
  const head = old.slice(statement.start, factory.body.start + 1);
  const asks = root.usesThis || root.thisCaptured || references.some(({ node, binding }) => node.name === 'arguments' && binding === null);
  const hides = factory.params.some((param) => root.body.bindings.get(nameOf(param as AnyNode))?.declarations.length);
  if (asks || hides || root.scope.evalVisible || text.startsWith('#!') || head.includes('//')) return null;
  return `${head.replaceAll(/\n/g, ' ')}${text}\n${old.slice(factory.body.end - 1, statement.end)}`;
}

/** What is in the function of the new module, line by line. */
function bareText({ functions, text }: ModuleModel, { statement, factory }: Umd): string | null {
  const fn = functions.find(({ node }) => (node as AnyNode) === factory)!;
  if (asksForItself(fn)) return null;
  const edits = new Edits(text);
  edits.cut(statement.start, factory.body.start + 1, '\n'.repeat(text.slice(statement.start, factory.body.start).split('\n').length - 1));
  edits.cut(factory.body.end - 1, statement.end, '');
  return edits.render().text;
}

/** Whether a function does what code of a module cannot, or does otherwise. */
function asksForItself(fn: FunctionInfo): boolean {
  return (
    fn.usesThis ||
    fn.thisCaptured ||
    fn.usesArguments ||
    fn.argumentsCaptured ||
    fn.scope.evalVisible ||
    (fn.node as FunctionExpression).id != null
  );
}
