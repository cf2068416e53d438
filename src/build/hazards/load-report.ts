/**
 * The verdicts on values that other modules computed by functions that have changed: as they loaded, where the top level of
 * a module calls what it imports, and as they made objects and closures that hold them.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { runsOnce } from '../../instrument/plan.ts';
import { callsOfImports, importCalled } from './at-load.ts';
import { importsOf } from '../version/imports.ts';
import { heldIn, reasonFor } from './held-results.ts';
import { specifiersIn } from '../input/reach.ts';
import { tableReads } from './table-reads.ts';
import type { ChangedKeys } from './table-reads.ts';
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
  /** Whether the patch converts what objects hold under `path`. */
  converts(file: string, path: string): boolean;
}

/** `changed`: by file, the names by which it gives away functions that have changed; see `changedGiven`. */
export async function reportLoaded(
  files: readonly string[],
  changed: ReadonlyMap<string, ReadonlySet<string>>,
  sources: Sources,
): Promise<void> {
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
    await reportHeld(file, side, changed, sources);
  }
}

/** `given`: by file, the tables that it gives away and that change in place. */
export async function reportTableReads(
  files: readonly string[],
  given: ReadonlyMap<string, ReadonlyMap<string, ChangedKeys>>,
  sources: Sources,
): Promise<void> {
  for (const file of files) {
    const text = await sources.text(file);
    if (text === null || !specifiersIn(text).some((specifier) => given.has(sources.resolve(file, specifier) ?? ''))) continue;
    const side = await sources.side(file, text);
    if (!side) continue;
    const told = new Set<string>();
    for (const { source, name, root } of tableReads(side, statementsOf(side), (from) => given.get(sources.resolve(file, from) ?? ''))) {
      if (told.has(name) || sources.runsAnew(file, side.line(root))) continue;
      told.add(name);
      const reason = `it was computed from ${name}${name === source ? '' : ` of ${source}`} as the module loaded, and stays as it is`;
      (await sources.log(file)).add('computed-at-load', side, root, '', reason);
    }
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
async function reportHeld(file: string, side: Side, changed: ReadonlyMap<string, ReadonlySet<string>>, sources: Sources): Promise<void> {
  const imports = importsOf(side);
  for (const held of heldIn(side)) {
    const called = importCalled(side, imports, held.call.callee);
    const given = called && changed.get(sources.resolve(file, called.source) ?? '');
    const name = called?.names.find((each) => given?.has(each) === true);
    if (called && name !== undefined && !sources.converts(file, `${held.fn.path} ${held.name}`)) {
      const by = name === '' ? called.source : `${name} of ${called.source}`;
      (await sources.log(file)).add(held.code, side, held.call, `${held.fn.path} ${held.name}`, reasonFor(held, by));
    }
  }
}

/** What runs once: the statements of the module, and those of functions around all of it. */
function statementsOf(side: Side): AnyNode[] {
  const once = side.model.functions.filter((fn) => runsOnce(side.plan.handleOf.get(fn)?.kind));
  return once.flatMap((fn) => {
    const { body } = fn.node as FunctionNode | { readonly body: AnyNode[] };
    return Array.isArray(body) ? body : body.type === 'BlockStatement' ? body.body : [body];
  }) as AnyNode[];
}
