/**
 * What a function does once, as it finds a variable empty: it makes a table, a client, a pattern, and goes on with that. Where
 * the old version has done so, the new one does not do it again.
 */
import type { AnyNode } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { compareCode } from '../code/context.ts';
import type { ModuleContext } from '../code/context.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { functionOf } from '../version/values/effects.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';
import { computedBy } from './computed-by.ts';
import { Outside } from './outside.ts';
import { booleanOf, isNull, isUndefined, nothingTest } from '../version/forms/nothing.ts';

const GROWS = /^(add|push|put|set|unshift)$/;
const SHRINKS = /^(clear|delete|pop|shift|splice)$/;

/** What a function of both versions does once, as it finds a variable empty, and does otherwise in the new one. */
export interface FilledOnce {
  readonly fn: FunctionInfo;
  readonly now: FunctionInfo;
  /** Of the old version. */
  readonly variable: Binding;
  readonly old: readonly AnyNode[];
  readonly fresh: readonly AnyNode[];
}

/** By what differs itself, and by what functions of `changed`, of the old version, have a hand in. */
export function filledOtherwise(ctx: ModuleContext, changed: ReadonlySet<FunctionInfo>): FilledOnce[] {
  const { base, next, match } = ctx;
  const outside = new Outside(ctx);
  const found: FilledOnce[] = [];
  for (const fn of writers(base)) {
    const now = match.nextOf.get(fn);
    // What a module in a bundle does as it runs is looked at by itself.
    if (!now || fn.children.some((inner) => base.plan.bundled.get(inner)?.within === fn)) continue;
    const fills = fillsOf(next, now);
    for (const [name, { variable, nodes: old }] of fillsOf(base, fn)) {
      const fresh = fills.get(name)?.nodes;
      if (!fresh) continue;
      const isSame = fresh.length === old.length && old.every((node, i) => compareCode(ctx, node, fresh[i]!, fn, now) === 'same');
      // A function that is written out there is a part of it.
      const isOther = (inner: FunctionInfo): boolean =>
        fresh.some((own) => contains(own, inner.node)) && (!match.baseOf.has(inner) || match.differs(inner));
      if (isSame && !now.children.some(isOther) && computedBy(base, old, changed, outside) === null) continue;
      found.push({ fn, now, variable, old, fresh });
    }
  }
  return found;
}

/** Warns of those that `isRefilled` does not hold of, and of which nothing else has been said. */
export function reportFilledOnce(ctx: ModuleContext, changed: ReadonlySet<FunctionInfo>, isRefilled: (variable: Binding) => boolean): void {
  const { next, log } = ctx;
  const told = new Set(log.rows.flatMap(({ code, path }) => (/^(?:results|cache|instances|set-up)-/.test(code) ? path : [])));
  for (const { fn, now, variable, fresh } of filledOtherwise(ctx, changed)) {
    if (isRefilled(variable) || told.has(fn.path) || told.has(now.path)) continue;
    told.add(fn.path);
    const reason = `it does this once, as it finds ${variable.name} empty: what the old version did then stays`;
    log.add('results-remembered', next, fresh[0] ?? now.node, fn.path, reason);
  }
}

/** The functions that ask whether a variable of a scope that runs once is empty, and write to one, or to what is in it: few of a large module's. */
const writers = askedOnce((side: Side): ReadonlySet<FunctionInfo> => {
  const writing = new Set<FunctionInfo>();
  const asking = new Set<FunctionInfo>();
  for (const ref of side.refs) {
    const { fn, binding, write, parent } = ref;
    if (!binding || !isLasting(side, binding) || side.runsOnce(fn)) continue;
    if (write || parent.type === 'MemberExpression') writing.add(fn);
    if (mayAsk(ref)) asking.add(fn);
  }
  return new Set([...writing].filter((fn) => asking.has(fn)));
});

/** Whether a variable stands where `asked` finds one, or is written where it is empty. */
function mayAsk({ node, parent }: Reference): boolean {
  switch (parent.type) {
    case 'MemberExpression':
      return sized(parent) === node;
    case 'AssignmentExpression':
      return parent.operator === '??=' || parent.operator === '||=';
    default:
      return /^(?:(?:Unary|Binary|Logical|Conditional)Expression|IfStatement)$/.test(parent.type);
  }
}

function isLasting(side: Side, { scope, kind }: Binding): boolean {
  return kind !== 'param' && kind !== 'import' && side.runsOnce(scope.fn);
}

interface Fill {
  readonly variable: Binding;
  readonly nodes: readonly AnyNode[];
}

const knownFills = new WeakMap<FunctionInfo, ReadonlyMap<string, Fill>>();

/** What runs only where such a variable is empty, and fills it, by the name of the variable. */
function fillsOf(side: Side, fn: FunctionInfo): ReadonlyMap<string, Fill> {
  const before = knownFills.get(fn);
  if (before) return before;
  const found = new Map<string, Fill>();
  knownFills.set(fn, found);
  const bindingAt = (node: AnyNode): Binding | null => {
    const binding = node.type === 'Identifier' ? side.refAt(node)?.binding : null;
    return binding && isLasting(side, binding) ? binding : null;
  };
  const add = (binding: Binding | null, nodes: readonly AnyNode[]): void => {
    if (binding && !found.has(binding.name) && nodes.some((node) => fills(side, binding, node)) && !isEmptiedAgain(side, binding))
      found.set(binding.name, { variable: binding, nodes });
  };
  walk(fn.node as AnyNode, (node, parents) => {
    if (node !== (fn.node as AnyNode) && isFunctionNode(node)) return false;
    switch (node.type) {
      case 'IfStatement': {
        const { empty, full } = asked(node.test);
        for (const variable of empty) add(bindingAt(variable), [node.consequent]);
        const rest = endsRun(node.consequent) ? behind(node, parents.at(-1)) : node.alternate ? [node.alternate] : [];
        for (const variable of full) add(bindingAt(variable), rest);
        break;
      }
      case 'ConditionalExpression': {
        const { empty, full } = asked(node.test);
        for (const variable of empty) add(bindingAt(variable), [node.consequent]);
        for (const variable of full) add(bindingAt(variable), [node.alternate]);
        break;
      }
      case 'LogicalExpression':
        if (node.operator !== '&&') add(bindingAt(node.left), [node.right]);
        else for (const variable of asked(node.left).empty) add(bindingAt(variable), [node.right]);
        break;
      case 'AssignmentExpression':
        if (node.operator === '??=' || node.operator === '||=') {
          const binding = bindingAt(node.left as AnyNode);
          if (binding && !found.has(binding.name)) found.set(binding.name, { variable: binding, nodes: [node.right] });
        }
        break;
      default:
        break;
    }
    return true;
  });
  return found;
}

/** The variables that a test finds empty where it holds, and those that it finds full. */
function asked(test: AnyNode): { readonly empty: readonly AnyNode[]; readonly full: readonly AnyNode[] } {
  switch (test.type) {
    case 'LogicalExpression': {
      const [a, b] = [asked(test.left), asked(test.right)];
      return { empty: [...a.empty, ...b.empty], full: [...a.full, ...b.full] };
    }
    case 'UnaryExpression':
      if (test.operator !== '!') break;
      return { empty: asked(test.argument).full, full: asked(test.argument).empty };
    case 'BinaryExpression': {
      const nothing = nothingTest(test);
      if (nothing) return nothing.holds ? { empty: [nothing.of], full: [] } : { empty: [], full: [nothing.of] };
      const variable = sized(test.left as AnyNode);
      if (!isNothing(test.right)) break;
      if (/^===?$/.test(test.operator)) return { empty: [variable], full: [] };
      if (/^!==?$/.test(test.operator) || test.operator === '>') return { empty: [], full: [variable] };
      break;
    }
    default:
      break;
  }
  return { empty: [], full: [sized(test)] };
}

/** What has the `length` or `size`. */
function sized(node: AnyNode): AnyNode {
  const isSize =
    node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier' && /^(length|size)$/.test(node.property.name);
  return isSize ? (node.object as AnyNode) : node;
}

export function isNothing(node: AnyNode): boolean {
  if (node.type === 'Literal') return isNull(node) || node.value === 0 || node.value === false;
  return booleanOf(node) === false || isUndefined(node);
}

/** `!0` and `!1`, as minifiers write `true` and `false`. */
const isFlag = (node: AnyNode): boolean => node.type === 'UnaryExpression' && node.operator === '!' && node.argument.type === 'Literal';

function endsRun(node: AnyNode): boolean {
  if (node.type === 'BlockStatement') return node.body.length > 0 && endsRun(node.body.at(-1)!);
  return node.type === 'ReturnStatement' || node.type === 'ThrowStatement';
}

/** The statements that follow in the same block. */
function behind(node: AnyNode, parent: AnyNode | undefined): readonly AnyNode[] {
  return parent?.type === 'BlockStatement' ? parent.body.slice(parent.body.indexOf(node as never) + 1) : [];
}

/** Whether code gives a variable a value that is not empty, or puts something into what it holds, itself or by functions of the module. */
function fills(side: Side, binding: Binding, code: AnyNode, seen = new Set<FunctionInfo>()): boolean {
  let found = false;
  walk(code, (node) => {
    if (node.type === 'AssignmentExpression') {
      const left = node.left as AnyNode;
      found ||=
        (isOf(side, binding, left) && !isNothing(node.right)) ||
        (left.type === 'MemberExpression' && isOf(side, binding, left.object as AnyNode));
    }
    if (node.type === 'CallExpression') {
      const callee = node.callee as AnyNode;
      found ||= callee.type === 'MemberExpression' && isOf(side, binding, callee.object as AnyNode) && GROWS.test(memberName(callee) ?? '');
      const called = callee.type === 'Identifier' ? functionOf(side, side.refAt(callee)?.binding ?? null) : null;
      if (called && !seen.has(called)) found ||= fills(side, binding, called.node as AnyNode, seen.add(called));
    }
    return !found;
  });
  return found;
}

const isOf = (side: Side, binding: Binding, node: AnyNode): boolean =>
  node.type === 'Identifier' && node.name === binding.name && side.refAt(node)?.binding === binding;

/** Whether a value is what another variable has taken of one. */
function isSaved(side: Side, binding: Binding, value: AnyNode): boolean {
  const [id] = (value.type === 'Identifier' && side.refAt(value)?.binding?.declarations) || [];
  const saved = id && side.valueOf(id);
  return !!saved && isOf(side, binding, saved);
}

/** A lock, a count or a queue: code gives it no more than a mark and takes that back, or takes out what it holds. */
function isEmptiedAgain(side: Side, binding: Binding): boolean {
  const { references, declarations } = binding;
  const given = references.flatMap(({ node, parent, write, fn }) =>
    write && parent.type === 'AssignmentExpression' && !declarations.includes(node) && !side.runsOnce(fn) ? parent.right : [],
  );
  if (given.some(isNothing) && given.every((value) => value.type === 'Literal' || isFlag(value) || isNothing(value))) return true;
  // It is given back what it had: `const before = isBatching; isBatching = true; …; isBatching = before`.
  if (given.some((value) => isSaved(side, binding, value))) return true;
  return references.some(
    ({ node, parent, write }) =>
      (write && parent.type === 'UpdateExpression') ||
      (parent.type === 'MemberExpression' && parent.object === node && SHRINKS.test(memberName(parent) ?? '')),
  );
}
