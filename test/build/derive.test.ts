/** Closures that exist and lack a variable which can be computed from what they hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, patched } from './harness.ts';

const factory = (more: string, body: string, options = 'options'): string => `exports.make = function (${options}) {
  let count = 0;
  function read(value) { return [options.name, value] }
  ${more}
  return { run(value) { count++; ${body} }, name: () => options.name, read, count: () => count };
};
exports.made = [exports.make({ name: 'a', strict: true }), exports.make({ name: 'b' })];`;

test('a new variable with which a statement begins, on a line that follows no semicolon', async () => {
  const p = await patched(
    factory('', 'return read(value)'),
    factory(`const prefix = options.name + ':'`, `let all = value\n    prefix.split('').forEach((x) => { all += x })\n    return all`),
  );
  assert.equal(p.exports['made'][0].run('x'), 'xa:');
  await p.revert();
});

test('a new helper function and constants beside an existing closure', async () => {
  const p = await patched(
    factory('', 'return read(value)'),
    factory(
      `const prefix = options.name + ':';
  function twice(value) { return pad(value) + pad(value) }
  function pad(value, depth = 1) { return depth > 2 ? prefix + value : pad(value, depth + 1) }
  let check;
  if (options.strict) { check = (value) => { if (value === 'bad') throw new Error(prefix) } } else { check = function () {} }`,
      'check(value); return twice(value)',
    ),
  );
  assert.deepEqual([...new Set(p.codes('carried'))].toSorted(), ['capture-derived', 'function-changed']);
  const [a, b] = p.exports['made'];
  assert.deepEqual([a.run('x'), b.run('bad'), a.count(), b.count()], ['a:xa:x', 'b:badb:bad', 1, 1]);
  assert.throws(() => a.run('bad'), /^Error: a:$/);
  assert.equal(p.exports['make']({ name: 'c' }).run('y'), 'c:yc:y', 'closures made from now on have the variables');
  await p.revert();
  assert.deepEqual(a.run('x'), ['a', 'x']);
});

test('constants and helpers that have another value', async () => {
  const source = (limit: string, inherits: string): string => `exports.make = function (options) {
  const limit = ${limit};
  ${inherits}
  function inner(value) { return [value, limit, inherits(value)] }
  return { run(value) { return inner(value) } };
};
exports.made = exports.make({ all: true });
exports.other = exports.make({ all: false });`;
  const p = await patched(
    source('1', 'function inherits(value) { return options.all || value }'),
    source(
      'options.all ? 20 : 2',
      "var inherits; if (options.all) { inherits = function () { return 'all' } } else { inherits = function (value) { return value } }",
    ),
  );
  assert.deepEqual(
    [p.exports['made'].run('x'), p.exports['other'].run('x')],
    [
      ['x', 20, 'all'],
      ['x', 2, 'x'],
    ],
  );
  await p.revert();
  assert.deepEqual(
    [p.exports['made'].run('x'), p.exports['other'].run('x')],
    [
      ['x', 1, true],
      ['x', 1, 'x'],
    ],
  );
});

const withOptions = (entries: string, more: string, body: string): string => `exports.make = function (options) {
  var settings = { strict: false, loud: false${entries} };
  if (options) { if (options.strict === true) { settings.strict = true } ${more} }
  function check(value) { ${body} }
  return { run(value) { return check(value) } };
};
exports.made = exports.make({ strict: true });`;

test('an object of options that existing closures hold gains options: nobody has given those, the others stay', async () => {
  const p = await patched(
    withOptions('', '', `return [settings.strict, 'any']`),
    withOptions(
      `, onError: 'throw', depth: 20`,
      `if (typeof options.onError !== 'undefined') { settings.onError = options.onError }
    settings.depth = options.depth || 20;`,
      'return [settings.strict, settings.onError, settings.depth]',
    ),
  );
  assert.deepEqual(p.exports['made'].run('x'), [true, 'throw', 20]);
  assert.deepEqual(p.exports['make']({ onError: 'pass' }).run('x'), [false, 'pass', 20]);
  assert.ok(p.report.verdicts.some((v) => v.code === 'capture-derived' && v.reason.includes('without onError, depth')));
  await p.revert();
  assert.deepEqual(p.exports['made'].run('x'), [true, 'any']);
});

for (const [what, more, entries] of [
  ['another option decides it', `if (options.strict) { settings.onError = 'pass' }`, `, onError: 'throw'`],
  ['it is given another value than it begins with', `settings.onError = options.onError || 'pass'`, `, onError: 'throw'`],
  ['another entry begins otherwise', '', `, onError: 'throw', loud: true`],
] as const)
  test(`an option that an object gains is not made up where ${what}`, async () => {
    const report = await build(
      { 'index.js': withOptions('', '', 'return [settings.strict, value]') },
      { 'index.js': withOptions(entries, more, 'return [settings.strict, settings.onError]') },
    );
    assert.ok(report.verdicts.some((v) => v.code === 'capture-kept'));
    assert.ok(!report.verdicts.some((v) => v.code === 'capture-derived'));
  });

test('an object that the function fills after it made it is not computed from what it began with', async () => {
  const source = (held: string): string => `exports.make = function (options) {
  const list = [${held}];
  list.push(options.name);
  return { run() { return ${held === '' ? 'options' : 'list'} } };
};
exports.made = exports.make({ name: 'a' });`;
  const report = await build({ 'index.js': source('') }, { 'index.js': source('1') });
  assert.ok(report.verdicts.some((v) => v.code === 'closure-stranded'));
});

test('a helper that gave way to what cannot be computed is not called in its place', async () => {
  const source = (helper: string): string => `exports.make = function (options) {
  ${helper}
  return { run(value) { return helper(value) } };
};
exports.made = exports.make({});`;
  const report = await build(
    { 'index.js': source('function helper(value) { return [options, value] }') },
    { 'index.js': source('var helper = options.helper()') },
  );
  assert.ok(report.verdicts.some((v) => v.code === 'closure-stranded'));
});

test('an async helper waits where it stands', async () => {
  const p = await patched(
    factory('', 'return read(value)'),
    factory('const later = async (value) => { await null; return [options.name, await value] };', 'return later(value)'),
  );
  assert.deepEqual(await p.exports['made'][0].run(Promise.resolve(1)), ['a', 1]);
});

test('what would not be the same value is not computed', async () => {
  const cases: Readonly<Record<string, readonly [more: string, body: string]>> = {
    'made from a variable that has changed since': ['const from = count;', 'return from'],
    'what calls other code': ['const id = options.next();', 'return id'],
    'what nothing captured': ['const first = arguments[0];', 'return first'],
  };
  for (const [name, [more, body]] of Object.entries(cases)) {
    const report = await build({ 'index.js': factory('', 'return read(value)') }, { 'index.js': factory(more, body) });
    assert.ok(!report.verdicts.some((v) => v.code === 'capture-derived'), name);
    assert.ok(
      report.verdicts.some((v) => v.code === 'closure-stranded'),
      name,
    );
  }
});

const taking = (options: string, body: string): string => `exports.make = function ({ strict = false${options} } = {}) {
  return { run(value) { ${body} } };
};
exports.made = [exports.make(), exports.make({ strict: true })];`;

test('an option that a function takes out of what it is given, and that nobody can have given, is what it begins with', async () => {
  const p = await patched(
    taking('', 'return [strict, value]'),
    taking(', allow: allowed = false, most = 20, other', `return [strict, value, allowed, most, typeof other]`),
  );
  const { made, make } = p.exports;
  assert.deepEqual(
    [made[0].run(1), made[1].run(2), make({ allow: true, most: 1, other: 1 }).run(3)],
    [
      [false, 1, false, 20, 'undefined'],
      [true, 2, false, 20, 'undefined'],
      [false, 3, true, 1, 'number'],
    ],
  );
  await p.revert();
  assert.deepEqual(made[1].run(2), [true, 2]);
});

for (const [what, before, after] of [
  ['the old version knows', taking('', 'return [strict, value.most]'), taking(', most = 20', 'return [strict, most]')],
  ['begins with what is computed', taking('', 'return strict'), taking(', most = Date.now()', 'return most')],
  [
    'code of the new version gives',
    taking('', 'return strict'),
    `${taking(', most = 20', 'return most')}\nexports.other = exports.make({ most: 3 });`,
  ],
  ['code gives another value', taking('', 'return strict'), taking(', most = 20', 'most++; return most')],
] as const)
  test(`an option that ${what} is not made up`, async () => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    assert.ok(!verdicts.some(({ code }) => code === 'capture-derived'));
  });

test('an option that another module of the new version gives is not made up', async () => {
  const other = (more: string): string => `exports.made = require('./index.js').make({ strict: true${more} });`;
  const { verdicts } = await build(
    { 'index.js': taking('', 'return strict'), 'other.js': other('') },
    { 'index.js': taking(', most = 20', 'return most'), 'other.js': other(', most: 3') },
  );
  assert.ok(!verdicts.some(({ code }) => code === 'capture-derived'));
});
