/** What a program puts between itself and the files that it requires must not come between livepatch and its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '../e2e-support/program.ts';

const app = (version: string): Record<string, string> => ({
  'package.json': '{ "name": "app", "version": "1.0.0", "type": "commonjs" }',
  'server.js': `const Module = require('node:module');
const { createServer } = require('node:http');
const own = Module._extensions['.js'];
const asked = [];
Module._extensions['.js'] = (module, file) => {
  asked.push(file);
  if (!file.startsWith(__dirname)) throw new SyntaxError('This compiler knows only the program: ' + file);
  own(module, file);
};
const { answer } = require('./answer.js');
const server = createServer((request, response) => {
  if (request.url === '/files') response.end(JSON.stringify({ asked, cached: Object.keys(require.cache), hook: Module._extensions['.js'] !== own }));
  else response.end(answer());
});
server.listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));
`,
  'answer.js': `exports.answer = () => '${version}';\n`,
});

test('a compiler of required files that takes none but the program, while a patch is applied and reverted', async (t) => {
  const bench = new Bench(t);
  const from = bench.tree('old', app('v1'));
  const to = bench.tree('new', app('v2'));
  const program = await bench.start(`${from}/server.js`);
  const file = bench.path('fix.klp');
  const built = await bench.livepatch('build', '--from', from, '--to', to, '-o', file, '--json');
  assert.equal(built.code, 0, built.stdout + built.stderr);
  assert.equal(await program.get('/'), 'v1');
  const applied = await bench.livepatch('apply', file, program.pid, '--json');
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  assert.equal(await program.get('/'), 'v2');
  assert.equal((await bench.livepatch('doctor', program.pid, '--json')).code, 0);
  assert.equal((await bench.livepatch('revert', 'fix', program.pid, '--json')).code, 0);
  assert.equal(await program.get('/'), 'v1');
  const files = [`${from}/answer.js`];
  assert.deepEqual(JSON.parse(await program.get('/files')), { asked: files, cached: [`${from}/server.js`, ...files], hook: true });
});
