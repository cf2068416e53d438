/** The parser for common code gives what acorn gives, and what it accepts beyond that V8 refuses, instrumented or not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compileFunction } from 'node:vm';
import { compare, filesIn } from '../../scripts/parsers/compare.mjs';
import { root } from '../../scripts/nodes.mjs';
import { random } from '../../scripts/stress/random.mjs';
import { instrument } from '../../src/instrument/instrument.ts';
import { analyzeModule } from '../../src/source/analyze.ts';
import { parseCommon } from '../../src/syntax/parse.ts';
import { MODULES, SCRIPTS } from './texts.ts';

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

test('each form gives the same tree', () => {
  for (const text of SCRIPTS) assert.equal(compare(parseCommon, text, false), 'same', text);
  for (const text of MODULES) assert.equal(compare(parseCommon, text, true), 'same', text);
});

test('what is rare is left to acorn, as is what is wrong', () => {
  const rare = [
    'with (a) b',
    'var yield',
    'let\nawait',
    '010',
    '"\\07"',
    'a<!--b',
    '\\u0061',
    'v\\u0061r a',
    'a\\u{00000000e9}',
    'delete a',
    'if (a) function b() {}',
  ];
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

const says = (code: string): string => {
  try {
    compileFunction(code, ['$lpGlobal']);
    return 'nothing';
  } catch (error) {
    return String(error);
  }
};

function instrumented(text: string): string {
  try {
    const outcome = instrument(analyzeModule(text, 'commonjs', 'x.js'));
    return outcome.ok ? outcome.result.text : text;
  } catch {
    // Refused: it is loaded as it is.
    return text;
  }
}

test('a text that is wrong is not right once it is instrumented', () => {
  for (const text of CLASHES) assert.equal(instrumented(text), text);
  for (const text of ['break', 'x: { continue x }', 'let a; var a', 'function f() { super() }', 'a.#b', '/(/', 'return new.target'])
    assert.equal(says(instrumented(text)), says(text), text);
});

const TOKEN = /\s+|[\w$]+|'[^'\n]*'|"[^"\n]*"|=>|\.\.\.|\?\.|[=!<>*&|+-]{1,3}|[^]/g;
const INSERTED =
  'await yield async let static of in new super function class "use strict"; let_a; eval = => ... { } ( ) [ ] , ; : ? ?. / ` ** ++ ?? #a 1 a'
    .split(' ')
    .map((token) => token.replace('_', ' '))
    .concat('\n');

test('texts with tokens left out, added and moved are read as acorn reads them, or refused by V8, instrumented too', () => {
  const next = random(1);
  const below = (count: number): number => Math.floor(next() * count);
  const counts: Record<string, number> = {};
  for (let i = 0; i < 24_000; i++) {
    const tokens = SCRIPTS[below(SCRIPTS.length)]!.match(TOKEN) ?? [];
    const at = below(tokens.length);
    const inserted = INSERTED[below(INSERTED.length)]!;
    const change = below(4);
    if (change === 0) tokens.splice(at, 1);
    else if (change === 1) tokens.splice(at, 0, inserted);
    else if (change === 2) tokens[at] = inserted;
    else tokens.splice(at, 0, ...tokens.slice(at, at + below(5)));
    const text = tokens.join('');
    const found = compare(parseCommon, text, false);
    assert.ok(!found.startsWith('different'), `${text} ${found}`);
    counts[found] = (counts[found] ?? 0) + 1;
    if (found === 'accepted') assert.equal(says(instrumented(text)), says(text), text);
  }
  for (const found of ['same', 'accepted', 'wrong', 'left']) assert.ok(counts[found]! > 50, `${counts[found]} ${found}`);
});
