/**
 * States that code writes out as texts or numbers, gives to a property or a variable and compares with what that holds: where they
 * are called otherwise, what was put there before the patch is a state that new code does not know.
 */
import type { AnyNode } from 'acorn';
import { keyName, memberText } from '../../source/paths.ts';
import { namedEntries } from '../version/forms/entries.ts';
import type { ModuleContext } from '../code/context.ts';
import { propertyName } from '../version/forms/own-properties.ts';
import { nodesOf } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { walk } from '../version/program/walk.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { callsNamed } from '../version/program/calls-by-name.ts';

/** The states of each name, by their text: `.name` for properties, `name` for variables of the module. */
type States = ReadonlyMap<string, ReadonlyMap<string, AnyNode>>;

const NONE: ReadonlyMap<string, AnyNode> = new Map();

export function reportStates({ base, next, log }: ModuleContext): void {
  const [before, now] = [putIn(base), putIn(next)];
  const told = new Set(log.rows.flatMap(({ code, path }) => (code === 'instances-hold' ? path.replace(/^.* /, '') : [])));
  for (const [name, put] of now) {
    const old = before.get(name);
    if (!old || told.has(name.replace('.', ''))) continue;
    // What is put there is told first: to know what is compared takes a walk of all code.
    const isOther = [...old.keys()].some((state) => !put.has(state)) && [...put.keys()].some((state) => !old.has(state));
    if (!isOther) continue;
    const wasCompared = comparedIn(base).get(name) ?? NONE;
    const isCompared = comparedIn(next).get(name) ?? NONE;
    const gone = [...old.keys()].filter((state) => wasCompared.has(state) && !put.has(state) && !isCompared.has(state));
    const come = [...put].find(([state]) => isCompared.has(state) && !old.has(state) && !wasCompared.has(state));
    if (gone.length === 0 || !come) continue;
    const reason = `what exists may hold the ${gone.join(' or ')} that it was, which new code does not know`;
    log.add('meaning-changed', next, come[1], name.replace('.', ''), reason);
  }
}

class StateTable {
  readonly states = new Map<string, Map<string, AnyNode>>();

  add(name: string | null, states: readonly AnyNode[]): void {
    if (name === null || states.length === 0) return;
    let known = this.states.get(name);
    if (!known) this.states.set(name, (known = new Map()));
    for (const state of states) if (!known.has(textOf(state))) known.set(textOf(state), state);
  }
}

/** What is put into properties and variables. */
const putIn = askedOnce(findPut);

function findPut(side: Side): States {
  const table = new StateTable();
  for (const { operator, left, right } of nodesOf(side.model.program, 'AssignmentExpression')) {
    const states = operator === '=' ? literalsOf(right as AnyNode) : [];
    if (states.length > 0) table.add(nameOf(left as AnyNode, side), states);
  }
  for (const { value, computed, static: isStatic, key } of nodesOf(side.model.program, 'PropertyDefinition'))
    if (value && !computed && !isStatic) table.add(`.${keyName(key, false)}`, literalsOf(value as AnyNode));
  for (const { callee, arguments: given } of callsNamed(side.model.program, 'assign'))
    if (memberText(callee) === 'Object.assign')
      for (const value of given.slice(1))
        for (const [name, entry] of value.type === 'ObjectExpression' ? namedEntries(value) : [])
          table.add(`.${name}`, literalsOf(entry.value));
  return table.states;
}

/** What properties and variables are compared with. */
const comparedIn = askedOnce(findCompared);

function findCompared(side: Side): States {
  const table = new StateTable();
  const compared = (target: AnyNode, value: AnyNode): void => {
    if (isState(value)) table.add(nameOf(target, side), [value]);
  };
  walk(side.model.program as AnyNode, (node) => {
    if (node.type === 'BinaryExpression' && /^[!=]==?$/.test(node.operator)) {
      compared(node.left as AnyNode, node.right);
      compared(node.right, node.left as AnyNode);
    } else if (node.type === 'SwitchStatement') for (const { test } of node.cases) if (test) compared(node.discriminant, test);
    return true;
  });
  return table.states;
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
