/** Dependencies whose new version the patch brings along. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildPatch } from '../../src/build/index.ts';
import type { LivepatchError } from '../../src/errors/errors.ts';
import { currentRuntime } from '../../src/node/current.ts';
import { decodePatch } from '../../src/patch/format.ts';
import { build, program } from './harness.ts';
import type { Edited, Files } from './harness.ts';

/** A release of `app`, beside the version of `dep` that it asks for; `dep` is one file, or several. */
function release(version: string, files: Files, dep: string | Files, more: object = {}): Record<string, string> {
  const installed = typeof dep === 'string' ? { 'index.js': dep } : dep;
  return {
    ...files,
    'package.json': JSON.stringify({ name: 'app', version, dependencies: { dep: `^${version}` }, ...more }),
    'node_modules/dep/package.json': JSON.stringify({ name: 'dep', version }),
    ...Object.fromEntries(Object.entries(installed).map(([file, text]) => [`node_modules/dep/${file}`, text])),
  };
}

const COUNTS = 'let n = 0; exports.count = () => ++n; exports.Box = class Box {};';

test('all code of the package goes over to the version that the patch brings, and back', async () => {
  const other = "const { count, Box } = require('dep'); exports.g = () => count(); exports.box = () => new Box();";
  const lazy = "exports.h = () => require('dep').count();";
  const index = (body: string): string =>
    `const dep = require('dep'); const other = require('./other'); const lazy = require('./lazy');
     exports.f = () => ${body}; exports.unchanged = () => dep.count(); exports.own = (box) => box instanceof dep.Box;
     exports.g = () => other.g(); exports.h = () => lazy.h(); exports.box = () => other.box();`;
  const p = await program(
    release('1.0.0', { 'index.js': index('0'), 'other.js': other, 'lazy.js': lazy }, COUNTS),
    release('2.0.0', { 'index.js': index('dep.more()') }, `${COUNTS} exports.more = () => 100 + n;`),
  );
  const counts = (): number[] => ['unchanged', 'g', 'h'].map((name) => p.exports[name]());
  assert.deepEqual(counts(), [1, 2, 3]);
  const old = p.exports['box']();
  const [row] = p.report.verdicts.filter(({ code }) => code === 'dependency-upgraded');
  assert.match(
    row!.reason,
    /was \^1\.0\.0 and is \^2\.0\.0, and the new code takes more of it: .* goes by 2\.0\.0, which the patch brings/,
  );
  assert.deepEqual(
    p.patch.modules.map(({ file, expects }) => [file, expects]),
    [
      ['index.js', undefined],
      ['lazy.js', undefined],
      ['other.js', undefined],
    ],
  );
  await p.apply();
  // One copy for all three files, which begins anew.
  assert.deepEqual([counts(), p.exports['f']()], [[1, 2, 3], 103]);
  assert.deepEqual([p.exports['own'](p.exports['box']()), p.exports['own'](old)], [true, false]);
  await p.revert();
  assert.deepEqual([counts(), p.exports['f'](), p.exports['own'](old)], [[4, 5, 6], 0, true]);
});

test('one that goes by another name in the new version, too', async () => {
  const index = (name: string, body: string): Files => ({
    'index.js': `const ${name} = require('dep'); exports.f = () => ${body}; exports.n = () => ${name}.count();`,
  });
  const p = await program(
    release('1.0.0', index('old', '0'), COUNTS),
    release('2.0.0', index('fresh', 'fresh.more()'), `${COUNTS} exports.more = () => 100 + n;`),
  );
  p.exports['n']();
  await p.apply();
  assert.deepEqual([p.exports['n'](), p.exports['f']()], [1, 101]);
});

test('what else the patch brings goes by the versions that it was installed with', async () => {
  const index = (head: string, body: string): Files => ({ 'index.js': `const dep = require('dep'); ${head} exports.f = () => ${body};` });
  const dep = (n: number): string => `exports.v = () => ${n}; exports.more = () => ${n};`;
  const after = release('2.0.0', index("const other = require('other');", '[dep.more(), other()]'), dep(2));
  const p = await program(release('1.0.0', index('', '0'), dep(1)), {
    ...after,
    'package.json': after['package.json']!.replace('{"dep"', '{"other":"1","dep"'),
    'node_modules/other/package.json': '{"name": "other", "version": "1.0.0"}',
    'node_modules/other/index.js': "module.exports = () => require('dep').v()",
  });
  await p.apply();
  assert.deepEqual(p.exports['f'](), [1, 2]);
});

test("the process's own version goes on where it has what the new code takes", async () => {
  const index = (body: string): string => `const dep = require('dep'); exports.f = () => ${body}; exports.n = () => dep.count();`;
  const dep = `${COUNTS} exports.more = () => 100 + n;`;
  // Newer than what the old release asks for, but not what the new one does.
  const p = await program(release('1.0.0', { 'index.js': index('0') }, dep), release('2.0.0', { 'index.js': index('dep.more()') }, dep));
  assert.deepEqual([p.exports['n'](), p.exports['n']()], [1, 2]);
  await p.apply();
  assert.deepEqual([p.exports['f'](), p.exports['n']()], [102, 3]);
});

test('a call in another way than before goes by the new range', async () => {
  const dep = (factor: number): string => `exports.f = (x, o = {}) => x * (o.by ?? 1) * ${factor}; exports.n = () => 1`;
  const tried = async (now: string, range: string): Promise<unknown> => {
    const files = (body: string): Files => ({ 'index.js': `const { f, n } = require('dep'); exports.f = (x) => ${body}` });
    const after = release('1.5.0', files(now), dep(100));
    const p = await program(release('1.0.0', files('f(x, {})'), dep(1)), {
      ...after,
      'package.json': after['package.json']!.replace('^1.5.0', range),
    });
    await p.apply();
    return [p.exports['f'](2), p.codes('warning').filter((code) => code.startsWith('dependency'))];
  };
  assert.deepEqual(await tried('f(x, { by: 3 })', '^1.5.0'), [600, ['dependency-upgraded']]);
  assert.deepEqual(await tried('f(x, { by: 3 })', '>=1.0.0'), [6, ['dependency-upgraded']]);
  assert.deepEqual(await tried('f(x, {}) + n(x)', '>=1.0.0'), [3, ['dependency-changed']]);
  assert.deepEqual(await tried('f(x, {}, 1)', '^1.5.0'), [200, ['dependency-upgraded']]);
  // With a promise in place of a callback.
  assert.deepEqual(await tried('f(x)', '^1.5.0'), [200, ['dependency-upgraded']]);
  assert.deepEqual(await tried('(f(x, {}).foo, f(x, {}))', '^1.5.0'), [200, ['dependency-upgraded']]);
  assert.deepEqual(await tried('{ const r = f(x, {}); return [r.foo, r]; }', '^1.5.0'), [[undefined, 200], ['dependency-upgraded']]);
  assert.deepEqual(await tried('{ let r; r = f(x, {}); return [r.toFixed(), r]; }', '>=1.0.0'), [['2', 2], ['dependency-changed']]);
  // As before, with other values.
  assert.deepEqual(await tried('f(x + 1, {})', '>=1.0.0'), [3, ['dependency-changed']]);
  assert.deepEqual(await tried('f(x + 1, {})', '^1.5.0'), [300, ['dependency-carried']]);
});

test('so does a call with an object of a class of the platform of which no call passed one', async () => {
  const files = (body: string): Files => ({ 'index.js': `const dep = require('dep'); exports.f = (x) => { ${body} };` });
  const [dep, later] = ["module.exports = (x) => x.split(':')[0]", "module.exports = (x) => x.protocol ?? 'text'"];
  const tried = async (was: string, now: string): Promise<unknown> => {
    const p = await program(release('1.0.0', files(was), dep), release('2.0.0', files(now), later));
    await p.apply();
    return [p.exports['f']('a://b'), p.codes('warning')];
  };
  assert.deepEqual(await tried('return dep(x)', 'return dep(new URL(x))'), ['a:', ['dependency-upgraded']]);
  assert.deepEqual(await tried('return dep(x)', 'const parsed = new URL(x); return dep(parsed)'), ['a:', ['dependency-upgraded']]);
  // As before, or nobody knows.
  assert.deepEqual(await tried("if (!x) return dep(new URL('q://r')); return dep(x)", 'return dep(x) || dep(new URL(x))'), [
    'a',
    ['dependency-changed'],
  ]);
  assert.deepEqual(await tried('return dep(x)', 'try { return dep(x) } catch { dep(new Error(x)) }'), ['a', ['dependency-changed']]);
  const own = 'class Box { split = () => [1] } ';
  assert.deepEqual(await tried('return dep(x)', `${own} return dep(new Box())`), [1, ['dependency-changed']]);
  assert.deepEqual(await tried('return dep(x)', 'let parsed = new URL(x); parsed = x; return dep(parsed)'), ['a', ['dependency-changed']]);
});

test('so does a call without `new` of what was made with it, and the reverse', async () => {
  const dep = 'module.exports = function Box() { if (!(this instanceof Box)) return new Box(); this.n = 1; };';
  const later = 'class Box { n = 2 } module.exports = () => new Box();';
  const files = (body: string): Files => ({ 'index.js': `const Box = require('dep'); exports.f = () => ${body};` });
  const tried = async (was: string, now: string): Promise<unknown> => {
    const p = await program(release('1.0.0', files(was), dep), release('2.0.0', files(now), later));
    await p.apply();
    return p.codes('warning');
  };
  const p = await program(release('1.0.0', files('new Box()'), dep), release('2.0.0', files('Box()'), later));
  assert.equal(p.exports['f']().n, 1);
  await p.apply();
  assert.equal(p.exports['f']().n, 2);
  await p.revert();
  assert.equal(p.exports['f']().n, 1);
  assert.deepEqual(await tried('Box()', 'new Box()'), ['dependency-upgraded']);
  // Both ways are known.
  assert.deepEqual(await tried('[Box(), new Box()]', 'Box()'), ['dependency-changed']);
  assert.deepEqual(await tried('[new Box()]', 'new Box()'), ['dependency-changed']);
});

test('so does what code takes of an object that it keeps on its own, also through a variable', async () => {
  const dep = (more: string): string => `module.exports = class Box { old() { return 1 } ${more} };`;
  const files = (body: string): Files => ({
    'index.js': `const Box = require('dep'); class Own { constructor() { this.box = new Box() } get() { ${body} } } exports.get = () => new Own().get();`,
  });
  for (const [was, now] of [
    ['const box = this.box; return box.old();', 'const box = this.box; return box.added();'],
    ['const { old } = this.box; return old();', 'const { added } = this.box; return added();'],
    ['return this.box.old();', 'return this.box.added();'],
  ] as const) {
    const p = await program(release('1.0.0', files(was), dep('')), release('2.0.0', files(now), dep('added() { return 2 }')));
    assert.equal(p.exports['get'](), 1);
    await p.apply();
    assert.deepEqual(
      [p.exports['get'](), p.codes('warning').filter((code) => code.startsWith('dependency'))],
      [2, ['dependency-upgraded']],
      now,
    );
    await p.revert();
    assert.equal(p.exports['get'](), 1);
  }
});

test('files that the new version of a dependency asks for by names which it puts together travel with it', async () => {
  const dep = {
    'index.js': `for (const kind of ['one', 'two']) exports[kind] = require('./kinds/' + kind + '.js');
exports.late = (name) => require(\`./kinds/\${name}-late\`); exports.data = (name) => require('./data/' + name);`,
    'kinds/one.js': 'module.exports = 1;',
    'kinds/two.js': 'module.exports = 2;',
    'kinds/three-late.js': 'module.exports = 3;',
    'data/four.json': '4',
    'other.js': 'module.exports = 5;',
  };
  const p = await program(
    release('1.0.0', { 'index.js': "const dep = require('dep'); exports.f = () => dep.old;" }, 'exports.old = 0;'),
    release(
      '2.0.0',
      { 'index.js': "const dep = require('dep'); exports.f = () => [dep.one, dep.two, dep.late('three'), dep.data('four')];" },
      dep,
    ),
  );
  assert.equal(p.exports['f'](), 0);
  await p.apply();
  assert.deepEqual(p.exports['f'](), [1, 2, 3, 4]);
  assert.equal(
    p.patch.added.some(({ file }) => file.endsWith('/other.js')),
    false,
    'which nothing asks for',
  );
  await p.revert();
  assert.equal(p.exports['f'](), 0);
});

test('imports of ES modules: by name, by default, as a whole, and later', async () => {
  const dep = (n: number, more = ''): string => `export const name = 'name ${n}'; export default () => 'default ${n}'; ${more}`;
  const index = (body: string, more = ''): string =>
    `import byDefault, { name${more} } from 'dep'; import * as whole from 'dep';
     export const f = () => ${body}; export const named = () => ({ name }); export const given = () => byDefault();
     export const all = () => whole.name; export const later = async () => (await import('dep')).name; export const made = new Date(0);`;
  const before = release('1.0.0', { 'index.mjs': index('0') }, dep(1));
  const after = release('2.0.0', { 'index.mjs': index('added()', ', added') }, dep(2, 'export const added = () => 7;'));
  const type = { 'node_modules/dep/package.json': '{"name": "dep", "version": "1.0.0", "type": "module"}' };
  const types: Edited = { ...after, 'node_modules/dep/package.json': type['node_modules/dep/package.json'].replace('1.0.0', '2.0.0') };
  const p = await program({ ...before, ...type }, types);
  const seen = async (): Promise<unknown[]> => {
    const { f, named, given, all, later } = p.exports;
    return [f(), named(), given(), all(), await later()];
  };
  const old = [0, { name: 'name 1' }, 'default 1', 'name 1', 'name 1'];
  assert.deepEqual(await seen(), old);
  await p.apply();
  assert.deepEqual(await seen(), [7, { name: 'name 2' }, 'default 2', 'name 2', 'name 2']);
  await p.revert();
  assert.deepEqual(await seen(), old);
});

test('where an ES module goes on with its own, it is the one that it imported', async () => {
  const manifest = (version: string): string =>
    JSON.stringify({ name: 'dep', version, exports: { '.': { import: './index.mjs', require: './index.cjs' } } });
  const dep = {
    'index.mjs': "export const which = () => 'import'; export const added = () => 1;",
    'index.cjs': "exports.which = () => 'require'; exports.added = () => 2;",
  };
  const index = (body: string, more = ''): string =>
    `import { which${more} } from 'dep'; export const f = () => ${body}; export const g = () => which();`;
  const p = await program(
    { ...release('1.0.0', { 'index.mjs': index('0') }, dep), 'node_modules/dep/package.json': manifest('1.0.0') },
    { ...release('2.0.0', { 'index.mjs': index('added()', ', added') }, dep), 'node_modules/dep/package.json': manifest('2.0.0') },
  );
  await p.apply();
  assert.deepEqual([p.exports['g'](), p.exports['f']()], ['import', 1]);
});

test('what cannot go over is left as it is, and the process decides whether the patch can be applied', async () => {
  const files = (body: string, more: string): Files => ({ 'index.js': `const dep = require('dep');\n${more}\nexports.f = () => ${body};` });
  for (const [more, code] of [
    ['exports.C = class C extends dep.Box {};', 'class-changed'],
    ['dep.count(exports);', 'statement-changed'],
    ["require('dep').count(exports);", 'statement-changed'],
    ["Object.assign(exports, require('dep'));", 'statement-changed'],
    ['module.exports = exports = { ...dep };', 'statement-changed'],
  ] as const) {
    const now = `${COUNTS} exports.more = () => 1;`;
    const p = await program(release('1.0.0', files('0', more), COUNTS), release('2.0.0', files('dep.more()', more), now));
    assert.deepEqual([p.patch.upgrades, p.patch.added], [undefined, []], more);
    const [row] = p.report.verdicts.filter(({ path }) => path === 'dep');
    assert.match(row!.reason, new RegExp(`cannot be brought along \\(${code} at index\\.js:2\\)`));
    await assert.rejects(p.apply(), (error: LivepatchError) => error.code === 'ERR_DEPENDENCY_LACKS');
    const own = `${more} // with it`;
    const has = await program(release('1.0.0', files('0', own), now), release('2.0.0', files('dep.more()', own), now));
    await has.apply();
    assert.equal(has.exports['f'](), 1);
  }
});

test('the version that the patch brings stands apart from the files of the one that is installed', async () => {
  const dep = (n: number): Files => ({
    'cjs/index.js': `exports.version = require('../package.json').version; exports.data = (path) => require(path);
      exports.inner = () => require('#inner'); ${n === 2 ? 'exports.more = () => exports.version;' : ''}`,
    'data.json': `"data ${n}"`,
    'cjs/inner.js': `module.exports = 'inner ${n}'`,
    'cjs/package.json': '{"type": "commonjs", "imports": {"#inner": "./inner.js"}}',
  });
  const manifest = (version: string): Files => ({
    'node_modules/dep/package.json': JSON.stringify({ name: 'dep', version, type: 'module', main: './cjs/index.js' }),
  });
  const index = (body: string): Files => ({
    'index.js': `const dep = require('dep'); exports.f = () => ${body}; exports.data = () => dep.data('../data.json'); exports.inner = () => dep.inner();`,
  });
  const p = await program(
    { ...release('1.0.0', index('0'), dep(1)), ...manifest('1.0.0') },
    { ...release('2.0.0', index('dep.more()'), dep(2)), ...manifest('2.0.0') },
  );
  assert.deepEqual([p.exports['data'](), p.exports['inner']()], ['data 1', 'inner 1']);
  await p.apply();
  assert.deepEqual([p.exports['f'](), p.exports['inner']()], ['2.0.0', 'inner 2']);
  // What only the path at run time tells is missing, and not that of the other version.
  assert.throws(() => p.exports['data'](), { code: 'MODULE_NOT_FOUND' });
});

test('ES modules that give away names of the dependency keep them, and the patch is built without it', async () => {
  const index = (body: string): string => `import * as dep from 'dep'; export { count } from 'dep'; export const f = () => ${body};`;
  const { verdicts, patch } = await build(
    release('1.0.0', { 'index.mjs': index('0') }, COUNTS),
    release('2.0.0', { 'index.mjs': index('dep.more()') }, `${COUNTS} exports.more = () => 1;`),
  );
  assert.match(verdicts.find(({ path }) => path === 'dep')!.reason, /cannot be brought along \(statement-changed at index\.mjs:1\)/);
  assert.deepEqual(decodePatch(patch!, 'test').modules[0]!.expects, [{ specifier: 'dep', name: 'more' }]);
});

test('files that the version which is brought may look for on the disk are told of', async () => {
  const read = "exports.more = () => require('node:fs').readFileSync(`${__dirname}/page.html`, require('./names').utf8)";
  const { verdicts } = await build(
    release('1.0.0', { 'index.js': "const dep = require('dep'); exports.f = () => 0" }, COUNTS),
    release(
      '2.0.0',
      { 'index.js': "const dep = require('dep'); exports.f = () => dep.more()" },
      {
        'index.js': read,
        'page.html': '',
        'other.html': '',
        'names.js': "exports.utf8 = 'utf8'",
        // Another build of the same.
        'esm/names.mjs': '',
      },
    ),
  );
  // What is put together is told by its end.
  const rows = verdicts.filter(({ code }) => code === 'file-not-brought').map(({ file, reason }) => `${file}: ${reason}`);
  assert.deepEqual(rows, [
    'node_modules/dep@2.0.0/page.html: it stays behind, and node_modules/dep@2.0.0/index.js may look for it on the disk',
  ]);
});

test('a dependency that is installed here in another version than the new code asks for is not brought along', async () => {
  const files = (body: string): Files => ({ 'index.js': `const dep = require('dep'); exports.f = () => ${body}` });
  const after = release('2.0.0', files('dep.more()'), COUNTS);
  const p = await program(release('1.0.0', files('0'), COUNTS), {
    ...after,
    'node_modules/dep/package.json': '{"name": "dep", "version": "1.9.9"}',
  });
  const [row] = p.report.verdicts.filter(({ path }) => path === 'dep');
  assert.match(row!.reason, /could not be found here \(what is installed here is 1\.9\.9\)/);
  await assert.rejects(p.apply(), (error: LivepatchError) => error.code === 'ERR_DEPENDENCY_LACKS');
});

test('the same trees give the same patch', async () => {
  const files = (body: string): Files => ({ 'index.js': `const dep = require('dep'); exports.f = () => ${body}` });
  const texts: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { patch, name } = await build(
      release('1.0.0', files('0'), COUNTS),
      release('2.0.0', files('dep.more()'), `${COUNTS} exports.more = 1`),
    );
    const { payload } = JSON.parse(patch!) as { payload: string };
    texts.push(Buffer.from(payload, 'base64').toString().replace(name, ''));
  }
  assert.match(texts[0]!, /node_modules\/dep@2\.0\.0\/index\.js/);
  assert.equal(texts[0], texts[1]);
});

test('a dependency that the patch changes as well goes on in its own place', async () => {
  const index = (head: string, body: string): Files => ({
    'index.js': `const dep = require('dep'); ${head}\nexports.f = () => ${body}; exports.n = () => dep.count();`,
  });
  const p = await program(
    release('1.0.0', index('', '0'), COUNTS),
    release('2.0.0', index("const { more } = require('dep');", '[dep.more(), more()]'), `${COUNTS} exports.more = () => 100 + n;`),
  );
  assert.equal(p.exports['n'](), 1);
  const [from, to] = [p.root, join(p.root, '../b')];
  const dep = { kind: 'directories', from: join(from, 'node_modules/dep'), to: join(to, 'node_modules/dep') } as const;
  const { patch, verdicts } = await buildPatch({ kind: 'several', specs: [{ kind: 'directories', from, to }, dep] }, { name: 'both' });
  assert.deepEqual(decodePatch(patch!, 'test').added, []);
  assert.match(verdicts.find(({ path }) => path === 'dep')!.reason, /the patch changes dep as well/);
  const outcome = await currentRuntime()!.apply(patch!, { timeoutMs: 20_000 });
  assert.equal(outcome.result, 'complete');
  assert.deepEqual([p.exports['f'](), p.exports['n'](), p.exports['f']()], [[101, 101], 2, [102, 102]]);
  await currentRuntime()!.revert('both', { timeoutMs: 20_000 });
  assert.deepEqual([p.exports['f'](), p.exports['n']()], [0, 3]);
});
