/**
 * Objects that one version of a function takes apart and the other keeps whole: `({ limit }) => …` and `(options) => …`. Closures
 * that exist hold the parts of the one, or all of the other, and either gives what the other would.
 */
import type { AnyNode, AssignmentProperty, Function as FunctionNode, ObjectPattern, Pattern, VariableDeclarator } from 'acorn';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import type { Match } from '../match/match.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { beginsSame, isPlainLiteral, optionRead } from '../version/objects/option-read.ts';
import type { OptionRead } from '../version/objects/option-read.ts';
import { isEmpty } from '../version/objects/options.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';
import type { Derivation } from './derive.ts';
import type { Place } from './resolution.ts';

/** Which part of an object a variable is. */
export interface Part {
  readonly key: string;
  /** What it is where the object has none; null for nothing. */
  readonly fallback: AnyNode | null;
  /** The variable is that, or something else where it is nothing. */
  readonly read?: OptionRead;
}

/** What a variable is given: an object, or a part of it. */
interface Origin {
  /** The place of the parameter, or the expression. */
  readonly of: number | AnyNode;
  readonly part: Part | null;
  /** Of a parameter that may be left out: it is an empty object then. */
  readonly mayLack?: boolean;
}

/** The part of an object that a statement of the function gives a variable: of `const { limit = 5 } = value`. */
export function partOf(binding: Binding): { readonly value: AnyNode; readonly part: Part } | null {
  for (const { id, init } of declaratorsOf(binding.scope.fn)) {
    const part = init && id.type === 'ObjectPattern' ? partIn(id, binding) : null;
    if (part) return { value: init!, part };
  }
  return null;
}

/**
 * What stands for `ref` in closures that hold the object which it is a part of, or the part of it that is asked for; `captures`:
 * what gives what they hold.
 */
export function fromOtherForm(
  ref: Reference,
  binding: Binding,
  place: Place,
  captures: string,
  [base, next, match]: readonly [Side, Side, Match],
): Derivation | null {
  const maker = binding.scope.fn;
  const old = match.baseOf.get(maker);
  const own = old && originOf(binding, next);
  if (!old || !own || !place.site) return null;
  const wanted = own.part?.key ?? (isOnlyRead(binding) ? readAs(ref, next) : null);
  if (wanted === null) return null;
  for (const { binding: held, name } of place.site.captures) {
    if (held.scope.fn !== old) continue;
    const origin = originOf(held, base);
    if (!origin || !(origin.part || isOnlyRead(held)) || !isSameOrigin(own, origin, [old, base], [maker, next])) continue;
    if ([base, next].some((side) => changing(side).has(wanted))) return null;
    if (!areReadAlike(own.part, origin.part, ref)) continue;
    const text = textOf(own, origin, wanted, `${captures}.${name}`);
    if (text === null) continue;
    const at = ({ start, end }: AnyNode): Place => ({ handle: place.handle, site: place.site, start, end, nameless: null });
    return { binding, kind: 'part', parts: [], missing: [], place: at, held: text };
  }
  return null;
}

/** What gives `wanted`, or an object that has it, of what closures hold under `name`. */
function textOf({ part, mayLack }: Origin, { part: held }: Origin, wanted: string, captured: string): string | null {
  const key = JSON.stringify(wanted);
  const isHeld = held?.key === wanted && held.fallback === null;
  if (part === null) return isHeld ? `({${key}:${captured}})` : null;
  if (held === null) return partText(mayLack ? `${captured}===void 0?{}:${captured}` : captured, part);
  return isHeld && part.fallback === null ? captured : null;
}

/** An expression of a part of what another gives; null where what it is without is computed. */
export function partText(whole: string, { key, fallback }: Part): string | null {
  const taken = `(${whole})[${JSON.stringify(key)}]`;
  if (fallback === null) return taken;
  return isPlainLiteral(fallback) ? `((v)=>v===void 0?${JSON.stringify(fallback.value)}:v)(${taken})` : null;
}

/** Whether a variable that begins as something else where there is no such option is read for what does so as well. */
function areReadAlike(own: Part | null, held: Part | null, ref: Reference): boolean {
  if (!held?.read) return own?.read === undefined;
  if (own) return own.read !== undefined && beginsSame(own.read, held.read);
  let found = false;
  walk(ref.fn.node as AnyNode, (node) => {
    const read = optionRead(node);
    found ||= read?.member === ref.parent && beginsSame(read, held.read!);
    return !found;
  });
  return found;
}

/** What a parameter is, whether or not it may be left out. */
function targetOf(param: Pattern): AnyNode {
  return (param.type === 'AssignmentPattern' && isEmpty(param.right as AnyNode) ? param.left : param) as AnyNode;
}

function originOf(binding: Binding, side: Side): Origin | null {
  const { declarations, reassigned, scope } = binding;
  const { fn } = scope;
  if (reassigned || declarations.length !== 1 || (scope !== fn.body && scope !== fn.scope)) return null;
  for (const [of, param] of ((fn.node as FunctionNode).params ?? []).entries()) {
    const target = targetOf(param);
    if (target.type === 'Identifier' && declarations.includes(target)) return { of, part: null };
    const part = target.type === 'ObjectPattern' ? partIn(target, binding) : null;
    if (part) return { of, part, ...(target === param ? {} : { mayLack: true }) };
  }
  for (const { id, init } of declaratorsOf(fn)) {
    if (!init) continue;
    if (id === declarations[0]) {
      const read = optionRead(init);
      const given = read && sourceOf(read.member.object as AnyNode, fn, side);
      if (read && given !== null) return { of: given, part: { key: read.key, fallback: null, read } };
      const key = init.type === 'MemberExpression' && !init.computed && !init.optional ? memberName(init) : null;
      const whole = key === null ? null : sourceOf((init as { object: AnyNode }).object, fn, side);
      return whole === null ? plain(init, fn, side) : { of: whole, part: { key: key!, fallback: null } };
    }
    const part = id.type === 'ObjectPattern' ? partIn(id, binding) : null;
    if (!part) continue;
    const of = sourceOf(init, fn, side) ?? plain(init, fn, side)?.of;
    return of === undefined ? null : { of, part };
  }
  return null;
}

/** The place of the parameter that a name stands for. */
function sourceOf(node: AnyNode, fn: FunctionInfo, side: Side): number | null {
  const binding = node.type === 'Identifier' ? side.refAt(node)?.binding : null;
  const index = ((fn.node as FunctionNode).params ?? []).findIndex((param) => binding?.declarations.includes(targetOf(param) as never));
  return index < 0 || binding!.reassigned ? null : index;
}

/** An expression that gives an object anew, of names that mean the same in both versions if they are the same. */
export function plain(value: AnyNode, fn: FunctionInfo, side: Side): Origin | null {
  if (value.type !== 'CallExpression' && value.type !== 'NewExpression') return null;
  let isPlain = true;
  walk(value, (node) => {
    isPlain &&= !isFunctionNode(node) && !/^(?:This|Await|Yield|Import|Assignment|Update)Expression$/.test(node.type);
    return isPlain;
  });
  const isKnown = ({ binding, node }: Reference): boolean =>
    binding === null || binding.scope.fn.kind === 'module' || sourceOf(node, fn, side) !== null;
  return isPlain && side.refsIn(value.start, value.end).every(isKnown) ? { of: value, part: null } : null;
}

/** Whether both are of the same object: an expression that is written the same, or the same parameter. */
export function isSameOrigin(
  own: Origin,
  held: Origin,
  [oldMaker, base]: readonly [FunctionInfo, Side],
  [maker, next]: readonly [FunctionInfo, Side],
): boolean {
  if (typeof own.of === 'number' || typeof held.of === 'number')
    return own.of === held.of && isSameParameter(own.of as number, [oldMaker, base], [maker, next]);
  const isSame = base.text(held.of) === next.text(own.of);
  const indexes = (value: AnyNode, fn: FunctionInfo, side: Side): number[] =>
    side.refsIn(value.start, value.end).flatMap(({ node }) => sourceOf(node, fn, side) ?? []);
  const [before, after] = [indexes(held.of, oldMaker, base), indexes(own.of, maker, next)];
  return isSame && before.join() === after.join() && after.every((index) => isSameParameter(index, [oldMaker, base], [maker, next]));
}

/** Whether a parameter is the one in its place of the other version: by its name, or by entries of it that both versions take. */
function isSameParameter(
  index: number,
  [oldMaker, base]: readonly [FunctionInfo, Side],
  [maker, next]: readonly [FunctionInfo, Side],
): boolean {
  const [before, after] = [oldMaker, maker].map((fn) => targetOf((fn.node as FunctionNode).params[index]!)) as [AnyNode, AnyNode];
  if (before.type === 'Identifier' && after.type === 'Identifier') return base.text(before) === next.text(after);
  const taken = keysOf(before, oldMaker);
  return [...keysOf(after, maker)].some((key) => taken.has(key));
}

/** The names of the entries that a function takes of a parameter. */
function keysOf(param: AnyNode, fn: FunctionInfo): ReadonlySet<string> {
  if (param.type === 'ObjectPattern') return new Set(namesIn(param));
  const binding = param.type === 'Identifier' ? (fn.scope.bindings.get(param.name) ?? fn.body.bindings.get(param.name)) : null;
  return new Set(
    (binding?.references ?? []).flatMap(({ node, parent }) => {
      if (parent.type === 'MemberExpression' && parent.object === node) return memberName(parent) ?? [];
      return parent.type === 'VariableDeclarator' && parent.init === node && parent.id.type === 'ObjectPattern' ? namesIn(parent.id) : [];
    }),
  );
}

const namesIn = ({ properties }: ObjectPattern): readonly string[] =>
  properties.flatMap((p) => (p.type === 'Property' && !p.computed ? keyName(p.key, false) : []));

/** Whether nothing but entries of an object is taken by their names: who is given all of it may change it. */
function isOnlyRead({ declarations, references }: Binding): boolean {
  return references.every(({ node, parent, write }) => {
    if (declarations.includes(node)) return true;
    if (write) return false;
    if (parent.type === 'MemberExpression') return parent.object === node && memberName(parent) !== null;
    return parent.type === 'SpreadElement' || (parent.type === 'VariableDeclarator' && parent.id.type === 'ObjectPattern');
  });
}

/** The entry that is read of an object by its name, and not called as a method of it. */
function readAs({ node, parent, read }: Reference, { model: { program } }: Side): string | null {
  if (!read || parent.type !== 'MemberExpression' || parent.object !== node) return null;
  const isCalled =
    nodesOf(program, 'CallExpression').some(({ callee }) => callee === parent) ||
    nodesOf(program, 'TaggedTemplateExpression').some(({ tag }) => tag === parent);
  return isCalled ? null : memberName(parent);
}

/** The names of entries that code of a module sets, or takes off, of anything. */
const changing = askedOnce((side: Side): ReadonlySet<string> => {
  const found = new Set<string>();
  walk(side.model.program, (node, parents) => {
    const parent = parents.at(-1);
    const isSet =
      (parent?.type === 'AssignmentExpression' && parent.left === node) ||
      (parent?.type === 'UnaryExpression' && parent.operator === 'delete') ||
      parent?.type === 'UpdateExpression' ||
      ((parent?.type === 'ForOfStatement' || parent?.type === 'ForInStatement') && parent.left === node) ||
      (parent?.type === 'Property' && parents.at(-2)?.type === 'ObjectPattern') ||
      parent?.type === 'ArrayPattern';
    if (node.type === 'MemberExpression' && isSet) found.add(memberName(node) ?? '');
  });
  return found;
});

export function partIn(pattern: ObjectPattern, { declarations }: Binding): Part | null {
  for (const property of pattern.properties) {
    if (property.type !== 'Property' || property.computed) continue;
    const { value, key } = property as AssignmentProperty;
    const [target, fallback] = value.type === 'AssignmentPattern' ? [value.left, value.right as AnyNode] : [value, null];
    if (target.type === 'Identifier' && declarations.includes(target)) return { key: keyName(key, false), fallback };
  }
  return null;
}

export function declaratorsOf({ node }: FunctionInfo): readonly VariableDeclarator[] {
  const { body } = node as FunctionNode;
  const statements = body?.type === 'BlockStatement' ? body.body : [];
  return statements.flatMap((statement) => (statement.type === 'VariableDeclaration' ? statement.declarations : []));
}
