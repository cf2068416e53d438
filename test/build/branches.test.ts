/**
 * Properties that a constructor newly gives its objects in one of two branches, or of a variable that a branch gives another value,
 * where the condition asks for an option which nobody has given: objects that exist get what they would have without it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alone, program } from './harness.ts';
import type { Program } from './harness.ts';

interface Box {
  say(text: string): unknown;
}

const NEW = 'return t.length > this.max ? null : t + this.a;';
const asClass = (set: string, says: string, more = ''): string =>
  `class Box { constructor(o = {}) { this.a = o.a ?? 1; ${set} } say(t) { ${says} } }\nexports.make = (o) => new Box(o);\n${more}`;
const asFunction = (set: string, says: string, more = ''): string =>
  `function Box(o) { o = o || {}; this.a = o.a ?? 1; ${set} }\nBox.prototype.say = function (t) { ${says} };\nexports.make = (o) => new Box(o);\n${more}`;

const carried: Readonly<Record<string, string>> = {
  'if and else': 'if (o.max) this.max = o.max; else this.max = 3;',
  'in blocks': 'if (o.max !== undefined) { this.max = o.max; } else { this.max = 3; }',
  'the other way round': 'if (!o.max) { this.max = 3; } else { this.max = o.max; }',
  'by its type': "if (typeof o.max === 'number') this.max = o.max; else this.max = 3;",
  'what it has by now': "if ('max' in o) this.max = o.max; else this.max = this.a + 2;",
  'a variable': 'let max = 3; if (o.max) max = o.max; this.max = max;',
  'a variable with a type': "let max = 3; if (typeof o.max === 'number') { max = o.max; } this.max = max;",
  'a variable that asks': 'let max = o.max; if (max === undefined) max = 3; this.max = max;',
  'a variable without a value': 'let max; if (o.max) max = o.max; else max = 3; this.max = max;',
  'a variable that is used twice': 'let max = 3; if (o.max) max = o.max; this.max = max; this.least = max - 1;',
};

const start = (before: string, after: string, what: string): Promise<Program> =>
  program({ 'index.js': `${before}\n// ${what}` }, { 'index.js': `${after}\n// ${what}` });
const make = (p: Program, options?: object): Box => (p.exports['make'] as (options?: object) => Box)(options);
const warns = ({ report }: Program, code: string): boolean => report.verdicts.some((one) => one.verdict === 'warning' && one.code === code);

for (const [kind, write] of [
  ['class', asClass],
  ['function', asFunction],
] as const) {
  for (const [what, set] of Object.entries(carried))
    test(`objects that exist get what a branch gives them, of a ${kind}: ${what}`, async () => {
      const p = await start(write('', 'return t + this.a;'), write(set, NEW), `${what} ${kind}`);
      const old = make(p);
      await p.apply();
      assert.deepEqual([old.say('abc'), old.say('long')], ['abc1', null]);
      assert.deepEqual([make(p, { max: 9 }).say('long'), make(p).say('long')], ['long1', null]);
      assert.equal(warns(p, 'instances-lack'), false);
      await p.revert();
      assert.equal(old.say('long'), 'long1');
    });

  const told: Readonly<Record<string, readonly [set: string, given: object, more?: readonly [string, string]]>> = {
    'the old version takes the option': [
      'if (o.max) this.max = o.max; else this.max = 3;',
      { max: 9 },
      ['exports.read = (o) => o.max;', 'exports.read = (o) => o.max;'],
    ],
    'the condition asks for something else too': ['if (o.max || o.a) this.max = 9; else this.max = 3;', { a: 1 }],
    'the condition asks for a state': [
      'if (o.max || state.big) this.max = 9; else this.max = 3;',
      {},
      ['const state = { big: true }; exports.state = state;', 'const state = { big: true }; exports.state = state;'],
    ],
    'a variable is given another value behind it': ['let max = 3; if (o.max) max = o.max; this.max = max; max = 9;', {}],
    'a variable is given another value in front of it': ['let max = 3; if (o.max) max = o.max; max = 9; this.max = max;', {}],
    'a branch gives a variable another value behind it': ['let max = 3; this.max = max; if (!o.max) max = 9; this.least = max;', {}],
    'a function gives the variable its value': [
      'let max = 3; if (o.max) max = o.max; const more = () => { max = 9; }; more(); this.max = max;',
      {},
    ],
    'the branch makes it of what it is given': ['if (o.max) this.max = o.max; else this.max = (o.a ?? 1) * 3;', { a: 3 }],
    'it is given two values in the branch': ['if (o.max) this.max = o.max; else { this.max = 3; this.max = 9; }', {}],
    'code of the module gives it': [
      'if (o.max) this.max = o.max; else this.max = 3;',
      {},
      ['exports.make = () => new Box({ a: 1 });', 'exports.make = () => new Box({ a: 1, max: 9 });'],
    ],
  };
  for (const [what, [set, given, more]] of Object.entries(told))
    test(`objects that exist do as those of a fresh start, or that is said, of a ${kind}: ${what}`, async () => {
      const p = await start(write('', 'return t + this.a;', more?.[0]), write(set, NEW, more?.[1]), `told ${what} ${kind}`);
      const old = make(p, { ...given });
      const refused = await p.apply(300).then(
        () => false,
        () => true,
      );
      const fresh = alone(write(set, NEW, more?.[1]))['make']({ ...given }) as Box;
      const isSame = !refused && ['ab', 'long', 'a longer text'].every((text) => old.say(text) === fresh.say(text));
      assert.ok(isSame || warns(p, 'instances-lack'));
      if (!refused) await p.revert();
    });
}
