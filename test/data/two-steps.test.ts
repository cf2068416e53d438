/** Two steps: code that reads both formats, and only once every task runs it the code that writes the new one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bench } from '../e2e-support/program.ts';
import type { Finished, Program } from '../e2e-support/program.ts';

const ORIGINAL = `
const { createServer } = require('node:http');
const jobs = [];
let release = null;
function put(seconds) { jobs.push({ ms: seconds * 1000 }); }
function seconds(job) { return job.ms / 1000; }
async function total(held) {
  if (held) await new Promise((resolve) => (release = resolve));
  return jobs.reduce((sum, job) => sum + seconds(job), 0);
}
const server = createServer((request, response) => {
  const [, what, argument] = request.url.split('/');
  if (what === 'put') return response.end(String(put(Number(argument))));
  if (what === 'release') return response.end(String(release !== null && (release(), (release = null), true)));
  if (what === 'waits') return response.end(String(release !== null));
  if (what === 'keys') return response.end(jobs.map((job) => Object.keys(job).join()).join(' '));
  total(what === 'held').then((sum) => response.end(String(sum)));
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));
`;
const READS_BOTH = ORIGINAL.replace('return job.ms / 1000', 'return job.s ?? job.ms / 1000').replace(
  'return jobs.reduce',
  'return 0 + jobs.reduce',
);
const WRITES_NEW = READS_BOTH.replace('ms: seconds * 1000', 's: seconds');
const FIRST = `export const module = 'server.js';
export function preUnpatch() {
  for (const job of jobs) if ('s' in job) { job.ms = job.s * 1000; delete job.s; }
}
`;

const SECOND = "export const requires = { patch: 'reads-both', complete: true };\n";

/** `said`: where the second says what it requires. */
async function steps(
  t: TestContext,
  said: 'option' | 'callbacks',
): Promise<{ readonly bench: Bench; readonly program: Program; run(...args: string[]): Promise<Finished> }> {
  const bench = new Bench(t);
  const tree = (name: string, text: string): string => bench.tree(name, { 'server.js': text, 'package.json': '{}' });
  const from = tree('from', ORIGINAL);
  const hooks = bench.tree('hooks', { 'first.mjs': FIRST, 'second.mjs': SECOND });
  const requires = said === 'option' ? (['--requires', 'reads-both'] as const) : (['--hooks', `${hooks}/second.mjs`] as const);
  for (const [name, text, option, given] of [
    ['reads-both', READS_BOTH, '--hooks', `${hooks}/first.mjs`],
    ['writes-new', WRITES_NEW, ...requires],
  ] as const) {
    const to = tree(name, text);
    const built = await bench.livepatch('build', '--from', from, '--to', to, option, given, '-o', bench.path(`${name}.klp`));
    assert.equal(built.code, 0, built.stdout + built.stderr);
  }
  const program = await bench.start(`${from}/server.js`);
  const run = (verb: string, name: string, ...rest: string[]): Promise<Finished> =>
    bench.livepatch(verb, verb === 'apply' ? bench.path(`${name}.klp`) : name, program.pid, '--json', '--timeout', '10m', ...rest);
  return { bench, program, run: (verb, name, ...rest) => run(verb!, name!, ...rest) };
}

const codeOf = ({ json }: Finished): string | undefined => (json as { error?: { code: string } } | undefined)?.error?.code;

const LIMIT_MS = 120_000;

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `never: ${String(condition)}`);
    await sleep(20);
  }
}

/** A request that stays in the middle of a function of both patches until it is let go. */
async function hold(program: Program): Promise<{ readonly held: Promise<string>; letGo(): Promise<string> }> {
  const held = program.get('/held');
  await until(async () => (await program.get('/waits')) === 'true');
  return { held, letGo: () => program.get('/release') };
}

test('the second step waits for the first to be complete, which then stays as long as the second does', async (t) => {
  const { bench, program, run } = await steps(t, 'option');
  await program.get('/put/1');
  assert.equal(codeOf(await run('apply', 'writes-new')), 'ERR_REQUIRES');
  const check = await bench.livepatch('check', bench.path('writes-new.klp'), program.pid);
  assert.equal(check.code, 1);
  assert.match(check.stdout, /^It requires "reads-both", run by every task\.$/m);
  assert.match(check.stderr, /ERR_REQUIRES/);

  const { held, letGo } = await hold(program);
  const first = run('apply', 'reads-both');
  await until(async () => (await bench.livepatch('status', program.pid, '--json')).stdout.includes('"pending":1'));
  assert.equal(codeOf(await run('apply', 'writes-new')), 'ERR_BUSY');
  assert.equal(await program.get('/total'), '1');
  await letGo();
  assert.equal((await first).code, 0);
  assert.equal(await held, '1');

  // Code of the first step reads what the second writes while it is on its way.
  const between = await hold(program);
  const second = run('apply', 'writes-new');
  await until(async () => (await program.get('/put/2'), (await program.get('/keys')).endsWith(' s')));
  const sum = await program.get('/total');
  await between.letGo();
  assert.deepEqual([(await second).code, await between.held], [0, sum]);

  assert.equal(codeOf(await run('revert', 'reads-both')), 'ERR_REQUIRED');
  for (const name of ['writes-new', 'reads-both']) {
    const { code, stdout } = await run('revert', name);
    assert.equal(code, 0, stdout);
    assert.equal(await program.get('/total'), sum);
  }
  assert.match(await program.get('/keys'), /^ms( ms)*$/);
});

test('a first step that was forced is not complete', async (t) => {
  const { bench, program, run } = await steps(t, 'callbacks');
  const { held, letGo } = await hold(program);
  const first = run('apply', 'reads-both');
  await until(async () => (await bench.livepatch('status', program.pid, '--json')).stdout.includes('"pending":1'));
  assert.equal((await bench.livepatch('force', program.pid, '--json', '--yes')).code, 0);
  await first;
  const refused = await run('apply', 'writes-new');
  assert.equal(codeOf(refused), 'ERR_REQUIRES', refused.stdout);
  assert.match(refused.stdout, /not every task runs it/);
  await letGo();
  await held;
});
