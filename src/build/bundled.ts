/**
 * Functions that a bundler makes of modules: each runs once, when the first that asks for the module does. What such a
 * module did has been done, whatever a new version of the function would do.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { FunctionInfo } from '../source/model.ts';
import { memberText } from '../source/paths.ts';
import type { ModuleContext } from './context.ts';

/** What esbuild and Rolldown put around the function. */
const HELPER = /^__(commonJS|esm)(Min)?(\$\d+)?$/;
/** How webpack and Browserify call its parameters, unless they are minified. */
const PARAMETER = /^(__unused_webpack_|__webpack_)?(module|exports|require|__webpack_require__)$/;

/** Says of each statement of such a module that is new or has changed that it is not run. */
export function reportBundled({ base, next, log }: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): void {
  if (!isModule(baseFn)) return;
  const old = new Set(statementsOf(baseFn).map((node) => base.text(node)));
  const known = new Set(statementsOf(baseFn).map((node) => assigned(node)));
  for (const node of statementsOf(fn)) {
    if (old.has(next.text(node))) continue;
    const target = assigned(node);
    if (target !== null && !known.has(target))
      log.add(
        'computed-at-load',
        next,
        node,
        target,
        'it is new in a module of the bundle that has run: who has that module does not find it',
      );
    else
      log.add(
        'statement-changed',
        next,
        node,
        baseFn.path,
        'it is code of a module of the bundle, which has run already and is not run again',
      );
  }
}

function isModule({ ancestors, node, kind }: FunctionInfo): boolean {
  if (kind !== 'function' && kind !== 'arrow' && kind !== 'method') return false;
  const [above, holder, parent] = [ancestors.at(-3), ancestors.at(-2), ancestors.at(-1)];
  const isHelped = (call: AnyNode | undefined): boolean =>
    call?.type === 'CallExpression' && HELPER.test(memberText(call.callee as AnyNode) ?? '');
  if (isHelped(parent)) return true;
  if (parent?.type === 'Property' && holder?.type === 'ObjectExpression') return isHelped(above) || isGivenExports(node as FunctionNode);
  return parent?.type === 'ArrayExpression' && isGivenExports(node as FunctionNode);
}

/** Whether a function is given a module's exports, and puts something there. */
function isGivenExports({ params, body }: FunctionNode): boolean {
  const names = params.flatMap((p) => (p.type === 'Identifier' ? p.name : []));
  if (names.length === 0 || names.length > 3 || names.length < params.length || body.type !== 'BlockStatement') return false;
  if (names.every((name) => PARAMETER.test(name))) return true;
  const [module, exports] = names;
  return expressionsOf(body as AnyNode).some((expression) => {
    if (expression.type !== 'AssignmentExpression' || expression.left.type !== 'MemberExpression') return false;
    const text = memberText(expression.left);
    return text === `${module}.exports` || (exports !== undefined && text?.startsWith(`${exports}.`) === true);
  });
}

/** What a module does as it runs, but for what it declares. */
function statementsOf({ node }: FunctionInfo): AnyNode[] {
  return expressionsOf((node as FunctionNode).body as AnyNode);
}

function expressionsOf(body: AnyNode): AnyNode[] {
  if (body.type !== 'BlockStatement') return [body];
  return body.body.flatMap((statement): AnyNode[] => {
    if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration' || statement.type === 'VariableDeclaration')
      return [];
    if (statement.type !== 'ExpressionStatement') return [statement];
    const { expression } = statement;
    return expression.type === 'SequenceExpression' ? expression.expressions : [expression];
  });
}

/** The property that an expression gives a value; null for any other. */
function assigned(node: AnyNode): string | null {
  if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') return null;
  return memberText(node.left) ?? null;
}
