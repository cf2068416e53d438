/** Whether what a function writes out outlives its call: as itself, or in what is made of it. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { calleeName } from '../version/program/calls-by-name.ts';
import { COPIES, PUTS } from '../version/forms/entries.ts';
import { madeIn } from '../version/kept/left.ts';
import { memberName } from '../version/program/member-name.ts';
import type { Side } from '../version/side.ts';
import { assignedBy } from '../version/objects/surely.ts';
import { isThis } from '../version/forms/this-names.ts';
import { nodesAbove, rootOf } from '../version/program/walk.ts';

/** From variable to variable. */
const MOST_STEPS = 3;

/**
 * Whether the object outlives the statement: a variable that closures hold, one that is there already, or a property is given it;
 * or what is made with it is kept so, as `new Options({ … }).merge(given)`. `parents`: what is above it in the function.
 */
export function isKeptLiteral(side: Side, fn: FunctionInfo, literal: AnyNode, parents: readonly AnyNode[]): boolean {
  return isKept(side, fn, literal, parents, false, MOST_STEPS);
}

/** Whether a property is given an object that a variable of a function stands for, or what the function makes of it is kept. */
export function isKeptVariable(side: Side, fn: FunctionInfo, binding: Binding): boolean {
  const isPut = binding.references.some(
    ({ node, parent, fn: by }) =>
      by === fn && parent.type === 'AssignmentExpression' && parent.right === node && parent.left.type === 'MemberExpression',
  );
  return isPut || isMadeOfVariable(side, fn, binding, MOST_STEPS);
}

/** The same of what an expression gives. */
export function isMadeOf(side: Side, fn: FunctionInfo, value: AnyNode): boolean {
  return isKept(side, fn, value, nodesAbove(value, fn.node as AnyNode), true, MOST_STEPS);
}

/** `onlyMade`: the object itself does not count. */
function isKept(side: Side, fn: FunctionInfo, from: AnyNode, parents: readonly AnyNode[], onlyMade: boolean, steps: number): boolean {
  let value = from;
  let isMade = false;
  let mustBeMade = onlyMade;
  for (const parent of parents.toReversed()) {
    switch (parent.type) {
      case 'LogicalExpression':
      case 'ConditionalExpression':
      case 'ParenthesizedExpression':
      case 'AwaitExpression':
      case 'ArrayExpression':
      case 'ObjectExpression':
      case 'SpreadElement':
        break;
      case 'Property':
        if (parent.value !== value) return false;
        // What it is an entry of is told of by itself.
        mustBeMade ||= !isMade;
        break;
      case 'NewExpression':
        isMade = true;
        break;
      case 'MemberExpression':
        if (!isMade || parent.object !== value) return false;
        break;
      case 'AssignmentExpression': {
        if (parent.right !== value) return false;
        const variable = parent.left.type === 'Identifier' ? side.refAt(parent.left)?.binding : null;
        if (!isMade && !mustBeMade) return true;
        if (variable?.scope.fn === fn) return isHeldAsMade(variable);
        return isMade;
      }
      case 'VariableDeclarator': {
        const variable = side
          .refsIn(fn.node.start, fn.node.end)
          .find(({ binding }) => binding?.declarations.some((id) => id === parent.id))?.binding;
        return variable != null && isHeldAsMade(variable);
      }
      case 'ReturnStatement':
      case 'PropertyDefinition':
        return isMade || !mustBeMade;
      case 'ArrowFunctionExpression':
        return parent.body === value && (isMade || !mustBeMade);
      case 'CallExpression': {
        if (isMade && parent.callee === value) break;
        const isGiven = parent.arguments.some((given) => given === value);
        // What it goes into is kept, or what that gives.
        if (isGiven && COPIES.test(calleeName(parent.callee as AnyNode) ?? '')) {
          const [object] = parent.arguments as AnyNode[];
          if (object !== value && isMadeForGood(side, object!)) return false;
          if (isKeptObject(side, fn, object!)) return isMade || !mustBeMade;
          break;
        }
        if (isGiven && isFactory(side, parent.callee as AnyNode)) {
          isMade = true;
          break;
        }
        // It is the store of what goes on from there.
        if (parent.arguments[0] === value && isContext(side, parent.callee as AnyNode)) return isMade || !mustBeMade;
        // A list, a map or a set holds it.
        return (
          (isMade || !mustBeMade) && isGiven && parent.callee.type === 'MemberExpression' && PUTS.test(memberName(parent.callee) ?? '')
        );
      }
      default:
        return false;
    }
    value = parent;
  }
  return false;

  function isHeldAsMade(variable: Binding): boolean {
    if (isMade || !mustBeMade) if (isHeld(variable) || (isMade && isGivenOn(side, fn, variable))) return true;
    if (!isMade && !mustBeMade && isMerged(side, fn, variable, steps - 1)) return true;
    return !isMade && isMadeOfVariable(side, fn, variable, steps - 1);
  }
}

/** Whether what a variable of the function stands for is merged into what is kept, or what is made so. */
function isMerged(side: Side, fn: FunctionInfo, { references }: Binding, steps: number): boolean {
  return (
    steps > 0 &&
    references.some(({ node, parent, read, fn: by }) => {
      const isPart = read && by === fn && parent.type === 'CallExpression' && parent.arguments.slice(1).some((given) => given === node);
      if (!isPart || !COPIES.test(calleeName(parent.callee as AnyNode) ?? '')) return false;
      const above = nodesAbove(node, fn.node as AnyNode);
      return isKept(side, fn, parent as AnyNode, above.slice(0, above.indexOf(parent as AnyNode)), false, steps);
    })
  );
}

function isMadeOfVariable(side: Side, fn: FunctionInfo, { references, declarations }: Binding, steps: number): boolean {
  return (
    steps > 0 &&
    references.some(({ node, read, fn: by }) => {
      if (!read || by !== fn || declarations.includes(node)) return false;
      return isKept(side, fn, node, nodesAbove(node, fn.node as AnyNode), true, steps);
    })
  );
}

/** A function of the module that gives what it makes of what it is given: `const create = (options) => new Client(options)`. */
function isFactory(side: Side, callee: AnyNode): boolean {
  const made = side.definitionOf(callee);
  if (!made || 'members' in made) return false;
  const { body } = made.node as Partial<FunctionNode>;
  const given = body?.type === 'BlockStatement' ? made.returns.map(({ node }) => node.argument) : [body];
  return given.some((value) => value?.type === 'NewExpression');
}

/** What is put on an object that the function makes for good is told of by who looks at what it leaves. */
function isMadeForGood(side: Side, object: AnyNode): boolean {
  const binding = object.type === 'Identifier' ? side.refAt(object)?.binding : null;
  return binding != null && madeIn(binding, side) !== null;
}

/** A part of `this`, or what a variable of the function stands for, where that outlives the call. */
function isKeptObject(side: Side, fn: FunctionInfo, object: AnyNode): boolean {
  if (object.type === 'MemberExpression') return isThis(rootOf(object));
  const binding = object.type === 'Identifier' ? side.refAt(object)?.binding : null;
  return binding?.scope.fn === fn && binding.kind !== 'param' && isHeld(binding);
}

/** `run` and `enterWith` of an `AsyncLocalStorage`. */
function isContext(side: Side, callee: AnyNode): boolean {
  if (callee.type !== 'MemberExpression' || !/^(?:run|enterWith)$/.test(memberName(callee) ?? '')) return false;
  const binding = callee.object.type === 'Identifier' ? side.refAt(callee.object)?.binding : null;
  const [id] = binding?.declarations ?? [];
  const made = id && !binding!.reassigned ? side.valueOf(id) : null;
  return made?.type === 'NewExpression' && /(?:^|\.)AsyncLocalStorage$/.test(memberText(made.callee) ?? '');
}

/** Whether closures hold what a variable stands for, or the function puts that somewhere or gives it back. */
function isHeld(binding: Binding | null | undefined): boolean {
  return binding != null && (binding.captured || binding.references.some((ref) => ref.read && isGivenAway(ref)));
}

function isGivenAway({ node, parent }: Reference): boolean {
  switch (parent.type) {
    case 'AssignmentExpression':
      return parent.right === node && parent.left.type === 'MemberExpression';
    case 'ReturnStatement':
      return true;
    case 'CallExpression':
      if (parent.callee === node || parent.callee.type !== 'MemberExpression') return false;
      // Or a function that is bound to it does.
      return memberName(parent.callee) === 'bind' || PUTS.test(memberName(parent.callee) ?? '');
    default:
      return false;
  }
}

/** Whether a function gives a property of its object what a variable of it stands for, or a part of that. */
function isGivenOn(side: Side, fn: FunctionInfo, binding: Binding): boolean {
  const values = [...assignedBy(fn).values()].flat().map(({ right }) => right);
  return values.some(({ start, end }) => side.refsIn(start, end).some((ref) => ref.binding === binding));
}
