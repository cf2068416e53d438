/**
 * Where a value within one function may come from, as far as its text shows.
 * Where only a member of what a variable holds is used, what its other members are given is no source.
 */
import type { AnyNode, Function as FunctionNode, Pattern } from 'acorn';
import type { Binding } from '../../../source/model.ts';
import type { Side } from '../side.ts';
import { isFunctionNode, rootOf, walk } from '../program/walk.ts';
import { nodesWithin } from '../program/nodes.ts';
import type { NodeOf, NodeType } from '../program/nodes.ts';

/** What a variable of a name is given. */
interface Given {
  readonly value: AnyNode;
  /** By that member; null for all that it holds. */
  readonly member: string | null;
  /** It is the value, or holds it as an element: where a member of the one is read, no other member of the other counts. */
  readonly isSame: boolean;
}

/** All nodes that `value`, an expression within `fn`, may be computed from: its own, and those of what its variables are given there. */
export function sourcesOf(side: Side, fn: AnyNode, value: AnyNode): readonly AnyNode[] {
  let within = known.get(fn);
  if (!within) known.set(fn, (within = new Giving(side, fn)));
  let found = within.answers.get(value);
  if (!found) within.answers.set(value, (found = new Sources(within).of(value)));
  return found;
}

/** Of a function around all of a bundle much is asked, and reading it takes long. */
const known = new WeakMap<AnyNode, Giving>();

/** Names of members, from the outermost object on. */
type Path = readonly string[];

const DEEPEST = 3;

/** A variable; a global goes by its name. */
type Name = Binding | string;

type Asked = readonly [Name, Path];

/** What the code of a function gives its variables, and objects. */
class Giving {
  readonly variables = new Map<AnyNode, Name>();
  readonly byName = new Map<Name, Given[]>();
  /** What any object is given by a member of that name: who holds the object may call it otherwise. */
  readonly byMember = new Map<string, AnyNode[]>();
  /** What has been asked before. */
  readonly answers = new Map<AnyNode, readonly AnyNode[]>();
  private readonly asked = new Map<AnyNode, readonly Asked[]>();
  private readonly free = new Map<string, boolean>();

  constructor(side: Side, fn: AnyNode) {
    for (const { node, binding } of side.refsIn(fn.start, fn.end)) {
      this.variables.set(node, binding ?? node.name);
      for (const id of binding?.declarations ?? []) this.variables.set(id as AnyNode, binding!);
    }
    const { program } = side.model;
    const all = <T extends NodeType>(type: T): readonly NodeOf<T>[] => nodesWithin(program, type, fn.start, fn.end);
    for (const { id, init } of all('VariableDeclarator')) if (init) this.give(id, [init], null, id.type === 'Identifier');
    for (const { left, right } of all('AssignmentExpression'))
      if (left.type === 'MemberExpression') this.put(left, [right]);
      else this.give(left, [right], null, left.type === 'Identifier');
    for (const { left, right } of all('ForOfStatement')) this.give(left, [right], null, isName(left));
    for (const { left, right } of all('ForInStatement')) this.give(left, [right]);
    for (const { callee, arguments: given } of all('CallExpression')) {
      // What a method is given may end up in its object; a function that is given is called with what stands beside it.
      if (callee.type === 'MemberExpression') this.putBy(callee.object as AnyNode, given);
      const beside = given.filter((argument) => !isFunctionNode(argument));
      for (const argument of given)
        if (isFunctionNode(argument))
          for (const parameter of (argument as FunctionNode).params as Pattern[]) this.give(parameter, [callee, ...beside]);
    }
  }

  /** What the code of an expression asks of variables: most searches in a bundle come by most of its code. */
  askedOf(node: AnyNode): readonly Asked[] {
    let known = this.asked.get(node);
    if (!known) this.asked.set(node, (known = this.readIn(node)));
    return known;
  }

  private readIn(node: AnyNode): readonly Asked[] {
    const asked: Asked[] = [];
    const seen = new Map<Name, Set<string>>();
    walk(node, (inner, parents) => {
      const name = inner.type === 'Identifier' ? this.variables.get(inner) : undefined;
      if (name === undefined) return;
      const path: string[] = [];
      let at: AnyNode = inner;
      for (const parent of parents.toReversed()) {
        const member = parent.type === 'MemberExpression' && parent.object === at ? memberOf(parent) : null;
        if (member === null || path.length === DEEPEST) {
          // A method has its object.
          if (parent.type === 'CallExpression' && parent.callee === at && !this.usesNoThis(path.at(-1))) path.pop();
          break;
        }
        path.push(member);
        at = parent;
      }
      const texts = seen.get(name) ?? new Set();
      const text = path.join('.');
      if (!texts.has(text)) asked.push([name, path]);
      seen.set(name, texts.add(text));
    });
    return asked;
  }

  /** Whether all that objects are given as a method of that name are functions which do not use their object. */
  private usesNoThis(method: string | undefined): boolean {
    if (method === undefined) return false;
    let known = this.free.get(method);
    if (known === undefined) this.free.set(method, (known = this.areFree(this.byMember.get(method) ?? [])));
    return known;
  }

  private areFree(methods: readonly AnyNode[]): boolean {
    const isFree = (value: AnyNode): boolean => {
      if (isFunctionNode(value)) return !mentionsThis(value);
      const name = value.type === 'Identifier' ? this.variables.get(value) : undefined;
      const given = (name !== undefined && this.byName.get(name)) || [];
      return given.length > 0 && given.every((one) => one.member !== null || (isFunctionNode(one.value) && !mentionsThis(one.value)));
    };
    return methods.length > 0 && methods.every(isFree);
  }

  private give(target: AnyNode, values: readonly AnyNode[], member: string | null = null, isSame = false): void {
    for (const name of this.namesIn(target)) {
      const given = this.byName.get(name) ?? [];
      given.push(...values.map((value) => ({ value, member, isSame })));
      this.byName.set(name, given);
    }
  }

  /** What a method of `object` is given. Those of `Object` give it to their first argument, and what else the language has keeps nothing. */
  private putBy(object: AnyNode, values: readonly AnyNode[]): void {
    const name = object.type === 'Identifier' ? object.name : '';
    if (name !== 'Object' && name !== 'Reflect') {
      if (!/^(JSON|Math|Number|String|Array|Buffer|Symbol)$/.test(name)) this.put(object, values);
      return;
    }
    const [target, ...rest] = values;
    if (target) this.give(rootOf(target), rest);
  }

  /** What an object is given, by the member of the variable that leads to it. */
  private put(target: AnyNode, values: readonly AnyNode[]): void {
    const members: (string | null)[] = [];
    for (let node = target; node.type === 'MemberExpression'; node = node.object as AnyNode) {
      members.push(memberOf(node));
      const name = members.at(-1)!;
      if (name !== null) this.byMember.set(name, [...(this.byMember.get(name) ?? []), ...values]);
    }
    // What is further inside is found by the name of its member.
    if (rootOf(target).type !== 'NewExpression') this.give(rootOf(target), values, members.at(-1) ?? null, members.length <= 1);
  }

  private namesIn(node: AnyNode): Set<Name> {
    const names = new Set<Name>();
    walk(node, (inner) => {
      const name = this.variables.get(inner);
      if (name !== undefined) names.add(name);
    });
    return names;
  }
}

/** One search. */
class Sources {
  private readonly within: Giving;
  private readonly found = new Set<AnyNode>();
  private readonly followed = new Map<Name, Set<string>>();
  private readonly followedMembers = new Map<string, Set<string>>();
  /** What variables are given, yet to be followed: in a bundle one leads to the next, further than the stack reaches. */
  private readonly demanded: (readonly [AnyNode, Path])[] = [];

  constructor(within: Giving) {
    this.within = within;
  }

  of(value: AnyNode): AnyNode[] {
    this.follow(value, []);
    for (let next = this.demanded.pop(); next; next = this.demanded.pop()) this.follow(...next);
    return [...this.found];
  }

  /** `path`: only what is found there, member by member, in whatever the value leads to. */
  private follow(node: AnyNode, path: Path): void {
    const [member, ...inner] = path;
    if (member === undefined) {
      this.followWhole(node);
      return;
    }
    switch (node.type) {
      case 'Identifier':
        this.found.add(node);
        this.demand(this.within.variables.get(node), path);
        return;
      case 'MemberExpression': {
        const outer = memberOf(node);
        if (outer === null || path.length === DEEPEST) this.followWhole(node);
        else this.follow(node.object as AnyNode, [outer, ...path]);
        return;
      }
      case 'ObjectExpression':
        for (const property of node.properties)
          if (property.type === 'SpreadElement') this.follow(property.argument, path);
          else if (property.computed) this.follow(property.value, []);
          else if (keyOf(property.key) === member) this.follow(property.value, inner);
        return;
      case 'ArrayExpression':
        for (const element of node.elements) if (element) this.follow(element.type === 'SpreadElement' ? element.argument : element, path);
        return;
      case 'ConditionalExpression':
        this.follow(node.consequent, path);
        this.follow(node.alternate, path);
        return;
      case 'LogicalExpression':
        this.follow(node.left, path);
        this.follow(node.right, path);
        return;
      // What has no members but those that it is given somewhere, as `put` has it.
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'Literal':
      case 'TemplateLiteral':
      case 'BinaryExpression':
      case 'UnaryExpression':
      case 'UpdateExpression':
        return;
      default:
        this.follow(node, []);
    }
  }

  private followWhole(node: AnyNode): void {
    if (this.found.has(node)) return;
    this.found.add(node);
    for (const [name, path] of this.within.askedOf(node)) this.demand(name, path);
  }

  private demand(name: Name | undefined, path: Path): void {
    if (name === undefined) return;
    const [member, ...inner] = path;
    if (isAnew(this.followed, name, path))
      for (const given of this.within.byName.get(name) ?? [])
        if (member === undefined) this.demanded.push([given.value, []]);
        else if (given.member === member) this.demanded.push([given.value, given.isSame ? inner : []]);
        else if (given.member === null) this.demanded.push([given.value, given.isSame ? path : []]);
    if (member !== undefined && isAnew(this.followedMembers, member, inner))
      for (const value of this.within.byMember.get(member) ?? []) this.demanded.push([value, inner]);
  }
}

/** Notes that `path` is followed; false where it has been, or all that there is. */
function isAnew<K>(followed: Map<K, Set<string>>, key: K, path: Path): boolean {
  const known = followed.get(key) ?? new Set();
  const text = path.join('.');
  if (known.has('') || known.has(text)) return false;
  followed.set(key, known.add(text));
  return true;
}

const isName = (left: AnyNode): boolean =>
  (left.type === 'VariableDeclaration' ? (left.declarations[0]!.id as AnyNode) : left).type === 'Identifier';

const memberOf = (node: AnyNode & { readonly type: 'MemberExpression' }): string | null => (node.computed ? null : keyOf(node.property));

function keyOf(key: AnyNode): string | null {
  if (key.type === 'Identifier') return key.name;
  return key.type === 'Literal' ? String(key.value) : null;
}

function mentionsThis(node: AnyNode): boolean {
  let found = false;
  walk(node, (inner) => {
    found ||= inner.type === 'ThisExpression';
    return !found;
  });
  return found;
}
