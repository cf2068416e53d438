/**
 * Where a value goes that outlives the call of the function which computed it: into an object, a closure, or a table, a list or
 * a variable of the module; followed through what the text makes of it, as a literal, a sum or the result of a function.
 */
import type { AnyNode, AssignmentExpression, CallExpression, Function as FunctionNode, MemberExpression, NewExpression } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import { keyName, memberText } from '../../source/paths.ts';
import { isGivenAway, nameOf } from '../version/objects/member-names.ts';
import { usesAsMember } from './member-uses.ts';
import { isConstructor } from '../version/objects/create.ts';
import { COPIES, PUTS } from '../version/forms/entries.ts';
import { callsAtOnce, outlives } from '../version/program/escape.ts';
import { PASSES, REGISTERS, leftBy, outlivesCall } from '../version/kept/left.ts';
import { nodesWithin } from '../version/program/nodes.ts';
import { ownProperty } from '../version/forms/own-properties.ts';
import { isKeptIn } from '../version/program/reached.ts';
import { isReadByGiven, isReadOutside } from '../version/objects/reads.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { isThis } from '../version/forms/this-names.ts';
import { isFunctionNode, nodesAbove, rootOf, walk } from '../version/program/walk.ts';
import { isWritten } from '../version/objects/written.ts';

/** From variable to variable, and from a function to who calls it. */
const MOST_STEPS = 3;

export interface Kept {
  readonly kind: 'of objects' | 'of closures' | 'of the module' | 'at load';
  /** The property, or the variable. */
  readonly name: string;
  readonly at: AnyNode;
  /** The function that keeps it. */
  readonly fn: FunctionInfo;
}

/** What gives something that it makes of what it is given. */
const MAKES_OF =
  /^(?:Object\.(?:keys|values|entries|fromEntries|assign|freeze|seal)|Array\.(?:from|of)|JSON\.(?:stringify|parse)|Promise\.(?:all|allSettled|any|race|resolve)|Math\.\w+|Buffer\.from|structuredClone|String|Number|Boolean|BigInt|parseInt|parseFloat)$/;

/** Methods by which plug-ins give what they are for. */
const GIVEN_BY_NAME = /^(?:add|register|define|install)(?:[A-Z]\w*)?$/;

/**
 * `whole`: the value is all that matters, as a constant is: what any call makes of it counts, and a method that gives it to its
 * object. Of what a call computes that is said which code keeps from call to call.
 */
export function keptFrom(side: Side, fn: FunctionInfo, value: AnyNode, whole = false): Kept | null {
  return new Search(side, fn, whole).follow(value, MOST_STEPS);
}

/** Of what variables of a function hold which a pattern declares. */
export function keptByNames(side: Side, fn: FunctionInfo, names: readonly AnyNode[], at: AnyNode, whole = false): Kept | null {
  return new Search(side, fn, whole).names(names, at, MOST_STEPS);
}

/** What a method sorts in place. */
export function keptInPlace(side: Side, fn: FunctionInfo, object: AnyNode, at: AnyNode): Kept | null {
  return new Search(side, fn, false).into(object, at);
}

/** Of a field the class is what a verdict names. */
export const pathOfKeeper = ({ kind, owner, path }: FunctionInfo): string => (kind === 'field' && owner ? owner.path : path);

/** Whether a method calls the function that it is given for its result: before it returns, or when a promise is settled. */
export const givesResultOf = (name: string): boolean => callsAtOnce(name) || /^(?:then|catch|finally)$/.test(name);

class Search {
  private readonly side: Side;
  private readonly fn: FunctionInfo;
  private readonly whole: boolean;

  constructor(side: Side, fn: FunctionInfo, whole: boolean) {
    this.side = side;
    this.fn = fn;
    this.whole = whole;
  }

  /** `isNamed`: it is what a variable holds, which may have been given something else as well. */
  follow(value: AnyNode, steps: number, isNamed = false): Kept | null {
    if (this.side.runsOnce(this.fn) || this.fn.kind === 'static') return this.kept('at load', '', value);
    if (this.fn.kind === 'field') return this.field(value);
    let current = value;
    let entry: string | null = null;
    let isMade = false;
    // What code that is not in sight has made of it.
    let isLoose = false;
    const above = nodesAbove(value, this.fn.node as AnyNode).toReversed();
    for (const [i, parent] of above.entries()) {
      switch (parent.type) {
        case 'AwaitExpression':
        case 'ChainExpression':
        case 'ParenthesizedExpression':
        case 'ArrayExpression':
        case 'SpreadElement':
        case 'LogicalExpression':
        case 'BinaryExpression':
        case 'TemplateLiteral':
          break;
        case 'MemberExpression':
          if (parent.object !== current) return this.under(parent, above[i + 1]);
          break;
        case 'ConditionalExpression':
          if (parent.test === current) return null;
          break;
        case 'Property':
          if (parent.value !== current) return null;
          entry = parent.computed ? null : keyName(parent.key, false);
          break;
        case 'ObjectExpression':
          isMade ||= parent.properties.some((p) => p.type === 'Property' && this.side.definitionOf(p.value as AnyNode));
          break;
        case 'ReturnStatement':
          return isMade ? this.entry(entry, current) : this.returned(current, entry, isLoose || (isNamed && !this.whole) ? 0 : steps);
        case 'NewExpression':
          if (!this.isMadeOf(parent, current, isNamed)) return null;
          isLoose ||= !PASSES.test(memberText(parent.callee) ?? '');
          break;
        case 'CallExpression': {
          if (parent.callee === current) break;
          const kept = this.put(parent, current, entry);
          if (kept || !this.isMadeOf(parent, current, isNamed)) return kept;
          isLoose ||= !isMadeOfAll(parent);
          break;
        }
        case 'AssignmentExpression':
          return parent.right === current ? this.assigned(parent.left as AnyNode, parent, isLoose ? 0 : steps) : null;
        case 'AssignmentPattern':
          return parent.right === current ? this.names([parent.left as AnyNode], current, steps) : null;
        case 'VariableDeclarator':
          return this.names(namesIn(parent.id as AnyNode), current, steps, isLoose);
        case 'ArrowFunctionExpression':
          if (parent.body !== current) return null;
          return isMade ? this.entry(entry, current) : this.returned(current, entry, isLoose || (isNamed && !this.whole) ? 0 : steps);
        default:
          return null;
      }
      current = parent;
    }
    return null;
  }

  /** What variables of the function hold. */
  names(ids: readonly AnyNode[], at: AnyNode, steps: number, onlyClosures = false): Kept | null {
    const { side, fn } = this;
    for (const id of steps > 0 ? ids : []) {
      const own =
        id.type === 'Identifier'
          ? side.refsIn(fn.node.start, fn.node.end).find((ref) => ref.binding?.declarations.some((declared) => declared === id))?.binding
          : null;
      if (id.type !== 'Identifier' || !own) continue;
      if (own.references.some((ref) => ref.read && ref.fn !== fn && outlives(ref.fn, fn))) return this.kept('of closures', id.name, at);
      for (const ref of onlyClosures ? [] : own.references) {
        const found = ref.read && ref.fn === fn && !isFunctionNode(ref.parent) ? this.follow(ref.node, steps - 1, true) : null;
        if (found) return found;
      }
    }
    return null;
  }

  /** What an object that is there before the call and after it holds; `isAsked`: it is only put there where nothing is. */
  into(object: AnyNode, at: AnyNode, isAsked = false): Kept | null {
    const { side, fn } = this;
    const root = rootOf(object);
    if (isThis(root)) {
      const name = ownProperty(object);
      return name !== null && (isAsked || this.isRead(name)) ? this.kept('of objects', name, at) : null;
    }
    const binding = root.type === 'Identifier' ? side.refAt(root)?.binding : null;
    if (!binding || binding.kind === 'param' || binding.kind === 'import') return null;
    const { fn: owner } = binding.scope;
    if (side.runsOnce(owner)) return this.kept('of the module', binding.name, at);
    const isSeen = binding.references.some((ref) => ref.read && ref.fn !== fn && outlives(ref.fn, owner));
    // A closure that puts something there may look for it itself the next time.
    const isOwn =
      !isSeen && owner !== fn && isGivenAway(fn) && binding.references.filter((ref) => ref.fn === fn).length > 1 && outlives(fn, owner);
    return isSeen || isOwn ? this.kept('of closures', binding.name, at) : null;
  }

  /** A method that puts something there may look for it itself the next time. */
  private isRead(name: string): boolean {
    const { fn, side } = this;
    const { program } = side.model;
    if (isReadOutside(name, fn, program)) return true;
    if (isConstructor(fn)) return false;
    return nodesWithin(program, 'MemberExpression', fn.node.start, fn.node.end).filter((node) => ownProperty(node) === name).length > 1;
  }

  private kept(kind: Kept['kind'], name: string, at: AnyNode): Kept {
    return { kind, name, at, fn: this.fn };
  }

  private field(at: AnyNode): Kept | null {
    const node = this.fn.node as AnyNode;
    const name = node.type === 'PropertyDefinition' && !node.computed ? keyName(node.key, false) : null;
    return name !== null && isReadOutside(name, this.fn, this.side.model.program) ? this.kept('of objects', name, at) : null;
  }

  private entry(name: string | null, at: AnyNode): Kept | null {
    return name !== null && isReadByGiven(name, this.fn, this.side.model.program) ? this.kept('of objects', name, at) : null;
  }

  /** An object with methods goes by what its entries are; any other value is for who has called the function. */
  private returned(value: AnyNode, entry: string | null, steps: number): Kept | null {
    if (steps === 0) return null;
    const { side, fn } = this;
    const { parent: outer } = fn;
    const call = fn.ancestors.at(-1);
    if (outer && call?.type === 'CallExpression' && call.callee !== (fn.node as AnyNode)) {
      const isFor = call.callee.type === 'MemberExpression' && givesResultOf(memberName(call.callee) ?? '');
      if (!isFor) return this.givenTo(call, steps);
      return side.runsOnce(outer) ? null : new Search(side, outer, this.whole).follow(call, steps - 1);
    }
    if (fn.generator) return null;
    for (const ref of nameOf(fn)?.references ?? []) {
      if (!ref.read || ref.parent.type !== 'CallExpression' || ref.parent.callee !== ref.node || ref.fn === fn) continue;
      const found = new Search(side, ref.fn, this.whole).follow(ref.parent, steps - 1);
      if (found) return found;
    }
    for (const { fn: by, value: use } of usesAsMember(side, fn)) {
      const found = new Search(side, by, this.whole).follow(use, steps - 1);
      // What a method's caller has closures go by is mostly over with that call.
      if (found && found.kind !== 'at load' && found.kind !== 'of closures') return found;
    }
    const isState = this.whole && entry !== null && /^(?:create|make|new|init)(?![a-z])/.test(fn.path.split(/[./#]/).at(-1)!);
    return isState && isReadOutside(entry, fn, side.model.program) ? this.kept('of objects', entry, value) : null;
  }

  /** What a function of the module does with what the one gives that it is given: `remember(key, () => parse(key))`. */
  private givenTo(call: CallExpression, steps: number): Kept | null {
    const { side, fn } = this;
    const taker = side.definitionOf(call.callee as AnyNode);
    const param =
      taker && 'children' in taker ? (taker.node as Partial<FunctionNode>).params?.[call.arguments.indexOf(fn.node as never)] : null;
    if (!taker || !('children' in taker) || taker === fn || param?.type !== 'Identifier') return null;
    for (const ref of taker.scope.bindings.get(param.name)?.references ?? []) {
      if (ref.fn !== taker || ref.parent.type !== 'CallExpression' || ref.parent.callee !== ref.node) continue;
      const found = new Search(side, taker, this.whole).follow(ref.parent, steps - 1);
      if (found) return found;
    }
    return null;
  }

  /** A key under which something is put. */
  private under(element: MemberExpression & AnyNode, around: AnyNode | undefined): Kept | null {
    const isPut = element.computed && around?.type === 'AssignmentExpression' && around.left === element;
    return isPut ? this.into(element.object as AnyNode, around) : null;
  }

  private put(call: CallExpression, value: AnyNode, entry: string | null): Kept | null {
    const index = call.arguments.indexOf(value as never);
    if (call.callee.type !== 'MemberExpression' || index < 0) return null;
    const [target, key] = call.arguments as AnyNode[];
    const called = memberText(call.callee);
    // What an emitter listens for.
    if (REGISTERS.test(memberName(call.callee) ?? '') && index === 0 && call.arguments.length > 1 && this.whole)
      return outlivesCall(call.callee.object as AnyNode, this.fn, this.side) ? this.kept('of objects', called ?? '', call) : null;
    // What a program is made of goes by what it was given by name: `ajv.addFormat(name, FORMATS[name])`.
    if (GIVEN_BY_NAME.test(memberName(call.callee) ?? '') && index === 1 && this.whole)
      return outlivesCall(call.callee.object as AnyNode, this.fn, this.side) ? this.kept('of objects', called ?? '', call) : null;
    if (memberName(call.callee) === 'bind' && index > 0 && this.whole)
      return this.kept('of closures', memberText(call.callee.object) ?? '', call);
    if (called === 'Object.defineProperty')
      return index === 2 && entry === 'value' && key?.type === 'Literal' && isThis(target!) && this.isAsked(String(key.value))
        ? this.kept('of objects', String(key.value), call)
        : null;
    if (called === 'Object.assign' && index > 0 && isThis(target!))
      return entry !== null && isReadOutside(entry, this.fn, this.side.model.program) ? this.kept('of objects', entry, call) : null;
    const method = memberName(call.callee) ?? '';
    // A map takes no more than a key and a value.
    const isPut = (PUTS.test(method) && !(method === 'set' && call.arguments.length > 2)) || (called === 'Object.assign' && index > 0);
    return isPut ? this.into(called === 'Object.assign' ? target! : (call.callee.object as AnyNode), call) : null;
  }

  /** A getter that puts its result in its own place is asked by its name. */
  private isAsked(name: string): boolean {
    return this.fn.kind === 'getter' || isReadOutside(name, this.fn, this.side.model.program);
  }

  private isMadeOf(call: CallExpression | NewExpression, value: AnyNode, isNamed: boolean): boolean {
    if (!call.arguments.includes(value as never)) return false;
    const name = memberText(call.callee) ?? '';
    if (call.type === 'NewExpression') {
      if (/(?:Error|Exception|Warning)$/.test(name) || this.side.definitionOf(call.callee as AnyNode)) return false;
      return (this.whole && !isNamed) || PASSES.test(name);
    }
    return (this.whole && !isNamed) || isMadeOfAll(call);
  }

  private assigned(target: AnyNode, at: AssignmentExpression & AnyNode, steps: number): Kept | null {
    const { side, fn } = this;
    if (target.type === 'ObjectPattern' || target.type === 'ArrayPattern') return this.variables(namesIn(target), at);
    if (target.type === 'MemberExpression' && target.computed) return this.into(target.object as AnyNode, at, at.operator !== '=');
    const isOwn = target.type === 'MemberExpression' && isThis(target.object as AnyNode);
    if (isOwn && (isConstructor(fn) || this.isSetOnce(ownProperty(target)))) return this.into(target, at);
    const left = leftBy(fn, side).find(({ value, how }) => how === 'kept' && value === at.right);
    if (target.type === 'Identifier') {
      const variable = side.refAt(target)?.binding;
      if (variable && variable.scope.fn === fn) return this.names([variable.declarations[0] as AnyNode], at, steps - 1);
      return left ? this.into(target, at) : this.variables([target], at);
    }
    if (left)
      return target.type === 'MemberExpression' && !isThis(target.object as AnyNode) ? this.into(target.object as AnyNode, at) : null;
    return this.onMade(at);
  }

  /** A property of an object that the function makes and gives away. */
  private onMade({ right }: AssignmentExpression & AnyNode): Kept | null {
    const put = leftBy(this.fn, this.side).find(({ value, how }) => how === 'put' && value === right);
    const root = put?.object === undefined && put?.isForeign === false ? put.property : null;
    return root !== null && isReadOutside(root, this.fn, this.side.model.program) ? this.kept('of objects', root, right) : null;
  }

  private variables(ids: readonly AnyNode[], at: AnyNode): Kept | null {
    const { side, fn } = this;
    for (const id of ids) {
      const variable = side.refAt(id)?.binding;
      const found = variable && isKeptIn(variable, fn, side) ? this.into(id, at) : null;
      if (found) return found;
    }
    return null;
  }

  /** Whether a method alone gives a property its value, where that is not another for each call. */
  private isSetOnce(name: string | null): boolean {
    return this.whole && name !== null && !isWritten(name, this.side.model.program, [this.fn.node]);
  }
}

function isMadeOfAll({ callee }: CallExpression): boolean {
  const name = memberText(callee) ?? '';
  return MAKES_OF.test(name) || COPIES.test(name.split('.').at(-1)!);
}

/** The variables that a pattern gives their values. */
export function namesIn(pattern: AnyNode): readonly AnyNode[] {
  if (pattern.type === 'Identifier') return [pattern];
  const found: AnyNode[] = [];
  walk(pattern, (node, parents) => {
    const parent = parents.at(-1);
    const isKey = parent?.type === 'Property' && parent.key === node && parent.value !== (node as AnyNode);
    const isDefault = parent?.type === 'AssignmentPattern' && parent.right === node;
    if (node.type === 'Identifier' && !isKey && !isDefault) found.push(node);
    return !isDefault;
  });
  return found;
}
