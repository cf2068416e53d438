/** A table that becomes an object of another kind, with what the program has put into it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPatch } from '../../src/build/index.ts';
import { currentRuntime } from '../../src/node/current.ts';
import { program } from './harness.ts';
import type { Program } from './harness.ts';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const asObject = (table: string): string => `exports.set = (k, v) => { ${table}[k] = v }; exports.get = (k) => ${table}[k];`;
const asMap = (table: string): string => `exports.set = (k, v) => { ${table}.set(k, v) }; exports.get = (k) => ${table}.get(k);`;

/** Where the table stands, and what begins it. */
const PLACES: Readonly<Record<string, readonly [table: string, (begun: string) => string]>> = {
  'a constant': ['map', (begun) => `const map = ${begun};`],
  'a variable': ['map', (begun) => `let map = ${begun};`],
  'an export': ['exports.map', (begun) => `exports.map = ${begun};`],
  'a static field': ['C.map', (begun) => `class C { static map = ${begun} } exports.C = C;`],
  'a property of a class': ['C.map', (begun) => `class C {} C.map = ${begun}; exports.C = C;`],
  'a property of a prototype': ['c.map', (begun) => `class C {} C.prototype.map = ${begun}; const c = new C();`],
  'an entry of a table': ['s.map', (begun) => `const s = { map: ${begun}, n: 0 };`],
};

for (const [name, [table, begin]] of Object.entries(PLACES))
  test(`an object becomes a Map, and goes back, with what is in it: ${name}`, async () => {
    const p = await program({ 'index.js': `${begin('{}')}\n${asObject(table)}` }, { 'index.js': `${begin('new Map()')}\n${asMap(table)}` });
    assert.equal(p.patch.mode, 'barrier');
    p.exports['set']('a', 1);
    p.exports['set']('b', 1);
    await p.apply();
    assert.deepEqual(['a', 'b', 'constructor'].map(p.exports['get']), [1, 1, undefined]);
    p.exports['set']('b', 2);
    p.exports['set']('c', 3);
    await p.revert();
    assert.deepEqual(['a', 'b', 'c'].map(p.exports['get']), [1, 2, 3]);
    p.clean();
  });

test('a list becomes a Set; what only the new version begins with goes again', async () => {
  const before = "const all = ['x']; exports.add = (v) => { all.push(v) }; exports.all = () => [...all];";
  const after = "const all = new Set(['y']); exports.add = (v) => { all.add(v) }; exports.all = () => [...all];";
  const p = await program({ 'index.js': before }, { 'index.js': after });
  p.exports['add']('a');
  await p.apply();
  assert.deepEqual(p.exports['all'](), ['y', 'a']);
  p.exports['add']('b');
  await p.revert();
  assert.deepEqual(p.exports['all'](), ['x', 'a', 'b']);
});

test('a call in the middle is waited for, on the way there and back', async () => {
  const text = (begun: string, set: string, get: string): string =>
    `const map = ${begun}; let go; exports.go = () => go(); exports.put = async (k) => { ${set}; await new Promise((r) => { go = r }); return ${get} };`;
  const p = await program(
    { 'index.js': text('{}', 'map[k] = 1', 'Object.keys(map)') },
    { 'index.js': text('new Map()', 'map.set(k, 2)', '[...map.keys()]') },
  );
  const old = p.exports['put']('a');
  const applied = p.apply();
  setTimeout(() => p.exports['go'](), 30);
  assert.deepEqual(await old, ['a']);
  await applied;
  const now = p.exports['put']('b');
  const reverted = p.revert();
  setTimeout(() => p.exports['go'](), 30);
  assert.deepEqual(await now, ['a', 'b']);
  await reverted;
});

test('an entry of another kind is there for calls that a revert waits for', async () => {
  const text = (begun: string, get: string): string =>
    `exports.map = ${begun}; let go; exports.go = () => go(); exports.get = async (k) => { await new Promise((r) => { go = r }); return ${get} };`;
  const p = await program({ 'index.js': text('{}', 'exports.map[k]') }, { 'index.js': text('new Map()', 'exports.map.get(k)') });
  p.exports['map'].a = 1;
  await p.apply();
  const held = p.exports['get']('a');
  const reverted = p.revert();
  setTimeout(() => p.exports['go'](), 30);
  assert.equal(await held, 1);
  await reverted;
  assert.deepEqual(p.exports['map'], { a: 1 });
});

/** A patch from the old version of a program to yet another. */
async function next(p: Program, text: string, name: string): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'livepatch-build-'));
  mkdirSync(join(home, 'b'));
  writeFileSync(join(home, 'b/index.js'), text);
  return (await buildPatch({ kind: 'directories', from: p.root, to: join(home, 'b') }, { name })).patch!;
}

test('a patch that takes the place of another goes on from what that has; one that does not know it is refused', async () => {
  const before = `const map = {};\n${asObject('map')}`;
  const after = `const map = new Map();\n${asMap('map')}`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  p.exports['set']('a', 1);
  await p.apply();
  p.exports['set']('b', 2);
  const other = await next(p, before.replace('=> map[k]', '=> map[k] ?? null'), 'moves-other');
  await assert.rejects(currentRuntime()!.apply(other, { timeoutMs: 5000 }), { code: 'ERR_STATE_INCOMPATIBLE' });
  const later = await next(p, after.replace('map.get(k)', 'map.get(k) ?? 0'), 'moves-later');
  await currentRuntime()!.apply(later, { timeoutMs: 5000 });
  assert.deepEqual(['a', 'b', 'c'].map(p.exports['get']), [1, 2, 0]);
  p.exports['set']('c', 3);
  await currentRuntime()!.revert('moves-later', { timeoutMs: 5000 });
  assert.deepEqual(['a', 'b', 'c', 'd'].map(p.exports['get']), [1, 2, 3, undefined]);
});

test('a table that others may hold themselves stays refused where there is something in it', async () => {
  const ways = ['exports.keep = () => { held.push(map) };', 'exports.keep = () => map;', 'const other = map; exports.keep = () => other;'];
  for (const way of ways) {
    const around = `const held = []; ${way}`;
    const [before, after] = [`const map = {};\n${asObject('map')}${around}`, `const map = new Map();\n${asMap('map')}${around}`];
    const p = await program({ 'index.js': before }, { 'index.js': after });
    p.exports['set']('a', 1);
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_DATA' });
  }
});
