/** A process whose heap cannot be searched: instances that the program has in a collection, and those that are touched. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Bench } from '../e2e-support/program.ts';
import type { Finished, Program } from '../e2e-support/program.ts';

const BEFORE = `const { createServer } = require('node:http');
class Lease {
  constructor(ms) { this.ms = ms; }
  seconds() { return this.ms / 1000; }
}
const leases = [new Lease(1000), new Lease(2000)];
const server = createServer((request, response) => {
  const [, what, number] = request.url.split('/');
  response.end(what === 'keys' ? leases.map((lease) => Object.keys(lease).join()).join(' ') : String(leases[number].seconds()));
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));
`;
const AFTER = BEFORE.replace('this.ms = ms', 'this.s = ms / 1000').replace('this.ms / 1000', 'this.s');

async function program(t: TestContext, how: string): Promise<{ readonly program: Program; run(verb: string): Promise<Finished> }> {
  const bench = new Bench(t);
  const tree = (name: string, text: string): string => bench.tree(name, { 'server.js': text, 'package.json': '{}' });
  const [from, to] = [tree('from', BEFORE), tree('to', AFTER)];
  const hooks = bench.tree('hooks', {
    'fix.mjs': `export const module = 'server.js';
export const mode = 'barrier';
livepatch.migrate(Lease, {
  ${how}
  discarded: ['ms'],
  up(lease, { ms }) { lease.s = ms / 1000; },
  down(lease) { lease.ms = lease.s * 1000; delete lease.s; },
});
`,
  });
  const built = await bench.livepatch('build', '--from', from, '--to', to, '--hooks', `${hooks}/fix.mjs`, '-o', bench.path('fix.klp'));
  assert.equal(built.code, 0, built.stdout + built.stderr);
  const net = process.allowedNodeEnvironmentFlags.has('--allow-net') ? ' --allow-net' : '';
  const flags = `--permission --allow-fs-read=* --allow-fs-write=*${net} --disable-warning=ExperimentalWarning`;
  const started = await bench.start(`${from}/server.js`, { env: { NODE_OPTIONS: flags } });
  const run = (verb: string): Promise<Finished> =>
    bench.livepatch(verb, verb === 'apply' ? bench.path('fix.klp') : 'fix', started.pid, '--json');
  return { program: started, run };
}

test('all at once needs the collection that holds them', async (t) => {
  const { program: p, run } = await program(t, "when: 'world',");
  const refused = await run('apply');
  assert.deepEqual([refused.code, (refused.json as { error: { code: string } }).error.code], [1, 'ERR_HEAP_CLOSED'], refused.stdout);
  assert.deepEqual([await p.get('/keys'), await p.get('/seconds/1')], ['ms ms', '2']);
});

for (const when of ['world', 'slices'])
  test(`${when}: what is in the collection, and back`, async (t) => {
    const { program: p, run } = await program(t, `when: '${when}', objects: () => leases,`);
    assert.equal((await run('apply')).code, 0);
    assert.deepEqual([await p.get('/keys'), await p.get('/seconds/1')], ['s s', '2']);
    assert.equal((await run('revert')).code, 0);
    assert.deepEqual([await p.get('/keys'), await p.get('/seconds/1')], ['ms ms', '2']);
  });

test('on access: what was touched is known, and brought back', async (t) => {
  const { program: p, run } = await program(t, '');
  assert.equal((await run('apply')).code, 0);
  assert.deepEqual([await p.get('/seconds/1'), await p.get('/keys')], ['2', 'ms s']);
  assert.equal((await run('revert')).code, 0);
  assert.deepEqual([await p.get('/keys'), await p.get('/seconds/1')], ['ms ms', '2']);
});
