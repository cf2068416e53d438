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
  readonly failure: string | null;
}

/** Loaded into the process that is to prepare. */
const PRELOAD = new URL('../../prepare.js', import.meta.url).href;
/** The file descriptor that it reports to. */
const REPORT = 3;

export async function prepare({ terminal, cwd }: Context, script: string): Promise<ExitCode> {
  const entry = resolve(cwd, script);
  const { code, report, errors } = await load(entry, cwd);
  if (code !== 0 || report === null) throw failed(script, firstError(errors));
  const { cache, modules, functions, untouched, failure } = report;
  if (cache === null) throw failed(script, "there is no folder for it that is this user's alone, or LIVEPATCH_CACHE is off");
  if (failure !== null) throw failed(script, failure);
  const bytes = statSync(cache, { throwIfNoEntry: false })?.size ?? 0;
  if (terminal.json) {
    terminal.out(`${JSON.stringify({ script: entry, cache, bytes, modules, functions, untouched })}\n`);
  } else print(terminal, cwd, report, bytes);
  return EXIT.done;
}

const failed = (script: string, reason: string): LivepatchError =>
  new LivepatchError('ERR_PREPARE', { script, reason }, { hint: 'Name the script, the folder and NODE_OPTIONS as for the start itself.' });

/** Has Node load the program without running it. */
function load(entry: string, cwd: string): Promise<{ code: number | null; report: Report | null; errors: string }> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', PRELOAD, entry], {
      cwd,
      // A hook that NODE_OPTIONS names already would run first.
      env: { ...process.env, LIVEPATCH: 'off', LIVEPATCH_REPORT: String(REPORT) },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    const texts = { errors: '', report: '' };
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (texts.errors += text));
    (child.stdio[REPORT] as NodeJS.ReadableStream).setEncoding('utf8').on('data', (text: string) => (texts.report += text));
    child.on('error', reject);
    child.on('close', (code) =>
      done({ code, report: texts.report === '' ? null : (JSON.parse(texts.report) as Report), errors: texts.errors }),
    );
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

function print(terminal: Terminal, cwd: string, { modules, functions, untouched, cache }: Report, bytes: number): void {
  terminal.out(`Prepared ${count(functions, 'function')} in ${count(modules, 'module')}: ${place(cache!, cwd)}, ${formatBytes(bytes)}\n`);
  if (untouched.length > 0) terminal.out(`\n${count(untouched.length, 'module')} left untouched:\n${untouchedTable(untouched, cwd)}`);
}
