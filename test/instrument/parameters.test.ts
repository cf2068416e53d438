/** Parameter lists whose evaluation moves into the body keep their lines, and the text can be put together again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instrument } from '../../src/instrument/instrument.ts';
import { analyzeModule } from '../../src/source/analyze.ts';

const cases = [
  'const f = (\n  x, // one )\n  {\n    a,\n    b,\n  }, /* two => { */\n  c = g(),\n) => a;',
  'function f(\n  x,\n  [\n    a,\n  ] = [],\n  ...[c,\n   d]\n)\n{\n  return a;\n}',
  'const o = { m(a, { b },\n c = () => {\n  throw b;\n }) {}, async n(\n  { a }\n , b\n) {\n}\n};',
  'async function f({ a },\n b) { "directive"; await a; return (\nb); }',
  'const f = ({\n  a: { b },\n  ["c"]: d = (x = 1,\n y) => y,\n}) => ({\n b });',
  'class A extends B { constructor({ a },\n b = a) {\n super(a); } set s(\n [a]\n) {} }',
];

for (const text of cases) {
  test(JSON.stringify(text), () => {
    const outcome = instrument(analyzeModule(text, 'module', 'x.mjs'));
    assert.ok(outcome.ok);
    const { text: result, segments } = outcome.result;
    analyzeModule(result, 'module', 'x.mjs');
    assert.equal(result.split('\n').length, text.split('\n').length);
    const restored = [...segments].sort((a, b) => a.from - b.from || a.length - b.length).map((s) => result.slice(s.at, s.at + s.length));
    assert.equal(restored.join(''), text);
    const line = (all: string, at: number): number => all.slice(0, at).split('\n').length;
    // Names of parameters that need nothing are written on the first line; they run no code.
    for (const { at, from, length } of segments)
      if (/\w\W+\w|[{[]/.test(text.slice(from, from + length)))
        assert.equal(line(result, at), line(text, from), text.slice(from, from + length));
  });
}
