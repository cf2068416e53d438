/** Entries that a literal gains, which a constant gives their value: what was made without them has it, wherever the constant is written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const DEFAULTS = 'depth: 1, loose: false, name: null, pad: [0]';
const CHECK = "if (text.length > this.options.limit) throw new RangeError('too long'); ";
const reader = (head: string, entry: string, check: string): string => `${head}
exports.Reader = class {
  constructor(given) { this.options = { ${DEFAULTS}${entry}, ...given }; }
  read(text) { ${check}return this.options.depth + text; }
};`;

const own: Readonly<Record<string, readonly [head: string, constants: string]>> = {
  'the module itself': ['const MOST = 3;', ''],
  'the module itself, of another': ['const ONE = 3;\nconst MOST = ONE;', ''],
  'another module, taken apart': ["const { MOST } = require('./constants.js');", 'module.exports = { A: 1, MOST: 3 };'],
  'another module, by another name': ["const { LENGTH: MOST } = require('./constants.js');", 'exports.A = 1; exports.LENGTH = 1 + 2;'],
  'a module that gives on its own variable': [
    "const { MOST } = require('./constants.js');",
    'const MOST = 3; module.exports = { A: 1, MOST };',
  ],
};
for (const [what, [head, constants]] of Object.entries(own))
  test(`the constant is of ${what}`, async () => {
    const beside = (text: string): Record<string, string> => ({ 'constants.js': text });
    const old = constants === '' ? '' : 'module.exports = { A: 1 };';
    const p = await program(
      { 'index.js': reader("exports.a = () => require('./constants.js').A;", '', ''), ...beside(old) },
      { 'index.js': reader(`exports.a = () => require('./constants.js').A;\n${head}`, ', limit: MOST', CHECK), ...beside(constants) },
    );
    const { Reader } = p.exports;
    const made = [new Reader({}), new Reader({ depth: 5 }), new Reader({ limit: 10 })];
    await p.apply();
    // One of the module is found by the property that holds the options, so nothing is left to be told.
    assert.deepEqual(p.codes('warning'), what === 'the module itself' ? [] : ['instances-hold']);
    for (const one of [made[0], made[1], new Reader()]) assert.throws(() => one.read('long'), RangeError);
    assert.deepEqual([made[0].read('abc'), made[1].read('abc'), made[2].read('long')], ['1abc', '5abc', '1long']);
    await p.revert();
    assert.equal(made[0].read('long'), '1long');
  });

for (const [what, head, constants, more] of [
  ['something else may set it', 'let MOST = 3; exports.set = (most) => { MOST = most; };', '', ''],
  ['it is computed as the module loads', 'const MOST = Number(process.pid > 0) * 3;', '', ''],
  [
    'the module sets it after all',
    "const { MOST } = require('./constants.js');",
    'module.exports = { A: 1, MOST: 3 };',
    "require('./constants.js').MOST = 5;",
  ],
  ['its module gives it twice', "const { MOST } = require('./constants.js');", 'exports.MOST = 1; exports.MOST = 3;', ''],
] as const)
  test(`the report says what objects lack where ${what}`, async () => {
    const { verdicts } = await build(
      { 'index.js': reader('', '', ''), 'constants.js': 'module.exports = { A: 1 };' },
      { 'index.js': reader(`${head}${more}`, ', limit: MOST', CHECK), 'constants.js': constants },
    );
    const codes = verdicts.map(({ code }) => code);
    assert.ok(codes.includes('instances-lack') && !codes.includes('entry-supplied'), codes.join());
  });

const VARIABLE = 'const limit = 30;\nexports.limited = (text) => text.length > limit;';
test('an option comes in place of a constant of that name, which is no property', async () => {
  const p = await program(
    { 'index.js': reader(VARIABLE, '', "if (text.length > limit) throw new RangeError('too long'); ") },
    { 'index.js': reader('const LIMIT = 3;\nexports.limited = (text) => text.length > LIMIT;', ', limit: LIMIT', CHECK) },
  );
  const { Reader } = p.exports;
  const made = [new Reader({}), new Reader({ limit: 10 })];
  await p.apply();
  assert.ok(p.codes('carried').includes('entry-supplied'), p.codes().join());
  assert.throws(() => made[0].read('long'), RangeError);
  assert.equal(made[1].read('long'), '1long');
  await p.revert();
  assert.equal(made[0].read('long'), '1long');
});

for (const [what, more] of [
  ['a property as well', 'exports.of = (one) => one.limit;'],
  ['taken out of an object', 'exports.of = (one) => { const { limit } = one; return limit; };'],
  ['an entry by its name', 'exports.of = () => ({ limit });'],
  ['said in a comment', '// limit'],
  ['said as text', "exports.of = (one) => one['limit'];"],
] as const)
  test(`but not where it is ${what}`, async () => {
    const { verdicts } = await build(
      { 'index.js': `${reader(VARIABLE, '', '')}\n${more}` },
      { 'index.js': `${reader(VARIABLE, ', limit: 3', CHECK)}\n${more}` },
    );
    assert.ok(!verdicts.some(({ code }) => code === 'entry-supplied'));
  });

for (const [what, before, after] of [
  [
    'a table of few keys gains',
    'const defaults = { depth: 1 }; exports.A = class { constructor(o) { this.o = { ...defaults, ...o }; } read() { return this.o.depth; } };',
    'const defaults = { depth: 1, limit: 3 }; exports.A = class { constructor(o) { this.o = { ...defaults, ...o }; } read() { const { o } = this; return o.limit; } };',
  ],
  [
    'a function gives what it completes',
    'exports.normalize = (o) => { const own = { ...o }; return own }; exports.use = (o) => o.depth;',
    'exports.normalize = (o) => { const own = { ...o }; own.limit ??= 3; return own }; exports.use = (o) => o.limit;',
  ],
  [
    'a function gives what it is given',
    'exports.set = (o) => { o.depth = 1; }; exports.use = (o) => o.depth;',
    'exports.set = (o) => { o.depth = 1; o.limit = 3; }; exports.use = (o) => o.limit;',
  ],
  [
    'a function writes out, the variable of which is spread',
    'exports.all = (...limit) => [...limit]; exports.make = () => { const o = { depth: 1 }; return o; }; exports.use = (o) => o.depth;',
    'exports.all = (...limit) => [...limit]; exports.make = () => { const o = { depth: 1, limit: 3 }; return o; }; exports.use = (o) => o.limit;',
  ],
  [
    'a function writes out',
    'exports.make = () => { const o = { depth: 1 }; return o; }; exports.use = (o) => o.depth;',
    'exports.make = () => { const o = { depth: 1, limit: 3 }; return o; }; exports.use = (o) => o.limit;',
  ],
] as const)
  test(`the report says what objects lack that ${what}, where a variable had the name before`, async () => {
    const { verdicts } = await build({ 'index.js': `${VARIABLE}\n${before}` }, { 'index.js': `${VARIABLE}\n${after}` });
    assert.deepEqual(
      verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code }) => code),
      ['instances-lack'],
    );
  });
