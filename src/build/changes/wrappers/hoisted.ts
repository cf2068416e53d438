/**
 * Variables that a bundler declares around the module that sets them, once, as it runs: esbuild and Rolldown hoist what
 * `__esm` sets, Rollup what a module gives away. They are that module's own.
 */
import type { AnyNode } from 'acorn';
import { runsOnce } from '../../../instrument/plan.ts';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import { bodyOf } from '../../version/forms/items.ts';
import type { Match } from '../../match/match.ts';
import type { Side } from '../../version/side.ts';

/** Tells both sides which those are: only such as are in both versions, unless one of them has no such variable. */
export function findHoisted(base: Side, next: Side, match: Match): void {
  const [old, now] = [hoisted(base), hoisted(next)];
  const partner = (binding: Binding, scope: FunctionInfo | undefined): Binding | undefined => scope?.body.bindings.get(binding.name);
  for (const [binding, { fn, value }] of old) {
    const other = partner(binding, match.nextOf.get(binding.scope.fn));
    if (match.nextOf.has(fn) && (!other || now.get(other)?.fn === match.nextOf.get(fn))) base.hoist(binding, fn, value);
  }
  for (const [binding, { fn, value }] of now) {
    const other = partner(binding, match.baseOf.get(binding.scope.fn));
    if (match.baseOf.has(fn) && (!other || old.get(other)?.fn === match.baseOf.get(fn))) next.hoist(binding, fn, value);
  }
}

interface Hoisted {
  readonly fn: FunctionInfo;
  readonly value: AnyNode;
}

function hoisted(side: Side): Map<Binding, Hoisted> {
  const found = new Map<Binding, Hoisted>();
  for (const fn of side.plan.bundled.keys())
    for (const statement of bodyOf(fn)) {
      if (statement.type !== 'ExpressionStatement') continue;
      const { expression } = statement;
      for (const part of expression.type === 'SequenceExpression' ? expression.expressions : [expression])
        for (const { target, value } of assigned(part)) {
          const binding = target.type === 'Identifier' ? side.refAt(target)?.binding : null;
          if (binding && isSetOnce(side, binding, fn)) found.set(binding, { fn, value });
        }
    }
  return found;
}

/** `a = b = value` */
function assigned(expression: AnyNode): { readonly target: AnyNode; readonly value: AnyNode }[] {
  const targets: AnyNode[] = [];
  let value = expression;
  for (; value.type === 'AssignmentExpression' && value.operator === '='; value = value.right) targets.push(value.left);
  return targets.map((target) => ({ target, value }));
}

/** Functions may give it other values later, as they may to what a module declares with `let`. */
function isSetOnce(side: Side, binding: Binding, fn: FunctionInfo): boolean {
  const { kind, scope, declarations, references } = binding;
  if (side.roles.has(binding) || (kind !== 'var' && kind !== 'let') || scope.fn === fn || scope !== scope.fn.body) return false;
  if (!runsOnce(side.plan.handleOf.get(scope.fn)?.kind) || declarations.length !== 1) return false;
  const runsItself = (by: FunctionInfo): boolean => runsOnce(side.plan.handleOf.get(by)?.kind);
  return side.valueOf(declarations[0]!) === null && references.filter((ref) => ref.write && runsItself(ref.fn)).length === 1;
}
