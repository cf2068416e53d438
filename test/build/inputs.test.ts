/** Where the two trees come from, and what is said when they cannot be had. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { buildPatch } from '../../src/build/index.ts';
import type { LivepatchError } from '../../src/errors/errors.ts';
import { decodePatch } from '../../src/patch/format.ts';
import { root } from '../../scripts/nodes.mjs';
import { build } from './harness.ts';

const home = mkdtempSync(join(tmpdir(), 'livepatch-inputs-'));
after(() => rmSync(home, { recursive: true, force: true }));

test('two files', async () => {
  mkdirSync(join(home, 'old'));
  mkdirSync(join(home, 'new'));
  writeFileSync(join(home, 'old', 'a.js'), 'exports.f = () => 1');
  writeFileSync(join(home, 'new', 'a.js'), 'exports.f = () => 2');
  const report = await buildPatch({ kind: 'directories', from: join(home, 'old/a.js'), to: join(home, 'new/a.js') }, { name: 'files' });
  assert.equal(decodePatch(report.patch!, '').modules[0]?.file, 'a.js');
});

test('two commits', async () => {
  const repository = join(home, 'repo');
  mkdirSync(join(repository, 'lib'), { recursive: true });
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: repository, encoding: 'utf8' });
  git('init', '-q');
  for (const n of [1, 2]) {
    writeFileSync(join(repository, 'package.json'), JSON.stringify({ name: 'shop', version: `1.0.${n}`, main: 'lib/f.js' }));
    writeFileSync(join(repository, 'lib/f.js'), `exports.f = () => ${n}`);
    git('add', '.');
    git('commit', '-q', '-m', `${n}`);
  }
  const report = await buildPatch({ kind: 'git', range: 'HEAD~1..HEAD', cwd: repository }, { name: 'commits' });
  const [module] = decodePatch(report.patch!, '').modules;
  assert.deepEqual([module?.file, module?.package], ['lib/f.js', { name: 'shop', version: '1.0.1' }]);
  await assert.rejects(buildPatch({ kind: 'git', range: 'nonsense..HEAD', cwd: repository }, { name: 'x' }), { code: 'ERR_SOURCE_TREE' });
});

test('a tree and a diff', async () => {
  const base = join(home, 'base');
  mkdirSync(join(base, 'lib'), { recursive: true });
  writeFileSync(join(base, 'package.json'), JSON.stringify({ name: 'p', version: '1.0.0', main: 'lib/a.js' }));
  writeFileSync(join(base, 'lib/a.js'), 'exports.f = () => 1;\nexports.g = () => 1;\n');
  const diff = `--- a/lib/a.js
+++ b/lib/a.js
@@ -1,2 +1,3 @@
-exports.f = () => 1;
+const b = require('./b');
+exports.f = () => b.two;
 exports.g = () => 1;
--- /dev/null
+++ b/lib/b.js
@@ -0,0 +1 @@
+exports.two = 2;
`;
  const report = await buildPatch({ kind: 'diff', base, diff }, { name: 'diff' });
  const { modules, added } = decodePatch(report.patch!, '');
  assert.deepEqual([modules.map((m) => m.functions.map((f) => f.path)), added.map((m) => m.file)], [[['exports.f']], ['lib/b.js']]);
  await assert.rejects(buildPatch({ kind: 'diff', base, diff: diff.replace('-exports.f', '-exports.h') }, { name: 'x' }), {
    code: 'ERR_SOURCE_TREE',
    message: /the diff does not apply/,
  });
  // The tree that has the change already, as after `git diff`.
  const after = join(home, 'after');
  cpSync(base, after, { recursive: true });
  writeFileSync(join(after, 'lib/a.js'), "const b = require('./b');\nexports.f = () => b.two;\nexports.g = () => 1;\n");
  writeFileSync(join(after, 'lib/b.js'), 'exports.two = 2;\n');
  const again = decodePatch((await buildPatch({ kind: 'diff', base: after, diff }, { name: 'diff' })).patch!, '');
  assert.deepEqual(again.modules, modules);
  assert.deepEqual(again.added, added);
});

test('the same trees give the same bytes, wherever they lie', async () => {
  const options = { name: 'same' };
  const from = join(root, 'node_modules/json5');
  const spec = { kind: 'directories', from, to: join(root, 'node_modules/json5-fixed') } as const;
  const copy = join(home, 'copy');
  cpSync(from, copy, { recursive: true });
  const patches = await Promise.all([buildPatch(spec, options), buildPatch(spec, options), buildPatch({ ...spec, from: copy }, options)]);
  assert.equal(patches[0]!.patch, patches[1]!.patch);
  assert.equal(patches[0]!.patch, patches[2]!.patch);
  assert.deepEqual(decodePatch(patches[0]!.patch!, '').origin, { from: 'json5@2.2.1', to: 'json5@2.2.2' });
});

test('several pairs make one patch, all or nothing', async () => {
  const pair = (name: string, after: string): { readonly kind: 'directories'; readonly from: string; readonly to: string } => {
    const [from, to] = ['a', 'b'].map((side) => join(home, 'several', name, side)) as [string, string];
    for (const [folder, text] of [
      [from, 'exports.f = () => 1'],
      [to, after],
    ] as const) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
      writeFileSync(join(folder, 'index.js'), text);
    }
    writeFileSync(join(to, 'new.js'), `exports.name = '${name}'`);
    return { kind: 'directories', from, to };
  };
  const specs = [pair('p', "exports.f = () => require('./new').name"), pair('q', "exports.f = () => require('./new').name")];
  const patch = decodePatch((await buildPatch({ kind: 'several', specs }, { name: 'two' })).patch!, '');
  assert.deepEqual(
    [patch.modules.map((m) => m.package!.name), patch.added.map((m) => `${m.package}/${m.file}`)],
    [
      ['p', 'q'],
      ['p/new.js', 'q/new.js'],
    ],
  );
  const bad = await buildPatch({ kind: 'several', specs: [specs[0]!, pair('r', 'exports.f = () => 1; listen()')] }, { name: 'bad' });
  assert.equal(bad.patch, null);
});

test('a tree that is not there', async () => {
  await assert.rejects(buildPatch({ kind: 'directories', from: join(home, 'none'), to: home }, { name: 'x' }), { code: 'ERR_SOURCE_TREE' });
});

test('a syntax error has its version, file, line and column', async () => {
  const of = { old: /^(.*) of the old version \(.*a\) cannot be parsed: /, new: /^(.*) of the new version \(.*b\) cannot be parsed: / };
  const cases = [
    ['a.js', 'exports.f = 1', '\nexports.f = ;', { line: 2, column: 12 }],
    ['a.ts', 'export const f = 1', '\n\n  let s: string = "abc\n', { line: 3, column: 18 }],
    ['a.ts', 'export const f = 1', '\nexport enum A { B }\n', { line: 2, column: 7 }],
  ] as const;
  for (const [file, good, bad, where] of cases) {
    for (const version of ['old', 'new'] as const) {
      const [before, after] = version === 'new' ? [good, bad] : [bad, good];
      await assert.rejects(build({ [file]: before }, { [file]: after }), (error: LivepatchError) => {
        assert.equal(error.code, 'ERR_SYNTAX');
        assert.deepEqual(error.where, { file, ...where });
        assert.match(error.message, of[version]);
        assert.doesNotMatch(error.message, /\d:\d/);
        return true;
      });
    }
  }
});

test('a package file that Node refuses stops the patch, and is named with its version', async () => {
  const good = '{ "name": "p", "version": "1.0.0", "main": "index.js" }';
  const code = (n: number): Record<string, string> => ({ 'index.js': `exports.f = () => ${n}` });
  const cases = [
    ['{ "name": "p", }', { line: 1, column: 15 }],
    ['{ "name": "p"', { line: 1, column: 13 }],
    ['["p"]', {}],
    ['null', {}],
    ['', {}],
  ] as const;
  for (const [bad, where] of cases) {
    for (const version of ['old', 'new'] as const) {
      const [before, after] = version === 'new' ? [good, bad] : [bad, good];
      const failing = build({ 'package.json': before, ...code(1) }, { 'package.json': after, ...code(2) });
      await assert.rejects(failing, (error: LivepatchError) => {
        assert.equal(error.code, 'ERR_PACKAGE_FILE');
        assert.deepEqual(error.where, { file: 'package.json', ...where });
        assert.match(error.message, new RegExp(`^package\\.json of the ${version} version \\(`));
        return true;
      });
    }
  }
  await assert.rejects(build({ 'lib/package.json': '{', 'lib/a.mjs': 'run(1)' }, { 'lib/package.json': '{', 'lib/a.mjs': 'run(2)' }), {
    code: 'ERR_PACKAGE_FILE',
    message: /^lib\/package\.json of the old version/,
  });
});

test('a package file may begin with a byte order mark', async () => {
  const manifest = '\uFEFF{ "name": "p", "version": "1.0.0", "type": "module" }';
  const report = await build(
    { 'package.json': manifest, 'index.js': 'await 1; run(); function run() { return 1 }' },
    {
      'package.json': manifest,
      'index.js': 'await 1; run(); function run() { return 2 }',
    },
  );
  const [module] = decodePatch(report.patch!, '').modules;
  assert.deepEqual([module?.format, module?.package], ['module', { name: 'p', version: '1.0.0' }]);
});

test('a package file that is broken on purpose, where no entry leads, stops nothing', async () => {
  const files = (n: number): Record<string, string> => ({
    'package.json': '{ "name": "p", "version": "1.0.0", "main": "index.js" }',
    'index.js': `exports.f = () => ${n}`,
    'fixtures/package.json': '{',
    'fixtures/a.js': `run(${n})`,
    'test/package.json': '{',
    'test/a.js': `run(${n})`,
  });
  const report = await build(files(1), files(2));
  assert.deepEqual(
    decodePatch(report.patch!, '').modules.map(({ file }) => file),
    ['index.js'],
  );
  assert.deepEqual(
    report.verdicts.map(({ file, code }) => [file, code]),
    [
      ['index.js', 'function-changed'],
      ['test/a.js', 'file-unreachable'],
      ['fixtures/a.js', 'file-unreachable'],
    ],
  );
});

test('what Node never loads of a package does not stop a patch, and what the process read of JSON is told', async () => {
  const manifest = (version: string): string =>
    JSON.stringify({
      name: 'p',
      version,
      exports: {
        '.': { import: './index.mjs', require: './index.js', default: './browser.js' },
        './n': { node: './n.js', default: './w.js' },
        './*': './*',
      },
    });
  const files = {
    'package.json': manifest('1.0.0'),
    'index.js': "exports.f = () => 1; exports.version = require('./package.json').version",
    'index.mjs': 'export const f = () => 1',
    'flow.js': 'export const f = (x: number) => 1',
    'n.js': 'exports.f = () => 1',
  };
  const next = {
    ...files,
    'package.json': manifest('1.0.1'),
    'index.js': files['index.js'].replace('1', '2'),
    'flow.js': `${files['flow.js']} + 1`,
  };
  const report = await build(files, next);
  assert.deepEqual(
    report.verdicts.map((v) => [v.file, v.code]),
    [
      ['index.js', 'function-changed'],
      ['flow.js', 'file-unreachable'],
      ['package.json', 'data-changed'],
    ],
  );
  // Entries without a pattern lead to code; what Node cannot parse no process runs, but it must not be all there is.
  await assert.rejects(build({ ...files, 'index.js': "require('./flow.js')" }, { ...next, 'index.js': "require('./flow.js')" }), {
    code: 'ERR_SYNTAX',
  });
});

test('what Node cannot parse and has not changed does not stop a patch', async () => {
  const files = {
    'package.json': JSON.stringify({ name: 'p', version: '1.0.0', exports: { '.': './index.js', './*': './lib/*' } }),
    'index.js': 'exports.f = () => 1',
    // It is given a function that has changed, and reads the text of a file that has.
    'src/keeps.ts': 'export class Kept { constructor(readonly f: () => number) {} }',
    'src/gives.ts': "import { keep } from './keeps.ts'; const g = () => 1; keep(g);",
    'lib/page.js': "const text = readFileSync(__dirname + '/page.html'); export const f = (x: number) => text",
    'lib/page.html': '1',
  };
  const next = {
    ...files,
    'index.js': 'exports.f = () => 2',
    'src/gives.ts': files['src/gives.ts'].replace('1', '2'),
    'lib/page.html': '2',
  };
  const report = await build(files, next);
  assert.notEqual(report.patch, null);
});

test('conditions that come behind one that always holds', async () => {
  const exports = { import: './index.mjs', require: './index.js', default: './browser.js' };
  const files = {
    'package.json': JSON.stringify({
      name: 'p',
      version: '1.0.0',
      exports: { '.': exports, './n': { node: './n.js', default: './w.js' } },
    }),
    'index.js': 'exports.f = () => 1',
    'browser.js': 'run(1)',
    'w.js': 'run(1)',
  };
  const report = await build(files, { ...files, 'index.js': 'exports.f = () => 2', 'browser.js': 'run(2)', 'w.js': 'run(2)' });
  assert.deepEqual(
    report.verdicts.map((v) => [v.file, v.code]),
    [
      ['browser.js', 'file-unreachable'],
      ['index.js', 'function-changed'],
      ['w.js', 'file-unreachable'],
    ],
  );
});

test('what the entries of a package do not lead to does not stop a patch', async () => {
  const files = {
    'package.json': JSON.stringify({ name: 'p', version: '1.0.0', main: 'index.js' }),
    'index.js': 'exports.f = () => 1',
    'test.js': 'run(1)',
  };
  const report = await build(files, { ...files, 'index.js': 'exports.f = () => 2', 'test.js': 'run(2)' });
  assert.deepEqual(
    report.verdicts.map((v) => [v.file, v.code]),
    [
      ['index.js', 'function-changed'],
      ['test.js', 'file-unreachable'],
    ],
  );
  assert.equal(decodePatch(report.patch!, '').modules.length, 1);
});

test('tests that no entry leads to are left out, those that one leads to are not', async () => {
  const source = (n: number): Record<string, string> => ({
    'package.json': JSON.stringify({ name: 'p', version: '1.0.0', main: 'index.js' }),
    'index.js': `exports.f = () => ${n} + require('./lib/unit.test.js').f()`,
    'lib/unit.test.js': `exports.f = () => ${n}`,
    'lib/other.js': `exports.f = () => ${n}`,
    'lib/latest.js': `exports.f = () => ${n}`,
    'test/a.js': `exports.f = () => ${n}`,
    'lib/b.spec.mjs': `export const f = () => ${n}`,
    'lib/__tests__/c.js': `run(${n})`,
  });
  const report = await build(source(1), source(2));
  assert.deepEqual(
    decodePatch(report.patch!, '').modules.map(({ file }) => file),
    ['index.js', 'lib/latest.js', 'lib/other.js', 'lib/unit.test.js'],
  );
  const [left, ...more] = report.verdicts.filter(({ code }) => code === 'file-unreachable');
  assert.deepEqual([left?.reason.split(',')[0], more], ['it and 2 more are tests', []]);
  // Of an application nobody knows the entries.
  const { 'package.json': _, ...plain } = source(1);
  const { 'package.json': __, ...changed } = source(2);
  assert.equal(decodePatch((await build(plain, { ...changed, 'lib/__tests__/c.js': 'run(1)' })).patch!, '').modules.length, 6);
});

test('an ES module in a .js file is known by its package, or by its syntax', async () => {
  const report = await build({ 'a.js': 'export const f = () => 1' }, { 'a.js': 'export const f = () => 2' });
  assert.equal(decodePatch(report.patch!, '').modules[0]?.format, 'module');
});

test('a dependency that moved is named', async () => {
  const manifest = (version: string): string =>
    JSON.stringify({ name: 'p', version: '1.0.0', main: 'index.js', dependencies: { qs: version } });
  const report = await build(
    { 'package.json': manifest('1'), 'index.js': 'exports.f = () => 1' },
    { 'package.json': manifest('2'), 'index.js': 'exports.f = () => 2' },
  );
  assert.ok(report.verdicts.some((v) => v.code === 'dependency-changed' && v.path === 'qs'));
});

test('a thousand files that differ', async () => {
  const before: Record<string, string> = {};
  const next: Record<string, string> = {};
  for (let i = 0; i < 1000; i++) {
    before[`f${i}.js`] = `const k = ${i};\nexports.f = function (a) { return a + k }\nexports.g = (x) => x * 2\n`.repeat(1);
    next[`f${i}.js`] = before[`f${i}.js`]!.replace('a + k', 'a - k');
  }
  const report = await build(before, next);
  assert.equal(report.functions, 1000);
});
