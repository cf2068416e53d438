/** A patch is linked over several turns of the program, and what happens to its modules meanwhile is not missed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '../e2e-support/program.ts';

/** Says when it is linked, and keeps the processor so long that the next one waits for another turn. */
const slow = (name: string): string => `const spun = spin();
function spin() { globalThis.linked.push('${name}'); for (const end = performance.now() + 5; performance.now() < end;); return true; }
`;

const app = (version: string) => ({
  'package.json': '{ "name": "app", "version": "1.0.0" }',
  'first.cjs': `${version === 'new' ? slow('first') : ''}exports.first = function first() { return '${version}'; };\n`,
  'going.cjs': `${version === 'new' ? slow('going') : ''}exports.going = function going() { return '${version}'; };\n`,
  // Begun, and not yet come to its class.
  'begun.mjs': `${version === 'new' ? slow('begun') : ''}await globalThis.gate;
export class Made { ${version === 'new' ? "field = 'field'; " : ''}ask() { return '${version}'${version === 'new' ? ' + this.field' : ''}; } }
`,
  'last.cjs': `${version === 'new' ? slow('last') : ''}exports.last = function last() { return '${version}'; };\n`,
  'late.cjs': `exports.late = function late() { return '${version}'; };\n`,
  'main.cjs': `const { createServer } = require('node:http');
const { readFileSync } = require('node:fs');
const first = require('./first.cjs');
let going = require('./going.cjs');
const last = require('./last.cjs');
const runtime = globalThis[Symbol.for('livepatch.runtime')];
const turn = () => new Promise((resolve) => setImmediate(resolve));
globalThis.linked = [];
let open;
globalThis.gate = new Promise((resolve) => (open = resolve));
const coming = import('./begun.mjs');
async function go(file) {
  const text = readFileSync(file, 'utf8');
  const busy = [];
  const gone = going.going;
  const order = [];
  const work = {
    begun: () => open(),
    first: () => require('./late.cjs'),
    going: () => { runtime.unload(require.resolve('./going.cjs')); delete require.cache[require.resolve('./going.cjs')]; going = require('./going.cjs'); },
  };
  let over = false;
  const applying = runtime.apply(text, { name: 'fix' }).finally(() => (over = true));
  for (const attempt of [() => runtime.apply(text, { name: 'other' }), () => runtime.revert('nothing', {})])
    busy.push(await attempt().then(() => 'none', (error) => error.code));
  const old = [];
  while (!over) {
    // Nothing of the patch can be seen before all of it is in force.
    if (!runtime.engine.transitioning && runtime.engine.patches.length === 0) old.push(first.first(), last.last());
    for (const name of linked.splice(0)) if (!order.includes(name)) { order.push(name); work[name]?.(); }
    await turn();
  }
  const { result } = await applying;
  const { late } = require('./late.cjs');
  const { Made } = await coming;
  const made = new Made();
  return { result, busy, order, old: [...new Set(old)], values: [first.first(), going.going(), last.last(), late()], gone: gone(), made: made.ask() };
}
const server = createServer(async (request, response) => {
  try { response.end(JSON.stringify(await go(decodeURIComponent(request.url.slice(1))))); } catch (error) { response.end(JSON.stringify(String(error.stack))); }
});
server.listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));
`,
});

test('a module that comes, one that goes, a class that comes to be: none is missed, and nothing is seen of the patch before it is all in force', async (t) => {
  const bench = new Bench(t);
  const from = bench.tree('old', app('old'));
  const to = bench.tree('new', app('new'));
  const file = bench.path('fix.klp');
  const built = await bench.livepatch('build', '--from', from, '--to', to, '-o', file);
  assert.equal(built.code, 0, built.stdout + built.stderr);
  const program = await bench.start(`${from}/main.cjs`);
  const answer = JSON.parse(await program.get(`/${encodeURIComponent(file)}`)) as unknown;
  assert.deepEqual(answer, {
    result: 'complete',
    busy: ['ERR_BUSY', 'ERR_BUSY'],
    order: ['begun', 'first', 'going', 'last'],
    old: ['old'],
    values: ['new', 'new', 'new', 'new'],
    gone: 'old',
    made: 'newfield',
  });
});
