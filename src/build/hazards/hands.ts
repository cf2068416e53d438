/**
 * Whether functions that have changed have a hand in a text that is made into code: the values that it comes from, the
 * functions that they call, in other modules too, and so on. Followed as far as names that the text binds tell: a method
 * of an object that somebody else made is looked for among what has changed, by its name, where that object is `this`.
 */
import type { AnyNode, MemberExpression } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { requireOf } from '../version/forms/items.ts';
import { importsOf } from '../version/modules/imports.ts';
import type { Import } from '../version/modules/imports.ts';
import type { Side } from '../version/side.ts';
import { isFunctionNode, rootOf, walk } from '../version/program/walk.ts';
import { askedIn, modulesAt } from './bundle-help.ts';

/** The modules of the old version. */
export interface HandSources {
  side(file: string): Promise<Side | null>;
  resolve(file: string, specifier: string): string | null;
  /** The functions that are not what they were, by file and path. */
  readonly changed: ReadonlyMap<string, ReadonlySet<string>>;
  /** The files whose code may meet the objects of `file`: those that one module leads to that leads to it as well. */
  around(file: string): Promise<ReadonlySet<string>>;
}

/** What of the file itself that a text is made in may have a hand in it. */
export interface OwnHands {
  /** The paths of its functions that count as changed. */
  readonly functions: ReadonlySet<string>;
  /** Whether what has changed elsewhere is only followed, and not looked for by its names. */
  readonly beyond: boolean;
  /** What of it may have to do with the text. */
  readonly isNear: (node: AnyNode) => boolean;
}

/** What compilers bring along to make classes and objects: it changes with the compiler, and has no hand in a text. */
const HELPER =
  /^_{1,2}(createClass|defineProperties|defineProperty|inherits(Loose)?|setPrototypeOf|getPrototypeOf|classCallCheck|possibleConstructorReturn|assertThisInitialized|toPropertyKey|toPrimitive|extends|assign)$/;

/** One module, and what its variables and properties are given anywhere in it. */
interface HandFile {
  readonly name: string;
  readonly side: Side;
  readonly imports: ReadonlyMap<Binding, Import>;
  /** By where the identifier stands that is declared, assigned, or the root of what is assigned. */
  readonly given: ReadonlyMap<number, readonly AnyNode[]>;
  /** The same of what an object pattern takes by a name. */
  readonly parts: ReadonlyMap<number, { readonly of: AnyNode; readonly key: string }>;
  /** By the name of the property. */
  readonly members: ReadonlyMap<string, readonly AnyNode[]>;
  /** What it puts on `this`, by the name of the property. */
  readonly onThis: ReadonlyMap<string, readonly AnyNode[]>;
  /** What the module gives away as a whole. */
  readonly whole: readonly AnyNode[];
  /** Modules that it passes on, as `export *` does. */
  readonly passed: readonly string[];
}

export class Hands {
  private readonly sources: HandSources;
  private readonly files = new Map<string, Promise<HandFile | null>>();
  private readonly names = new Map<string, Promise<ReadonlySet<string>>>();

  constructor(sources: HandSources) {
    this.sources = sources;
  }

  /** Whether what `nodes` of `file` are computed from leads to a function that has changed, in another file or one of its `own`. */
  reachChanged(file: string, nodes: readonly AnyNode[], own: OwnHands): Promise<boolean> {
    return new Reach(this, this.sources, file, own).from(nodes);
  }

  file(name: string): Promise<HandFile | null> {
    let found = this.files.get(name);
    if (!found) this.files.set(name, (found = this.sources.side(name).then((side) => side && indexed(name, side))));
    return found;
  }

  /** The names of properties in the functions of a file that have changed. */
  namesIn(name: string): Promise<ReadonlySet<string>> {
    let found = this.names.get(name);
    if (!found) this.names.set(name, (found = this.findNames(name)));
    return found;
  }

  private async findNames(name: string): Promise<ReadonlySet<string>> {
    const side = await this.sources.side(name);
    return side ? namesOf(changedIn(side, this.sources.changed.get(name))) : new Set();
  }
}

class Reach {
  private readonly hands: Hands;
  private readonly sources: HandSources;
  private readonly queue: (readonly [HandFile, AnyNode])[] = [];
  private readonly seen = new Set<AnyNode | string>();
  /** Properties of other modules, by file, that are still to be looked up; '' the whole of it. */
  private readonly wanted: (readonly [file: string, key: string])[] = [];
  /** Names of what other modules may have put on `this`. */
  private readonly foreign = new Set<string>();
  private isChanged = false;
  private readonly name: string;
  private readonly own: OwnHands;

  constructor(hands: Hands, sources: HandSources, name: string, own: OwnHands) {
    this.hands = hands;
    this.sources = sources;
    this.name = name;
    this.own = own;
  }

  async from(nodes: readonly AnyNode[]): Promise<boolean> {
    const file = await this.hands.file(this.name);
    if (!file) return true;
    for (const node of nodes) this.add(file, node);
    await this.follow();
    if (this.isChanged || this.foreign.size === 0) return this.isChanged;
    const near = await this.sources.around(this.name);
    // What others put on `this` may have put more there.
    for (let known = 0; known < this.foreign.size && !this.isChanged; await this.follow()) {
      known = this.foreign.size;
      for (const name of near) await this.lookOnThis(name);
    }
    // By its names alone, what has changed is only looked for where the module leads to some of it.
    const named = namesOf(changedIn(file.side, this.own.functions));
    this.isChanged ||= this.own.beyond && [...this.foreign].some((key) => named.has(key));
    for (const changed of this.own.beyond ? [] : this.sources.changed.keys()) {
      if (this.isChanged) break;
      const names = changed === this.name || !near.has(changed) ? new Set<string>() : await this.hands.namesIn(changed);
      this.isChanged = [...this.foreign].some((key) => names.has(key));
    }
    return this.isChanged;
  }

  private async follow(): Promise<void> {
    while (!this.isChanged) {
      const next = this.queue.pop();
      if (next) {
        this.look(...next);
        continue;
      }
      const asked = this.wanted.pop();
      if (!asked) break;
      await this.lookUp(...asked);
    }
  }

  private async lookOnThis(name: string): Promise<void> {
    const file = await this.hands.file(name);
    for (const key of file ? this.foreign : []) for (const value of file!.onThis.get(key) ?? []) this.add(file!, value);
  }

  private add(file: HandFile, node: AnyNode): void {
    if (this.seen.has(node)) return;
    this.seen.add(node);
    if (file.name !== this.name || this.own.isNear(node)) this.queue.push([file, node]);
  }

  private want(file: HandFile, source: string, key: string): void {
    const target = this.sources.resolve(file.name, source);
    if (target === null || this.seen.has(`${target} ${key}`)) return;
    this.seen.add(`${target} ${key}`);
    this.wanted.push([target, key]);
  }

  private async lookUp(name: string, key: string): Promise<void> {
    const file = await this.hands.file(name);
    if (!file) return;
    const own = file.members.get(key);
    for (const value of own ?? []) this.add(file, value);
    if (own) return;
    for (const value of file.whole) {
      const required = requireOf(value);
      if (required !== null) this.want(file, required.source, key);
      else this.add(file, value);
    }
    for (const source of file.passed) this.want(file, source, key);
    if (key === '' && file.whole.length === 0)
      for (const values of file.members.values()) for (const value of values) this.add(file, value);
  }

  private look(file: HandFile, root: AnyNode): void {
    const { side } = file;
    const changed = file.name === this.name ? this.own.functions : this.sources.changed.get(file.name);
    walk(root, (node, parents) => {
      const parent = parents.at(-1);
      const asked = side.inBundle.asked(node);
      if (asked) {
        this.lookInBundle(file, asked.module, asked.imported === '*' ? '' : asked.imported);
        return false;
      }
      if (isFunctionNode(node)) {
        const fn = side.fnAt.get(node);
        if (fn && changed?.has(fn.path) && !isHelper(fn.path)) this.isChanged = true;
        if (fn && side.plan.handleOf.get(fn)?.kind === 'wrapper' && parent?.type === 'CallExpression') {
          // It ran once, as the module loaded: what it made is reached, and not what it did to make it.
          for (const inner of fn.children) this.add(file, inner.node as AnyNode);
          return false;
        }
      } else if (node.type === 'MemberExpression') this.lookAtMember(file, node, parent);
      else if (node.type === 'Identifier') this.lookAtName(file, node, parent);
      else {
        const required = requireOf(node);
        if (required !== null) this.want(file, required.source, parent?.type === 'MemberExpression' ? (keyOf(parent) ?? '') : '');
      }
      return !this.isChanged;
    });
  }

  /** The same as `lookUp`, of a module in the bundle that `file` is. */
  private lookInBundle(file: HandFile, module: FunctionInfo, key: string): void {
    const asking = `${file.name} ${module.node.start} ${key}`;
    if (this.seen.has(asking)) return;
    this.seen.add(asking);
    const own = membersIn(file, key, module.node as AnyNode);
    for (const value of own ?? []) this.add(file, value);
    if (own) return;
    const whole = file.whole.filter((value) => modulesAt(file.side)(value) === module);
    for (const value of whole) {
      const asked = file.side.inBundle.asked(value);
      if (asked?.imported === '*') this.lookInBundle(file, asked.module, key);
      else this.add(file, value);
    }
    if (whole.length > 0) return;
    // What it gives away in a way of its own, or passes on of others.
    for (const inner of module.children) this.add(file, inner.node as AnyNode);
    for (const asked of askedIn(file.side, module)) this.lookInBundle(file, asked, key);
  }

  private lookAtName(file: HandFile, id: AnyNode & { type: 'Identifier' }, parent: AnyNode | undefined): void {
    const binding = file.side.refAt(id)?.binding;
    if (!binding || binding.kind === 'param') return;
    const known = file.imports.get(binding);
    if (known) {
      const isPart = parent?.type === 'MemberExpression' && parent.object === id;
      if (known.imported !== '*' && known.imported !== 'default') this.want(file, known.source, known.imported);
      else this.want(file, known.source, isPart ? (keyOf(parent) ?? '') : '');
      return;
    }
    const module = file.side.inBundle.moduleOfName(binding);
    if (module) {
      this.lookInBundle(file, module, parent?.type === 'MemberExpression' && parent.object === id ? (keyOf(parent) ?? '') : '');
      return;
    }
    for (const at of binding.declarations) {
      const part = file.parts.get(at.start);
      const asked = part && file.side.inBundle.asked(part.of);
      if (asked?.imported === '*') this.lookInBundle(file, asked.module, part!.key);
      else for (const value of file.given.get(at.start) ?? []) this.add(file, value);
    }
    const key = parent?.type === 'MemberExpression' && parent.object === id ? keyOf(parent) : null;
    const parts = key === null || key === 'prototype' ? null : membersIn(file, key, id);
    for (const value of parts ?? []) this.add(file, value);
    // Of an object of which a part is taken by its name, the others are of no interest.
    if (parts || binding.name === 'exports') return;
    for (const { node } of binding.references) for (const value of file.given.get(node.start) ?? []) this.add(file, value);
  }

  private lookAtMember(file: HandFile, node: MemberExpression, parent: AnyNode | undefined): void {
    if (node.object.type !== 'ThisExpression') return;
    const part = parent?.type === 'MemberExpression' && parent.object === node ? keyOf(parent) : null;
    // Of what is kept on `this`, the part that is taken; a text and an array are taken as they are.
    const key = part !== null && !(part in String.prototype) && !(part in Array.prototype) ? part : keyOf(node);
    if (key === null) return;
    const own = membersIn(file, key, node);
    // A literal that only hands a variable on under that name says nothing of what `this` holds.
    if (!own?.some(({ type }) => type !== 'Identifier')) this.foreign.add(key);
    for (const value of own ?? []) this.add(file, value);
  }
}

/** What properties of a name are given in the file, or, where `node` stands in a module of a bundle, in that; null where nothing is. */
function membersIn({ members, side }: HandFile, key: string, node: AnyNode): readonly AnyNode[] | null {
  const at = modulesAt(side);
  const module = at(node);
  const own = (members.get(key) ?? []).filter((value) => at(value) === module);
  return own.length > 0 ? own : null;
}

function changedIn(side: Side, paths: ReadonlySet<string> | undefined): FunctionInfo[] {
  return side.model.functions.filter((fn) => paths?.has(fn.path) && !isHelper(fn.path));
}

/** The names by which functions go, and those of the properties in them. */
function namesOf(functions: readonly FunctionInfo[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const fn of functions) {
    names.add(fn.path.slice(Math.max(fn.path.lastIndexOf('#'), fn.path.lastIndexOf('.')) + 1));
    walk(fn.node as AnyNode, (node) => {
      if (node.type === 'MemberExpression') names.add(keyOf(node) ?? '');
      else if (node.type === 'Property' && node.key.type === 'Identifier') names.add(node.key.name);
    });
  }
  return names;
}

function isHelper(path: string): boolean {
  return path.split('/').some((part) => HELPER.test(part));
}

function indexed(name: string, side: Side): HandFile {
  const given = new Map<number, AnyNode[]>();
  const parts = new Map<number, { readonly of: AnyNode; readonly key: string }>();
  const members = new Map<string, AnyNode[]>();
  const onThis = new Map<string, AnyNode[]>();
  const whole: AnyNode[] = [];
  const passed: string[] = [];
  const put = <K>(map: Map<K, AnyNode[]>, key: K, value: AnyNode): void => {
    const known = map.get(key);
    if (known) known.push(value);
    else map.set(key, [value]);
  };
  const assign = (target: AnyNode, value: AnyNode): void => {
    const root = rootOf(target);
    if (root.type === 'Identifier') put(given, root.start, value);
    if (target.type !== 'MemberExpression') return;
    const key = keyOf(target);
    if (key !== null) put(members, key, value);
    if (key !== null && target.object.type === 'ThisExpression') put(onThis, key, value);
    if (key === 'exports' && root.type === 'Identifier' && isModuleObject(side, root)) whole.push(value);
  };
  walk(side.model.program, (node) => {
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
        if (node.id) put(given, node.id.start, node);
        break;
      case 'VariableDeclarator':
        if (node.init) for (const id of identifiersOf(node.id)) put(given, id.start, node.init);
        for (const own of node.init && node.id.type === 'ObjectPattern' ? node.id.properties : [])
          if (own.type === 'Property' && own.value.type === 'Identifier' && !own.computed && own.key.type === 'Identifier')
            parts.set(own.value.start, { of: node.init!, key: own.key.name });
        break;
      case 'AssignmentExpression':
        assign(node.left, node.right);
        break;
      case 'CallExpression': {
        // `inherits(A, B)` and `Object.assign(A.prototype, methods)`.
        const [first, ...rest] = node.arguments;
        const root = first && rootOf(first);
        if (root?.type === 'Identifier') for (const value of rest) put(given, root.start, value);
        break;
      }
      case 'Property':
      case 'MethodDefinition':
      case 'PropertyDefinition':
        if (node.value && !node.computed && node.key.type === 'Identifier') put(members, node.key.name, node.value);
        break;
      case 'ExportNamedDeclaration': {
        const { declaration, source, specifiers } = node;
        if (source) passed.push(String(source.value));
        if (declaration?.type === 'VariableDeclaration')
          for (const { id, init } of declaration.declarations) if (init) for (const own of identifiersOf(id)) put(members, own.name, init);
        if (declaration && 'id' in declaration) put(members, declaration.id.name, declaration);
        for (const { local, exported } of source ? [] : specifiers) if (exported.type === 'Identifier') put(members, exported.name, local);
        break;
      }
      case 'ExportAllDeclaration':
        passed.push(String(node.source.value));
        break;
      case 'ExportDefaultDeclaration':
        whole.push(node.declaration);
        put(members, 'default', node.declaration);
        break;
      default:
        break;
    }
  });
  return { name, side, given, parts, members, onThis, whole, passed, imports: importsOf(side) };
}

function keyOf({ property, computed }: MemberExpression): string | null {
  if (!computed) return property.type === 'Identifier' || property.type === 'PrivateIdentifier' ? property.name : null;
  return property.type === 'Literal' ? String(property.value) : null;
}

/** `module`, also by the name that a bundler gives it in a module of the bundle. */
function isModuleObject(side: Side, id: AnyNode & { type: 'Identifier' }): boolean {
  const binding = id.name === 'module' ? null : side.refAt(id)?.binding;
  return id.name === 'module' || (binding?.kind === 'param' && side.plan.bundled.has(binding.scope.fn));
}

function identifiersOf(pattern: AnyNode): (AnyNode & { type: 'Identifier' })[] {
  const found: (AnyNode & { type: 'Identifier' })[] = [];
  walk(pattern, (node) => {
    if (node.type === 'Identifier') found.push(node);
  });
  return found;
}
