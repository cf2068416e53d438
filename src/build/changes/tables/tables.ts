/**
 * Tables that live on: objects that the top level made, which the program may hold and may have put things into. Where
 * the source of one changed, the difference is merged into the one that exists: see data/merge.ts. Literals are compared
 * here, property by property; what remains is evaluated in both versions where the patch is linked.
 */
import type { AnyNode, CallExpression, NewExpression, Property } from 'acorn';
import type { HandleScope } from '../../../instrument/plan.ts';
import { ClassInfo, FunctionInfo } from '../../../source/model.ts';
import type { Binding, Reference } from '../../../source/model.ts';
import type { ValueComparer } from '../compare.ts';
import type { ModuleContext } from '../../code/context.ts';
import type { Making } from './made-tables.ts';
import { outlives } from '../../version/program/escape.ts';
import { writtenOut } from './named-entries.ts';
import { entriesOf } from '../../version/forms/literal-entries.ts';
import { effectsOf } from '../../version/values/effects.ts';
import type { Owner, Side } from '../../version/side.ts';
import { isClassNode, isFunctionNode, walk } from '../../version/program/walk.ts';

/** One difference between the two sources of a table. */
export interface TableChange {
  readonly handle: HandleScope;
  /** An expression of the old source that gives the table. */
  readonly table: AnyNode;
  /** From the table to what differs; empty for the table itself. */
  readonly path: readonly string[];
  /** A value, or the property of an object literal that is a method; null where the old source has none. */
  readonly before: AnyNode | null;
  readonly after: AnyNode | null;
  readonly node: AnyNode;
  /** Evaluating it calls functions of other modules. */
  readonly runs: boolean;
  /** As in `PatchMerge`. */
  readonly called: { readonly written: readonly string[]; readonly hides: boolean; readonly renews?: true } | null;
  /** `after` names an object of another kind that new code has in place of the table: see data/moves.ts. */
  readonly moves?: true;
  /** `after` names the table that the patch makes anew, and of what the program holds these keys are as the old source made them. */
  readonly remade?: 'all' | readonly string[];
  /** What either version makes the table by, where that is more than a value; the new one is made behind `at`. */
  readonly made?: { readonly before: Making; readonly after: Making; readonly at: number };
}

/** The scope whose table it is. */
export interface TableScope {
  readonly ctx: ModuleContext;
  readonly handle: HandleScope;
  readonly baseFn: FunctionInfo;
  readonly nextFn: FunctionInfo;
  readonly compare: ValueComparer;
}

/**
 * How the table that `table` gives has to change; null when that cannot be told, or cannot be evaluated again. `given`: what
 * statements of the old source gave it beside its literal.
 */
export function tableChanges(
  scope: TableScope,
  table: AnyNode,
  before: AnyNode,
  after: AnyNode,
  path: readonly string[] = [],
  given: ReadonlyMap<string, AnyNode> = new Map(),
): TableChange[] | null {
  const old = entriesOf(before);
  const now = entriesOf(after);
  const found: TableChange[] = [];
  if (!old || !now) return leaf(scope, table, path, before, after, after, found) ? found : null;
  for (const [key, property] of now) {
    const entry = old.get(key);
    const was = entry?.value ?? given.get(key);
    const inner = [...path, key];
    if (!was) {
      if (!leaf(scope, table, inner, null, part(property), property, found)) return null;
      continue;
    }
    const result = scope.compare.values(was, property.value);
    if (result === 'same') continue;
    // A function that the table alone holds went, and another one came: who took it out of the table keeps it.
    if (result === 'replaced' && isDefinition(was)) return null;
    const [literal, becomes] = writtenOut(was, property.value, scope.ctx);
    if (entriesOf(literal) && entriesOf(becomes)) {
      const changes = tableChanges(scope, table, literal, becomes, inner);
      if (!changes) return null;
      found.push(...changes);
    } else if (!leaf(scope, table, inner, entry ? part(entry) : was, part(property), property, found)) return null;
  }
  for (const [key, property] of old) {
    if (now.has(key)) continue;
    // What the source no longer writes out, another module may have put there, as it does in a program that starts.
    if (path.length === 0 && scope.ctx.around.putsBeside(key))
      scope.ctx.log.add('export-removed', scope.ctx.base, property, key, PUT_BESIDE);
    else if (!leaf(scope, table, [...path, key], part(property), null, after, found)) return null;
  }
  return found;
}

const PUT_BESIDE = 'it stays: code of another file puts one there, or may do so';

/** Takes a property off the object that `table` gives; null where what it was cannot be told. */
export function removal(scope: TableScope, table: AnyNode, name: string, before: AnyNode, node: AnyNode): TableChange | null {
  const found: TableChange[] = [];
  const known = leaf(scope, table, [name], before, null, node, found) && found.every(({ runs }) => !runs);
  return known ? found[0]! : null;
}

function leaf(
  { ctx, handle, baseFn, nextFn }: TableScope,
  table: AnyNode,
  path: readonly string[],
  before: AnyNode | null,
  after: AnyNode | null,
  node: AnyNode,
  found: TableChange[],
): boolean {
  const a = before ? evaluation(before, ctx.base, baseFn) : 'pure';
  const b = after ? evaluation(after, ctx.next, nextFn) : 'pure';
  if (a === 'never' || b === 'never') return false;
  // Functions that both make are taken for the same, so each has to be the other's new version.
  if (before && after) {
    for (const fn of functionsIn(before, ctx.base)) {
      const next = ctx.match.nextOf.get(fn);
      if (!next || next.node.start < after.start || next.node.end > after.end) return false;
    }
  }
  const called = before && after ? calledOtherwise(ctx, before, after) : null;
  found.push({ handle, table, path, before, after, node, runs: a === 'runs' || b === 'runs', called });
  return true;
}

/** What the calls in two values make, where they are given other arguments: by their texts, or constants that are others now. */
function calledOtherwise(ctx: ModuleContext, before: AnyNode, after: AnyNode): TableChange['called'] {
  const { base, next, resolver } = ctx;
  const [was, now] = [callsIn(before), callsIn(after)];
  const text = (calls: readonly Call[], side: Side): string => calls.map((call) => side.text(call)).join();
  const isFresh = ({ binding }: Reference): boolean => binding !== null && resolver.fresh.has(binding) && !next.definitionNamed(binding);
  if (was.length === 0 || now.length === 0) return null;
  if (
    text(was, base) === text(now, next) &&
    !now.some((call) => call.arguments.some(({ start, end }) => next.refsIn(start, end).some(isFresh)))
  )
    return null;
  const makers = was.map(({ callee }) => base.definitionOf(callee as AnyNode));
  const owners = makers.map((owner) =>
    owner instanceof ClassInfo ? owner.members.find(({ kind }) => kind.endsWith('constructor')) : owner,
  );
  // A class without a constructor makes no functions.
  if (makers.every((owner, i) => owner && !(owners[i] && hidesArguments(owners[i] as FunctionInfo)))) return null;
  const written = functionsIn(before, base).map((fn) => textOf(fn, base));
  return { written, hides: owners.some((owner) => owner instanceof FunctionInfo && hidesArguments(owner)) };
}

/** Whether functions that one makes, and that outlive its call, see what it is given or makes of that. */
function hidesArguments(fn: FunctionInfo): boolean {
  const all = [...fn.body.bindings.values(), ...fn.scope.bindings.values()];
  const isSelf = ({ declarations }: Binding): boolean => declarations.some(({ name }) => /^(?:_?(?:this|self|that)\d*)$/.test(name));
  return all.some(
    (binding) => !isSelf(binding) && binding.kind !== 'function' && binding.references.some((ref) => ref.fn !== fn && outlives(ref.fn, fn)),
  );
}

type Call = (CallExpression | NewExpression) & AnyNode;

/** Those that evaluating a value makes itself. */
function callsIn(value: AnyNode): Call[] {
  const found: Call[] = [];
  walk(value, (node) => {
    if (node.type === 'CallExpression' || node.type === 'NewExpression') found.push(node);
    return !isFunctionNode(node);
  });
  return found;
}

/** Whether evaluating it once more only gives the value; `runs` where functions of other modules are called for it. */
function evaluation(node: AnyNode, side: Side, owner: FunctionInfo): 'pure' | 'runs' | 'never' {
  let never = false;
  walk(node, (inner) => {
    if (inner.type === 'AwaitExpression' || inner.type === 'YieldExpression' || inner.type === 'MetaProperty' || inner.type === 'Super')
      never = true;
    return !never && (inner === node || !isFunctionNode(inner));
  });
  if (never) return 'never';
  const effects = effectsOf(node, side, owner);
  if (effects.unknown || effects.bindings.size > 0) return 'never';
  return effects.external ? 'runs' : 'pure';
}

function functionsIn(node: AnyNode, side: Side): FunctionInfo[] {
  const found: FunctionInfo[] = [];
  walk(node, (inner) => {
    const fn = side.fnAt.get(inner);
    if (fn && fn.kind !== 'module') found.push(fn);
  });
  return found;
}

/** A method's is that of the property. */
export function textOf({ node, ancestors }: Owner, { model }: Side): string {
  const parent = ancestors.at(-1);
  const { start, end } = parent?.type === 'Property' && parent.method ? parent : node;
  return model.text.slice(start, end);
}

function isDefinition(node: AnyNode): boolean {
  return isFunctionNode(node) || isClassNode(node);
}

/** A method has no text of its own outside of its object. */
function part(property: Property): AnyNode {
  return property.method ? property : property.value;
}
