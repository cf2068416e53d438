/**
 * How the top level says that properties behave: those that it defines as before, but for whether they are enumerable, get that
 * and stay what they are. So do those that `Object.defineProperties` says more of, or of which nothing was said.
 */
import type { AnyNode, CallExpression, ObjectExpression } from 'acorn';
import { keyName, memberText } from '../../../source/paths.ts';
import type { ModuleContext } from '../../code/context.ts';
import { ASSIGNED, truth } from '../../version/forms/definitions.ts';
import type { Assigned } from '../../version/forms/items.ts';
import type { Side } from '../../version/side.ts';
import { symbolText } from '../../version/forms/symbols.ts';
import type { TopDiff } from '../top.ts';
import { isFunctionNode, rootOf } from '../../version/program/walk.ts';

export interface Redefined {
  readonly before: AnyNode;
  readonly node: AnyNode;
  readonly target: AnyNode;
  readonly name: string;
  readonly enumerable: boolean;
}

/** The statements among those that have gone, and among those that are new, which define the same. */
export function redefined(ctx: ModuleContext, gone: readonly AnyNode[], fresh: readonly AnyNode[]): Redefined[] {
  const left = new Map(gone.map((node) => [node, definition(node)]));
  return fresh.flatMap((node) => {
    const now = definition(node);
    if (!now) return [];
    for (const [before, was] of left) {
      if (!was || !definesAlike(ctx, was, now)) continue;
      left.delete(before);
      return { before, node, target: now.target, name: now.name, enumerable: now.enumerable };
    }
    return [];
  });
}

/** Says of a property that the new version makes writable, enumerable or configurable, or no longer, that it stays what it was defined as. */
export function reportAttributes({ log, next }: ModuleContext, before: Assigned, item: Assigned): void {
  if (before.getter !== item.getter || before.flags || item.flags) return;
  const said = ({ attributes, getter }: Assigned): string | null => attributes ?? (getter ? null : ASSIGNED);
  const [was, is] = [said(before), said(item)];
  if (was === null || is === null || was === is) return;
  log.add('attributes-kept', next, item.node, item.key, `the new version defines it ${named(is)}; it stays ${named(was)}`);
}

/** Whether the top level has defined a property so that nothing gives it another value. */
export const isFixed = ({ attributes, getter, flags }: Assigned): boolean =>
  attributes?.includes('configurable') === false && !getter && !flags;

/** The same of what an entry of the object was that the module gives away as a whole, and is defined by itself now. */
export function reportOfEntry({ ctx, old }: TopDiff, item: Assigned): void {
  const isEntry = ({ key, value }: Assigned): boolean =>
    key === 'module.exports' &&
    value.type === 'ObjectExpression' &&
    value.properties.some((own) => own.type === 'Property' && own.kind === 'init' && keyName(own.key, own.computed) === item.defines);
  if (/^(?:module\.)?exports\.[^.]+$/.test(item.key) && old.assigned.some(isEntry))
    reportAttributes(ctx, { ...item, getter: false, attributes: ASSIGNED }, item);
}

const named = (attributes: string): string => attributes || 'neither writable nor enumerable nor configurable';

export interface Described {
  /** Null where it is new. */
  readonly before: AnyNode | null;
  readonly node: AnyNode;
  readonly target: AnyNode;
  readonly entries: readonly DescribedEntry[];
}

interface DescribedEntry {
  readonly name: string;
  /** What the key is computed of. */
  readonly key: AnyNode | null;
  readonly descriptor: AnyNode;
}

/** The statements among those that have gone, and among those that are new, which say more of the properties of the same object. */
export function described(top: TopDiff, gone: readonly AnyNode[], fresh: readonly AnyNode[]): Described[] {
  const { base, next } = top.ctx;
  const isTaken = (name: string): boolean => isTakenAlike(top, name);
  const left = new Map(gone.map((node) => [node, describing(node, base, isTaken)]));
  return fresh.flatMap((node) => {
    const now = describing(node, next, isTaken);
    if (!now || !goesOn(top, now.target)) return [];
    const text = next.text(now.target);
    const [before, was] = [...left].find(([, one]) => one && base.text(one.target) === text) ?? [null, null];
    // What was said in another way may be said again, and of another object.
    const isElsewhere =
      top.old.assigned.some(({ defines, target }) => defines !== null && base.text(target) === text) ||
      [...left.values()].some((one) => one && [...one.entries.keys()].some((name) => now.entries.has(name)));
    const entries = was || !isElsewhere ? moreOf(top, was?.entries ?? new Map(), now.entries) : null;
    if (!entries) return [];
    if (before) left.delete(before);
    return { before, node, target: now.target, entries };
  });
}

interface Describing {
  readonly target: AnyNode;
  /** By the text of the key. */
  readonly entries: ReadonlyMap<string, DescribedEntry>;
}

/** Whether a name stands in both versions for what the same module gives by one name, as a symbol of the package. */
function isTakenAlike({ old, items, ctx }: TopDiff, name: string): boolean {
  const [before, now] = [old.named.get(name), items.named.get(name)];
  const source = now?.source ?? null;
  return (
    source !== null &&
    before?.source === source &&
    before.imported === now!.imported &&
    ctx.around.changedExport(source, now!.imported) === null
  );
}

/**
 * `Object.defineProperties(object, {…})` and `Object.defineProperty(object, key, …)`; a key may be a symbol that the language or Node
 * has, or what a name stands for that `isTaken`.
 */
function describing(node: AnyNode, side: Side, isTaken: (name: string) => boolean): Describing | null {
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') return null;
  const { callee, arguments: given } = node.expression as CallExpression;
  const called = memberText(callee);
  const [target, ...rest] = given as AnyNode[];
  if (!target || memberText(target) === undefined || /^(module\.)?exports$/.test(memberText(target)!)) return null;
  const entries = new Map<string, DescribedEntry>();
  const add = (key: AnyNode, descriptor: AnyNode): boolean => {
    const symbol = symbolText(key, side) ?? (key.type === 'Identifier' && isTaken(key.name) ? key.name : null);
    if (key.type !== 'Literal' && symbol === null) return false;
    const name = symbol === null ? String((key as { value?: unknown }).value) : `[${symbol}]`;
    if (entries.has(name) || isFunctionNode(descriptor)) return false;
    entries.set(name, { name, key: symbol === null ? null : key, descriptor });
    return true;
  };
  if (called === 'Object.defineProperty') {
    const [key, descriptor, ...more] = rest;
    return key && descriptor && more.length === 0 && add(key, descriptor) ? { target, entries } : null;
  }
  const [all, ...more] = rest;
  if (called !== 'Object.defineProperties' || all?.type !== 'ObjectExpression' || more.length > 0) return null;
  for (const property of all.properties) {
    if (property.type !== 'Property' || property.kind !== 'init' || property.method) return null;
    const key = property.computed ? property.key : ({ ...property.key, type: 'Literal', value: keyName(property.key, false) } as AnyNode);
    if (!add(key, property.value)) return null;
  }
  return { target, entries };
}

/** Whether the old version has the object under that name too. */
function goesOn(top: TopDiff, target: AnyNode): boolean {
  const root = rootOf(target);
  const binding = root.type === 'Identifier' ? top.ctx.next.refAt(root)?.binding : null;
  return binding != null && binding === top.bindingOf(binding.name) && top.oldBinding(binding.name) !== undefined;
}

/** What is new or other in `now`; null where something has gone, or is other and more than flags. */
function moreOf(top: TopDiff, was: Describing['entries'], now: Describing['entries']): DescribedEntry[] | null {
  if ([...was.keys()].some((name) => !now.has(name))) return null;
  const found: DescribedEntry[] = [];
  for (const entry of now.values()) {
    const before = was.get(entry.name);
    if (before && top.compare.values(before.descriptor, entry.descriptor) === 'same') continue;
    if (before && !(isFlags(before.descriptor) && isFlags(entry.descriptor))) return null;
    found.push(entry);
  }
  return found;
}

/** A descriptor that says nothing of the value. */
function isFlags(node: AnyNode): boolean {
  const parts = node.type === 'ObjectExpression' ? describedParts(node) : null;
  return parts !== null && [...parts].every(([name, value]) => /^(enumerable|configurable|writable)$/.test(name) && truth(value) !== null);
}

interface Definition {
  readonly target: AnyNode;
  readonly name: string;
  readonly enumerable: boolean;
  /** The rest of the descriptor. */
  readonly parts: ReadonlyMap<string, AnyNode>;
}

/** `Object.defineProperty(object, 'name', {…})` of what can be defined once more. */
function definition(node: AnyNode): Definition | null {
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') return null;
  const { callee, arguments: given } = node.expression as CallExpression;
  const [target, key, descriptor] = given as AnyNode[];
  if (memberText(callee) !== 'Object.defineProperty' || given.length !== 3 || memberText(target!) === undefined) return null;
  if (key!.type !== 'Literal' || descriptor!.type !== 'ObjectExpression') return null;
  const parts = describedParts(descriptor);
  if (!parts || truth(parts.get('configurable')) !== true) return null;
  const enumerable = parts.has('enumerable') ? truth(parts.get('enumerable')) : false;
  if (enumerable === null) return null;
  for (const name of ['enumerable', 'configurable']) parts.delete(name);
  return { target: target!, name: String(key.value), enumerable, parts };
}

function describedParts({ properties }: ObjectExpression): Map<string, AnyNode> | null {
  const parts = new Map<string, AnyNode>();
  for (const property of properties) {
    if (property.type !== 'Property' || property.computed || property.kind !== 'init') return null;
    parts.set(keyName(property.key, false), property.method ? property : property.value);
  }
  return parts;
}

function definesAlike({ base, next, match }: ModuleContext, was: Definition, now: Definition): boolean {
  if (was.name !== now.name || was.enumerable === now.enumerable || was.parts.size !== now.parts.size) return false;
  if (base.text(was.target) !== next.text(now.target)) return false;
  return [...now.parts].every(([what, value]) => {
    const before = was.parts.get(what);
    if (!before) return false;
    const [old, fn] = [base.fnAt.get(inside(before)), next.fnAt.get(inside(value))];
    return old && fn ? match.baseOf.get(fn) === old : !old && !fn && isPlain(value) && base.text(before) === next.text(value);
  });
}

function inside(part: AnyNode): AnyNode {
  return part.type === 'Property' ? part.value : part;
}

/** A value that means the same wherever it stands. */
function isPlain(node: AnyNode): boolean {
  return !isFunctionNode(node) && (node.type === 'Literal' || truth(node) !== null);
}
