/** A process that is being debugged: its instances are found all the same, and the debugger stays attached. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '../e2e-support/program.ts';

const BEFORE = `const { createServer } = require('node:http');
const inspector = require('node:inspector');
inspector.open(0, '127.0.0.1');
class Lease {
  constructor(ms) { this.ms = ms; }
  seconds() { return this.ms / 1000; }
}
const leases = [new Lease(1000), new Lease(2000)];
const server = createServer((request, response) => {
  const [, what, number] = request.url.split('/');
  if (what === 'debugger') return response.end(inspector.url());
  response.end(what === 'keys' ? leases.map((lease) => Object.keys(lease).join()).join(' ') : String(leases[number].seconds()));
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));
`;
const AFTER = BEFORE.replace('this.ms = ms', 'this.s = ms / 1000').replace('this.ms / 1000', 'this.s');
const HOOKS = `export const module = 'server.js';
export const mode = 'barrier';
livepatch.migrate(Lease, {
  when: 'world',
  discarded: ['ms'],
  up(lease, { ms }) { lease.s = ms / 1000; },
  down(lease) { lease.ms = lease.s * 1000; delete lease.s; },
});
`;

test('world: with a debugger that watches breakpoints, profiles and the heap', async (t) => {
  const bench = new Bench(t);
  const tree = (name: string, text: string): string => bench.tree(name, { 'server.js': text, 'package.json': '{}' });
  const [from, to] = [tree('from', BEFORE), tree('to', AFTER)];
  const hooks = bench.tree('hooks', { 'fix.mjs': HOOKS });
  const built = await bench.livepatch('build', '--from', from, '--to', to, '--hooks', `${hooks}/fix.mjs`, '-o', bench.path('fix.klp'));
  assert.equal(built.code, 0, built.stdout + built.stderr);
  const program = await bench.start(`${from}/server.js`);
  const attached = new WebSocket(await program.get('/debugger'));
  t.after(() => attached.close());
  let last = 0;
  const answers = new Map<number, (answer: object) => void>();
  attached.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as { readonly id?: number };
    if (message.id !== undefined) answers.get(message.id)?.(message);
  });
  await new Promise((open) => attached.addEventListener('open', open));
  const ask = (method: string, params = {}): Promise<object> =>
    new Promise((resolve) => {
      answers.set(++last, resolve);
      attached.send(JSON.stringify({ id: last, method, params }));
    });
  for (const method of ['Runtime.enable', 'Debugger.enable', 'Profiler.enable', 'Profiler.start', 'HeapProfiler.startTrackingHeapObjects'])
    assert.ok('result' in (await ask(method)), method);
  for (const [verb, argument, keys] of [
    ['apply', bench.path('fix.klp'), 's s'],
    ['revert', 'fix', 'ms ms'],
  ] as const) {
    const { code, stdout, stderr } = await bench.livepatch(verb, argument, program.pid);
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual([await program.get('/keys'), await program.get('/seconds/1')], [keys, '2']);
  }
  assert.deepEqual(await ask('Runtime.evaluate', { expression: "globalThis[Symbol.for('livepatch.inspected')]" }), {
    id: last,
    result: { result: { type: 'undefined' } },
  });
});
