/** Tables that closures hold, and that the new version makes without a prototype. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { build, Program, program } from './harness.ts';

const registry = (table: string, more = ''): string => `function make() {
  var known = ${table};
  return {
    add: function (key, value) { known[key] = value; },
    get: function (key) { return known[key]; },
    has: function (key) { return Object.prototype.hasOwnProperty.call(known, key); },
    all: function () { return known; },
    own: function (key) { return known.hasOwnProperty ? known.hasOwnProperty(key) : key in known; },
  };
${more}}
exports.make = make;`;
/** Functions enough that the scope has a handle of its own. */
const many = Array.from({ length: 80 }, (_, i) => `  function f${i}() { return ${i}; }\n`).join('');

for (const [where, more] of [
  ['that closures capture', ''],
  ['in a scope with many functions', many],
] as const)
  test(`what closures hold loses its prototype as new code touches it, and gets it back: ${where}`, async () => {
    const p = await program({ 'index.js': registry('{}', more) }, { 'index.js': registry('Object.create(null)', more) });
    const [old, untouched] = [p.exports['make'](), p.exports['make']()];
    old.add('a', 1);
    const table = old.all();
    const look = (): unknown[] => [old.get('a'), typeof old.get('constructor'), typeof old.get('__proto__'), old.has('a'), old.own('a')];
    const before = look();
    assert.deepEqual(before, [1, 'function', 'object', true, true]);
    assert.equal(p.patch.mode, 'barrier');
    assert.equal(p.report.verdicts.filter(({ code }) => code === 'field-converted').length, 5);
    await p.apply();
    assert.deepEqual(look(), [1, 'undefined', 'undefined', true, true]);
    assert.equal(old.all(), table);
    old.add('__proto__', { b: 2 });
    assert.deepEqual([old.get('b'), old.has('__proto__'), typeof p.exports['make']().get('constructor')], [undefined, true, 'undefined']);
    await p.revert();
    assert.deepEqual([look(), old.get('b'), Object.getPrototypeOf(table)], [before, undefined, Object.prototype]);
    assert.equal(typeof untouched.get('constructor'), 'function');
  });

test('a patch that takes the place of another gives the table back in its turn', async () => {
  const [was, now] = [registry('{}'), registry('Object.create(null)')];
  const first = await program({ 'index.js': was }, { 'index.js': now });
  const old = first.exports['make']();
  await first.apply();
  assert.equal(old.get('constructor'), undefined);
  const second = new Program(first.root, first.exports, await build({ 'index.js': was }, { 'index.js': `${now}\nexports.more = 1;` }));
  await currentRuntime()!.apply(second.report.patch!, { name: second.report.name, replace: true });
  assert.equal(old.get('constructor'), undefined);
  await second.revert();
  assert.equal(typeof old.get('constructor'), 'function');
});

test('a variable that is written again is not converted', async () => {
  const text = (table: string): string => `function make() {
  var known = ${table};
  return { get: function (key) { return known[key]; }, clear: function () { known = {}; } };
}
exports.make = make;`;
  const report = await build({ 'index.js': text('{}') }, { 'index.js': text('Object.create(null)') });
  assert.ok(report.verdicts.every(({ code }) => code !== 'field-converted'));
});

test('another value in a scope with many functions: closures that exist compute it, or are said to keep what they hold', async () => {
  const text = (limit: string, list: string): string => `function make(list) {
  var limit = ${limit};
  var names = ${list};
  names.push(list.length);
  return { limit: function () { return limit; }, names: function () { return names.join(); } };
${many}}
exports.make = make;`;
  const p = await program({ 'index.js': text('10', "['a']") }, { 'index.js': text('20', "['b']") });
  const old = p.exports['make']([1]);
  await p.apply();
  assert.deepEqual([old.limit(), old.names(), p.exports['make']([1]).limit(), p.exports['make']([1]).names()], [20, 'a,1', 20, 'b,1']);
  assert.ok(p.codes('warning').includes('capture-kept'));
});
