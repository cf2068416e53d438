/** Properties that get an object on which other statements put something: what it is now has that too, as code that runs as the patch is linked sees it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const merge = 'function merge(to, ...all) { for (const from of all) for (const key in from) to[key] = from[key]; return to }\n';

/** What a program that starts anew gives away. */
function fresh(text: string): Record<string, unknown> {
  const module = { exports: {} };
  // oxlint-disable-next-line typescript/no-implied-eval -- the same text without a patch
  new Function('module', 'exports', text)(module, module.exports);
  return module.exports;
}

/** With what functions have on them. */
const shown = (value: unknown): unknown =>
  typeof value === 'function'
    ? { is: 'function', ...Object.fromEntries(Object.entries(value).map(([key, own]) => [key, shown(own)])) }
    : value !== null && typeof value === 'object'
      ? Object.fromEntries(Object.entries(value).map(([key, own]) => [key, shown(own)]))
      : value;

const table = 'const t = { a: 1 };\n';
const give = '\nexports.t = t; exports.get = () => t;';
for (const [what, before, after] of [
  ['a variable has, made by a call', `${table}t.sub = merge({}, { x: 1 }); t.sub.p = t.a + 1; t.all = merge({}, t.sub);${give}`, null],
  [
    'a variable has, and a call puts something on it',
    `${table}t.sub = merge({}, { x: 1 }); Object.assign(t.sub, { p: 3 }); t.all = merge({}, t.sub);${give}`,
    null,
  ],
  [
    'a variable has, and a function puts something on it',
    `${table}t.sub = merge({}, { x: 1 }); merge(t.sub, { p: 3 }); t.all = merge({}, t.sub);${give}`,
    null,
  ],
  ['a variable has, after another one that has it', `${table}t.sub = {}; t.sub.p = 1; t.sub = merge({}, { x: 1 });${give}`, null],
  [
    'the exports have, after another one that is given to a call',
    'exports.sub = {}; merge(exports.sub, { p: 5 }); exports.sub = merge({}, { x: 1 });',
    null,
  ],
  [
    'is a number that another statement asks for',
    'exports.limit = 1;\n[exports.limit].forEach(String);',
    'exports.limit = 2;\n[exports.limit].forEach(String);',
  ],
  ['the exports have', 'exports.sub = merge({}, { x: 1 }); exports.sub.p = 5; exports.all = merge({}, exports.sub);', null],
  ['a function has', 'function F() {} F.sub = merge({}, { x: 1 }); F.sub.p = 5; F.all = merge({}, F.sub); exports.F = F;', null],
  ['a prototype has', 'function F() {} F.prototype.sub = merge({}, { x: 1 }); F.prototype.sub.p = 5; exports.of = F.prototype;', null],
  ['is new, of a variable', `${table}${give}`, `${table}t.extra = {}; t.extra.p = 1; t.more = merge({}, t.extra);${give}`],
  [
    'is new, of the exports',
    'exports.a = 1;',
    'exports.a = 1; exports.sub = { x: 1 }; exports.sub.p = 5; exports.all = merge({}, exports.sub);',
  ],
  ['is a new function of the exports', 'exports.a = 1;', 'exports.a = 1; exports.sub = function () {}; exports.sub.n = 5;'],
  [
    'is a new function of a function',
    'function F() {} exports.F = F;',
    'function F() {} F.sub = function () { return 1 }; F.sub.n = 5; F.sub.of = {}; F.sub.of.all = [1]; exports.F = F;',
  ],
  [
    'is a new method',
    'function F() {} exports.of = F.prototype;',
    'function F() {} F.prototype.m = function () {}; F.prototype.m.n = 5; exports.of = F.prototype;',
  ],
] as const)
  test(`one that ${what}`, async () => {
    const next = merge + (after ?? before.replace('x: 1', 'x: 2, y: 3'));
    const p = await program({ 'index.js': merge + before }, { 'index.js': next });
    const first = shown(p.exports);
    await p.apply();
    assert.deepEqual(shown(p.exports), shown(fresh(next)));
    await p.revert();
    assert.deepEqual(shown(p.exports), first);
    p.clean();
  });

test('who holds the table that is made anew sees what is put on it', async () => {
  const before = `${merge}${table}t.sub = merge({}, { x: 1 }); merge(t.sub, { p: 3 });${give}`;
  const p = await program({ 'index.js': before }, { 'index.js': before.replace('x: 1', 'x: 2') });
  const { t } = p.exports;
  await p.apply();
  assert.deepEqual(t, { a: 1, sub: { x: 2, p: 3 } });
  await p.revert();
  assert.deepEqual(t, { a: 1, sub: { x: 1, p: 3 } });
});

for (const [what, text] of [
  ['another statement is given it, of the exports', 'exports.sub = merge({}, { x: 1 }); merge(exports.sub, { p: 5 });'],
  [
    'functions put something into it',
    'const t = { a: 1 }; t.sub = merge({}, { x: 1 }); merge(t.sub, { p: 5 }); exports.put = (key) => { t[key] = 1 }; exports.t = t;',
  ],
] as const)
  test(`where ${what}: it is refused`, async () => {
    const { verdicts, patch } = await build({ 'index.js': merge + text }, { 'index.js': merge + text.replace('x: 1', 'x: 2') });
    assert.equal(patch, null);
    assert.ok(verdicts.some(({ verdict }) => verdict === 'refused' || verdict === 'needs-hook'));
  });
