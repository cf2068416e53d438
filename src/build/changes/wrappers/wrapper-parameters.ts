/**
 * Parameters of functions that are called in place, `(function (Math) { … })(Math)`, which only one version has: one that stands
 * for the global variable of its name changes nothing, nor does one that the new version does without. Any other that it gains
 * is a variable of the function, which begins with what it is given.
 */
import type { AnyNode, BlockStatement, Function as FunctionNode } from 'acorn';
import { analyzeModule } from '../../../source/analyze.ts';
import { Edits } from '../../../source/edits.ts';
import type { ModuleModel, Reference } from '../../../source/model.ts';
import { constantOf } from '../../code/constant.ts';
import { isFunctionNode, walk } from '../../version/program/walk.ts';
import { givenByName, wrappersOf } from './wrappers.ts';
import type { Wrapper } from './wrappers.ts';

interface Taker extends Wrapper {
  /** What each parameter is given, by its name. */
  readonly byName: ReadonlyMap<string, AnyNode | undefined>;
}

/** The new version, with the parameters that the old one has. */
export function withOldParameters(base: ModuleModel, next: ModuleModel): ModuleModel {
  const [old, now] = [takersOf(base), takersOf(next)];
  if (old.length !== now.length) return next;
  const edits = new Edits(next.text);
  let found = false;
  for (const [i, wrapper] of now.entries()) {
    const { byName } = old[i]!;
    if ([...byName.keys()].join() === [...wrapper.byName.keys()].join() || !isFree(wrapper, old[i]!)) continue;
    found = true;
    const textOf = (name: string): string | undefined => {
      const [model, value] = wrapper.byName.has(name) ? [next, wrapper.byName.get(name)] : [base, byName.get(name)];
      return value && model.text.slice(value.start, value.end);
    };
    const { fn, call, given } = wrapper;
    const node = fn.node as FunctionNode;
    put(edits, node.params, next.text.indexOf('(', node.start) + 1, [...byName.keys()]);
    const texts = [...byName.keys()].map(textOf);
    while (texts.length > 0 && texts.at(-1) === undefined) texts.pop();
    put(edits, given, call.end - 1, texts.map(String), call.arguments.length > given.length);
    const fresh = [...wrapper.byName.keys()].filter(
      (name) => !byName.has(name) && !standsForGlobal(wrapper, name) && isAsked(wrapper, name),
    );
    if (fresh.length > 0)
      edits.insert(bodyStart(node.body as BlockStatement), ` var ${fresh.map((name) => `${name} = ${textOf(name)}`).join(', ')};`);
  }
  return found ? analyzeModule(edits.render().text, next.format, next.file) : next;
}

/** Whether what only one version has among the parameters can be had without it. */
function isFree(now: Taker, before: Taker): boolean {
  const both = [...now.byName.keys()].filter((name) => before.byName.has(name));
  if ([...before.byName.keys()].filter((name) => now.byName.has(name)).join() !== both.join()) return false;
  const fresh = [...now.byName.keys()].filter((name) => !before.byName.has(name));
  if (!fresh.every((name) => standsForGlobal(now, name) || !isAsked(now, name) || isVariable(now, name))) return false;
  return [...before.byName.keys()].every((name) => {
    if (now.byName.has(name)) return true;
    if (now.fn.body.bindings.has(name)) return false;
    return standsForGlobal(before, name) || referencesTo(now, name).length === 0;
  });
}

/** Whether its code does the same where it has no parameters. */
export function doesWithoutParameters(wrapper: Wrapper): boolean {
  const byName = givenByName(wrapper);
  const taker = byName && { ...wrapper, byName };
  return taker !== null && [...taker.byName.keys()].every((name) => standsForGlobal(taker, name) || !isAsked(taker, name));
}

/** Whether a parameter is what its name stands for around the function, in every module. */
function standsForGlobal({ fn, byName, model }: Taker, name: string): boolean {
  const value = byName.get(name);
  if (fn.scope.bindings.get(name)?.reassigned !== false) return false;
  if (!value) return name === 'undefined';
  if (value.type !== 'Identifier' || value.name !== name) return false;
  const binding = model.references.find(({ node }) => node === value)?.binding;
  return binding === null || (binding?.kind === 'implicit' && !binding.reassigned);
}

/** Whether code that may run in Node asks for a parameter. */
function isAsked(taker: Taker, name: string): boolean {
  const binding = taker.fn.scope.bindings.get(name);
  const never = neverRun(taker);
  return referencesTo(taker, name).some(
    ({ binding: own, node }) => own === binding && !never.some(({ start, end }) => start <= node.start && node.end <= end),
  );
}

/** Whether a variable of the function can begin with what a parameter is given. */
function isVariable({ fn, byName }: Taker, name: string): boolean {
  const value = byName.get(name);
  if (!value || fn.body.find(name) !== fn.scope.find(name)) return false;
  let isBound = false;
  walk(value, (node) => {
    isBound ||= isFunctionNode(node) || /^(?:This|Await|Assignment|Update|Class)Expression$|^MetaProperty$/.test(node.type);
    if (node.type === 'Identifier')
      isBound ||= node.name === 'arguments' || fn.scope.bindings.has(node.name) || fn.body.bindings.has(node.name);
    return !isBound;
  });
  return !isBound;
}

const referencesTo = ({ model, fn }: Taker, name: string): readonly Reference[] =>
  model.references.filter(({ node }) => node.name === name && fn.node.start <= node.start && node.start < fn.node.end);

/** What the function chooses not to run where there is CommonJS: `if (typeof module === 'object') … else this never runs`. */
export function neverRun({ fn, model }: Wrapper): AnyNode[] {
  const found: AnyNode[] = [];
  const isGiven = ({ start, end }: AnyNode): boolean =>
    model.format === 'commonjs' &&
    model.references.some(({ node, binding }) => node.start === start && node.end === end && binding?.kind === 'implicit');
  const look = (statement: AnyNode): void => {
    if (statement.type !== 'IfStatement') return;
    const { consequent, alternate } = statement;
    const test = constantOf(statement.test, (node) => {
      if (node.type !== 'UnaryExpression' || node.operator !== 'typeof' || node.argument.type !== 'Identifier') return null;
      const { name } = node.argument;
      if (!/^(?:module|exports|require)$/.test(name) || !isGiven(node.argument)) return null;
      return { value: name === 'require' ? 'function' : 'object' };
    });
    if (test && !test.value) found.push(consequent);
    if (test?.value && alternate) found.push(alternate);
    else if (alternate) look(alternate);
  };
  const { body } = fn.node as FunctionNode;
  if (body.type === 'BlockStatement') for (const statement of body.body) look(statement);
  return found;
}

/** Those of which code asks for what they are given by its names alone. */
function takersOf(model: ModuleModel): Taker[] {
  return wrappersOf(model).flatMap((wrapper) => {
    const { fn } = wrapper;
    const isWritten = /^function\s*[\w$]*\s*\(/.test(model.text.slice(fn.node.start, fn.node.end));
    const byName = givenByName(wrapper);
    return isWritten && byName && !fn.usesArguments && !fn.scope.evalVisible ? [{ ...wrapper, byName }] : [];
  });
}

/** Behind the directives. */
function bodyStart({ start, body }: BlockStatement): number {
  const last = body.findLast((statement) => statement.type === 'ExpressionStatement' && statement.directive !== undefined);
  return last?.end ?? start + 1;
}

function put(edits: Edits, nodes: readonly AnyNode[], at: number, texts: readonly string[], follows = false): void {
  if (nodes.length > 0) edits.cut(nodes[0]!.start, nodes.at(-1)!.end, texts.join(', '));
  else if (texts.length > 0) edits.insert(at, `${follows ? ', ' : ''}${texts.join(', ')}`);
}
