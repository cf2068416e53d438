/**
 * Functions that a bundler makes of modules: each runs once, when the first that asks for the module does. What such a
 * module did has been done, whatever a new version of the function would do.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import type { ModuleContext } from '../../code/context.ts';
import { ONLY_LABELLED } from '../../match/labels.ts';
import type { Side } from '../../version/side.ts';

/** What esbuild and Rolldown put around the function. */
const HELPER = /^__(commonJS|esm)(Min)?(\$\d+)?$/;
/** How webpack and Browserify call its parameters, unless they are minified. */
const PARAMETER = /^(__unused_webpack_|__webpack_)?(module|exports|require|__webpack_require__)$/;

/** Says of each statement of such a module that is new or has changed that it is not run. */
export function reportBundled(ctx: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): void {
  // One with a scope of its own is compared as a module is.
  if (ctx.base.plan.handleOf.get(baseFn)?.kind === 'bundled' || !isModule(baseFn)) return;
  const {
    base,
    next,
    resolver,
    log,
    around: { labels },
  } = ctx;
  const old = new Set(statementsOf(baseFn).map((node) => base.text(node)));
  const unlabelled = new Set([...old].map((text) => labels.before(text)));
  const known = new Set(statementsOf(baseFn).map((node) => assigned(node)));
  const changed = changedNames(ctx, baseFn, fn);
  for (const [name, value] of changed) {
    const [binding, before] = [fn.body.bindings.get(name), baseFn.body.bindings.get(name)];
    if (binding?.captured && before && !resolver.hasOtherValue(binding, before))
      log.add(
        'computed-at-load',
        next,
        value,
        name,
        'the functions of the module that run hold the old value, and so does who was given it',
      );
  }
  for (const node of statementsOf(fn)) {
    const target = assigned(node);
    if (old.has(next.text(node))) {
      const read = namesRead(next, fn, node).find((name) => changed.has(name));
      if (read !== undefined)
        log.add(
          'computed-at-load',
          next,
          node,
          target ?? read,
          `it ran with the old value of ${read} as a module of the bundle, and what it gave away or computed stays`,
        );
      continue;
    }
    if (unlabelled.has(labels.after(next.text(node)))) log.add('computed-at-load', next, node, target ?? '', ONLY_LABELLED);
    else if (target !== null && !known.has(target))
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

/** The variables of such a module that the new version begins with another value, and where. */
function changedNames({ base, next }: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): ReadonlyMap<string, AnyNode> {
  const was = new Map(initialisersOf(baseFn));
  const left = new Map(initialisersOf(fn).filter(([name, value]) => was.has(name) && !next.definitionOf(value)));
  const changed = new Map<string, AnyNode>();
  for (let before = -1; before < changed.size;) {
    before = changed.size;
    for (const [name, value] of left)
      if (base.text(was.get(name)!) !== next.text(value) || namesRead(next, fn, value).some((read) => changed.has(read))) {
        changed.set(name, value);
        left.delete(name);
      }
  }
  return changed;
}

function initialisersOf({ node }: FunctionInfo): [name: string, value: AnyNode][] {
  const { body } = node as FunctionNode;
  if (body.type !== 'BlockStatement') return [];
  return body.body.flatMap((statement) =>
    statement.type !== 'VariableDeclaration'
      ? []
      : statement.declarations.flatMap(({ id, init }): [string, AnyNode][] => (id.type === 'Identifier' && init ? [[id.name, init]] : [])),
  );
}

/** The variables of `fn` that a part of it reads as it runs, which functions in it do later. */
function namesRead(side: Side, fn: FunctionInfo, { start, end }: AnyNode): string[] {
  return side.refsIn(start, end).flatMap((ref) => (ref.binding?.scope.fn === fn && side.ownerOf(ref) === fn ? [ref.node.name] : []));
}

/** Whether a value is what a bundler makes of a module: a function that runs it once. */
export function wrapsModule(value: AnyNode | null | undefined): boolean {
  return value?.type === 'CallExpression' && HELPER.test(memberText(value.callee as AnyNode) ?? '');
}

function isModule({ ancestors, node, kind }: FunctionInfo): boolean {
  if (kind !== 'function' && kind !== 'arrow' && kind !== 'method') return false;
  const [above, holder, parent] = [ancestors.at(-3), ancestors.at(-2), ancestors.at(-1)];
  if (wrapsModule(parent)) return true;
  const given = node as FunctionNode;
  if (parent?.type === 'Property' && holder?.type === 'ObjectExpression')
    return wrapsModule(above) || hasModuleNames(given) || (isModuleKey(parent.key) && putsExports(given));
  if (parent?.type !== 'ArrayExpression') return false;
  // webpack gives its list to a function that it calls at once; Browserify lists what each module asks for beside it.
  const isList = holder?.type === 'CallExpression' && /^(Arrow)?FunctionExpression$/.test(holder.callee.type);
  return hasModuleNames(given) || ((isList || (holder?.type === 'Property' && isModuleKey(holder.key))) && putsExports(given));
}

/** A number or the path of a file, as bundlers name modules. */
function isModuleKey(key: AnyNode): boolean {
  return key.type === 'Literal' && (typeof key.value === 'number' || (typeof key.value === 'string' && /[./\\]/.test(key.value)));
}

function namesOf({ params }: FunctionNode): readonly string[] {
  const names = params.flatMap((p) => (p.type === 'Identifier' ? p.name : []));
  return names.length < params.length || names.length > 3 ? [] : names;
}

function hasModuleNames(fn: FunctionNode): boolean {
  const names = namesOf(fn);
  if (names.length === 0 || !names.every((name) => PARAMETER.test(name))) return false;
  return names.length > 1 || names[0]!.startsWith('__') || (names[0] === 'module' && putsExports(fn));
}

/** Whether a function puts something among the exports that it is given. */
function putsExports(fn: FunctionNode): boolean {
  const [module, exports] = namesOf(fn);
  if (module === undefined || fn.body.type !== 'BlockStatement') return false;
  return expressionsOf(fn.body as AnyNode).some((expression) => {
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
