/**
 * Properties that the old top level gave to objects and nothing in the new version does, as far as its text tells: they are
 * taken off when the transition is complete, and a revert puts back what was there.
 */
import type { AnyNode, CallExpression, MemberExpression, NewExpression } from 'acorn';
import { keyName, memberText } from '../../../source/paths.ts';
import type { Binding } from '../../../source/model.ts';
import type { Assigned, Named } from '../../version/forms/items.ts';
import { outlivedIn } from '../../version/values/outlived.ts';
import type { Side } from '../../version/side.ts';
import { memberName } from '../../version/program/member-name.ts';
import { removal } from '../tables/tables.ts';
import type { TopDiff } from '../top.ts';
import { isClassNode, isFunctionNode, rootOf, walk } from '../../version/program/walk.ts';
import { askedOnce } from '../../version/program/asked-once.ts';

/** What the old top level put on an object. */
export interface Put {
  readonly key: string;
  readonly owner: AnyNode;
  readonly name: string;
  readonly value: AnyNode;
  readonly node: AnyNode;
}

export class Removals {
  private readonly top: TopDiff;

  constructor(top: TopDiff) {
    this.top = top;
  }

  takeAssigned({ key, target, value, node, defines, getter, flags, again, onPrototype }: Assigned): boolean {
    if (defines !== null)
      return again && !getter && !flags && !onPrototype && this.take({ key, owner: target, name: defines, value, node });
    const name = target.type === 'MemberExpression' ? memberName(target) : null;
    return name !== null && this.take({ key, owner: (target as MemberExpression).object, name, value, node });
  }

  /** What a variable was given was given to `target` too. */
  takeTarget(target: MemberExpression, { value, node }: Named): boolean {
    const name = memberName(target);
    if (name === null || value === null) return false;
    const { text } = this.top.ctx.base.model;
    return this.take({ key: text.slice(target.start, target.end), owner: target.object, name, value, node });
  }

  /** Takes it off the object; false where it has to stay. */
  take({ key, owner, name, value, node }: Put): boolean {
    const { top } = this;
    const successor = this.successor(owner);
    const text = memberText(owner);
    if (successor === null || text === undefined || /\[\]|#/.test(text) || top.tables.changes.has(key)) return false;
    const isPut = putsOf(top.ctx.next).mayPut(successor, text, name) || top.ctx.around.putsBeside(name);
    const change = isPut ? null : removal(top, owner, name, value, node);
    if (change === null) return false;
    top.tables.changes.set(key, { changes: [change], optional: true, depth: 1 });
    top.ctx.resolver.unseenPaths.add(`${text}.${name}`);
    top.ctx.log.add(
      'property-removed',
      top.ctx.base,
      node,
      key,
      'it is taken off when the transition is complete: who has taken it from the object before keeps it',
    );
    return true;
  }

  /** The variable of the new version that `owner` starts with, where its object is one that the module itself made, or its exports. */
  private successor(owner: AnyNode): Binding | null {
    const { top } = this;
    const root = rootOf(owner);
    const binding = root.type === 'Identifier' ? top.ctx.base.refAt(root)?.binding : undefined;
    if (!binding || outlivedIn(owner, top.ctx.base, top.baseFn) !== null) return null;
    if (binding.kind === 'implicit') return top.ctx.next.model.root.scope.bindings.get(binding.name) ?? null;
    const isOwn = binding === top.oldBinding(binding.name) && top.old.named.get(binding.name)?.source === null;
    return isOwn ? (top.bindingOf(binding.name) ?? null) : null;
  }
}

/** What functions and their prototypes have from the beginning: without an assignment it is another value, not none. */
const ITS_OWN = new Set(['prototype', 'constructor', 'name', 'length', 'arguments', 'caller', '__proto__']);
/** Say what an object inherits from, and put nothing of their own on its prototype. */
const INHERITS = /(^|\.)(_*inherits(Loose)?|__extends|setPrototypeOf)$/;
const READS = /^Object\.(freeze|seal|preventExtensions|keys|values|entries|getPrototypeOf|getOwnPropertyNames|getOwnPropertyDescriptor)$/;
const EXPORTS = 'exports';
const DEFINES = /^Object\.(defineProperty|defineProperties|assign)$/;

/** Each module in a bundle asks. */
const putsOf = askedOnce((side: Side): Puts => new Puts(side));

/** What the text of a module may put on objects, whenever it runs: under which names, and on which objects under any. */
class Puts {
  /** Names of members of classes, and of what has no name of its own. */
  private readonly names = new Set<string>();
  private readonly literals = new Set<string>();
  /** Objects to which the text assigns a name, by what it calls them. */
  private readonly assigned = new Map<string, Set<string>>();
  /** Objects, by what the text calls them, that get properties whose names it does not tell. */
  private readonly open = new Set<string>();
  private readonly groups = new Map<string, Set<string>>();
  private readonly bindings = new Map<AnyNode, Binding>();
  private readonly numbers = new Map<Binding, number>();

  constructor(side: Side) {
    for (const { node, binding } of side.model.references) {
      if (!binding) continue;
      this.bindings.set(node, binding);
      for (const id of binding.declarations) this.bindings.set(id, binding);
    }
    walk(side.model.program as AnyNode, (node, parents) => this.look(node, parents));
  }

  /** Whether it may put `name` on what begins with a variable and is called `owner`. */
  mayPut(root: Binding, owner: string, name: string): boolean {
    if (this.names.has(name) || ITS_OWN.has(name)) return true;
    if (this.open.has('this') && this.literals.has(name)) return true;
    const parts = this.called(root, owner).split('.');
    // What else a member stands for is only known where the text gives it its value.
    if (parts.length > 2 || (parts.length === 2 && parts[1] !== 'prototype' && !this.groups.has(parts.join('.')))) return true;
    // Who is given a function may put something on its prototype.
    const own = this.groupOf(parts.join('.'));
    // What is given to a function, and might come back from one, is open.
    const isOwner = (text: string): boolean =>
      (/^this$|\[\]|\.(?!prototype$)/.test(text) && !this.groups.has(text)) ||
      [...this.groupOf(text)].some((one) => own.has(one) || this.open.has(one));
    if ([...(this.assigned.get(name) ?? [])].some(isOwner)) return true;
    return parts.some((_, i) => [...this.groupOf(parts.slice(0, i + 1).join('.'))].some((text) => this.open.has(text)));
  }

  private look(node: AnyNode, parents: readonly AnyNode[]): void {
    switch (node.type) {
      case 'Literal':
        if (typeof node.value === 'string') this.literals.add(node.value);
        return;
      case 'MethodDefinition':
      case 'PropertyDefinition':
        this.names.add(keyName(node.key, node.computed));
        return;
      case 'VariableDeclarator':
        if (node.init && node.id.type === 'Identifier') this.join(node.id, node.init);
        return;
      case 'AssignmentExpression':
        this.written(node.left);
        this.join(node.left, node.right);
        return;
      case 'ForInStatement':
      case 'ForOfStatement':
        this.written(node.left);
        return;
      case 'CallExpression':
      case 'NewExpression':
        this.call(node, !parents.some(isFunctionNode));
    }
  }

  private written(target: AnyNode): void {
    if (target.type === 'ObjectPattern' || target.type === 'ArrayPattern')
      walk(target, (node) => node.type !== 'MemberExpression' || this.written(node) || false);
    if (target.type !== 'MemberExpression') return;
    const name = memberName(target);
    if (name === null) this.give(target.object);
    else this.assign(name, target.object);
  }

  private assign(name: string, object: AnyNode): void {
    const objects = this.standsFor(object);
    if (objects.length === 0) this.names.add(name);
    const known = this.assigned.get(name) ?? new Set();
    this.assigned.set(name, known);
    for (const text of objects) known.add(text);
  }

  /** A literal is made where it stands: its names are those of what it is given to. */
  private assignAll(object: AnyNode, value: AnyNode): void {
    walk(value, (node) => {
      if (node.type === 'Property') this.assign(keyName(node.key, node.computed), object);
      return !isFunctionNode(node) && !isClassNode(node);
    });
  }

  private call({ callee, arguments: given }: CallExpression | NewExpression, isTop: boolean): void {
    const text = memberText(callee) ?? '';
    if (READS.test(text) || INHERITS.test(text) || isHeir(callee, given)) return;
    const [object, ...values] = given;
    // What stands in literals has a name.
    if (object && DEFINES.test(text) && values.every(({ type }) => type === 'ObjectExpression' || type === 'Literal')) {
      for (const value of values) this.assignAll(object, value);
      if (values[0]?.type === 'Literal') this.assign(String(values[0].value), object);
    } else for (const argument of given) this.give(argument);
    if (!isTop) return;
    if (callee.type === 'MemberExpression') this.give(callee.object);
    if (given.some(({ type }) => type === 'ThisExpression')) this.open.add(EXPORTS);
  }

  private give(node: AnyNode): void {
    for (const text of this.standsFor(node)) this.open.add(text);
  }

  private join(target: AnyNode, value: AnyNode): void {
    const texts = [...this.standsFor(target), ...this.standsFor(value)];
    if (isOpen(value)) this.give(target);
    this.assignAll(target, value);
    const groups = [...new Set(texts.map((text) => this.groupOf(text)))];
    if (groups.length === 0) return;
    // The largest takes the others in: in a bundle one grows with each assignment.
    const all = groups.reduce((one, other) => (other.size > one.size ? other : one));
    for (const group of groups)
      for (const text of group) {
        all.add(text);
        this.groups.set(text, all);
      }
  }

  private groupOf(text: string): Set<string> {
    return this.groups.get(text) ?? new Set([text]);
  }

  /** What may be the value of an expression, as the text calls it, or be part of it. */
  private standsFor(node: AnyNode | null): string[] {
    switch (node?.type) {
      case 'Identifier':
      case 'MemberExpression':
      case 'ThisExpression': {
        const text = memberText(node);
        if (text === undefined) return [];
        const binding = this.bindings.get(rootOf(node));
        return [binding ? this.called(binding, text) : text];
      }
      case 'AssignmentExpression':
      case 'LogicalExpression':
        return [...this.standsFor(node.left), ...this.standsFor(node.right)];
      case 'ConditionalExpression':
        return [...this.standsFor(node.consequent), ...this.standsFor(node.alternate)];
      case 'SequenceExpression':
        return this.standsFor(node.expressions.at(-1)!);
      case 'ParenthesizedExpression':
        return this.standsFor(node.expression);
      case 'SpreadElement':
        return this.standsFor(node.argument);
      case 'ArrayExpression':
        return node.elements.flatMap((element) => this.standsFor(element));
      case 'ObjectExpression':
        return node.properties.flatMap((p) => this.standsFor(p.type === 'Property' ? p.value : p));
      default:
        return [];
    }
  }

  /** One name for each object: those of different variables differ, and the exports of a module have several. */
  private called(root: Binding, text: string): string {
    if (root.kind === 'implicit') return text.replace(/^module\.exports(?=\.|$)/, EXPORTS);
    let number = this.numbers.get(root);
    if (number === undefined) this.numbers.set(root, (number = this.numbers.size));
    return `${number} ${text}`;
  }
}

/** `Object.create(prototype)`, which has nothing of its own. */
const isHeir = (callee: AnyNode, given: readonly unknown[]): boolean => memberText(callee) === 'Object.create' && given.length === 1;

/** Whether the text does not tell the names of all properties that a value has when it is made. */
function isOpen(node: AnyNode): boolean {
  switch (node.type) {
    case 'CallExpression':
      return !isHeir(node.callee as AnyNode, node.arguments);
    case 'NewExpression':
    case 'AwaitExpression':
    case 'YieldExpression':
    case 'ImportExpression':
    case 'TaggedTemplateExpression':
      return true;
    case 'ObjectExpression':
      return node.properties.some((p) => p.type === 'SpreadElement' || (p.computed && p.key.type !== 'Literal'));
    case 'AssignmentExpression':
      return isOpen(node.right);
    case 'LogicalExpression':
      return isOpen(node.left) || isOpen(node.right);
    case 'ConditionalExpression':
      return isOpen(node.consequent) || isOpen(node.alternate);
    case 'SequenceExpression':
      return isOpen(node.expressions.at(-1)!);
    case 'ParenthesizedExpression':
    case 'ChainExpression':
      return isOpen(node.expression);
    default:
      return false;
  }
}
