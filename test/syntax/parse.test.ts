/** The parser for common code gives what acorn gives, and what it accepts beyond that V8 refuses, instrumented or not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compileFunction } from 'node:vm';
import { compare, filesIn } from '../../scripts/parsers/compare.mjs';
import { root } from '../../scripts/nodes.mjs';
import { instrument } from '../../src/instrument/instrument.ts';
import { analyzeModule } from '../../src/source/analyze.ts';
import { parseCommon } from '../../src/syntax/parse.ts';

/** Of so many files of the packages that are installed, one is read. */
const EVERY = 40;
/** Larger ones nest deeper than the stack of a test. */
const LARGEST = 400_000;

test('files of packages give the same tree, and few are left to acorn', () => {
  const counts: Record<string, number> = { same: 0, left: 0 };
  for (const [i, file] of filesIn(join(root, 'node_modules')).entries()) {
    if (i % EVERY !== 0) continue;
    const text = readFileSync(file, 'utf8');
    if (text.length > LARGEST) continue;
    for (const isModule of [false, true]) {
      const found = compare(parseCommon, text, isModule);
      assert.ok(!found.startsWith('different'), `${file} ${found}`);
      counts[found] = (counts[found] ?? 0) + 1;
    }
  }
  assert.ok(counts['same']! > 100, `only ${counts['same']} were read`);
  assert.ok(counts['left']! < counts['same']! / 50, `${counts['left']} were left to acorn, ${counts['same']} were not`);
});

const SAME = [
  '',
  '#!/usr/bin/env node\n"use strict"; 1',
  '"use strict"\n"a\\n"; ("no"); f()',
  'var a = 1, { b, c: [d = 2, , ...e], [f()]: g, ...h } = i;',
  'let x\nconst y = 0x1F + 1_000.5e-3 + .5 + 0b11 + 0o17 + 10n + 0xFFn;',
  'a = b ? c : d, e ||= f ?? g, h **= -(i ** j ** k);',
  'a = b\n++c; d\n/e/g; f = g / h / i; if (j) /k[/]\\//u.test(l)',
  'a?.b?.[c]?.(d).e; new (a.b(c).d)(e); new a.b; new new a()(); a`b${c}d${`e${f}`}`;',
  'x = a => b => ({ c }), (a, { b = 1 }, [c], ...d) => { return a }, async a => await a, async (a, b = 1) => {}, async () => {}',
  'async function* f(a, b = 1, ...c) { for await (const x of y) yield* x; await a; yield; return yield a }',
  '(async function () {}); (function* g() {}); async\nf(); async(a); async.b;',
  '[a, b.c, ...[d, e[0]]] = f; ({ a, b: c.d, e = 1, ...g.h } = i); for ([a, b] of c); for ({ a = 1 } of b); for (a.b in c);',
  'o = { a, "b": 1, 2: 3, [c]: d, get e() { return 1 }, set e(v) {}, async f() {}, *g() {}, async *h() {}, get: 1, set, async, async async() {}, get get() {}, __proto__: null, if: 1, ...i }',
  'class A extends (b, c) { static #a = 1; b; "c" = 2; static { this.#a } get d() {} static async *e() {} constructor(x) { super(x); super.y; new.target } #p() { return #a in this } static; get; set; async; static static = 1; async\nf() {} ; [g] = () => 1 }',
  'lbl: for (var i = 0, j; i < 1; i++) { if (i) continue lbl; else break } do x(); while (y) while (z) ; for (;;) {}',
  'switch (a) { case 1: b; default: c; case 2: { } } try { } catch { } finally { } try {} catch ({ a }) { } throw a',
  'if (a) ; else if (b) c; debugger; return d',
  'var \u00e9t\u00e9 = "\\x41\\u{1F600}\\u0042\\\n", of, get, set, from, as, using; of = using; //\u2028 end',
  'a = "\\0" + \'\\\r\n\' + `\\n\r\n${b}\\u0041`; String.raw`\\u`; a /* \n */ ++b',
  'import("a"); import("a", { with: {} }); a.import; a.class; a.await',
  'typeof a.b, void 0, delete a[b], !c, ~d, +e, - -f, a in b, a instanceof b, a <= b >>> c << d, a !== b, a | b ^ c & d && e || f',
  'yield\u200c; \u{20000} = 1;',
  '/* a */ function f() { "use strict"; "b"; function g() {} return\na } // end',
  '(function () {})(); (() => {})(); !function () {}(); +(a, b); (a).b; ((a))(); (a = 1); (a, b)',
];

const SAME_MODULES = [
  'import a, { b, c as d, default as e } from "f"; import * as g from "h"; import i, * as j from "k"; import "l"; import {} from "m"; import n from "o" with { type: "json", };',
  'export { a, b as c, d }; export * from "e"; export * as f from "g"; export { default, a as h } from "i"; var a, b, d',
  'export const a = 1, { b } = c; export function d() {} export async function e() {} export class F {} export let g',
  'export default function () {}',
  'export default async function* a() {}',
  'export default class extends a {}',
  'export default async () => {}',
  'export default { a }',
  'await a; for await (const b of c) await b; import.meta.url; const d = await import("e")',
];

test('each form gives the same tree', () => {
  for (const text of SAME) assert.equal(compare(parseCommon, text, false), 'same', text);
  for (const text of SAME_MODULES) assert.equal(compare(parseCommon, text, true), 'same', text);
});

test('what is rare is left to acorn, as is what is wrong', () => {
  const rare = ['with (a) b', 'var yield', 'let\nawait', '010', '"\\07"', 'a<!--b', '\\u0061', 'delete a', 'if (a) function b() {}'];
  for (const text of rare) assert.equal(parseCommon(text, false), null, text);
  const wrong = [
    'a b',
    'f(',
    '({ a = 1 })',
    '({ a = 1 }, b)',
    'f({ a = 1 })',
    '(a, b, ...c)',
    '()',
    '1 = a',
    'a() = b',
    '[a, ...b, c] = d',
    'const a',
    'let { a }',
    'a => {} || b',
    'async (a, a) => 1',
    '`${a',
    '"a\nb"',
    '/a\n/',
    '1a',
    '1__0',
    'import a from "b"',
    'export default 1',
    'import.meta',
    'await a',
    'async function f(a = await b) {}',
    'function* f(a = yield) {}',
    'class A { constructor() {} constructor() {} }',
    'throw\na',
    'try {}',
    'for (let a, b of c);',
    'eval = 1',
    'function f(arguments) {}',
    '-a ** b',
    'a?.b = 1',
    'a?.`b`',
    'new a?.b()',
  ];
  for (const text of wrong) assert.equal(parseCommon(text, false), null, text);
});

/** Wrong only because of what instrumentation would take away: names, and directives, that parameters clash with. */
const CLASHES = [
  'async function f(a) { let a; await 1 }',
  'async function f(a, { b }) { const [c, { b }] = a; await 1 }',
  'function* f(a) { class a {} yield 1 }',
  'async (a) => { let a; await 1 }',
  'function f({ a }) { "use strict" }',
  'function f(a = 1) { "use strict" }',
  '({ m(a, a) {} })',
  'function f(a, [a]) {}',
  'function f(a, ...a) {}',
  'async function f([a], b = await a) {}',
];

test('a text that is wrong is not right once it is instrumented', () => {
  for (const text of [
    ...CLASHES,
    'break',
    'x: { continue x }',
    'let a; var a',
    'function f() { super() }',
    'a.#b',
    '/(/',
    'return new.target',
  ]) {
    let instrumented = text;
    try {
      const outcome = instrument(analyzeModule(text, 'commonjs', 'x.js'));
      if (outcome.ok) instrumented = outcome.result.text;
    } catch {
      // Refused: it is loaded as it is.
    }
    const says = (code: string): string => {
      try {
        compileFunction(code, ['$lpGlobal']);
        return 'nothing';
      } catch (error) {
        return String(error);
      }
    };
    assert.equal(says(instrumented), says(text), text);
    assert.equal(CLASHES.includes(text) && instrumented !== text, false, text);
  }
});
