/** Names that were those of another module, and are the module's own now, or those of a third. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';
import type { Files } from './harness.ts';

const STAR = `var __exportStar = function (m, exports) { for (var p in m) if (p !== 'default' && !Object.prototype.hasOwnProperty.call(exports, p)) exports[p] = m[p]; };
__exportStar(require('./a'), exports);
`;
const g = (n: number): string => `exports.g = () => ${n};\n`;
const A = 'exports.f = function f() { return 1; };\n';
const own = `exports.f = function f() { return 2; };\n${g(2)}`;

const replaced: Readonly<Record<string, readonly [before: Files, after: Files]>> = {
  'an ES module': [
    { 'index.mjs': "export * from './a.mjs';\nexport const g = () => 1;", 'a.mjs': 'export function f() { return 1; }' },
    { 'index.mjs': 'export function f() { return 2; }\nexport const g = () => 2;', 'a.mjs': 'export function f() { return 1; }' },
  ],
  'one that goes on giving all others away': [
    { 'index.mjs': "export * from './a.mjs';\nexport const g = () => 1;", 'a.mjs': 'export function f() { return 1; }' },
    {
      'index.mjs': "export * from './a.mjs';\nexport function f() { return 2; }\nexport const g = () => 2;",
      'a.mjs': 'export function f() { return 1; }',
    },
  ],
  'one that takes it from elsewhere': [
    { 'index.mjs': "export * from './a.mjs';\nexport const g = () => 1;", 'a.mjs': 'export const f = 1', 'b.mjs': 'export const f = 2' },
    {
      'index.mjs': "export { f } from './b.mjs';\nexport const g = () => 2;",
      'a.mjs': 'export const f = 1',
      'b.mjs': 'export const f = 2',
    },
  ],
  'one behind another': [
    {
      'index.mjs': "export * from './m.mjs';\nexport const g = () => 1;",
      'm.mjs': "export * from './a.mjs'",
      'a.mjs': 'export const f = 1',
    },
    { 'index.mjs': 'export const f = 2, g = () => 2;', 'm.mjs': "export * from './a.mjs'", 'a.mjs': 'export const f = 1' },
  ],
  'what TypeScript makes of it': [
    { 'index.js': `${STAR}${g(1)}`, 'a.js': A },
    { 'index.js': own, 'a.js': A },
  ],
  'a copy of all names': [
    { 'index.js': `Object.assign(exports, require('./a'));\n${g(1)}`, 'a.js': A },
    { 'index.js': own, 'a.js': A },
  ],
  'a function that calls it': [
    { 'index.js': `${STAR}${g(1)}`, 'a.js': A },
    { 'index.js': `const a_1 = require('./a');\nexports.f = function () { return a_1.f(); };\n${g(2)}`, 'a.js': A },
  ],
  'an object of which that is a name': [
    { 'index.js': `${STAR}${g(1)}`, 'a.js': 'module.exports = { f() { return 1; } };' },
    { 'index.js': own, 'a.js': 'module.exports = { f() { return 1; } };' },
  ],
  'one whose names the text does not tell': [
    { 'index.js': `${STAR}${g(1)}`, 'a.js': 'module.exports = make();\nfunction make() { return { f() { return 1; } }; }' },
    { 'index.js': own, 'a.js': 'module.exports = make();\nfunction make() { return { f() { return 1; } }; }' },
  ],
};
for (const [what, [before, after]] of Object.entries(replaced))
  test(`who has taken it holds that: ${what}`, async () => {
    const { patch, verdicts } = await build(before, after);
    assert.equal(patch, null);
    const found = verdicts.filter(({ code }) => code === 'value-replaced');
    assert.deepEqual(
      found.map(({ path }) => path),
      ['f'],
    );
    assert.match(found[0]!.reason, /^it was what a\.m?js gives, /);
  });

const same: Readonly<Record<string, readonly [before: Files, after: Files]>> = {
  'the same module is named now': [
    { 'index.mjs': "export * from './a.mjs';\nexport const g = () => 1;", 'a.mjs': 'export const f = 1' },
    { 'index.mjs': "export { f } from './a.mjs';\nexport const g = () => 2;", 'a.mjs': 'export const f = 1' },
  ],
  'a compiler names it': [
    { 'index.js': `${STAR}${g(1)}`, 'a.js': A },
    { 'index.js': `const a_1 = require('./a');\nexports.f = a_1.f;\n${g(2)}`, 'a.js': A },
  ],
  'it is imported, and given away by its name': [
    {
      'index.mjs': "export * from './m.mjs';\nexport const g = () => 1;",
      'm.mjs': "export { f } from './a.mjs'",
      'a.mjs': 'export const f = 1',
    },
    {
      'index.mjs': "import { f } from './a.mjs';\nexport { f };\nexport const g = () => 2;",
      'm.mjs': "export { f } from './a.mjs'",
      'a.mjs': 'export const f = 1',
    },
  ],
  'a getter gives it': [
    { 'index.js': `${STAR}${g(1)}`, 'a.js': A },
    {
      'index.js': `const a_1 = require('./a');\nObject.defineProperty(exports, 'f', { enumerable: true, get: function () { return a_1.f; } });\n${g(2)}`,
      'a.js': A,
    },
  ],
  'that module has no such name': [
    { 'index.js': `${STAR}${g(1)}`, 'a.js': 'exports.h = 1; const f = 2;' },
    { 'index.js': `${STAR}${own}`, 'a.js': 'exports.h = 1; const f = 2;' },
  ],
  'nothing of it that the text does not tell is called so': [
    { 'index.js': `${STAR}${g(1)}`, 'a.js': 'module.exports = make();\nfunction make() { return { h() { return 1; } }; }' },
    { 'index.js': `${STAR}${own}`, 'a.js': 'module.exports = make();\nfunction make() { return { h() { return 1; } }; }' },
  ],
  'all of the module is given away as before, and that takes it from elsewhere': [
    {
      'index.mjs': "export * from './m.mjs';",
      'm.mjs': "export { f } from './a.mjs'",
      'a.mjs': 'export const f = 1',
      'b.mjs': 'export const f = 2',
    },
    {
      'index.mjs': "export * from './m.mjs';",
      'm.mjs': "export { f } from './b.mjs'",
      'a.mjs': 'export const f = 1',
      'b.mjs': 'export const f = 2',
    },
  ],
  'the modules give each other away': [
    { 'index.mjs': "export * from './a.mjs';\nexport const g = () => 1;", 'a.mjs': "export * from './index.mjs';\nexport const h = 1" },
    {
      'index.mjs': "export * from './a.mjs';\nexport const f = 1, g = () => 2;",
      'a.mjs': "export * from './index.mjs';\nexport const h = 1",
    },
  ],
};
for (const [what, [before, after]] of Object.entries(same))
  test(`nobody holds another one where ${what}`, async () => {
    const { patch, verdicts } = await build(before, after);
    assert.ok(patch !== null, JSON.stringify(verdicts));
    assert.ok(!verdicts.some(({ code }) => code === 'value-replaced'));
  });

const manifest = (exports: object): string => JSON.stringify({ name: 'taken', version: '1.0.0', ...exports });
const one = `exports.f = require('./a').f;\n${g(1)}`;
const two = `exports.f = require('./b').f;\n${g(2)}`;
const beside = { 'a.js': A, 'b.js': A };

for (const [what, before, after] of [
  ['its own', one, own],
  ['that of a third', one, two],
  ['its own, and not that of a package', `exports.f = require('node:util').inspect;\n${g(1)}`, own],
] as const)
  test(`who has taken what a module gave away of another keeps that, where it is ${what} now`, async () => {
    const { patch, verdicts } = await build({ ...beside, 'index.js': before }, { ...beside, 'index.js': after });
    assert.ok(patch !== null);
    const found = verdicts.filter(({ code }) => code === 'value-copied');
    assert.equal(found.length, 1);
    assert.match(found[0]!.reason, /^it was what (?:a\.js|util) gives, /);
  });

const passed = { 'a.js': A, 'b.js': "exports.f = require('./a').f;" };
const inside = {
  ...beside,
  'package.json': manifest({ exports: './main.js' }),
  'main.js': "exports.f = (x) => require('./index.js').f(x);",
};
for (const [what, before, after] of [
  ['the same comes by another way', { ...passed, 'index.js': one }, { ...passed, 'index.js': two }],
  ['only its own package takes it', { ...inside, 'index.js': one }, { ...inside, 'index.js': own }],
  ['it was its own', { ...beside, 'index.js': `exports.f = 1;\n${g(1)}` }, { ...beside, 'index.js': `exports.f = 2;\n${g(2)}` }],
] as const)
  test(`nothing is said of who has taken it where ${what}`, async () => {
    const { patch, verdicts } = await build(before, after);
    assert.ok(patch !== null);
    assert.deepEqual(
      verdicts.filter(({ code }) => code === 'value-copied'),
      [],
    );
  });

test('it is said once of an ES module', async () => {
  const before = { 'index.mjs': "export { f } from './a.mjs';\nexport const g = () => 1;", 'a.mjs': 'export const f = 1' };
  const { verdicts } = await build(before, { ...before, 'index.mjs': 'export const f = 2, g = () => 2;' });
  assert.equal(verdicts.filter(({ code }) => code === 'value-copied').length, 1);
});
