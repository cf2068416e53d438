/**
 * What is done once, as closures or objects are made, those that exist have not had. A patch must not be one that has been
 * applied while one of them goes on without: they are looked for when all tasks run it, since what old tasks made for
 * themselves has gone by then. Of what they hold that is so where the patch is about nothing else.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { OutdatedObjects, StrandedFunction, VerdictRow } from '../../patch/format.ts';
import { contains } from '../../source/contains.ts';
import type { FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { lasts, setUpBy } from '../hazards/set-up.ts';
import { common } from '../match/match.ts';
import type { VerdictCode } from '../verdicts/verdicts.ts';
import { classNamed, isConstructor } from '../version/objects/create.ts';
import { outlives } from '../version/program/escape.ts';
import { ownProperty } from '../version/forms/own-properties.ts';
import type { Side } from '../version/side.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';

export interface MadeBefore {
  /** `alone`: only where the changes of no module are about anything else. */
  readonly refuses: 'always' | 'alone' | 'never';
  readonly stranded: readonly StrandedFunction[];
  readonly outdated: readonly OutdatedObjects[];
  /** Verdicts that it is about. */
  readonly rows: ReadonlySet<VerdictRow>;
}

export const NOTHING_MADE: MadeBefore = { refuses: 'never', stranded: [], outdated: [], rows: new Set() };

/** What is new changes nothing by itself, nor does what stays as it is. */
const CHANGES_NOTHING: ReadonlySet<string> = new Set<VerdictCode>([
  'function-changed',
  'function-added',
  'function-removed',
  'constant-added',
  'constant-removed',
  'class-added',
  'import-added',
  'import-removed',
  'file-added',
  'file-removed',
  'file-unreachable',
  'file-not-brought',
  'names-paired',
  'dependency-added',
  'dependency-changed',
  'data-changed',
  'set-up-kept',
  'capture-kept',
  'instances-lack',
  'instances-hold',
  'length-kept',
]);

const KEPT: ReadonlySet<string> = new Set<VerdictCode>(['set-up-kept', 'capture-kept', 'instances-hold']);

/** `changed`: the functions that differ, old and new. `lasting`: those of which what they set up lasts, and of what they make no more than that. */
export function madeBefore(
  ctx: ModuleContext,
  changed: readonly (readonly [FunctionInfo, FunctionInfo])[],
  lasting: ReadonlyMap<string, readonly OutdatedObjects[]>,
): MadeBefore {
  // What the author takes care of is done for those that exist.
  if (ctx.around.hook?.module === ctx.file) return NOTHING_MADE;
  const { rows } = ctx.log;
  const kept = rows.filter(({ code, verdict }) => KEPT.has(code) && verdict === 'warning');
  const lacking = kept.flatMap((row) => {
    const own = lasting.get(row.path);
    const baseFn = row.code === 'set-up-kept' && !own ? changed.find(([{ path }]) => path === row.path)?.[0] : undefined;
    const made = row.code === 'set-up-kept' && own ? { stranded: [], outdated: own } : baseFn && madeBy(ctx, baseFn, row.reason);
    return made && isAny(made) ? [{ row, made }] : [];
  });
  if (lacking.length > 0)
    return { refuses: 'always', ...joined(lacking.map(({ made }) => made)), rows: new Set(lacking.map(({ row }) => row)) };
  // A closure that is linked anew for what it holds holds the old value all the same.
  const holders = new Set(kept.map(({ path }) => path));
  const changesNothing = ({ code, path }: VerdictRow): boolean =>
    CHANGES_NOTHING.has(code) || (code === 'function-relinked' && holders.has(path));
  if (!rows.every(changesNothing)) return NOTHING_MADE;
  if (changed.length === 0) return { ...NOTHING_MADE, refuses: 'alone' };
  const made = changed.map(([baseFn]) => madeBy(ctx, baseFn, 'the patch changes nothing but what is done once, when it is made'));
  if (kept.length === 0 || !made.every(isAny) || !changed.every(([baseFn, fn]) => isSetUp(ctx, baseFn, fn))) return NOTHING_MADE;
  return { refuses: 'alone', ...joined(made), rows: new Set(kept) };
}

type Made = Pick<MadeBefore, 'stranded' | 'outdated'>;

const isAny = ({ stranded, outdated }: Made): boolean => stranded.length + outdated.length > 0;

const joined = (made: readonly Made[]): Made => ({
  stranded: made.flatMap(({ stranded }) => stranded),
  outdated: made.flatMap(({ outdated }) => outdated),
});

/** What calls of a function have made that can be found: its closures, and the instances of a class that the scope in which it stands has a name for. */
function madeBy({ base }: ModuleContext, fn: FunctionInfo, reason: string): Made {
  const type = isConstructor(fn) ? classNamed(base, fn) : null;
  const outdated: OutdatedObjects[] =
    type === null ? [] : [{ scope: type.handle.id, objects: `instances=>instances(${type.name})`, path: fn.path, reason, late: true }];
  const stranded = fn.children.flatMap((child): StrandedFunction[] => {
    const site = lasts(child) ? base.plan.siteOf.get(child) : undefined;
    return site ? [{ site: site.id, path: child.path, reason, late: true }] : [];
  });
  return { stranded, outdated };
}

/** Whether versions of a function differ in no more than what they do once for what they make. */
function isSetUp({ base, next }: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): boolean {
  const [before, now] = [baseFn, fn].map(statementsOf);
  if (!before || !now) return false;
  const matched = common(
    before.map((node) => base.text(node)),
    now.map((node) => next.text(node)),
  );
  const [gone, added] = [new Set(before), new Set(now)];
  for (const [i, j] of matched) {
    gone.delete(before[i]!);
    added.delete(now[j]!);
  }
  return gone.size + added.size > 0 && areSetUp(base, baseFn, gone) && areSetUp(next, fn, added);
}

function statementsOf({ node }: FunctionInfo): readonly AnyNode[] | null {
  const { body } = node as Partial<FunctionNode>;
  return body?.type === 'BlockStatement' ? body.body : null;
}

function areSetUp(side: Side, fn: FunctionInfo, statements: ReadonlySet<AnyNode>): boolean {
  const set = setUpBy(fn, side);
  const isSet = (statement: AnyNode): boolean => set.some((own) => contains(statement, own));
  return [...statements].every((statement) => {
    if (endsIt(statement)) return false;
    if (isSet(statement)) return true;
    if (statement.type === 'VariableDeclaration') {
      const named = side.refsIn(statement.start, statement.end).filter(({ write, binding }) => write && binding?.scope.fn === fn);
      return named.every(({ binding }) =>
        binding!.references.every(({ node, fn: by }) => outlives(by, fn, lasts) || [...statements].some((own) => contains(own, node))),
      );
    }
    const { expression } = statement as { readonly expression?: AnyNode };
    return isConstructor(fn) && expression?.type === 'AssignmentExpression' && ownProperty(expression.left) !== null;
  });
}

/** Whether a statement may end the call: what is made from now on is not all that it is about. */
function endsIt(statement: AnyNode): boolean {
  let ends = false;
  walk(statement, (node) => {
    ends ||= node.type === 'ReturnStatement' || node.type === 'ThrowStatement';
    return !isFunctionNode(node);
  });
  return ends;
}
