/** Packages that ask for their own files by a name: `imports`, their own name, other packages of the tree; and two copies of one code. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build, program } from './harness.ts';
import type { Edited, Files, Program } from './harness.ts';

const manifest = (more: object): string => JSON.stringify({ name: 'maps', version: '1.0.0', ...more });

/** What `f` gives before the patch, with it and after it. */
async function through(before: Files, after: Edited): Promise<{ readonly p: Program; readonly values: unknown[] }> {
  const p = await program(before, after);
  const values: unknown[] = [await p.exports['f']()];
  await p.apply();
  values.push(await p.exports['f']());
  await p.revert();
  values.push(await p.exports['f']());
  return { p, values };
}

const named = {
  imports: { '#limits': './limits.js', '#kind': { import: './limits.mjs', require: './limits.js' } },
  exports: { '.': './index.js', './limits': { import: './limits.mjs', require: './limits.js' }, './lib/*': './*.js' },
};

test('what reads a constant of another module is linked anew, whatever it calls that module', async () => {
  const names = ['./limits', '#limits', '#kind', 'maps/limits', 'maps/lib/limits'];
  for (const [i, name] of names.entries()) {
    const files = {
      'index.js': `const { max } = require('${name}'); exports.f = () => max + ${i}`,
      'limits.js': `exports.max = 10${i};`,
      'package.json': manifest(named),
    };
    const { values } = await through(files, { 'limits.js': `exports.max = 20${i};` });
    assert.deepEqual(values, [100 + 2 * i, 200 + 2 * i, 100 + 2 * i], name);
  }
  for (const [i, name] of ['./limits.mjs', '#kind', 'maps/limits'].entries()) {
    const files = {
      'index.mjs': `import { max } from '${name}'; export const f = () => max + ${i}`,
      'limits.mjs': `export const max = 10${i};`,
      'package.json': manifest(named),
    };
    const { values } = await through(files, { 'limits.mjs': `export const max = 20${i};` });
    assert.deepEqual(values, [100 + 2 * i, 200 + 2 * i, 100 + 2 * i], `import of ${name}`);
  }
});

test('a new export of a module that is held as a whole by its own name', async () => {
  for (const name of ['#kind', 'maps/limits']) {
    const { values } = await through(
      {
        'index.mjs': `import * as all from '${name}'; export const f = () => all.max`,
        'limits.mjs': `export const max = 1; // ${name}`,
        'package.json': manifest(named),
      },
      {
        'index.mjs': `import * as all from '${name}'; export const f = () => all.more()`,
        'limits.mjs': `export const max = 1; export const more = () => 2; // ${name}`,
      },
    );
    assert.deepEqual(values, [1, 2, 1], name);
  }
});

test('a new file that is asked for by a name, which the process may not know', async () => {
  for (const known of [true, false]) {
    const old = { imports: known ? { '#parts/*': './parts/*.js' } : {} };
    const { values } = await through(
      { 'index.js': `exports.f = () => ${Number(known)}`, 'package.json': manifest(old) },
      {
        'index.js': "exports.f = () => require('#parts/new').two",
        'parts/new.js': "exports.two = require('#parts/more').two",
        'parts/more.js': 'exports.two = 2',
        'package.json': manifest({ imports: { '#parts/*': './parts/*.js' } }),
      },
    );
    assert.deepEqual(values, [Number(known), 2, Number(known)]);
  }
});

test('a name that leads to another file in the new version, of the same code and of other', async () => {
  const files = (to: string, code: string): Files => ({
    'index.js': `const { max: most } = require('#limits'); exports.f = () => most + ${code}`,
    'limits.js': 'exports.max = 1',
    'strict.js': 'exports.max = 2',
    'package.json': manifest({ imports: { '#limits': to } }),
  });
  assert.deepEqual((await through(files('./limits.js', '1'), files('./strict.js', '1'))).values, [2, 3, 2]);
  assert.deepEqual((await through(files('./limits.js', '2'), files('./strict.js', '3'))).values, [3, 5, 3]);
});

test('a name that leads out of the package in the new version, to what is built in or to a dependency that is new', async () => {
  const files = (kind: 'import' | 'require', to: string, code: string): Files => ({
    ...(kind === 'import'
      ? { 'index.mjs': `import { sep } from '#path'; export const f = () => sep + ${code}` }
      : { 'index.js': `const { sep } = require('#path'); exports.f = () => sep + ${code}` }),
    'own.js': "exports.sep = 'own'",
    'package.json': manifest({ imports: { '#path': to }, ...(to === 'seps' ? { dependencies: { seps: '1' } } : {}) }),
    'node_modules/seps/package.json': '{ "name": "seps", "version": "1.0.0" }',
    'node_modules/seps/index.js': "exports.sep = 'dependency'",
  });
  const cases: readonly (readonly [...Parameters<typeof through>, values: readonly string[]])[] = [
    [files('require', './own.js', '1'), files('require', 'path', '1'), ['own1', '/1', 'own1']],
    [files('require', './own.js', '2'), files('require', 'path', '3'), ['own2', '/3', 'own2']],
    [files('require', './own.js', '4'), files('require', 'seps', '5'), ['own4', 'dependency5', 'own4']],
    // Node requires nothing that is built in by such a name.
    [files('import', './own.js', '6'), files('import', 'path', '7'), ['own6', '/7', 'own6']],
    [files('import', 'path', '8'), files('import', './own.js', '9'), ['/8', 'own9', '/8']],
    [files('import', 'path', '10'), files('import', 'path', '11'), ['/10', '/11', '/10']],
  ];
  for (const [before, after, values] of cases) assert.deepEqual((await through(before, after)).values, values);
});

test('a package of the tree that another one asks for by its name', async () => {
  const files = (n: number): Files => ({
    'packages/app/index.js': "exports.f = () => require('../core/main').max",
    'packages/app/package.json': '{ "name": "@maps/app", "version": "1.0.0" }',
    'packages/app/late.mjs': "import { max } from '@maps/core'; export const g = () => max;",
    'packages/core/main.js': `exports.max = ${n};`,
    'packages/core/package.json': '{ "name": "@maps/core", "version": "1.0.0", "main": "main" }',
  });
  const { verdicts } = await build(files(1), files(2));
  assert.deepEqual(
    verdicts.filter(({ code }) => code === 'function-relinked').map(({ file }) => file),
    ['late.mjs'],
  );
});

test('an entry that leads elsewhere is told', async () => {
  const files = (main: string, exports: object, n: number): Files => ({
    'package.json': manifest({ exports: { '.': main, ...exports } }),
    'index.js': `exports.f = () => ${n}`,
    'other.js': 'exports.f = () => 5',
    'other.mjs': 'export const f = () => 5',
  });
  const told = async (before: Files, after: Files): Promise<string[]> =>
    (await build(before, after)).verdicts.filter(({ code }) => code === 'entry-changed').map(({ path, reason }) => `${path}: ${reason}`);
  const was = { './a': './index.js', './b': { import: './other.mjs', require: './other.js' }, './c': './index.js', './d/*': './index.js' };
  const is = { './a': './index.js', './b': './other.js', './c': null, './d/*': './other.js' };
  assert.deepEqual(await told(files('./index.js', was, 1), files('./other.js', is, 2)), [
    'maps: it leads to other.js in the new version, and in the process still to index.js',
    'maps/b: it leads to other.js in the new version, and in the process still to other.mjs',
    'maps/c: it leads nowhere in the new version, and in the process still to index.js',
  ]);
  assert.deepEqual(await told(files('./index.js', was, 1), files('./index.js', was, 2)), []);
  // Where that is all, there is nothing to patch.
  await assert.rejects(build(files('./index.js', was, 1), files('./other.js', is, 1)), {
    code: 'ERR_PATCH_EMPTY',
    hint: 'An entry that leads to another file in the new version leads a process to the old one: maps, maps/b, maps/c.',
  });
});

test('one code as an ES module and as CommonJS: whichever the process has loaded, or both', async () => {
  const files = (n: number, mark: string): Files => ({
    [mark === 'import' ? 'index.mjs' : 'index.cjs']: '',
    'package.json': manifest({ exports: { '.': { import: './index.mjs', require: './index.cjs' } } }),
    'index.mjs': `export const f = () => '${mark} ${n}'`,
    'index.cjs': `exports.f = () => '${mark} ${n}'`,
  });
  for (const kind of ['import', 'require', 'both'] as const) {
    const p = await program(files(1, kind), files(2, kind));
    assert.deepEqual(
      p.patch.modules.map(({ file, format }) => `${file} ${format}`),
      ['index.cjs commonjs', 'index.mjs module'],
    );
    const required = (): string => (createRequire(join(p.root, 'x.js'))('./index.cjs') as { f(): string }).f();
    const imported = async (): Promise<string> => ((await import(pathToFileURL(join(p.root, 'index.mjs')).href)) as { f(): string }).f();
    if (kind === 'both') await imported();
    await p.apply();
    assert.equal(p.exports['f'](), `${kind} 2`);
    assert.deepEqual([required(), await imported()], [`${kind} 2`, `${kind} 2`], 'the copy that is loaded later is patched as it comes');
    await p.revert();
    assert.deepEqual([required(), await imported()], [`${kind} 1`, `${kind} 1`]);
  }
});

test('what only who requires a package loads of it stops no patch of what others import', async () => {
  const files = (n: number): Files => ({
    'package.json': manifest({ exports: { '.': { node: { import: './a.mjs' }, default: './w.js' } } }),
    'a.mjs': `export const f = () => ${n}`,
    'w.js': `run(${n})`,
  });
  const { patch, verdicts } = await build(files(1), files(2));
  assert.notEqual(patch, null);
  assert.deepEqual(
    verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, file }) => [code, file]),
    [['file-unloaded', 'w.js']],
  );
});

test('what a process can never load of a map of conditions stops no patch', async () => {
  const cases: readonly (readonly [exports: unknown, left: readonly string[]])[] = [
    [{ '.': { node: { import: './a.mjs', require: './a.js' }, default: './w.js' } }, ['w.js']],
    [{ '.': { import: { node: './a.mjs', default: './w.js' }, require: './a.js' } }, ['w.js']],
    [{ '.': { browser: './w.js', default: './a.js' } }, ['w.js']],
    [{ '.': { development: './w.js', default: './a.js' } }, []],
    [{ '.': './a.js', './w': null }, ['w.js']],
    [{ '.': { types: './w.js', default: './a.js' } }, ['w.js']],
  ];
  for (const [exports, left] of cases) {
    const files = (n: number): Files => ({
      'package.json': manifest({ exports }),
      'a.js': `exports.f = () => ${n}`,
      'a.mjs': `export const f = () => ${n}`,
      'w.js': `run(${n})`,
    });
    const { patch, verdicts } = await build(files(1), files(2));
    assert.deepEqual(
      verdicts.filter(({ code }) => code === 'file-unreachable').map(({ file }) => file),
      left,
      JSON.stringify(exports),
    );
    assert.equal(patch === null, left.length === 0, JSON.stringify(exports));
  }
});

test('a build for CommonJS in a package that is one of ES modules now goes on as what the process has loaded', async () => {
  const umd = (n: number): string => `(function (global, factory) {
  typeof exports === 'object' && typeof module !== 'undefined' ? factory(exports) : factory((global.lib = {}));
})(this, function (exports) { exports.n = function () { return ${n} } });`;
  const manifest = (more: object): string => JSON.stringify({ name: 'p', version: '1.0.0', main: 'dist/lib.js', ...more });
  const source = { 'src/index.js': 'export const n = () => 2;' };
  const p = await program(
    { 'dist/lib.js': umd(1), 'package.json': manifest({}) },
    {
      'dist/lib.js': umd(2),
      'package.json': manifest({ type: 'module', exports: { umd: './dist/lib.js', default: './src/index.js' } }),
      ...source,
    },
  );
  const { n } = p.exports;
  assert.equal(n(), 1);
  await p.apply();
  assert.deepEqual([n(), p.codes('warning')], [2, ['entry-changed']]);
  await p.revert();
  assert.equal(n(), 1);
  p.clean();
  // What is written as an ES module is one.
  for (const text of [
    'export const n = () => 2;',
    'const require = (x) => x; globalThis.n = require(2);',
    'exports.n = import.meta.url;',
  ]) {
    const before = { 'dist/lib.js': umd(1), 'package.json': manifest({}) };
    const report = await build(before, { 'dist/lib.js': text, 'package.json': manifest({ type: 'module' }) });
    assert.ok(report.patch === null && report.verdicts.some(({ code }) => code === 'format-changed'), text);
  }
});
