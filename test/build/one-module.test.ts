/** Which module of a minified bundle may have become which. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Nameless } from '../../src/build/match/nameless.ts';
import { areOneModule } from '../../src/build/match/resemblance.ts';
import { Words } from '../../src/build/match/shape.ts';
import { analyzeModule } from '../../src/source/analyze.ts';

const are = (before: string, after: string): boolean => {
  const words = new Words();
  const [a, b] = [before, after].map((body) => {
    const model = analyzeModule(`f(function (e, t) { ${body} });`, 'commonjs', 'index.js');
    const { shapes } = new Nameless(model, words, () => false);
    return shapes.get(model.functions.find(({ kind }) => kind === 'function')!.node as never)!;
  });
  return areOneModule(a!, b!, words);
};

const parse = "function (n) { return n.split('&').map(r => r.split('=').map(decodeURIComponent)).filter(r => r.length === 2) }";
const parseMore =
  "function (n, r) { return n.split('&', r.limit).map(i => i.split('=').map(decodeURIComponent)).filter(i => i.length === 2) }";
const quote = "function (n) { return '\"' + n.replace(/[\"']/g, r => '\\\\' + r.charCodeAt(0).toString(16)).trim().toUpperCase() + '\"' }";

test('the words in all of it tell a module, whatever form it has, and tell it from one of the same form', () => {
  assert.ok(are(`t.exports = ${parse}`, `t.exports = ${parseMore}`));
  assert.ok(
    are(`t.exports = ${parse}`, `var n = ${parseMore}; function r() { return n } for (var i of [1, 2]) i > 1 && r(); t.exports = n`),
  );
  assert.ok(!are(`t.exports = ${parse}`, `t.exports = ${quote}`));
});

test('of a module that says little its form tells', () => {
  assert.ok(are('e.f = n => n.at(0)', 'e.f = n => n.trim().slice(1).concat(n.length)'));
  assert.ok(!are('e.f = n => n.at(0)', "for (var n of ['a', 'b']) e[n] = r => r.trim().slice(1).concat(r.length)"));
});
