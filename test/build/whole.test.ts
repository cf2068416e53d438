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
  'a literal is declared with a name': [before(plain), after('const api = module.exports =')],
  'a name that it was declared with goes': [before('const api = module.exports ='), after(plain)],
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

/** A file that gives away a member of another one, as an entry beside a bundle does. */
const member = (api: string, version: string): Record<string, string> => ({
  'index.js': "const lib = require('./lib'); module.exports = lib.api;",
  'lib.js': `const VERSION = '${version}';\nfunction f() { return '${version}' }\nfunction root() { return 0 }\n${api}\nexports.f = f; exports.api = api;`,
});
test('a member of another file that is the same function: who holds it sees it change', async () => {
  const api = `function fill(all) { for (const name in all) if (typeof all[name] === 'function') root[name] = all[name]; return root }
root.VERSION = VERSION; const api = fill({ VERSION, f });`;
  const p = await program(member(api, '1'), member(api, '2'));
  const held = p.exports;
  const seen = (): unknown[] => [held['VERSION'], held['f'](), p.load('index.js') === held, p.load('lib.js')['api']['VERSION']];
  await p.apply();
  assert.deepEqual(seen(), ['2', '2', true, '2']);
  await p.revert();
  assert.deepEqual(seen(), ['1', '1', true, '1']);
});

const others: Readonly<Record<string, string>> = {
  function: 'function make(all) { return () => all.VERSION }\nconst api = make({ VERSION, f });',
  object: 'function make(all) { return { ...all } }\nconst api = make({ VERSION, f });',
};
for (const [what, api] of Object.entries(others))
  test(`a member of another file that is another ${what} now is refused by the process`, async () => {
    const p = await program(member(api, '1'), member(api, '2'));
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_DATA', message: /module\.exports/ });
    assert.deepEqual([p.load('lib.js')['VERSION'], p.load('lib.js')['f'](), p.load('index.js') === p.exports], [undefined, '1', true]);
  });

test('a text between backticks that a file gives away is one value as a text between quotes is', async () => {
  const p = await program({ 'index.js': 'module.exports = `a\nb`' }, { 'index.js': 'module.exports = `a\nc`' });
  await p.apply();
  assert.equal(p.load('index.js') as unknown, 'a\nc');
  await p.revert();
  assert.equal(p.load('index.js') as unknown, 'a\nb');
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

const PLUGIN = `const plugins = [];
function plugin(fn, options) { const made = (...given) => fn(...given); made.options = options; plugins.push(made); return made; }
`;
const call = (body: string, name = 'router'): string => `plugin(function router(n) { return ${body}; }, { name: '${name}' })`;

test('what a call makes gets a name: who holds it sees the function change, and the name stands for it', async () => {
  const p = await program(
    { 'index.js': `${PLUGIN}module.exports = ${call('n')};` },
    {
      'index.js': `${PLUGIN}const own = ${call('[n, own.options.name, plugins.length]')};
module.exports = own;
module.exports.default = own;
module.exports.router = own;`,
    },
  );
  const held = p.exports as unknown as ((n: number) => unknown) & { default?: unknown; router?: unknown };
  assert.equal(held(1), 1);
  await p.apply();
  assert.deepEqual(held(1), [1, 'router', 1], 'nothing is made again');
  assert.ok(held.default === held && held.router === held);
  await p.revert();
  assert.equal(held(1), 1);
  assert.ok(!('default' in held) && !('router' in held));
});

test('what another call makes, or what is made of another value, is none that the old version gave away', async () => {
  const version = (made: string): string => `${PLUGIN}const own = ${made};\nmodule.exports = own;`;
  const old = { 'index.js': `${PLUGIN}module.exports = ${call('n')};` };
  for (const now of [
    version(call('n', 'other')),
    version(`[${call('n')}]`),
    `${version(call('n')).replace('const own', 'let own')}\nexports.set = (one) => { own = one; };`,
  ]) {
    const { verdicts, patch } = await build(old, { 'index.js': now });
    assert.equal(patch, null, now);
    assert.ok(
      verdicts.some(({ code }) => code === 'statement-changed' || code === 'value-replaced'),
      now,
    );
  }
});
