/**
 * Which branch a constructor took for objects that exist, where the condition asks for nothing but options that the old version
 * knows nothing of: nobody has given those.
 */
import type { AnyNode } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { stepsOf } from '../version/forms/steps.ts';
import { isArgument, missingReads } from '../version/objects/options.ts';
import { memberName } from '../version/program/member-name.ts';
import type { PropertyAssignment } from '../version/objects/surely.ts';
import type { Side } from '../version/side.ts';
import { constantOf } from './constant.ts';
import { declaratorsOf } from './part-and-whole.ts';

export interface Constructor {
  readonly fn: FunctionInfo;
  readonly side: Side;
  /** Whether the old version may have taken an option of that name. */
  mayTake(option: string): boolean;
}

export interface Taken {
  readonly value: AnyNode;
  /** The options that nobody gave. */
  readonly without: ReadonlySet<string>;
  /** Where they are asked for. */
  readonly asked: readonly AnyNode[];
}

interface Branch {
  readonly steps: readonly AnyNode[];
  readonly without: ReadonlySet<string>;
  readonly asked: readonly AnyNode[];
}

/** What a property gets in one of two branches: `if (options.limit) this.limit = options.limit; else this.limit = 5`. */
export function assignedWithout(nodes: readonly PropertyAssignment[], of: Constructor): Taken | null {
  const step = stepsOf(of.fn).find((one) => nodes.every(({ node }) => contains(one, node)));
  const branch = step?.type === 'IfStatement' ? branchWithout(step, of) : null;
  if (!branch) return null;
  const own = nodes.filter(({ node }) => branch.steps.some((statement) => contains(statement, node)));
  const [only, ...more] = own;
  const isDirect = branch.steps.some((statement) => statement.type === 'ExpressionStatement' && statement.expression === only?.node);
  return only?.operator === '=' && more.length === 0 && isDirect
    ? { value: only.right, without: branch.without, asked: branch.asked }
    : null;
}

/** What a variable is behind all that gives it another value: `let limit = 5; if (options.limit) limit = options.limit;`. */
export function variableWithout(binding: Binding, before: AnyNode, of: Constructor): Taken | null {
  const { declarations, references, scope } = binding;
  const { fn } = of;
  const declarator = scope === fn.body && declarations.length === 1 ? declaratorsOf(fn).find(({ id }) => id === declarations[0]) : null;
  if (!declarator) return null;
  const writes = references.filter(({ write, node }) => write && node !== declarator.id);
  const steps = stepsOf(fn).filter((step) => writes.some(({ node }) => contains(step, node)));
  let value: AnyNode | null = declarator.init ?? null;
  const without = new Set<string>();
  const asked: AnyNode[] = [];
  for (const step of steps) {
    const isBetween = step.start > declarator.end && step.end <= before.start;
    const held: string | null = optionRead(value, of);
    const branch: Branch | null = step.type === 'IfStatement' && isBetween ? branchWithout(step, of, { binding, option: held }) : null;
    if (!branch) return null;
    for (const option of branch.without) without.add(option);
    asked.push(...branch.asked);
    const own = writes.filter(({ node }) => branch.steps.some((statement) => contains(statement, node)));
    if (own.length === 0) continue;
    const [{ parent }, ...more] = own as [(typeof own)[0], ...typeof own];
    const isDirect = branch.steps.some((statement) => statement.type === 'ExpressionStatement' && statement.expression === parent);
    if (more.length > 0 || !isDirect || parent.type !== 'AssignmentExpression' || parent.operator !== '=') return null;
    value = parent.right;
  }
  return value && { value, without, asked };
}

/**
 * The statements of the branch that is taken where nobody gave the options which the condition asks for. `held`: a variable that stands
 * for one of them.
 */
function branchWithout(
  step: AnyNode & { readonly type: 'IfStatement' },
  { fn, side, mayTake }: Constructor,
  held?: { readonly binding: Binding; readonly option: string | null },
): Branch | null {
  const missing = new Map(
    missingReads(step, fn, side, mayTake)?.flatMap(({ node, option }) => (contains(step.test, node) ? [[node, option] as const] : [])),
  );
  if (held && held.option !== null)
    for (const { node, binding } of side.refsIn(step.test.start, step.test.end))
      if (binding === held.binding) missing.set(node, held.option);
  const holds = constantOf(step.test, (node) => (missing.has(node) ? { value: undefined } : null));
  if (!holds) return null;
  const taken = holds.value ? step.consequent : (step.alternate ?? null);
  const steps = taken === null ? [] : taken.type === 'BlockStatement' ? taken.body : [taken];
  return { steps, without: new Set(missing.values()), asked: [...missing.keys()] };
}

/** The option that nobody gave and that an expression reads. */
function optionRead(value: AnyNode | null, { fn, side, mayTake }: Constructor): string | null {
  if (value?.type !== 'MemberExpression' || value.object.type !== 'Identifier') return null;
  const option = memberName(value);
  return option !== null && !mayTake(option) && isArgument(side.refAt(value.object)?.binding, fn, side) ? option : null;
}
