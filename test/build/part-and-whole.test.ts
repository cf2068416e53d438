/** Objects that one version of a function takes apart and the other keeps whole: closures that exist hold the one or the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const HELP = 'const read = (o) => ({ limit: o.limit, mode: o.mode });\n';
const make = (params: string, body: string): string => `${HELP}exports.make = (${params}) => { ${body} };`;

const CARRIED: readonly (readonly [what: string, old: readonly [string, string], now: readonly [string, string]])[] = [
  [
    'a statement takes the object apart',
    ['options', 'return (x) => x > options.limit;'],
    ['options', 'const { limit } = options; return (x) => x >= limit;'],
  ],
  ['a parameter is taken apart', ['options', 'return (x) => x > options.limit;'], ['{ limit }', 'return (x) => x >= limit;']],
  [
    'a parameter that may be left out is taken apart',
    ['options', 'return (x) => x > (options?.limit ?? 7);'],
    ['{ limit: most } = {}', 'return (x) => x >= (most ?? 7);'],
  ],
  ['a parameter is kept whole', ['{ limit }', 'return (x) => x > limit;'], ['options', 'return (x) => x >= options.limit;']],
  [
    'a parameter that may be left out is kept whole',
    ['{ limit, mode } = {}', 'return (x) => x > limit && mode;'],
    ['options = {}', 'return (x) => x >= options.limit && options.mode;'],
  ],
  [
    'what a statement took apart is kept whole',
    ['options', 'const { limit } = options; return (x) => x > limit;'],
    ['options', 'return (x) => x >= options.limit;'],
  ],
  [
    'what a statement took of it is kept whole',
    ['options', 'const limit = options.limit; return (x) => x > limit;'],
    ['options', 'return (x) => x >= options.limit;'],
  ],
  [
    'what a call gives is kept whole',
    ['options', 'const { limit, mode } = read(options); return (x) => x > limit && mode;'],
    ['options', 'const all = read(options); return (x) => x >= all.limit && all.mode;'],
  ],
  [
    'what a call gives is taken apart',
    ['options', 'const all = read(options); return (x) => x > all.limit && all.mode;'],
    ['options', 'const { limit: most, mode } = read(options); return (x) => x >= most && mode;'],
  ],
  [
    'what a variable began as is written out where it is used',
    ['options', 'const most = options.limit || 3; return (x) => x > most;'],
    ['options', 'return (x) => x >= (options.limit || 3);'],
  ],
  [
    'such a variable has another name',
    ['options', 'const most = options?.limit ?? 3; return (x) => x > most;'],
    ['options', 'const limit = options?.limit ?? 3; return (x) => x >= limit;'],
  ],
  [
    'what a part of a parameter is without is written out',
    ['options', 'return (x) => x > (options.limit ?? 3);'],
    ['{ limit = 3 }', 'return (x) => x >= limit;'],
  ],
  ['there is one parameter more', ['options', 'return (x) => x > options.limit;'], ['{ limit }, more', 'return (x) => x >= limit;']],
  ['a part has another name', ['{ limit }', 'return (x) => x > limit;'], ['{ limit: most }', 'return (x) => x >= most;']],
  [
    'what a part is without is written out',
    ['options', 'return (x) => x > options.limit && options.mode;'],
    ['options', 'const { limit, mode = "none" } = options; return (x) => x >= limit && mode;'],
  ],
];

for (const [what, old, now] of CARRIED)
  test(`closures that exist have it where ${what}`, async () => {
    const p = await program({ 'index.js': make(...old) }, { 'index.js': make(...now) });
    const [is, other] = [p.exports['make']({ limit: 2, mode: 'on' }), p.exports['make']({ limit: 3, mode: 'off' })];
    assert.ok(p.codes().includes('capture-derived'));
    assert.deepEqual(p.codes('warning'), []);
    await p.apply();
    assert.deepEqual([is(1), is(2), other(2), other(3)].map(Boolean), [false, true, false, true]);
    assert.ok(p.exports['make']({ limit: 1, mode: 'on' })(1));
    await p.revert();
    assert.deepEqual([is(2), is(3), other(3)].map(Boolean), [false, true, false]);
  });

test('a parameter that was left out is an empty object where it is taken apart', async () => {
  const p = await program(
    { 'index.js': make('options', 'return (x) => x > (options?.limit ?? 7);') },
    { 'index.js': make('{ limit } = {}', 'return (x) => x >= (limit ?? 7);') },
  );
  const none = p.exports['make']();
  await p.apply();
  assert.deepEqual([none(6), none(7)], [false, true]);
  await p.revert();
  assert.equal(none(7), false);
});

test('what has no entry of that name gives what is written out', async () => {
  const p = await program(
    { 'index.js': make('options', 'return (x) => x > options.limit && options.mode;') },
    { 'index.js': make('{ limit, mode = "none" }', 'return (x) => x >= limit && mode;') },
  );
  const [none, off] = [p.exports['make']({ limit: 1 }), p.exports['make']({ limit: 1, mode: null })];
  await p.apply();
  assert.deepEqual([none(1), off(1)], ['none', null]);
  await p.revert();
});

const SET = '\nexports.set = (o) => { o.limit = 5; };';
const STRANDED: readonly (readonly [what: string, old: string, now: string])[] = [
  [
    'code of the module sets such an entry',
    make('{ limit }', 'return (x) => x > limit;') + SET,
    make('options', 'return (x) => x >= options.limit;') + SET,
  ],
  [
    'code of the module sets such an entry, and closures hold the object',
    make('options', 'return (x) => x > options.limit;') + SET,
    make('options', 'const { limit } = options; return (x) => x >= limit;') + SET,
  ],
  [
    'the entry is called as a method',
    make('{ limit }', 'return (x) => x > limit();'),
    make('options', 'return (x) => x >= options.limit();'),
  ],
  [
    'somebody is given all of the object',
    make('{ limit }', 'return (x) => x > limit;'),
    make('options', 'read(options); return (x) => x >= options.limit;'),
  ],
  [
    'somebody was given all of the object',
    make('options', 'read(options); return (x) => x > options.limit;'),
    make('{ limit }', 'return (x) => x >= limit;'),
  ],
  [
    'an entry was put under a name that is computed',
    make('options, key', 'options[key] = 1; return (x) => x > options.limit;'),
    make('{ limit }, key', 'return (x) => x >= limit;'),
  ],
  ['the entry was not taken', make('{ limit, mode }', 'return (x) => x > limit;'), make('options', 'return (x) => x >= options.mode;')],
  [
    'it began as something else where there was none',
    make('{ limit = 2 }', 'return (x) => x > limit;'),
    make('options', 'return (x) => x >= options.limit;'),
  ],
  [
    'what the part of a parameter is without is computed',
    make('options', 'return (x) => x > options.limit;'),
    make('{ limit = Date.now() }', 'return (x) => x >= limit;'),
  ],
  [
    'it began as another number where there was none',
    make('options', 'const limit = options.limit || 3; return (x) => x > limit;'),
    make('options', 'return (x) => x >= (options.limit || 4);'),
  ],
  [
    'it began as that in another way where there was none',
    make('options', 'const limit = options.limit || 3; return (x) => x > limit;'),
    make('options', 'return (x) => x >= (options.limit ?? 3);'),
  ],
  [
    'it began as a number where there was none',
    make('options', 'const limit = options.limit || 3; return (x) => x > limit;'),
    make('options', 'return (x) => x >= options.limit;'),
  ],
  [
    'what it is without is no plain literal',
    make('options', 'return (x) => x > options.limit;'),
    make('options', 'const { limit = 5n } = options; return (x) => x >= limit;'),
  ],
  [
    'what it is without is computed',
    make('options', 'return (x) => x > options.limit;'),
    make('options', 'const { limit = Date.now() } = options; return (x) => x >= limit;'),
  ],
  [
    'the parameter in that place is another',
    make('server, options', 'return (x) => x > server.port + options.limit;'),
    make('{ limit }, options', 'return (x) => x >= limit + options.limit;'),
  ],
  [
    'what the variable was given is another',
    make('options', 'const { limit } = read(options); return (x) => x > limit;'),
    make('options', 'const all = read({ ...options }); return (x) => x >= all.limit;'),
  ],
  [
    'what the variable was given holds functions',
    make('options', 'const { limit } = read(options, () => 1); return (x) => x > limit;'),
    make('options', 'const all = read(options, () => 2); return (x) => x >= all.limit;'),
  ],
];

for (const [what, old, now] of STRANDED)
  test(`closures that exist lack it where ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': old }, { 'index.js': now });
    const codes = verdicts.map(({ code }) => code);
    assert.ok(codes.includes('closure-stranded'), codes.join(' '));
    assert.ok(!codes.includes('capture-derived'), codes.join(' '));
  });
