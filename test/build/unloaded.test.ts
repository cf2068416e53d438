/** Files whose difference cannot be carried into a process that has loaded them: others load the new version. */
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { buildPatch } from '../../src/build/index.ts';
import { decodePatch } from '../../src/patch/format.ts';
import { Program, build, program } from './harness.ts';
import type { Files } from './harness.ts';

const files = (n: number, name = 'sub.js'): Record<string, string> => ({
  'index.js': `exports.f = () => ${n}; exports.late = () => require('./${name}')`,
  [name]: `const net = require('net'); net.${n === 1 ? 'connect' : 'createConnection'}; module.exports = { ready: net.isIP('::1') + ${n} }; void net.isIP('${n}')`,
  'package.json': JSON.stringify({ name: 'p', version: `${n}.0.0`, exports: { '.': './index.js', './sub': `./${name}` } }),
});

test('a process that has not loaded a file that is refused takes the patch, and loads the new version', async () => {
  const p = await program(files(1), files(2));
  assert.deepEqual(p.codes('warning'), ['file-unloaded']);
  await p.apply();
  assert.deepEqual([p.exports['f'](), p.exports['late']().ready], [2, 8]);
  await p.revert();
  assert.deepEqual([p.exports['f'](), p.exports['late']().ready], [1, 8], 'what has run stays');
});

test('of the two forms of a package, one that is refused does not keep the other from being patched', async () => {
  const both = (n: number): Record<string, string> => ({
    'index.mjs': `export const f = () => ${n};\n`,
    'index.cjs': `const net = require('net'); void net.isIP('${n}'); exports.f = () => ${n};\n`,
    'package.json': JSON.stringify({
      name: 'both',
      version: `${n}.0.0`,
      exports: { '.': { import: './index.mjs', require: './index.cjs' } },
    }),
  });
  const p = await program(both(1), both(2));
  assert.deepEqual(
    p.report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, file }) => [code, file]),
    [['file-unloaded', 'index.cjs']],
  );
  await p.apply();
  assert.equal(p.exports['f'](), 2);
  await p.revert();
  const { 'index.cjs': cjs, ...rest } = both(1);
  const required = await program({ 'index.cjs': cjs!, ...rest, other: '' }, both(2));
  await assert.rejects(required.apply(), { code: 'ERR_FILE_LOADED' });
  assert.equal(required.exports['f'](), 1);
});

test('a process that has loaded the file refuses the patch', async () => {
  const p = await program(files(1, 'other.js'), files(2, 'other.js'));
  assert.equal(p.exports['late']().ready, 7);
  await assert.rejects(p.apply(), { code: 'ERR_FILE_LOADED' });
  assert.equal(p.exports['f'](), 1);
});

test('one patch of two packages: a process that has loaded the file of the second refuses all of it, any other loads the new version', async () => {
  const named = (n: number): Record<string, string> => ({ 'index.js': `exports.f = () => ${n}`, 'package.json': '{"name":"first"}' });
  const two = async (name: string): Promise<readonly [Program, Program]> => {
    const [first, second] = [await program(named(1), named(2)), await program(files(1, name), files(2, name))];
    const specs = [first, second].map(({ root }) => ({ kind: 'directories', from: root, to: join(dirname(root), 'b') }) as const);
    const report = await buildPatch({ kind: 'several', specs }, { name: 'two-packages' });
    return [new Program(first.root, first.exports, report), second];
  };
  const [loaded, holds] = await two('second.js');
  assert.equal(holds.exports['late']().ready, 7);
  await assert.rejects(loaded.apply(), { code: 'ERR_FILE_LOADED' });
  assert.deepEqual([loaded.exports['f'](), holds.exports['f']()], [1, 1]);
  const [other, lacks] = await two('third.js');
  await other.apply();
  assert.deepEqual([other.exports['f'](), lacks.exports['f'](), lacks.exports['late']().ready], [2, 2, 8]);
  await other.revert();
});

test('an ES module that is imported later', async () => {
  const source = (n: number): Record<string, string> => ({
    'index.mjs': `export const f = () => ${n}; export const late = () => import('./late.mjs')`,
    'late.mjs': `import { isIP } from 'net'; export const ready = isIP('::1') + ${n}; isIP('${n}')`,
    'package.json': JSON.stringify({ name: 'p', version: '1.0.0', exports: './index.mjs' }),
  });
  const p = await program(source(1), source(2));
  await p.apply();
  assert.deepEqual([p.exports['f'](), (await p.exports['late']()).ready], [2, 8]);
});

test('what the main entry loads, what the patch reads and what asks for a new file is refused as ever', async () => {
  const eager = { ...files(1), 'index.js': "require('./sub.js'); exports.f = () => 1" };
  const report = await build(eager, { ...files(2), 'index.js': "require('./sub.js'); exports.f = () => 2" });
  assert.deepEqual([report.patch, report.verdicts.find((v) => v.verdict === 'refused')?.code], [null, 'statement-changed']);
  const asking = { ...files(2), 'new.js': 'exports.x = 1', 'sub.js': `${files(2)['sub.js']}; require('./new.js')` };
  assert.equal((await build(files(1), asking)).patch, null);
  const bare = { ...files(1), 'test.js': 'run(1)' };
  const left = await build(bare, { ...files(1), 'index.js': files(2)['index.js']!, 'test.js': 'run(2)' });
  assert.equal(decodePatch(left.patch!, '').unloaded?.[0]?.source, null);
});

test('what only a pattern of the entries leads to, exports nothing and asks for a new file, is left out', async () => {
  const entries = (more: object): string => JSON.stringify({ name: 'p', version: '1.0.0', exports: { '.': './index.js', ...more } });
  const asking = { ...files(2), 'new.js': 'exports.x = 1', 'sub.js': `${files(2)['sub.js']}; require('./new.js')` };
  const of = (more: object, gives = 'void'): readonly Files[] =>
    [files(1), asking].map((all: Files) => ({
      ...all,
      'index.js': all['index.js']!.replace(/;.*/, ''),
      'sub.js': all['sub.js']!.replace('module.exports =', gives),
      'package.json': entries(more),
    }));
  const [before, after] = of({ './*': './*' });
  const p = await program(before!, after!);
  assert.deepEqual(p.codes('warning'), ['file-unreachable']);
  await p.apply();
  assert.equal(p.exports['f'](), 2);
  await p.revert();
  p.load('sub.js');
  await assert.rejects(p.apply(), { code: 'ERR_FILE_LOADED' });
  for (const [old, now] of [of({ './*': './*', './sub': './sub.js' }), of({ './*': './*' }, 'module.exports =')])
    assert.equal((await build(old!, now!)).patch, null);
});

test('a process that has loaded a test which was left out refuses the patch, any other takes it', async () => {
  const source = (n: number): Record<string, string> => ({
    'index.js': `exports.f = () => ${n}`,
    'package.json': JSON.stringify({ name: 'tested', version: `${n}.0.0`, main: 'index.js' }),
    'test/a.js': `exports.f = () => ${n} + 1`,
  });
  const p = await program(source(1), source(2));
  assert.deepEqual(p.codes('warning'), ['file-unreachable']);
  await p.apply();
  assert.equal(p.exports['f'](), 2);
  await p.revert();
  assert.equal(p.load('test/a.js')['f'](), 2);
  await assert.rejects(p.apply(), { code: 'ERR_FILE_LOADED', message: /test\/a\.js, which this process has loaded: it is a test/ });
  assert.equal(p.exports['f'](), 1);
});

test('a release that changes a command alone is told to whoever uses the package as a library', async () => {
  const files = (n: number, changed: string): Record<string, string> => {
    const at = (file: string): number => (file === changed || changed === 'all' ? n : 1);
    return {
      'package.json': JSON.stringify({ name: 'p', version: `${n}.0.0`, main: 'index.js', bin: { p: './cli.js' } }),
      'index.js': `exports.f = () => ${at('index.js')}`,
      'cli.js': `const { f } = require('./index'); const { g } = require('./options'); start(${at('cli.js')}, f, g)`,
      'options.js': `exports.g = () => ${at('options.js')}`,
      'scratch.js': `run(${n})`,
    };
  };
  const told = async (changed: string, without?: string) => {
    const leave = (n: number) => Object.fromEntries(Object.entries(files(n, changed)).filter(([name]) => name !== without));
    const { patch, verdicts } = await build(leave(1), leave(2));
    return [patch !== null, ...verdicts.filter(({ code }) => code === 'command-only').map(({ file }) => file)];
  };
  assert.deepEqual(await told('options.js'), [true, 'options.js']);
  assert.deepEqual(await told('cli.js'), [false, 'cli.js']);
  assert.deepEqual(await told('index.js'), [true]);
  assert.deepEqual(await told('all'), [true]);
  // A package that is nothing but a command.
  assert.deepEqual(await told('cli.js', 'index.js'), [false]);
});

test('a file that becomes one of another format is left out where no entry leads to it, or Node could not run it', async () => {
  const own = (n: number): Record<string, string> => ({ 'index.mjs': `export const f = () => ${n};\n` });
  const manifest = (exports: object): string => JSON.stringify({ name: 'formats', version: '1.0.0', type: 'module', exports });
  const cjs = 'Object.defineProperty(exports, "__esModule", { value: true });\nexports.f = () => 1;\n';
  const both = { '.': { import: './index.mjs', require: './cjs/index.js' } };
  for (const [files, exports] of [
    [{ 'tools/run.js': 'export const run = () => 1;\n' }, { '.': './index.mjs' }],
    [{ 'cjs/index.js': cjs }, both],
  ] as const) {
    const [file, text] = Object.entries(files)[0]!;
    const now = { [file]: text.startsWith('export') ? 'exports.run = () => 1;\n' : text.replace('=> 1', '=> 2') };
    const p = await program(
      { ...own(1), ...files, 'package.json': manifest(exports) },
      { ...own(2), ...now, [join(dirname(file), 'package.json')]: '{"type":"commonjs"}' },
    );
    assert.deepEqual(
      p.report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, file: where }) => [code, where]),
      [['file-unreachable', file]],
    );
    assert.deepEqual(
      p.patch.unloaded?.map((one) => [one.file, one.source]),
      [[file, null]],
    );
    await p.apply();
    assert.equal(p.exports['f'](), 2);
    await p.revert();
    p.clean();
  }
  const runs = {
    ...own(1),
    'index.js': 'export const g = () => 1;\n',
    'package.json': manifest({ '.': './index.mjs', './more': './index.js' }),
  };
  const { verdicts } = await build(runs, {
    ...runs,
    ...own(2),
    'index.js': 'exports.g = () => 2;\n',
    'package.json': manifest({ '.': './index.mjs', './more': './index.js' }).replace('"module"', '"commonjs"'),
  });
  assert.ok(verdicts.some(({ code }) => code === 'format-changed'));
});
