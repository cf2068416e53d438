/** New properties that a constructor makes by way of variables of its own: objects that exist get them, where these can be had again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const HEAD = 'let count = 0; const next = () => ++count; exports.count = () => count;\nexports.old = (o) => o.max;\n';
/** Calls the property, so that new code cannot do without it. */
const source = (parameters: string, body: string, run: string): string =>
  `${HEAD}exports.A = class A { constructor(${parameters}) { ${body} } run(x) { return ${run}; } };`;
const OLD = source('options', 'this.options = options;', 'x > 1');

const MADE: readonly (readonly [what: string, body: string, run: string, value: unknown])[] = [
  ['what a variable takes of what it keeps', 'const max = options.max || [5]; this.max = max;', 'this.max.concat(x)', [3, 1]],
  [
    'what it makes of that in two steps',
    'const max = options.max; const list = [max, max]; this.list = list;',
    'this.list.concat(x)',
    [[3], [3], 1],
  ],
  [
    'two properties of one variable',
    'const all = options.max; this.one = all; this.other = [...all];',
    'this.one.concat(this.other, x)',
    [3, 3, 1],
  ],
  ['a function that is bound to it', 'const o = options; this.get = o.get.bind(o);', 'this.get(x)', ['got', 1]],
  ['what is counted, of one use', 'const n = next(); this.n = [n];', 'this.n.concat(x).length', 2],
];

for (const [what, body, run, value] of MADE)
  test(`objects that exist get ${what}`, async () => {
    const p = await program({ 'index.js': OLD }, { 'index.js': source('options', `this.options = options; ${body}`, run) });
    const options = {
      max: [3],
      name: 'got',
      get(x: number) {
        return [this.name, x];
      },
    };
    const made = new p.exports['A'](options);
    assert.ok(p.codes('carried-with-transform').includes('field-added'));
    assert.ok(!p.codes().includes('instances-lack'));
    await p.apply();
    assert.deepEqual(made.run(1), value);
    assert.deepEqual(new p.exports['A'](options).run(1), value);
    await p.revert();
    assert.deepEqual([made.run(2), Object.keys(made)], [true, ['options']]);
  });

test('a variable that both versions keep is taken from its property', async () => {
  const text = (more: string, run: string): string => source('options', `const opts = options || {}; this.opts = opts; ${more}`, run);
  const p = await program({ 'index.js': text('', 'x > 1') }, { 'index.js': text('this.max = opts.max ?? [5];', 'this.max.concat(x)') });
  const [given, none] = [new p.exports['A']({ max: [7] }), new p.exports['A']()];
  await p.apply();
  assert.deepEqual(
    [given.run(1), none.run(1)],
    [
      [7, 1],
      [5, 1],
    ],
  );
  await p.revert();
});

for (const [what, before, take, given, value] of [
  ['', '', 'const { max } = options;', { max: [3] }, [3, 1]],
  [', or what that begins with', '', 'const { max = 5 } = options;', {}, 6],
  [', of what may be left out', 'options = options || {};', 'const { max = 5 } = options;', undefined, 6],
] as const)
  test(`a part of what a constructor keeps is taken from there${what}`, async () => {
    const text = (more: string, run: string): string => source('options', `${before} this.options = options; ${more}`, run);
    const p = await program(
      { 'index.js': text('', 'x > 1') },
      { 'index.js': text(`${take} this.max = max;`, 'typeof this.max === "number" ? this.max + x : this.max.concat(x)') },
    );
    const made = new p.exports['A'](given);
    assert.ok(p.report.verdicts.some(({ code, reason }) => code === 'field-added' && reason.includes('made of their options')));
    await p.apply();
    assert.deepEqual(made.run(1), value);
    await p.revert();
  });

const LACKS: readonly (readonly [what: string, body: string, run: string])[] = [
  ['a part of it is given another value', 'let { max } = options; if (max > 5) max = [5]; this.max = max;', 'this.max.concat(x)'],
  ['the variable is given another value', 'let max = options.max; if (max > 5) max = [5]; this.max = max;', 'this.max.concat(x)'],
  ['code puts something into it', 'const max = options.max; max.push(1); this.max = max;', 'this.max.concat(x)'],
  [
    'two properties have the object that it makes',
    'const all = [options.max]; this.one = all; this.other = all;',
    'this.one.concat(this.other, x)',
  ],
  ['two properties have what a call gives', 'const n = next(); this.n = [n]; this.m = [n];', 'this.n.concat(this.m, x)'],
  ['a block declares it', '{ var max = options.max; } this.max = max;', 'this.max.concat(x)'],
  ['it asks the superclass', 'const max = super.max; this.max = max;', 'this.max.concat(x)'],
  ['it goes by all arguments', 'const max = arguments[1]; this.max = max;', 'this.max.concat(x)'],
];

for (const [what, body, run] of LACKS)
  test(`objects that exist lack it where ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': OLD }, { 'index.js': source('options', `this.options = options; ${body}`, run) });
    assert.ok(verdicts.some(({ code }) => code === 'instances-lack'));
    assert.ok(verdicts.every(({ code }) => code !== 'field-added'));
  });

test('a variable of the old constructor is another where it is given something else, or others are given', async () => {
  const text = (parameters: string, begin: string, more: string, run: string): string =>
    source(parameters, `const opts = ${begin}; this.opts = opts; ${more}`, run);
  const old = text('options', 'Object.keys(options)', '', 'x > 1');
  for (const now of [
    text('options', 'Object.values(options)', 'this.max = opts.max ?? [5];', 'this.max.concat(x)'),
    text('name, options', 'Object.keys(options)', 'this.max = opts.max ?? [5];', 'this.max.concat(x)'),
    text('options', 'Object.keys(options)', 'opts.max = [6]; this.max = opts.max;', 'this.max.concat(x)'),
  ]) {
    const { verdicts } = await build({ 'index.js': old }, { 'index.js': now });
    assert.ok(
      verdicts.every(({ code }) => code !== 'field-added'),
      now,
    );
  }
});
