/** What a function calls by name, and what that calls: it is over when the call is. */
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import { outlives } from './escape.ts';
import type { Side } from '../side.ts';

const known = new WeakMap<FunctionInfo, ReadonlySet<FunctionInfo>>();

/** With the functions that stand in those. */
export function reachedFrom(fn: FunctionInfo, side: Side): ReadonlySet<FunctionInfo> {
  const before = known.get(fn);
  if (before) return before;
  const found = new Set<FunctionInfo>([fn]);
  // What is added on the way is visited too.
  for (const at of found) {
    for (const child of at.children) found.add(child);
    for (const { binding, parent, node, fn: by } of side.refsIn(at.node.start, at.node.end)) {
      if (by !== at || !binding || parent.type !== 'CallExpression' || parent.callee !== node) continue;
      const called = side.definitionNamed(binding);
      if (called && 'children' in called) found.add(called);
    }
  }
  known.set(fn, found);
  return found;
}

/**
 * Whether what a function puts into a variable from outside of it is there for others than those that it calls: nothing else
 * puts anything there, and code reads it that does not run in such a call alone.
 */
export function isKeptIn(binding: Binding, fn: FunctionInfo, side: Side): boolean {
  const { references, kind, scope } = binding;
  if (kind === 'import' || kind === 'param') return false;
  const isWithin = (by: FunctionInfo): boolean => by === fn || by.parent?.thisOwner === fn;
  const isBegun = (parent: { readonly type: string }): boolean => parent.type === 'VariableDeclarator';
  // A bundler declares a variable around the module that begins it.
  const begins = side.hoisted.get(binding);
  if (references.some(({ write, parent, fn: by }) => write && !isBegun(parent) && by !== begins && !isWithin(by))) return false;
  const reached = reachedFrom(fn, side);
  const owner = begins ?? scope.fn;
  const isOfModule = side.runsOnce(owner);
  return references.some((ref) => ref.read && !reached.has(ref.fn) && (isOfModule || outlives(ref.fn, owner)));
}
