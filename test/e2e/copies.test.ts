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
