/**
 * Object literals that gain an entry from one version to the next. What the old one made has the entries that it wrote, first
 * and in that order, whatever has been added to it since.
 */
import type { AnyNode, MemberExpression, ObjectExpression } from 'acorn';
import { isExports } from '../../../instrument/commonjs.ts';
import type { ModuleModel } from '../../../source/model.ts';
import { keyName } from '../../../source/paths.ts';
import { patternOf } from '../../../source/text.ts';
import { lastLink } from '../program/chains.ts';
import { COPIES, literalOf } from '../forms/entries.ts';
import { memberName } from '../program/member-name.ts';
import { nodesOf } from '../program/nodes.ts';
import type { NodeOf } from '../program/nodes.ts';
import { callsByNames } from '../program/calls-by-name.ts';
import { isWritten } from './written.ts';
import { isWrittenOut, writtenOut } from '../forms/written-out.ts';

/** The entries of a literal in order; with the text of the value where that is a literal itself. */
type Shape = readonly (readonly [name: string, value: string | null])[];

export interface Gain {
  /** Of the old literal. */
  readonly shape: Shape;
  /** The text of what the new one begins the entry with. */
  readonly value: string;
}

/** The text of a constant's value, fit to stand in any module, and the names by which modules give it to each other. */
export interface WrittenConstant {
  readonly text: string;
  readonly names: readonly string[];
}

/** One version of what changed, and the texts of all files. */
export interface Versions {
  readonly changed: readonly { readonly base: ModuleModel; readonly next: ModuleModel }[];
  /** Of files that stay as they are. */
  readonly kept: readonly string[];
  /** Of files that only the new version has. */
  readonly added: readonly string[];
  /** What a name of the new version stands for, where its value is written out somewhere. */
  readonly constant: (model: ModuleModel, name: AnyNode) => WrittenConstant | null;
}

/** With fewer entries, what a program gives of its own may well look the same. */
const TELLING = 2;
/** So many keys tell an object by themselves, whatever is under them. */
const TELLING_KEYS = 4;

/**
 * The literals that gain an entry called `name`, where it can be told by looks what the old ones made: the old version says the
 * name nowhere, no literal of the new one looks like them, nothing writes to their entries, and code only reads it as a member.
 */
export function gainsOf(name: string, isNew: (name: string) => boolean, versions: Versions): readonly Gain[] {
  const { changed, kept, added } = versions;
  // First what is cheap to ask: nearly all names are of no literal, or of none that is new.
  if (!changed.some(({ next }) => shapesWith(next, name).length > 0)) return [];
  if (changed.some(({ base }) => shapesWith(base, name).length > 0) || !isNew(name)) return [];
  const found = new Map<string, Gain>();
  const handed: Shape[] = [];
  const constants = new Set<string>();
  const copied = new Set(changed.flatMap(({ next }) => [...copiedIn(next)]));
  for (const { base, next } of changed) {
    const old = shapesOf(base).filter((shape) => shape.length >= TELLING);
    for (const now of shapesWith(next, name)) {
      const own = now.find(([key]) => key === name)!;
      const rest = now.filter(([key]) => !isNew(key));
      for (const one of old.filter((shape) => isSame(shape, rest))) {
        if (isHandedOn(now, name)) {
          if (one.length >= TELLING_KEYS) handed.push(anyOf(one));
          continue;
        }
        const isCompleted = completed.has(now);
        if (isCompleted !== completed.has(one) || (isCompleted && one.length < TELLING_KEYS)) continue;
        // What is put over it, or over a copy of a table, has other values.
        const isTable = isCompleted || (one.length >= TELLING_KEYS && copied.has(tables.get(now) ?? ''));
        const shape = isTable ? anyOf(one) : one;
        const key = JSON.stringify(shape);
        const constant = own[1] === null ? constantOf(now, name, next, versions) : { text: own[1], names: [] };
        if (constant === null || (found.get(key)?.value ?? constant.text) !== constant.text) return [];
        for (const one of constant.names) constants.add(one);
        found.set(key, { shape, value: constant.text });
      }
    }
  }
  const value = valueForAll([...found.values()]);
  // What hands it on has of it what that has.
  if (value !== null) for (const shape of handed) found.set(JSON.stringify(shape), { shape, value });
  const gains = [...found.values()];
  if (gains.length === 0) return [];
  const keys = [...new Set(gains.filter((gain) => !isOfAnyValue(gain)).flatMap(({ shape }) => shape.map(([key]) => key)))];
  const looksLike = (shape: Shape): boolean =>
    gains.some((gain) => isSame(gain.shape, shape.slice(0, gain.shape.length)) && !shape.some(([key]) => key === name));
  if (changed.some(({ next }) => shapesOf(next).some(looksLike) || takesApart(next, name) || isReadInChain(next, name))) return [];
  if (kept.some((text) => gains.some(({ shape }) => shape.every(([key]) => mayHaveEntry(text, key))))) return [];
  const written = [name, ...keys];
  if (added.some((text) => text.includes(name)) || kept.some((text) => written.some((key) => mayWrite(text, key)))) return [];
  if (changed.some(({ base, next }) => [base, next].some((model) => written.some((key) => writes(model, key))))) return [];
  const isSetElsewhere = (one: string): boolean =>
    [...kept, ...added].some((text) => mayWrite(text, one)) || changed.some(({ next }) => writes(next, one, isExports));
  return [...constants].some(isSetElsewhere) ? [] : gains;
}

function constantOf(shape: Shape, name: string, model: ModuleModel, { constant }: Versions): WrittenConstant | null {
  const value = named.get(shape)?.get(name);
  return value ? constant(model, value) : null;
}

/** What each object lacks that was made without the entry; null where some may have been given nothing in its place, or one has another. */
export function valueForAll(gains: readonly Gain[]): string | null {
  const [first, ...others] = gains;
  return first && gains.every(isOfAnyValue) && others.every(({ value }) => value === first.value) ? first.value : null;
}

/** Whether objects are told by their keys alone, so that none that was made of the table is left out. */
const isOfAnyValue = ({ shape }: Gain): boolean => shape.length >= TELLING_KEYS && shape.every(([, value]) => value === null);

const anyOf = (shape: Shape): Shape => shape.map(([key]) => [key, null] as const);

/** Whether what the old version made of a literal is one of those. */
export function isOfGain(gains: readonly Gain[], { properties }: ObjectExpression, isNew: (name: string) => boolean): boolean {
  const end = properties.findIndex((p) => p.type !== 'Property' || p.computed);
  const leading = end < 0 ? properties : properties.slice(0, end);
  const keys = leading.flatMap((p) => (p.type === 'Property' ? keyName(p.key, false) : [])).filter((key) => !isNew(key));
  return gains.some(({ shape }) => shape.length <= keys.length && shape.every(([key], i) => keys[i] === key));
}

const isSame = (a: Shape, b: Shape): boolean => a.length === b.length && a.every(([key], i) => key === b[i]![0]);

/** Whether code may write out an object with an entry of that name. */
export function mayHaveEntry(text: string, name: string): boolean {
  const own = patternOf(name);
  // A variable in a text, as in `${name}`, is no entry.
  return text.includes(name) && new RegExp(`(?<![.\\w$])${own}['"]?\\s*:|(?:(?<!\\$)\\{|,)\\s*${own}\\s*[,}]`).test(text);
}

/** Whether code may give a property of that name another value. */
function mayWrite(text: string, name: string): boolean {
  if (!text.includes(name)) return false;
  const own = `\\.\\s*${patternOf(name)}`;
  return new RegExp(
    `${own}\\s*(?:=(?![=>])|[-+*/%&|^?<>]{1,3}=(?!=)|\\+\\+|--)|(?:\\+\\+|--|\\bdelete\\s)\\s*[\\w$.]*${own}(?![\\w$])`,
  ).test(text);
}

/**
 * The same of code whose syntax is known: what its comments say of an option, as `options.limit=5`, is no such thing, and what an
 * object keeps of it, as `this.limit = options.limit`, is on another one.
 */
function writes({ program, text }: ModuleModel, name: string, isOwn: (object: AnyNode) => boolean = () => false): boolean {
  if (!mayWrite(text, name)) return false;
  const kept = nodesOf(program, 'AssignmentExpression').flatMap((one) =>
    one.left.type === 'MemberExpression' && memberName(one.left) === name && (isOwnWrite(one) || isOwn(one.left.object as AnyNode))
      ? one.left
      : [],
  );
  return isWritten(name, program, kept as AnyNode[]) || new RegExp(`\\bdelete\\s[\\w$.]*\\.\\s*${patternOf(name)}(?![\\w$])`).test(text);
}

/** `this.limit = …` */
export function isOwnWrite(
  assignment: NodeOf<'AssignmentExpression'>,
): assignment is NodeOf<'AssignmentExpression'> & { left: MemberExpression } {
  const { operator, left } = assignment;
  return operator === '=' && left.type === 'MemberExpression' && left.object.type === 'ThisExpression';
}

/** Whether a pattern takes it out of an object. */
function takesApart({ program, text }: ModuleModel, name: string): boolean {
  if (!text.includes(name)) return false;
  return nodesOf(program, 'ObjectPattern').some(({ properties }) =>
    properties.some((one) => one.type === 'Property' && !one.computed && keyName(one.key, false) === name),
  );
}

/** Whether it is read where a `?.` before may have found nothing: what it is read of is then not asked for it. */
function isReadInChain({ program, text }: ModuleModel, name: string): boolean {
  if (!text.includes(name)) return false;
  return nodesOf(program, 'MemberExpression').some(
    ({ object, property, computed, optional }) =>
      !computed && !optional && property.type === 'Identifier' && property.name === name && lastLink(object as AnyNode) !== null,
  );
}

const copies = new WeakMap<ModuleModel, ReadonlySet<string>>();

/** The names of variables of which code makes an object with all that they have: `{ ...defaults }`, `Object.assign({}, defaults)`. */
function copiedIn(model: ModuleModel): ReadonlySet<string> {
  let found = copies.get(model);
  if (!found) {
    const { program } = model;
    const spread = nodesOf(program, 'ObjectExpression').flatMap(({ properties }) =>
      properties.flatMap((p) => (p.type === 'SpreadElement' ? [p.argument as AnyNode] : [])),
    );
    const copying = callsByNames(program, (name) => COPIES.test(name));
    const given = copying.flatMap((call) => call.arguments.slice(1) as AnyNode[]);
    copies.set(model, (found = new Set([...spread, ...given].flatMap((node) => (node.type === 'Identifier' ? node.name : [])))));
  }
  return found;
}

/** Of literals that a call is given, the entries that are taken of another object under the same name: `f({ limit: options.limit })`. */
const handedOn = new WeakMap<Shape, ReadonlySet<string>>();

const isHandedOn = (shape: Shape, name: string): boolean => handedOn.get(shape)?.has(name) === true;

/** Names that literals have for the values of entries. */
const named = new WeakMap<Shape, Map<string, AnyNode>>();
/** The variables that begin with a literal. */
const tables = new WeakMap<Shape, string>();
/** Of literals to which what a program gives is added behind those entries: `{ limit: 5, ...options }`, `Object.assign({ limit: 5 }, options)`. */
const completed = new WeakSet<Shape>();
const shapes = new WeakMap<ModuleModel, readonly Shape[]>();

function shapesOf(model: ModuleModel): readonly Shape[] {
  let found = shapes.get(model);
  if (!found) {
    const literals = nodesOf(model.program, 'ObjectExpression');
    const names = new Map(
      nodesOf(model.program, 'VariableDeclarator').flatMap(({ id, init }) => {
        const literal = literalOf(init as AnyNode | null | undefined);
        return literal && id.type === 'Identifier' ? [[literal as AnyNode, id.name] as const] : [];
      }),
    );
    const given = new Set(
      [...nodesOf(model.program, 'CallExpression'), ...nodesOf(model.program, 'NewExpression')].flatMap(({ arguments: all }) =>
        all.filter(({ type }) => type === 'ObjectExpression'),
      ),
    );
    const targets = new Set(
      callsByNames(model.program, (name) => COPIES.test(name)).flatMap((call) => (call.arguments.length > 1 ? call.arguments[0]! : [])),
    );
    found = literals.flatMap((literal) => {
      const shape = shapeOf(literal, model);
      if (shape && targets.has(literal)) completed.add(shape);
      if (shape && given.has(literal)) handedOn.set(shape, namesHandedOn(literal));
      const name = names.get(literal);
      if (shape && name !== undefined) tables.set(shape, name);
      return shape ? [shape] : [];
    });
    shapes.set(model, found);
  }
  return found;
}

const byKey = new WeakMap<ModuleModel, ReadonlyMap<string, readonly Shape[]>>();

/** Those with an entry called `name`. */
function shapesWith(model: ModuleModel, name: string): readonly Shape[] {
  let found = byKey.get(model);
  if (!found) {
    const all = new Map<string, Shape[]>();
    for (const shape of shapesOf(model))
      for (const key of new Set(shape.map(([own]) => own))) {
        const others = all.get(key);
        if (others) others.push(shape);
        else all.set(key, [shape]);
      }
    byKey.set(model, (found = all));
  }
  return found.get(name) ?? [];
}

function namesHandedOn({ properties }: ObjectExpression): ReadonlySet<string> {
  return new Set(
    properties.flatMap((p) => {
      const key = p.type === 'Property' && !p.computed ? keyName(p.key, false) : null;
      return key !== null && p.type === 'Property' && p.value.type === 'MemberExpression' && memberName(p.value) === key ? key : [];
    }),
  );
}

function shapeOf({ properties }: ObjectExpression, { text }: ModuleModel): Shape | null {
  const shape: (readonly [string, string | null])[] = [];
  for (const property of properties) {
    if (property.type === 'SpreadElement' && shape.length > 0) {
      completed.add(shape);
      return shape;
    }
    if (property.type !== 'Property' || property.computed || property.kind !== 'init') return null;
    const { value } = property;
    if (value.type === 'Identifier') {
      const names = named.get(shape) ?? new Map<string, AnyNode>();
      named.set(shape, names.set(keyName(property.key, false), value));
    }
    shape.push([keyName(property.key, false), isWrittenOut(value) ? writtenOut(value, text) : null]);
  }
  return shape;
}
