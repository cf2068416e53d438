/**
 * Which loops have a safe point at their head, where a call that never returns can go on in another version, and what
 * such a call holds there. A pure function of the source text, as the rest of the plan.
 */
import type { AnyNode, ForOfStatement, Function as FunctionNode, TryStatement } from 'acorn';
import { contains } from '../source/contains.ts';
import type { Binding, FunctionInfo, LoopInfo, LoopNode, Scope } from '../source/model.ts';

/** More than any hand-written loop has in sight; what has more was generated, and would grow by as much text. */
const MAX_NAMES = 120;

/** How a variable goes over: as what it holds, or as itself, because closures that exist go on sharing it. */
export type Transfer = 'value' | 'cell';

export interface LiveName {
  readonly name: string;
  readonly binding: Binding;
  readonly transfer: Transfer;
}

export interface Loop {
  /** Position among the function's loops that are suspended in, eligible or not. */
  readonly index: number;
  readonly info: LoopInfo;
  /** What its body sees of the function's own variables as it begins. */
  readonly names: readonly LiveName[];
  /** Variables in sight that cannot go over: each turn of a loop has its own, and closures share it; or who knows if it has a value. */
  readonly lost: readonly Binding[];
  /** Every `for await` that a jump out of the loop leaves, itself included, outermost first. */
  readonly iterations: readonly Loop[];
  /** What V8 says of the iterated expression when nothing can be iterated there; null for other loops. */
  readonly complaint: string | null;
  /** Why it has no safe point; null where it has one. */
  readonly obstacle: string | null;
}

const known = new WeakMap<FunctionInfo, readonly Loop[]>();

/** The loops of `fn` that it can be suspended in. */
export function loopsOf(fn: FunctionInfo): readonly Loop[] {
  let loops = known.get(fn);
  if (!loops) known.set(fn, (loops = plan(fn)));
  return loops;
}

export function hasSafePoints(fn: FunctionInfo): boolean {
  return loopsOf(fn).some((loop) => loop.obstacle === null);
}

function plan(fn: FunctionInfo): readonly Loop[] {
  const found: Loop[] = [];
  const byNode = new Map<AnyNode, Loop>();
  for (const info of fn.loops) {
    const { node } = info;
    const suspends = fn.suspensions.some((s) => s.type !== 'TryStatement' && contains(node, s));
    if (!suspends) continue;
    const iterations = info.around.flatMap((around) => (isForAwait(around) ? [byNode.get(around)!] : []));
    const complaint = isForAwait(node) ? complaintOf(node.right) : null;
    const { names, lost } = inSight(fn, info);
    const obstacle = obstacleOf(fn, info, complaint, names, iterations);
    const loop: { -readonly [K in keyof Loop]: Loop[K] } = { index: found.length, info, names, lost, iterations, complaint, obstacle };
    if (isForAwait(node)) loop.iterations = [...iterations, loop];
    byNode.set(node, loop);
    found.push(loop);
  }
  return found;
}

export function isForAwait(node: AnyNode | LoopNode): node is ForOfStatement {
  return node.type === 'ForOfStatement' && node.await;
}

function obstacleOf(
  fn: FunctionInfo,
  { node, around }: LoopInfo,
  complaint: string | null,
  names: readonly LiveName[],
  iterations: readonly Loop[],
): string | null {
  if (fn.disposes !== 'no') return 'its function declares a variable with `using`';
  if (fn.scope.evalVisible || fn.body.evalVisible) return 'text for eval() may use its variables by name';
  if (fn.insideWith) return 'it stands inside a `with` statement';
  for (const [i, outer] of [...around, node].entries()) {
    if (outer.type === 'WithStatement') return 'it stands inside a `with` statement';
    if (outer.type === 'ForInStatement') return 'a `for … in` cannot be begun in the middle';
    if (outer.type === 'ForOfStatement' && !outer.await) return 'a `for … of` cannot be begun in the middle';
    if (outer.type === 'TryStatement' && outer.finalizer === around[i + 1]) return 'it stands in a `finally`';
  }
  if (isForAwait(node) && complaint === null) return 'what it iterates over is written in a form that is not followed';
  if (iterations.some((loop) => loop.complaint === null)) return 'a loop around it iterates over what is not followed';
  if (names.length > MAX_NAMES) return `it has more than ${MAX_NAMES} variables in sight`;
  return null;
}

/** The variables of the function that can be read where the loop's body begins, by name. */
function inSight(fn: FunctionInfo, { node, scope, around }: LoopInfo): { readonly names: LiveName[]; readonly lost: Binding[] } {
  const known = new Set<string>();
  const names: LiveName[] = [];
  const lost: Binding[] = [];
  for (let at: Scope | null = scope; at !== null && at.fn === fn; at = at.parent) {
    for (const binding of at.bindings.values()) {
      if (known.has(binding.name)) continue;
      known.add(binding.name);
      if (!isReadable(binding, node)) continue;
      const live = transferOf(binding, at, node, around);
      if (live === null) lost.push(binding);
      else names.push(live);
    }
  }
  return { names, lost };
}

function isReadable(binding: Binding, loop: LoopNode): boolean {
  switch (binding.kind) {
    case 'var':
    case 'param':
    case 'function':
    case 'catch':
      return true;
    case 'let':
    case 'const':
    case 'class':
      return binding.declarations.some((d) => d.start < loop.body.start);
    default:
      return false;
  }
}

function transferOf(binding: Binding, scope: Scope, loop: LoopNode, around: readonly AnyNode[]): LiveName | null {
  const { name } = binding;
  // Of a `switch`, nobody knows which declarations were passed.
  if (scope.node.type === 'SwitchStatement' && ['let', 'const', 'class'].includes(binding.kind)) return null;
  if (!binding.captured || !binding.reassigned) return { name, binding, transfer: 'value' };
  if (scope.node === loop) return { name, binding, transfer: 'value' };
  // Each turn of a `for` copies its variables, so that no one variable goes through all of them.
  if (scope.node.type === 'ForStatement' && around.includes(scope.node)) return null;
  return { name, binding, transfer: 'cell' };
}

/** The words of V8 (src/ast/prettyprinter.cc, CallPrinter) for the forms that loops iterate over in practice. */
function complaintOf(node: AnyNode): string | null {
  const text = printed(node);
  if (text === null) return null;
  return `${text}${node.type === 'CallExpression' ? ' is not a function or its return value' : ''} is not async iterable`;
}

/** Where V8 places an error of what is iterated over. */
export function placeOf(node: AnyNode): number {
  if (node.type === 'CallExpression') return placeOf(node.callee);
  return node.type === 'MemberExpression' ? node.property.start : node.start;
}

/** What V8 says where a called expression is no function; not, though, where the call is what a loop iterates over. */
export function callComplaint({ right }: ForOfStatement): string | null {
  return right.type === 'CallExpression' ? `${printed(right.callee)} is not a function` : null;
}

function printed(node: AnyNode): string | null {
  switch (node.type) {
    case 'Identifier':
      return node.name;
    case 'ThisExpression':
      return 'this';
    case 'AwaitExpression':
      return '(intermediate value)';
    case 'MemberExpression': {
      const object = printed(node.object);
      if (object === null || node.optional || node.computed || node.property.type !== 'Identifier') return null;
      return `${object}.${node.property.name}`;
    }
    case 'CallExpression': {
      const callee = node.optional ? null : printed(node.callee);
      return callee === null ? null : `${callee}(...)`;
    }
    default:
      return null;
  }
}

/** The `finally` blocks of `fn` that a jump out of one of its safe points would run. */
export function passedFinallys(fn: FunctionInfo): readonly TryStatement[] {
  const found = new Set<TryStatement>();
  for (const { obstacle, info } of loopsOf(fn))
    if (obstacle === null) for (const node of info.around) if (node.type === 'TryStatement' && node.finalizer) found.add(node);
  return [...found].filter((node) => node.finalizer!.body.length > 0);
}

/** Whether the function's body could end by falling off its end. */
export function endsOpenly(fn: FunctionInfo): boolean {
  const { body } = fn.node as FunctionNode;
  return body.type === 'BlockStatement' && !['ReturnStatement', 'ThrowStatement'].includes(body.body.at(-1)?.type ?? '');
}
