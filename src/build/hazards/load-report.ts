/**
 * The verdicts on values that other modules computed by functions that have changed: as they loaded, where the top level of
 * a module calls what it imports, and as they made objects and closures that hold them.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { runsOnce } from '../../instrument/plan.ts';
import type { VerdictRow } from '../../patch/format.ts';
import { callsOfImports, importCalled } from './at-load.ts';
import type { ImportCall } from './at-load.ts';
import { verdictOn } from './collected-results.ts';
import { keptFrom, pathOfKeeper } from './kept-in.ts';
import { withPassedOn } from './passed-on.ts';
import { nodesOf } from '../version/nodes.ts';
import { rootOf } from '../version/walk.ts';
import { importsOf } from '../version/imports.ts';
import { heldIn, reasonFor } from './held-results.ts';
import { specifiersIn } from '../input/reach.ts';
import type { Side } from '../version/side.ts';
import type { VerdictLog } from '../verdicts/verdicts.ts';

/** The new tree. */
interface Sources {
  text(file: string): Promise<string | null>;
  /** Null for a file that nobody can load. */
  side(file: string, text: string): Promise<Side | null>;
  resolve(file: string, specifier: string): string | null;
  log(file: string): Promise<VerdictLog>;
  /** Whether the patch runs what stands in a line anew. */
  runsAnew(file: string, line: number): boolean;
  /** Whether new code gets another value from a file by that name, and not the function that runs. */
  givesAnother(file: string, name: string): boolean;
  /** What is said of a file. */
  rows(file: string): readonly VerdictRow[];
  /** Whether the old version of a file has a function of that path. */
  had(file: string, path: string): boolean;
  /** Whether the patch converts what objects hold under `path`. */
  converts(file: string, path: string): boolean;
}

/** `changed`: by file, the names by which it gives away functions that have changed; see `changedGiven`. */
export async function reportLoaded(
  files: readonly string[],
  known: ReadonlyMap<string, ReadonlySet<string>>,
  sources: Sources,
): Promise<void> {
  const changed = await withPassedOn(files, known, sources, {
    join: (a, b) => new Set([...a, ...b]),
    renamed: (one, names) => new Set([...one, ...[...one].flatMap((name) => names.get(name) ?? [])]),
    under: (one, as) => new Set([...one].map((name) => `${as}.${name}`)),
  });
  for (const file of files) {
    const text = await sources.text(file);
    if (text === null) continue;
    const names = new Set<string>();
    for (const specifier of specifiersIn(text))
      for (const name of changed.get(sources.resolve(file, specifier) ?? '') ?? []) names.add(name.slice(name.lastIndexOf('.') + 1));
    // Most modules call what they import in functions of their own, and most of those do not name what has changed.
    const isNamed = [...names].some((name) => name === '' || name === 'default' || text.includes(name));
    const side = isNamed ? await sources.side(file, text) : null;
    if (!side) continue;
    await report(file, side, changed, sources);
    const told = new Set(
      sources.rows(file).flatMap(({ code, path }) => {
        // What is emptied is the table, by its name.
        if (code === 'cache-emptied') return [path, path.replace(/.* /, '')];
        return /^(?:results|cache|instances|capture|field)-/.test(code) ? path : [];
      }),
    );
    await reportHeld(file, side, changed, sources, told);
    await reportCollected(file, side, changed, sources, told);
  }
}

async function report(file: string, side: Side, changed: ReadonlyMap<string, ReadonlySet<string>>, sources: Sources): Promise<void> {
  const told = new Set<string>();
  for (const { source, names, root } of callsOfImports(side, statementsOf(side))) {
    const given = changed.get(sources.resolve(file, source) ?? '');
    const name = names.find((each) => given?.has(each) === true);
    if (name === undefined || told.has(`${source} ${name}`)) continue;
    const isAnew = sources.runsAnew(file, side.line(root));
    if (isAnew && sources.givesAnother(sources.resolve(file, source)!, name)) continue;
    told.add(`${source} ${name}`);
    const log = await sources.log(file);
    const what = name === '' ? source : `${name} of ${source}`;
    const reason = isAnew
      ? `${what} may run as the patch is linked, in its old version: what it computes then stays`
      : `${what} may have run as the module loaded, and has changed since: what it computed stays`;
    log.add('computed-at-load', side, root, '', reason);
  }
}

/** What objects and closures hold of another module's results. */
async function reportHeld(
  file: string,
  side: Side,
  changed: ReadonlyMap<string, ReadonlySet<string>>,
  sources: Sources,
  told: Set<string>,
): Promise<void> {
  const imports = importsOf(side);
  for (const held of heldIn(side)) {
    const called = importCalled(side, imports, held.call.callee);
    const given = called && changed.get(sources.resolve(file, called.source) ?? '');
    const name = called?.names.find((each) => given?.has(each) === true);
    if (called && name !== undefined && !sources.converts(file, `${held.fn.path} ${held.name}`)) {
      const by = name === '' ? called.source : `${name} of ${called.source}`;
      told.add(`${held.fn.path} ${held.name}`);
      (await sources.log(file)).add(held.code, side, held.call, `${held.fn.path} ${held.name}`, reasonFor(held, by));
    }
  }
}

/** What code puts where it outlives the call, as `results.set(key, parse(text))`. */
async function reportCollected(
  file: string,
  side: Side,
  changed: ReadonlyMap<string, ReadonlySet<string>>,
  sources: Sources,
  told: Set<string>,
): Promise<void> {
  const imports = importsOf(side);
  for (const call of nodesOf(side.model.program, 'CallExpression')) {
    const root = rootOf(call.callee as AnyNode);
    if (root.type !== 'Identifier' && root.type !== 'CallExpression') continue;
    const called = importCalled(side, imports, call.callee as AnyNode) ?? elementCalled(side, imports, call.callee as AnyNode);
    const given = called && changed.get(sources.resolve(file, called.source) ?? '');
    const name = given && (called.names.length === 0 ? 'a function' : called.names.find((each) => given.has(each)));
    const [ref] = name === undefined || name === null ? [] : side.refsIn(call.start, call.end);
    if (!called || !ref || typeof name !== 'string' || side.runsOnce(ref.fn)) continue;
    const kept = keptFrom(side, ref.fn, call);
    if (!kept || kept.kind === 'at load' || !sources.had(file, kept.fn.path)) continue;
    const { code, path, where } = verdictOn(kept, pathOfKeeper(kept.fn));
    if (told.has(path) || told.has(pathOfKeeper(kept.fn)) || told.has(kept.name)) continue;
    told.add(path);
    const by = name === '' ? called.source : `${name} of ${called.source}`;
    (await sources.log(file)).add(code, side, kept.at, path, `results that the old version of ${by} computed are kept in ${where}`);
  }
}

/** `factories[name]()`, of which any may be the one that is called. */
function elementCalled(side: Side, imports: ReturnType<typeof importsOf>, callee: AnyNode): Pick<ImportCall, 'source' | 'names'> | null {
  if (callee.type !== 'MemberExpression' || !callee.computed || callee.object.type !== 'Identifier') return null;
  const binding = side.refAt(callee.object)?.binding;
  const known = binding && imports.get(binding);
  return known?.imported === '*' ? { source: known.source, names: [] } : null;
}

/** What runs once: the statements of the module, and those of functions around all of it. */
function statementsOf(side: Side): AnyNode[] {
  const once = side.model.functions.filter((fn) => runsOnce(side.plan.handleOf.get(fn)?.kind));
  return once.flatMap((fn) => {
    const { body } = fn.node as FunctionNode | { readonly body: AnyNode[] };
    return Array.isArray(body) ? body : body.type === 'BlockStatement' ? body.body : [body];
  }) as AnyNode[];
}
