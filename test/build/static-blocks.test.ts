/** What a class is given as it is made: static fields, and the blocks in which compilers write them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const wrap = (body: string): string => `const made = []; class A { ${body} }\nexports.A = A; exports.made = made;`;

const carried: Readonly<Record<string, readonly [before: string, after: string, look: string, was: unknown, is: unknown]>> = {
  'a value that a block gives': ['static { this.a = [1] }', 'static { this.a = [1, 2] }', 'A.a.length', 1, 2],
  'a block that is new': ['get(k) { return 1 }', 'static t; static { A.t = 5 } get(k) { return A.t }', 'new A().get()', 1, 5],
  'a function, and a field more': [
    'static { this.f = () => 1 }',
    'static { this.f = () => 2; this.g = function () { return this === A } }',
    '[A.f(), A.g?.()]',
    [1, undefined],
    [2, true],
  ],
  'a field that is computed from one that stays': [
    'static a = 1; static { this.b = this.a }',
    'static a = 1; static { this.b = this.a + 5 }',
    'A.b',
    1,
    6,
  ],
  'a field that becomes part of a block': ['static a = 1', 'static { this.a = 2 }', 'A.a', 1, 2],
  'a field without a value': ['get() { return 1 }', 'static q; get() { return 1 }', "'q' in A", false, true],
  'a value that a function reads when it is called': [
    'static a = 1; static f = { get: () => A.a }',
    'static a = 2; static f = { get: () => A.a }',
    'A.f.get()',
    1,
    2,
  ],
};
for (const [what, [before, after, look, was, is]] of Object.entries(carried))
  test(what, async () => {
    const looking = `\nexports.look = () => ${look};`;
    const p = await program({ 'index.js': wrap(before) + looking }, { 'index.js': wrap(after) + looking });
    const value = (): unknown => p.exports['look']();
    assert.deepEqual(value(), was);
    await p.apply();
    assert.deepEqual(value(), is);
    await p.revert();
    assert.deepEqual(value(), was);
    p.clean();
  });

const refused: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'a block that does more': ['static { made.push(1) }', 'static { made.push(2) }'],
  'a block that does more, and is new': ['static a = 1', 'static a = 1; static { made.push(2) }'],
  'a field that stays, and is computed from one that changed': ['static a = 1; static b = A.a * 2', 'static a = 2; static b = A.a * 2'],
  'one of a block': ['static a = 1; static { this.b = [this.a] }', 'static a = 2; static { this.b = [this.a] }'],
  'one that is computed in place': ['static a = 1; static b = (() => A.a)()', 'static a = 2; static b = (() => A.a)()'],
  'a block that read what changed': ['static a = 1; static { made.push(A.a) }', 'static a = 2; static { made.push(A.a) }'],
  'a field of two values': ['static a = 1; static { this.a = 2 }', 'static a = 1; static { this.a = 3 }'],
};
for (const [what, [before, after]] of Object.entries(refused))
  test(`${what} is refused`, async () => {
    const report = await build({ 'index.js': wrap(before) }, { 'index.js': wrap(after) });
    assert.deepEqual(
      [report.patch, [...new Set(report.verdicts.filter((v) => v.verdict === 'refused').map((v) => v.code))]],
      [null, ['class-changed']],
    );
  });
