/** Closures that are called while the call lasts that made them: none goes on with what the old code gave it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const WAYS: Readonly<Record<string, readonly [code: string, isKept: boolean]>> = {
  'a list goes through': ['list.forEach((one) => { total += one * limit; }); return total;', false],
  'a function within only calls': [
    'const add = (one) => { total += one * limit; }; for (const one of list) add(one); return total;',
    false,
  ],
  'is given away': ['list.each((one) => { total += one * limit; }); return total;', true],
  'stands in one that is given away': ['return () => list.forEach((one) => { total += one * limit; });', true],
  'waits while a list has gone on': ['return list.map(async (one) => { await one; total += one * limit; });', true],
  'makes its values one after another': ['return list.map(function* (one) { yield one; total += one * limit; });', true],
};

for (const [name, [code, isKept]] of Object.entries(WAYS))
  test(`a closure that ${name} ${isKept ? 'keeps' : 'does not keep'} what it was given`, async () => {
    const of = (limit: string): string => `exports.sum = function (list) { const limit = ${limit}; let total = 0; ${code} };`;
    const report = await build({ 'index.js': of('list.length') }, { 'index.js': of('list.length + 1') });
    assert.notEqual(report.patch, null);
    const said = report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ verdict, code: own }) => `${verdict} ${own}`);
    assert.deepEqual(said, isKept ? ['warning capture-kept'] : []);
  });
