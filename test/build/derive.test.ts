/** Closures that exist and lack a variable which can be computed from what they hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, patched, program } from './harness.ts';

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

test('a text of another module that has a variable of that name in it gives no option', async () => {
  const other = (more: string): string =>
    `exports.make = ({ strict = false${more} }) => (value) => \`\${strict}${more && '${most}'}\${value}\`;`;
  const { verdicts } = await build(
    { 'index.js': taking('', 'return strict'), 'other.js': other('') },
    { 'index.js': taking(', most = 20', 'return most'), 'other.js': other(', most = 20') },
  );
  assert.ok(verdicts.some(({ code, path }) => code === 'capture-derived' && path === 'exports.make/<return>.run'));
});

const asking = (more: string, body: string, begin = 'options'): string => `exports.make = function (${begin}) {
  var opts = options || {};
  var strict = opts.strict || false;
  ${more}
  return { run: function (value) { ${body} } };
};
exports.made = [exports.make(), exports.make({ strict: true })];`;

test('a variable that a function computes of options which nobody can have given is what it is without them', async () => {
  const p = await patched(
    asking('', 'return [strict, value]'),
    asking(
      `var depth = typeof opts.depth !== 'number' ? Number(opts.depth || 32) : opts.depth
  const loud = opts.loud === true, name = opts?.name ?? 'none', most = (opts.most || 2) + opts.most;
  const { least = 3, other } = opts;
  if (isNaN(depth)) throw new TypeError('depth')`,
      'return [strict, depth, loud, name, least, typeof other]',
    ),
  );
  const { made, make } = p.exports;
  assert.deepEqual(
    [made[0].run(1), made[1].run(2), make({ depth: '5', loud: true, name: 'n', least: 1, other: 1 }).run(3)],
    [
      [false, 32, false, 'none', 3, 'undefined'],
      [true, 32, false, 'none', 3, 'undefined'],
      [false, 5, true, 'n', 1, 'number'],
    ],
  );
  const reasons = p.report.verdicts.filter(({ code }) => code === 'capture-derived').map(({ reason }) => reason);
  assert.ok(reasons.includes('closures that exist do not hold depth: nobody has given depth, and it is what it is without'));
  await p.revert();
  assert.deepEqual(made[1].run(2), [true, 2]);
});

test('an option that the old version only writes out itself, for a call, is one that nobody gave', async () => {
  const source = (more: string, depth: string): string =>
    `const read = (value, { depth }) => [value, depth];\n${asking(more, `return read(value, { depth: ${depth} })`)}`;
  const late = `const reader = require('./read.js');\n`;
  const of = (more: string, depth: string): Record<string, string> => ({
    'index.js': late + asking(more, `return reader(value, { depth: ${depth} })`),
    'read.js': 'module.exports = (value, options) => [value, Object.values(options)[0]];',
  });
  const p = await program(of('', 'Infinity'), of('const depth = opts.depth || 32;', 'depth'));
  await p.apply();
  assert.deepEqual(p.exports['made'][0].run(1), [1, 32]);
  await p.revert();
  assert.deepEqual(p.exports['made'][0].run(1), [1, Infinity]);
  // Here the old version takes one of that name.
  const { verdicts } = await build(
    { 'index.js': source('', 'Infinity') },
    { 'index.js': source('const depth = opts.depth || 32;', 'depth') },
  );
  assert.ok(verdicts.some(({ code }) => code === 'closure-stranded'));
});

for (const [what, before, after] of [
  ['the old version knows', asking('', 'return value.depth'), asking('const depth = opts.depth || 32;', 'return depth')],
  [
    'may be merged with what was given',
    `merge({ depth: 1 }, {});\nfunction merge(a, b) { return [a, b] }\n${asking('', 'return strict')}`,
    `merge({ depth: 1 }, {});\nfunction merge(a, b) { return [a, b] }\n${asking('const depth = opts.depth || 32;', 'return depth')}`,
  ],
  ['has to be there', asking('', 'return strict'), asking('const depth = opts.depth;', 'return depth.x')],
  ['is one of several that decide', asking('', 'return strict'), asking('const depth = opts.depth || opts.level;', 'return depth')],
  [
    'may be one of another package',
    asking(`require('http').createServer(opts)`, 'return strict'),
    asking(`require('http').createServer(opts); const depth = opts.depth || 32;`, 'return depth'),
  ],
  [
    'code sets',
    asking('', 'return strict'),
    asking('opts.depth = opts.depth || Date.now(); const depth = opts.depth || 32;', 'return depth'),
  ],
  [
    'code gives',
    asking('', 'return strict'),
    `${asking('const depth = opts.depth || 32;', 'return depth')}\nexports.other = exports.make({ depth: 3 });`,
  ],
  [
    'is of an argument that has been written',
    asking('', 'return strict', 'options, x'),
    asking('const depth = x.depth || 32;', 'return depth', 'options, x').replace('var opts', 'x = exports; var opts'),
  ],
] as const)
  test(`what is computed of an option that ${what} is not made up`, async () => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    assert.ok(verdicts.some(({ code }) => code === 'closure-stranded' || code === 'capture-added'));
    assert.ok(!verdicts.some(({ code }) => code === 'capture-derived'));
  });

const defaults = (entry: string, more: string, body: string): string => `const defaults = { strict: false${entry} };
function none() { return 'none' }
exports.make = (given) => {
  const { strict${more} } = Object.assign({}, defaults, given);
  return { run: (value) => ${body} };
};
exports.made = exports.make({ strict: true });`;

test('an option that is taken out of defaults and what was given, and that nobody can have given, is what the defaults say', async () => {
  const p = await patched(
    defaults('', '', '[strict, value, none()]'),
    defaults(', most: 20, pick: none', ', most, pick', '[strict, most, pick()]'),
  );
  const { made, make } = p.exports;
  assert.deepEqual(
    [made.run(1), make({ most: 1, pick: () => 'own' }).run(1)],
    [
      [true, 20, 'none'],
      [false, 1, 'own'],
    ],
  );
  await p.revert();
  assert.deepEqual(made.run(1), [true, 1, 'none']);
});

const parameters = (params: string, body: string, more = ''): string =>
  `function make(${params}) { return { run: (value) => ${body} } }\nexports.made = make('a');\nexports.make = make;\n${more}`;

test('a parameter that the old function does not take, and that may be left out, was passed by nobody', async () => {
  const p = await patched(
    parameters('name', '[name, value]'),
    parameters('name, options, most = 20', `[name, options?.sep ?? '-', (options || {}).end, most]`),
  );
  const { made, make } = p.exports;
  assert.deepEqual(
    [made.run(1), make('b', { sep: '+', end: '.' }, 1).run(1)],
    [
      ['a', '-', undefined, 20],
      ['b', '+', '.', 1],
    ],
  );
  await p.revert();
  assert.deepEqual(made.run(1), ['a', 1]);
});

for (const [what, before, after] of [
  ['has to be there', parameters('name', 'name'), parameters('name, depth', 'depth + 1')],
  ['new code passes', parameters('name', 'name'), parameters('name, depth = 1', 'depth', 'exports.more = () => make(1, 2);')],
  ['new code may pass', parameters('name', 'name'), parameters('name, depth = 1', 'depth', 'exports.more = (all) => make(...all);')],
  ['the old function has by another name', parameters('name, limit', '[name, limit]'), parameters('name, depth = 1', '[name, depth]')],
  [
    'another module may pass, which has been given the function',
    parameters('name', 'name', "require('http').make = make;"),
    parameters('name, depth = 1', 'depth', "require('http').make = make;"),
  ],
  [
    'who holds an object with the function may pass',
    parameters('name', 'name', 'const api = { make };\nexports.use = (f) => f(api);'),
    parameters('name, depth = 1', 'depth', 'const api = { make };\nexports.use = (f) => f(api);'),
  ],
  [
    'another function under that name may take',
    parameters('name', 'name', 'exports.other = () => { make = null; };'),
    parameters('name, depth = 1', 'depth', 'exports.other = () => { make = null; };'),
  ],
  [
    'callers may pass all the same',
    parameters('name', 'name', 'exports.all = [1].map(make);'),
    parameters('name, depth = 1', 'depth', 'exports.all = [1].map(make);'),
  ],
  [
    'code passes by the name of an export',
    parameters('name', 'name'),
    parameters('name, depth = 1', 'depth', 'exports.more = () => exports.make(1, 2);'),
  ],
  [
    'who takes the export may pass',
    parameters('name', 'name', 'exports.all = (names) => names.map(exports.make);'),
    parameters('name, depth = 1', 'depth', 'exports.all = (names) => names.map(exports.make);'),
  ],
  [
    'code passes by the name that an object of exports has for it',
    parameters('name', 'name', 'module.exports = { create: make, more() { return this.create(1) } };'),
    parameters('name, depth = 1', 'depth', 'module.exports = { create: make, more() { return this.create(1, 2) } };'),
  ],
  [
    'code passes to all that is exported',
    parameters('name', 'name', 'module.exports = make; make.more = () => module.exports(1);'),
    parameters('name, depth = 1', 'depth', 'module.exports = make; make.more = () => module.exports(1, 2);'),
  ],
  [
    'the old function reads as one of its arguments',
    parameters('name', 'name').replace('{ return', '{ const all = arguments.length; return'),
    parameters('name, depth = 1', 'depth').replace('{ return', '{ const all = arguments.length; return'),
  ],
  [
    'an arrow function of the old one reads as one of its arguments',
    parameters('name', 'name').replace('{ return', '{ const all = () => arguments.length; return'),
    parameters('name, depth = 1', 'depth').replace('{ return', '{ const all = () => arguments.length; return'),
  ],
  ['the old function takes with the rest', parameters('...names', 'names[0]'), parameters('name, depth = 1', '[name, depth]')],
  ['code writes', parameters('name', 'name'), parameters('name, depth = 1', 'depth').replace('{ return', '{ depth *= name.length; return')],
  ['begins with what is computed', parameters('name', 'name'), parameters('name, depth = Date.now()', 'depth')],
  ['begins with a pattern, which has a state', parameters('name', 'name'), parameters('name, word = /a/g', 'word.test(value)')],
  ['begins with an object that is used as a whole', parameters('name', 'name'), parameters('name, options = {}', 'options')],
] as const)
  test(`a new parameter that ${what} is not made up`, async () => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    assert.ok(verdicts.some(({ code }) => code === 'closure-stranded'));
  });

for (const [what, source] of [
  ['an export', (own: string) => `export function make${own}\nexport const made = make('a');`],
  ['an export by its name', (own: string) => `function make${own}\nexport { make };\nexport const made = make('a');`],
  ['an object of exports', (own: string) => `function make${own}\nmodule.exports = { make, made: make('a') };`],
  ['all that is exported', (own: string) => `function make${own}\nmodule.exports = make;`],
  [
    'an export of a bundle',
    (own: string) =>
      `const give = (to, all) => { for (const name in all) Object.defineProperty(to, name, { get: all[name], enumerable: true }); };
give(exports, { make: () => make, made: () => made });\nfunction make${own}\nvar made = make('a');`,
  ],
] as const)
  test(`a new parameter of ${what}, which no code of the package passes, is made up`, async () => {
    const file = source('').includes('export ') ? 'index.mjs' : 'index.js';
    const main = { 'package.json': JSON.stringify({ name: 'one', version: '1.0.0', main: file }) };
    const { verdicts } = await build(
      { ...main, [file]: source('(name) { return { run: () => name }; }') },
      { ...main, [file]: source('(name, depth = 1) { return { run: () => name + depth }; }') },
    );
    const codes = new Set(verdicts.map(({ code }) => code));
    assert.deepEqual([codes.has('capture-derived'), codes.has('closure-stranded')], [true, false]);
  });

test('a new parameter that another module of the new version passes is not made up', async () => {
  const own = (params: string, body: string): string => `(${params}) { return { run: (value) => ${body} } }`;
  const made = (form: (own: string) => string): readonly [string, string] => [
    form(own('name', 'name')),
    form(own('name, depth = 1', 'depth')),
  ];
  const forms: readonly (readonly [file: string, versions: readonly [string, string], other: (more: string) => string])[] = [
    [
      'lib.js',
      made((f) => `exports.make = make; function make${f}`),
      (x) => `const { make } = require('./lib'); exports.a = () => make('x'${x});`,
    ],
    [
      'lib.js',
      made((f) => `exports.create = make; function make${f}`),
      (x) => `const lib = require('./lib'); exports.a = () => lib.create('x'${x});`,
    ],
    ['lib.js', made((f) => `module.exports = make; function make${f}`), (x) => `const f = require('./lib'); exports.a = () => f('x'${x});`],
    [
      'lib/index.js',
      made((f) => `module.exports = make; function make${f}`),
      (x) => `const f = require('./lib/'); exports.a = () => f('x'${x});`,
    ],
    [
      'lib.mjs',
      made((f) => `function make${f}\nexport { make as create };`),
      (x) => `import { create } from './lib.mjs'; export const a = () => create('x'${x});`,
    ],
  ];
  for (const [file, [before, after], other] of forms) {
    const beside = `other.${file.split('.').at(-1)!}`;
    const codesWith = async (more: string): Promise<readonly string[]> => {
      const { verdicts } = await build({ [file]: before, [beside]: other('') }, { [file]: after, [beside]: other(more) });
      return verdicts.map(({ code }) => code);
    };
    // What imports another value of the module counts among the files that have changed.
    if (file.endsWith('.js')) assert.ok((await codesWith('')).includes('capture-derived'), before);
    assert.ok((await codesWith(', 2')).includes('closure-stranded'), before);
  }
});

test('what is another when closures ask for it than as the variable was given its value is not computed', async () => {
  const ticking = 'let ticks = 0; exports.tick = () => { ticks++ }; const clock = { at: 0 }; exports.set = (at) => { clock.at = at };';
  const made = (helper: string, more: string): string =>
    `${ticking}\n${helper}\nexports.make = function (n, list) { ${more} return { get: () => [n, list${more && ', own'}] } };\nexports.made = exports.make(1, []);`;
  const cases: readonly (readonly [helper: string, more: string])[] = [
    ['', 'const own = Math.random();'],
    ['', 'const own = Symbol(n);'],
    ['', 'const own = Date.now();'],
    ['', 'const own = new Date();'],
    ['', 'const own = process.uptime();'],
    ['', 'let own; if (n) own = Math.random();'],
    ['const other = (n) => n + Math.random();', 'const own = other(n);'],
    ['', 'const own = n + ticks;'],
    ['const other = (n) => n + ticks;', 'const own = other(n);'],
    ['', 'const own = n * clock.at;'],
    ['', 'const own = list.length;'],
    ['exports.rename = (list) => { list.title = list.title + 1 };', 'const own = list.title;'],
    ['exports.count = (list) => { list.calls++ };', 'const own = list.calls;'],
  ];
  for (const [helper, more] of cases) {
    const { verdicts } = await build({ 'index.js': made(helper, '') }, { 'index.js': made(helper, more) });
    const codes = new Set(verdicts.map(({ code }) => code));
    assert.deepEqual([codes.has('capture-derived'), codes.has('closure-stranded')], [false, true], helper + more);
  }
  const lasting: readonly (readonly [helper: string, more: string])[] = [
    ['const LIMIT = 3; exports.C = class {}; exports.C.prototype = {};', 'const own = Array.prototype.join.call([Number(n), LIMIT]);'],
    ['', 'function own() { return [ticks, Math.random(), list.length] }'],
    ['exports.show = (list) => list.title + list.calls;', 'const own = list.title + list.calls;'],
  ];
  for (const [helper, more] of lasting) {
    const { verdicts } = await build({ 'index.js': made(helper, '') }, { 'index.js': made(helper, more) });
    assert.ok(
      verdicts.some(({ code }) => code === 'capture-derived'),
      helper + more,
    );
  }
});
