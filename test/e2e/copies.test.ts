/** A patch that carries a dependency, in processes that have another copy of it, for themselves or for the package. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '../e2e-support/program.ts';

const MAIN = `
  import { createServer } from 'node:http';
  import { createRequire } from 'node:module';
  const require = createRequire(import.meta.url);
  const { f } = require('lib');
  const other = require('other');
  const server = createServer((request, response) => response.end(request.url === '/f' ? f() : other.answer()));
  server.listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));`;

/** What asks for the dependency as it is called; the new release needs what only the new version of it says. */
const lib = (version: string, body: string): Record<string, string> => ({
  'package.json': JSON.stringify({ name: 'lib', version, dependencies: { dep: `^${version}` } }),
  'index.js': `exports.f = () => ${body};\n`,
});
const dep = (version: string, text: string): Record<string, string> => ({
  'package.json': JSON.stringify({ name: 'dep', version }),
  'index.js': `exports.answer = () => '${text}';\n`,
});
const at = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [`node_modules/${folder}/${file}`, text]));

test('a copy that another package has for itself keeps no patch away, and one of another version that the package finds does', async (t) => {
  const bench = new Bench(t);
  const other = {
    ...at('other', { 'package.json': '{"name":"other","version":"1.0.0"}', 'index.js': "exports.answer = require('dep').answer;\n" }),
    ...at('other/node_modules/dep', dep('1.5.0', 'of another')),
  };
  const old = lib('1.0.0', "require('dep').answer()");
  const app = (name: string, own: Record<string, string>): string =>
    bench.tree(name, { 'main.mjs': MAIN, ...other, ...at('lib', old), ...at('dep', own) });
  const from = app('app', dep('1.0.0', 'old'));
  const next = bench.tree('next', { ...at('lib', lib('1.0.1', "require('dep').answer() + '!'")), ...at('dep', dep('1.0.1', 'new')) });
  const trees = ['--from', `${from}/node_modules/lib`, '--to', `${next}/node_modules/lib`];
  const built = await bench.livepatch('build', ...trees, '-o', bench.path('fix.klp'));
  assert.equal(built.code, 0, built.stdout + built.stderr);
  assert.match(built.stdout, /dependency-carried/);

  const program = await bench.start(`${from}/main.mjs`);
  assert.equal(await program.get('/'), 'of another');
  const done = await bench.livepatch('apply', bench.path('fix.klp'), program.pid);
  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.equal(await program.get('/f'), 'new!');
  assert.equal(await program.get('/'), 'of another');

  const without = await bench.start(`${app('third', dep('1.0.0-rc', 'third'))}/main.mjs`);
  const refused = await bench.livepatch('apply', bench.path('fix.klp'), without.pid);
  assert.match(refused.stderr, /ERR_BASE_MISMATCH/);
  assert.equal(await without.get('/f'), 'third');
});

/** What a release changes in two files at once: with one of them alone nothing works. */
const summing = (add: string): string => `exports.add = ${add};\n`;
const PAIR = summing('(a, b) => a + b');
const LIST = summing('(list) => list.reduce((sum, x) => sum + x, 0)');
const package_ = (name: string, version: string, call: string, utils = PAIR): Record<string, string> => ({
  'package.json': JSON.stringify({ name, version, main: 'main.js' }),
  'utils.js': utils,
  'main.js': `const { add } = require('./utils.js');\nexports.sum = (a, b) => ${call};\n`,
});
const SUMS = package_('sums', '1.0.0', 'add(a, b)');

/** Answers each request with what its path says is loaded by then. */
const ANSWERS = `
  import { createServer } from 'node:http';
  import { createRequire } from 'node:module';
  const require = createRequire(import.meta.url);
  const answer = (path) => path.endsWith('?call') ? String(require('.' + path.slice(0, -5)).add(1, 2)) : (path.endsWith('.js') ? String(require('.' + path).add) : String(require('.' + path).sum(1, 2)));
  const server = createServer((request, response) => {
    try { response.end(answer(request.url)); } catch (error) { response.end(String(error)); }
  });
  server.listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));`;

async function fixOf(bench: Bench): Promise<string> {
  const trees = ['--from', bench.tree('from', SUMS), '--to', bench.tree('to', package_('sums', '1.0.1', 'add([a, b]) + 10', LIST))];
  const built = await bench.livepatch('build', ...trees, '-o', bench.path('sums.klp'));
  assert.equal(built.code, 0, built.stdout + built.stderr);
  return bench.path('sums.klp');
}

test('another version of the package, and another package, keep a file that has the very text of one of the patch', async (t) => {
  const bench = new Bench(t);
  const fix = await fixOf(bench);
  const root = bench.tree('app', {
    'main.mjs': ANSWERS,
    ...at('sums', SUMS),
    ...at('other/node_modules/sums', package_('sums', '2.0.0', 'add(a, b) + 0')),
    ...at('third', package_('third', '1.0.0', 'add(a, b)')),
    ...at('alias', SUMS),
    ...at('late', package_('late', '1.0.0', 'add(a, b)')),
    ...at('later/node_modules/sums', package_('sums', '1.1.0', 'add(a, b)')),
  });
  const program = await bench.start(`${root}/main.mjs`);
  const [own, other, third, alias, late, later] = [
    'sums',
    'other/node_modules/sums',
    'third',
    'alias',
    'late',
    'later/node_modules/sums',
  ].map((name) => `/node_modules/${name}`) as [string, string, string, string, string, string];
  const all = async (...names: string[]): Promise<string[]> => await Promise.all(names.map((name) => program.get(name)));
  assert.deepEqual(await all(own, other, third, alias), ['3', '3', '3', '3']);
  const checked = await bench.livepatch('check', fix, program.pid);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  const done = await bench.livepatch('apply', fix, program.pid);
  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.match(
    done.stdout,
    /^sums 2\.0\.0 in \S*node_modules\/other\/node_modules\/sums has other source than the patch is for, and stays as it is\.$/m,
  );
  assert.equal(done.stdout.split('has other source').length, 2);
  assert.deepEqual(await all(own, other, third, alias, late, later), ['13', '3', '3', '13', '3', '3']);
  const back = await bench.livepatch('revert', 'sums', program.pid);
  assert.equal(back.code, 0, back.stdout + back.stderr);
  assert.deepEqual(await all(own, other, third, alias, late, later), ['3', '3', '3', '3', '3', '3']);
});

test('a copy of which a part alone would be patched is not patched', async (t) => {
  const bench = new Bench(t);
  const fix = await fixOf(bench);
  const begin = async (name: string, files: Record<string, string>, env: Record<string, string> = {}) => {
    const root = bench.tree(name, { 'main.mjs': ANSWERS, ...at('sums', files) });
    const program = await bench.start(`${root}/main.mjs`, { env });
    const utils = await program.get('/node_modules/sums/utils.js');
    return { root, program, utils };
  };
  const edited = { ...SUMS, 'main.js': `${SUMS['main.js']}exports.more = 1;\n` };
  const without = Object.fromEntries(Object.entries(package_('sums', '2.0.0', 'add(a, b)')).filter(([file]) => file !== 'main.js'));
  for (const [name, files, env, error] of [
    ['other-version', package_('sums', '2.0.0', 'add(a, b) + 0'), {}, /ERR_BASE_MISMATCH .* sums@1\.0\.0 main\.js/],
    ['edited', edited, {}, /ERR_BASE_MISMATCH .* sums@1\.0\.0 main\.js/],
    ['without', without, {}, /ERR_BASE_MISMATCH .* no such file/],
    ['excluded', SUMS, { LIVEPATCH_EXCLUDE: 'sums/main.js' }, /ERR_NOT_INSTRUMENTED main\.js/],
    ['another-package', package_('third', '1.0.0', 'add(a, b)'), {}, /ERR_NOT_LOADED/],
  ] as const) {
    const { program, utils } = await begin(name, files, env);
    const refused = await bench.livepatch('apply', fix, program.pid);
    assert.equal(refused.code, 1, name);
    assert.match(refused.stderr, error, name);
    assert.equal(await program.get('/node_modules/sums/utils.js'), utils, name);
  }
});

test('a release that is deployed meanwhile does not make the running copy another one', async (t) => {
  const bench = new Bench(t);
  const fix = await fixOf(bench);
  const root = bench.tree('app', { 'main.mjs': ANSWERS, ...at('sums', SUMS) });
  const program = await bench.start(`${root}/main.mjs`);
  await program.get('/node_modules/sums/utils.js');
  bench.tree('app', at('sums', package_('sums', '1.0.1', 'add([a, b]) + 10', LIST)));
  const done = await bench.livepatch('apply', fix, program.pid);
  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.equal(await program.get('/node_modules/sums'), '13');
});

test('nor is the package that brings the copy along', async (t) => {
  const bench = new Bench(t);
  const two = (version: string, text: string, late = text): Record<string, string> => ({
    ...dep(version, text),
    'late.js': `exports.late = () => '${late}';\n`,
  });
  const old = lib('1.0.0', "require('dep').answer()");
  const app = (name: string, own: Record<string, string>): string =>
    bench.tree(name, {
      'main.mjs': MAIN.replace("const other = require('other');", 'const other = { answer: f };'),
      ...at('lib', old),
      ...at('dep', own),
    });
  const from = app('app', two('1.0.0', 'old'));
  const next = bench.tree('next', { ...at('lib', lib('1.0.1', "require('dep').answer() + '!'")), ...at('dep', two('1.0.1', 'new')) });
  const built = await bench.livepatch(
    'build',
    '--from',
    `${from}/node_modules/lib`,
    '--to',
    `${next}/node_modules/lib`,
    '-o',
    bench.path('fix.klp'),
  );
  assert.equal(built.code, 0, built.stdout + built.stderr);
  const program = await bench.start(`${app('third', two('1.0.5', 'old', 'later'))}/main.mjs`);
  assert.equal(await program.get('/f'), 'old');
  const refused = await bench.livepatch('apply', bench.path('fix.klp'), program.pid);
  assert.match(refused.stderr, /ERR_BASE_MISMATCH .* dep@1\.0\.0 late\.js/);
  assert.equal(await program.get('/f'), 'old');
});

/** Of two files with one text, the one that the release changes. */
const TWICE = { 'index.js': 'exports.add = (a, b) => a + b;\n', 'sub/index.js': 'exports.add = (a, b) => a + b;\n' };

test('another file of the package has the same text', async (t) => {
  const bench = new Bench(t);
  for (const manifest of ['{"name":"twice","version":"1.0.0"}', null]) {
    const name = manifest === null ? 'unnamed' : 'named';
    const files = manifest === null ? TWICE : { ...TWICE, 'package.json': manifest };
    const trees = [
      '--from',
      bench.tree(`${name}-from`, files),
      '--to',
      bench.tree(`${name}-to`, { ...files, 'index.js': 'exports.add = () => 13;\n' }),
    ];
    const built = await bench.livepatch('build', ...trees, '-o', bench.path(`${name}.klp`));
    assert.equal(built.code, 0, built.stdout + built.stderr);
    const program = await bench.start(`${bench.tree(name, { 'main.mjs': ANSWERS, ...at('twice', files) })}/main.mjs`);
    const [own, sub] = ['/node_modules/twice/index.js', '/node_modules/twice/sub/index.js'] as const;
    const before = [await program.get(sub), await program.get(own)];
    const done = await bench.livepatch('apply', bench.path(`${name}.klp`), program.pid);
    assert.match(done.stdout, /applied .*: 1 function in 1 module,/, done.stdout + done.stderr);
    assert.deepEqual([await program.get(sub), await program.get(own)], before, 'what it says of itself stays');
    assert.deepEqual([await program.get(`${sub}?call`), await program.get(`${own}?call`)], ['3', '13']);
  }
});

test('a copy of another version that stands elsewhere in the installation keeps no patch away, and one in its place does', async (t) => {
  const bench = new Bench(t);
  const main = MAIN.replace("const { f } = require('lib');", "const lib = require('lib'); const f = () => lib.f();");
  const own = (version: string): Record<string, string> => at('other/node_modules/dep', dep(version, `of another ${version}`));
  const app = (name: string, lazy: string, copies: Record<string, string>): string =>
    bench.tree(name, {
      'main.mjs': main,
      'package.json': JSON.stringify({ name: 'app', version: '1.0.0', dependencies: { lib: '1', other: '1' } }),
      'node_modules/.package-lock.json': '{}',
      ...at('lib', lib('1.0.0', lazy)),
      ...at('other', {
        'package.json': '{"name":"other","version":"1.0.0","dependencies":{"dep":"*"}}',
        'index.js': "exports.answer = require('dep').answer;\n",
      }),
      ...copies,
    });
  const lazy = "require('dep').answer()";
  const from = app('app', lazy, { ...at('dep', dep('1.0.0', 'old')), ...own('0.5.0') });
  const next = app('next', `${lazy} + '!'`, { ...at('dep', dep('1.0.1', 'new')), ...own('0.5.0') });
  const built = await bench.livepatch('build', '--from', from, '--to', next, '-o', bench.path('fix.klp'));
  assert.equal(built.code, 0, built.stdout + built.stderr);

  const program = await bench.start(`${from}/main.mjs`);
  assert.equal(await program.get('/'), 'of another 0.5.0');
  const done = await bench.livepatch('apply', bench.path('fix.klp'), program.pid);
  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.equal(await program.get('/f'), 'new!');
  assert.equal(await program.get('/'), 'of another 0.5.0');

  const third = await bench.start(`${app('third', lazy, { ...at('dep', dep('0.9.0', 'third')), ...own('0.5.0') })}/main.mjs`);
  assert.equal(await third.get('/f'), 'third');
  const refused = await bench.livepatch('apply', bench.path('fix.klp'), third.pid);
  assert.match(refused.stderr, /ERR_BASE_MISMATCH/);
});

test('a file of the program itself is no other version of a file of that name in a package', async (t) => {
  const bench = new Bench(t);
  const pack = (n: number): Record<string, string> => ({
    'package.json': JSON.stringify({ name: 'pack', version: `1.0.${n}`, main: 'lib/index.js' }),
    'lib/index.js': `exports.f = () => 'f ${n}'; exports.late = () => require('./late.js')();`,
    'lib/late.js': `module.exports = () => 'late ${n}';`,
  });
  const app = bench.tree('app', {
    'package.json': '{"name":"app"}',
    'lib/late.js': "module.exports = () => 'of the program';",
    'main.mjs': `
      import { createServer } from 'node:http';
      import { f, late } from 'pack';
      import own from './lib/late.js';
      const server = createServer((request, response) => response.end(request.url === '/late' ? late() : request.url === '/own' ? own() : f()));
      server.listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));`,
    ...at('pack', pack(1)),
  });
  const trees = ['--from', `${app}/node_modules/pack`, '--to', bench.tree('next', pack(2))];
  await bench.livepatch('build', ...trees, '-o', bench.path('fix.klp'));
  const program = await bench.start(`${app}/main.mjs`);
  const done = await bench.livepatch('apply', bench.path('fix.klp'), program.pid);
  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.deepEqual([await program.get('/'), await program.get('/late'), await program.get('/own')], ['f 2', 'late 2', 'of the program']);
});
