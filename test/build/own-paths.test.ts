/** What the top level puts on an object and reads again from there, as compilers write every exported constant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';
import type { Program } from './harness.ts';

const SOURCE = `
exports.LIMIT = 10;
exports.twice = exports.LIMIT * 2;
module.exports.nested = { max: exports.LIMIT, list: [module.exports.twice] };
const half = exports.LIMIT / 2;
const sum = () => exports.LIMIT + 1;
exports.called = sum();
function Parser() {}
Parser.depth = 3;
Parser.most = Parser.depth * exports.LIMIT;
exports.Parser = Parser;
exports.f = () => [exports.LIMIT, exports.twice, half, Parser.most];
`;

async function values(after: string): Promise<{ readonly p: Program; readonly read: () => unknown }> {
  const p = await program({ 'index.js': SOURCE }, { 'index.js': after });
  const { nested } = p.exports;
  const read = (): unknown => [p.exports['f'](), nested.max, nested.list, p.exports['called']];
  return { p, read };
}

test('what is computed from an export that changes changes with it, and goes back with a revert', async () => {
  const { p, read } = await values(SOURCE.replace('LIMIT = 10', 'LIMIT = 4'));
  const before = [[10, 20, 5, 30], 10, [20], 11];
  assert.deepEqual(read(), before);
  await p.apply();
  assert.deepEqual(read(), [[4, 8, 2, 12], 4, [8], 11]);
  // What a function computed that is the same stays, and that is said.
  assert.deepEqual(
    p.report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => `${code} ${path}`),
    ['computed-at-load exports.called'],
  );
  await p.revert();
  assert.deepEqual(read(), before);
});

test('new code reads what is new and what has changed, not what is there as the patch is linked', async () => {
  const after = SOURCE.replace('exports.twice =', 'exports.factor = 3;\nexports.twice = exports.factor *').replace(
    'depth = 3',
    'depth = 5',
  );
  const { p, read } = await values(after);
  let seen = 0;
  const { exports } = p;
  Object.defineProperty(exports, 'watched', { get: () => seen++ });
  await p.apply();
  assert.deepEqual([read(), exports['factor'], seen], [[[10, 60, 5, 50], 10, [60], 11], 3, 0]);
  await p.revert();
  assert.deepEqual([read(), 'factor' in exports], [[[10, 20, 5, 30], 10, [20], 11], false]);
});

test('what other modules computed from it', async () => {
  const files = {
    'index.js': "const a = require('./a'); exports.f = () => a.twice + a.MAX",
    'a.js': 'exports.MAX = 1; exports.twice = exports.MAX * 2;',
  };
  const p = await program(files, { 'a.js': files['a.js'].replace('MAX = 1', 'MAX = 5') });
  await p.apply();
  assert.equal(p.exports['f'](), 15);
});

test('nothing of it is seen while a link fails', async () => {
  const p = await program(
    { 'index.js': SOURCE },
    { 'index.js': `${SOURCE.replace('LIMIT = 10', 'LIMIT = 4')}exports.broken = exports.LIMIT.a.b;` },
  );
  await assert.rejects(p.apply(), { code: 'ERR_LINK' });
  assert.deepEqual([p.exports['LIMIT'], p.exports['twice'], 'broken' in p.exports], [10, 20, false]);
});

test('what is computed from a table that changes in place', async () => {
  const source = (more: string): string =>
    `exports.TYPES = { a: 1${more} };\nexports.names = Object.keys(exports.TYPES);\nexports.size = exports.names.length;`;
  const p = await program({ 'index.js': source('') }, { 'index.js': source(', b: 2') });
  const { TYPES } = p.exports;
  await p.apply();
  assert.deepEqual([TYPES, p.exports['names'], p.exports['size']], [{ a: 1, b: 2 }, ['a', 'b'], 2]);
  await p.revert();
  assert.deepEqual([TYPES, p.exports['names'], p.exports['size']], [{ a: 1 }, ['a'], 1]);
});

test('what is computed from a table that the program holds, and that changes in place, stays: that is said', async () => {
  for (const held of ['exports.T = T;', 'exports.add = (key) => { T[key] = 1 };']) {
    const source = (more: string): string =>
      `const T = { a: 1${more} }, keysOf = Object.keys;\nconst count = keysOf(T).length;\nexports.first = T.a;\n${held}\nexports.other = { T };\nexports.f = () => count;`;
    const report = await build({ 'index.js': source('') }, { 'index.js': source(', b: 2') });
    const told = report.verdicts.filter(({ code }) => code === 'computed-at-load').map(({ path }) => path);
    assert.deepEqual(told, ['count', 'exports.first'], held);
  }
});

test('what is computed from an enumeration, a static field or a table of an object that changes stays as well', async () => {
  const source = (limit: number, more: string): string =>
    `function C() {}\nC.defaults = { max: ${limit} };\nC.max = C.defaults.max;\nC.all = C.defaults;\nexports.C = C;\nvar E;\n(function (E) { E[E["A"] = 0] = "A";${more} })(E || (exports.E = E = {}));\nclass P { static LIMIT = ${limit} }\nexports.half = P.LIMIT / 2;\nconst names = Object.keys(E);\nexports.f = () => names;`;
  const report = await build({ 'index.js': source(1, '') }, { 'index.js': source(2, ' E[E["B"] = 1] = "B";') });
  const told = report.verdicts.filter(({ code }) => code === 'computed-at-load').map(({ path }) => path);
  assert.deepEqual(told, ['C.max', 'exports.half', 'names']);
});

test('the exports by a name of their own', async () => {
  const source =
    'const api = (module.exports = {});\napi.LIMIT = 1;\napi.twice = module.exports.LIMIT * 2;\nmodule.exports.more = api.twice + 1;';
  const p = await program({ 'index.js': source }, { 'index.js': source.replace('LIMIT = 1', 'LIMIT = 5') });
  await p.apply();
  assert.deepEqual({ ...p.exports }, { LIMIT: 5, twice: 10, more: 11 });
  await p.revert();
  assert.deepEqual({ ...p.exports }, { LIMIT: 1, twice: 2, more: 3 });
});
