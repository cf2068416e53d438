/** Modules that a module holds as a whole: what is new or has another value in one shows in code that ran as it loaded, too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';

test('values that are computed from exports of a module, through several modules, and back', async () => {
  const p = await program(
    {
      'index.js': `const d = require('./d'); const { LIMIT } = d; const T = { a: d.D, b: [d.D * 2] };
exports.f = () => [T.a, T.b[0], LIMIT]; exports.T = T; exports.C = class { static S = d.D }; exports.C.prototype.p = d.D`,
      'd.js': `const c = require('./c'); exports.D = c.LIMIT + 1; exports.LIMIT = c.LIMIT`,
      'c.js': 'exports.LIMIT = 10',
    },
    { 'c.js': 'exports.LIMIT = 5' },
  );
  const { f, T, C } = p.exports;
  const all = (): unknown => [f(), T, C.S, new C().p];
  const before = [[11, 22, 10], { a: 11, b: [22] }, 11, 11];
  assert.deepEqual(all(), before);
  await p.apply();
  assert.deepEqual(all(), [[6, 12, 5], { a: 6, b: [12] }, 6, 6]);
  await p.revert();
  assert.deepEqual(all(), before);
});

test('a namespace of an ES module: an export that is new, and one with another value', async () => {
  const p = await program(
    {
      'index.mjs': `import * as lib from './lib.mjs';
export const f = () => lib.k; export const make = (q) => () => q; export class A { m() { return 1 } }`,
      'lib.mjs': 'export const k = 1',
    },
    {
      'index.mjs': `import * as lib from './lib.mjs';
export const f = () => lib.k; export const make = (q) => () => [q, lib.added?.()]; export class A { m() { return lib.added() + lib.k } }`,
      'lib.mjs': 'export const k = 2; export function added() { return 40 }',
    },
  );
  const { f, make, A } = p.exports;
  const closure = make(7);
  await p.apply();
  assert.deepEqual([f(), closure(), new A().m()], [2, [7, 40], 42]);
  await p.revert();
  assert.deepEqual([f(), closure(), new A().m()], [1, 7, 1]);
});

const copied = {
  'module.exports = {...}': `const lib = require('./lib'); module.exports = { ...lib, own: 1 }`,
  'module.exports = {...require()}': `module.exports = { own: 1, ...require('./lib') }`,
  'module.exports = Object.assign()': `module.exports = Object.assign({}, require('./lib'), { own: 1 })`,
  'Object.assign(exports)': `Object.assign(exports, require('./lib')); exports.own = 1`,
  'export * of Babel': `exports.own = 1; var _lib = require('./lib');
Object.keys(_lib).forEach(function (key) {
  if (key === 'default' || key === '__esModule') return;
  if (key in exports && exports[key] === _lib[key]) return;
  Object.defineProperty(exports, key, { enumerable: true, get: function () { return _lib[key]; } });
});`,
};
for (const [name, text] of Object.entries(copied))
  test(`all names of another module are given away: ${name}`, async () => {
    const p = await program(
      { 'index.js': text, 'lib.js': `// ${name}\nexports.f = () => 1; exports.K = 1; exports.own = 2` },
      { 'lib.js': `// ${name}\nexports.f = () => 2; exports.K = 3; exports.own = 4; exports.added = () => 5` },
    );
    const { exports } = p;
    const own = exports['own'];
    await p.apply();
    assert.deepEqual([exports['f'](), exports['K'], exports['added']?.()], [2, 3, 5]);
    assert.equal(exports['own'], own === 1 ? 1 : 4);
    await p.revert();
    assert.deepEqual([exports['f'](), exports['K'], exports['added'], exports['own']], [1, 1, undefined, own]);
  });

test('import() in new code: of a file that is new, and of a module with exports that are', async () => {
  const p = await program(
    {
      'index.mjs': 'export const f = async () => 1',
      'lib.mjs': 'export const k = () => 1; export let n = 0; export const count = () => ++n',
    },
    {
      'index.mjs': `export const f = async () => {
  const seen = {}
  import('./lib.mjs').then((m) => (seen.k = m.k()))
  const [{ default: d }, lib, { default: c }] = await Promise.all([import('./added.mjs'), import(\`./lib.mjs\`), import('./added.cjs')]);
  lib.count();
  return [d, c.x, lib.k(), lib.added(), lib.n, seen.k];
}`,
      'lib.mjs': 'export const k = () => 2; export let n = 0; export const count = () => ++n; export const added = () => 3',
      'added.mjs': 'export default 40',
      'added.cjs': 'exports.x = 41',
    },
  );
  await p.apply();
  assert.deepEqual(await p.exports['f'](), [40, 41, 2, 3, 1, 2]);
  await p.revert();
  assert.equal(await p.exports['f'](), 1);
});
