/** Functions that keep what one which they are given computes, whatever they are called: the report says that old results stay. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';
import type { Files } from './harness.ts';

async function said(before: Files): Promise<string[]> {
  const after = Object.fromEntries(Object.entries(before).map(([file, text]) => [file, text.replaceAll('5', '9')]));
  const report = await build(before, after);
  assert.notEqual(report.patch, null);
  return report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => `${code} ${path}`);
}

const KEEPS: Readonly<Record<string, string>> = {
  'a map': 'const m = (f) => { const c = new Map(); return (k) => { if (!c.has(k)) c.set(k, f(k)); return c.get(k) } };',
  'a map, by a variable':
    'const m = (f) => { const c = new Map(); return (k) => { let v = c.get(k); if (!v) { v = f(k); c.set(k, v) } return v } };',
  'an object': 'const m = (f) => { const c = {}; return (k) => c[k] || (c[k] = f(k)) };',
  'a variable': 'const m = (f) => { let r, d = false; return () => d ? r : (d = true, r = f()) };',
  'a variable that is asked first': 'const m = (f) => { let r; return () => r ??= f.call(null) };',
  'a property that takes the place of the getter':
    "const m = (f) => Object.defineProperty({}, 'own', { configurable: true, get() { const value = f(); Object.defineProperty(this, 'own', { value }); return value } });",
};

for (const [name, keeper] of Object.entries(KEEPS))
  test(`results in ${name}`, async () => {
    assert.deepEqual(await said({ 'index.js': `${keeper}\nconst e = (k) => k + 5;\nexports.get = m(e);` }), ['results-remembered e']);
    assert.deepEqual(await said({ 'index.js': `${keeper}\nexports.get = m((k) => k + 5);` }), ['results-remembered <m>']);
    const inner = `${keeper}\nconst inner = (k) => k + 5, e = (k) => inner(k);\nexports.get = m(e);`;
    assert.deepEqual(await said({ 'index.js': inner }), ['results-remembered e'], 'where what it calls has changed');
    const files = {
      'index.js': "const { m } = require('./m.js'); const e = (k) => k + 5; exports.get = m(e);",
      'm.js': `${keeper} exports.m = m;`,
    };
    assert.deepEqual(await said(files), ['results-remembered e'], 'in another module');
  });

const FORGETS: Readonly<Record<string, string>> = {
  'calls it each time': 'const m = (f) => (k) => { const v = f(k); return v };',
  'calls it as it is called itself': 'const m = (f) => { const v = f(1); return () => v };',
  'keeps it for as long as its call lasts':
    'const m = (f) => { let sum = 0; const add = (k) => { sum += f(k); sum = f(k) }; add(1); return () => 1 };',
  'keeps something else': 'const m = (f) => { let n = 0; return (k) => { n = n + 1; return f(k) } };',
};

for (const [name, text] of Object.entries(FORGETS))
  test(`nothing is said where a function ${name}`, async () => {
    assert.deepEqual(await said({ 'index.js': `${text}\nconst e = (k) => k + 5;\nexports.get = (k) => m(e)(k);` }), []);
  });
