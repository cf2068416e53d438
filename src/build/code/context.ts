/** What the parts of one module's build share. */
import type { FunctionInfo, ModuleModel, Reference } from '../../source/model.ts';
import type { AnyNode } from 'acorn';
import type { Gain } from '../version/objects/gains.ts';
import type { Argument } from '../version/values/passed-values.ts';
import type { HookFile } from '../input/hook-file.ts';
import type { Use, UsesBeside } from '../version/objects/needed.ts';
import { ownNames } from '../version/forms/own-names.ts';
import type { OwnNames } from '../version/forms/own-names.ts';
import type { VersionLabels } from '../match/labels.ts';
import type { Match } from '../match/match.ts';
import type { Versions } from './kept-whole.ts';
import type { Resolver } from './resolve.ts';
import type { Owner, Side } from '../version/side.ts';
import type { VerdictLog } from '../verdicts/verdicts.ts';
import { memberText } from '../../source/paths.ts';
import { isFunctionNode, rootOf, walk } from '../version/program/walk.ts';

/** Of what a function completes, the entries that it once filled in itself: their names, and the text of what each was. */
export type Completion = readonly (readonly [name: string, was: string])[];

/** The functions that a module gives away and that have changed, by the names that it gives them: '' for all that it exports. */
export interface GivenAway {
  readonly changed: ReadonlySet<string>;
  /** Those that complete what they are given. */
  readonly completing: ReadonlyMap<string, Completion>;
}

/** How one module sees the rest of the patch. */
export interface Surroundings {
  /** The file in the tree that `specifier` leads to and whose export `name` this patch adds or changes. */
  changedExport(specifier: string, name: string): string | null;
  /** The file in the tree that `specifier` leads to, with the names of all exports that this patch adds or changes there. */
  changedExports(specifier: string): { readonly file: string; readonly names: readonly string[] } | null;
  /** Whether no entry of the package leads to this file, and only code of the package asks for it. */
  isInternal(): boolean;
  /** What the file gives away that `specifier` leads to; null where nothing of it has changed. */
  given(specifier: string): GivenAway | null;
  /** Both versions of the file that `specifier` leads to; null where it is the same in both, or none of the package. */
  versionsOf(specifier: string): Versions | null;
  /** Functions that have changed, by their paths, which code of other modules gives to what this one gives away: see `handedAs`. */
  readonly handed: ReadonlyMap<string, string>;
  /** The new version of the file that `specifier` leads to; null where it is the same in both, or none of the package. */
  newModelOf(specifier: string): ModuleModel | null;
  /** Whether `specifier` leads to a file that only the new version has. */
  isAdded(specifier: string): boolean;
  /** Whether `specifier` leads to a dependency of which the patch may bring another version: the process decides, for all of the package. */
  follows(specifier: string): boolean;
  /** Whether `specifier` leads to a package that the patch changes as well, from a tree of its own. */
  isBeside(specifier: string): boolean;
  /** Whether another file that a program can load names a property so. */
  isNamedBeside(property: string): boolean;
  /**
   * The least number of arguments that a running function of the patch hands on where its new version reads more; null where
   * there is none. Calls in new code that pass more than that have to ask what they call.
   */
  readonly leastHandedOn: number | null;
  /** Whether the old version says `name` anywhere, in whichever file. */
  knew(name: string): boolean;
  /** Whether the old version may know a property of that name. */
  knewKey(name: string): boolean;
  /** Whether the old version may have had a value of that name from a caller. */
  knewButConstants(name: string): boolean;
  /** Whether the old version may have taken an option of that name: it says it otherwise than where it writes an entry out. */
  mayTake(name: string): boolean;
  /** Whether code of another file, which has changed or is new, may write out an object with an entry of that name. */
  isGivenBeside(name: string): boolean;
  /** Whether code of another file, which has changed or is new, may call what goes by that name. */
  mayCallBeside(name: string): boolean;
  /** Whether code of another file, which has changed or is new, gives `this` a property of that name. */
  setsBeside(name: string): boolean;
  /** Whether code of another file, changed or not, may put a property of that name on what this one gives. */
  putsBeside(name: string): boolean;
  /** Whether a file that has changed or is new may load this one. */
  isLoadedBeside(): boolean;
  /** What classes do with a property of their objects, in files that have changed, that extend the class of that name. */
  usesByHeirs(name: string, property: string): ReadonlySet<Use>;
  /** What code of other files does that have changed, with a property or with what a method gives whose name the file did not say before. */
  readonly usesBeside: UsesBeside;
  /** Whether code of other files that have changed says two names together, where it did not. */
  asksTogetherBeside(one: string, other: string): boolean;
  /** Whether code of other files of the old version does no more with what this one gives away by `names` than to call it as it loads. */
  readonly areCalledAtLoad: (names: readonly string[]) => boolean;
  /** Object literals that have an entry of that name in the new version only, in whichever file. */
  gains(name: string): readonly Gain[];
  /** What all code of the new version passes for an argument that the old one does not take, as text; null where that is not one value. */
  passed(to: Argument): string | null;
  /** Whether code that has changed or is new may pass it. */
  mayPass(to: Argument): boolean;
  readonly labels: VersionLabels;
  /** The author's callbacks. */
  readonly hook: HookFile | null;
}

export interface ModuleContext {
  readonly file: string;
  readonly base: Side;
  readonly next: Side;
  readonly match: Match;
  readonly resolver: Resolver;
  readonly log: VerdictLog;
  readonly around: Surroundings;
}

export type Comparison = 'same' | 'differs' | 'depends';

/** Compares code outside functions: by text, then by what its names mean; `depends` when only their meaning differs. */
export function compareCode(ctx: ModuleContext, base: AnyNode, next: AnyNode, baseOwner: Owner, nextOwner: Owner): Comparison {
  const own = { base: ownNames(base, ctx.base, baseOwner), next: ownNames(next, ctx.next, nextOwner) };
  if (!isSameText(ctx, base, next, own)) return 'differs';
  const old = comparedIn(ctx.base, base, baseOwner);
  const fresh = comparedIn(ctx.next, next, nextOwner);
  if (old.length !== fresh.length) return 'differs';
  if (ctx.next.inBundle.takenIn(next.start, next.end).length > 0) return 'depends';
  if (!old.every((r, i) => ctx.resolver.sameReference(r, fresh[i]!))) return 'depends';
  return readsChanged(ctx, next, nextOwner) ? 'depends' : 'same';
}

/** The names in code that are compared by what they mean. */
function comparedIn(side: Side, code: AnyNode, owner: Owner): Reference[] {
  const isCompared = (ref: Reference): boolean => ref.node === code || !side.isIgnored(ref.parent);
  return side.refsIn(code.start, code.end).filter((ref) => side.ownerOf(ref) === owner && isCompared(ref));
}

/** Whether two pieces of code are the same but for layout and comments. What is written the same is, unless names stand for others. */
function isSameText(
  { base, next }: ModuleContext,
  before: AnyNode,
  after: AnyNode,
  own: { readonly base: OwnNames; readonly next: OwnNames },
): boolean {
  return (
    (next.names.size === 0 && base.written({ node: before }) === next.written({ node: after })) ||
    base.textBut(before, own.base) === next.textBut(after, own.next)
  );
}

/** Whether code reads a property that the patch sets, by the path under which the top level sets it. */
export function readsChanged({ next, resolver }: ModuleContext, code: AnyNode, owner: Owner): boolean {
  if (resolver.changedPaths.size === 0) return false;
  let found = false;
  walk(code, (node, parents) => {
    if (found || (node !== code && isFunctionNode(node))) return false;
    if (node.type !== 'MemberExpression' || isWritten(node, parents.at(-1))) return true;
    const root = rootOf(node);
    const [ref] = root.type === 'Identifier' ? next.refsIn(root.start, root.end) : [];
    found = ref !== undefined && next.ownerOf(ref) === owner && resolver.changedPaths.has(next.pathIn(node, memberText(node) ?? ''));
    return !found;
  });
  return found;
}

function isWritten(node: AnyNode, parent: AnyNode | undefined): boolean {
  return parent?.type === 'AssignmentExpression' && parent.left === node && parent.operator === '=';
}

/** Whether a function's own code, which is the same, means something else in the new version. */
export function dependsOnNew(ctx: ModuleContext, base: FunctionInfo, next: FunctionInfo): boolean {
  const old = ctx.base.ownRefs(base);
  const fresh = ctx.next.ownRefs(next);
  if (old.length !== fresh.length) return true;
  if (ctx.resolver.lifted.size > 0 && fresh.some(({ binding }) => binding && ctx.resolver.lifted.has(binding))) return true;
  // Its own variables mean what they meant: its code is the same.
  const isOwn = ({ binding }: Reference): boolean => binding?.scope.fn === next && !ctx.resolver.fresh.has(binding);
  if (!old.every((r, i) => isOwn(fresh[i]!) || ctx.resolver.sameReference(r, fresh[i]!))) return true;
  return ctx.next.importedBy(next).some((specifier) => ctx.resolver.follows(specifier));
}

/** The same of one that is no owner: it is compared as a part of the code around it. */
export function readsNew({ base: side, next: now, resolver }: ModuleContext, base: FunctionInfo, next: FunctionInfo): boolean {
  const old = side.refsIn(base.node.start, base.node.end);
  const fresh = now.refsIn(next.node.start, next.node.end);
  const isKnown = (ref: Reference, i: number): boolean =>
    ref.binding === null || !(resolver.lifted.has(ref.binding) || resolver.fresh.has(ref.binding)) || old[i]?.binding == null;
  return old.length === fresh.length && !fresh.every(isKnown);
}
