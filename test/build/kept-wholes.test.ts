/** What functions and callers keep of a module or a variable that is another kind of thing in the new version. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const manifest = { 'package.json': '{"name":"keeps","version":"1.0.0","main":"index.js"}' };
const asking = (ask: string, use: string): string => `let own;\nconst all = {};\nexports.ok = (n) => { ${ask} return ${use} };`;

async function refused(ask: string, use = 'm', now = `${use}.ok`): Promise<boolean> {
  const { verdicts } = await build(
    { 'index.js': asking(ask, `${use}(n)`), 'm.js': 'module.exports = (n) => n < 5;', ...manifest },
    { 'index.js': asking(ask, `${now}(n)`), 'm.js': 'module.exports = { ok: (n) => n < 9 };', ...manifest },
  );
  return verdicts.some(({ code, verdict }) => code === 'value-replaced' && verdict === 'refused');
}

test('a function that has kept what a module gave, which gives another object now: the patch is refused', async () => {
  assert.equal(await refused(`own = own || require('./m');`, 'own'), true);
  assert.equal(await refused(`own ??= require('./m');`, 'own'), true);
  assert.equal(await refused(`const m = own || (own = require('./m'));`), true);
  assert.equal(await refused(`const m = (all.m ??= require('./m'));`), true);
});

test('one that asks for it anew each time takes the new one', async () => {
  assert.equal(await refused(`const m = require('./m');`), false);
  assert.equal(await refused(`let m; m = require('./m');`), false);
  assert.equal(await refused(`own ??= require('./other'); const m = require('./m');`), false);
});

test('a class that is no longer written out in a function which is called in place: who holds it keeps it, and that is said', async () => {
  const old = (
    more = '',
  ): string => `var A = (function () { function A(x) { this.x = x; } A.prototype.get = function () { return this.x; }; return A; }());
exports.${more}A = ${more === '' ? 'A' : 'new A(1).get()'};`;
  const now = (more = ''): string => `class A { constructor(x) { this.x = x; } get() { return this.x + 1; } }
exports.${more}A = ${more === '' ? 'A' : 'new A(1).get()'};`;
  const copied = async (before: string, after: string): Promise<boolean> => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    return verdicts.some(({ code, path }) => code === 'value-copied' && path === 'A');
  };
  assert.equal(await copied(old(), now()), true);
  assert.equal(await copied(old(), old().replace('return this.x;', 'return this.x + 1;')), false);
});

test('a function that takes the place of another in what a wrapper returns: who holds the old one keeps it, and that is said', async () => {
  const version = (name: string, limit: number, more = ''): string => `var M = (function () {
  function ${name}(n) { return n < ${limit}; }
  return { ok: ${name}${more} };
})();
module.exports = M;`;
  const copied = async (after: string): Promise<string[]> => {
    const { verdicts } = await build({ 'index.js': version('ok', 5) }, { 'index.js': after });
    return verdicts.filter(({ code }) => code === 'value-copied').map(({ path }) => path);
  };
  assert.deepEqual(await copied(version('isOk', 9, ', v: 1')), ['ok']);
  assert.deepEqual(await copied(version('ok', 9, ', v: 1')), []);
  const two = (first: string, second: string): string => `var M = (function () {
  function a(n) { return n; } function b(n) { return n + 1; }
  return { first: ${first}, second: ${second} };
})();
module.exports = M;`;
  const { verdicts } = await build({ 'index.js': two('a', 'b') }, { 'index.js': two('b', 'a') });
  assert.deepEqual(verdicts.flatMap(({ code, path }) => (code === 'value-copied' ? path : [])).sort(), ['first', 'second']);
});

test('a function that has gone from a table of the top level: who has taken it out keeps it, and that is said', async () => {
  const copied = async (before: string, after: string): Promise<string[]> => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    return verdicts.filter(({ code }) => code === 'value-copied').map(({ path }) => path);
  };
  const table = (name: string, n: number): string =>
    `function ${name}(n) { return n < ${n} }\nconst rules = { a: ${name} };\nexports.rules = rules;`;
  assert.deepEqual(await copied(table('check', 5), table('isOk', 9)), ['check']);
  assert.deepEqual(await copied(table('check', 5), table('check', 9)), []);
  const list = (name: string, n: number): string =>
    `const ${name} = (n) => n < ${n};\nconst rules = new Map([['a', ${name}]]);\nexports.get = (k) => rules.get(k);`;
  assert.deepEqual(await copied(list('check', 5), list('isOk', 9)), ['check']);
  const called = (name: string, n: number): string => `function ${name}(n) { return n < ${n} }\nexports.ok = (n) => ${name}(n);`;
  assert.deepEqual(await copied(called('check', 5), called('isOk', 9)), []);
});
