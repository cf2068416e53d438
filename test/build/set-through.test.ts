/** What a constructor has functions set on its object, or sets under names that are told as it runs: objects that exist lack it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const source = (set: string, reads: string, more = ''): string => `function start(one, value) { one.size = value; }
function other(value, one) { one.size ??= value; }
function look(one) { return one.size; }
class A { constructor(options) { this.kept = 1; ${set} } read() { return ${reads} } }
${more}
exports.A = A; exports.all = [start, other, look];`;

const said = async (was: string, now: string, reads = 'this.size', more = ''): Promise<string[]> => {
  const { verdicts } = await build({ 'index.js': source(was, '0', more) }, { 'index.js': source(now, reads, more) });
  return verdicts.flatMap(({ code, path }) => (code === 'instances-lack' ? path : []));
};

test('by a function of the module', async () => {
  assert.deepEqual(await said('', 'start(this, 5);'), ['A#constructor size']);
  assert.deepEqual(await said('', 'other(5, this);'), ['A#constructor size']);
  assert.deepEqual(await said('', 'const self = this; [1].forEach(() => start(self, 5));'), ['A#constructor size']);
});

test('not where that has been done so far, reads only, or does it to something else', async () => {
  assert.deepEqual(await said('start(this, 5);', 'start(this, 6);'), []);
  assert.deepEqual(await said('this.size = 5;', 'start(this, 5);'), []);
  assert.deepEqual(await said('', 'look(this);', '1'), []);
  assert.deepEqual(await said('', 'start(options, 5);', '1'), []);
  assert.deepEqual(await said('', 'this.later = function () { start(this, 5) };', '1', 'look.later = 1;'), []);
});

test('under names that are told as it runs', async () => {
  assert.deepEqual(await said('', 'for (const key in options) this[key] = options[key];', '1'), ['A#constructor']);
  assert.deepEqual(await said('', "this['si' + 'ze'] = 5;", '1'), ['A#constructor']);
  assert.deepEqual(
    await said('for (const key in options) this[key] = options[key];', 'for (const key in options) { this[key] = options[key]; }', '1'),
    [],
  );
  assert.deepEqual(await said('', "this['size'] = 5;"), []);
});
