/** Whatever goes wrong: a clear error with its code, the right exit code, and a program that goes on unpatched. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { ErrorReport } from '../../src/errors/errors.ts';
import { Bench } from '../e2e-support/program.ts';
import type { Finished, Program } from '../e2e-support/program.ts';

const app = (answer: string, top = ''): Record<string, string> => ({
  'package.json': '{ "name": "app", "version": "1.0.0", "type": "module" }',
  'server.js': `import { createServer } from 'node:http';
${top}
function answer() {
  return ${answer};
}
async function held() {
  const before = ${answer};
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  return before + answer();
}
const server = createServer(async (request, response) => {
  response.end(request.url === '/held' ? await held() : answer());
});
server.listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));
`,
});

interface Scene {
  readonly bench: Bench;
  readonly program: Program;
  readonly file: string;
}

async function scene(t: TestContext, next: Record<string, string> = app("'new'")): Promise<Scene> {
  const bench = new Bench(t);
  const from = bench.tree('old', app("'old'"));
  const to = bench.tree('new', next);
  const file = bench.path('fix.klp');
  const built = await bench.livepatch('build', '--from', from, '--to', to, '-o', file);
  assert.equal(built.code, 0, built.stdout + built.stderr);
  return { bench, program: await bench.start(`${from}/server.js`), file };
}

/** An error as people and as programs see it. */
async function fails(bench: Bench, args: readonly string[], code: string, exit = 1): Promise<ErrorReport> {
  const plain: Finished = await bench.livepatch(...args);
  assert.equal(plain.code, exit, plain.stdout + plain.stderr);
  assert.match(plain.stderr, new RegExp(`^livepatch: ${code} `, 'm'));
  const json: Finished = await bench.livepatch(...args, '--json');
  assert.equal(json.code, exit);
  const { error } = json.json as { error: ErrorReport };
  assert.equal(error.code, code);
  assert.ok(error.message.length > 20, error.message);
  return error;
}

async function inTransition(bench: Bench, program: Program): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const status = await bench.livepatch('status', program.pid, '--json');
    if (/"transition":\s*\{/.test(status.stdout)) return;
  }
  assert.fail('no transition was begun, or it did not wait for the request that is held');
}

test('a truncated patch', async (t) => {
  const { bench, program, file } = await scene(t);
  const whole = readFileSync(file, 'utf8');
  for (const length of [0, 10, whole.length >> 1, whole.length - 20]) {
    writeFileSync(file, whole.slice(0, length));
    const error = await fails(bench, ['apply', file, program.pid], 'ERR_PATCH_UNREADABLE');
    assert.match(error.message + (error.where?.file ?? ''), /fix\.klp/);
  }
  assert.equal(await program.get('/'), 'old');
});

test('a patch that was changed on its way', async (t) => {
  const { bench, program, file } = await scene(t);
  const envelope = JSON.parse(readFileSync(file, 'utf8')) as { payload: string };
  const payload = Buffer.from(envelope.payload, 'base64').toString().replace("'new'", "'bad'");
  writeFileSync(file, JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') }));
  await fails(bench, ['apply', file, program.pid], 'ERR_PATCH_DIGEST');
  assert.equal(await program.get('/'), 'old');
});

test('a file that is no patch', async (t) => {
  const { bench, program, file } = await scene(t);
  writeFileSync(file, '{"name": "something else"}');
  await fails(bench, ['apply', file, program.pid], 'ERR_PATCH_UNREADABLE');
  await fails(bench, ['apply', bench.path('missing.klp'), program.pid], 'ERR_PATCH_UNREADABLE');
});

test('a patch for another version of the module', async (t) => {
  const { bench, file } = await scene(t);
  const other = bench.tree('other', app("'third'"));
  const program = await bench.start(`${other}/server.js`);
  const error = await fails(bench, ['apply', file, program.pid], 'ERR_BASE_MISMATCH');
  assert.match(error.where?.file ?? '', /other\/server\.js$/);
  assert.match(error.hint ?? '', /version that is running/);
  assert.equal(await program.get('/'), 'third');
});

test('a patch for modules that are not in the process', async (t) => {
  const { bench, file } = await scene(t);
  const stranger = bench.tree('stranger', {
    'package.json': '{ "type": "module" }',
    'main.js':
      "import { createServer } from 'node:http';\nconst s = createServer((q, r) => r.end('stranger')).listen(0, () => console.log('listening on :' + s.address().port));\n",
  });
  const program = await bench.start(`${stranger}/main.js`);
  const error = await fails(bench, ['apply', file, program.pid], 'ERR_NOT_LOADED');
  assert.doesNotMatch(error.hint ?? '', /compiler/);
  const sources = (n: number): string =>
    bench.tree(`sources-${n}`, { 'package.json': '{}', 'src/app.ts': `export const f = (): number => ${n};\n` });
  const built = bench.path('sources.klp');
  await bench.livepatch('build', '--from', sources(1), '--to', sources(2), '-o', built);
  assert.match((await fails(bench, ['apply', built, program.pid], 'ERR_NOT_LOADED')).hint ?? '', /what a compiler made of these files/);
});

test('a patch of modules that the program runs itself, by their text', async (t) => {
  const bench = new Bench(t);
  const lib = (n: number): Record<string, string> => ({
    'package.json': '{"name":"lib","version":"1.0.0","main":"index.js"}',
    'index.js': `const { readFileSync } = require('node:fs'); const { runInThisContext } = require('node:vm');
      exports.parts = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => runInThisContext(readFileSync(__dirname + '/parts/' + name + '.js', 'utf8')));`,
    ...Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [`parts/${name}.js`, `(function () { return '${name}${n}'; })`])),
  });
  const main = `import { createServer } from 'node:http'; import { parts } from 'lib';
    const s = createServer((q, r) => r.end(parts[0]())).listen(0, () => console.log('listening on :' + s.address().port));`;
  const home = bench.tree('app', {
    'main.mjs': main,
    ...Object.fromEntries(Object.entries(lib(1)).map(([file, text]) => [`node_modules/lib/${file}`, text])),
  });
  const built = bench.path('parts.klp');
  await bench.livepatch('build', '--from', `${home}/node_modules/lib`, '--to', bench.tree('next', lib(2)), '-o', built);
  const program = await bench.start(`${home}/main.mjs`);
  const error = await fails(bench, ['apply', built, program.pid], 'ERR_NOT_LOADED');
  assert.match(error.message, /: parts\/a\.js, parts\/b\.js, parts\/c\.js, parts\/d\.js, parts\/e\.js, and 1 more\.$/);
  assert.match(error.hint ?? '', /^Other files of lib are loaded\. .* as with node:vm/);
  assert.equal(await program.get('/'), 'a1');
});

test('new code that throws when it is linked', async (t) => {
  const { bench, program, file } = await scene(t, app('LIMIT', "const LIMIT = JSON.parse('not json');"));
  const error = await fails(bench, ['apply', file, program.pid], 'ERR_LINK');
  assert.match(error.message, /SyntaxError: .*JSON/);
  assert.equal(await program.get('/'), 'old');
  const status = await bench.livepatch('status', program.pid, '--json');
  assert.match(status.stdout, /"patches":\s*\[\]/);
});

test('a process that forbids code made of text', async (t) => {
  const { bench, file } = await scene(t);
  const closed = await bench.start(`${bench.path('old')}/server.js`, { env: { NODE_OPTIONS: '--disallow-code-generation-from-strings' } });
  const error = await fails(bench, ['apply', file, closed.pid], 'ERR_LINK');
  assert.equal(
    error.hint,
    'Nothing was changed. Start the program without --disallow-code-generation-from-strings, and without what replaces the global eval.',
  );
  assert.equal(await closed.get('/'), 'old');
});

test('a process that has put something else in the place of eval', async (t) => {
  const { bench, file } = await scene(t);
  const folder = bench.tree('tool', { 'replace.cjs': 'const own = eval; globalThis.eval = (text) => own(text);\n' });
  const tamed = await bench.start(`${bench.path('old')}/server.js`, { env: { NODE_OPTIONS: `--require ${folder}/replace.cjs` } });
  const error = await fails(bench, ['apply', file, tamed.pid], 'ERR_LINK');
  assert.match(error.message, /the program has put something else in the place of the global eval/);
  assert.ok((await bench.doctor(tamed.pid)).findings.some((f) => f.level === 'warning' && f.what.startsWith('Code generation')));
  assert.equal(await tamed.get('/'), 'old');
});

test('a transition that is forced: the process says so from then on', async (t) => {
  const { bench, program, file } = await scene(t);
  const tainted = async (): Promise<boolean> =>
    (await bench.doctor(program.pid)).findings.some(({ level, what }) => level === 'warning' && what.startsWith('A transition was forced'));
  void program.get('/held').catch(() => {});
  await program.get('/');
  const waiting = bench.livepatch('apply', file, program.pid, '--json');
  await inTransition(bench, program);
  assert.equal(await tainted(), false);
  assert.equal((await bench.livepatch('force', program.pid)).code, 2);
  assert.equal((await bench.livepatch('force', program.pid, '--yes')).code, 0);
  assert.equal(((await waiting).json as { result: string }).result, 'forced');
  assert.equal(await tainted(), true);
  assert.equal(await program.get('/'), 'new');
});

test('a patch that is applied twice, and one that is reverted twice', async (t) => {
  const { bench, program, file } = await scene(t);
  assert.equal((await bench.livepatch('apply', file, program.pid)).code, 0);
  await fails(bench, ['apply', file, program.pid], 'ERR_ALREADY_APPLIED');
  assert.equal(await program.get('/'), 'new');
  assert.equal((await bench.livepatch('revert', 'fix', program.pid)).code, 0);
  await fails(bench, ['revert', 'fix', program.pid], 'ERR_NOT_APPLIED');
  assert.equal(await program.get('/'), 'old');
  assert.equal((await bench.livepatch('apply', file, program.pid)).code, 0, 'and a third time');
  assert.equal(await program.get('/'), 'new');
});

test('an unknown process', async (t) => {
  const { bench, program, file } = await scene(t);
  await fails(bench, ['apply', file, '999999'], 'ERR_NO_PROCESS');
  await fails(bench, ['status', 'nobody.js'], 'ERR_NO_PROCESS');
  assert.equal(await program.get('/'), 'old');
});

test('another patch while one is in transition', async (t) => {
  const { bench, program, file } = await scene(t);
  void program.get('/held').catch(() => {});
  await program.get('/');
  const waiting = bench.livepatch('apply', file, program.pid, '--timeout', '20s', '--json');
  await inTransition(bench, program);
  await fails(bench, ['apply', file, program.pid, '--name', 'second'], 'ERR_BUSY');
  assert.equal((await bench.livepatch('reverse', program.pid)).code, 0);
  const reversed = (await waiting).json as { result: string };
  assert.equal(reversed.result, 'reversed');
  assert.equal(await program.get('/'), 'old');
});

test('a process that is killed in the middle of its transition', async (t) => {
  const { bench, program, file } = await scene(t);
  void program.get('/held').catch(() => {});
  await program.get('/');
  const waiting = bench.livepatch('apply', file, program.pid, '--json');
  await inTransition(bench, program);
  program.child.kill('SIGKILL');
  const ended = await waiting;
  assert.equal(ended.code, 1, ended.stdout + ended.stderr);
  assert.equal((ended.json as { error: ErrorReport }).error.code, 'ERR_PROCESS_GONE');
  const list = await bench.livepatch('ps', '--json');
  assert.deepEqual((list.json as { processes: unknown[] }).processes, [], 'its socket is cleaned up');
});

test('source that does not parse, trees that are not there, trees that do not differ', async (t) => {
  const bench = new Bench(t);
  const from = bench.tree('old', app("'old'"));
  const broken = bench.tree('broken', app("'old"));
  const error = await fails(bench, ['build', '--from', from, '--to', broken, '-o', bench.path('x.klp')], 'ERR_SYNTAX');
  assert.equal(error.where?.line, 4);
  await fails(bench, ['build', '--from', from, '--to', bench.path('nowhere'), '-o', bench.path('x.klp')], 'ERR_SOURCE_TREE');
  await fails(bench, ['build', '--from', from, '--to', from, '-o', bench.path('x.klp')], 'ERR_PATCH_EMPTY');
});
