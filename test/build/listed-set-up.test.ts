/** What a function puts into a list of its own and then gives to what lasts: what was set up before has the entries of the old version. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const entry = (name: string, then = 'next()'): string => `list.push({ name: '${name}', run: (req, next) => { ${then} } });`;
const each = 'for (const { run } of list) this.app.use(run);';
const server = (entries: string, loop = each, list = 'let list = [];'): string => `class Server {
  constructor(app) { this.app = app }
  setUp() { ${list} ${entries} ${loop} }
}
exports.Server = Server;`;

async function said(before: string, after: string): Promise<string[]> {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  return verdicts.filter(({ code }) => code === 'set-up-kept').map(({ path, reason }) => `${path}: ${reason}`);
}

const WITHOUT = 'Server#setUp: what its calls have set up was set up without it:';

test('one more entry, or one less', async () => {
  const [one, two] = [entry('host'), `${entry('host')} if (this.app) { ${entry('origin', 'req.end()')} }`];
  assert.deepEqual(await said(server(one), server(two)), [`${WITHOUT} name: 'origin'`]);
  assert.deepEqual(await said(server(two), server(one)), ["Server#setUp: what its calls have set up keeps it: name: 'origin'"]);
  const forEach = 'list.forEach(({ run }) => { this.app.on("request", run) });';
  assert.deepEqual(await said(server(one, forEach), server(two, forEach)), [`${WITHOUT} name: 'origin'`]);
  const made = 'list.push(check(5));';
  const loop = 'for (const run of list) this.app.use(run);';
  assert.deepEqual(await said(server(made, loop), server(`${made} list.push(limit(5));`, loop)), [`${WITHOUT} limit(5)`]);
});

test('nothing is said of another order, of what the functions do, or of a list that is given to nothing which lasts', async () => {
  const [one, two] = [entry('host'), `${entry('host')} ${entry('origin', 'req.end()')}`];
  assert.deepEqual(await said(server(two), server(`${entry('origin', 'req.end()')} ${entry('host')}`)), []);
  assert.deepEqual(await said(server(one), server(entry('host', 'return next(req)'))), []);
  for (const loop of [
    'for (const { run } of list) run({}, () => {});',
    'const app = []; for (const { run } of list) app.push(run);',
    'return list.length;',
  ])
    assert.deepEqual(await said(server(one, loop), server(two, loop)), [], loop);
  const values = "list.push('a');";
  assert.deepEqual(await said(server(values), server(`${values} list.push('b');`)), []);
});
