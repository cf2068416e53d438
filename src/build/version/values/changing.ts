/**
 * Whether code that runs again changes the object that a name stands for: through the name, through others that it gives the
 * object or a part of it, by methods, or by functions that take it. What is made anew in place of such an object lacks what the
 * program has put into it.
 */
import type { AnyNode, CallExpression, MemberExpression, NewExpression } from 'acorn';
import { FunctionInfo } from '../../../source/model.ts';
import type { Binding } from '../../../source/model.ts';
import { keyName } from '../../../source/paths.ts';
import { functionAround, isWithin } from '../program/function-around.ts';
import { CACHE } from '../forms/cache-names.ts';
import { runsWith } from '../program/once.ts';
import type { Side } from '../side.ts';
import { memberName } from '../program/member-name.ts';
import { GIVES_PRIMITIVE } from './pure.ts';
import { standingFor } from './standing-for.ts';
import type { StandingFor } from './standing-for.ts';
import { isFunctionNode, nodesAbove, walk } from '../program/walk.ts';

/** `may`: it is given to what is not known. `inside`: what changes is held by functions of it, and cannot be seen from outside. */
export type Changing = 'no' | 'may' | 'surely' | 'inside';

/** Methods of the language that change the object they are called on. */
const CHANGES = /^(?:push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|set|add|delete|clear|append)$/;
/** The same, of dates and buffers. */
const SETS = /^(?:set|write)[A-Z]\w*$/;
/** Those that read it, and give a part of it or what is made of that. */
const READS =
  /^(?:at|concat|slice|join|split|trim|to\w+|test|exec|match|matchAll|search|indexOf|lastIndexOf|includes|charCodeAt|charAt|substring|keys|values|entries|get|has|bind|repeat|padStart|padEnd|source|flags|startsWith|endsWith|localeCompare|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|valueOf|map|filter|forEach|reduce|reduceRight|some|every|find|findIndex|findLast|findLastIndex|flat|flatMap|replace|replaceAll|format|encode|decode|call|apply)$/;
/** Functions of the language that read what they are given. */
const TAKES =
  /^(?:Object\.(?:freeze|keys|values|entries|create|fromEntries|getPrototypeOf|getOwnPropertyNames|getOwnPropertyDescriptors?|getOwnPropertySymbols|hasOwn|is|isFrozen)|Array\.(?:from|of|isArray)|JSON\.\w+|Math\.\w+|String|Number|Boolean|RegExp|Map|Set|parseInt|parseFloat|Symbol|isNaN|structuredClone|console\.\w+|Reflect\.(?:has|ownKeys|get)|Promise\.(?:all|resolve|race|any|allSettled)|encodeURIComponent|Buffer\.from)$/;
/** Those that change what they are given first. */
const FILLS = /^(?:Object\.(?:assign|defineProperty|defineProperties|setPrototypeOf)|Reflect\.(?:set|defineProperty|deleteProperty))$/;

/** What is known of an object: the literal that makes it, or that it is one of values without parts. */
type Known = AnyNode | 'plain' | null;

const RANK: Readonly<Record<Changing, number>> = { no: 0, may: 1, surely: 2, inside: 3 };

/** `value` makes the object that `binding`, of the scope that `owner` runs once, stands for. */
export function changing(side: Side, owner: FunctionInfo, binding: Binding, value: AnyNode): Changing {
  return new Changes(side, standingFor(side), owner).of(binding, value);
}

class Changes {
  private readonly side: Side;
  private readonly standing: StandingFor;
  private readonly owner: FunctionInfo;
  private readonly seen = new Set<Binding | FunctionInfo>();
  private readonly ran = new Set<FunctionInfo>();

  constructor(side: Side, known: StandingFor, owner: FunctionInfo) {
    this.side = side;
    this.standing = known;
    this.owner = owner;
  }

  of(binding: Binding, value: Known): Changing {
    if (this.seen.has(binding) || value === 'plain') return 'no';
    this.seen.add(binding);
    return most(binding.references, (ref) => {
      if (!ref.read || (binding.scope.fn === this.owner && runsWith(ref.fn, this.owner))) return 'no';
      return this.at(ref.node, nodesAbove(ref.node, ref.fn.node as AnyNode), value);
    });
  }

  /** What the code around an expression does with what that gives. */
  private at(node: AnyNode, parents: readonly AnyNode[], value: Known): Changing {
    let [current, held]: [AnyNode, Known] = [node, value];
    for (let i = parents.length - 1; i >= 0; i--) {
      const parent = parents[i]!;
      const above = parents[i - 1];
      switch (parent.type) {
        case 'MemberExpression': {
          if (parent.object !== current) return 'no';
          const name = memberName(parent);
          if (isWritten(parent, above)) return 'surely';
          if (above?.type === 'CallExpression' && above.callee === parent) {
            const called = this.called(above, name, held);
            if (called !== 'no' || (name !== null && (GIVES_PRIMITIVE.test(name) || !READS.test(name)))) return called;
            [current, held] = [above, held !== null && typeof held === 'object' && isOfPlain(this.side, held) ? 'plain' : null];
            i--;
            // What a method of the language makes of it is another object, which may have the same parts.
          } else [current, held] = [parent, partOf(this.side, held, name)];
          if (held === 'plain') return 'no';
          continue;
        }
        case 'CallExpression':
        case 'NewExpression':
          return parent.callee === current ? this.run(current) : this.given(parent, current, held);
        case 'AssignmentExpression':
          if (parent.right !== current) return 'no';
          return parent.left.type === 'Identifier' ? this.named(parent.left, held) : 'may';
        case 'VariableDeclarator':
          return this.taken(parent.id as AnyNode, held);
        case 'ForOfStatement':
          if (parent.right !== current) return 'no';
          return this.taken(
            (parent.left.type === 'VariableDeclaration' ? parent.left.declarations[0]!.id : parent.left) as AnyNode,
            partOf(this.side, held, null),
          );
        case 'ConditionalExpression':
          if (parent.test === current) return 'no';
          break;
        case 'LogicalExpression':
        case 'AwaitExpression':
        case 'ChainExpression':
        case 'ParenthesizedExpression':
          break;
        case 'SequenceExpression':
          if (parent.expressions.at(-1) !== current) return 'no';
          break;
        case 'Property':
        case 'ArrayExpression':
        case 'ReturnStatement':
        case 'YieldExpression':
        case 'ThrowStatement':
        case 'TaggedTemplateExpression':
        case 'ArrowFunctionExpression':
        case 'PropertyDefinition':
          return 'may';
        default:
          // What spreads it copies it, and all else reads it.
          return 'no';
      }
      current = parent;
    }
    return 'no';
  }

  private named(id: AnyNode, held: Known): Changing {
    const binding = this.side.refAt(id)?.binding ?? null;
    return binding ? this.of(binding, held) : 'may';
  }

  /** What a pattern takes out of it. */
  private taken(pattern: AnyNode, held: Known): Changing {
    if (held === 'plain') return 'no';
    switch (pattern.type) {
      case 'Identifier': {
        const binding = this.declared(pattern);
        return binding ? this.of(binding, held) : 'may';
      }
      case 'AssignmentPattern':
        return this.taken(pattern.left as AnyNode, held);
      case 'ObjectPattern':
        return most(pattern.properties, (property) =>
          property.type === 'RestElement'
            ? 'no'
            : this.taken(property.value as AnyNode, partOf(this.side, held, property.computed ? null : keyName(property.key, false))),
        );
      case 'ArrayPattern':
        return most(pattern.elements, (element) => (element ? this.taken(element as AnyNode, partOf(this.side, held, null)) : 'no'));
      default:
        return 'may';
    }
  }

  private declared(id: AnyNode & { type: 'Identifier' }): Binding | null {
    const fn = functionAround(this.side, id);
    const [ref] = this.side.refsIn(id.start, id.end);
    if (ref) return ref.binding;
    for (const { binding } of this.side.refsIn(fn.node.start, fn.node.end))
      if (binding?.declarations.some((own) => own === id)) return binding;
    return null;
  }

  /** A call of a method of it. */
  private called(call: CallExpression, name: string | null, held: Known): Changing {
    const isBuiltIn = typeof held === 'object' && held !== null && held.type !== 'ObjectExpression' && isLanguages(held);
    if (name !== null && (isBuiltIn || held === null) && CHANGES.test(name)) return 'surely';
    if (name !== null && isBuiltIn && SETS.test(name)) return 'surely';
    const own = this.standing.definitions(call.callee as AnyNode).filter((owner) => owner instanceof FunctionInfo);
    if (own.length > 0) return most(own, (fn) => this.changesOwn(fn, held));
    const all = name === null && held !== null && held !== 'plain' ? (partsOf(held) ?? [null]) : [];
    const methods = all.map((part) => part && this.side.definitionOf(part));
    if (all.length > 0) return most(methods, (fn) => (fn instanceof FunctionInfo ? this.changesOwn(fn, held) : 'may'));
    if (name === null || !READS.test(name)) return isBuiltIn ? 'no' : 'may';
    const parts = held !== null && held !== 'plain' && isOfPlain(this.side, held) ? 'plain' : null;
    return most(call.arguments, (argument) => {
      const fn = isFunctionNode(argument as AnyNode) ? this.side.fnAt.get(argument as AnyNode) : null;
      return fn ? this.takes(fn, null, parts) : 'no';
    });
  }

  /** A call of the function that it is. */
  private run(callee: AnyNode): Changing {
    const binding = callee.type === 'Identifier' ? this.side.refAt(callee)?.binding : null;
    if (binding?.kind === 'param') return 'no';
    const value = binding ? valueOf(this.side, binding) : null;
    const own = this.standing.definitions(value ? boundIn(value) : callee).filter((owner) => owner instanceof FunctionInfo);
    return own.length === 0 ? 'may' : most(own, (fn) => this.changesHeld(fn));
  }

  /** Whether a method changes its object, or what the function around it holds for it. */
  private changesOwn(fn: FunctionInfo, held: Known): Changing {
    if (this.seen.has(fn)) return 'no';
    this.seen.add(fn);
    const uses: Changing[] = [this.changesHeld(fn)];
    if (uses[0] === 'inside') return 'inside';
    walk(fn.node as AnyNode, (node, parents) => {
      if (node !== (fn.node as AnyNode) && isFunctionNode(node) && node.type !== 'ArrowFunctionExpression') return false;
      if (node.type === 'ThisExpression') uses.push(this.at(node, [...parents], held));
      return true;
    });
    return most(uses, (one) => one);
  }

  /** Whether a function changes what the one around it holds for it: its `this` is not the function, where it is called or makes an object. */
  private changesHeld(fn: FunctionInfo): Changing {
    if (this.ran.has(fn)) return 'no';
    this.ran.add(fn);
    const isHeld = ({ scope }: Binding): boolean => {
      const holder = scope.fn;
      return holder !== this.owner && holder.kind !== 'module' && !isWithin(holder, fn);
    };
    const refs = this.side.refsIn(fn.node.start, fn.node.end);
    for (const { binding, write } of refs) if (write && binding && isHeld(binding) && !CACHE.test(binding.name)) return 'inside';
    const through = most(
      new Set(refs.flatMap(({ binding, read }) => (read && binding && isHeld(binding) && !CACHE.test(binding.name) ? binding : []))),
      (binding) => this.of(binding, known(this.side, valueOf(this.side, binding))),
    );
    return through === 'surely' ? 'inside' : through;
  }

  private given(call: CallExpression | NewExpression, argument: AnyNode, held: Known): Changing {
    const index = call.arguments.findIndex((one) => one === argument);
    if (index < 0) return 'no';
    const text = this.side.model.text.slice(call.callee.start, call.callee.end);
    if (TAKES.test(text)) return 'no';
    if (FILLS.test(text)) return index === 0 ? 'surely' : 'no';
    const own = this.standing.definitions(call.callee as AnyNode);
    if (own.length > 0)
      return most(own, (owner) => {
        const fn = owner instanceof FunctionInfo ? owner : owner.members.find(({ kind }) => kind.endsWith('constructor'));
        return fn ? this.takes(fn, index, held) : 'may';
      });
    const name = call.callee.type === 'MemberExpression' ? memberName(call.callee) : null;
    if (index === 0 && isLent(call.callee as AnyNode)) return 'surely';
    return name !== null && READS.test(name) ? 'no' : 'may';
  }

  /** What a function does with an argument; null: with all of them. */
  private takes(fn: FunctionInfo, index: number | null, held: Known): Changing {
    const { params } = fn.node as { readonly params?: readonly AnyNode[] };
    if (!params || fn.usesArguments) return 'may';
    if (index === null) return most(params, (param) => this.taken(param, held));
    const param = params[index];
    if (param) return param.type === 'RestElement' ? 'may' : this.taken(param, held);
    return params.at(-1)?.type === 'RestElement' ? 'may' : 'no';
  }
}

/** `Map.prototype.set.call`: a method that changes what it is called on, for another object. */
function isLent(callee: AnyNode): boolean {
  if (callee.type !== 'MemberExpression' || !/^(?:call|apply)$/.test(memberName(callee) ?? '')) return false;
  return callee.object.type === 'MemberExpression' && CHANGES.test(memberName(callee.object) ?? '');
}

function most<T>(all: Iterable<T>, of: (one: T) => Changing): Changing {
  let found: Changing = 'no';
  for (const one of all) {
    const own = of(one);
    if (RANK[own] > RANK[found]) found = own;
    if (found === 'inside') break;
  }
  return found;
}

function isWritten(member: AnyNode, parent: AnyNode | undefined): boolean {
  if (parent?.type === 'AssignmentExpression') return parent.left === member;
  return parent?.type === 'UpdateExpression' || (parent?.type === 'UnaryExpression' && parent.operator === 'delete');
}

/** What a variable stands for from beginning to end. */
function valueOf(side: Side, { declarations, reassigned }: Binding): AnyNode | null {
  return (declarations.length === 1 && !reassigned && side.valueOf(declarations[0]!)) || null;
}

/** The function that `f.bind(…)` calls. */
function boundIn(value: AnyNode): AnyNode {
  const isBound = value.type === 'CallExpression' && value.callee.type === 'MemberExpression' && memberName(value.callee) === 'bind';
  return isBound ? ((value.callee as MemberExpression).object as AnyNode) : value;
}

/** What a part of a literal is; with no name any of its parts. */
function partOf(side: Side, held: Known, name: string | null): Known {
  if (held === null || held === 'plain') return held;
  if (held.type === 'ObjectExpression') {
    const { properties } = held;
    const entry = properties.find((p) => p.type === 'Property' && !p.computed && keyName(p.key, false) === name);
    if (entry?.type === 'Property' && properties.every(({ type }) => type === 'Property')) return known(side, entry.value as AnyNode);
  }
  const parts = partsOf(held);
  const [first, ...others] = parts ?? [];
  if (isOfPlain(side, held)) return 'plain';
  // Of lists of texts, say, it does not matter which it is.
  const isAlike = first && [first, ...others].every((part) => part?.type === first.type && isOfPlain(side, part));
  return isAlike ? known(side, first) : null;
}

function known(side: Side, value: AnyNode | null): Known {
  switch (value?.type) {
    case 'Literal':
      return value.regex === undefined ? 'plain' : value;
    case 'TemplateLiteral':
    case 'UnaryExpression':
    case 'BinaryExpression':
      return 'plain';
    case 'ObjectExpression':
    case 'ArrayExpression':
      return value;
    case 'NewExpression':
      return isLanguages(value) ? value : null;
    default:
      // What a function holds is looked at where it is called.
      return value && side.definitionOf(value) instanceof FunctionInfo ? 'plain' : null;
  }
}

/** Whether none of its parts has parts. */
function isOfPlain(side: Side, held: AnyNode): boolean {
  const parts = partsOf(held);
  return parts !== null && parts.every((part) => part !== null && known(side, part) === 'plain');
}

/** Null for what the text does not tell all parts of. */
function partsOf(held: AnyNode): (AnyNode | null)[] | null {
  switch (held.type) {
    case 'ObjectExpression':
      return held.properties.map((p) => (p.type === 'Property' ? (p.value as AnyNode) : null));
    case 'ArrayExpression':
      return held.elements.map((element) => (element?.type === 'SpreadElement' ? null : element));
    case 'NewExpression': {
      const [list, ...more] = held.arguments;
      const isSet = held.callee.type === 'Identifier' && held.callee.name === 'Set' && more.length === 0;
      return isSet && list?.type === 'ArrayExpression' ? partsOf(list) : null;
    }
    default:
      return held.type === 'Literal' ? [] : null;
  }
}

/** Whether it is an object of the language, whose methods do what their names say. */
function isLanguages(value: AnyNode): boolean {
  if (value.type === 'ArrayExpression' || value.type === 'Literal') return true;
  return (
    value.type === 'NewExpression' &&
    value.callee.type === 'Identifier' &&
    /^(?:Map|Set|WeakMap|WeakSet|RegExp|Date|URL|URLSearchParams|TextEncoder|TextDecoder|\w+Array)$/.test(value.callee.name)
  );
}
