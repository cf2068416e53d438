/** `livepatch build`: two source trees to a patch, or to the reasons why not. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { LivepatchError } from '../../errors/errors.ts';
import type { Mode, PatchState } from '../../patch/format.ts';
import type { BuildOptions, BuildReport, TreeSpec } from '../build-port.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { printFailure } from '../output/failure.ts';
import { plain } from '../output/text.ts';
import { count, formatBytes, formatMs } from '../output/units.ts';
import { recommendedLine } from '../output/recommended-mode.ts';
import { blocks, claimsFor, placeOf, verdictDetail, verdictTable } from '../output/verdicts.ts';

export interface BuildFlags {
  readonly from?: string;
  readonly to?: string;
  /** Each names two versions of a package. */
  readonly package?: readonly string[];
  readonly git?: string;
  /** A file that holds a unified diff; `-` for standard input. */
  readonly diff?: string;
  readonly base?: string;
  readonly name?: string;
  readonly output?: string;
  readonly mode?: Mode;
  readonly replace?: boolean;
  /** Each is written `id@version`. */
  readonly state?: readonly string[];
  /** Name of the patch that every task must run before. */
  readonly requires?: string;
  /** A file whose text travels with the patch. */
  readonly hooks?: string;
  /** Dependencies that stay as they are. */
  readonly without?: readonly string[];
}

export async function build(context: Context, flags: BuildFlags): Promise<ExitCode> {
  const { report, patch } = await buildReport(context, flags);
  if (patch === null) return refused(context, report);
  const file = flags.output ?? `${report.name}.klp`;
  try {
    await writeFile(resolve(context.cwd, file), patch);
  } catch (error) {
    throw usage(`Cannot write ${file}: ${error instanceof Error ? error.message : String(error)}.`, 'Say where with -o <file>.');
  }
  finish(context, report, { file }, `${file} written`);
  return EXIT.done;
}

/** The patch itself is kept apart: it is the file's content, not part of what is printed. */
export async function buildReport(
  context: Context,
  flags: BuildFlags,
): Promise<{ readonly report: Omit<BuildReport, 'patch'>; readonly patch: string | null }> {
  const spec = await withDiff(treeSpec(flags, context.cwd), flags, context);
  const name = patchName(flags, spec);
  const builder = await context.loadBuilder();
  const hooks = flags.hooks === undefined ? undefined : await readHooks(context, flags.hooks);
  const { patch, ...report } = await builder.buildPatch(spec, { name, ...(hooks === undefined ? {} : { hooks }), ...declared(flags) });
  return { report, patch };
}

/** The text of the diff, once it is known that one is wanted. */
async function withDiff(spec: TreeSpec, { diff }: BuildFlags, context: Context): Promise<TreeSpec> {
  if (spec.kind !== 'diff' || diff === undefined) return spec;
  try {
    return { ...spec, diff: diff === '-' ? await textOf(process.stdin) : await readFile(resolve(context.cwd, diff), 'utf8') };
  } catch (error) {
    throw usage(
      `Cannot read ${diff}: ${error instanceof Error ? error.message : String(error)}.`,
      'Give the file of the diff, or - for standard input.',
    );
  }
}

function declared({ mode, replace, state, requires, without }: BuildFlags): Partial<BuildOptions> {
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(replace === false ? { replace } : {}),
    ...(state === undefined ? {} : { states: state.map(stateOf) }),
    ...(requires === undefined ? {} : { requires: { patch: requires, complete: true } }),
    ...(without === undefined ? {} : { without }),
  };
}

function stateOf(text: string): PatchState {
  const [, id, version] = /^(.+)@(\d+)$/.exec(text) ?? [];
  if (id === undefined) throw usage(`"${text}" is no state.`, 'Write --state id@version, such as --state accounts.lock@1');
  return { id, version: Number(version) };
}

async function readHooks(context: Context, file: string): Promise<{ readonly name: string; readonly text: string }> {
  try {
    return { name: basename(file), text: await readFile(resolve(context.cwd, file), 'utf8') };
  } catch (error) {
    throw usage(`Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}.`, 'Give the file of the callbacks.');
  }
}

export function finish({ terminal }: Context, report: Omit<BuildReport, 'patch'>, more: { readonly file?: string }, what: string): void {
  if (terminal.json) {
    terminal.out(`${JSON.stringify({ ...more, ...report })}\n`);
    return;
  }
  if (report.verdicts.length > 0) terminal.out(verdictTable(terminal, report.verdicts));
  terminal.out(
    `${plain(what)}: ${count(report.functions, 'function')} in ${count(report.modules, 'module')}, ${formatBytes(report.bytes)}, built in ${formatMs(report.ms)}.\n`,
  );
  terminal.out(recommendedLine(report.recommended));
}

export function refused({ terminal }: Context, report: Omit<BuildReport, 'patch'>): ExitCode {
  const blocking = report.verdicts.filter(blocks);
  if (!terminal.json) {
    terminal.out(verdictTable(terminal, report.verdicts));
    for (const verdict of blocking) terminal.err(verdictDetail(verdict));
  }
  const first = blocking[0];
  printFailure(
    terminal,
    new LivepatchError(
      'ERR_REFUSED',
      { count: blocking.length },
      {
        ...(first ? { where: { ...placeOf(first), ...(first.origin || first.column === undefined ? {} : { column: first.column }) } } : {}),
        hint: `Nothing was written. ${byHand(blocking)} the code as the reasons say, or restart the program for this change.${leaving(blocking)}`,
      },
    ).report(),
    { report },
  );
  return EXIT.failed;
}

const SHOWN = 4;

/** How to go without the dependencies that are refused, where the rest is wanted all the same. */
function leaving(blocking: BuildReport['verdicts']): string {
  const names = new Set(blocking.map((row) => row.package));
  if (names.size === 0 || names.has(undefined)) return '';
  return ` To leave what is refused as it is, and patch the rest: ${[...names].map((name) => `--without ${plain(name!)}`).join(' ')}`;
}

/** The ways out of a refusal, up to what is changed. */
function byHand(blocking: readonly BuildReport['verdicts'][number][]): string {
  const claims = claimsFor(blocking);
  if (claims === null || claims.length === 0 || claims.length > SHOWN) return 'Change';
  const list = claims.map((claim) => `'${plain(claim)}'`).join(', ');
  return `Do by hand what code alone cannot, in a file that says \`export const claims = [${list}]\`, and build with --hooks (docs/guides/security-fix.md); or change`;
}

/** The source trees the options name. Throws ERR_USAGE unless they name exactly one pair. */
export function treeSpec(flags: BuildFlags, cwd: string): TreeSpec {
  const directories = flags.from !== undefined || flags.to !== undefined;
  const given = [directories, flags.package !== undefined, flags.git !== undefined, flags.diff !== undefined].filter(Boolean).length;
  if (given !== 1) {
    throw usage(
      given === 0 ? 'No source trees were given.' : 'More than one pair of source trees was given.',
      'Use one of: --from <old> --to <new>, --package <name>@<from>..<to>, --git <from>..<to>, --diff <file> --base <directory>.',
    );
  }
  if (flags.diff !== undefined) return { kind: 'diff', base: resolve(cwd, flags.base ?? '.'), diff: '' };
  if (flags.git !== undefined) return { kind: 'git', range: flags.git, cwd };
  if (flags.package !== undefined) {
    const specs = flags.package.map(packageSpec);
    return specs.length === 1 ? specs[0]! : { kind: 'several', specs };
  }
  if (flags.from === undefined || flags.to === undefined) throw usage('Two source trees are needed.', 'Give both: --from <old> --to <new>');
  return { kind: 'directories', from: resolve(cwd, flags.from), to: resolve(cwd, flags.to) };
}

function packageSpec(text: string): TreeSpec {
  // The last @: the name of a scoped package begins with one.
  const match = /^(@?[^@\s]+)@(\S+?)\.\.(\S+)$/.exec(text);
  const [, name, from, to] = match ?? [];
  if (name === undefined || from === undefined || to === undefined) {
    throw usage(`"${text}" does not name two versions of a package.`, 'Write --package name@from..to, such as --package qs@6.5.2..6.5.3');
  }
  return { kind: 'package', name, from, to };
}

/** The patch's name: as given, else the output file's, else the package's. Throws ERR_USAGE when nothing gives one. */
export function patchName(flags: BuildFlags, spec: TreeSpec): string {
  if (flags.name !== undefined) return flags.name;
  if (flags.output !== undefined) return basename(flags.output).replace(/\.klp$/, '');
  if (spec.kind === 'package') return `${spec.name.replace(/^@/, '').replaceAll('/', '-')}-${spec.to}`;
  throw usage('The patch needs a name.', 'Say what to call it: -o fix.klp, or --name fix');
}

export function usage(what: string, hint: string): LivepatchError {
  return new LivepatchError('ERR_USAGE', { what }, { hint });
}
