/** Properties that the top level sets under keys which are no text: a symbol that is the same everywhere, or what an expression gives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';
import type { Exports } from './harness.ts';

const X = 'function X() {} ';
const GIVEN = ' exports.one = new X(); exports.a = () => 1;';
const list = (e: Exports): unknown => (typeof e['one'][Symbol.iterator] === 'function' ? [...e['one']] : null);

async function follows(before: string, after: string, read: (exports: Exports) => unknown): Promise<[unknown, unknown, unknown]> {
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const was = read(p.exports);
  await p.apply();
  const is = read(p.exports);
  await p.revert();
  return [was, is, read(p.exports)];
}

test('a method under a symbol of the language comes and changes, and a revert puts back what was there', async () => {
  const method = (n: number): string => `X.prototype[Symbol.iterator] = function* () { yield ${n} };`;
  assert.deepEqual(await follows(X + GIVEN, X + method(1) + GIVEN, list), [null, [1], null]);
  assert.deepEqual(await follows(X + method(1) + GIVEN, X + method(2) + GIVEN, list), [[1], [2], [1]]);
  const alias = 'X.prototype.list = function () { return [3][Symbol.iterator](); };';
  const aliased = `${X}${alias} X.prototype[Symbol.iterator] = X.prototype.list;${GIVEN}`;
  assert.deepEqual(await follows(X + alias + GIVEN, aliased, list), [null, [3], null]);
});

test('exports and global objects have properties under symbols of the registry', async () => {
  const read = (e: Exports): unknown => e[Symbol.for('of exports') as unknown as string];
  const exported = (n: number): string => `exports[Symbol.for('of exports')] = ${n}; exports.a = () => 1;`;
  assert.deepEqual(await follows(exported(1), exported(2), read), [1, 2, 1]);
  assert.deepEqual(await follows('exports.a = () => 1;', exported(2), read), [undefined, 2, undefined]);
  const ofGlobal = (): unknown => Reflect.get(globalThis, Symbol.for('of the global object'));
  const set = "globalThis[Symbol.for('of the global object')] = 5;";
  assert.deepEqual(await follows('exports.a = () => 1;', `exports.a = () => 2; ${set}`, ofGlobal), [undefined, 5, undefined]);
  assert.deepEqual(await follows('exports.a = () => 1;', `exports.a = () => 2; const x = ${set}`, ofGlobal), [undefined, 5, undefined]);
});

test('what is called Symbol and is a variable of the module gives other keys as it changes', async () => {
  const own = (key: string): string => `const Symbol = { iterator: '${key}' }; exports[Symbol.iterator] = 1; exports.a = () => 1;`;
  const p = await program({ 'index.js': own('one') }, { 'index.js': own('two') });
  assert.ok(p.codes().includes('computed-at-load'), p.codes().join());
});

test('what a variable is declared with is put under the key that an expression gives', async () => {
  const version = (more: string): string => `const t = {}; const id = 'k'; exports.t = t; exports.a = () => ${more};`;
  const read = (e: Exports): unknown => [e['a'](), { ...e['t'] }];
  const after = `${version('x.y')} const x = t[id] = { y: 3 };`;
  assert.deepEqual(await follows(version('1'), after, read), [
    [1, {}],
    [3, { k: { y: 3 } }],
    [1, {}],
  ]);
});
