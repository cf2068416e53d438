/**
 * The shape of a function: its code with the names of variables left out, and a nested function as one word that stands
 * for that one's shape. Two functions of one shape differ at most in which variables they mean.
 */
import type { AnyNode, Identifier, Property } from 'acorn';
import { holdersIn, isNode } from '../source/children.ts';
import type { Binding, FunctionInfo, ModuleModel, Scope } from '../source/model.ts';
import { touchedBy } from './standing.ts';
import { isFunctionNode, walk } from './walk.ts';

/** Numbers for what is written, the same for both versions. */
export class Words {
  private readonly numbers = new Map<string, number>();

  of(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) this.numbers.set(text, (number = this.numbers.size));
    return number;
  }
}

/** What is said of a node besides the nodes in it. */
const FLAGS = ['operator', 'kind', 'computed', 'static', 'async', 'generator', 'prefix', 'optional', 'delegate', 'await'];

export interface Shape {
  /** The function, or the program. */
  readonly node: AnyNode;
  readonly words: readonly number[];
  /** By position in `words`: the identifier that is left out there, or the shape of the nested function. */
  readonly names: ReadonlyMap<number, Identifier>;
  readonly inner: ReadonlyMap<number, Shape>;
  /** Equal for functions of one shape. */
  readonly id: number;
}

/** Whether nobody but the code of the module knows its name. */
export function isFree(binding: Binding): boolean {
  return binding.kind !== 'implicit' && binding.kind !== 'arguments' && binding.declarations.length > 0 && !binding.scope.evalVisible;
}

/** The variable that each identifier of a module means, where its name can be another. */
export function meanings(model: ModuleModel): ReadonlyMap<AnyNode, Binding> {
  const found = new Map<AnyNode, Binding>();
  const scopes = scopesOf(model);
  const fixed = fixedNames(model, scopes);
  for (const scope of scopes)
    for (const binding of scope.bindings.values()) {
      const own = twinOf(binding);
      if (!isFree(own) || fixed.has(own)) continue;
      for (const id of binding.declarations) found.set(id, own);
      for (const { node } of binding.references) found.set(node, own);
    }
  return found;
}

/** A class declaration binds its name around it and within: the one around it stands for both. */
export function twinOf(binding: Binding): Binding {
  const { kind, scope, name } = binding;
  if (kind !== 'class' || scope.kind !== 'class' || scope.node.type !== 'ClassDeclaration') return binding;
  return scope.parent!.bindings.get(name) ?? binding;
}

/** Scopes that bind anything, outer ones first. */
export function scopesOf(model: ModuleModel): ReadonlySet<Scope> {
  const scopes = new Set<Scope>();
  const add = (scope: Scope | null): void => {
    if (!scope || scopes.has(scope)) return;
    add(scope.parent);
    scopes.add(scope);
  };
  for (const fn of model.functions) {
    add(fn.scope);
    add(fn.body);
  }
  for (const cls of model.classes) add(cls.scope);
  for (const { scope } of model.references) add(scope);
  return scopes;
}

/** Exported where they are declared, and the two variables that a function in a block of sloppy code is. */
function fixedNames(model: ModuleModel, scopes: ReadonlySet<Scope>): Set<Binding> {
  const fixed = new Set<Binding>();
  for (const statement of model.program.body) {
    if (statement.type !== 'ExportNamedDeclaration' || !statement.declaration) continue;
    for (const binding of model.scope.bindings.values())
      if (binding.declarations.some((id) => id.start >= statement.start && id.end <= statement.end)) fixed.add(binding);
  }
  const doubled = new Map<FunctionInfo, Set<string>>();
  for (const scope of scopes)
    for (const { kind, name, declarations } of scope.bindings.values())
      if (kind === 'var' && declarations.length === 0) doubled.set(scope.fn, (doubled.get(scope.fn) ?? new Set()).add(name));
  for (const scope of scopes)
    for (const name of doubled.get(scope.fn) ?? []) {
      const binding = scope.bindings.get(name);
      if (binding) fixed.add(binding);
    }
  return fixed;
}

export class ShapeReader {
  private readonly words: Words;
  private readonly meaning: ReadonlyMap<AnyNode, Binding>;
  /** By the node of the function. */
  readonly shapes = new Map<AnyNode, Shape>();
  /** What each variable is given where it is declared, or what it is taken from. */
  readonly values = new Map<AnyNode, AnyNode | null>();
  /** Names in whose objects something may be put. */
  readonly touched = new Set<AnyNode>();

  constructor(words: Words, meaning: ReadonlyMap<AnyNode, Binding>) {
    this.words = words;
    this.meaning = meaning;
  }

  read(node: AnyNode): Shape {
    const writer = new Writer(this, this.words, this.meaning);
    writer.parts(node);
    const shape: Shape = {
      node,
      words: writer.out,
      names: writer.names,
      inner: writer.inner,
      id: this.words.of(`shape ${writer.out.join()}`),
    };
    this.shapes.set(node, shape);
    return shape;
  }

  /** The words of a value, whatever the functions within it are. */
  frame(value: AnyNode): string {
    const writer = new Writer(this, this.words, this.meaning);
    writer.node(value);
    return writer.out.map((word, at) => (writer.inner.has(at) ? 'function' : word)).join();
  }
}

class Writer {
  readonly out: number[] = [];
  readonly names = new Map<number, Identifier>();
  readonly inner = new Map<number, Shape>();
  private readonly reader: ShapeReader;
  private readonly words: Words;
  private readonly meaning: ReadonlyMap<AnyNode, Binding>;

  constructor(reader: ShapeReader, words: Words, meaning: ReadonlyMap<AnyNode, Binding>) {
    this.reader = reader;
    this.words = words;
    this.meaning = meaning;
  }

  private put(text: string): void {
    this.out.push(this.words.of(text));
  }

  private name(id: AnyNode & { readonly name: string }): void {
    if (this.meaning.has(id)) {
      this.names.set(this.out.length, id as Identifier);
      this.put('name');
    } else this.put(`= ${id.name}`);
  }

  node(node: AnyNode): void {
    switch (node.type) {
      case 'Identifier':
        this.name(node);
        return;
      case 'Literal':
        this.put(
          node.regex ? `/${node.regex.pattern}/${node.regex.flags}` : `${typeof node.value} ${node.bigint ?? JSON.stringify(node.value)}`,
        );
        return;
      case 'TemplateElement':
        this.put(`text ${node.value.raw}`);
        return;
      case 'PrivateIdentifier':
        this.put(`#${node.name}`);
        return;
      case 'Property':
        this.property(node as Property);
        return;
      case 'VariableDeclarator':
        walk(node.id, (id) => void this.reader.values.set(id, node.init ?? null));
        break;
      case 'BreakStatement':
      case 'ContinueStatement':
        this.put(`${node.type} ${node.label ? 'label' : ''}`);
        return;
      case 'LabeledStatement':
        this.put('labelled');
        this.node(node.body);
        return;
      case 'ImportSpecifier':
        this.put(`import ${nameOf(node.imported)}`);
        this.name(node.local);
        return;
      case 'ExportSpecifier':
        if (node.local.type === 'Identifier') this.name(node.local);
        this.put(`export ${nameOf(node.exported)}`);
        return;
      default:
        break;
    }
    if (isFunctionNode(node)) {
      const shape = this.reader.read(node);
      this.inner.set(this.out.length, shape);
      this.put(`${node.type === 'FunctionDeclaration' ? 'declared' : 'function'} ${shape.id}`);
      return;
    }
    this.parts(node);
  }

  /** A shorthand is only another way to write it. */
  private property(node: Property): void {
    this.put(`Property ${node.kind} ${node.method}`);
    if (node.computed) this.node(node.key);
    else if (node.key.type === 'Identifier') this.put(`= ${node.key.name}`);
    else this.node(node.key);
    this.node(node.value);
  }

  parts(node: AnyNode): void {
    for (const id of touchedBy(node)) this.reader.touched.add(id);
    const holder = node as unknown as Record<string, unknown>;
    let head: string = node.type;
    for (const flag of FLAGS) if (holder[flag] !== undefined && holder[flag] !== false) head += ` ${JSON.stringify(holder[flag])}`;
    this.put(node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' ? head.replace(node.type, 'Function') : head);
    for (const key of holdersIn(node)) {
      if (key === 'id' && node.type === 'FunctionDeclaration') continue;
      const value = holder[key];
      if (Array.isArray(value)) {
        this.put('[');
        for (const item of value) {
          if (isNode(item)) this.node(item);
          else this.put('-');
        }
        this.put(']');
      } else if (isNode(value)) this.node(value);
      else if (value === null) this.put('-');
    }
  }
}

function nameOf(node: AnyNode): string {
  return node.type === 'Identifier' ? node.name : String((node as { value?: unknown }).value);
}
