/** Packages that only the new version depends on. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildPatch } from '../../src/build/index.ts';
import { decodePatch } from '../../src/patch/format.ts';
import { build, program } from './harness.ts';

test('a package that only the new version depends on travels with the patch, with all that it depends on', async () => {
  const manifest = (dependencies: object): string => JSON.stringify({ name: 'app', version: '1.0.0', dependencies });
  const p = await program(
    { 'index.js': 'exports.f = (x) => x', 'package.json': manifest({}) },
    {
      'index.js': "const twice = require('twice');\nconst limits = require('./limits');\nexports.f = (x) => [twice(x), limits.max]",
      'limits.json': '{"max": 9}',
      'package.json': manifest({ twice: '^1.0.0' }),
      'node_modules/twice/package.json': '{"name": "twice", "version": "1.2.3", "main": "lib/main.js"}',
      'node_modules/twice/lib/main.js': "module.exports = (x) => require('times')(x, require('./table').two)",
      'node_modules/twice/lib/table.json': '{"two": 2}',
      'node_modules/times/package.json': '{"name": "times", "version": "1.0.0", "exports": {"require": "./times.cjs"}}',
      'node_modules/times/times.cjs':
        "/** @import { N } from './types.d.ts' @type {import('./types.d.ts').F} */\nmodule.exports = (x, y) => x * y",
      'node_modules/times/types.d.ts': 'export type N = number; export type F = (x: N, y: N) => N;',
    },
  );
  await p.apply();
  assert.deepEqual(p.exports['f'](4), [8, 9]);
  assert.deepEqual(p.codes(), ['import-added', 'import-added', 'function-changed', 'file-added', 'dependency-added']);
});

test('where the process finds the very version of a package that the patch brings along, it is used', async () => {
  const manifest = (dependencies: object): string => JSON.stringify({ name: 'app', version: '1.0.0', dependencies });
  const installed = {
    'node_modules/counter/package.json': '{"name": "counter", "version": "1.0.0"}',
    'node_modules/counter/index.js': 'let n = 0; module.exports = () => ++n',
  };
  const p = await program(
    { 'index.js': "exports.own = () => require('counter')(); exports.f = () => 0", 'package.json': manifest({}), ...installed },
    {
      'index.js': "const counter = require('counter');\nexports.own = () => require('counter')(); exports.f = () => counter()",
      'package.json': manifest({ counter: '1' }),
    },
  );
  p.exports['own']();
  await p.apply();
  assert.equal(p.exports['f'](), 2);
});

test('an ES module gets what an import is given of a package, which may be another file than that for `require`, or the only one', async () => {
  const manifest = (dependencies: object): string => JSON.stringify({ name: 'app', version: '1.0.0', type: 'module', dependencies });
  const entry = (name: string, exports: object): string => JSON.stringify({ name, version: '1.0.0', exports: { '.': exports } });
  const both = { import: './index.mjs', require: './index.cjs' };
  const installed = {
    'node_modules/counter/package.json': entry('counter', both),
    'node_modules/counter/index.mjs': 'let n = 0; export const count = () => ++n; export default count;',
    'node_modules/counter/index.cjs': "exports.count = () => 'another'",
    'node_modules/alone/package.json': entry('alone', { import: './index.mjs' }),
    'node_modules/alone/index.mjs': "import { rm } from 'fs'; export const name = typeof rm;",
  };
  const p = await program(
    {
      'index.js': "export * from './own.js'; export const f = () => 0",
      'own.js': "import { count } from 'counter'; export const own = () => count();",
      'package.json': manifest({ counter: '1' }),
      ...installed,
    },
    {
      'index.js': `
        import byDefault, * as counter from 'counter'; import { name } from 'alone'; import { by } from 'brought';
        export * from './own.js'; export const f = () => [byDefault(), counter.count(), name, by];`,
      'own.js': "import { count } from 'counter'; export const own = () => count();",
      'package.json': manifest({ counter: '1', alone: '1', brought: '1' }),
      ...installed,
      'node_modules/brought/package.json': entry('brought', both),
      'node_modules/brought/index.mjs': "export { by } from 'within';",
      'node_modules/brought/index.cjs': "exports.by = 'require'",
      'node_modules/within/package.json': entry('within', both),
      'node_modules/within/index.mjs': "export const by = 'import';",
      'node_modules/within/index.cjs': "exports.by = 'require'",
    },
  );
  p.exports['own']();
  await p.apply();
  assert.deepEqual(p.exports['f'](), [2, 3, 'function', 'import']);
});

test('a package that an ES module alone can ask for travels with the patch', async () => {
  const manifest = (dependencies: object): string => JSON.stringify({ name: 'app', version: '1.0.0', dependencies });
  const p = await program(
    { 'index.mjs': 'export const f = () => 0', 'package.json': manifest({}) },
    {
      'index.mjs': "import { twice } from 'twice'; export const f = () => twice(2)",
      'package.json': manifest({ twice: '1' }),
      'node_modules/twice/package.json': '{"name": "twice", "version": "1.0.0", "type": "module", "exports": {"import": "./index.js"}}',
      'node_modules/twice/index.js': "import times from 'times'; export const twice = (x) => times(x, 2);",
      'node_modules/times/package.json': '{"name": "times", "version": "1.0.0", "type": "module", "exports": {"import": "./index.js"}}',
      'node_modules/times/index.js': 'export default (x, y) => x * y',
    },
  );
  await p.apply();
  assert.equal(p.exports['f'](), 4);
  assert.deepEqual(p.codes(), ['function-changed', 'import-added', 'dependency-added']);
});

test('new code that looks whether a dependency has something goes by what the process has', async () => {
  const files = (version: string, body: string): Record<string, string> => ({
    'index.js': `const dep = require('dep'); const { old } = require('dep'); exports.f = () => ${body}`,
    'package.json': JSON.stringify({ name: 'p', version, dependencies: { dep: version === '1.0.0' ? '^1.0.0' : '1.x' } }),
    'node_modules/dep/package.json': JSON.stringify({ name: 'dep', version }),
    'node_modules/dep/index.js': `exports.old = () => 1${version === '1.0.0' ? '' : '; exports.more = () => 2'}`,
  });
  for (const body of ["typeof dep.more === 'function' ? dep.more() : old() + 1", 'dep.more?.() ?? old() + 1', '(dep.more || old)() + 1']) {
    const p = await program(files('1.0.0', 'old()'), files('1.1.0', body));
    await p.apply();
    assert.deepEqual([p.exports['f'](), p.patch.added], [2, []], body);
    await p.revert();
  }
});

test('a release that differs in nothing but the version of a dependency is a patch of the dependency', async () => {
  const files = (version: string, body: string): Record<string, string> => ({
    'index.js': "const inner = require('inner'); exports.f = (x) => inner.f(x)",
    'package.json': JSON.stringify({ name: 'outer', version, dependencies: { inner: `^${version}`, other: '1' } }),
    'node_modules/inner/package.json': JSON.stringify({ name: 'inner', version, dependencies: { deep: version } }),
    'node_modules/inner/index.js': "exports.f = require('deep')",
    'node_modules/deep/package.json': JSON.stringify({ name: 'deep', version }),
    'node_modules/deep/index.js': `module.exports = (x) => ${body}`,
  });
  const p = await program(files('1.0.0', 'x'), files('1.1.0', 'x + 1'));
  assert.deepEqual(
    p.codes('warning').filter((code) => code !== 'data-changed'),
    ['dependency-carried', 'dependency-carried'],
  );
  assert.deepEqual([p.patch.origin.from, p.patch.modules.map((m) => m.package?.name)], ['deep@1.0.0', ['deep']]);
  await p.apply();
  assert.equal(p.exports['f'](1), 2);
  await p.revert();
  assert.equal(p.exports['f'](1), 1);
  // Nothing that is installed differs.
  await assert.rejects(build(files('1.0.0', 'x'), { ...files('1.0.0', 'x'), 'package.json': files('1.1.0', 'x')['package.json']! }), {
    code: 'ERR_PATCH_EMPTY',
    hint: /from the version that the process has: inner was \^1\.0\.0 and is \^1\.1\.0\.$/,
  });
});

/** `outer` asks for `inner`; both have code that differs. */
const both = (step: number, asks: string, inner: string, body: string): Record<string, string> => ({
  'index.js': `const inner = require('inner'); exports.f = (x) => [inner.f(x), ${step}]; exports.inner = inner;`,
  'package.json': JSON.stringify({ name: 'outer', version: `1.0.${step}`, dependencies: { inner: asks } }),
  'node_modules/inner/package.json': JSON.stringify({ name: 'inner', version: inner }),
  'node_modules/inner/index.js': body,
});

test('a release carries the dependencies along of which it asks for a newer version than is installed', async () => {
  const p = await program(both(1, '1.2.0', '1.2.0', 'exports.f = (x) => x'), both(2, '1.2.1', '1.2.1', 'exports.f = (x) => x + 1'));
  assert.deepEqual(
    p.codes('warning').filter((code) => code.startsWith('dependency-')),
    ['dependency-carried'],
  );
  assert.deepEqual(
    p.patch.modules.map((m) => `${m.package?.name}@${m.package?.version}`),
    ['outer@1.0.1', 'inner@1.2.0'],
  );
  assert.deepEqual(p.exports['f'](1), [1, 1]);
  await p.apply();
  assert.deepEqual(p.exports['f'](1), [2, 2]);
  await p.revert();
  assert.deepEqual(p.exports['f'](1), [1, 1]);
});

test('a dependency that two packages of the release ask for is carried once', async () => {
  const files = (step: number): Record<string, string> => ({
    ...both(step, `1.2.${step}`, `1.2.${step}`, `const deep = require('deep'); exports.f = (x) => deep.f(x) + ${step}`),
    'package.json': JSON.stringify({ name: 'outer', version: `1.0.${step}`, dependencies: { deep: `1.0.${step}`, inner: `1.2.${step}` } }),
    'node_modules/inner/package.json': JSON.stringify({ name: 'inner', version: `1.2.${step}`, dependencies: { deep: `1.0.${step}` } }),
    'node_modules/deep/package.json': JSON.stringify({ name: 'deep', version: `1.0.${step}` }),
    'node_modules/deep/index.js': `exports.f = (x) => x * ${step}`,
  });
  const p = await program(files(1), files(2));
  assert.deepEqual(p.patch.modules.map((m) => m.package?.name).sort(), ['deep', 'inner', 'outer']);
  await p.apply();
  assert.deepEqual(p.exports['f'](5), [12, 2]);
});

test('a dependency stays as it is where the release does with it, others may not do with the new one, or not every process can take it', async () => {
  const old = 'exports.f = (x) => x';
  const now = 'exports.f = (x) => x + 1';
  const versions: Readonly<Record<string, readonly [asks: string, inner: string, before: string, after: string]>> = {
    'the range has the installed one': ['1.x', '1.2.1', old, now],
    'it is another major version': ['^2.0.0', '2.0.0', old, now],
    'it is refused': ['1.2.1', '1.2.1', old, `${now}; process.on('x', () => {})`],
    'closures that exist may refuse it': [
      '1.2.1',
      '1.2.1',
      'exports.f = (x) => x; exports.make = (a, b) => () => a',
      'exports.f = (x) => x; exports.make = (a, b) => () => a + b',
    ],
  };
  for (const [name, [asks, inner, before, after]] of Object.entries(versions)) {
    const p = await program(both(1, '^1.2.0', '1.2.0', before), both(2, asks, inner, after));
    assert.deepEqual(
      p.patch.modules.map((m) => m.package?.name),
      ['outer'],
      name,
    );
    assert.deepEqual(
      p.codes('warning').filter((code) => code.startsWith('dependency-')),
      ['dependency-changed'],
      name,
    );
    await p.apply();
    assert.deepEqual(p.exports['f'](1), [1, 2], name);
    p.clean();
  }
});

test('releases that differ in nothing but in which of each other they ask for', async () => {
  const files = (version: string): Record<string, string> => ({
    'index.js': 'exports.f = () => 1',
    'package.json': JSON.stringify({ name: 'outer', version, dependencies: { inner: version } }),
    'node_modules/inner/package.json': JSON.stringify({ name: 'inner', version, dependencies: { again: version } }),
    'node_modules/inner/index.js': 'exports.f = () => 1',
    'node_modules/again/package.json': JSON.stringify({ name: 'again', version, dependencies: { inner: version } }),
    'node_modules/again/index.js': 'exports.f = () => 1',
  });
  await assert.rejects(build(files('1.0.0'), files('1.1.0')), { code: 'ERR_PATCH_EMPTY' });
});

/** Releases as npm would give them. */
async function published<T>(
  releases: Readonly<Record<string, { readonly body: string; readonly asks?: object }>>,
  run: () => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'livepatch-published-'));
  for (const [release, { body, asks }] of Object.entries(releases)) {
    const [name, version] = release.split('@');
    mkdirSync(join(folder, release));
    writeFileSync(join(folder, release, 'package.json'), JSON.stringify({ name, version, dependencies: asks ?? {} }));
    writeFileSync(join(folder, release, 'index.js'), body);
  }
  const before = process.env['LIVEPATCH_PACKAGES'];
  process.env['LIVEPATCH_PACKAGES'] = folder;
  try {
    return await run();
  } finally {
    if (before === undefined) delete process.env['LIVEPATCH_PACKAGES'];
    else process.env['LIVEPATCH_PACKAGES'] = before;
    rmSync(folder, { recursive: true, force: true });
  }
}

const outer = { kind: 'package', name: 'outer', from: '1.0.0', to: '1.0.1' } as const;

test('a published release that asks for one version of a dependency is carried to the one that the next asks for', async () => {
  const releases = (before: string, after: string): Parameters<typeof published>[0] => ({
    'outer@1.0.0': { body: "exports.f = require('inner').f", asks: { inner: before } },
    'outer@1.0.1': { body: "exports.f = require('inner').f", asks: { inner: after } },
    'inner@1.2.0': { body: 'exports.f = (x) => x' },
    'inner@1.2.1': { body: 'exports.f = (x) => x + 1' },
  });
  for (const after of ['1.2.1', '^1.2.1']) {
    const report = await published(releases('1.2.0', after), () => buildPatch(outer, { name: 'pinned' }));
    const { modules, origin } = decodePatch(report.patch!, 'test');
    assert.deepEqual([origin.from, modules.map((m) => `${m.package?.name}@${m.package?.version}`)], ['inner@1.2.0', ['inner@1.2.0']]);
    assert.ok(report.verdicts.some(({ code, path }) => code === 'dependency-carried' && path === 'inner'));
  }
  // A process may have any version in a range.
  for (const before of ['^1.2.0', '~1.2.0', '1.x'])
    await assert.rejects(
      published(releases(before, '^1.2.1'), () => buildPatch(outer, { name: 'range' })),
      { code: 'ERR_PATCH_EMPTY', hint: /^If the fix is in what the package depends on/ },
    );
});

test('beside code of its own, it carries such a dependency where all that do with the old one do with the new', async () => {
  const releases = (next: string): Parameters<typeof published>[0] => ({
    'outer@1.0.0': { body: "exports.f = (x) => require('inner').f(x)", asks: { inner: '1.2.0' } },
    'outer@1.0.1': { body: "exports.f = (x) => [require('inner').f(x)]", asks: { inner: next } },
    'inner@1.2.0': { body: 'exports.f = (x) => x' },
    [`inner@${next}`]: { body: 'exports.f = (x) => x + 1' },
  });
  const codesOf = async (next: string): Promise<readonly string[]> => {
    const { verdicts } = await published(releases(next), () => buildPatch(outer, { name: 'both' }));
    return verdicts.map(({ code }) => code).filter((code) => code.startsWith('dependency-'));
  };
  assert.deepEqual([await codesOf('1.3.0'), await codesOf('2.0.0')], [['dependency-carried'], ['dependency-changed']]);
});
