/** Two builds of a bundle in which variables of several modules have one name, and a number tells them apart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';
import type { Program } from './harness.ts';

type Suffix = (n: number) => string;

const esbuild: Suffix = (n) => (n === 0 ? '' : String(n + 1));
const rollup: Suffix = (n) => (n === 0 ? '' : `$${n}`);

/** As it calls what a CommonJS module asks for, by the place that this has among all that the module asks for. */
const required: Suffix = (n) => `$$0${rollup(n)}`;

/** A module as a bundler puts it beside others: its state and its helper are called like theirs. */
const piece = (name: string, n: string, check = ''): string => `// src/${name}.js
var store${n} = new Map();
function set${name}(k, v) { ${check}store${n}.set(k, v); return helper${n}(v); }
function get${name}(k) { return store${n}.get(k); }
var helper${n} = (v) => '${name}' + v;
exports.set${name} = set${name}; exports.get${name} = get${name}; exports.helper${name} = helper${n};
`;

async function shifted(suffix: Suffix, order: readonly number[]): Promise<Program> {
  const check = "if (k === '__proto__') return 'no';";
  const [a, b, added] = order.map(suffix);
  const old = piece('A', suffix(0)) + piece('B', suffix(1));
  const now = piece('New', added!) + piece('A', a!, check) + piece('B', b!);
  return program({ 'index.js': `// ${suffix(7)}\n${old}` }, { 'index.js': now });
}

for (const [name, suffix, order] of [
  ['counted up from the first', esbuild, [1, 2, 0]],
  ['counted down from the last', rollup, [1, 0, 2]],
  ['moved on by a new first', rollup, [1, 2, 0]],
  ['of names that end in a number', required, [1, 2, 0]],
  ['of names that end in a number, counted down', required, [1, 0, 2]],
] as const)
  test(`a module more, and the numbers of the others move: ${name}`, async () => {
    const p = await shifted(suffix, order);
    const { setA, getA, setB, getB, helperA, helperB } = p.exports;
    setA('k', 'a');
    setB('k', 'b');
    await p.apply();
    assert.deepEqual([getA('k'), getB('k'), helperA(1), helperB(1)], ['a', 'b', 'A1', 'B1']);
    assert.deepEqual([setA('__proto__', 1), setA('n', 2), setB('n', 3), getA('n'), getB('n')], ['no', 'A2', 'B3', 2, 3]);
    p.exports['setNew']('k', 'new');
    assert.deepEqual([p.exports['getNew']('k'), getA('k'), getB('k')], ['new', 'a', 'b']);
    await p.revert();
    assert.deepEqual([getA('n'), getB('k'), setA('__proto__', 1)], [2, 'b', 'A1']);
  });

test('where it is not certain which state is which, the patch is refused', async () => {
  const old = `var store = new Map(), store2 = new Map();
exports.a = (k, v) => [store.get(k), store.set(k, v).size];
exports.b = (k, v) => store2.set(k, v).size;
`;
  const now = `var store = new Map(), store2 = new Map(), store3 = new Map();
exports.some = (k) => { for (const [own] of store) if (own === k) return true; return false; };
exports.every = (k) => { for (const [own] of store2) if (own !== k) return false; return true; };
exports.a = (k, v) => [k, v];
exports.b = (k, v) => store3.set(k, v).size;
`;
  const report = await build({ 'index.js': old }, { 'index.js': now });
  assert.equal(report.patch, null);
  assert.deepEqual(
    report.verdicts.filter(({ verdict }) => verdict === 'refused').map(({ code, path, reason }) => [code, path, reason]),
    [['names-unclear', 'store', 'a bundler numbered the names: it may be store or store2 now, or have gone']],
  );
});

test('a number that people gave says what it does', async () => {
  const source = (more: string, salt: number): string => `let sha1 = 0, sha256 = 0;
${more}
exports.sha1 = (x) => { sha1 += x; return sha1 };
exports.sha256 = (x) => { sha256 += x * ${salt}; return sha256 };
`;
  const p = await program(
    { 'index.js': source('', 1) },
    { 'index.js': source('let sha512 = 0; exports.sha512 = (x) => { sha512 -= x; return sha512 };', 3) },
  );
  p.exports['sha1'](1);
  p.exports['sha256'](2);
  await p.apply();
  assert.deepEqual([p.exports['sha1'](1), p.exports['sha256'](1), p.exports['sha512'](1)], [2, 5, -1]);
  assert.ok(!p.report.verdicts.some(({ code }) => code === 'names-paired'));
});

test('private names are no names that a bundler numbers: they go on, whatever their variables are called', async () => {
  const kept = (check = ''): string =>
    `class Kept { #store = []; #count = 0; put(v) { ${check}this.#store.push(v); this.#count++; } all() { return [this.#store.length, this.#count]; } }
const kept = new Kept(); exports.put = (v) => kept.put(v); exports.all = () => kept.all();\n`;
  const old = piece('A', esbuild(0)) + piece('B', esbuild(1)) + kept();
  const now = piece('New', esbuild(0)) + piece('A', esbuild(1)) + piece('B', esbuild(2)) + kept('if (v === null) return;');
  const p = await program({ 'index.js': old }, { 'index.js': now });
  p.exports['setA']('k', 'a');
  p.exports['put'](1);
  await p.apply();
  for (const v of [null, 2]) p.exports['put'](v);
  assert.deepEqual([p.exports['all'](), p.exports['getA']('k')], [[2, 2], 'a']);
  await p.revert();
  assert.deepEqual(p.exports['all'](), [2, 2]);
});
