/** Entries of tables that one version writes out in place, and the other under a name of their own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

interface Entry {
  readonly entry: string;
  readonly named: string;
}

/** What takes the functions out of the table has run as the module loaded. */
const module = ({ entry, named }: Entry, more = ''): string => `${named}
const steps = { first: ${entry} };
const taken = [];
function each(config, take) { for (const key of Object.keys(config)) for (const name of Object.keys(config[key])) take(config[key][name]); }
each(steps, (step) => taken.push(step));
exports.steps = steps;
exports.taken = (x) => taken.map((step) => step(x)).join();
exports.there = (x) => Object.values(steps.first).map((step) => step(x)).join();
${more}`;

const inPlace = (body: string): Entry => ({ entry: `{ ${body} }`, named: '' });
const named = (body: string): Entry => ({ entry: 'FIRST', named: `const FIRST = { ${body} };` });

const UP = 'up: (x) => { return x + 1; }';

test('an entry that got a name, or lost it, goes on with its functions', async () => {
  for (const [from, to] of [
    [inPlace, named],
    [named, inPlace],
    [named, named],
  ] as const)
    for (const [body, taken, there] of [
      ['up: (x) => x + 1', '4', '4'],
      ['up: (x) => x + 2', '5', '5'],
      ['up: (x) => x + 2, down: (x) => x - 1', '5', '5,2'],
    ] as const) {
      const p = await program({ 'index.js': module(from(UP)) }, { 'index.js': module(to(body), 'exports.more = 1;') });
      assert.deepEqual(p.codes('refused'), [], body);
      const { steps } = p.exports as unknown as { steps: { first: unknown } };
      const held = steps.first;
      assert.deepEqual([p.exports['taken'](3), p.exports['there'](3)], ['4', '4']);
      await p.apply();
      assert.deepEqual([p.exports['taken'](3), p.exports['there'](3)], [taken, there], body);
      assert.equal(steps.first, held);
      await p.revert();
      assert.deepEqual([p.exports['taken'](3), p.exports['there'](3)], ['4', '4']);
      p.clean();
    }
});

test('a name that is used elsewhere, or written again, may stand for another object', async () => {
  const to = named('up: (x) => x + 1');
  for (const after of [
    module(to, 'exports.first = () => FIRST;'),
    module({ ...to, named: `${to.named.replace('const', 'var')} var FIRST = { up: (x) => x + 9 };` }),
    module({ ...to, named: 'const { FIRST } = { FIRST: { up: (x) => x + 1 } };' }),
    module({ ...to, named: 'const FIRST = Object.freeze({ up: (x) => x + 1 });' }),
    module({ ...to, named: to.named.replace('const', 'let') }, 'exports.set = (value) => { FIRST = value; };'),
  ]) {
    const { verdicts } = await build({ 'index.js': module(inPlace(UP)) }, { 'index.js': after });
    assert.ok(
      verdicts.some(({ code }) => code === 'live-data'),
      after,
    );
  }
});

test('a function of an entry that makes way for something else', async () => {
  const { verdicts } = await build({ 'index.js': module(inPlace(UP)) }, { 'index.js': module(named('up: 5')) });
  assert.ok(verdicts.some(({ code }) => code === 'live-data'));
});

test('an entry that a call made, and that is written out now', async () => {
  const made: Entry = { entry: `Object.freeze({ ${UP} })`, named: '' };
  const { verdicts } = await build({ 'index.js': module(made) }, { 'index.js': module(inPlace('up: (x) => x + 2')) });
  assert.ok(verdicts.some(({ code }) => code === 'live-data'));
});
