/**
 * What an expression may stand for among the functions, classes and objects of its module, through variables and members,
 * as far as the text shows: in whatever order it runs. What comes from elsewhere stands for nothing.
 */
import type { AnyNode, Function as FunctionNode, MemberExpression, ObjectExpression } from 'acorn';
import { keyName } from '../../../source/paths.ts';
import { namedBy } from '../../../instrument/forwarding.ts';
import { ClassInfo, FunctionInfo } from '../../../source/model.ts';
import type { Binding } from '../../../source/model.ts';
import { callsByNames } from '../program/calls-by-name.ts';
import { definedMember } from '../forms/definitions.ts';
import { functionAround } from '../program/function-around.ts';
import type { Owner, Side } from '../side.ts';
import { memberName } from '../program/member-name.ts';
import { nodesOf } from '../program/nodes.ts';
import { takenFrom } from '../forms/taken-from.ts';
import { isFunctionNode } from '../program/walk.ts';

/** What `new` makes of a function or class, and what it has on its prototype. */
class Instance {
  readonly of: Owner;

  constructor(of: Owner) {
    this.of = of;
  }
}

type Thing = FunctionInfo | ClassInfo | Instance | ObjectExpression;
type Things = ReadonlySet<Thing>;

interface Written {
  readonly object: AnyNode;
  readonly value: AnyNode;
}

const NOTHING: Things = new Set();
/** An expression that may stand for more is a registry: what is taken from it by a name says little. */
const MOST = 16;
/** Generated text chains calls deeper than the stack allows. */
const DEEPEST = 200;
/** Functions that put what the objects they are given have on the first of them, and give that. */
const EXTENDS = /^_*(?:assign|extends?|mixin|merge|objectSpread\d*)$/i;
/** Functions that give the object they are given. */
const GIVES = /^(?:Object\.)?(?:freeze|seal|preventExtensions)$/;

const standing = new WeakMap<Side, StandingFor>();

/** That of a version: what one question has found out serves the next. */
export function standingFor(side: Side): StandingFor {
  let known = standing.get(side);
  if (!known) standing.set(side, (known = new StandingFor(side)));
  return known;
}

export class StandingFor {
  private readonly side: Side;
  private readonly known = new Map<AnyNode, Things>();
  private readonly bindings = new Map<Binding, Things>();
  private readonly members = new Map<Thing, Map<string, Things>>();
  private readonly instances = new Map<Owner, Instance>();
  /** By the names that they declare. */
  private readonly classes: ReadonlyMap<AnyNode, ClassInfo>;
  private written: Map<string, Written[]> | null = null;
  private depth = 0;

  constructor(side: Side) {
    this.side = side;
    this.classes = new Map(side.model.classes.flatMap((cls) => (cls.node.id ? [[cls.node.id as AnyNode, cls] as const] : [])));
  }

  /** The functions and classes that an expression may stand for. */
  definitions(node: AnyNode): Owner[] {
    return [...this.of(node)].filter((thing) => thing instanceof FunctionInfo || thing instanceof ClassInfo);
  }

  /** The functions that are a member of that name of what an expression stands for. */
  membersOf(node: AnyNode, name: string): Owner[] {
    return this.functionsOf([...this.of(node)], name);
  }

  /** The same of what is made by `new` of what it stands for. */
  membersMade(node: AnyNode, name: string): Owner[] {
    return this.functionsOf(
      this.definitions(node).map((owner) => this.instance(owner)),
      name,
    );
  }

  /** The functions that what calls of it give is, or has as a member of that name. */
  givenBy(node: AnyNode, name: string | null = null): Owner[] {
    const given = this.definitions(node).flatMap((owner) => (owner instanceof FunctionInfo ? this.returned(owner) : []));
    return name === null ? given.filter((own) => own instanceof FunctionInfo) : this.functionsOf(given, name);
  }

  private functionsOf(things: readonly Thing[], name: string): Owner[] {
    return things.flatMap((thing) => [...this.memberOf(thing, name)]).filter((own) => own instanceof FunctionInfo);
  }

  /** Whether it may stand for anything of the module at all. */
  isKnown(node: AnyNode): boolean {
    return this.of(node).size > 0;
  }

  private of(node: AnyNode): Things {
    return this.once(this.known, node, () => this.find(node));
  }

  private once<K>(known: Map<K, Things>, key: K, find: () => Iterable<Thing>): Things {
    const before = known.get(key);
    if (before) return before;
    if (this.depth === DEEPEST) return NOTHING;
    // What is asked for again on the way adds nothing to itself.
    known.set(key, NOTHING);
    const found = new Set<Thing>();
    this.depth++;
    for (const thing of find()) if (found.size < MOST) found.add(thing);
    this.depth--;
    known.set(key, found);
    return found;
  }

  private find(node: AnyNode): Iterable<Thing> {
    const own = this.side.fnAt.get(node) ?? this.side.classAt.get(node);
    if (own) return [own];
    switch (node.type) {
      case 'ObjectExpression':
        return [node];
      case 'Identifier':
        return this.named(this.bindingOf(node));
      case 'ThisExpression':
        return this.receiver(node);
      case 'MemberExpression':
        return this.member(node);
      case 'ParenthesizedExpression':
      case 'ChainExpression':
        return this.of(node.expression);
      case 'AssignmentExpression':
        return this.of(node.right);
      case 'LogicalExpression':
        return [...this.of(node.left), ...this.of(node.right)];
      case 'ConditionalExpression':
        return [...this.of(node.consequent), ...this.of(node.alternate)];
      case 'SequenceExpression':
        return this.of(node.expressions.at(-1)!);
      case 'NewExpression':
        return this.definitions(node.callee).map((owner) => this.instance(owner));
      case 'CallExpression':
        return this.given(node.callee, node.arguments);
      default:
        return NOTHING;
    }
  }

  private bindingOf(node: AnyNode): Binding | null {
    return this.side.refAt(node)?.binding ?? null;
  }

  private named(binding: Binding | null): Things {
    if (!binding || binding.kind === 'param' || binding.kind === 'import') return NOTHING;
    return this.once(this.bindings, binding, () => {
      const found: Thing[] = binding.kind === 'implicit' && binding.name === 'exports' ? [this.exports] : [];
      for (const id of binding.declarations) {
        const definition = this.side.functionDeclaredBy(id) ?? this.classes.get(id);
        if (definition) found.push(definition);
        const value = this.side.valueOf(id);
        if (value) found.push(...this.of(value));
        const taken = takenFrom(this.side).get(id);
        if (taken) for (const thing of this.of(taken.value)) found.push(...this.memberOf(thing, taken.name));
      }
      for (const { write, node, parent } of binding.references)
        if (write && parent.type === 'AssignmentExpression' && parent.left === node) found.push(...this.of(parent.right));
      return found;
    });
  }

  private member(node: MemberExpression): Thing[] {
    const name = memberName(node);
    if (name === null) return [];
    if (name === 'exports' && node.object.type === 'Identifier' && this.bindingOf(node.object)?.kind === 'implicit')
      return [
        this.exports,
        ...this.writtenAs(name).flatMap(({ object, value }) => (isNamed(object, node.object) ? [...this.of(value)] : [])),
      ];
    return [...this.of(node.object)].flatMap((thing) => [...this.memberOf(thing, name)]);
  }

  private memberOf(thing: Thing, name: string): Things {
    let known = this.members.get(thing);
    if (!known) this.members.set(thing, (known = new Map()));
    return this.once(known, name, () => this.findMember(thing, name));
  }

  private findMember(thing: Thing, name: string): Thing[] {
    const found: Thing[] = [];
    if (name === 'prototype' && (thing instanceof FunctionInfo || thing instanceof ClassInfo)) found.push(this.instance(thing));
    const cls = thing instanceof ClassInfo ? thing : thing instanceof Instance && thing.of instanceof ClassInfo ? thing.of : null;
    if (cls) {
      for (const element of cls.node.body.body) {
        if (element.type !== 'MethodDefinition' && element.type !== 'PropertyDefinition') continue;
        if (element.static !== thing instanceof ClassInfo || keyName(element.key, element.computed) !== name || !element.value) continue;
        found.push(...this.of(element.value));
      }
      if (cls.node.superClass)
        for (const above of this.definitions(cls.node.superClass))
          found.push(...this.memberOf(thing instanceof ClassInfo ? above : this.instance(above), name));
    }
    if (!(thing instanceof FunctionInfo || thing instanceof ClassInfo || thing instanceof Instance))
      for (const property of thing.properties) {
        if (property.type === 'SpreadElement') for (const other of this.of(property.argument)) found.push(...this.memberOf(other, name));
        else if (keyName(property.key, property.computed) === name) found.push(...this.of(property.value));
      }
    if (thing instanceof Instance)
      for (const { object, value } of this.writtenAs('prototype'))
        if (this.of(object).has(thing.of)) for (const other of this.of(value)) found.push(...this.memberOf(other, name));
    for (const { object, value } of this.writtenAs(name)) if (this.of(object).has(thing)) found.push(...this.of(value));
    return found;
  }

  /** The object that a CommonJS module begins with. */
  private get exports(): Instance {
    return this.instance(this.side.model.root);
  }

  private instance(of: Owner): Instance {
    let own = this.instances.get(of);
    if (!own) this.instances.set(of, (own = new Instance(of)));
    return own;
  }

  /** What `this` may be: what the function around it is a member of. */
  private receiver(node: AnyNode): Thing[] {
    const fn = functionAround(this.side, node).thisOwner;
    if (fn.owner) {
      const element = fn.ancestors.at(-1);
      const isStatic = fn.kind === 'static' || (element as { static?: boolean } | undefined)?.static === true;
      return [isStatic ? fn.owner : this.instance(fn.owner)];
    }
    const [holder, parent] = fn.ancestors.slice(-2);
    if (parent?.type === 'Property' && holder?.type === 'ObjectExpression') return [holder];
    if (parent?.type === 'AssignmentExpression' && parent.left.type === 'MemberExpression') return [...this.of(parent.left.object)];
    const given = thisGivenTo(fn);
    const known = given ? this.of(given) : NOTHING;
    // What it is otherwise stands for itself: a wrapper puts things on it and calls them.
    if (known.size > 0) return [...known];
    return fn.kind === 'function' ? [this.instance(fn), ...this.prototypesWith(fn)] : [];
  }

  /** Those that a function is put on by its name: `Box.prototype.open = open`. */
  private prototypesWith(fn: FunctionInfo): Thing[] {
    return (namedBy(fn)?.references ?? []).flatMap(({ node, parent }) => {
      const target = parent.type === 'AssignmentExpression' && parent.right === node ? parent.left : null;
      const object = target?.type === 'MemberExpression' ? target.object : null;
      return object?.type === 'MemberExpression' && memberName(object) === 'prototype' ? [...this.of(object)] : [];
    });
  }

  private given(callee: AnyNode, given: readonly AnyNode[]): Thing[] {
    const name = this.side.model.text.slice(callee.start, callee.end);
    const last = name.slice(name.lastIndexOf('.') + 1);
    if (EXTENDS.test(last)) return given.flatMap((argument) => [...this.of(argument)]);
    if (GIVES.test(name) || name === 'Object.create') return given[0] ? [...this.of(given[0])] : [];
    // What is bound is the function.
    if (last === 'bind' && callee.type === 'MemberExpression') {
      const bound = this.definitions(callee.object);
      if (bound.length > 0) return bound.filter((owner) => owner instanceof FunctionInfo);
    }
    return this.definitions(callee).flatMap((owner) => (owner instanceof FunctionInfo ? this.returned(owner) : []));
  }

  private returned(fn: FunctionInfo): Thing[] {
    if (fn.async || fn.generator) return [];
    const { body } = fn.node as FunctionNode;
    const values: AnyNode[] = fn.returns.flatMap(({ node }) => node.argument ?? []);
    if (isFunctionNode(fn.node as AnyNode) && (body as AnyNode).type !== 'BlockStatement') values.push(body as AnyNode);
    return values.flatMap((value) => [...this.of(value)]);
  }

  private writtenAs(name: string): readonly Written[] {
    if (!this.written) this.written = writtenIn(this.side.model.program as AnyNode);
    return this.written.get(name) ?? [];
  }
}

/** By name, what is assigned to members, or put on objects all at once. */
function writtenIn(program: AnyNode): Map<string, Written[]> {
  const found = new Map<string, Written[]>();
  const add = (name: string, object: AnyNode, value: AnyNode): void => {
    const list = found.get(name);
    if (list) list.push({ object, value });
    else found.set(name, [{ object, value }]);
  };
  const addAll = (object: AnyNode, { properties }: ObjectExpression): void => {
    for (const property of properties)
      if (property.type === 'Property') add(keyName(property.key, property.computed), object, property.value);
  };
  for (const { left, right } of nodesOf(program, 'AssignmentExpression')) {
    const name = left.type === 'MemberExpression' ? memberName(left) : null;
    if (name !== null) add(name, (left as MemberExpression).object as AnyNode, right);
  }
  for (const node of callsByNames(program, (name) => EXTENDS.test(name))) {
    const { callee } = node;
    const given = node.arguments as AnyNode[];
    // With one object it is the one that the method is called on which gets what that has.
    const isOwn = given.length === 1 && callee.type === 'MemberExpression';
    const object = isOwn ? callee.object : given[0];
    if (object) for (const value of isOwn ? given : given.slice(1)) if (value.type === 'ObjectExpression') addAll(object, value);
  }
  return found;
}

/** Methods of lists that take what `this` is to be beside the function. */
const WITH_THIS = /^(?:every|filter|find|findIndex|findLast|findLastIndex|flatMap|forEach|map|some)$/;

/** What a function that is written out is given as its `this`: `list.map(function () { … }, this)`, `function () { … }.bind(this)`. */
function thisGivenTo({ node, ancestors }: FunctionInfo): AnyNode | null {
  const [outer, parent] = ancestors.slice(-2);
  const call = parent?.type === 'MemberExpression' ? outer : parent;
  if (call?.type !== 'CallExpression' || call.callee.type !== 'MemberExpression') return null;
  const name = memberName(call.callee) ?? '';
  const isBound = call.callee === parent && parent.object === node && /^(?:apply|bind|call)$/.test(name);
  const isWith = call.arguments[0] === node && WITH_THIS.test(name);
  return ((isBound ? call.arguments[0] : isWith ? call.arguments[1] : null) as AnyNode | null | undefined) ?? null;
}

function isNamed(node: AnyNode, other: AnyNode): boolean {
  return node.type === 'Identifier' && other.type === 'Identifier' && node.name === other.name;
}

/** The name of the member that a function is, as its own text gives it. */
export function memberNameOf(fn: FunctionInfo): string | null {
  const { ancestors, node } = fn;
  const parent = ancestors.at(-1);
  const defined = definedMember(fn);
  if (defined) return defined.name;
  if (parent?.type === 'AssignmentExpression' && parent.right === (node as AnyNode))
    return parent.left.type === 'MemberExpression' ? memberName(parent.left) : null;
  if (parent?.type !== 'Property' && parent?.type !== 'MethodDefinition' && parent?.type !== 'PropertyDefinition') return null;
  return !parent.computed && parent.key.type === 'Identifier' ? parent.key.name : null;
}
