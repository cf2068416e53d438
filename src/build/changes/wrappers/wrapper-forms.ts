/**
 * Functions around a module that are called in place, and that only one version has, or that each calls in a form of its own:
 * the new version is read as one that is written as the old one is.
 */
import type { AnyNode, BlockStatement, Function as FunctionNode, Identifier } from 'acorn';
import { analyzeModule } from '../../../source/analyze.ts';
import { Edits } from '../../../source/edits.ts';
import type { ModuleModel } from '../../../source/model.ts';
import { canonicalText } from '../../version/forms/canonical.ts';
import { specialsOf } from '../../version/program/special.ts';
import { doesWithoutParameters, neverRun } from './wrapper-parameters.ts';
import { withOldUmd } from './umd-forms.ts';
import { isAlone, wrappersOf } from './wrappers.ts';
import type { Wrapper } from './wrappers.ts';

export function withOldForms(base: ModuleModel, next: ModuleModel): ModuleModel {
  const asOld = base.format === 'commonjs' && next.format === 'commonjs' ? withOldUmd(base, next) : null;
  if (asOld) return asOld;
  const [old, now] = [wrappersOf(base), wrappersOf(next)];
  const [was, is] = [old[0], now[0]];
  if (base.format === 'commonjs' && next.format === 'commonjs') {
    if (now.length === 0 && old.length === 1 && isAlone(was!) && canBeWrapped(next, was!))
      return analyzed(next, `${opened(was!)}function ${nameFor(next, was!)}() {${next.text}\n})${calledAs(was!)}`);
    if (old.length === 0 && now.length === 1 && isAlone(is!) && canBeBare(is!)) return analyzed(next, bareText(is!));
  }
  if (old.length !== now.length) return next;
  const edits = new Edits(next.text);
  let found = false;
  for (const [i, wrapper] of now.entries()) {
    if (formOf(wrapper) === formOf(old[i]!) || !meansSame(wrapper, old[i]!)) continue;
    found = true;
    write(edits, wrapper, old[i]!);
  }
  return found ? analyzed(next, edits.render().text) : next;
}

const analyzed = ({ format, file }: ModuleModel, text: string): ModuleModel => analyzeModule(text, format, file);

const formOf = (wrapper: Wrapper): string =>
  `${wrapper.operator} ${nameOf(wrapper)} ${wrapper.self === null ? 'bare' : `on ${selfOf(wrapper)}`}`;

function nameOf({ fn }: Wrapper): string {
  return fn.kind === 'arrow' ? '' : ((fn.node as FunctionNode).id?.name ?? '');
}

/** What the function around code may be called as the old one is: nothing where the code has that name for something else. */
function nameFor({ references, functions }: ModuleModel, old: Wrapper): string {
  const name = nameOf(old);
  const isTaken = references.some(({ node }) => node.name === name) || functions.some(({ body }) => body.bindings.has(name));
  return isTaken ? '' : name;
}

function selfOf({ self }: Wrapper): string {
  return self === null || self === 'nothing' ? '' : canonicalText(self, null);
}

/** What `this` is in its code: that of the module, of a function that is called as it is, or what it is called on. */
function thisOf(wrapper: Wrapper): string {
  return wrapper.fn.kind === 'arrow' ? '(ThisExpression )' : selfOf(wrapper);
}

/** Whether code of it that may run in Node says `this`. */
function asksForThis(wrapper: Wrapper): boolean {
  const { fn } = wrapper;
  if (!fn.usesThis && !fn.thisCaptured) return false;
  const never = neverRun(wrapper);
  return specialsOf(fn.node as AnyNode).thisUses.some(
    ({ node }) => !never.some(({ start, end }) => start <= node.start && node.end <= end),
  );
}

/** Whether its code does the same where it is called in the form of the other. */
function meansSame(wrapper: Wrapper, other: Wrapper): boolean {
  const { fn } = wrapper;
  return !fn.scope.evalVisible && (!asksForThis(wrapper) || thisOf(wrapper) === thisOf(other));
}

const opened = ({ operator }: Wrapper): string => `${operator}${operator && ' '}(`;

function calledAs(old: Wrapper): string {
  return `${callOf(old, false)});`;
}

/** How a call of it begins, up to what its parameters are given. */
function callOf({ self, model: { text } }: Wrapper, hasGiven: boolean): string {
  if (self === null) return '(';
  const on = self === 'nothing' ? '' : text.slice(self.start, self.end);
  return `.call(${on}${on !== '' && hasGiven ? ', ' : ''}`;
}

function write(edits: Edits, { fn, statement, given, model }: Wrapper, old: Wrapper): void {
  const { text, program } = model;
  const { start, end } = fn.node;
  const lines = (from: number, to: number): string => '\n'.repeat(text.slice(from, to).split('\n').length - 1);
  const before = program.body.findLast((node) => node.end <= statement.start);
  // It would go on with a parenthesis.
  if (before && !/[;}]/.test(text[before.end - 1]!)) edits.insert(before.end, ';');
  const { id } = fn.node as FunctionNode;
  if (fn.kind !== 'arrow' && !isNamedWithin(model, id ?? null)) {
    const parameters = text.indexOf('(', id?.end ?? start);
    if (/^function\s*[\w$]*\s*$/.test(text.slice(start, parameters))) edits.cut(start, parameters, `function ${nameFor(model, old)}`);
  }
  edits.cut(statement.start, start, `${lines(statement.start, start)}${opened(old)}`);
  // What it is given stays where it is, with the comments in it.
  let from = end;
  let close = '';
  for (const [i, node] of given.entries()) {
    const isList = node.type === 'SequenceExpression';
    edits.cut(from, node.start, close, i === 0 ? `)${callOf(old, true)}` : ', ', lines(from, node.start), isList ? '(' : '');
    close = isList ? ')' : '';
    from = node.end;
  }
  edits.cut(from, statement.end, close, given.length === 0 ? `)${calledAs(old)}` : ');', lines(from, statement.end));
}

/** Whether the code of a function says its name. */
function isNamedWithin({ references }: ModuleModel, id: Identifier | null): boolean {
  return id !== null && references.some(({ binding }) => binding?.kind === 'own-name' && binding.declarations.includes(id));
}

/** Whether all of a module does the same within a function. */
function canBeWrapped({ root, text, references, functions }: ModuleModel, old: Wrapper): boolean {
  const usesThis = root.usesThis || root.thisCaptured;
  if (text.startsWith('#!') || root.scope.evalVisible || (usesThis && thisOf(old) !== '(ThisExpression )')) return false;
  if (references.some(({ node, binding }) => node.name === 'arguments' && binding === null)) return false;
  // One that gives a variable its value may be the old one.
  return !functions.some(({ parent, ancestors, node }) => {
    const call = ancestors.at(-1);
    return parent === root && call?.type === 'CallExpression' && call.callee === (node as AnyNode);
  });
}

/** Whether the code of a wrapper that is all of its module does the same without it. */
function canBeBare(wrapper: Wrapper): boolean {
  const { fn, model } = wrapper;
  const { id, params, body } = fn.node as FunctionNode;
  if (asksForThis(wrapper) && thisOf(wrapper) !== '(ThisExpression )') return false;
  if (fn.usesArguments || fn.argumentsCaptured || fn.returns.length > 0 || body.type !== 'BlockStatement') return false;
  if (isNamedWithin(model, id ?? null)) return false;
  if (params.length > 0 && !doesWithoutParameters(wrapper)) return false;
  return [...fn.body.bindings.values()].every(({ name, kind }) => kind === 'param' || !model.scope.bindings.has(name));
}

function bareText({ fn, statement, model: { text } }: Wrapper): string {
  const { start, end } = (fn.node as FunctionNode).body as BlockStatement;
  const edits = new Edits(text);
  edits.cut(statement.start, start + 1, '\n'.repeat(text.slice(statement.start, start).split('\n').length - 1));
  edits.cut(end - 1, statement.end, '');
  return edits.render().text;
}
