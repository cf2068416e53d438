/** What a call gives, of which the old version took the parts and the new one keeps all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';
import type { Files } from './harness.ts';

const OLD_READ = 'const mode = options?.mode || "plain"; return { limit: options.limit, mode };';
const NEW_READ =
  'const mode = options?.mode || "plain"; const charset = options?.charset || "utf-8"; return { limit: options.limit, mode, charset };';
const options = (body: string, more = ''): string => `function read(options) { ${body} }\n${more}module.exports = { read };`;
const REST = 'const seen = new Set();\nexports.seen = seen;\n';
const main = (before: string, inner: string): string =>
  `const { read } = require('./options.js');\n${REST}function use(x, settings) { seen.add(settings); return [x > settings.limit, settings.mode, settings['char' + 'set'], settings.extra]; }
exports.make = function make(options) {
  ${before}
  function own() { return 1; }
  return function handle(x) { own(); return ${inner}; };
};`;
const OLD = 'const { limit, mode } = read(options);';
const OLD_USE = 'use(x, { limit, mode })';
const NEW = 'const settings = read(options);';
const NEW_USE = 'use(x, settings)';
const files = (index: string, read: string): Files => ({ 'index.js': index, 'options.js': read });

test('closures that exist are given one object of the parts that they hold, and what is new in it begins as without that option', async () => {
  const p = await program(files(main(OLD, OLD_USE), options(OLD_READ)), files(main(NEW, NEW_USE), options(NEW_READ)));
  const [one, other] = [p.exports['make']({ limit: 2 }), p.exports['make']({ limit: 3, mode: 'raw' })];
  assert.ok(p.codes().includes('capture-added'));
  assert.ok(!p.codes().includes('closure-stranded'));
  assert.ok(p.report.verdicts.every(({ reason }) => !reason.includes('nobody gave')));
  await p.apply();
  p.exports['seen'].clear();
  assert.deepEqual(one(3), [true, 'plain', 'utf-8', undefined]);
  one(4);
  assert.equal(p.exports['seen'].size, 1);
  assert.deepEqual(other(3), [false, 'raw', 'utf-8', undefined]);
  assert.equal(p.exports['seen'].size, 2);
  assert.deepEqual(p.exports['make']({ limit: 1, charset: 'x' })(2), [true, 'plain', 'x', undefined]);
  await p.revert();
  assert.deepEqual(one(3), [true, 'plain', undefined, undefined]);
});

test('a copy of it, with more beside, is made of them', async () => {
  const now = 'const all = read(options); const settings = { ...all, extra: 1 };';
  const p = await program(files(main(OLD, OLD_USE), options(OLD_READ)), files(main(now, NEW_USE), options(NEW_READ)));
  const one = p.exports['make']({ limit: 2 });
  await p.apply();
  assert.deepEqual(one(3), [true, 'plain', 'utf-8', 1]);
  await p.revert();
});

test('a variable beside the parts that was given the same option is what closures have', async () => {
  const old = `${OLD} const charset = options?.charset || 'utf-8';`;
  const p = await program(
    files(main(old, 'use(x, { limit, mode, charset })'), options(OLD_READ)),
    files(main(NEW, NEW_USE), options(NEW_READ)),
  );
  const [one, other] = [p.exports['make']({ limit: 2, charset: 'latin1' }), p.exports['make']({ limit: 2 })];
  await p.apply();
  assert.deepEqual([one(3)[2], other(3)[2]], ['latin1', 'utf-8']);
  await p.revert();
});

test('an option that only code elsewhere took is said to count as not given', async () => {
  const elsewhere = 'exports.other = (options) => options.charset;';
  const report = await build(
    { ...files(main(OLD, OLD_USE), options(OLD_READ)), 'other.js': elsewhere },
    { ...files(main(NEW, NEW_USE), options(NEW_READ)), 'other.js': elsewhere },
  );
  const told = report.verdicts.find(({ code, reason }) => code === 'capture-kept' && reason.includes('nobody gave charset'));
  assert.equal(told?.path, 'exports.make settings');
});

test('a function of the module itself is known as well', async () => {
  const own = (read: string, make: string): string =>
    make.replace("const { read } = require('./options.js');", `function read(options) { ${read} }`);
  const p = await program({ 'index.js': own(OLD_READ, main(OLD, OLD_USE)) }, { 'index.js': own(NEW_READ, main(NEW, NEW_USE)) });
  const one = p.exports['make']({ limit: 2 });
  await p.apply();
  assert.deepEqual(one(3), [true, 'plain', 'utf-8', undefined]);
  await p.revert();
});

const STRANDED: readonly (readonly [what: string, old: Files, now: Files])[] = [
  [
    'a part began as something else where there was none',
    files(main('const { limit, mode = "x" } = read(options);', OLD_USE), options(OLD_READ)),
    files(main(NEW, NEW_USE), options(NEW_READ)),
  ],
  [
    'a part was not taken',
    files(main('const { limit } = read(options);', 'use(x, { limit })'), options(OLD_READ)),
    files(main(NEW, NEW_USE), options(NEW_READ)),
  ],
  [
    'a part has been given another value',
    files(main('let { limit, mode } = read(options); if (limit > 5) limit = 5;', OLD_USE), options(OLD_READ)),
    files(main(NEW, NEW_USE), options(NEW_READ)),
  ],
  [
    'closures have nothing of their call alone',
    files(main(OLD, OLD_USE).replace('own();', ''), options(OLD_READ)),
    files(main(NEW, NEW_USE).replace('own();', ''), options(NEW_READ)),
  ],
  [
    'the function gives one of two objects',
    files(main(OLD, OLD_USE), options(OLD_READ)),
    files(main(NEW, NEW_USE), options(`if (!options) return { limit: 1, mode: 2 }; ${NEW_READ}`)),
  ],
  [
    'what is new in it is computed',
    files(main(OLD, OLD_USE), options(OLD_READ)),
    files(main(NEW, NEW_USE), options(NEW_READ.replace('"utf-8"', 'String(mode)'))),
  ],
  [
    'what is new in it is of another name',
    files(main(OLD, OLD_USE), options(OLD_READ)),
    files(main(NEW, NEW_USE), options(NEW_READ.replace('options?.charset', 'options?.encoding'))),
  ],
  [
    'the old function knew the option',
    files(main(`${OLD} if (options.charset === 'x') throw options;`, OLD_USE), options(OLD_READ)),
    files(main(`${NEW} if (options.charset === 'x') throw options;`, NEW_USE), options(NEW_READ)),
  ],
  [
    'the function that was called knew the option',
    files(main(OLD, OLD_USE), options(`if (options.charset === 'x') throw options; ${OLD_READ}`)),
    files(main(NEW, NEW_USE), options(NEW_READ)),
  ],
  [
    'the call waits',
    files(main(OLD, OLD_USE), options(OLD_READ).replace('function', 'async function')),
    files(main(NEW, NEW_USE), options(NEW_READ).replace('function', 'async function')),
  ],
  [
    'it is given something else',
    files(main(OLD, OLD_USE), options(OLD_READ)),
    files(main('const settings = read({ ...options });', NEW_USE), options(NEW_READ)),
  ],
  [
    'the other file gives away another function by that name',
    files(main(OLD, OLD_USE), options(OLD_READ).replace('{ read }', '{ read: (o) => read(o) }')),
    files(main(NEW, NEW_USE), options(NEW_READ).replace('{ read }', '{ read: (o) => read(o) }')),
  ],
  [
    'another file is asked for it',
    { ...files(main(OLD, OLD_USE).replace('./options.js', './before.js'), options(OLD_READ)), 'before.js': options(OLD_READ) },
    { ...files(main(NEW, NEW_USE), options(NEW_READ)), 'before.js': options(OLD_READ) },
  ],
];

for (const [what, old, now] of STRANDED)
  test(`closures that exist lack it where ${what}`, async () => {
    const { verdicts } = await build(old, now);
    const codes = verdicts.map(({ code }) => code);
    assert.ok(codes.includes('closure-stranded'), codes.join(' '));
    assert.ok(!codes.includes('capture-added'), codes.join(' '));
  });
