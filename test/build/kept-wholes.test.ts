/** What functions and callers keep of a module or a variable that is another kind of thing in the new version. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LivepatchError } from '../../src/errors/errors.ts';
import { build, program } from './harness.ts';

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

test('so it is where the function has kept it by the name that its module has for it', async () => {
  const byName = async (ask: string, use = 'm'): Promise<boolean> => {
    const index = (now: string): string => `const m = require('./m');\n${asking(ask, `${use}${now}(n)`)}`;
    const { verdicts } = await build(
      { 'index.js': index(''), 'm.js': 'module.exports = (n) => n < 5;', ...manifest },
      { 'index.js': index('.ok'), 'm.js': 'module.exports = { ok: (n) => n < 9 };', ...manifest },
    );
    return verdicts.some(({ code, verdict }) => code === 'value-replaced' && verdict === 'refused');
  };
  assert.equal(await byName('own = all.own || m;', 'own'), true);
  assert.equal(await byName('own = n > 1 ? (m) : all.own;', 'own'), true);
  assert.equal(await byName('own = n > 1 ? all.own : (0, m) && m;', 'own'), true);
  assert.equal(await byName('all.m = all.n ?? m;', 'all.m'), true);
  assert.equal(await byName('let f; f = all.own || m;', 'f'), false);
  assert.equal(await byName('const f = m;', 'f'), false);
  assert.equal(await byName('own = n;'), false);
});

test('objects of a class that keep it are looked for: the patch is for processes in which there is none', async () => {
  const index = (use: string): string =>
    `const m = require('./m');\nclass Ask { constructor(own) { this.own = own || m; } ok(n) { return ${use} } }\nexports.Ask = Ask;`;
  const before = { 'index.js': index('this.own(n)'), 'm.js': 'module.exports = (n) => n < 5;' };
  const after = { 'index.js': index('this.own.ok(n)'), 'm.js': 'module.exports = { ok: (n) => n < 9 };' };
  for (const isOwn of [true, false]) {
    const package_ = { 'package.json': `{"name":"asks-${isOwn}","version":"1.0.0","main":"index.js"}` };
    const p = await program({ ...before, ...package_ }, { ...after, ...package_ });
    const own = Object.assign((n: number) => n < 3, { ok: (n: number) => n < 4 });
    const ask = new p.exports['Ask'](isOwn ? own : undefined);
    assert.deepEqual([ask.ok(2), ask.ok(3)], [true, !isOwn]);
    assert.deepEqual(p.codes('warning').sort(), ['instances-hold', 'value-copied']);
    if (isOwn) {
      await p.apply();
      assert.deepEqual([ask.ok(3), new p.exports['Ask']().ok(8)], [true, true]);
      await p.revert();
    } else await assert.rejects(p.apply(100), (error: LivepatchError) => error.code === 'ERR_LIVE_OBJECTS');
    assert.deepEqual([ask.ok(2), ask.ok(3)], [true, !isOwn]);
    p.clean();
  }
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
