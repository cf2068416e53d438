/** `livepatch prepare`: fills the cache of a program ahead of its first start, as when the image of a container is built. */
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { LivepatchError } from '../../errors/errors.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { untouchedTable } from '../output/cut.ts';
import { place } from '../output/text.ts';
import { count, formatBytes } from '../output/units.ts';
import type { Terminal } from '../terminal.ts';

/** What the process that loads the program's modules says of them. */
interface Report {
  readonly cache: string | null;
  readonly modules: number;
  readonly functions: number;
  readonly untouched: readonly { readonly module: string; readonly reason: string }[];
  readonly programs: readonly string[];
  readonly failure: string | null;
}

/** What has become of one program, as `--json` has it. */
interface Prepared extends Pick<Report, 'modules' | 'functions' | 'untouched'> {
  readonly script: string;
  readonly cache: string;
  /** Where V8's code is; null where that is not kept, or is left to the first start. */
  readonly code: string | null;
  readonly bytes: number;
}

interface Failed {
  readonly script: string;
  readonly reason: string;
}

/** Loaded into the process that is to prepare. */
const PRELOAD = new URL('../../prepare.js', import.meta.url).href;
/** The file descriptor that it reports to. */
const REPORT = 3;

export async function prepare({ terminal, cwd }: Context, script: string): Promise<ExitCode> {
  const { programs, ...entry } = await prepareOne(resolve(cwd, script), cwd, script);
  const others = await prepareAll(programs, cwd, new Set([entry.script]));
  if (terminal.json) terminal.out(`${JSON.stringify({ ...entry, programs: others })}\n`);
  else print(terminal, cwd, entry, others);
  return EXIT.done;
}

async function prepareOne(file: string, cwd: string, name: string): Promise<Prepared & Pick<Report, 'programs'>> {
  const { code: ended, report, errors } = await load<Report>(file, cwd, 'text');
  if (ended !== 0 || report === null) throw failed(name, firstError(errors));
  const { cache, modules, functions, untouched, programs, failure } = report;
  if (cache === null || failure !== null) throw failed(name, failure ?? 'there is no cache', CACHE_HINT);
  const code = (await load<{ readonly code: string | null }>(file, cwd, 'code')).report?.code ?? null;
  const bytes = statSync(cache, { throwIfNoEntry: false })?.size ?? 0;
  return { script: file, cache, code, bytes, modules, functions, untouched, programs };
}

/** What a program starts, and what that starts. One that cannot be prepared is not in the way of the others. */
async function prepareAll(files: readonly string[], cwd: string, seen: Set<string>): Promise<(Prepared | Failed)[]> {
  const done: (Prepared | Failed)[] = [];
  for (const file of files) {
    if (seen.has(file)) continue;
    seen.add(file);
    try {
      const { programs, ...prepared } = await prepareOne(file, cwd, file);
      done.push(prepared, ...(await prepareAll(programs, cwd, seen)));
    } catch (error) {
      if (!(error instanceof LivepatchError)) throw error;
      done.push({ script: file, reason: error.message });
    }
  }
  return done;
}

const START_HINT = 'Name the script, the folder and NODE_OPTIONS as for the start itself.';
const CACHE_HINT = 'Set LIVEPATCH_CACHE to a folder that this user can write to, for this command and for the start.';

const failed = (script: string, reason: string, hint = START_HINT): LivepatchError =>
  new LivepatchError('ERR_PREPARE', { script, reason: reason.replace(/\.$/, '') }, { hint });

/** Has Node load the program without running it: its text, or the code of its text. */
function load<R>(entry: string, cwd: string, what: 'text' | 'code'): Promise<{ code: number | null; report: R | null; errors: string }> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', PRELOAD, entry], {
      cwd,
      // A hook that NODE_OPTIONS names already would run first.
      env: { ...process.env, LIVEPATCH: 'off', LIVEPATCH_PREPARE: what, LIVEPATCH_REPORT: String(REPORT) },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    const texts = { errors: '', report: '' };
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (texts.errors += text));
    (child.stdio[REPORT] as NodeJS.ReadableStream).setEncoding('utf8').on('data', (text: string) => (texts.report += text));
    child.on('error', reject);
    child.on('close', (code) => done({ code, report: texts.report === '' ? null : (JSON.parse(texts.report) as R), errors: texts.errors }));
  });
}

/** The line that says what went wrong, out of what Node prints of an uncaught error. */
function firstError(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return (
    lines.find((line) => /^(?:\w*Error|livepatch)\b.*:/.test(line)) ??
    lines.find(Boolean) ??
    'Node ended before it had loaded it'
  ).replace(/\.$/, '');
}

function print(terminal: Terminal, cwd: string, entry: Prepared, others: readonly (Prepared | Failed)[]): void {
  const line = ({ functions, modules, cache, bytes }: Prepared): string =>
    `${count(functions, 'function')} in ${count(modules, 'module')}: ${place(cache, cwd)}, ${formatBytes(bytes)}\n`;
  terminal.out(`Prepared ${line(entry)}`);
  for (const other of others)
    terminal.out(`${place(other.script, cwd)}: ${'reason' in other ? `not prepared: ${other.reason}\n` : `prepared ${line(other)}`}`);
  const untouched = [entry, ...others].flatMap((program) => ('reason' in program ? [] : program.untouched));
  if (untouched.length > 0) terminal.out(`\n${count(untouched.length, 'module')} left untouched:\n${untouchedTable(untouched, cwd)}`);
}
