/** What is instrumented, what is left alone and listed, and modules that come after the patch. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../../scripts/nodes.mjs';
import { ERRORS } from '../../src/errors/errors.ts';
import { unsupported } from '../../src/node/load/supported.ts';
import { Bench } from '../e2e-support/program.ts';

const listen =
  "import { createServer } from 'node:http';\nconst serve = (answer) => { const s = createServer(async (q, r) => { try { r.end(String(await answer(q.url))); } catch (error) { r.end(`${error.name}: ${error.message}`); } }).listen(0, '127.0.0.1', () => console.log('listening on :' + s.address().port)); };\n";

test('a module that cannot be instrumented loads untouched and is listed with the reason', async (t) => {
  const bench = new Bench(t);
  const app = bench.tree('app', {
    'package.json': '{ "type": "module" }',
    'main.js': `${listen}import { odd } from './odd.js';\nserve(() => odd());\n`,
    'odd.js': 'const $lpOwn = 7;\nexport function odd() { return $lpOwn; }\n',
  });
  const program = await bench.start(`${app}/main.js`);
  assert.equal(await program.get('/'), '7');
  const { untouched } = await bench.doctor(program.pid);
  assert.deepEqual(
    untouched.map((u) => [u.module.slice(u.module.lastIndexOf('/')), u.reason]),
    [['/odd.js', 'its text already uses names that start with $lp']],
  );
});

test('LIVEPATCH_INCLUDE and LIVEPATCH_EXCLUDE choose, LIVEPATCH=off turns all off', async (t) => {
  const bench = new Bench(t);
  const app = bench.tree('app', {
    'package.json': '{ "type": "module" }',
    'main.js': `${listen}import './lib/one.js';\nimport './vendor/two.js';\nserve(() => 'up');\n`,
    'lib/one.js': 'export const one = () => 1;\n',
    'vendor/two.js': 'export const two = () => 2;\n',
  });
  const modules = async (env: Record<string, string>): Promise<[number, string[]]> => {
    const program = await bench.start(`${app}/main.js`, { env });
    const report = await bench.doctor(program.pid);
    return [report.process.modules, report.untouched.map((u) => u.reason)];
  };
  assert.deepEqual(await modules({}), [3, []]);
  assert.deepEqual(await modules({ LIVEPATCH_EXCLUDE: 'vendor/**' }), [2, ['LIVEPATCH_EXCLUDE names it']]);
  assert.deepEqual(await modules({ LIVEPATCH_INCLUDE: 'lib,main.js' }), [2, ['LIVEPATCH_INCLUDE does not name it']]);
  const off = await bench.start(`${app}/main.js`, { env: { LIVEPATCH: 'off' } });
  assert.equal(await off.get('/'), 'up');
  assert.equal((await bench.livepatch('status', off.pid)).code, 1);
});

test('a module that is loaded after the patch is patched before it runs', async (t) => {
  const bench = new Bench(t);
  const app = (version: string) => ({
    'package.json': '{ "type": "module" }',
    'main.js': `${listen}import { now } from './now.js';\nserve(async (url) => (url === '/late' ? (await import('./late.js')).late() : now()));\n`,
    'now.js': `export function now() { return 'now ${version}'; }\n`,
    'late.js': `const made = make();\nfunction make() { return 'made by ${version}'; }\nexport class Late { name() { return '${version}'; } }\nexport function late() { return made + ', late ${version} ' + new Late().name(); }\n`,
  });
  const from = bench.tree('old', app('v1'));
  const to = bench.tree('new', app('v2'));
  const program = await bench.start(`${from}/main.js`);
  const file = bench.path('fix.klp');
  const built = await bench.livepatch('build', '--from', from, '--to', to, '-o', file);
  assert.equal(built.code, 0, built.stdout + built.stderr);
  const applied = await bench.livepatch('apply', file, program.pid);
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  assert.equal(await program.get('/now'), 'now v2');
  assert.equal(await program.get('/late'), 'made by v2, late v2 v2');
  assert.equal((await bench.livepatch('revert', 'fix', program.pid)).code, 0);
  assert.equal(await program.get('/late'), 'made by v2, late v1 v1', 'what it computed stays, what it runs goes back');
});

test('TypeScript that Node strips is patched live', async (t) => {
  const bench = new Bench(t);
  const app = (price: string) => ({
    'package.json': '{ "type": "module" }',
    'main.ts': `${listen.replace('(answer)', '(answer: (url: string) => unknown)').replace('s.address().port', '(s.address() as { port: number }).port')}
interface Item { readonly cents: number }
class Cart {
  readonly #items: Item[] = [];
  add(item: Item): this { this.#items.push(item); return this; }
  total(this: Cart): number { return ${price}; }
}
const cart: Cart = new Cart().add({ cents: 100 }).add({ cents: 50 });
serve((): number => cart.total());
`,
  });
  const from = bench.tree('old', app('this.#items.length as number'));
  const to = bench.tree('new', app('this.#items.reduce((sum: number, { cents }: Item): number => sum + cents, 0)'));
  const program = await bench.start(`${from}/main.ts`);
  assert.equal(await program.get('/'), '2');
  const file = bench.path('fix.klp');
  const built = await bench.livepatch('build', '--from', from, '--to', to, '-o', file);
  assert.equal(built.code, 0, built.stdout + built.stderr);
  const applied = await bench.livepatch('apply', file, program.pid);
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  assert.equal(await program.get('/'), '150');
});

test('TypeScript that is required where no package says what it is, is patched live', async (t) => {
  const bench = new Bench(t);
  const app = (step: number) => ({
    'package.json': '{ "name": "app", "version": "1.0.0" }',
    'main.cjs': `const { createServer } = require('node:http');
const { count } = require('./common.ts');
const { scaled } = require('./esm.ts');
const server = createServer((q, r) => r.end(String(scaled(count())))).listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));
`,
    'common.ts': `let n: number = 0;
exports.count = (): number => (n += ${step});
`,
    'esm.ts': `export function scaled(n: number): number { return n * ${step}; }
`,
  });
  const from = bench.tree('old', app(1));
  const to = bench.tree('new', app(10));
  const program = await bench.start(`${from}/main.cjs`);
  assert.equal(await program.get('/'), '1');
  assert.deepEqual((await bench.doctor(program.pid)).untouched, []);
  const file = bench.path('fix.klp');
  const built = await bench.livepatch('build', '--from', from, '--to', to, '-o', file);
  assert.equal(built.code, 0, built.stdout + built.stderr);
  const applied = await bench.livepatch('apply', file, program.pid);
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  assert.equal(await program.get('/'), '110');
});

test('which versions of Node are supported', () => {
  for (const version of ['22.22.3', '22.23.0', '24.11.1', '24.21.0', '26.0.0', '27.1.0']) assert.equal(unsupported(version), null, version);
  for (const version of ['20.20.2', '22.22.2', '23.11.0', '24.11.0', '25.9.0'])
    assert.match(unsupported(version) ?? '', /^ERR_NODE_VERSION /, version);
});

test('a program whose built-in objects are frozen runs unpatched, and is told so', async () => {
  const program = 'console.log(String(function f() { return 1 }))';
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--frozen-intrinsics', '--disable-warning=ExperimentalWarning', '--import', 'livepatch/register', '-e', program],
    { cwd: root },
  );
  assert.equal(stdout, 'function f() { return 1 }\n');
  assert.equal(stderr, `livepatch: ERR_INTRINSICS_FROZEN ${ERRORS.ERR_INTRINSICS_FROZEN} The program runs unpatched.\n`);
});

test('a program that cannot require ES modules runs unpatched, and is told so', async () => {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--no-experimental-require-module', '--import', 'livepatch/register', '-e', 'setTimeout(() => console.log(1), 100)'],
    { cwd: root },
  );
  assert.equal(stdout, '1\n');
  assert.equal(stderr, `livepatch: ERR_NO_REQUIRE_MODULE ${ERRORS.ERR_NO_REQUIRE_MODULE} The program runs unpatched.\n`);
});

test(
  'a home folder in which nothing can be made does not keep a program from its start',
  { skip: process.platform !== 'linux' },
  async () => {
    const { LIVEPATCH_CACHE: _, XDG_CACHE_HOME: __, ...env } = process.env;
    const options = { cwd: root, env: { ...env, HOME: '/proc/1' }, timeout: 30_000 };
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'livepatch/register', '-e', 'console.log(1)'], options);
    assert.equal(stdout, '1\n');
  },
);

test('a program that something else has started is known by its own script', async (t) => {
  const bench = new Bench(t);
  const app = bench.tree('app', {
    'container.cjs': "require('node:module')._load(__dirname + '/server.cjs', null, true);\n",
    'server.cjs':
      "const s = require('node:http').createServer((q, r) => r.end('up')).listen(0, '127.0.0.1', () => console.log('listening on :' + s.address().port));\n",
  });
  const { pid } = await bench.start(`${app}/container.cjs`);
  await bench.doctor(pid);
  const { process: info } = await bench.doctor('server.cjs');
  assert.deepEqual([String(info.pid), info.name, info.script], [pid, 'container.cjs', `${app}/server.cjs`]);
});

test('a permission model that forbids the socket leaves the program as it is, and says why', async (t) => {
  const bench = new Bench(t);
  const folder = bench.tree('app', { 'main.mjs': "setTimeout(() => console.log('done'), 500);\n" });
  const forbids = process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-fs-write=*'] : [];
  const flags = ['--permission', '--allow-fs-read=*', ...forbids, '--disable-warning=ExperimentalWarning'];
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [...flags, '--import', 'livepatch/register', `${folder}/main.mjs`],
    { cwd: root, env: { ...process.env, LIVEPATCH_RUNTIME_DIR: bench.path('run'), LIVEPATCH_CACHE: bench.path('cache') } },
  );
  assert.equal(stdout, 'done\n');
  assert.match(stderr, /This process cannot be patched: The control socket .* cannot be used: /);
});

test('doctor tells of settings, other agents, wrapped functions and the memory it takes', async (t) => {
  const bench = new Bench(t);
  const app = bench.tree('app', {
    'package.json': '{ "type": "module" }',
    'main.js': `${listen}import { createRequire } from 'node:module';\nconst lib = createRequire(import.meta.url)('./lib.cjs');\nconst wrap = createRequire(import.meta.url)('shimmer');\nwrap(lib, 'work');\nserve(() => lib.work());\n`,
    'lib.cjs': 'exports.work = function work() { return 1; };\nexports.rest = () => 2;\n',
    'node_modules/shimmer/index.js':
      'module.exports = (object, name) => { const original = object[name]; object[name] = function () { return original.call(this) + 1; }; object[name].__original = original; object[name].__wrapped = true; };\n',
  });
  const program = await bench.start(`${app}/main.js`);
  assert.equal(await program.get('/'), '2');
  const { findings, memory } = await bench.doctor(program.pid);
  assert.ok(
    findings.some((f) => f.what.startsWith('shimmer is loaded')),
    JSON.stringify(findings),
  );
  assert.ok(
    findings.some((f) => /^work of .*lib\.cjs is wrapped/.test(f.what)),
    JSON.stringify(findings),
  );
  assert.ok(memory.text > 100 && memory.tables > 10 && memory.slots > 0, JSON.stringify(memory));
  const closed = await bench.start(`${app}/main.js`, { env: { NODE_OPTIONS: '--disallow-code-generation-from-strings' } });
  assert.equal(await closed.get('/'), '2', 'the program itself runs');
  assert.ok((await bench.doctor(closed.pid)).findings.some((f) => f.level === 'warning' && f.what.startsWith('Code generation')));
});
