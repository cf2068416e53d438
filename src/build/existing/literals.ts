/** What an object literal of a function gives to objects in the new version only: those that calls of the old one have made lack it. */
import type { AnyNode, Property } from 'acorn';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { COPIES, PUTS } from '../version/entries.ts';
import { calleeName } from '../version/calls-by-name.ts';
import { keyName, memberText } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { isOfGain } from '../version/gains.ts';
import type { Side } from '../version/side.ts';
import { madeIn } from '../version/left.ts';
import { assignedBy } from '../version/surely.ts';
import { saysAsKey } from '../version/options.ts';
import { memberName } from '../version/member-name.ts';
import { isReadElsewhere, ONLY_WHERE_NONE } from './instances.ts';
import { classNamed, isConstructor } from '../version/create.ts';
import type { InScope } from '../version/create.ts';
import { isNeeded } from '../version/needed.ts';
import type { OutdatedObjects } from '../../patch/format.ts';
import { isThis } from '../version/this-names.ts';
import { isFunctionNode, rootOf, walk } from '../version/walk.ts';

/**
 * Only of names that are new to the module: what code of it read before, it has found or done without. Gives the objects of which
 * none may be alive, since new code cannot do without what they were made without.
 */
export function reportLiterals(ctx: ModuleContext, base: FunctionInfo, fn: FunctionInfo): readonly OutdatedObjects[] {
  const { base: old, next, log, around } = ctx;
  const outdated: OutdatedObjects[] = [];
  const root = fn.node as AnyNode;
  const had = methodsIn(base);
  walk(root, (node, parents) => {
    if (node !== root && isFunctionNode(node)) return false;
    if (node.type !== 'ObjectExpression' || !isKept(ctx, fn, node, parents)) return true;
    const isApi = node.properties.some((p) => isMethod(p) && had.has(keyName(p.key, false)));
    for (const property of node.properties) {
      if (property.type !== 'Property') continue;
      const symbol = property.computed ? wellKnown(property.key) : null;
      if (property.computed && symbol === null) continue;
      const name = symbol ?? keyName(property.key, false);
      // What the language asks for under such a symbol, code does not say.
      if (saysAsKey(old.model, name) || (symbol === null && !isReadElsewhere(name, fn, ctx))) {
        // Those who have been given the object may call what it has.
        if (isApi && isMethod(property) && !had.has(name))
          log.add('instances-lack', next, property, `${base.path} ${name}`, `objects that calls of it made have no ${name}`);
        continue;
      }
      if (isOfGain(around.gains(name), node, (key) => !around.knewButConstants(key))) {
        log.add(
          'entry-supplied',
          next,
          property,
          `${base.path} ${name}`,
          'new code reads it of objects that were written out before as well',
        );
        continue;
      }
      const path = `${base.path} ${name}`;
      const reason = `objects that calls of it made have no ${name}, which other code reads`;
      const isByAuthor = around.hook?.module === ctx.file;
      const type = isByAuthor ? null : classNeeding(ctx, name, parents.at(-1));
      if (type) outdated.push({ scope: type.handle.id, objects: `instances=>instances(${type.name})`, path, reason, late: true });
      log.add('instances-lack', next, property, path, type ? `${reason}: ${ONLY_WHERE_NONE}` : reason);
    }
    return true;
  });
  return outdated;
}

/**
 * The class of the module that makes an object of a literal, `new Box({ … })`, where other code than its constructor cannot do
 * without the entry, and the running module has a name for it.
 */
function classNeeding({ base, next, match, around }: ModuleContext, name: string, parent: AnyNode | undefined): InScope | null {
  const made = parent?.type === 'NewExpression' ? next.definitionOf(parent.callee as AnyNode) : null;
  const maker = made && ('members' in made ? made.members.find(isConstructor) : made);
  const old = maker && match.baseOf.get(maker);
  return old && isNeeded(name, maker, base, next, around) ? classNamed(base, old) : null;
}

/** The entries of literals of a function that are functions written out, and what else it has under the names of properties. */
function methodsIn({ node }: FunctionInfo): ReadonlySet<string> {
  const found = new Set<string>();
  walk(node as AnyNode, (inner) => {
    if (inner.type === 'Property' && !inner.computed) found.add(keyName(inner.key, false));
    if (inner.type === 'MemberExpression') found.add(memberName(inner) ?? '');
    return inner === (node as AnyNode) || !isFunctionNode(inner);
  });
  return found;
}

const isMethod = (property: AnyNode): property is Property & AnyNode =>
  property.type === 'Property' && !property.computed && isFunctionNode(property.value);

/** `Symbol.iterator`, and others that the language has. */
function wellKnown(key: AnyNode): string | null {
  const name = memberText(key) ?? '';
  return /^Symbol\.\w+$/.test(name) && typeof Reflect.get(Symbol, name.slice('Symbol.'.length)) === 'symbol' ? name : null;
}

/**
 * Whether the object outlives the statement: a variable that closures hold, one that is there already, or a property is given it;
 * or what is made with it is kept so, as `new Options({ … }).merge(given)`.
 */
function isKept({ next }: ModuleContext, fn: FunctionInfo, literal: AnyNode, parents: readonly AnyNode[]): boolean {
  let value = literal;
  let isMade = false;
  for (const parent of parents.toReversed()) {
    switch (parent.type) {
      case 'LogicalExpression':
      case 'ConditionalExpression':
      case 'ParenthesizedExpression':
        value = parent;
        continue;
      case 'NewExpression':
        isMade = true;
        value = parent;
        continue;
      case 'MemberExpression':
        if (!isMade || parent.object !== value) return false;
        value = parent;
        continue;
      case 'AssignmentExpression':
        if (parent.right !== value) return false;
        return isMade && parent.left.type === 'Identifier' ? isGivenOn(next, fn, parent.left) : true;
      case 'VariableDeclarator':
        if (isMade && parent.id.type === 'Identifier' && isGivenOn(next, fn, parent.id)) return true;
        return isHeld(
          next.refsIn(fn.node.start, fn.node.end).find(({ binding }) => binding?.declarations.some((id) => id === parent.id))?.binding,
        );
      case 'ReturnStatement':
      case 'PropertyDefinition':
        return true;
      case 'ArrowFunctionExpression':
        return parent.body === value;
      case 'CallExpression':
        if (isMade && parent.callee === value) {
          value = parent;
          continue;
        }
        // What it goes into is kept, or what that gives.
        if (parent.arguments.some((given) => given === value) && COPIES.test(calleeName(parent.callee as AnyNode) ?? '')) {
          const [object] = parent.arguments as AnyNode[];
          if (object !== value && isMadeForGood(next, object!)) return false;
          if (isKeptObject(next, fn, object!)) return true;
          value = parent;
          continue;
        }
        // It is the store of what goes on from there.
        if (parent.arguments[0] === value && isContext(next, parent.callee as AnyNode)) return true;
        // A list, a map or a set holds it.
        return parent.callee.type === 'MemberExpression' && PUTS.test(memberName(parent.callee) ?? '');
      default:
        return false;
    }
  }
  return false;
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
function isGivenOn(side: Side, fn: FunctionInfo, { name }: { readonly name: string }): boolean {
  const binding = fn.body.bindings.get(name) ?? fn.scope.bindings.get(name);
  const values = [...assignedBy(fn).values()].flat().map(({ right }) => right);
  return values.some(({ start, end }) => side.refsIn(start, end).some((ref) => ref.binding === binding));
}
