/**
 * Variables that existing closures lack, but that can be computed from what they hold: a helper function next to them, a
 * constant. Each use computes it anew, so it must be a value that nobody can tell from an equal one.
 */
import type { AnyNode, BlockStatement, Function as FunctionNode, MemberExpression } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { effectsOf, functionOf, isMutated, isMutatedByFunctions, isState } from '../version/values/effects.ts';
import { gainedEntries } from './gained.ts';
import type { GainedEntry } from './gained.ts';
import type { Place, Resolution } from './resolution.ts';
import type { Resolver } from './resolve.ts';
import { nodesOf } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { isPlainLiteral } from '../version/objects/option-read.ts';
import { isArgument, isGivenIn, missingReads } from '../version/objects/options.ts';
import type { MissingRead } from '../version/objects/options.ts';
import { passesMore } from './surplus.ts';
import { isToldApart } from './made-for-each-use.ts';
import { partOf } from './part-and-whole.ts';
import type { Part } from './part-and-whole.ts';
import { listed } from '../verdicts/listed.ts';
import { isHeldElsewhere } from '../version/values/holding.ts';
import { statementAround } from '../version/program/statement-around.ts';
import { makesObject } from '../version/values/object-kinds.ts';
import { isFunctionNode, rootOf, walk } from '../version/program/walk.ts';

/** The code that gives a variable its value: of the scope that declares it, in order, without the declaration. */
export interface Derivation {
  readonly binding: Binding;
  /**
   * A function declaration, an initialiser, statements that assign the variable, the entries that what closures hold lacks,
   * what an option begins with, options of which the code asks for none that somebody gave, or a part of what they hold.
   */
  readonly kind: 'function' | 'value' | 'statements' | 'entries' | 'option' | 'none given' | 'part';
  readonly parts: readonly AnyNode[];
  /** Of statements, what the variable begins with. */
  readonly begins?: AnyNode;
  /** What of the parts reads options that nobody has given. */
  readonly missing: readonly MissingRead[];
  /** Where the parts will stand. */
  readonly place: (part: AnyNode) => Place;
  /** Of entries, what each part is called. */
  readonly names?: readonly string[];
  /** Where existing closures have the object, or the part. */
  readonly held?: string;
  /** The variable is a part of the value. */
  readonly part?: Part;
  /** They do with it only for a while: the patch does not stay while one is alive once all tasks run it. */
  readonly late?: true;
}

export function derivationOf(
  binding: Binding,
  place: Place,
  base: Side,
  next: Side,
  resolver: Resolver,
  mayBeGiven: (name: string) => boolean,
): Derivation | null {
  const { scope } = binding;
  const own = scope.fn;
  if (scope !== own.body || isState(own, binding) || isMutated(binding)) return null;
  const taken = binding.reassigned ? null : partOf(binding);
  const code = taken ? ({ kind: 'value', parts: [taken.value] } as const) : codeOf(binding, next);
  if (code === null || (taken && !isLastingPart(taken, next))) return null;
  if (valuesOf(binding, code, own).some((made) => isToldApart(binding, made, own, next))) return null;
  const derives = new Set([...(place.derives ?? []), binding]);
  const isGiven = (name: string): boolean => mayBeGiven(name) || isGivenIn(next, name);
  const begins = 'begins' in code ? code.begins : undefined;
  const begun = begins ? [begins, ...code.parts] : code.parts;
  const reads = code.kind === 'value' || begins ? begun.map((part) => missingReads(part, own, next, isGiven)) : [];
  if (reads.includes(null)) return null;
  const missing = reads.flatMap((one) => one!);
  // One that is given another value later is no constant, but for what options do to it that nobody gave.
  if (begins && missing.length === 0) return null;
  const derivation: Derivation = {
    binding,
    ...code,
    ...(taken ? { part: taken.part } : {}),
    missing,
    place: ({ start, end }) => ({ handle: place.handle, site: place.site, start, end, nameless: null, derives }),
  };
  for (const part of begun) {
    if (usesFunction(part)) return null;
    const { unknown, external, bindings, called } = effectsOf(part, next, own);
    if (unknown || external || [...bindings].some((b) => b !== binding)) return null;
    // A function that is only made runs nothing.
    const run = isFunctionNode(part) ? [] : [part, ...[...called].map(({ node }) => node as AnyNode)];
    if (!run.every((node) => isSameAtAnyTime(node, own, next))) return null;
    for (const ref of next.refsIn(part.start, part.end))
      if (missing.some(({ node }) => contains(node, ref.node))) continue;
      else if (ref.binding !== binding && !isLasting(ref, resolver.resolve(ref, derivation.place(part)), binding, base)) return null;
  }
  return derivation;
}

/** What the code makes of which the variable may be. */
function valuesOf(binding: Binding, { kind, parts }: Pick<Derivation, 'kind' | 'parts'>, own: FunctionInfo): readonly AnyNode[] {
  if (kind !== 'statements') return parts;
  return binding.references.flatMap(({ node, parent, write, fn }) =>
    write && fn === own && parent.type === 'AssignmentExpression' && parent.left === node ? [parent.right as AnyNode] : [],
  );
}

/** Of an object that existing closures have at `held`, but without entries that the new code gives it. */
export function entriesFor(
  binding: Binding,
  old: Binding,
  place: Place,
  held: string,
  base: Side,
  next: Side,
  resolver: Resolver,
  knew: (name: string) => boolean,
): Derivation | null {
  const [before, after] = [beginning(old, base), beginning(binding, next)];
  if (before === undefined || after === undefined || (before === null) !== (after === null)) return null;
  const gained = gainedEntries(old, before, base, binding, after, next, knew);
  if (!gained) return null;
  const derives = new Set([...(place.derives ?? []), binding]);
  const at = ({ start, end }: AnyNode): Place => ({ handle: place.handle, site: place.site, start, end, nameless: null, derives });
  const missing = gained.flatMap((entry) => entry.missing);
  const isThere = ({ value }: GainedEntry): boolean =>
    isSameAtAnyTime(value, binding.scope.fn, next, missing) &&
    next
      .refsIn(value.start, value.end)
      .every(
        (ref) =>
          missing.some(({ node }) => contains(node, ref.node)) ||
          (ref.binding !== binding && isLasting(ref, resolver.resolve(ref, at(value)), binding, base)),
      );
  if (!gained.every(isThere)) return null;
  return {
    binding,
    kind: 'entries',
    parts: gained.map(({ value }) => value),
    names: gained.map(({ name }) => name),
    missing,
    place: at,
    held,
  };
}

/** What a variable is given at once, null of a parameter; undefined where that is not one object for the whole call. */
function beginning(binding: Binding, side: Side): AnyNode | null | undefined {
  if (binding.kind === 'param') return isArgument(binding, binding.scope.fn, side) ? null : undefined;
  const code = codeOf(binding, side);
  return code?.kind === 'value' ? code.parts[0] : undefined;
}

/** For the report. */
export function derivedNote({ binding: { name }, kind, names, missing }: Derivation): string {
  if (names?.length === 0) return `what is new on ${name} is only there where somebody has given an option that nobody had`;
  if (names) return `closures that exist hold ${name} without ${listed(names)}: to them nobody has given that`;
  const options = [...new Set(missing.map(({ option }) => option))];
  if (options.length > 0)
    return `closures that exist do not hold ${name}: nobody has given ${options.join(' and ')}, and it is what it is without`;
  if (kind === 'option') return `closures that exist do not hold ${name}: nobody has given that option, and it is what it begins with`;
  return `closures that exist do not hold ${name}: it is computed from what they hold`;
}

/** Whether the name stands for the same now as when the variable would have been given its value. */
export function isLasting(ref: Reference, resolution: Resolution, binding: Binding, base: Side): boolean {
  if (resolution.kind === 'out-of-reach' || resolution.kind === 'own-name') return false;
  if (resolution.kind === 'shared' && ref.fn === binding.scope.fn) return !resolution.shared.binding.reassigned;
  if (resolution.kind !== 'captured') return true;
  const called = functionOf(base, resolution.old);
  if (called && passesMore(ref, base.plan.siteOf.get(called))) return false;
  // A function reads it when it is called, as it would have.
  return ref.fn !== binding.scope.fn || !isState(resolution.old.scope.fn, resolution.old);
}

/** What is another each time that it is asked for. */
const OTHER_EACH_TIME =
  /^(?:Date\.now|Symbol|Math\.random|performance\.now|crypto\.\w+|process\.(?:cpuUsage|hrtime|memoryUsage|uptime)(?:\.bigint)?)$/;

/**
 * Whether what code gives is the same when closures of `own` ask for it as when the variable would have been given its value: it
 * reads no clock, and nothing that functions go on changing.
 */
function isSameAtAnyTime(run: AnyNode, own: FunctionInfo, next: Side, missing: readonly MissingRead[] = []): boolean {
  let found = true;
  walk(run, (node, parents) => {
    if ((isFunctionNode(node) && node !== run) || missing.some((read) => read.node === node)) return false;
    if (node.type === 'CallExpression') found &&= !OTHER_EACH_TIME.test(memberText(node.callee) ?? '');
    if (node.type === 'NewExpression') found &&= memberText(node.callee) !== 'Date' || node.arguments.length > 0;
    if (node.type === 'MemberExpression' && parents.at(-1)?.type !== 'CallExpression') found &&= !isChangingProperty(node, next);
    return found;
  });
  return (
    found &&
    next.refsIn(run.start, run.end).every(({ binding, fn }) => {
      const isRead = binding !== null && (fn === own || fn.node === run) && binding.scope.fn !== fn;
      return !isRead || !(isState(binding.scope.fn, binding) || isMutatedByFunctions(binding.scope.fn, binding));
    })
  );
}

/** Whether the part is the same whenever it is taken, and what it is without is written out. */
function isLastingPart({ value, part: { key, fallback } }: NonNullable<ReturnType<typeof partOf>>, next: Side): boolean {
  const { start, end } = value;
  const property = { type: 'Identifier', name: key, start, end };
  const member = { type: 'MemberExpression', object: value, property, computed: false, optional: false, start, end };
  return (fallback === null || isPlainLiteral(fallback)) && !isChangingProperty(member as never, next);
}

/** The length of a list may grow, and so may what code of the module assigns. */
function isChangingProperty(member: MemberExpression & AnyNode, side: Side): boolean {
  const { property, computed } = member;
  const root = rootOf(member);
  const isOfLanguage = root.type === 'Identifier' && side.refAt(root)?.binding === null;
  if (computed || property.type !== 'Identifier' || isOfLanguage) return false;
  const { program } = side.model;
  const { name } = property;
  const isIt = (node: AnyNode): boolean =>
    node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier' && node.property.name === name;
  return (
    /^(?:length|size)$/.test(name) ||
    nodesOf(program, 'AssignmentExpression').some(({ left }) => isIt(left)) ||
    nodesOf(program, 'UpdateExpression').some(({ argument }) => isIt(argument))
  );
}

/** Null where the text does not show it in one place. */
export function codeOf(
  binding: Binding,
  next: Side,
): {
  readonly kind: Extract<Derivation['kind'], 'function' | 'value' | 'statements'>;
  readonly parts: readonly AnyNode[];
  readonly begins?: AnyNode;
} | null {
  const own = binding.scope.fn;
  const body = (own.node as FunctionNode).body as BlockStatement | AnyNode | undefined;
  const id = binding.declarations[0];
  if (body?.type !== 'BlockStatement' || !id || binding.declarations.length !== 1) return null;
  const fn = next.functionDeclaredBy(id);
  if (fn?.node.type === 'FunctionDeclaration') return binding.reassigned ? null : { kind: 'function', parts: [fn.node as AnyNode] };
  const statement = statementAround(body.body, id);
  const declarator = statement?.type === 'VariableDeclaration' ? statement.declarations.find((d) => d.id === id) : undefined;
  if (!declarator) return null;
  if (declarator.init && !binding.reassigned) {
    if (makesObject(declarator.init) && isHeldElsewhere(binding)) return null;
    return { kind: 'value', parts: [declarator.init] };
  }
  const writes = binding.references.filter((r) => r.write && r.node !== id);
  const around = writes.map(({ node }) => statementAround(body.body, node));
  if (writes.length === 0 || around.some((own) => own === undefined || own === statement)) return null;
  const parts = [...new Set(around as AnyNode[])].toSorted((a, b) => a.start - b.start);
  return { kind: 'statements', parts, ...(declarator.init ? { begins: declarator.init } : {}) };
}

/** Whether code uses what only the function has that it stands in. */
export function usesFunction(part: AnyNode): boolean {
  let found = false;
  const look = (root: AnyNode, inArrow: boolean): void =>
    walk(root, (node) => {
      if (node !== root && node.type === 'ArrowFunctionExpression') look(node, true);
      if (isFunctionNode(node) && (node !== root || node.type !== 'ArrowFunctionExpression')) return false;
      found ||= node.type === 'ThisExpression' || node.type === 'Super' || (node.type === 'MetaProperty' && node.meta.name === 'new');
      found ||= !inArrow && (node.type === 'ReturnStatement' || node.type === 'AwaitExpression' || node.type === 'YieldExpression');
      return !found;
    });
  look(part, part.type === 'ArrowFunctionExpression');
  return found;
}
