/** Finds the binding that a reference means, and notes with it what that says of variables and functions. */
import { Binding } from './model.ts';
import type { FunctionInfo, Reference, Scope } from './model.ts';

export function resolveReference(reference: Reference): void {
  const name = reference.node.name;
  for (let scope: Scope | null = reference.scope; scope; scope = scope.parent) {
    let binding = scope.find(name);
    if (!binding && name === 'arguments' && scope.kind === 'function' && scope.fn.kind !== 'arrow')
      binding = scope.add(new Binding('arguments', 'arguments', scope));
    if (!binding) continue;
    reference.binding = binding;
    reference.before = binding.last;
    binding.last = reference;
    if (reference.write) binding.reassigned = true;
    if (binding.scope.fn !== reference.fn) binding.captured = true;
    if (binding.kind === 'arguments') {
      scope.fn.usesArguments = true;
      if (reference.fn !== scope.fn) {
        scope.fn.argumentsCaptured = true;
        for (let fn: FunctionInfo = reference.fn; fn !== scope.fn && fn.parent; fn = fn.parent) fn.usesArguments = true;
      }
    }
    return;
  }
}
