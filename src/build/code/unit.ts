/** Puts the code of one unit together: `($lp=>{declarations; return {f:[implementations], b:{names for others}}})`. */
import { parse } from 'acorn';
import type { AnyNode } from 'acorn';
import type { HandleScope } from '../../instrument/plan.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import type { PatchUnit } from '../../patch/format.ts';
import type { Emitter } from './emit.ts';
import type { Named } from '../version/forms/items.ts';
import type { Place } from './resolution.ts';
import type { Resolver } from './resolve.ts';
import type { Side } from '../version/side.ts';

/** Code that the unit of the scope runs before it makes its versions. */
export type Declaration =
  | { readonly kind: 'named'; readonly node: AnyNode; readonly item: Named; readonly binding: Binding }
  | { readonly kind: 'statement'; readonly node: AnyNode }
  /** An assignment, of a statement that gives the value to what goes on as well. */
  | { readonly kind: 'shared'; readonly node: AnyNode; readonly target: AnyNode; readonly value: AnyNode }
  /** A statement of which the process says whether it does anything: where one of the conditions holds. */
  | { readonly kind: 'idle'; readonly node: AnyNode; readonly tests: readonly AnyNode[] }
  | { readonly kind: 'enumeration'; readonly node: AnyNode; readonly name: string; readonly fill: AnyNode }
  /** What another module of the bundle gives away. */
  | { readonly kind: 'taken'; readonly node: AnyNode; readonly name: string; readonly giver: HandleScope; readonly imported: string }
  /** A module of the bundle that only the new version has. */
  | { readonly kind: 'module'; readonly node: AnyNode; readonly fn: FunctionInfo; readonly table: string; readonly name: string }
  /** A module that is loaded for what it does. */
  | { readonly kind: 'load'; readonly node: AnyNode; readonly source: string };

/** A piece of a unit, and the line of the new source where its text begins; null for one that has none of its own. */
interface Piece {
  readonly text: string;
  readonly line: number | null;
}

/** What a declaration does as it runs: a function that is declared is there from the start, and one that a variable is given calls nothing. */
export type Makes = 'hoisted' | 'function' | 'value';

export class Unit {
  readonly handle: HandleScope;
  private readonly implementations: Piece[] = [];
  private readonly declarations: (Piece & { readonly at: number; readonly makes: Makes })[] = [];

  constructor(handle: HandleScope) {
    this.handle = handle;
  }

  /** Adds an implementation; returns its key. */
  add(text: string, line: number | null = null): number {
    return this.implementations.push({ text, line }) - 1;
  }

  /** How much it has to run. */
  get size(): number {
    return this.declarations.length;
  }

  /** `at` says in which order they run. */
  addDeclaration(at: number, text: string, line: number | null = null, makes: Makes = 'value'): void {
    this.declarations.push({ at, text, line, makes });
  }

  /** With where its pieces begin, so that they can be put on the lines that they have in the new source. */
  code(resolver: Resolver, strict: boolean): Pick<PatchUnit, 'code' | 'lines'> {
    const names = [...(resolver.exposed.get(this.handle) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    const accessors = names.flatMap(([name, { text, writable }]) => [
      `get ${JSON.stringify(name)}(){return ${text}}`,
      ...(writable ? [`set ${JSON.stringify(name)}($lp_v){${text}=$lp_v}`] : []),
    ]);
    const declared = [...this.declarations].sort((a, b) => a.at - b.at);
    const made = this.implementations.map(({ text, line }, key): Piece => ({ text: `${MADE}[${key}]=${text};`, line }));
    // Where no value is computed, nothing calls a function before all of them are there: each may stand on its line.
    const isFree = declared.every(({ makes }) => makes !== 'value');
    const first = declared.filter(({ makes }) => makes !== 'hoisted' && !isFree);
    const byLine = [...declared.filter((one) => !first.includes(one)), ...made.filter(({ line }) => line !== null)].sort(
      (a, b) => (a.line ?? 0) - (b.line ?? 0),
    );
    const top = byLine[0]?.line ?? Infinity;
    const pieces: Piece[] = [
      // They leave the functions behind them room to stand on their lines.
      ...first.map(({ text, line }) => ({ text, line: line !== null && line + lineCount(text) <= top ? line : null })),
      ...byLine,
      ...made.filter(({ line }) => line === null),
      { text: `return {f:${MADE},b:{${accessors.join(',')}}}`, line: null },
    ];
    const helpers = [...(resolver.helpers.get(this.handle) ?? [])].map(([initialiser, name]) => `const ${name}=${initialiser};`);
    // What has no line of its own takes none: a function may stand on the first.
    let code = `($lp=>{${strict ? '"use strict";' : ''}const ${MADE}=[];${helpers.join('')}`;
    const lines: (readonly [number, number])[] = [];
    for (const { text, line } of pieces) {
      if (line !== null) lines.push([code.length, line]);
      code += line === null ? text : `${text}\n`;
    }
    return { code: `${code}})`, ...(lines.length > 0 ? { lines } : {}) };
  }
}

const lineCount = (text: string): number => text.split('\n').length;

/** The implementations, by their keys. */
const MADE = '$lp_f';

/** Those of the scopes that have one, as they are written. */
export interface Units {
  readonly unitOf: (handle: HandleScope) => Unit;
  /** Its number within the patch of the module. */
  readonly index: (handle: HandleScope) => number;
  readonly emitter: Emitter;
}

/** The code that declares a new name, or runs a statement, in the unit of its scope; `shared` gives what has a value that several are given. */
export function declarationText(
  d: Declaration,
  handle: HandleScope,
  emitter: Emitter,
  side: Side,
  resolver: Resolver,
  shared: (value: AnyNode) => string | null,
): string {
  const place = (node: AnyNode): Place => ({ handle, site: null, start: node.start, end: node.end, nameless: null });
  if (d.kind === 'shared') {
    const { start, end } = d.target;
    return `${emitter.render(start, end, place(d.target))}=${shared(d.value) ?? emitter.value(d.value, handle)};`;
  }
  if (d.kind === 'statement') {
    // It would end what links the unit.
    const node = d.node.type === 'ReturnStatement' ? ((d.node.argument as AnyNode | null | undefined) ?? d.node) : d.node;
    return `${emitter.render(node.start, node.end, place(node))};`;
  }
  if (d.kind === 'idle') {
    const asked = d.tests.map((test) => `(${emitter.value(test, handle)})`).join('||');
    const said = d.tests.map(({ start, end }) => side.model.text.slice(start, end)).join(' or ');
    return `if($lp.idle(()=>${asked},${JSON.stringify(said)})){${emitter.render(d.node.start, d.node.end, place(d.node))}\n}`;
  }
  if (d.kind === 'enumeration') return `(${emitter.render(d.fill.start, d.fill.end, place(d.fill))})(${d.name}||(${d.name}={}));`;
  if (d.kind === 'taken') return `const ${d.name}=${resolver.given(d.giver, handle)}[${JSON.stringify(d.imported)}];`;
  if (d.kind === 'module') {
    const given = d.node.type === 'Property' && d.node.method ? d.node : (d.fn.node as AnyNode);
    return `const ${d.name}=$lp.key(${JSON.stringify(side.inBundle.keyOf(d.fn))});${d.table}[${d.name}]=${emitter.value(given, handle)};`;
  }
  if (d.kind === 'load') return `$lp.require(${JSON.stringify(d.source)});`;
  const { item } = d;
  if (item.kind === 'function' || item.kind === 'class') return emitter.render(item.node.start, item.node.end, place(item.node));
  const { value, pattern } = item;
  // What that module is only going to have when the patch is applied must not be taken for nothing.
  if (item.asked && value && item.group === null && /^[^*]/.test(item.imported)) {
    const whole = value.type === 'MemberExpression' ? (value.object as AnyNode) : value;
    return `${item.keyword} ${item.name}=$lp.taken(${emitter.render(whole.start, whole.end, place(item.node))},${JSON.stringify(item.imported)});`;
  }
  const inner = place(item.node);
  const left =
    item.group === null && pattern!.type === 'Property'
      ? `{${side.model.text.slice(pattern!.start, pattern!.end)}}`
      : emitter.render(pattern!.start, pattern!.end, inner);
  if (!value) return `${item.keyword} ${left};`;
  return `${item.keyword} ${left}=${parenthesised(value, emitter.render(value.start, value.end, inner))};`;
}

function parenthesised(node: AnyNode, text: string): string {
  return node.type === 'SequenceExpression' ? `(${text})` : text;
}

/** What the builder writes must parse: a patch that cannot be linked must not leave the machine it is built on. */
export function checkUnit(code: string, file: string): void {
  try {
    parse(code, {
      ecmaVersion: 'latest',
      sourceType: 'script',
      checkPrivateFields: false,
      allowSuperOutsideMethod: true,
      allowAwaitOutsideFunction: false,
    });
  } catch (error) {
    throw new Error(`the code built for ${file} does not parse: ${(error as Error).message}\n${code}`, { cause: error });
  }
}
