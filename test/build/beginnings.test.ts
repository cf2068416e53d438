/** Variables that closures hold and that begin with another value, wherever they are declared and whoever else holds it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

async function said(before: string, after: string): Promise<string[]> {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  return verdicts.filter(({ verdict }) => verdict !== 'carried').map(({ code }) => code);
}

const make = (body: string): string => `exports.make = (k) => { ${body} };`;

test('in a block of the function', async () => {
  const text = (v: string): string => make(`if (k) { const v = ${v}; return () => v; }`);
  assert.deepEqual(await said(text("'x'"), text("'y'")), ['capture-kept']);
  const cases = (v: string): string => make(`switch (k) { case 1: { let v = ${v}; return () => v; } default: return () => k; }`);
  assert.deepEqual(await said(cases("'x'"), cases("'y'")), ['capture-kept']);
  assert.deepEqual(await said(text('[k]'), text('new Set([k])')), ['closure-stranded']);
});

test('one that the function writes again is told of by what it is given, and closures are left as they are', async () => {
  const whole = (n: number): string => make(`let v = ${n}; v += 1; return () => v;`);
  const { verdicts } = await build({ 'index.js': whole(1) }, { 'index.js': whole(2) });
  assert.deepEqual(
    verdicts.map(({ code }) => code),
    ['capture-kept', 'function-changed'],
  );

  const text = (by: string): string => make(`if (k) { let v = 1; v += 1; return () => v${by}; }`);
  assert.deepEqual(await said(text(''), text(' + 0')), []);
});

test('another kind of object that closures give away', async () => {
  const before = make('const list = []; return { add(x) { list.push(x); }, all() { return list; } };');
  const after = make('const list = new Set(); return { add(x) { list.add(x); }, all() { return list; } };');
  assert.deepEqual([...new Set(await said(before, after))], ['closure-stranded']);
  assert.deepEqual([...new Set(await said(after, before))], ['closure-stranded']);
});

test('an argument of a name that was a part of one, and the reverse', async () => {
  const whole = 'exports.make = (limit) => () => limit;';
  for (const part of ['exports.make = ({ limit }) => () => limit;', 'exports.make = ({ limit } = {}) => () => limit;']) {
    assert.deepEqual(await said(whole, part), ['closure-stranded']);
    assert.deepEqual(await said(part, whole), ['closure-stranded']);
  }
  assert.deepEqual(await said(whole, 'exports.make = (limit = 1) => () => limit + 0;'), []);
  assert.deepEqual(await said('exports.make = (...all) => () => all;', 'exports.make = (...all) => () => [all];'), []);
  assert.deepEqual(await said('exports.make = (all) => () => all;', 'exports.make = (...all) => () => all;'), [
    'arguments-seen',
    'closure-stranded',
  ]);
});
