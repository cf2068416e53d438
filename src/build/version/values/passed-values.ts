/**
 * What code of a package passes for an argument: a value that is written out, or an option that it takes of an object. An
 * argument that functions only hand on is followed to where they are called.
 */
import type { AnyNode, MemberExpression } from 'acorn';
import type { ClassInfo, FunctionInfo, ModuleModel } from '../../../source/model.ts';
import { patternOf } from '../../../source/text.ts';
import { calleeName, callsNamed } from '../program/calls-by-name.ts';
import { functionAround } from '../program/function-around.ts';
import { memberName } from '../program/member-name.ts';
import { nodesOf, nodesWithin } from '../program/nodes.ts';
import { isUndefined } from '../forms/nothing.ts';
import { isWrittenOut, writtenOut } from '../forms/written-out.ts';

export interface Argument {
  /** What calls the function go by: its last name, or that of the class that it constructs. */
  readonly name: string;
  readonly constructs: boolean;
  readonly index: number;
}

/** The code of a version: what can be followed, and the text of what cannot. */
export interface PassingCode {
  readonly models: readonly ModuleModel[];
  readonly texts: readonly string[];
}

/** Functions that hand an argument on to one another; more are not followed. */
const DEEP = 4;

/** The text of the value that each call passes; null where they differ, or one of them is not in sight. `valueOf`: of an option. */
export function passedValue(to: Argument, code: PassingCode, valueOf: (option: string) => string | null, depth = 0): string | null {
  const called = new RegExp(
    to.constructs ? `\\bnew\\s+(?:[\\w$]+\\.)*${patternOf(to.name)}\\b` : `(?<![\\w$])${patternOf(to.name)}\\s*\\(`,
  );
  if (depth > DEEP || code.texts.some((text) => text.includes(to.name) && called.test(text))) return null;
  let found: string | null = null;
  for (const model of code.models) {
    // What extends it may be given anything.
    if (to.constructs && isExtended(to.name, model)) return null;
    for (const { arguments: given, start, end } of callsOf(to, model)) {
      const argument = given.slice(0, to.index + 1).some(({ type }) => type === 'SpreadElement') ? undefined : given[to.index];
      const value = argument ? valueAt(argument as AnyNode, model, functionAround({ model }, { start, end })) : null;
      if (value === null || (found !== null && found !== value)) return null;
      found = value;
    }
  }
  return found;

  function valueAt(argument: AnyNode, model: ModuleModel, around: FunctionInfo): string | null {
    if (isWrittenOut(argument)) return writtenOut(argument, model.text);
    const option = argument.type === 'MemberExpression' ? memberName(argument) : null;
    if (option !== null) return valueOf(option);
    const handed = argument.type === 'Identifier' ? parameterOf(argument.name, around) : null;
    return handed && passedValue(handed, code, valueOf, depth + 1);
  }
}

/** Whether code passes anything for an argument, as far as names tell: itself, or by a class that extends that of the constructor. */
export function mayPass(to: Argument, models: readonly ModuleModel[], depth = 0): boolean {
  const isGiven = (given: readonly AnyNode[], index: number): boolean =>
    given.slice(0, index + 1).some(({ type }) => type === 'SpreadElement') || (given[index] !== undefined && !isUndefined(given[index]));
  return models.some((model) => {
    // Who makes one of a table of classes may make any.
    const news = nodesOf(model.program, 'NewExpression').filter(
      ({ callee }) => calleeName(callee) === to.name || (callee.type === 'MemberExpression' && callee.computed),
    );
    if (news.some((made) => isGiven(made.arguments as AnyNode[], to.index))) return true;
    const called = to.constructs ? [] : callsNamed(model.program, to.name);
    if (called.some((call) => isGiven(call.arguments as AnyNode[], to.index))) return true;
    const begun = callsNamed(model.program, 'call').filter(
      ({ callee }) => calleeName((callee as MemberExpression).object as AnyNode) === to.name,
    );
    if (begun.some((call) => isGiven(call.arguments as AnyNode[], to.index + 1))) return true;
    const heirs = model.classes.filter(({ node }) => node.superClass && calleeName(node.superClass as AnyNode) === to.name);
    return heirs.some(
      (heir) => depth > DEEP || handsOn(heir, to.index, model).some((next) => next === null || mayPass(next, models, depth + 1)),
    );
  });
}

/** As which of its own arguments a class gives its superclass one; null for anything else. */
function handsOn(heir: ClassInfo, index: number, { program }: ModuleModel): readonly (Argument | null)[] {
  const made = heir.members.find(({ kind }) => kind === 'constructor' || kind === 'derived-constructor');
  const own = (at: number): Argument | null =>
    made ? argumentOf(made, at) : { name: heir.path.split(/[./#]/).at(-1)!, constructs: true, index: at };
  if (!made || made.isImplicit) return [own(index)];
  return nodesWithin(program, 'CallExpression', made.node.start, made.node.end).flatMap(({ callee, arguments: given }) => {
    if (callee.type !== 'Super') return [];
    const [only] = given;
    if (given.length === 1 && only?.type === 'SpreadElement' && only.argument.type === 'Identifier' && only.argument.name === 'arguments')
      return [own(index)];
    if (given.slice(0, index + 1).some(({ type }) => type === 'SpreadElement')) return [null];
    const value = given[index] as AnyNode | undefined;
    if (value === undefined || isUndefined(value)) return [];
    const handed = value.type === 'Identifier' ? parameterOf(value.name, made) : null;
    return [handed && (parametersOf(made)[handed.index] as AnyNode).type === 'Identifier' ? handed : null];
  });
}

function callsOf({ name, constructs }: Argument, { program }: ModuleModel) {
  return constructs ? nodesOf(program, 'NewExpression').filter(({ callee }) => calleeName(callee) === name) : callsNamed(program, name);
}

function isExtended(name: string, { text }: ModuleModel): boolean {
  return (
    text.includes(name) &&
    new RegExp(`\\bextends\\s+(?:[\\w$]+\\.)*${patternOf(name)}\\b|\\b${patternOf(name)}\\.(?:call|apply)\\s*\\(`).test(text)
  );
}

/** The argument as which the function around takes a variable, where it does not write it. */
function parameterOf(name: string, around: FunctionInfo): Argument | null {
  const binding = around.body.lookup(name) ?? around.scope.lookup(name);
  if (binding?.kind !== 'param' || binding.reassigned) return null;
  const index = parametersOf(binding.scope.fn).findIndex((one) => binding.declarations.includes(one as never));
  return index < 0 ? null : argumentOf(binding.scope.fn, index);
}

const parametersOf = ({ node }: FunctionInfo): readonly AnyNode[] => ('params' in node ? (node.params as readonly AnyNode[]) : []);

/** By what code calls a function; null for one that has no name. */
export function argumentOf(fn: FunctionInfo, index: number): Argument | null {
  const constructs = fn.kind === 'constructor' || fn.kind === 'derived-constructor';
  const name = (constructs ? fn.owner!.path : fn.path).split(/[./#]/).at(-1)!;
  return /^[\w$]+$/.test(name) ? { name, constructs, index } : null;
}
