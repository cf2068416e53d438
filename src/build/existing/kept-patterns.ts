/**
 * Patterns that a function makes of a text which it puts together step by step, as a router does of a path, and leaves in what
 * outlives its call: what exists goes on matching by the old ones, where the new version puts the text together otherwise.
 */
import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { outlives } from '../version/program/escape.ts';
import { outlivesCall } from '../version/kept/left.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { isFunctionNode, nodesAbove, rootOf, walk } from '../version/program/walk.ts';

/** By what programs call methods that keep what they are given. */
const KEEPS = /^[$_]*(?:add|append|attach|create|define|insert|make|mount|push|put|register|route|set|store|unshift|use)(?![a-z])/;
const TELLS = /^(?:instances|capture|closure|set-up|cache|results|value)-/;

/** Where nothing else has been said of what calls of the function left. */
export function reportKeptPatterns(ctx: ModuleContext): void {
  const { base, next, match, log } = ctx;
  const told = new Set(log.rows.flatMap(({ code, path }) => (TELLS.test(code) ? path.replace(/ .*/, '') : [])));
  for (const [fn, baseFn] of match.baseOf) {
    if (!match.differs(fn) || base.runsOnce(baseFn) || told.has(baseFn.path)) continue;
    const before = keptPatterns(baseFn, base);
    if (before.length === 0) continue;
    const [were, are] = [madeOf(before, baseFn, base), madeOf(keptPatterns(fn, next), fn, next)];
    if (were === are) continue;
    const reason = 'what calls of it have left goes on with patterns that the old version put together';
    log.add('instances-hold', next, fn.node, baseFn.path, reason);
  }
}

type Made = (CallExpression | NewExpression) & AnyNode;

/** Those that are made of what is not written out, and that are there after the call. */
function keptPatterns(fn: FunctionInfo, side: Side): Made[] {
  return ownNodes(fn).filter((node): node is Made => {
    const isCall = node.type === 'NewExpression' || node.type === 'CallExpression';
    return isCall && node.callee.type === 'Identifier' && node.callee.name === 'RegExp' && isKept(node, fn, side, new Set());
  });
}

function ownNodes({ node: root }: FunctionInfo): AnyNode[] {
  const found: AnyNode[] = [];
  walk(root as AnyNode, (node) => {
    found.push(node);
    return node === root || !isFunctionNode(node);
  });
  return found;
}

/** Whether a value becomes a part of what outlives the call, by itself or in a variable of the function. */
function isKept(value: AnyNode, fn: FunctionInfo, side: Side, seen: Set<Binding>): boolean {
  let inner = value;
  for (const parent of nodesAbove(value, fn.node as AnyNode).toReversed()) {
    switch (parent.type) {
      case 'AssignmentExpression':
        return parent.left.type === 'MemberExpression'
          ? lasts(parent.left.object as AnyNode, fn, side)
          : outlivesCall(parent.left as AnyNode, fn, side) || isHeldKept(parent.left as AnyNode, fn, side, seen);
      case 'VariableDeclarator':
        return isHeldKept(parent.id as AnyNode, fn, side, seen);
      case 'CallExpression':
        if (parent.callee.type !== 'MemberExpression') return false;
        return KEEPS.test(memberName(parent.callee) ?? '') && lasts(parent.callee.object as AnyNode, fn, side);
      case 'ConditionalExpression':
        if (parent.test === inner) return false;
        break;
      case 'LogicalExpression':
      case 'Property':
      case 'ObjectExpression':
      case 'ArrayExpression':
      case 'NewExpression':
        break;
      default:
        return false;
    }
    inner = parent;
  }
  return false;
}

function isHeldKept(id: AnyNode, fn: FunctionInfo, side: Side, seen: Set<Binding>): boolean {
  const binding = variableOf(id, fn, side);
  if (!binding || seen.has(binding)) return false;
  seen.add(binding);
  return binding.references.some(({ node, fn: by }) => outlives(by, fn) || isKept(node, fn, side, seen));
}

/** Whether an object was there before the call, or has been taken from one that was. */
function lasts(object: AnyNode, fn: FunctionInfo, side: Side, seen = new Set<Binding>()): boolean {
  if (object.type === 'CallExpression')
    return object.callee.type === 'MemberExpression' && lasts(object.callee.object as AnyNode, fn, side, seen);
  const root = rootOf(object);
  if (root.type === 'CallExpression') return lasts(root, fn, side, seen);
  const binding = variableOf(root, fn, side);
  if (!binding || binding.kind === 'param') return outlivesCall(object, fn, side);
  if (seen.has(binding)) return false;
  seen.add(binding);
  return givenTo(binding, fn, side).some((value) => lasts(value, fn, side, seen));
}

function variableOf(id: AnyNode, fn: FunctionInfo, side: Side): Binding | null {
  if (id.type !== 'Identifier') return null;
  const isOf = ({ binding }: Reference): boolean => binding?.declarations.includes(id) === true;
  const binding = (side.refAt(id) ?? side.refsIn(fn.node.start, fn.node.end).find(isOf))?.binding;
  return binding?.scope.fn === fn ? binding : null;
}

/** What a variable of a function is given, and what is put into it. */
function givenTo(binding: Binding, fn: FunctionInfo, side: Side): AnyNode[] {
  const first = binding.declarations.flatMap((id) => side.valueOf(id) ?? []);
  const later = binding.references.flatMap(({ node, parent }): AnyNode[] => {
    if (parent.type === 'AssignmentExpression' && parent.left === node) return [parent.right];
    if (parent.type !== 'MemberExpression' || !KEEPS.test(memberName(parent) ?? '')) return [];
    const call = nodesAbove(node, fn.node as AnyNode).findLast(({ type }) => type === 'CallExpression') as CallExpression | undefined;
    return call?.callee === parent ? (call.arguments as AnyNode[]) : [];
  });
  return [...first, ...later];
}

/** The texts of all that patterns are put together of within the function. */
function madeOf(patterns: readonly Made[], fn: FunctionInfo, side: Side): string {
  const found: string[] = [];
  const seen = new Set<Binding>();
  const add = (value: AnyNode): void => {
    found.push(side.text(value));
    for (const { binding } of side.refsIn(value.start, value.end)) {
      if (!binding || seen.has(binding)) continue;
      seen.add(binding);
      for (const given of givenTo(binding, fn, side)) add(given);
    }
  };
  for (const pattern of patterns) for (const argument of pattern.arguments) add(argument as AnyNode);
  return found.sort().join('\n');
}
