/**
 * What code of a package passes for an argument: a value that is written out, or an option that it takes of an object. An
 * argument that functions only hand on is followed to where they are called.
 */
import type { AnyNode } from 'acorn';
import type { FunctionInfo, ModuleModel } from '../../source/model.ts';
import { patternOf } from '../../source/text.ts';
import { calleeName, callsNamed } from './calls-by-name.ts';
import { functionAround } from './function-around.ts';
import { memberName } from './member-name.ts';
import { nodesOf } from './nodes.ts';
import { isWrittenOut, writtenOut } from './written-out.ts';

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
