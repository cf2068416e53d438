/** Results of functions that have changed, which objects and closures hold for as long as they live: the old version computed them. */
import type { AnyNode, CallExpression, Function as FunctionNode, MemberExpression } from 'acorn';
import { lowerBound } from '../../source/lower-bound.ts';
import { memberText } from '../../source/paths.ts';
import { ClassInfo, FunctionInfo } from '../../source/model.ts';
import type { Binding } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import type { VerdictCode } from '../verdicts/verdicts.ts';
import { functionAround, isWithin } from '../version/program/function-around.ts';
import { isConstructor } from '../version/objects/create.ts';
import { outlives } from '../version/program/escape.ts';
import { leftBy, settled } from '../version/kept/left.ts';
import { namedCalls } from '../version/program/named-calls.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { memberNamesOf } from '../version/objects/member-names.ts';
import { isThis } from '../version/forms/this-names.ts';
import { calledInTurn } from './called-in-turn.ts';
import { isBelow } from './member-uses.ts';
import { setResults } from './set-results.ts';
import { ownProperty, propertyName } from '../version/forms/own-properties.ts';
import { isReadOutside } from '../version/objects/reads.ts';
import { callsOf } from '../version/values/result-calls.ts';
import type { Owner, Side } from '../version/side.ts';
import { assignedBy } from '../version/objects/surely.ts';
import type { PropertyAssignment } from '../version/objects/surely.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';
import { askedOnce } from '../version/program/asked-once.ts';

/** What a function gives to the objects or the closures that it makes, and the call that computes it. */
export interface Held {
  readonly fn: FunctionInfo;
  readonly name: string;
  readonly call: CallExpression & AnyNode;
  readonly code: VerdictCode;
  readonly who: string;
}

/** Those that a call of a function of the module makes, which was there before. */
export function reportHeld(
  { next, match, log }: ModuleContext,
  changed: readonly FunctionInfo[],
  made: (callee: AnyNode) => Owner[],
  isCarried: (held: Held) => boolean,
): void {
  const others = new Set<Owner>(changed);
  if (others.size === 0) return;
  /** A method by which a class below the one whose object calls it hides that of the class. */
  const below = (callee: AnyNode): Owner | undefined => {
    const name = callee.type === 'MemberExpression' && isThis(callee.object as AnyNode) ? propertyName(callee) : null;
    return name === null
      ? undefined
      : changed.find(
          (fn) => fn.owner && memberNamesOf(fn).includes(name) && isBelow(next, fn, (callee as MemberExpression).object as AnyNode),
        );
  };
  for (const held of [...heldIn(next), ...setResults(next)]) {
    if (!match.baseOf.has(held.fn) || isCarried(held)) continue;
    const calls = [held.call, ...calledInTurn(next, held.call)];
    const by =
      calls.flatMap(({ callee }) => made(callee as AnyNode)).find((owner) => others.has(owner)) ?? below(held.call.callee as AnyNode);
    if (by) log.add(held.code, next, held.call, `${held.fn.path} ${held.name}`, reasonFor(held, by.path));
  }
}

export const reasonFor = ({ name, who }: Held, by: string): string =>
  `${who} that exist keep the ${name} that ${by} made, which has changed since`;

/** Without what objects get again and again: see set-results.ts. */
export const heldIn = askedOnce(findHeld);

function findHeld(side: Side): Held[] {
  const found: Held[] = [];
  const handed = handedOn(side);
  const given = givenToNew(side);
  const holdsOne = functionsAround(nodesOf(side.model.program, 'AssignmentExpression').filter(({ left }) => ownProperty(left) !== null));
  for (const fn of side.model.functions) {
    if (side.runsOnce(fn)) continue;
    for (const [name, nodes] of isConstructor(fn) || holdsOne(fn) ? assignedBy(fn) : []) {
      if (!(isConstructor(fn) ? isReadOutside(name, fn, side.model.program) : isKeptFor(fn, name, nodes))) continue;
      for (const { right } of nodes)
        for (const call of callsOf(right)) found.push({ fn, name, call, code: 'instances-hold', who: 'objects' });
    }
    found.push(...(handed.get(fn) ?? []), ...(given.get(fn) ?? []));
    if (![...fn.body.bindings.values(), ...fn.scope.bindings.values()].some(({ captured }) => captured)) continue;
    walk(fn.node as AnyNode, (node) => {
      if (node !== (fn.node as AnyNode) && isFunctionNode(node)) return false;
      if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier' || !node.init) return true;
      const { id, init } = node;
      const binding = fn.body.bindings.get(id.name) ?? fn.scope.bindings.get(id.name);
      if (!binding?.captured || !binding.declarations.includes(id)) return true;
      if (!binding.references.some((ref) => ref.read && outlives(ref.fn, fn))) return true;
      for (const call of callsOf(init)) found.push({ fn, name: id.name, call, code: 'capture-kept', who: 'closures' });
      return true;
    });
  }
  return found;
}

/**
 * Results that functions give to another of the module whose closures go by what it was given, by the function that gives them:
 * `return toMatcher(parse(path))`.
 */
function handedOn(side: Side): ReadonlyMap<FunctionInfo, readonly Held[]> {
  const found = new Map<FunctionInfo, Held[]>();
  for (const { parent, fn, binding } of namedCalls(side)) {
    const called = binding && side.definitionNamed(binding);
    if (!(called instanceof FunctionInfo) || called === fn || called.children.length === 0) continue;
    const { params = [] } = called.node as Partial<FunctionNode>;
    for (const [i, argument] of parent.arguments.entries()) {
      const param = params[i];
      if (argument.type === 'SpreadElement' || param?.type !== 'Identifier') break;
      const given = called.scope.bindings.get(param.name);
      const calls = given?.captured ? callsOf(settled(argument, fn, side)) : [];
      // What a function leaves takes long to tell.
      if (calls.length === 0 || !isReadByClosures(given!, called, side)) continue;
      const held = calls.map((call): Held => ({
        fn: called,
        name: param.name,
        call,
        code: 'capture-kept',
        who: 'closures',
      }));
      found.set(fn, [...(found.get(fn) ?? []), ...held]);
    }
  }
  return found;
}

/** Results that functions give to what they make, which keeps it for its methods, by those functions: `new Layer(parse(path))`. */
function givenToNew(side: Side): ReadonlyMap<FunctionInfo, readonly Held[]> {
  const found = new Map<FunctionInfo, Held[]>();
  for (const made of nodesOf(side.model.program, 'NewExpression')) {
    const owner = side.definitionOf(made.callee as AnyNode);
    const maker = owner instanceof ClassInfo ? owner.members.find(isConstructor) : owner;
    if (!maker || /(?:Error|Exception|Warning)(?:\$\d+)?$/.test(memberText(made.callee) ?? '')) continue;
    const fn = functionAround(side, made);
    for (const [i, argument] of made.arguments.entries()) {
      if (argument.type === 'SpreadElement') break;
      const calls = callsOf(settled(argument, fn, side));
      const name = calls.length > 0 ? keptBy(maker, i, side) : null;
      if (name === null) continue;
      const held = calls.map((call): Held => ({ fn: maker, name, call, code: 'instances-hold', who: 'objects' }));
      found.set(fn, [...(found.get(fn) ?? []), ...held]);
    }
  }
  return found;
}

/** The property in which a constructor keeps what it is given in that place, and which other code reads. */
function keptBy(maker: FunctionInfo, i: number, side: Side): string | null {
  const param = (maker.node as Partial<FunctionNode>).params?.[i];
  const given = param?.type === 'Identifier' ? maker.scope.bindings.get(param.name) : null;
  if (!given) return null;
  for (const [name, nodes] of assignedBy(maker))
    if (nodes.some(({ right }) => right.type === 'Identifier' && side.refAt(right)?.binding === given))
      if (isReadOutside(name, maker, side.model.program)) return name;
  return null;
}

/** Whether closures that a function makes for its callers read a parameter of it. */
function isReadByClosures({ references }: Binding, fn: FunctionInfo, side: Side): boolean {
  const closures = closuresOf(fn, side);
  return references.some(({ read, fn: by }) => read && closures.some((one) => isWithin(by, one)));
}

/** The closures that a function makes for its callers: those that it returns. */
function closuresOf(fn: FunctionInfo, side: Side): readonly FunctionInfo[] {
  return leftBy(fn, side).flatMap(({ how, value }) => {
    const owner = how === 'returned' ? side.definitionOf(settled(value, fn, side)) : null;
    return owner instanceof FunctionInfo && owner.parent === fn ? owner : [];
  });
}

/** Whether one of `nodes` stands in a function. */
export function functionsAround(nodes: readonly AnyNode[]): (fn: FunctionInfo) => boolean {
  const starts = nodes.map(({ start }) => start).toSorted((a, b) => a - b);
  return ({ node }) => {
    const first = starts[lowerBound(starts.length, (i) => starts[i]! < node.start)];
    return first !== undefined && first < node.end;
  };
}

/** Whether a method gives its object a property only where that lacks it: `this.parsed ??= parse(…)`. */
function isKeptFor(fn: FunctionInfo, name: string, nodes: readonly PropertyAssignment[]): boolean {
  if (nodes.length > 1) return false;
  if (nodes[0]!.operator === '??=' || nodes[0]!.operator === '||=') return true;
  let found = false;
  const asks = (test: AnyNode): boolean => {
    let asked = false;
    walk(test, (node) => {
      asked ||= ownProperty(node) === name;
      return !asked;
    });
    return asked;
  };
  walk(fn.node as AnyNode, (node) => {
    if (node.type === 'IfStatement' || node.type === 'ConditionalExpression') found ||= asks(node.test);
    else if (node.type === 'LogicalExpression') found ||= asks(node.left);
    return !found;
  });
  return found;
}
