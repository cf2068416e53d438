/**
 * Work that loses its async context while a patch is coming into force: a pool that calls back out of another task, and
 * a thenable that does. Each with and without `bind()`. The guide docs/guides/async-context.md tells what is seen here.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { buildPatch } from '../../dist/build/index.js';
import { root } from '../../scripts/nodes.mjs';

const job = (version: string): string => `import { wait } from './lose.mjs';
export async function order(name, way) {
  const first = step(name);
  const second = await wait(way, () => step(name));
  return ['order ${version}:', first, second].join(' ');
}
export function step(name) { return '${version}'; }
`;

/** Three ways to be called back, out of whatever happens to call \`wake\`. */
const LOSE = `const { bind } = await import(process.env.LIVEPATCH_INDEX);
const sleepers = [];
export const wake = () => { for (const run of sleepers.splice(0)) run(); };
const call = (fn, resolve) => sleepers.push(() => resolve(fn()));
export function wait(way, fn) {
  switch (way) {
    case 'pool': return new Promise((resolve) => call(fn, resolve));
    case 'bound pool': return new Promise((resolve) => call(bind(fn), resolve));
    case 'thenable': return { then: (resolve) => call(fn, resolve) };
    case 'bound thenable': return { then: (resolve) => call(bind(fn), resolve) };
    case 'promise': return new Promise((resolve) => sleepers.push(resolve)).then(fn);
  }
}
`;

const MAIN = `import http from 'node:http';
import { readFileSync } from 'node:fs';
import { order } from './job.mjs';
import { wake } from './lose.mjs';
const { task } = await import(process.env.LIVEPATCH_INDEX);
const runtime = globalThis[Symbol.for('livepatch.runtime')];
const seen = {};
// Requests are what wakes the others: each is a task of its own.
const server = http.createServer((request, response) => response.end(String(wake())));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const another = () => fetch('http://127.0.0.1:' + server.address().port).then((response) => response.text());
for (const way of ['promise', 'pool', 'bound pool', 'thenable', 'bound thenable']) {
  // One order is under way when the patch comes, and something else wakes it.
  const waiting = task('order', () => order('old', way));
  await new Promise((resolve) => setImmediate(resolve));
  const applied = runtime.apply(readFileSync(process.argv[2], 'utf8'), { name: 'fix' });
  while (!runtime.engine.transitioning) await new Promise((resolve) => setImmediate(resolve));
  await another();
  seen[way] = await waiting;
  await applied;
  await runtime.revert('fix', {});
}
console.log(JSON.stringify(seen));
process.exit(0);
`;

async function run(): Promise<Record<string, string>> {
  const scratch = mkdtempSync(join(tmpdir(), 'livepatch-context-'));
  try {
    for (const [tree, version] of [
      ['from', 'old'],
      ['to', 'new'],
    ] as const) {
      mkdirSync(join(scratch, tree));
      writeFileSync(join(scratch, tree, 'package.json'), '{"name":"lost","version":"1.0.0","type":"module","main":"main.mjs"}');
      for (const [file, text] of Object.entries({ 'job.mjs': job(version), 'lose.mjs': LOSE, 'main.mjs': MAIN }))
        writeFileSync(join(scratch, tree, file), text);
    }
    const { patch } = await buildPatch({ kind: 'directories', from: join(scratch, 'from'), to: join(scratch, 'to') }, { name: 'fix' });
    writeFileSync(join(scratch, 'fix.klp'), patch!);
    const url = (file: string): string => pathToFileURL(join(root, 'dist', file)).href;
    return await new Promise((resolve, reject) => {
      execFile(
        process.execPath,
        ['--import', url('register.js'), join(scratch, 'from', 'main.mjs'), join(scratch, 'fix.klp')],
        {
          cwd: scratch,
          timeout: 20_000,
          env: { ...process.env, LIVEPATCH_INDEX: url('index.js'), LIVEPATCH_RUNTIME_DIR: join(scratch, 'run') },
        },
        (error, stdout, stderr) =>
          error ? reject(new Error(stderr || error.message)) : resolve(JSON.parse(stdout) as Record<string, string>),
      );
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const seen = run();

test('a promise keeps the context, whoever resolves it', async () => {
  assert.equal((await seen)['promise'], 'order old: old old');
});

test('a pool that calls back out of another task mixes versions', async () => {
  assert.equal((await seen)['pool'], 'order old: old new');
});

test('with bind() it does not', async () => {
  assert.equal((await seen)['bound pool'], 'order old: old old');
});

test('nor does a thenable that is bound', async () => {
  assert.equal((await seen)['bound thenable'], 'order old: old old');
});

test('a thenable that calls back out of another task mixes them', async () => {
  assert.equal((await seen)['thenable'], 'order old: old new');
});
