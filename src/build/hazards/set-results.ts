/**
 * Results that functions give to objects which are there before the call: as a property of the own one, to a method that keeps what it
 * is given, as in `route.set(compile(path))`, or to a function that is bound to them, as in `run.bind(null, compile(path))`.
 */
import type { AnyNode, CallExpression, Function as FunctionNode } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { FunctionInfo } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { BUILT_IN } from '../version/program/built-in.ts';
import { callsByNames, callsNamed } from '../version/program/calls-by-name.ts';
import { PUTS } from '../version/forms/entries.ts';
import { functionAround } from '../version/program/function-around.ts';
import { leftBy, settled } from '../version/kept/left.ts';
import { memberName } from '../version/program/member-name.ts';
import { nameIn } from '../version/objects/member-names.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { ownProperty } from '../version/forms/own-properties.ts';
import { isReadOutside } from '../version/objects/reads.ts';
import { callsFor } from './result-calls-for.ts';
import { callsOf } from '../version/values/result-calls.ts';
import type { Side } from '../version/side.ts';
import { standingFor } from '../version/values/standing-for.ts';
import { isThis } from '../version/forms/this-names.ts';
import { walk } from '../version/program/walk.ts';
import type { Held } from './held-results.ts';

export const setResults = askedOnce((side: Side): readonly Held[] => [
  ...ownResults(side),
  ...givenToMethods(side),
  ...addedResults(side),
  ...boundResults(side),
]);

/** What a function gives its object: of a constructor, and of what is only set where it is missing, held-results.ts says the same. */
function ownResults(side: Side): Held[] {
  return nodesOf(side.model.program, 'AssignmentExpression').flatMap((node) => {
    const name = node.operator === '=' ? ownProperty(node.left) : null;
    if (name === null) return [];
    const fn = functionAround(side, node);
    const calls = callsFor(node.right, fn, side).filter((call) => !namesIt(call, name));
    if (calls.length === 0) return [];
    // What goes on from what it was is a place in a text, or the state of a call.
    if (side.runsOnce(fn) || namesIt(node.right, name) || !isReadOutside(name, fn, side.model.program)) return [];
    return calls.map((call): Held => ({ fn, name, call, code: 'instances-hold', who: 'objects' }));
  });
}

function namesIt(value: AnyNode, name: string): boolean {
  let found = false;
  walk(value, (node) => {
    found ||= ownProperty(node) === name;
    return !found;
  });
  return found;
}

function givenToMethods(side: Side): Held[] {
  return [...keepersByName(side)].flatMap(([method, keepers]) =>
    callsNamed(side.model.program, method).flatMap((call) => {
      const fn = functionAround(side, call);
      if (side.runsOnce(fn) || call.callee.type !== 'MemberExpression') return [];
      const end = call.arguments.findIndex(({ type }) => type === 'SpreadElement');
      return call.arguments.slice(0, end < 0 ? call.arguments.length : end).flatMap((argument, i) => {
        const calls = partsOf(argument as AnyNode, fn, side).flatMap(callsOf);
        const name = calls.length > 0 ? keeperOf(call, method, keepers, side)?.kept.get(i) : undefined;
        return name === undefined ? [] : calls.map((one): Held => ({ fn, name, call: one, code: 'instances-hold', who: 'objects' }));
      });
    }),
  );
}

/** By what programs call methods that add what they are given to their object. */
const ADDS = /^[$_]*(?:add|attach|define|mount|register|route|use)(?![a-z])/;

/** A call by which a function adds something to its own object. */
export interface Added {
  readonly call: CallExpression & AnyNode;
  readonly fn: FunctionInfo;
  readonly method: string;
}

/** `this.addRule({ … })`, where the method is one of another module, as of a superclass, or one that keeps what it is given. */
export const addedToOwn = askedOnce((side: Side): readonly Added[] => {
  const keepers = keepersByName(side);
  const others = new Set(side.model.functions.map((fn) => nameIn(fn)));
  return callsByNames(side.model.program, (name) => ADDS.test(name) && (keepers.has(name) || !others.has(name))).flatMap((call) => {
    const method = call.callee.type === 'MemberExpression' && isThis(call.callee.object as AnyNode) ? memberName(call.callee) : null;
    if (method === null) return [];
    const fn = functionAround(side, call);
    return side.runsOnce(fn) ? [] : [{ call, fn, method }];
  });
});

/** What methods of other modules are given. */
function addedResults(side: Side): Held[] {
  return addedToOwn(side).flatMap(({ call, fn, method }) =>
    keepersByName(side).has(method)
      ? []
      : call.arguments
          .flatMap((argument) => partsOf(argument as AnyNode, fn, side).flatMap(callsOf))
          .map((one): Held => ({ fn, name: method, call: one, code: 'instances-hold', who: 'objects' })),
  );
}

/** What a value is made of, also by variables: the entries of a literal, or itself. */
export function partsOf(value: AnyNode, fn: FunctionInfo, side: Side): readonly AnyNode[] {
  const own = settled(value, fn, side);
  if (own.type !== 'ObjectExpression') return [own];
  return own.properties.map((entry) => (entry.type === 'Property' ? settled(entry.value as AnyNode, fn, side) : entry));
}

interface Keeper {
  readonly fn: FunctionInfo;
  /** The property, by the place of the argument. */
  readonly kept: ReadonlyMap<number, string>;
}

function keeperOf({ callee, arguments: given }: CallExpression, name: string, keepers: readonly Keeper[], side: Side): Keeper | undefined {
  const owners = standingFor(side).definitions(callee as AnyNode);
  if (owners.length > 0) return keepers.find(({ fn }) => owners.includes(fn));
  // No method of the language sets one value alone.
  return !BUILT_IN.has(name) || (name === 'set' && given.length === 1) ? keepers[0] : undefined;
}

/** Methods that give a property of their object what they are given, or put it into one, which other code reads. */
const keepersByName = askedOnce((side: Side): ReadonlyMap<string, readonly Keeper[]> => {
  const kept = new Map<FunctionInfo, Map<number, string>>();
  const { program } = side.model;
  const note = (object: AnyNode, value: AnyNode): void => {
    const property = value.type === 'Identifier' ? ownProperty(object) : null;
    const param = property === null ? null : side.refAt(value)?.binding;
    if (param?.kind !== 'param') return;
    const { fn } = param.scope;
    const i = ((fn.node as Partial<FunctionNode>).params ?? []).findIndex((one) => one === param.declarations[0]);
    if (i < 0 || !isReadOutside(property!, fn, program)) return;
    kept.set(fn, (kept.get(fn) ?? new Map<number, string>()).set(i, property!));
  };
  for (const { left, right } of nodesOf(program, 'AssignmentExpression')) note(left as AnyNode, right);
  for (const { callee, arguments: given } of callsByNames(program, (name) => PUTS.test(name)))
    if (callee.type === 'MemberExpression') for (const value of given) note(callee.object as AnyNode, value as AnyNode);
  const found = new Map<string, Keeper[]>();
  for (const [fn, own] of kept) {
    const name = nameIn(fn);
    if (name !== null) found.set(name, [...(found.get(name) ?? []), { fn, kept: own }]);
  }
  return found;
});

/** What a function is bound to that its call leaves somewhere, or returns. */
function boundResults(side: Side): Held[] {
  return callsNamed(side.model.program, 'bind').flatMap((call) => {
    const { callee } = call;
    const fn = functionAround(side, call);
    if (callee.type !== 'MemberExpression' || side.runsOnce(fn)) return [];
    const calls = call.arguments.slice(1).flatMap((given) => callsOf(settled(given as AnyNode, fn, side)));
    if (calls.length === 0 || !leftBy(fn, side).some(({ value }) => contains(settled(value, fn, side), call))) return [];
    const name = memberText(callee.object) ?? '';
    return calls.map((one): Held => ({ fn, name, call: one, code: 'capture-kept', who: 'bound functions' }));
  });
}
