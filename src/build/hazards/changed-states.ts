/**
 * States that code writes out as texts or numbers, gives to a property or a variable and compares with what that holds: where they
 * are called otherwise, what was put there before the patch is a state that new code does not know.
 */
import type { AnyNode } from 'acorn';
import { keyName } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { propertyName } from '../version/own-properties.ts';
import type { Side } from '../version/side.ts';
import { walk } from '../version/walk.ts';

interface States {
  /** Where what is put there for good is written. */
  readonly put: Map<string, AnyNode>;
  readonly compared: Set<string>;
}

export function reportStates({ base, next, log }: ModuleContext): void {
  const before = statesIn(base);
  if (before.size === 0) return;
  const told = new Set(log.rows.flatMap(({ code, path }) => (code === 'instances-hold' ? path.replace(/^.* /, '') : [])));
  for (const [name, now] of statesIn(next)) {
    const old = before.get(name);
    if (!old || told.has(name.replace('.', ''))) continue;
    const isKnown = ({ put, compared }: States, state: string): boolean => put.has(state) || compared.has(state);
    const gone = [...old.put.keys()].filter((state) => old.compared.has(state) && !isKnown(now, state));
    const come = [...now.put].find(([state]) => now.compared.has(state) && !isKnown(old, state));
    if (gone.length === 0 || !come) continue;
    const reason = `what exists may hold the ${gone.join(' or ')} that it was, which new code does not know`;
    log.add('meaning-changed', next, come[1], name.replace('.', ''), reason);
  }
}

const known = new WeakMap<Side, ReadonlyMap<string, States>>();

/** By `.name` for properties and `name` for variables of the module, those that are both put there and compared. */
function statesIn(side: Side): ReadonlyMap<string, States> {
  let found = known.get(side);
  if (!found) known.set(side, (found = findStates(side)));
  return found;
}

function findStates(side: Side): ReadonlyMap<string, States> {
  const found = new Map<string, States>();
  const of = (name: string): States => {
    let states = found.get(name);
    if (!states) found.set(name, (states = { put: new Map(), compared: new Set() }));
    return states;
  };
  const put = (name: string | null, value: AnyNode): void => {
    for (const one of name === null ? [] : literalsOf(value)) if (!of(name!).put.has(textOf(one))) of(name!).put.set(textOf(one), one);
  };
  const compared = (name: string | null, value: AnyNode): void => {
    if (name !== null && isState(value)) of(name).compared.add(textOf(value));
  };
  walk(side.model.program as AnyNode, (node) => {
    if (node.type === 'AssignmentExpression' && node.operator === '=') put(nameOf(node.left, side), node.right);
    else if (node.type === 'PropertyDefinition' && node.value && !node.computed && !node.static)
      put(`.${keyName(node.key, false)}`, node.value);
    else if (node.type === 'BinaryExpression' && /^[!=]==?$/.test(node.operator)) {
      compared(nameOf(node.left as AnyNode, side), node.right);
      compared(nameOf(node.right, side), node.left as AnyNode);
    } else if (node.type === 'SwitchStatement')
      for (const { test } of node.cases) if (test) compared(nameOf(node.discriminant, side), test);
    return true;
  });
  return found;
}

function nameOf(target: AnyNode, side: Side): string | null {
  if (target.type === 'MemberExpression') {
    const name = propertyName(target);
    return name === null ? null : `.${name}`;
  }
  const binding = target.type === 'Identifier' ? side.refAt(target)?.binding : null;
  return binding && side.runsOnce(binding.scope.fn) && binding.reassigned ? binding.name : null;
}

/** What is put somewhere in either case: `ready ? 'open' : 'shut'`. */
function literalsOf(value: AnyNode): AnyNode[] {
  if (value.type === 'ConditionalExpression') return [...literalsOf(value.consequent), ...literalsOf(value.alternate)];
  if (value.type === 'AssignmentExpression') return literalsOf(value.right);
  return isState(value) ? [value] : [];
}

const isState = (value: AnyNode): boolean =>
  value.type === 'Literal' && (typeof value.value === 'number' || (typeof value.value === 'string' && value.value !== ''));

const textOf = (value: AnyNode): string => JSON.stringify((value as { readonly value: unknown }).value);
