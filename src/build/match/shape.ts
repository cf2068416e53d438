/**
 * The shape of a function: its code with the names of variables left out, and a nested function as one word that stands
 * for that one's shape. Two functions of one shape differ at most in which variables they mean.
 */
import type { AnyNode, Identifier, ObjectPattern, PrivateIdentifier, Property } from 'acorn';
import { holdersIn, isNode } from '../../source/children.ts';
import type { Meanings } from './meanings.ts';
import { touchedBy } from './standing.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';

/** A property, and what is written where it holds and where it does not. */
type Either = readonly [property: string, holds: string, otherwise: string];

const NOTHING: readonly string[] = [];

/**
 * Properties that are no nodes and belong to the code: of one that holds the name is written, of one that is a word the word.
 * Each word weighs in how alike two functions are, so a form that is as common as another has as many.
 */
const SAID: Readonly<Record<string, readonly (string | Either)[]>> = {
  FunctionDeclaration: ['async', 'generator'],
  FunctionExpression: ['async', 'generator'],
  ArrowFunctionExpression: ['async'],
  UnaryExpression: ['operator'],
  BinaryExpression: ['operator'],
  LogicalExpression: ['operator'],
  AssignmentExpression: ['operator'],
  UpdateExpression: ['operator', ['prefix', 'before', 'after']],
  VariableDeclaration: ['kind'],
  MemberExpression: ['optional'],
  CallExpression: ['optional'],
  MethodDefinition: ['kind', 'static', 'computed'],
  PropertyDefinition: ['static', 'computed'],
  ForOfStatement: ['await'],
  YieldExpression: ['delegate'],
};

/** Two types are one to whoever calls what they make, and one is two. */
function typeOf(node: AnyNode): string {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return 'Function';
    case 'MemberExpression':
      return node.computed ? 'Element' : node.type;
    default:
      return node.type;
  }
}

/** Numbers for what is written, the same for both versions: of the language, of names, of literals and of shapes. */
export class Words {
  private next = 0;
  private readonly syntax = new Map<string, number>();
  private readonly names = new Map<string, number>();
  private readonly literals = new Map<string, number>();
  private readonly telling = new Set<number>();
  private readonly shapes = new Map<string, number>();
  private readonly declarations = new Map<string, number>();

  of(text: string): number {
    return this.numberIn(this.syntax, text);
  }

  named(text: string): number {
    return this.tellingIn(this.names, text);
  }

  literal(text: string): number {
    return this.tellingIn(this.literals, text);
  }

  /** Whether a word says what code is about: a name that no minifier chose, or a literal. */
  tells(word: number): boolean {
    return this.telling.has(word);
  }

  /** One word, so that one declaration is not taken for another for being one; nor one for another that has a name of its own. */
  declared(shape: number, name: string | null): number {
    return this.numberIn(this.declarations, name === null ? String(shape) : `${shape} ${name}`);
  }

  /** Of two lists that differ it may be the same, if hardly ever. */
  shape(words: readonly number[]): number {
    let [a, b] = [0x811c9dc5, 0x9e3779b9];
    for (let i = 0; i < words.length; i++) {
      a = Math.imul(a ^ words[i]!, 0x01000193);
      b = Math.imul((b << 5) ^ (b >>> 27) ^ words[i]!, 0x85ebca6b);
    }
    return this.numberIn(this.shapes, `${a} ${b} ${words.length}`);
  }

  private tellingIn(map: Map<string, number>, text: string): number {
    const number = this.numberIn(map, text);
    this.telling.add(number);
    return number;
  }

  private numberIn(map: Map<string, number>, text: string): number {
    let number = map.get(text);
    if (number === undefined) map.set(text, (number = this.next++));
    return number;
  }
}

export interface Shape {
  /** The function, or the program. */
  readonly node: AnyNode;
  readonly words: readonly number[];
  /** Where in `words` an identifier is left out, and which; ascending. */
  readonly nameAt: readonly number[];
  readonly names: readonly Identifier[];
  /** The same of private names. */
  readonly privateAt: readonly number[];
  readonly privates: readonly PrivateIdentifier[];
  /** The same of the nested functions. */
  readonly innerAt: readonly number[];
  readonly inner: readonly Shape[];
  /** Equal for functions of one shape. */
  readonly id: number;
}

export class ShapeReader {
  readonly words: Words;
  readonly meanings: Meanings;
  /** By the node of the function. */
  readonly shapes = new Map<AnyNode, Shape>();
  /** What each variable is given where it is declared, or what it is taken from. */
  readonly values = new Map<AnyNode, AnyNode | null>();
  /** The property by which a variable is taken out of that, where it is one. */
  readonly takenBy = new Map<AnyNode, string>();
  /** Names in whose objects something may be put. */
  readonly touched = new Set<AnyNode>();
  /** Names in whose objects something is put. */
  readonly written = new Set<AnyNode>();

  constructor(words: Words, meanings: Meanings) {
    this.words = words;
    this.meanings = meanings;
  }

  read(node: AnyNode): Shape {
    const { words, nameAt, names, privateAt, privates, innerAt, inner } = new Writer(this).parts(node);
    const shape: Shape = { node, words, nameAt, names, privateAt, privates, innerAt, inner, id: this.words.shape(words) };
    this.shapes.set(node, shape);
    return shape;
  }

  /** The name by which a function is declared, where it tells the function from all others of the place. */
  nameOf(node: AnyNode): string | null {
    return node.type === 'FunctionDeclaration' && node.id && !this.meanings.of(node.id) ? node.id.name : null;
  }

  /** The words of a value, whatever the functions within it are. */
  frame(value: AnyNode): string {
    return this.framed(value).frame;
  }

  /** And the variables that it names, outside those functions. */
  framed(value: AnyNode): { readonly frame: string; readonly names: readonly Identifier[] } {
    const { words, innerAt, names } = new Writer(this).node(value);
    const left = new Set(innerAt);
    return { frame: words.map((word, at) => (left.has(at) ? 'function' : word)).join(), names };
  }
}

class Writer {
  readonly words: number[] = [];
  readonly nameAt: number[] = [];
  readonly names: Identifier[] = [];
  readonly privateAt: number[] = [];
  readonly privates: PrivateIdentifier[] = [];
  readonly innerAt: number[] = [];
  readonly inner: Shape[] = [];
  private readonly reader: ShapeReader;

  constructor(reader: ShapeReader) {
    this.reader = reader;
  }

  private put(text: string): void {
    this.words.push(this.reader.words.of(text));
  }

  private name(id: AnyNode & { readonly name: string }): void {
    if (this.reader.meanings.of(id)) {
      this.nameAt.push(this.words.length);
      this.names.push(id as Identifier);
      this.put('name');
    } else this.words.push(this.reader.words.named(id.name));
  }

  node(node: AnyNode): this {
    switch (node.type) {
      case 'Identifier':
        this.name(node);
        return this;
      case 'Literal':
        this.put(node.regex ? 'pattern' : typeof node.value);
        this.words.push(this.reader.words.literal(node.regex || node.bigint != null ? node.raw! : String(node.value)));
        return this;
      case 'TemplateElement':
        this.put('text');
        this.words.push(this.reader.words.literal(node.value.raw));
        return this;
      case 'PrivateIdentifier':
        this.put('#');
        if (this.reader.meanings.speaks(`#${node.name}`)) this.words.push(this.reader.words.named(node.name));
        else {
          this.privateAt.push(this.words.length);
          this.privates.push(node);
          this.put('name');
        }
        return this;
      case 'Property':
        this.property(node as Property);
        return this;
      case 'VariableDeclarator':
        if (node.id.type === 'Identifier') this.reader.values.set(node.id, node.init ?? null);
        else {
          walk(node.id, (id) => void this.reader.values.set(id, node.init ?? null));
          if (node.id.type === 'ObjectPattern') this.takeOut(node.id);
        }
        break;
      case 'BreakStatement':
      case 'ContinueStatement':
        this.put(node.type);
        if (node.label) this.put('label');
        return this;
      case 'LabeledStatement':
        this.put('label');
        return this.node(node.body);
      case 'ImportSpecifier':
        this.put('import');
        this.words.push(this.reader.words.named(nameOf(node.imported)));
        this.name(node.local);
        return this;
      case 'ExportSpecifier':
        if (node.local.type === 'Identifier') this.name(node.local);
        this.put('export');
        this.words.push(this.reader.words.named(nameOf(node.exported)));
        return this;
      default:
        break;
    }
    if (!isFunctionNode(node)) return this.parts(node);
    const shape = this.reader.shapes.get(node) ?? this.reader.read(node);
    this.innerAt.push(this.words.length);
    this.inner.push(shape);
    const { words } = this.reader;
    const name = this.reader.nameOf(node);
    if (name !== null) this.innerAt[this.innerAt.length - 1] = this.words.push(words.named(name));
    this.words.push(node.type === 'FunctionDeclaration' ? words.declared(shape.id, name) : shape.id);
    return this;
  }

  private takeOut({ properties }: ObjectPattern): void {
    for (const own of properties)
      if (own.type === 'Property' && !own.computed && own.value.type === 'Identifier') this.reader.takenBy.set(own.value, nameOf(own.key));
  }

  /** A shorthand is only another way to write it. */
  private property(node: Property): void {
    this.put(node.method ? 'method' : node.kind);
    if (node.computed) this.put('[');
    if (!node.computed && node.key.type === 'Identifier') this.words.push(this.reader.words.named(node.key.name));
    else this.node(node.key);
    this.node(node.value);
  }

  parts(node: AnyNode): this {
    for (const id of touchedBy(node)) {
      this.reader.touched.add(id);
      if (node.type !== 'CallExpression') this.reader.written.add(id);
    }
    const holder = node as unknown as Record<string, unknown>;
    this.head(node);
    for (const key of holdersIn(node)) {
      if (key === 'id' && node.type === 'FunctionDeclaration') continue;
      const value = holder[key];
      if (Array.isArray(value)) {
        for (const item of value) {
          if (isNode(item)) this.node(item);
          else this.put('-');
        }
        this.put(']');
      } else if (isNode(value)) this.node(value);
      else if (value === null) this.put('-');
    }
    return this;
  }

  /** What is said of a node besides the nodes in it. */
  private head(node: AnyNode): void {
    this.put(typeOf(node));
    const holder = node as unknown as Readonly<Record<string, unknown>>;
    for (const said of SAID[node.type] ?? NOTHING) {
      if (typeof said !== 'string') {
        this.put(holder[said[0]] ? said[1] : said[2]);
        continue;
      }
      const value = holder[said];
      if (typeof value === 'string') this.put(value);
      else if (value) this.put(said);
    }
  }
}

function nameOf(node: AnyNode): string {
  return node.type === 'Identifier' ? node.name : String((node as { value?: unknown }).value);
}
