/**
 * Code that makes code. What it generated before a patch keeps the behaviour of the text it was made from, and is
 * usually kept in a cache: no entry site reaches it, so a change of what the text is made from needs the author.
 */
import type { AnyNode, CallExpression } from 'acorn';
import { runsOnce } from '../../instrument/plan.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { functionOf } from '../version/values/effects.ts';
import { requireOf } from '../version/forms/items.ts';
import { importsOf } from '../version/modules/imports.ts';
import { handedOver } from './remembered.ts';
import type { Side } from '../version/side.ts';
import { TextSources } from './text-sources.ts';
import { memberText } from '../../source/paths.ts';
import { nodesOf } from '../version/program/nodes.ts';
import type { NodeOf } from '../version/program/nodes.ts';
import { isFunctionNode, nodesAbove, walk } from '../version/program/walk.ts';
import { callsByNames } from '../version/program/calls-by-name.ts';

const CONSTRUCTORS = /^(Async)?(Generator)?Function$/;
const APPLIES = /^(apply|call)$/;
const VM = /^(runIn(This|New)?Context|compileFunction|Script)$/;
/** The names of what is called, where text becomes code: also by `Function.call`. */
const GENERATES = new RegExp([CONSTRUCTORS, APPLIES, VM].map(({ source }) => source).join('|'));
const RUNS = /^runIn/;
/** By its name: what runs the script that it is given. */
const RUNS_IT = /^_?(?:run|exec)(?:ute)?(?:[A-Z_]|$)/;
const KEEPS = /cache|memo|^_?(?:lru\w*|once)$/i;
const TAKES_APART = /^(Object\.(entries|keys|values)|JSON\.stringify|String|Number|Boolean)$/;
const IS_VM = /^(node:)?_?vm(\d|_default|Module)*$/i;
/** Globals that `Function` and `eval` are also reached through. */
const GLOBALS = /^(globalThis|global|window|self|root)$/;

/** Whether a text may hold a generator at all: parsing every file of a package would take too long. */
export function mayGenerate(text: string): boolean {
  return /\bFunction\s*[.(]|\beval\b|\bvm\b/.test(text);
}

/**
 * The calls of a module that turn text into code, unless the text is all there in the source. `makers`: the packages whose
 * export does that for whoever calls it, by how the module asks for them.
 */
export function generatorsIn(side: Side, makers: ReadonlySet<string> = new Set()): AnyNode[] {
  const usesVm = /["'](?:node:)?vm["']/.test(side.model.text);
  const made = new Set(
    makers.size === 0 ? [] : [...importsOf(side)].flatMap(([binding, { source }]) => (makers.has(source) ? [binding] : [])),
  );
  const isOne = ({ type, callee, arguments: given }: NodeOf<'CallExpression' | 'NewExpression'>): boolean => {
    if (made.size > 0 && callee.type === 'Identifier' && made.has(side.refAt(callee)?.binding as Binding)) return true;
    const name = given.length > 0 ? calledName(callee as AnyNode) : null;
    if (name === null) return false;
    const isConstructor = CONSTRUCTORS.test(name);
    if (!isConstructor && !(name === 'eval' && type === 'CallExpression') && !(usesVm && VM.test(name))) return false;
    return !(isConstructor ? given : given.slice(0, 1)).every((argument) => isConstantText(argument as AnyNode));
  };
  const { program } = side.model;
  const names = new Set([...made].map(({ name }) => name));
  const mayBeOne = (name: string): boolean => name === '' || name === 'eval' || names.has(name) || GENERATES.test(name);
  const found: AnyNode[] = [...callsByNames(program, mayBeOne).filter(isOne), ...nodesOf(program, 'NewExpression').filter(isOne)];
  return found.sort((a, b) => a.start - b.start);
}

/** What the text of a generator is made from with the help of modules that `isForeign` tells, or of objects that anybody may fill; the same of modules in a bundle. */
export function fedBy(
  side: Side,
  generator: AnyNode,
  isForeign: (specifier: string) => boolean,
  isForeignModule: (module: FunctionInfo) => boolean,
): readonly AnyNode[] {
  const call = generator as CallExpression;
  const name = calledName(call.callee as AnyNode)!;
  // A list that is put together elsewhere is not followed.
  if (isApplied(call.callee as AnyNode)) return [];
  const text = CONSTRUCTORS.test(name) ? call.arguments : call.arguments.slice(0, 1);
  const [fn = side.model.root] = around(side, generator);
  const sources = new TextSources(side, isForeign, isForeignModule);
  for (const argument of text) sources.reaches(fn, argument as AnyNode);
  return sources.exits;
}

function calledName(callee: AnyNode): string | null {
  switch (callee.type) {
    case 'Identifier':
      return callee.name;
    case 'SequenceExpression':
      return calledName(callee.expressions.at(-1)!);
    case 'ParenthesizedExpression':
      return calledName(callee.expression);
    case 'MemberExpression': {
      if (callee.computed || callee.property.type !== 'Identifier') return null;
      const { name } = callee.property;
      const of = lastName(callee.object);
      if (isApplied(callee)) return of;
      // A script is run in a context; only the module is given text.
      return GLOBALS.test(of) || (VM.test(name) && (!RUNS.test(name) || IS_VM.test(of))) ? name : null;
    }
    default:
      return null;
  }
}

/** `Function.apply(this, parts)` */
function isApplied(callee: AnyNode): boolean {
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return false;
  return APPLIES.test(callee.property.name) && CONSTRUCTORS.test(lastName(callee.object));
}

/** The last name of what a method is called on: `vm` of `this.vm`, and of `require('vm')`. */
function lastName(node: AnyNode): string {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'MemberExpression') return lastName(node.property);
  return requireOf(node)?.source ?? '';
}

function isConstantText(node: AnyNode): boolean {
  if (node.type === 'Literal') return true;
  if (node.type === 'TemplateLiteral') return node.expressions.length === 0;
  return node.type === 'BinaryExpression' && node.operator === '+' && isConstantText(node.left) && isConstantText(node.right);
}

/** Whether a function with the generator is given to something that goes by the name of a cache, of which `isEmptied` does not hold. */
export function isCached(side: Side, generator: AnyNode, isEmptied: (callee: AnyNode, index: number) => boolean): boolean {
  return handedOver(side, new Set(around(side, generator)), KEEPS).some(({ call, index }) => !isEmptied(call.callee, index));
}

/**
 * Whether nothing takes what the generated code gives, or only the members that it has, or it is a script which nothing is done
 * with but to run it: it has been run, and no more of it is likely kept than it has put somewhere itself.
 */
export function isDropped(side: Side, generator: AnyNode): boolean {
  const [fn] = around(side, generator);
  if (fn && isOnlyRun(side, generator, fn)) return true;
  let dropped = false;
  walk((fn?.node ?? side.model.program) as AnyNode, (node) => {
    if (node.start > generator.start || node.end < generator.end) return false;
    if (node.type === 'CallExpression' && node.arguments[0] === generator) dropped ||= TAKES_APART.test(memberText(node.callee) ?? '');
    if (node.type === 'ExpressionStatement') {
      const { expression } = node;
      const isAround = expression.type === 'AwaitExpression' || (expression.type === 'UnaryExpression' && expression.operator === 'void');
      const made = isAround ? expression.argument : expression;
      // A function that it makes may be called where it stands.
      dropped ||= made === generator || (made.type === 'CallExpression' && made.callee === generator);
    }
    return !dropped;
  });
  return dropped;
}

/** Whether it is a script in a variable of its function whose name goes nowhere but to what runs it. */
function isOnlyRun(side: Side, generator: AnyNode, fn: FunctionInfo): boolean {
  if (generator.type !== 'NewExpression') return false;
  const holder = nodesAbove(generator, fn.node as AnyNode).at(-1);
  const name = holder?.type === 'AssignmentExpression' ? holder.left : holder?.type === 'VariableDeclarator' ? holder.id : null;
  const binding = name?.type === 'Identifier' ? (side.refAt(name)?.binding ?? fn.body.find(name.name)) : null;
  if (!binding || binding.scope.fn !== fn || binding.scope.evalVisible) return false;
  return binding.references.every(({ node, parent, read }) => !read || isTested(parent) || isRun(parent, node));
}

const isTested = ({ type }: AnyNode): boolean => type === 'IfStatement' || type === 'UnaryExpression';

/** `script.runInContext(…)`, `this._runScript(script)` */
function isRun(parent: AnyNode, node: AnyNode): boolean {
  if (parent.type === 'MemberExpression') return parent.object === node && RUNS.test(lastName(parent.property));
  return parent.type === 'CallExpression' && parent.callee !== node && RUNS_IT.test(lastName(parent.callee));
}

/** The paths of all functions that a call into the generator may run, as far as the text of its module shows. */
export function feeding(side: Side, generator: AnyNode): ReadonlySet<string> {
  const paths = new Set<string>();
  const seen = new Set<FunctionInfo>();
  const visit = (fn: FunctionInfo): void => {
    if (seen.has(fn)) return;
    seen.add(fn);
    walk(fn.node as AnyNode, (node) => {
      const inner = isFunctionNode(node) ? side.fnAt.get(node) : undefined;
      if (inner) paths.add(inner.path);
    });
    paths.add(fn.path);
    for (const ref of side.refsIn(fn.node.start, fn.node.end)) {
      const called = functionOf(side, ref.binding);
      if (called) visit(called);
    }
  };
  for (const fn of around(side, generator)) visit(fn);
  return paths;
}

/** The functions around `node` that can run again, innermost first. */
function around(side: Side, node: AnyNode): FunctionInfo[] {
  const found: FunctionInfo[] = [];
  for (const fn of side.model.functions) {
    if (fn.kind === 'module' || fn.node.start > node.start || fn.node.end < node.end) continue;
    if (!runsOnce(side.plan.handleOf.get(fn)?.kind)) found.unshift(fn);
  }
  return found;
}
