/** Modules that the new version has in another file. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const PARSE = `const { one } = require('./util')
const LIMIT = 10
let calls = 0
exports.parse = function (text) {
  calls++
  return [text.length > LIMIT, help(text), calls]
}
function help(text) {
  return text + one()
}
`;
const BEFORE = {
  'index.js':
    "const p = require('./lib/a')\nexports.f = (text) => p.parse(text)\nexports.parse = p.parse\nexports.lazy = () => require('./lib/a.js').parse('x')",
  'package.json': '{"name":"moves","version":"1.0.0","main":"index.js"}',
  'lib/a.js': PARSE,
  'lib/util.js': 'exports.one = () => 1',
};

test('the running module goes on as the one that moved, its state included', async () => {
  const p = await program(BEFORE, {
    'index.js': BEFORE['index.js'].replace("'./lib/a'", "'./source/b'").replace("'./lib/a.js'", "'./source/b.js'"),
    'lib/a.js': null,
    'source/b.js': PARSE.replace("'./util'", "'../lib/util'").replace('= 10', '= 1').replace('text + one()', 'text + one() + 1'),
  });
  const { f, parse, lazy } = p.exports;
  assert.deepEqual(f('xx'), [false, 'xx1', 1]);
  await p.apply();
  assert.deepEqual(
    [f('xx'), parse('xx'), lazy()],
    [
      [true, 'xx11', 2],
      [true, 'xx11', 3],
      [false, 'x11', 4],
    ],
  );
  assert.deepEqual(p.patch.added, [], 'it is no second module');
  assert.ok(p.codes('carried').includes('file-moved'));
  await p.revert();
  assert.deepEqual(parse('xx'), [false, 'xx1', 5]);
  p.clean();
});

test('the file that another one of the same kind took the place of did not move', async () => {
  const p = await program(BEFORE, {
    'index.js': BEFORE['index.js'].replaceAll('./lib/a', './lib/c'),
    'lib/a.js': null,
    'lib/c.js': "exports.parse = (text) => text.split('')\nexports.other = 1\nexports.third = 2\n",
  });
  await p.apply();
  assert.deepEqual(p.exports['f']('xy'), ['x', 'y']);
  assert.deepEqual(
    p.codes('carried').filter((code) => code.startsWith('file-')),
    ['file-added'],
  );
  const gone = p.report.verdicts.find(({ code }) => code === 'file-removed');
  assert.match(gone?.reason ?? '', /who holds a function of it/);
  p.clean();
});

test('a module that another one gave away, and that now stands there itself', async () => {
  const code = (n: number): string =>
    `let calls = 0;\nmodule.exports = charset;\nfunction charset(text) {\n  calls++;\n  return [text.length + ${n}, calls];\n}\n`;
  const files = {
    'index.js': "module.exports = require('./lib/charset');",
    'use.js': "const charset = require('./index'); exports.use = (text) => charset(text)",
    'package.json': '{"name":"gives","version":"1.0.0","main":"index.js"}',
    'lib/charset.js': code(0),
  };
  const p = await program(files, {
    'index.js': code(1),
    'lib/charset.js': null,
    'use.js': files['use.js'].replace('charset(text)', 'charset(text + text)'),
  });
  const charset = p.exports as unknown as (text: string) => unknown;
  const { use } = p.load('use.js');
  assert.deepEqual(charset('a'), [1, 1]);
  await p.apply();
  assert.deepEqual([charset('a'), use('a'), p.load('index.js') === p.exports], [[2, 2], [3, 3], true]);
  await p.revert();
  assert.deepEqual(
    [charset('a'), use('a')],
    [
      [1, 4],
      [1, 5],
    ],
  );
});

const entry = (file: string, type = 'module'): string =>
  JSON.stringify({ name: 'entries', version: '1.0.0', type, exports: { '.': { import: { default: `./${file}` } } } });
const PLAIN = 'var calls = 0;\nfunction check(text) {\n  calls++;\n  return [text, calls];\n}\nexport { check };\n';
/** No line is the same. */
const BUILT =
  '//#region src/check.js\nlet calls = 0;\nfunction check( text ) {\n\tcalls++; if (text === "__proto__") return null;\n\treturn [ text, calls ]; }\n//#endregion\nexport { check as check };\n';

test('who asks for an entry that leads to another file now gets the module that runs', async () => {
  const p = await program(
    { 'dist/index.js': PLAIN, 'package.json': entry('dist/index.js') },
    { 'dist/index.js': null, 'dist/index.mjs': BUILT, 'package.json': entry('dist/index.mjs') },
  );
  const { check } = p.exports;
  assert.deepEqual(check('a'), ['a', 1]);
  await p.apply();
  assert.deepEqual([check('__proto__'), check('a')], [null, ['a', 3]]);
  assert.deepEqual(p.codes('warning'), []);
  await p.revert();
  assert.deepEqual(check('__proto__'), ['__proto__', 4]);
  p.clean();
});

test('a file of another format is not the module that an entry led to', async () => {
  const commonjs = BUILT.replace('export { check as check }', 'exports.check = check');
  const other = await program(
    { 'dist/index.js': PLAIN, 'shared.js': 'export const a = 1;\n', 'package.json': entry('dist/index.js') },
    { 'dist/index.js': null, 'dist/index.cjs': commonjs, 'shared.js': 'export const a = 2;\n', 'package.json': entry('dist/index.cjs') },
  );
  assert.ok(!other.codes().includes('file-moved'));
  assert.ok(other.codes('warning').includes('entry-changed'));
  other.clean();
});

test('a file that would be of another kind where the old one stood is not the module that an entry led to', async () => {
  const was = "exports.check = (text) => text + 'old';\n";
  const manifest = (rest: object): string => JSON.stringify({ name: 'kinds', version: '1.0.0', ...rest });
  const { verdicts } = await build(
    { 'lib/index.js': was, 'shared.js': 'exports.a = () => 1;', 'package.json': manifest({ main: 'lib/index.js' }) },
    {
      'dist/index.cjs': "// built\n// anew\nexports.check = (text) => text + 'new';\n",
      'shared.js': 'exports.a = () => 1;',
      'package.json': manifest({ main: 'dist/index.cjs', type: 'module' }),
    },
  ).catch((error: { readonly code: string }) => ({ verdicts: [{ code: error.code }] }));
  assert.ok(!verdicts.some(({ code }) => code === 'file-moved'), verdicts.map(({ code }) => code).join());
});

test('of two files that an entry leads to now, the module is the one of its own kind', async () => {
  const was = 'var calls = 0\nmodule.exports = { check: function (text) {\n  calls++\n  return [text, calls]\n} }\n';
  const manifest = (rest: object): string => JSON.stringify({ name: 'both', version: '1.0.0', ...rest });
  const kinds = { '.': { require: './dist/index.js', import: './dist/index.mjs' } };
  const p = await program(
    { 'lib/index.js': was, 'package.json': manifest({ main: 'lib/index.js' }) },
    {
      'lib/index.js': null,
      // What the module was made of is nearer to it than what it is now.
      'src/index.js': was.replace('module.exports =', 'export default'),
      'dist/index.js': BUILT.replace('export { check as check }', 'exports.check = check'),
      'dist/index.mjs': BUILT,
      'package.json': manifest({ main: 'dist/index.js', exports: kinds }),
    },
  );
  const { check } = p.exports;
  assert.deepEqual(check('a'), ['a', 1]);
  await p.apply();
  assert.deepEqual([check('__proto__'), check('a')], [null, ['a', 3]]);
  await p.revert();
  assert.deepEqual(check('__proto__'), ['__proto__', 4]);
  p.clean();
});

/** As bundlers make of a package: the names of the pieces tell their contents, and code goes by them. */
function pieces(hash: string, count: number, step: number): Record<string, string> {
  const files: Record<string, string> = {
    'index.js': Array.from({ length: count }, (_, i) => {
      const name = `chunk${hash}${i}_js`;
      return `var ${name} = require('./chunk-${hash}${i}.js');
Object.defineProperty(exports, "f${i}", {
  enumerable: true,
  get: function () { return ${name}.f${i}; }
});`;
    }).join('\n'),
    'package.json': '{"name":"pieces","version":"1.0.0","main":"index.js"}',
  };
  for (let i = 0; i < count; i++)
    files[`chunk-${hash}${i}.js`] = `'use strict';
let calls = 0;
function f${i}(x) {
  calls++;
  return [x + ${i} + ${i === 1 ? step : 0}, calls];
}
exports.f${i} = f${i};`;
  return files;
}

for (const [count, what] of [
  [3, 'a few pieces'],
  [51, 'more pieces than can be compared with each other'],
] as const)
  test(`a bundle of ${what} whose names are others in each build: they go on, and what gives them away is the same`, async () => {
    const before = pieces('AB', count, 0);
    const gone = Object.fromEntries(Object.keys(before).map((file) => [file, null]));
    const p = await program(before, { ...gone, ...pieces('XY', count, 10) });
    const { f1, f2 } = p.exports;
    assert.deepEqual(
      [f1(1), f2(1)],
      [
        [2, 1],
        [3, 1],
      ],
    );
    assert.deepEqual([p.codes().filter((code) => code !== 'file-moved'), p.patch.added], [['function-changed'], []]);
    assert.equal(p.codes().filter((code) => code === 'file-moved').length, count);
    await p.apply();
    assert.deepEqual([f1(1), f2(1), p.exports['f1'] === f1], [[12, 2], [3, 2], true]);
    await p.revert();
    assert.deepEqual(f1(1), [2, 3]);
    p.clean();
  });

const MATCHER = `const { test } = require('./util');
const compile = (patterns) => {
  return patterns.map((one) => new RegExp(one));
};
const matcher = (patterns) => {
  const all = compile(patterns);
  return (path) => all.some((one) => test(one, path));
};
exports.matcher = matcher;
`;
/** So much more that most of its lines are others. */
const GROWN = `${Array.from({ length: 12 }, (_, i) => `const more${i} = () => ${i};\nexports.more${i} = more${i};`).join('\n')}
const plain = (path) => decodeURI(path);
${MATCHER.replace('test(one, path)', 'test(one, plain(path))')}`;
const renamed = (was: string, now: string, text = GROWN, other?: string) =>
  program(
    {
      'index.js': `exports.matcher = require('./lib/${was}').matcher`,
      [`lib/${was}`]: MATCHER,
      'lib/util.js': 'exports.test = (one, path) => one.test(path)',
    },
    {
      'index.js': `exports.matcher = require('./lib/${now}').matcher`,
      [`lib/${was}`]: null,
      [`lib/${now}`]: text,
      ...(other === undefined ? {} : { [`lib/${other}`]: text }),
    },
  );

test('a piece of a bundle whose name is the same but for a hash is the one that runs, also where it has grown', async () => {
  for (const [was, now] of [
    ['matcher-Co1RhryO.js', 'matcher-DfhegIxR.js'],
    ['matcher.3f2a91bc.js', 'matcher.a0b1c2d3.js'],
  ] as const) {
    const p = await renamed(was, now);
    const held = p.exports['matcher'](['^/admin']);
    assert.equal(held('/%61dmin'), false);
    await p.apply();
    assert.deepEqual([held('/%61dmin'), held('/other')], [true, false]);
    assert.ok(p.codes('carried').includes('file-moved'));
    await p.revert();
    assert.equal(held('/%61dmin'), false);
    p.clean();
  }
});

test('it is not where the name has no hash, where two may be it, or where it says little of what it said', async () => {
  const others = [
    await renamed('matcher-original.js', 'matcher-improved.js'),
    await renamed('matcher-Co1RhryO.js', 'router-DfhegIxR.js'),
    await renamed('matcher-Co1RhryO.js', 'matcher-DfhegIxR.js', GROWN, 'matcher-Az09Bq7K.js'),
    await renamed(
      'matcher-Co1RhryO.js',
      'matcher-DfhegIxR.js',
      GROWN.replace(/^const matcher[^]*?^};$/m, 'const matcher = () => plain;').replace(/return patterns.*/, 'return patterns;'),
    ),
  ];
  for (const p of others) {
    assert.ok(!p.codes('carried').includes('file-moved'));
    p.clean();
  }
});
