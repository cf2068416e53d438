/** What a CommonJS module gives away as a whole gets a name, loses it or has another one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const before = (start: string, end = ''): string => `let calls = 0;
${start} { check(n) { calls++; return n < 10 }, count: () => calls, limit: 10, limits: { deep: 3 }, gone: 1 };
${end}`;
const after = (start: string, end = ''): string =>
  `let calls = 0;
function twice(n) { return 2 * n }
${start} { check(n) { calls++; return twice(n) < 10 }, count: () => calls, limit: 20, limits: { deep: 3, wide: 4 }, twice, all: () => ALL };
${end}`.replace('ALL', start.includes('const') ? 'Object.keys(api).length' : '0');
const umd = (body: string): string => `(function (factory) {
  if (typeof module === 'object' && typeof module.exports === 'object') { const v = factory(require, exports); if (v !== undefined) module.exports = v; }
  else if (typeof define === 'function' && define.amd) define(['require', 'exports'], factory);
})(function (require, exports) { ${body} });`;

const plain = 'module.exports =';
const named = ['const api =', 'module.exports = api;'] as const;
const forms: Readonly<Record<string, readonly [string, string]>> = {
  'a literal gets a name': [before(plain), after(...named)],
  'a name goes': [before(...named), after(plain)],
  'a name is another one': [before('const lib =', 'module.exports = lib;'), after(...named)],
  'a literal in a wrapper gets a name': [umd(before(plain)), umd(after(...named))],
};
for (const [what, [was, now]] of Object.entries(forms))
  test(`${what}: who holds the object sees what is new, and its state goes on`, async () => {
    const p = await program({ 'index.js': was }, { 'index.js': now });
    const lib = p.exports;
    const { check, limits } = lib;
    lib['own'] = 1;
    assert.equal(check(7), true);
    await p.apply();
    assert.deepEqual([check(7), lib['check'](4), lib['count'](), lib['limit'], lib['twice'](4), lib['own']], [false, true, 3, 20, 8, 1]);
    assert.deepEqual([limits, lib['limits'] === limits], [{ deep: 3, wide: 4 }, true]);
    if (now.includes('const api')) assert.equal(lib['all'](), Object.keys(lib).length);
    await p.revert();
    assert.deepEqual([check(7), lib['limit'], limits, 'twice' in lib, lib['count'](), lib['own']], [true, 10, { deep: 3 }, false, 4, 1]);
  });

test('what is put on the exports beside it stays what it was', async () => {
  const p = await program({ 'index.js': umd(before(plain)) }, { 'index.js': umd(after(named[0], `exports.default = api; ${named[1]}`)) });
  await p.apply();
  assert.deepEqual([p.exports['limit'], 'default' in p.exports], [20, false]);
});

const refused: Readonly<Record<string, readonly [string, string]>> = {
  'a name that stood for something else': [
    `const api = { own: 1 }; exports.f = () => api; ${before(plain)}`,
    `exports.f = () => 1; ${after(...named)}`,
  ],
  'a variable that is given another value': [before(plain), after('let api =', 'module.exports = api; exports.set = (x) => { api = x };')],
  'exports that are given away twice': [before(plain), after(named[0], 'module.exports = api; module.exports = api;')],
  'something put on exports that nobody sees': [before(plain), after(named[0], 'exports.default = api; module.exports = api;')],
};
for (const [what, [was, now]] of Object.entries(refused))
  test(`${what} is refused`, async () => {
    const report = await build({ 'index.js': was }, { 'index.js': now });
    assert.equal(report.patch, null);
    assert.ok(report.verdicts.some((v) => v.verdict === 'refused'));
  });
