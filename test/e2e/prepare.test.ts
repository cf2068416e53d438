/** A cache that was filled ahead of the first start holds what that start asks for, and nothing of the program has run. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Pack } from '../../src/node/cache/pack.ts';
import { Bench } from '../e2e-support/program.ts';

interface Prepared {
  readonly cache: string;
  readonly bytes: number;
  readonly modules: number;
  readonly functions: number;
  readonly untouched: readonly { readonly module: string; readonly reason: string }[];
}

/** Every module leaves a mark behind as it runs. */
const app = {
  'package.json': '{ "type": "module" }',
  'main.js': `import './mark.cjs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pages } from './pages.js';
export * from './names.cjs';
import data from './data.json' with { type: 'json' };
const require = createRequire(import.meta.url);
const { typed } = require('./typed.ts');
const server = createServer(async (q, r) => {
  const { late } = await import('./late.js');
  r.end([pages(), data.n, typed(2), late(), require('dep')].join(' '), () => process.exit());
});
server.listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));
`,
  'mark.cjs': "require('node:fs').writeFileSync(require('node:path').join(__dirname, 'ran'), '');\n",
  'pages.js': "import { greet } from './greet.mjs';\nexport const pages = () => greet('pages');\nawait null;\n",
  'greet.mjs': 'export function greet(name) { return `hello ${name}`; }\n',
  'names.cjs': "exports.a = () => 1;\nif (exports.never) require('./absent.cjs');\n",
  'data.json': '{ "n": 7 }',
  'typed.ts': 'export const typed = (n: number): number => n * 21;\n',
  'late.js': "export function late() { return 'late'; }\n",
  'node_modules/dep/package.json': '{ "name": "dep", "main": "lib/main" }',
  'node_modules/dep/lib/main.js': "const other = require('./other');\nmodule.exports = (() => other() + 1)();\n",
  'node_modules/dep/lib/other.js': "require('../native.node');\nmodule.exports = () => 41;\n",
  'node_modules/dep/native.node': '',
};

/** What stands in for the native addon that the program has: only a name. */
const runnable = { ...app, 'node_modules/dep/lib/other.js': 'module.exports = () => 41;\n' };

function keysIn(cache: string): string[] {
  const [file, ...others] = readdirSync(cache).filter((name) => !name.endsWith('.code'));
  assert.deepEqual(others, []);
  const pack = new Pack(join(cache, file!));
  const keys = [...pack.places.keys()];
  pack.close();
  return keys;
}

test('the first start finds every module that it asks for', async (t) => {
  const bench = new Bench(t);
  const folder = bench.tree('app', runnable);
  const main = `${folder}/main.js`;
  const { code, json, stdout, stderr } = await bench.livepatch('prepare', main, '--json');
  assert.equal(code, 0, stdout + stderr);
  assert.equal(existsSync(`${folder}/ran`), false, 'nothing of the program has run');
  const prepared = json as Prepared;
  assert.deepEqual([prepared.modules, prepared.untouched], [9, []]);
  assert.ok(prepared.functions > 6);
  const file = statSync(prepared.cache);
  assert.equal(file.size, prepared.bytes);
  assert.equal(file.mode & 0o777, 0o600);
  const names = keysIn(bench.path('cache')).map((key) => key.slice(key.lastIndexOf('/') + 1));
  assert.deepEqual(names.slice(-3).toSorted(), ['late.js', 'main.js', 'other.js'], 'what the start itself asks for comes first');
  assert.equal(names.filter((name) => name === 'main.js').length, 2);

  const program = await bench.start(main, { env: { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' } });
  assert.equal(await program.get('/'), 'hello pages 7 42 late 42');
  await program.ended;
  const compiled = [...program.said.matchAll(/ cache for (?:\w+ )?\S*\/app\/(\S+) was (\w+)/g)].map(([, name, how]) => `${name} ${how}`);
  assert.deepEqual(
    compiled.map((line) => line.slice(line.lastIndexOf('/') + 1)).toSorted(),
    names.map((name) => `${name} accepted`).toSorted(),
    'nor does it compile anything',
  );
  const again = statSync(prepared.cache);
  assert.deepEqual([again.ino, again.size], [file.ino, file.size], 'the start has added nothing');

  const own = bench.path('own');
  const alone = await bench.start(main, { env: { LIVEPATCH_CACHE: own } });
  await alone.get('/');
  await alone.ended;
  assert.deepEqual(keysIn(bench.path('cache')).toSorted(), keysIn(own).toSorted(), 'as a start by itself has it');
});

test('what a program starts in threads and processes of their own is prepared too', async (t) => {
  const bench = new Bench(t);
  const folder = bench.tree('app', {
    'package.json': '{ "type": "module" }',
    'main.js':
      `import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { other } from './other.cjs';
const worker = new Worker(new URL('./thread.js', import.meta.url));
const [said] = await once(worker, 'message');
const server = createServer((q, r) => r.end(said + (await other()), () => process.exit()));
`.replace('(q, r) => r', 'async (q, r) => r') +
      "server.listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));\n",
    'thread.js': `import { parentPort, Worker } from 'node:worker_threads';
import { shared } from './shared.js';
export const again = () => new Worker(new URL('./thread.js', import.meta.url));
export const lost = () => new Worker(new URL('./absent.js', import.meta.url));
parentPort.postMessage(shared('thread'));
`,
    'shared.js': 'export const shared = (name) => `from ${name} `;\n',
    'other.cjs': `const { fork } = require('node:child_process');
const { join } = require('node:path');
exports.other = () => new Promise((resolve) => fork(join(__dirname, 'deep', 'child.cjs')).on('message', resolve));
exports.broken = () => fork(require.resolve('./broken.cjs'));
`,
    'deep/child.cjs': "function child() { process.send('from child'); }\nchild();\n",
    'broken.cjs': 'const = 1;\n',
  });
  const main = `${folder}/main.js`;
  const { code, json, stdout, stderr } = await bench.livepatch('prepare', main, '--json');
  assert.equal(code, 0, stdout + stderr);
  const { programs } = json as { programs: readonly { script: string; modules?: number; reason?: string }[] };
  assert.deepEqual(programs.map(({ script, modules }) => [script.slice(folder.length + 1), modules]).toSorted(), [
    ['broken.cjs', 0],
    ['deep/child.cjs', 1],
    ['thread.js', 2],
  ]);
  const program = await bench.start(main, { env: { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' } });
  assert.equal(await program.get('/'), 'from thread from child');
  await program.ended;
  const compiled = [...program.said.matchAll(/ cache for (?:\w+ )?\S*\/app\/(\S+) was (\w+)/g)].map(([, name, how]) => `${name} ${how}`);
  assert.deepEqual(compiled.toSorted(), [
    'deep/child.cjs accepted',
    'main.js accepted',
    'other.cjs accepted',
    'shared.js accepted',
    'thread.js accepted',
  ]);
});

test('native code is not loaded, and what cannot be parsed is told', async (t) => {
  const bench = new Bench(t);
  const folder = bench.tree('app', { ...app, 'late.js': 'export const = 1;\n' });
  const { code, json, stdout, stderr } = await bench.livepatch('prepare', `${folder}/main.js`, '--json');
  assert.equal(code, 0, stdout + stderr);
  const { modules, untouched } = json as Prepared;
  assert.equal(modules, 8);
  assert.deepEqual(
    untouched.map(({ module }) => module),
    [`${folder}/late.js`],
  );
  assert.match(untouched[0]!.reason, /cannot be parsed/);
});

test('a folder that others may look into gets files that they may read', async (t) => {
  const bench = new Bench(t);
  const main = `${bench.tree('app', runnable)}/main.js`;
  const cache = bench.path('cache');
  mkdirSync(cache);
  chmodSync(cache, 0o755);
  const { json, stdout, stderr } = await bench.livepatch('prepare', main, '--json');
  assert.ok(json, stdout + stderr);
  assert.equal(statSync((json as Prepared).cache).mode & 0o777, 0o644 & ~process.umask());
});

test('what cannot be prepared is said, and why', async (t) => {
  const bench = new Bench(t);
  const absent = await bench.livepatch('prepare', bench.path('absent.js'));
  assert.equal(absent.code, 1);
  assert.match(absent.stderr, /ERR_PREPARE .*absent\.js cannot be prepared: .*Cannot find module/);

  const main = `${bench.tree('app', runnable)}/main.js`;
  chmodSync(bench.path('cache'), 0o777);
  const open = await bench.livepatch('prepare', main);
  assert.equal(open.code, 1);
  assert.ok(open.stderr.includes(`the cache folder ${bench.path('cache')} must be this user's or root's`), open.stderr);
  assert.match(open.stderr, /ERR_PREPARE .*mode 777\)\.\n {2}Set LIVEPATCH_CACHE/);
  assert.deepEqual(readdirSync(bench.path('cache')), []);
});
