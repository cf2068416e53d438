/** Entries that an object literal gains: new code finds them on what old code wrote out, and on nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const index = (entry: string): string => `const codec = require('./codec.js');
exports.make = function (options) {
  options = options || { loose: false, depth: 20${entry} };
  return codec(options);
};`;
const codec = (check: string): string => `module.exports = function (settings) {
  return { read: (text) => parse(text, settings) };
  function parse(text, options) { ${check} return options.depth + text }
};`;
const check = `if (text === 'bad' && options.action === 'error') throw new SyntaxError(text);`;
const files = (entry: string, more: string): Record<string, string> => ({ 'index.js': index(entry), 'codec.js': codec(more) });

test('new code finds the entry on what old code wrote out and passed on, and not on what the program gave', async () => {
  const p = await program(files('', ''), files(`, action: 'error'`, check));
  const old = p.exports['make']();
  const given = p.exports['make']({ loose: true, depth: 20 });
  const others = [p.exports['make']({ depth: 5 }), p.exports['make'](Object.create({ loose: false, depth: 20 }))];
  assert.deepEqual(
    p.codes('carried').filter((code) => code !== 'function-changed'),
    ['entry-supplied'],
  );
  assert.deepEqual(p.codes('warning'), []);
  await p.apply();
  for (const made of [old, p.exports['make']()]) {
    assert.throws(() => made.read('bad'), /^SyntaxError: bad$/);
    assert.equal(made.read('good'), '20good');
  }
  assert.equal(given.read('bad'), '20bad');
  assert.deepEqual(
    others.map((one) => one.read('bad')),
    ['5bad', '20bad'],
  );
  assert.equal(p.exports['make']({ loose: false, depth: 20, action: 'pass' }).read('bad'), '20bad');
  await p.revert();
  assert.equal(old.read('bad'), '20bad');
  p.clean();
});

for (const [what, before, after] of [
  ['the old code writes to another entry', 'options.depth += 1;', 'options.depth += 1;'],
  ['the new code writes to it', '', `options.action = 'pass';`],
  ['the new code takes it out of the object', '', 'const { action } = options;'],
  [
    'another literal looks the same',
    'exports.like = () => ({ loose: false, depth: 1 });',
    'exports.like = () => ({ loose: false, depth: 1 });',
  ],
] as const)
  test(`it is not made up where ${what}`, async () => {
    const { verdicts } = await build(
      { 'index.js': index(''), 'codec.js': before.startsWith('exports') ? before + codec('') : codec(before) },
      { 'index.js': index(`, action: 'error'`), 'codec.js': after.startsWith('exports') ? after + codec(check) : codec(after + check) },
    );
    const codes = verdicts.map(({ code }) => code);
    assert.ok(codes.includes('instances-lack'));
    assert.ok(!codes.includes('entry-supplied'));
  });

/** Defaults that gain an entry, and objects that are made of them with what the program gives, and passed on. */
const reader = (defaults: string, copy: string, check = '', more = ''): Record<string, string> => ({
  'index.js': `const defaults = { ${defaults} };${more}
exports.Reader = class { constructor(given) { this.options = ${copy}; } read(text) { return new Run(this.options).read(text); } };
class Run { constructor(options) { this.options = options; } read(text) { ${check}return this.options.depth + text; } }
exports.run = (options) => new Run(options);
`,
});
const DEFAULTS = 'depth: 1, loose: false, name: null, pad: [0]';
const LIMITED = `${DEFAULTS}, limit: 3`;
const COPIES = ['{ ...defaults, ...given }', 'Object.assign({}, defaults, given)'];
/** The same, where the defaults stand in the place in which objects are made. */
const WRITTEN = (entries: string): string[] => [
  `{ ${entries}, ...given }`,
  `{ ${entries}, ...given, last: 1 }`,
  `Object.assign({ ${entries} }, given)`,
];
const tooLong = 'if (text.length > this.options.limit) throw new RangeError(text); ';

/** What is told of what objects have of the defaults: where these stand in the constructor, the object that it makes is another one. */
const FORMS = [
  ...COPIES.map((copy) => [copy, reader(DEFAULTS, copy), reader(LIMITED, copy, tooLong), []] as const),
  // What a comment says of the option is no code that sets it.
  ...[...WRITTEN(LIMITED), ...WRITTEN(`${DEFAULTS}, limit: 1 + 2`)].map((copy, i) => {
    const before = WRITTEN(DEFAULTS)[i % WRITTEN('').length]!;
    return [copy, reader('', before), reader('', copy, `/* options.limit=3 */ ${tooLong}`), ['instances-hold']] as const;
  }),
];

for (const [copy, before, after, warnings] of FORMS)
  test(`what objects have made of defaults with other values finds the new default, and keeps what it was given: ${copy}`, async () => {
    const p = await program(before, after);
    const { Reader, run } = p.exports;
    const made = [new Reader(), new Reader({ depth: 2, loose: true }), new Reader({ name: 'x', extra: 1 })];
    const given = new Reader({ depth: 5, limit: 9 });
    assert.deepEqual(p.codes('warning'), warnings);
    assert.ok(p.codes('carried').includes('entry-supplied'));
    await p.apply();
    for (const one of made) assert.throws(() => one.read('long'), /^RangeError: long$/);
    assert.deepEqual([made[1].read('abc'), given.read('long'), run({ depth: 4, loose: false }).read('long')], ['2abc', '5long', '4long']);
    await p.revert();
    assert.equal(made[1].read('long'), '2long');
    p.clean();
  });

for (const [what, before, after] of [
  ['so few keys', '{ depth: 1, loose: false, ...given }', '{ depth: 1, loose: false, limit: 3, ...given }'],
  [
    'what a program gives, ahead of it',
    '{ ...given, depth: 1, loose: false, name: 1, pad: 2 }',
    '{ ...given, depth: 1, loose: false, name: 1, pad: 2, limit: 3 }',
  ],
  [
    'what was written out alone',
    '{ depth: 1, loose: false, name: 1, pad: 2 }',
    '{ depth: 1, loose: false, name: 1, pad: 2, limit: 3, ...given }',
  ],
] as const)
  test(`the report says what they lack where they were made with ${what}`, async () => {
    const { verdicts } = await build(reader('', before), reader('', after, tooLong));
    const codes = verdicts.map(({ code }) => code);
    assert.deepEqual([codes.includes('entry-supplied'), codes.includes('instances-lack')], [false, true]);
  });

/** Options that are handed on to an object which keeps them. */
const handing = (entries: string, handed: string, check = ''): Record<string, string> => ({
  'index.js': `class Run { constructor(options) { this.options = options; } read(text) { ${check}return this.options.depth + text; } }
class Line { constructor(options) { this.most = options.most; } }
exports.Reader = class {
  constructor(given) { this.options = { ${entries}, ...given }; this.line = new Line({ most: this.options.depth }); }
  run() { return new Run({ pad: this.options.pad, name: this.options.name, loose: this.options.loose, depth: this.options.depth${handed} }); }
};
exports.own = () => new Run({ depth: 3 });
`,
});

test('what code sets on such an object itself stays there', async () => {
  const more = ' exports.limitTo = function (value) { this.limit = value; };';
  const p = await program(reader('', WRITTEN(DEFAULTS)[0]!), reader('', WRITTEN(LIMITED)[0]!, tooLong, more));
  const old = new p.exports['Reader']();
  await p.apply();
  assert.throws(() => old.read('long'), /^RangeError: long$/);
  p.load('index.js')['limitTo'].call(old.options, 9);
  assert.equal(old.read('long'), '1long');
  p.clean();
});

test('what is handed on to objects that keep it has the default as well', async () => {
  const p = await program(handing(DEFAULTS, ''), handing(LIMITED, ', limit: this.options.limit', tooLong));
  const reader = new p.exports['Reader']({ depth: 2 });
  const [old, other] = [reader.run(), p.exports['own']()];
  assert.ok(!p.codes('warning').includes('instances-lack'));
  await p.apply();
  for (const run of [old, reader.run()]) assert.throws(() => run.read('long'), /^RangeError: long$/);
  assert.deepEqual([new p.exports['Reader']({ limit: 9 }).run().read('long'), other.read('long')], ['1long', '3long']);
  await p.revert();
  assert.equal(old.read('long'), '2long');
  p.clean();
});

test('the report says which of the objects lack it, where those of others are told', async () => {
  const few = `exports.few = (given) => { few.last = { depth: 1, ...given }; return few.last };\nfunction few() {}\n`;
  const { verdicts } = await build(
    { 'index.js': reader('', WRITTEN(DEFAULTS)[0]!)['index.js']! + few },
    { 'index.js': reader('', WRITTEN(LIMITED)[0]!, tooLong)['index.js']! + few.replace('depth: 1', 'depth: 1, limit: 3') },
  );
  const said = verdicts.flatMap(({ code, path }) => (/^(?:entry-supplied|instances-lack)$/.test(code) ? `${code} ${path}` : []));
  assert.deepEqual(said.toSorted(), ['entry-supplied exports.Reader#constructor limit', 'instances-lack exports.few limit']);
});

for (const [what, before, after] of [
  ['deleted', '', 'delete this.options.limit; '],
  ['given another value', '', 'this.options.limit = 4; '],
] as const)
  test(`the report says what they lack where it is ${what}`, async () => {
    const { verdicts } = await build(reader('', WRITTEN(DEFAULTS)[0]!, before), reader('', WRITTEN(LIMITED)[0]!, after + tooLong));
    assert.ok(!verdicts.some(({ code }) => code === 'entry-supplied'));
  });

for (const [what, defaults, more] of [
  ['so few keys may be those of anything else', 'depth: 1, loose: false, name: null', ''],
  ['another literal has the same keys', DEFAULTS, ' exports.like = () => ({ depth: 2, loose: true, name: "", pad: [] });'],
  ['the new default is computed', DEFAULTS, ''],
] as const)
  test(`the report says what they lack where ${what}`, async () => {
    const gained = what.includes('computed') ? 'limit: Number(process.env.LIMIT || 3)' : 'limit: 3';
    const { verdicts } = await build(reader(defaults, COPIES[0]!, '', more), reader(`${defaults}, ${gained}`, COPIES[0]!, tooLong, more));
    const warnings = verdicts.flatMap(({ verdict, code, path }) => (verdict === 'warning' ? `${code} ${path}` : []));
    assert.deepEqual(warnings, ['instances-lack exports.Reader#constructor limit']);
  });

test('the report says what they lack under a name that is a part of another', async () => {
  const { verdicts } = await build(
    reader('depth: 1, loose: false, limits: 2', COPIES[0]!, ''),
    reader('depth: 1, loose: false, limits: 2, limit: Number(process.env.LIMIT || 3)', COPIES[0]!, tooLong),
  );
  const warnings = verdicts.flatMap(({ verdict, code, path }) => (verdict === 'warning' ? `${code} ${path}` : []));
  assert.deepEqual(warnings, ['instances-lack exports.Reader#constructor limit']);
});

/** The same where another module gives what it makes of them. */
const apart = (defaults: string, check = ''): Record<string, string> => ({
  'index.js': `const { build } = require('./options.js');
const { Run } = require('./run.js');
exports.Reader = class { constructor(given) { this.options = build(given); } read(text) { return new Run(this.options).read(text); } };
`,
  'options.js': `const defaults = exports.defaults = { ${defaults} };
exports.build = function (given) { const built = Object.assign({}, defaults, given); built.name = String(built.name); return built; };
`,
  'run.js': `exports.Run = class { constructor(options) { this.options = options; } read(text) { ${check}return this.options.depth + text; } };
`,
});

test('another module makes them: they find the new default', async () => {
  const p = await program(apart(DEFAULTS), apart(LIMITED, tooLong));
  const made = new p.exports.Reader({ depth: 2 });
  assert.deepEqual(p.codes('warning'), []);
  await p.apply();
  assert.throws(() => made.read('long'), /^RangeError: long$/);
  await p.revert();
  assert.equal(made.read('long'), '2long');
  p.clean();
});

test('another module makes them: the report says what they keep where their keys do not tell them, and nothing where they share what differs', async () => {
  const warnings = async (before: string, after: string): Promise<string[]> => {
    const { verdicts } = await build(apart(before), apart(after, tooLong));
    return verdicts.flatMap(({ verdict, code, path }) => (verdict === 'warning' ? `${code} ${path}` : []));
  };
  assert.deepEqual(await warnings('depth: 1', 'depth: 1, limit: 3'), ['instances-hold exports.Reader#constructor options']);
  assert.deepEqual(await warnings('depth: 1, of: { a: 1 }', 'depth: 1, of: { a: 2 }'), []);
});

/** `LIMIT` stands for the entry that the table gains, `CHECK` for what asks for it of `options`. */
const made = (code: string, isNew: boolean): Record<string, string> => ({
  'index.js': code
    .replace('LIMIT', isNew ? ', limit: 3' : '')
    .replace('CHECK', isNew ? 'if (text.length > options.limit) throw new RangeError(text); ' : ''),
});
const READ = 'read(text) { const { options } = this; CHECK return text } }';
const KEPT: Readonly<Record<string, readonly [code: string, said: readonly string[]]>> = {
  'of a table that is frozen': [
    `const T = Object.freeze({ a: 1 LIMIT }); exports.A = class { constructor(given) { this.options = { ...T, ...given } } ${READ};`,
    ['instances-lack exports.A#constructor limit'],
  ],
  'of a table in a table': [
    `const T = { of: { a: 1 LIMIT } }; exports.A = class { constructor(given) { this.options = { ...T.of, ...given } } ${READ};`,
    ['instances-lack exports.A#constructor limit'],
  ],
  'key by key': [
    `const T = { a: 1 LIMIT }; exports.A = class { constructor(given) { this.options = {}; for (const key of Object.keys(T)) this.options[key] = given[key] ?? T[key] } ${READ};`,
    ['instances-lack exports.A#constructor limit'],
  ],
  'by a function that completes options': [
    `const T = { a: 1 LIMIT }; function defaults(to, from) { for (const key in from) to[key] ??= from[key]; return to }
     exports.A = class { constructor(given) { this.options = defaults({ ...given }, T) } ${READ};`,
    ['instances-lack exports.A#constructor limit'],
  ],
  'by a superclass': [
    `const T = { a: 1 LIMIT }; class B { constructor(options) { this.options = options } } exports.A = class extends B { constructor(given) { super({ ...T, ...given }) } ${READ};`,
    ['instances-lack exports.A#constructor limit'],
  ],
  'one entry, which is looked up': [
    `const T = { a: [1] LIMIT }; exports.A = class { constructor(kind, options) { this.one = T[kind]; this.options = options } get() { return this.one } ${READ};`,
    [],
  ],
  'for one call': [
    'const T = { a: 1 LIMIT }; exports.read = (text, given) => { const options = { ...T, ...given }; CHECK return text };',
    [],
  ],
};

for (const [what, [code, said]] of Object.entries(KEPT))
  test(`what is made of all that a table has: ${what}`, async () => {
    const { verdicts } = await build(made(code, false), made(code, true));
    assert.deepEqual(
      verdicts.flatMap(({ verdict, code: own, path }) => (verdict === 'warning' ? `${own} ${path}` : [])),
      said,
    );
  });

test('nothing is said of an entry that nothing reads', async () => {
  const { verdicts } = await build(reader(DEFAULTS, COPIES[0]!), reader(LIMITED, COPIES[0]!, 'void text; '));
  assert.deepEqual(
    verdicts.filter(({ verdict }) => verdict === 'warning'),
    [],
  );
});

test('many entries at once: none of them may be a word that the old version says anywhere', async () => {
  const names = Array.from({ length: 40 }, (_, i) => `entry${i}`);
  const entries = names.map((name) => `, ${name}: 'error'`).join('');
  const checks = names.map((name) => `if (options.${name} === 'error') throw new SyntaxError(text);`).join('\n');
  for (const [beside, count] of [
    ['// $entry31, entry3x, aentry4', 40],
    ['// entry30', 0],
  ] as const) {
    const { verdicts } = await build({ ...files('', ''), 'other.js': beside }, { ...files(entries, checks), 'other.js': beside });
    assert.equal(verdicts.filter(({ code }) => code === 'entry-supplied').length, count, beside);
  }
});

test('the name of an entry may be any text', async () => {
  const index = (entry: string): string => `exports.make = (other) => {
  exports.table = { a: 1${entry} };
  return (key) => exports.table[key] || other;
};`;
  for (const name of ['*', '**', '.', '$(', '\\', '[a', '{', '|']) {
    const report = await build({ 'index.js': index('') }, { 'index.js': index(`, ${JSON.stringify(name)}: 2`) });
    assert.notEqual(report.patch, null, name);
  }
});

test('it is not supplied where a chain may have found nothing before', async () => {
  const holding = (more: string): string => `module.exports = function (settings) {
  const held = [settings];
  return { read: (text) => { ${more} return held[0].depth + text } };
};`;
  for (const [read, isSupplied] of [
    ['held[0].action', true],
    ['held[0]?.action', true],
    ['held?.[0]?.action', true],
    ['held?.[0].action', false],
    ['held.at?.(0).action', false],
  ] as const) {
    const { verdicts } = await build(
      { 'index.js': index(''), 'codec.js': holding('') },
      { 'index.js': index(`, action: 'error'`), 'codec.js': holding(`if (${read} === 'error') throw new Error();`) },
    );
    const codes = verdicts.map(({ code }) => code);
    assert.deepEqual([codes.includes('entry-supplied'), codes.includes('instances-lack')], [isSupplied, !isSupplied], read);
  }
});
