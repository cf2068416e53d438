/** Modules that load after a patch of theirs was applied: what the new source makes of their top level is there as well. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';

const before = `const limit = 1;
const table = { a: 1, list: [] };
const add = (name) => table.list.push(name);
add('x');
exports.table = table;
exports.size = 10;
exports.f = () => [limit, table.a];`;
const after = `const limit = 2;
const table = { a: 3, list: [] };
const add = (name) => table.list.push(name);
add('x');
add('y');
exports.table = table;
exports.size = 20;
exports.f = () => [limit, table.a];
exports.more = () => 'more';`;

for (const how of ['require', 'import'])
  test(`a CommonJS module that comes by ${how}`, async () => {
    const asks = how === 'require' ? "require('./late.js')" : "(await import('./late.js')).default";
    const index = (name: string): string =>
      `exports.f = () => '${name}'; exports.late = async () => { const m = ${asks}; return [m, Object.keys(m), m.size] };`;
    const versions = [
      { 'index.js': index(how), 'late.js': before },
      { 'index.js': index(`${how} new`), 'late.js': after },
    ] as const;
    const p = await program(...versions);
    assert.equal(p.exports['f'](), how);
    const first = await program(...versions);
    await first.apply();
    const m = first.load('late.js');
    assert.deepEqual(Object.keys(m), ['table', 'size', 'f', 'more']);
    assert.deepEqual([m['size'], m['table'], m['f'](), m['more']()], [20, { a: 3, list: ['x', 'y'] }, [2, 3], 'more']);
    const [late, keys] = await p.exports['late']();
    assert.deepEqual([late.size, late.f(), keys], [20, [2, 3], ['table', 'size', 'f', 'more']], 'another copy of the same version');
    assert.equal(p.exports['f'](), `${how} new`);
    await first.revert();
    assert.deepEqual([m['size'], m['table'], m['f'](), m['more']], [10, { a: 1, list: ['x'] }, [1, 1], undefined]);
    assert.deepEqual([late.size, late.more], [10, undefined]);
    p.clean();
    first.clean();
  });

test('an ES module', async () => {
  const source = (text: string): string =>
    text.replaceAll('exports.', 'export const ').replace('export const table = table;', 'export { table };');
  const p = await program(
    { 'index.js': "exports.f = () => 'esm'; exports.late = () => import('./late.mjs')", 'late.mjs': source(before) },
    { 'index.js': "exports.f = () => 'esm new'; exports.late = () => import('./late.mjs')", 'late.mjs': source(after) },
  );
  await p.apply();
  const m = await p.exports['late']();
  assert.deepEqual([m.table, m.f()], [{ a: 3, list: ['x', 'y'] }, [2, 3]]);
  await p.revert();
  assert.deepEqual([m.table, m.f()], [{ a: 1, list: ['x'] }, [1, 1]]);
  p.clean();
});

test('one that throws as it loads throws as it did, and loads again', async () => {
  const throwing = (text: string): string => `if (globalThis.lateFails) throw new Error('not yet');\n${text}`;
  const p = await program(
    { 'index.js': "exports.f = () => 'throws'", 'late.js': throwing(before) },
    { 'index.js': "exports.f = () => 'throws new'", 'late.js': throwing(after) },
  );
  await p.apply();
  Object.assign(globalThis, { lateFails: true });
  assert.throws(() => p.load('late.js'), /^Error: not yet$/);
  Object.assign(globalThis, { lateFails: false });
  const m = p.load('late.js');
  assert.deepEqual([m['size'], m['more']()], [20, 'more']);
  await p.revert();
  assert.equal(m['size'], 10);
  p.clean();
});
