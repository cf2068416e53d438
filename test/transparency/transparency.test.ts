/** Each case prints the same with and without livepatch, ends the same, and was really instrumented. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gridProgram } from './grid.mjs';

const folder = fileURLToPath(new URL('./cases/', import.meta.url));
const register = fileURLToPath(new URL('../../dist/register.js', import.meta.url));
const report = fileURLToPath(new URL('./report.mjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'lp-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Every 7th of 22,000 functions: each form, list and body, in ever other company. All of them take minutes. */
const GRID_STEP = 7;

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly report: string;
}

function run(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const { promise, resolve } = Promise.withResolvers<Run>();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args, file], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, LIVEPATCH_RUNTIME_DIR: scratch, LIVEPATCH_CACHE: join(scratch, 'cache'), ...env },
  });
  const out = ['', '', ''];
  [child.stdout, child.stderr, child.stdio[3]].forEach((stream, i) => stream!.on('data', (data: Buffer) => (out[i] += data.toString())));
  child.on('close', (code) => resolve({ stdout: out[0]!, stderr: out[1]!, code, report: out[2]! }));
  return promise;
}

/** Any `--import` makes Node load the program by another way, which its stack traces show. */
const NOTHING = ['--import', 'data:text/javascript,'];
const HOOKED = ['--import', register, '--import', report];
const MAPS = '--enable-source-maps';

/** With a source map, Node gives the path of an ES module and has a word for functions without a name. */
const asMapped = (text: string): string =>
  text
    .replaceAll('file://', '')
    .replaceAll(/at (async )?<anonymous> \((\S+)\)/g, 'at $1$2')
    .replaceAll('async undefined', 'async ');

async function compare(file: string, name: string): Promise<void> {
  const plain = await run(file, NOTHING);
  const mapped = await run(file, [MAPS, ...NOTHING]);
  for (const round of ['cold', 'cached', 'compiled', 'with source maps']) {
    const maps = round === 'with source maps';
    const live = await run(file, maps ? [MAPS, ...HOOKED] : HOOKED);
    const expected = maps ? mapped : plain;
    const text = (s: string): string => (maps ? asMapped(s) : s);
    assert.equal(text(live.stdout), text(expected.stdout), round);
    assert.equal(text(live.stderr), text(expected.stderr), round);
    assert.equal(live.code, expected.code, round);
    const { modules, functions, untouched } = JSON.parse(live.report) as {
      modules: number;
      functions: number;
      untouched: { module: string }[];
    };
    assert.ok(modules > 0 && functions > 0, `${modules} modules, ${functions} functions instrumented`);
    assert.ok(!untouched.some((u) => u.module.endsWith(name)), 'the case itself was left untouched');
  }
}

for (const name of readdirSync(folder).filter((f) => /\.(cjs|mjs|ts)$/.test(f))) test(name, () => compare(join(folder, name), name));

for (const name of readdirSync(join(folder, 'uncaught'))) test(`uncaught/${name}`, () => compare(join(folder, 'uncaught', name), name));

test('every form of function with every form of parameters and body', async () => {
  const { text, count } = gridProgram(GRID_STEP);
  assert.ok(count > 2000);
  const file = join(scratch, 'grid.cjs');
  writeFileSync(file, text);
  const [plain, live] = await Promise.all([run(file, NOTHING), run(file, HOOKED)]);
  assert.equal(plain.code, 0, plain.stderr);
  const [expected, actual] = [plain.stdout.split('\n'), live.stdout.split('\n')];
  for (let i = 0; i < expected.length; i++) assert.equal(actual[i], expected[i]);
  assert.equal(live.stderr, plain.stderr);
});
