/**
 * Constants that functions hand on to what keeps them: a class whose objects hold what they are given, a function whose closures
 * see it, `Object.create`. Where a constant is another one now, those that exist keep the old one.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, NewExpression } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { functionOf } from '../version/values/effects.ts';
import { outlives } from '../version/program/escape.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { assignedBy } from '../version/objects/surely.ts';
import { isClassNode, isFunctionNode, nodesAbove } from '../version/program/walk.ts';

/** What makes an object that goes by what it is given, and at which place it is given that. */
const GOES_BY: Readonly<Record<string, number>> = { 'Object.create': 0, 'Object.setPrototypeOf': 1, 'Reflect.setPrototypeOf': 1, Proxy: 1 };

type Call = CallExpression | NewExpression;

export function reportKeptArguments(ctx: ModuleContext): void {
  const { base, next, resolver, log } = ctx;
  // What changes in place is the same for all who hold it.
  for (const binding of resolver.fresh.keys()) {
    const value = binding.declarations.length === 1 ? next.valueOf(binding.declarations[0]!) : null;
    const old = value && !isFunctionNode(value) && !isClassNode(value) ? oldOf(ctx, binding) : null;
    const kept = old?.references.find((ref) => ref.read && isKept(base, ref));
    if (kept)
      log.add(
        'value-copied',
        next,
        binding.declarations[0]!,
        binding.name,
        `what ${kept.fn.path} has made with it keeps the one that it was given`,
      );
  }
}

export function oldOf({ match }: ModuleContext, { scope, name }: Binding): Binding | null {
  const around = match.baseOf.get(scope.fn);
  return around?.body.bindings.get(name) ?? around?.scope.bindings.get(name) ?? null;
}

/** What a module made as it loaded is told of by what it was computed from. */
function isKept(side: Side, ref: Reference): boolean {
  if (side.runsOnce(ref.fn)) return false;
  const call = callAround(ref);
  return call !== null && keeps(side, call.call, call.index);
}

/** The call that is given a name, by itself or in a literal. */
function callAround({ node, fn }: Reference): { readonly call: Call; readonly index: number } | null {
  let inner: AnyNode = node;
  for (const parent of nodesAbove(node, fn.node as AnyNode).toReversed()) {
    if (parent.type === 'CallExpression' || parent.type === 'NewExpression') {
      const index = parent.arguments.findIndex((given) => given === inner);
      return index >= 0 ? { call: parent, index } : null;
    }
    if (!/^(?:Property|ObjectExpression|ArrayExpression|SpreadElement)$/.test(parent.type)) return null;
    inner = parent;
  }
  return null;
}

/** Whether a call makes what goes by the argument at a place, or keeps it. */
export function keeps(side: Side, call: Call, index: number): boolean {
  const { callee } = call;
  const name = callee.type === 'Identifier' ? callee.name : callee.type === 'MemberExpression' ? pathOf(callee) : '';
  if (GOES_BY[name] === index) return name !== 'Proxy' || call.type === 'NewExpression';
  if (callee.type !== 'Identifier' || call.arguments.slice(0, index).some(({ type }) => type === 'SpreadElement')) return false;
  const fn = definitionOf(side, callee as AnyNode);
  const params = fn ? (fn.node as FunctionNode).params : [];
  const rest = params.at(-1)?.type === 'RestElement' ? params.at(-1) : undefined;
  const param = params[index] ?? rest;
  return param !== undefined && namesOf(fn!, param as AnyNode).some((binding) => isKeptBy(fn!, binding));
}

const pathOf = (member: AnyNode): string =>
  member.type === 'MemberExpression' && member.object.type === 'Identifier' ? `${member.object.name}.${memberName(member) ?? ''}` : '';

function definitionOf(side: Side, callee: AnyNode): FunctionInfo | null {
  const binding = side.refAt(callee)?.binding ?? null;
  const owner = binding && side.definitionNamed(binding);
  if (!owner) return null;
  if ('members' in owner) return owner.members.find(({ kind }) => kind === 'constructor' || kind === 'derived-constructor') ?? null;
  return functionOf(side, binding) ?? owner;
}

function namesOf(fn: FunctionInfo, param: AnyNode): Binding[] {
  return [...fn.scope.bindings.values()].filter(
    ({ kind, declarations }) => kind === 'param' && declarations.some((own) => contains(param, own)),
  );
}

/** Whether closures that last see it, or its object keeps it, or what is made of it. */
function isKeptBy(fn: FunctionInfo, binding: Binding): boolean {
  const values = [...assignedBy(fn).values(), ...assignedBy(fn, true).values()].flat().map(({ right }) => right);
  return binding.references.some(
    ({ node, read, fn: by }) => read && (outlives(by, fn) || (by === fn && values.some((own) => contains(own, node)))),
  );
}
