/**
 * Closures hold the options that their maker was given, or made of them. What the new version brings is there for those that exist
 * as where nobody gave it; where somebody may have, or it shows otherwise, that is said or the patch stays away while one is alive.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';
import type { Program } from './harness.ts';

type Closure = (text: string) => unknown;
type Pair = readonly [before: string, after: string];

const maker = (body: string, says: string, head = ''): string => `${head}\nexports.make = (o = {}) => { ${body} return (t) => ${says}; };`;
const OLD = 't + opts.a';
const NEW = 't.length > opts.max ? null : t + opts.a';
const held = (before: string, after: string, head: readonly [string, string] = ['', '']): Pair => [
  maker(before, OLD, head[0]),
  maker(after, NEW, head[1]),
];
const variable = (declared: string, says = 't.length > max ? null : t + a', head = ''): Pair => [
  maker('const a = o.a ?? 1;', 't + a'),
  maker(`const a = o.a ?? 1; ${declared}`, says, head),
];

const carried: Readonly<Record<string, Pair>> = {
  'an entry with a default': held('const opts = { a: o.a ?? 1 };', 'const opts = { a: o.a ?? 1, max: o.max ?? 3 };'),
  'an entry with a constant as its default': held('const opts = { a: o.a || 1 };', 'const opts = { a: o.a || 1, max: o.max || MAX };', [
    '',
    'const MAX = 3;',
  ]),
  'an entry that is asked for first': held(
    'const opts = { a: o.a || 1 };',
    'const opts = { a: o.a || 1, max: o.max === undefined ? 3 : o.max };',
  ),
  'an entry by a variable': held(
    'const a = o.a || 1; const opts = { a };',
    'const a = o.a || 1; const max = o.max || 3; const opts = { a, max };',
  ),
  'an entry in front of all that was given': held('const opts = { a: 1, ...o };', 'const opts = { a: 1, max: 3, ...o };'),
  'an entry behind it, with a default': held('const opts = { a: 1, ...o };', 'const opts = { a: 1, ...o, max: o.max ?? 3 };'),
  'Object.assign': held('const opts = Object.assign({ a: 1 }, o);', 'const opts = Object.assign({ a: 1, max: 3 }, o);'),
  'Object.assign to an empty one': held(
    'const opts = Object.assign({}, { a: 1 }, o);',
    'const opts = Object.assign({}, { a: 1, max: 3 }, o);',
  ),
  'a table': held('const opts = { ...T, ...o };', 'const opts = { ...T, ...o };', ['const T = { a: 1 };', 'const T = { a: 1, max: 3 };']),
  'a table by Object.assign': held('const opts = Object.assign({}, T, o);', 'const opts = Object.assign({}, T, o);', [
    'const T = { a: 1 };',
    'const T = { a: 1, max: 3 };',
  ]),
  'put on it later': held('const opts = { a: o.a ?? 1 };', 'const opts = { a: o.a ?? 1 }; opts.max = o.max ?? 3;'),
  'put on it where somebody gives it': [
    maker('const opts = { a: o.a ?? 1 };', OLD),
    maker('const opts = { a: o.a ?? 1 }; if (o.max) opts.max = o.max;', 't.length > (opts.max ?? 3) ? null : t + opts.a'),
  ],
  'put on what was given': [maker('o.a ??= 1;', 't + o.a'), maker('o.a ??= 1; o.max ??= 3;', 't.length > o.max ? null : t + o.a')],
  'put on what was given, by itself': [
    maker('o.a = o.a || 1;', 't + o.a'),
    maker('o.a = o.a || 1; o.max = o.max || 3;', 't.length > o.max ? null : t + o.a'),
  ],
  'asked of options that closures do not hold': [
    maker('const a = o.a ?? 1;', 't + a'),
    maker('const a = o.a ?? 1;', 't.length > (o.max ?? 3) ? null : t + a'),
  ],
  'a variable that is given another value where it is an option': variable('let max = 3; if (o.max) max = o.max;'),
  'a variable, by a number': variable('const max = Number(o.max) || 3;'),
  'a variable, by a question': variable("const max = 'max' in o ? o.max : 3;"),
};

const start = (pair: Pair, what: string, beside: readonly [string, string] = ['', '']): Promise<Program> =>
  program(
    { 'index.js': `${pair[0]}\n// ${what}`, 'beside.js': beside[0] },
    { 'index.js': `${pair[1]}\n// ${what}`, 'beside.js': beside[1] },
  );

const TEXTS = ['ab', 'long', 'longer text'];
const warns = ({ report }: Program): boolean => report.verdicts.some(({ verdict }) => verdict === 'warning');
const make = (p: Program, options?: object): Closure => (p.exports['make'] as (options?: object) => Closure)(options);

for (const [what, pair] of Object.entries(carried))
  test(`closures that exist do as where nobody gave it: ${what}`, async () => {
    const p = await start(pair, what);
    const old = [make(p), make(p, { a: 2 })];
    await p.apply();
    assert.deepEqual(
      old.flatMap((one) => [one('ab'), one('long')]),
      ['ab1', null, 'ab2', null],
    );
    assert.deepEqual([make(p, { a: 4 })('long'), make(p, { max: 9 })('long')], [null, 'long1']);
    assert.deepEqual(
      p.report.verdicts.filter(({ code }) => /^(?:instances|capture-kept|closure|set-up)/.test(code)),
      [],
    );
    await p.revert();
    assert.deepEqual(
      old.map((one) => one('long')),
      ['long1', 'long2'],
    );
  });

for (const [what, pair] of Object.entries({
  'an entry that is written out': held('const opts = { a: o.a ?? 1 };', 'const opts = { a: o.a ?? 1, max: 3 };'),
  'a part of an option': variable('const { limits: { max = 3 } = {} } = o;'),
} satisfies Record<string, Pair>))
  test(`what nobody can give under that name is there for all: ${what}`, async () => {
    const p = await start(pair, what);
    const old = make(p, { a: 2 });
    await p.apply();
    assert.deepEqual([old('ab'), old('long'), make(p)('long'), warns(p)], ['ab2', null, null, false]);
    await p.revert();
    assert.equal(old('long'), 'long2');
  });

const SET = { max: 9 };
const told: Readonly<Record<string, readonly [pair: Pair, given?: object, beside?: readonly [string, string]]>> = {
  'the old version takes it': [
    held('const opts = { a: 1, ...o };', 'const opts = { a: 1, max: 3, ...o };', [
      'exports.b = (x) => x.max;',
      'exports.b = (x) => x.max;',
    ]),
    SET,
  ],
  'the old version reads it': [
    [maker('const opts = { a: 1, ...o };', 't + opts.a + (opts.max ?? "")'), maker('const opts = { a: 1, max: 3, ...o };', NEW)],
    SET,
  ],
  'another option stands for it': [held('const opts = { a: o.a ?? 1 };', 'const opts = { a: o.a ?? 1, max: o.a ?? 3 };'), { a: 5 }],
  'an entry changed as well': [held('const opts = { a: 1, b: 1 };', 'const opts = { a: 1, b: 7, max: o.max ?? 3 };')],
  'an entry is put there otherwise as well': [
    [
      maker('const opts = { a: 1, b: 1 }; opts.b = 2;', 't + opts.a + opts.b'),
      maker('const opts = { a: 1, b: 1, max: o.max ?? 3 }; opts.b = 7;', 't.length > opts.max ? null : t + opts.a + opts.b'),
    ],
  ],
  'an entry is put there no more': [
    [
      maker('const opts = { a: 1, b: 1 }; opts.b = 2;', 't + opts.a + opts.b'),
      maker('const opts = { a: 1, b: 1, max: 3 };', 't.length > opts.max ? null : t + opts.a + opts.b'),
    ],
  ],
  'a closure puts it there': [
    [
      maker('const opts = { a: 1 }; exports.set = (n) => { opts.a = n; };', OLD),
      maker('const opts = { a: 1, max: 3 }; exports.set = (n) => { opts.max = n; };', NEW),
    ],
  ],
  'a closure asks by a key for what is put there later': [
    [
      `exports.make = (o = {}) => { const opts = { a: 1 }; const get = (k) => opts[k]; return (t) => t + get('ma' + 'x') + opts.a; };`,
      `exports.make = (o = {}) => { const opts = { a: 1 }; opts.max = 3; const get = (k) => opts[k]; return (t) => t + get('ma' + 'x') + opts.a + opts.max; };`,
    ],
  ],
  'a closure asks by a key for what a table has': [
    [
      `const T = { a: 1 };\nexports.make = (o = {}) => { const opts = { ...T, ...o }; const get = (k) => opts[k]; return (t) => t + get('ma' + 'x') + opts.a; };`,
      `const T = { a: 1, max: 3 };\nexports.make = (o = {}) => { const opts = { ...T, ...o }; const get = (k) => opts[k]; return (t) => t + get('ma' + 'x') + opts.a + opts.max; };`,
    ],
  ],
  'some calls have returned before it is put there': [
    [
      `exports.make = (o = {}) => { const opts = { a: 1 }; const say = (t) => t + opts.a; if (o.early) return say; return (t) => say(t); };`,
      `exports.make = (o = {}) => { const opts = { a: 1 }; const say = (t) => t + opts.a + opts.max; if (o.early) return say; opts.max = 3; return (t) => say(t); };`,
    ],
    { early: true },
  ],
  'somebody is given the object': [
    [
      maker('const opts = { a: 1 }; exports.opts = opts;', OLD),
      maker('const opts = { a: 1, max: o.max ?? 3 }; exports.opts = opts;', `Object.keys(opts).length > 1 ? null : t + opts.a`),
    ],
  ],
  'it stands behind all that was given': [held('const opts = { a: 1, ...o };', 'const opts = { a: 1, ...o, max: 3 };'), SET],
  'what it has is made anew each time': [
    [
      maker('const opts = { a: 1 };', OLD),
      maker('const opts = { a: 1, seen: [] };', '(opts.seen.push(t), opts.seen.length > 1 ? null : t + opts.a)'),
    ],
  ],
  'what it has is another each time': [
    [maker('const opts = { a: 1 };', OLD), maker('const opts = { a: 1, at: Math.random() };', 'opts.at === opts.at ? t + opts.a : null')],
  ],
  'the table is filled elsewhere': [
    held('const opts = { ...T, ...o };', 'const opts = { ...T, ...o };', [
      'const T = { a: 1 }; exports.fill = (n) => { T.a = n; };',
      'const T = { a: 1, max: 3 }; exports.fill = (n) => { T.max = n; };',
    ]),
  ],
  'code of another file gives it': [
    held('const opts = { a: o.a ?? 1 };', 'const opts = { a: o.a ?? 1, max: o.max ?? 3 };'),
    {},
    ["exports.own = () => require('./index.js').make({ a: 2 });", "exports.own = () => require('./index.js').make({ a: 2, max: 9 });"],
  ],
  'code of the module gives it': [
    [
      `${maker('const opts = { a: o.a ?? 1 };', OLD)}\nexports.own = () => exports.make({ a: 2 });`,
      `${maker('const opts = { a: o.a ?? 1, max: o.max ?? 3 };', NEW)}\nexports.own = () => exports.make({ a: 2, max: 9 });`,
    ],
  ],
  'code puts it on what it gives': [
    [
      `${maker('const a = o.a ?? 1;', 't + a')}\nexports.own = () => { const o = {}; return exports.make(o); };`,
      `${maker('const a = o.a ?? 1;', 't.length > (o.max ?? 3) ? null : t + a')}\nexports.own = () => { const o = {}; o.max = 9; return exports.make(o); };`,
    ],
  ],
  'it asks for another as well that closures do not hold': [
    [maker('const a = o.a ?? 1; o.b;', 't + a'), maker('const a = o.a ?? 1; o.b;', 't.length > (o.max ?? o.b ?? 3) ? null : t + a')],
    { b: 9 },
  ],
  'the variable is given another value by something else': [variable('let max = 3; if (o.a) max = 9;'), { a: 2 }],
  'a loop gives it another value': [
    variable('let max = 0; for (const x of o.list ?? [1, 2, 3]) max += x;', 't.length > max - 3 ? null : t + a'),
  ],
  'the object is another one later': [
    [maker('let opts = { a: 1 }; if (o.a) opts = o;', OLD), maker('let opts = { a: 1, max: 3 }; if (o.a) opts = o;', NEW)],
    { a: 2 },
  ],
};

for (const [what, [pair, given, beside]] of Object.entries(told))
  test(`closures that exist do as those of a fresh start, or that is said: ${what}`, async () => {
    const p = await start(pair, what, beside);
    const own = p.exports['own'] as (() => Closure) | undefined;
    const maker = own ?? (beside ? (p.load('beside.js')['own'] as () => Closure) : () => make(p, given && { ...given }));
    const old = maker();
    const refused = await p.apply(300).then(
      () => false,
      () => true,
    );
    if (refused) return assert.ok(warns(p));
    const fresh = maker();
    if (!warns(p)) assert.deepEqual(TEXTS.map(old), TEXTS.map(fresh));
    await p.revert();
  });
