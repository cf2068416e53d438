/** Two folders into which a package manager has installed: the patch is one of all that differs between them. */
import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildPatch } from '../../src/build/index.ts';
import { decodePatch } from '../../src/patch/format.ts';
import { program } from './harness.ts';
import type { Edited, Files, Program } from './harness.ts';

const MARK = { 'node_modules/.package-lock.json': '{}' };

function pack(place: string, version: string, body: string, dependencies: object = {}): Record<string, string> {
  const name = place.split('node_modules/').at(-1)!;
  return { [`${place}/package.json`]: JSON.stringify({ name, version, dependencies }), [`${place}/index.js`]: body };
}

/** What no package file says: `outer`, which stays, gets another `inner`. */
const app = (inner: Files, own = 'exports.f = (x) => require("outer").f(x);', more: Files = {}, dependencies: object = {}): Files => ({
  'index.js': own,
  'package.json': JSON.stringify({ name: 'app', version: '1.0.0', dependencies: { outer: '^1.0.0', ...dependencies } }),
  ...MARK,
  ...pack('node_modules/outer', '1.0.0', 'const inner = require("inner"); exports.f = (x) => inner.f(x);', { inner: '^1.0.0' }),
  ...inner,
  ...more,
});
const inner = (version: string, body: string): Files => pack('node_modules/inner', version, `exports.f = ${body};`);

const said = (p: Program): string[] =>
  p.report.verdicts.filter(({ code }) => code.startsWith('dependency-')).map(({ code, path }) => `${code} ${path}`);
const packages = (p: Program): (string | undefined)[] => p.patch.modules.map((module) => module.package?.name);

test('a package that is installed in another version, though every package file asks for the same', async () => {
  const p = await program(app(inner('1.0.0', '(x) => x')), app(inner('1.0.1', '(x) => x + 1')));
  assert.deepEqual([said(p), packages(p)], [['dependency-carried inner'], ['inner']]);
  assert.deepEqual(
    p.report.verdicts.filter(({ code }) => code === 'function-changed').map((row) => `${row.package}/${row.file}`),
    ['inner/index.js'],
  );
  assert.deepEqual(p.patch.modules[0]!.installed, { at: ['node_modules/inner'], others: [] });
  // The application has a file of that name itself.
  await assert.rejects(p.apply(), { code: 'ERR_NOT_LOADED' });
  assert.equal(p.exports['f'](1), 1);
  await p.apply();
  assert.equal(p.exports['f'](1), 2);
  await p.revert();
  assert.equal(p.exports['f'](1), 1);
});

test('beside what differs in the code of the application itself', async () => {
  const own = 'exports.f = (x) => [require("outer").f(x)];';
  const p = await program(app(inner('1.0.0', '(x) => x')), app(inner('1.0.1', '(x) => x + 1'), own));
  assert.deepEqual(packages(p), ['app', 'inner']);
  await p.apply();
  assert.deepEqual(p.exports['f'](1), [2]);
});

test('code that somebody has changed in a package of the same version', async () => {
  const p = await program(app(inner('1.0.0', '(x) => x')), app(inner('1.0.0', '(x) => x + 1')));
  assert.match(p.report.verdicts.find(({ path }) => path === 'inner')!.reason, /^inner 1\.0\.0 has other code: /);
  await p.apply();
  assert.equal(p.exports['f'](1), 2);
});

test('the same where all files were given one time', async () => {
  const p = await program(app(inner('1.0.0', '(x) => x + 1')), app(inner('1.0.0', '(x) => x + 2')));
  for (const version of [p.root, join(p.root, '../b')]) utimesSync(join(version, 'node_modules/inner/index.js'), 0, 0);
  const spec = { kind: 'directories', from: p.root, to: join(p.root, '../b') } as const;
  const { patch } = await buildPatch(spec, { name: 'timed' });
  assert.deepEqual(
    decodePatch(patch!, 'timed').modules.map((module) => module.package?.name),
    ['inner'],
  );
});

test('a folder in which no package manager has installed is a package as others', async () => {
  const [before, after] = [app(inner('1.0.0', '(x) => x')), app(inner('1.0.1', '(x) => x + 1'))].map((files) =>
    Object.fromEntries(Object.entries(files).filter(([file]) => !(file in MARK))),
  );
  await assert.rejects(program(before!, after!), { code: 'ERR_PATCH_EMPTY' });
});

test('of what package files ask for nothing is said where it is known what is installed', async () => {
  const asks = (range: string): object => ({ inner: range });
  const [before, after] = [
    app(inner('1.0.0', '(x) => x'), 'exports.f = () => 1;', {}, asks('^1.0.0')),
    app(inner('1.0.0', '(x) => x'), 'exports.f = () => 2;', {}, asks('^1')),
  ];
  assert.deepEqual(said(await program(before, after)), []);
});

const CHANGED = "process.on('x', () => {});";
const refusing = (version: string, body: string, head = ''): Files => pack('node_modules/inner', version, `${head} exports.f = ${body};`);

test('one that is refused refuses the patch, unless it is left as it is', async () => {
  const lazy = 'exports.f = (x) => x; exports.g = () => require("outer").f(1);';
  const before = app(refusing('1.0.0', '(x) => x'), lazy);
  const after = app(refusing('1.0.1', '(x) => x + 1', CHANGED), lazy.replace('=> x;', '=> x + 1;'));
  const p = await program(before, after);
  // Nothing has loaded it yet: it is the process that decides.
  assert.deepEqual(
    p.report.verdicts.filter(({ code }) => code === 'file-unloaded').map((row) => `${row.package}/${row.file}`),
    ['inner/index.js'],
  );
  p.load('index.js')['g']();
  await assert.rejects(p.apply(), { code: 'ERR_FILE_LOADED', hint: /: --without inner$/ });
  const spec = { kind: 'directories', from: p.root, to: join(p.root, '../b') } as const;
  const { patch, verdicts } = await buildPatch(spec, { name: 'left', without: ['inner'] });
  assert.deepEqual(
    decodePatch(patch!, 'left').modules.map((module) => module.package?.name),
    ['app'],
  );
  assert.match(verdicts.find(({ path }) => path === 'inner')!.reason, /^inner was 1\.0\.0 and is 1\.0\.1, and is left as it is$/);
  await assert.rejects(buildPatch(spec, { name: 'left', without: ['iner'] }), { code: 'ERR_USAGE', message: /"iner"/ });
});

test('so is one of which old closures are alive', async () => {
  const maker = (body: string): string => `exports.f = (x) => x; exports.make = (a, b) => () => ${body};`;
  const own = 'const make = () => require("inner").make(1, 2); exports.keep = () => { exports.kept = make(); }; exports.f = () => ';
  const files = (version: string, body: string): Files =>
    app(pack('node_modules/inner', version, maker(body)), `${own}'${version}';`, {}, { inner: '1' });
  const p = await program(files('1.0.0', 'a'), files('1.0.10', 'a + b'));
  p.exports['keep']();
  await assert.rejects(p.apply(100), {
    code: 'ERR_LIVE_CLOSURES',
    hint: /anew\. Or build the patch without what is in the way: --without inner$/,
  });
  p.exports['kept'] = null;
});

test('so is one of which the program has changed a table', async () => {
  const files = (version: string, limit: number): Files =>
    app(pack('node_modules/inner', version, `exports.T = { limit: ${limit} }; exports.f = () => exports.T.limit;`));
  const p = await program(files('1.0.0', 1), files('1.0.1', 2));
  p.exports['f']();
  p.load('node_modules/inner/index.js')['T'].limit = 7;
  await assert.rejects(p.apply(100), {
    code: 'ERR_LIVE_DATA',
    hint: /the data\. Or build the patch without what is in the way: --without inner$/,
  });
});

test('where nothing else differs it is refused', async () => {
  const before = app(refusing('1.0.0', '(x) => x'));
  const p = await program(before, app(refusing('1.0.1', '(x) => x + 1', CHANGED)));
  assert.deepEqual([p.report.patch, p.codes('refused')], [null, ['statement-changed']]);
});

test('copies of one version that are several versions now stay as they are, where one patch would not do for all', async () => {
  const copy = (version: string): Files => pack('node_modules/third/node_modules/inner', version, `exports.f = (x) => x + '${version}';`);
  const third = pack('node_modules/third', '1.0.0', 'exports.g = (x) => require("inner").f(x);', { inner: '*' });
  const files = (top: string, own: string, step: number): Files =>
    app(inner(top, `(x) => x + '${top}'`), `exports.f = () => ${step};`, { ...third, ...copy(own) }, { third: '1' });
  const parted = await program(files('1.0.0', '1.0.0', 1), files('1.0.1', '2.0.0', 2));
  assert.deepEqual([said(parted), packages(parted)], [['dependency-changed inner'], ['app']]);
  assert.match(parted.report.verdicts.find(({ path }) => path === 'inner')!.reason, /^inner was 1\.0\.0 and is 1\.0\.1 and 2\.0\.0 there/);
  const both = await program(files('1.0.0', '1.0.0', 1), files('1.0.1', '1.0.0', 2));
  assert.deepEqual(packages(both), ['app', 'inner'], 'who does with the old one does with the new');
});

test('what only the devDependencies lead to is told of', async () => {
  const files = (step: number): Edited => ({
    ...app(inner('1.0.0', '(x) => x'), `exports.f = () => ${step};`),
    'package.json': JSON.stringify({ name: 'app', version: '1.0.0', dependencies: { outer: '1' }, devDependencies: { tool: '1' } }),
    ...pack('node_modules/tool', `1.0.${step}`, `exports.t = ${step};`),
  });
  const p = await program(files(1) as Files, files(2));
  assert.deepEqual(packages(p), ['app']);
  assert.match(p.report.verdicts.find(({ code }) => code === 'dependency-changed')!.reason, /^tool: what only the devDependencies lead to/);
});

test('new code takes what the patch gives a dependency, whose package file for one format repeats its name', async () => {
  const files = (step: number): Files => ({
    'index.js': 'exports.f = () => require("outer").f();',
    'package.json': JSON.stringify({ name: 'app', version: '1.0.0', dependencies: { outer: '1' } }),
    ...MARK,
    ...pack('node_modules/outer', `1.0.${step}`, `const inner = require("inner"); exports.f = () => inner.f${step}();`, {
      inner: `~1.0.${step}`,
    }),
    'node_modules/inner/package.json': JSON.stringify({
      name: 'inner',
      version: `1.0.${step}`,
      type: 'module',
      exports: { require: './cjs/index.js' },
    }),
    'node_modules/inner/cjs/package.json': '{"name":"inner","type":"commonjs"}',
    'node_modules/inner/cjs/index.js': `exports.f1 = () => 1; ${step === 2 ? 'exports.f2 = () => 2;' : ''}`,
  });
  const p = await program(files(1), files(2));
  assert.deepEqual(
    p.patch.modules.map((module) => `${module.package?.name}@${module.package?.version} ${module.file}`),
    ['inner@1.0.1 cjs/index.js', 'outer@1.0.1 index.js'],
  );
  assert.equal(p.exports['f'](), 1);
  await p.apply();
  assert.equal(p.exports['f'](), 2);
});

test('an ES module that makes a `require` of its own takes that of a dependency which it requires', async () => {
  const files = (step: number): Files => ({
    'index.mjs': `
      import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      const { f1${step === 2 ? ', f2' : ''} } = require('inner');
      export const f = () => [f1(), ${step === 2 ? 'f2' : 'null'}];`,
    'package.json': JSON.stringify({ name: 'app', version: '1.0.0', dependencies: { inner: '1' } }),
    ...MARK,
    'node_modules/inner/package.json': JSON.stringify({
      name: 'inner',
      version: `1.0.${step}`,
      exports: { import: './index.mjs', require: './index.js' },
    }),
    'node_modules/inner/index.js': `exports.f1 = () => ${step}; ${step === 2 ? 'exports.f2 = 2;' : ''}`,
    'node_modules/inner/index.mjs': "export const f2 = 'import';",
  });
  const p = await program(files(1), files(2));
  await p.apply();
  assert.deepEqual(p.exports['f'](), [2, 2]);
});
