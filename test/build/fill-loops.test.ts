/** Loops of the top level that fill a table, with variables that they count by: `for (var i = 0; …)` declares them beside the table. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const source = (loops: string, n = 1, more = ''): string => `'use strict';
var rules = { a: /a/, b: /b/${more} };
var names = ['x', 'y'];
exports.rules = rules;
exports.names = names;
exports.set = function (name, rule) { rules[name] = rule };
${loops}
exports.get = function (name) { return [String(rules[name]), ${n}] };`;
const LOOP = 'for (var _i = 0; _i < names.length; _i++) { rules[names[_i]] = rules.a; }';
const MORE = "for (var _name, _i = 0; _i < names.length; _i++) { _name = 'b-' + names[_i]; rules[_name] = rules.c; }";

test('a new loop runs, and a revert takes out what it put there', async () => {
  const p = await program({ 'index.js': source(LOOP) }, { 'index.js': source(`${MORE}\n${LOOP.replaceAll('_i', '_i2')}`, 2, ', c: /c/') });
  const { get, set, rules } = p.exports;
  set('own', /own/);
  await p.apply();
  assert.deepEqual(
    [get('b-x'), get('b-y'), get('x'), get('own')],
    [
      ['/c/', 2],
      ['/c/', 2],
      ['/a/', 2],
      ['/own/', 2],
    ],
  );
  assert.equal(rules['b-x'], rules.c);
  await p.revert();
  assert.deepEqual(
    [get('b-x'), get('x'), get('own'), Object.keys(rules)],
    [
      ['undefined', 1],
      ['/a/', 1],
      ['/own/', 1],
      ['a', 'b', 'x', 'y', 'own'],
    ],
  );
  p.clean();
});

test('a loop whose counter other code reads is none that only fills a table', async () => {
  const read = 'exports.count = function () { return _i };';
  const { patch, verdicts } = await build({ 'index.js': source('') }, { 'index.js': source(MORE.replace('rules.c', 'rules.b') + read, 2) });
  assert.equal(patch, null);
  assert.ok(verdicts.some(({ code }) => code === 'statement-changed'));
});
