/**
 * What a call gives, of which the old version took the parts and the new one keeps all: `const { limit } = read(options)` and
 * `const settings = read(options)`. Closures that exist are given an object of the parts that they hold. What the call gives
 * besides from now on begins as where nobody gave that option.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, Property, VariableDeclarator } from 'acorn';
import { isExports } from '../../instrument/commonjs.ts';
import type { Binding, FunctionInfo, ModuleModel } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import type { Match } from '../match/match.ts';
import { importsOf } from '../version/modules/imports.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { beginsSame, optionRead } from '../version/objects/option-read.ts';
import type { OptionRead } from '../version/objects/option-read.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';
import { entriesOf } from './gained.ts';
import type { Place } from './resolution.ts';
import { declaratorsOf, isSameOrigin, partIn, plain } from './part-and-whole.ts';

/** Both versions of a file. */
export interface Versions {
  readonly base: ModuleModel;
  readonly next: ModuleModel;
}

export interface Whole {
  /** An expression of what closures hold. */
  readonly text: string;
  /** Options that code elsewhere took, so that a program may have given them here too. */
  readonly assumed: readonly string[];
}

interface Asked {
  readonly base: Side;
  readonly next: Side;
  readonly match: Match;
  /** What gives what existing closures hold. */
  readonly captures: string;
  /** Of the file that a specifier leads to; null where it is the same in both, or none of the package. */
  readonly versionsOf: (specifier: string) => Versions | null;
  readonly took: (name: string) => boolean;
}

export function keptWhole(binding: Binding, { site }: Place, asked: Asked): Whole | null {
  const { base, next, match, captures } = asked;
  const maker = binding.scope.fn;
  const old = match.baseOf.get(maker);
  const init = declaratorsOf(maker).find(({ id }) => id === binding.declarations[0])?.init;
  if (!old || !site || binding.reassigned || binding.scope !== maker.body || init?.type !== 'CallExpression') return null;
  const own = plain(init, maker, next);
  const before = own && declaratorsOf(old).find(({ id, init: was }) => isTakenApart(id) && was?.type === 'CallExpression' && isSame(was));
  function isSame(was: AnyNode): boolean {
    const held = plain(was, old!, base);
    return held !== null && isSameOrigin(own!, held, [old!, base], [maker, next]);
  }
  const made = before && returnedBy(init, asked);
  if (!made) return null;
  const held = new Map<string, string>();
  for (const { binding: one, name } of site.captures) {
    const part = one.scope === old.body && !one.reassigned ? partIn(before.id as never, one) : null;
    if (part) held.set(part.key, `${captures}.${name}`);
  }
  const texts: string[] = [];
  const assumed: string[] = [];
  for (const [key, { value }] of made.after) {
    let text = made.before.has(key) ? held.get(key) : undefined;
    if (text === undefined) {
      const option = made.before.has(key) ? null : optionAt(value as AnyNode, made.fn, init);
      if (option?.key !== key) return null;
      const same = site.captures.find((one) => one.binding.scope === old.body && isOption(one.binding, option));
      text = same ? `${captures}.${same.name}` : JSON.stringify(option.fallback);
      if (!same && (saysName(old.node as AnyNode, key) || saysName(made.was.node as AnyNode, key))) return null;
      if (!same && asked.took(key)) assumed.push(key);
    }
    texts.push(`${JSON.stringify(key)}:${text}`);
  }
  return { text: `({${texts.join(',')}})`, assumed };
}

/** Whether a pattern takes parts by their names, each as it is. */
function isTakenApart(id: AnyNode): boolean {
  return id.type === 'ObjectPattern' && id.properties.every((p) => p.type === 'Property' && !p.computed && p.value.type === 'Identifier');
}

interface Returned {
  readonly was: FunctionInfo;
  readonly fn: FunctionInfo;
  /** The entries of the object that it writes out, in both versions. */
  readonly before: ReadonlyMap<string, Property>;
  readonly after: ReadonlyMap<string, Property>;
}

/** What a function of the module, or of one that it requires, gives. */
function returnedBy({ callee }: CallExpression, { base, next, versionsOf }: Asked): Returned | null {
  if (callee.type !== 'Identifier') return null;
  const binding = next.refAt(callee)?.binding;
  if (!binding || binding.reassigned || binding.scope.fn.kind !== 'module') return null;
  const source = importsOf(next).get(binding);
  const old = base.model.root.body.bindings.get(callee.name);
  const was = old && importsOf(base).get(old);
  if (!old || old.reassigned || was?.source !== source?.source || was?.imported !== source?.imported) return null;
  const versions = source ? versionsOf(source.source) : { base: base.model, next: next.model };
  const name = source?.imported ?? callee.name;
  const find = (model: ModuleModel): FunctionInfo | null => (source && !givesAway(model, name) ? null : functionOf(model, name));
  const [before, after] = versions ? [find(versions.base), find(versions.next)] : [];
  const literals = before && after ? { before: literalOf(before), after: literalOf(after) } : null;
  return literals?.before && literals.after ? { was: before!, fn: after!, before: literals.before, after: literals.after } : null;
}

/** Whether a module gives away under a name what it calls so itself. */
function givesAway({ program }: ModuleModel, name: string): boolean {
  const isIt = (value: AnyNode): boolean => value.type === 'Identifier' && value.name === name;
  const isEntry = (p: AnyNode): boolean => p.type === 'Property' && !p.computed && keyName(p.key, false) === name;
  const given = nodesOf(program, 'AssignmentExpression').flatMap(({ left, right }) => {
    if (left.type === 'MemberExpression' && isExports(left.object as AnyNode) && memberName(left) === name) return [right];
    const entries = isExports(left as AnyNode) && right.type === 'ObjectExpression' ? right.properties : [];
    return entries.flatMap((p) => (isEntry(p) ? [(p as Property).value as AnyNode] : []));
  });
  for (const statement of program.body) {
    if (statement.type !== 'ExportNamedDeclaration' || statement.source) continue;
    const { declaration } = statement;
    if (declaration?.type === 'FunctionDeclaration' && declaration.id?.name === name) given.push(declaration.id);
    for (const { local, exported } of statement.specifiers) if (isIt(exported as AnyNode)) given.push(local as AnyNode);
  }
  return given.length > 0 && given.every(isIt);
}

/** The function that a module declares under a name. */
function functionOf({ root, functions }: ModuleModel, name: string): FunctionInfo | null {
  const binding = root.body.bindings.get(name);
  if (!binding || binding.reassigned) return null;
  return functions.find(({ node }) => node.type === 'FunctionDeclaration' && node.id === binding.declarations[0]) ?? null;
}

/** The entries of the one object that a function gives, which it writes out as it does. */
function literalOf(fn: FunctionInfo): ReadonlyMap<string, Property> | null {
  const { body } = fn.node as FunctionNode;
  const found: (AnyNode | null)[] = [];
  walk(body as AnyNode, (node) => {
    if (node.type === 'ReturnStatement') found.push(node.argument ?? null);
    return !isFunctionNode(node);
  });
  const [value] = found;
  return value && found.length === 1 && !fn.async && !fn.generator ? entriesOf(value) : null;
}

/** `options?.limit || 5`, by itself or as what a variable of the function begins with. */
function optionAt(value: AnyNode, fn: FunctionInfo, call: CallExpression): OptionRead | null {
  const binding = value.type === 'Identifier' ? fn.body.bindings.get(value.name) : undefined;
  const init = binding && !binding.reassigned ? declaratorsOf(fn).find(({ id }) => id === binding.declarations[0])?.init : value;
  const read = init ? optionRead(init) : null;
  const index = ((fn.node as FunctionNode).params ?? []).findIndex((param) => param.type === 'Identifier' && param.name === read?.of);
  const argument = call.arguments[index];
  return read && fn.scope.bindings.get(read.of)?.reassigned === false && argument?.type === 'Identifier'
    ? { ...read, of: argument.name }
    : null;
}

/** Whether a variable of the old function is that option. */
function isOption({ scope, declarations, reassigned }: Binding, option: OptionRead): boolean {
  const init = reassigned ? null : declaratorsOf(scope.fn).find(({ id }: VariableDeclarator) => id === declarations[0])?.init;
  const read = init ? optionRead(init) : null;
  const given = read && scope.fn.scope.bindings.get(read.of);
  return read !== null && read.of === option.of && beginsSame(read, option) && given?.reassigned === false;
}

function saysName(code: AnyNode, name: string): boolean {
  let found = false;
  walk(code, (node) => {
    found ||= (node.type === 'Identifier' && node.name === name) || (node.type === 'Literal' && node.value === name);
    return !found;
  });
  return found;
}
