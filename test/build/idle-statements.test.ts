/** Statements of the top level under a condition that goes by how the process was started, or by what every process has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const source = (more: string, n = 1): string => `'use strict';
const bus = new (require('node:events'))();
exports.seen = [];
bus.on('note', (text) => exports.seen.push(text));
function note(text) { bus.emit('note', text) }
exports.f = () => ${n};
${more}`;

for (const [where, condition] of Object.entries({
  'a variable of the environment': 'process.env.LIVEPATCH_IDLE_TEST',
  'what is made of it': "(process.env.LIVEPATCH_IDLE_TEST || '').split(',').indexOf('on') === 0 && note.name === 'note'",
  'a constant that has it': 'FLAG',
})) {
  const constant = condition === 'FLAG' ? 'const FLAG = process.env.LIVEPATCH_IDLE_TEST === "on";' : '';
  const versions = (): [Record<string, string>, Record<string, string>] => [
    { 'index.js': source(constant) },
    { 'index.js': source(`${constant} if (${condition}) note('new');`, 2) },
  ];

  test(`where ${where} has nothing run, nothing is left to do`, async () => {
    const p = await program(...versions());
    assert.deepEqual(p.codes('warning'), ['statement-idle']);
    await p.apply();
    assert.deepEqual([p.exports['f'](), p.exports['seen']], [2, []]);
    await p.revert();
    assert.equal(p.exports['f'](), 1);
    p.clean();
  });

  test(`where ${where} has it run, the process refuses the patch, with nothing changed`, async () => {
    process.env['LIVEPATCH_IDLE_TEST'] = 'on';
    try {
      const p = await program(...versions());
      await assert.rejects(p.apply(), ({ code, message, hint }: Error & { code: string; hint: string }) => {
        assert.equal(code, 'ERR_LINK');
        assert.ok(message.includes('a new statement does something where'), message);
        return hint === 'Nothing was changed. Restart the program for this change.';
      });
      assert.deepEqual([p.exports['f'](), p.exports['seen']], [1, []]);
      p.clean();
    } finally {
      delete process.env['LIVEPATCH_IDLE_TEST'];
    }
  });
}

test('a module that comes later does what the new version does', async () => {
  process.env['LIVEPATCH_IDLE_TEST'] = 'on';
  try {
    const late = "if (process.env.LIVEPATCH_IDLE_TEST) note('new');";
    const p = await program(
      { 'index.js': "exports.late = () => require('./late.js'); exports.f = () => 1;", 'late.js': source('') },
      { 'index.js': "exports.late = () => require('./late.js'); exports.f = () => 2;", 'late.js': source(late, 2) },
    );
    await p.apply();
    const m = p.exports['late']();
    assert.deepEqual([m.f(), m.seen], [2, ['new']]);
    p.clean();
  } finally {
    delete process.env['LIVEPATCH_IDLE_TEST'];
  }
});

test('what the old version did under another condition stays, and is said', async () => {
  const p = await program(
    { 'index.js': source("if (note.name === 'note') note('old');") },
    { 'index.js': source("if (note.name === 'note' && process.argv.length === 0) note('old');", 2) },
  );
  assert.deepEqual(p.codes('warning'), ['statement-idle', 'statement-removed']);
  await p.apply();
  assert.deepEqual([p.exports['f'](), p.exports['seen']], [2, ['old']]);
  p.clean();
});

test('what the old version has under the same condition was not done either', async () => {
  const under = (text: string): string => `if (process.env.LIVEPATCH_IDLE_TEST) note('${text}');`;
  const p = await program({ 'index.js': source(under('old')) }, { 'index.js': source(under('new'), 2) });
  assert.deepEqual(p.codes('warning'), ['statement-idle']);
  const flag = (value: boolean): string => `const FLAG = ${value}; if (FLAG) note('${value}');`;
  const changed = await build({ 'index.js': source(flag(true)) }, { 'index.js': source(flag(false), 2) });
  assert.ok(changed.verdicts.some(({ code }) => code === 'statement-removed'));
  p.clean();
});

for (const [what, statement] of Object.entries({
  'asks for what the program changes': 'if (exports.seen.length > 0) note("new");',
  'does something in any case': 'if (process.env.LIVEPATCH_IDLE_TEST) note("new"); else note("other");',
  'does something wherever this is built': "if (typeof window === 'undefined' || process.env.LIVEPATCH_IDLE_TEST) note('new');",
  'ends the module': 'if (process.env.LIVEPATCH_IDLE_TEST) return;',
  'asks for a variable that is written': 'let on = false; exports.set = () => { on = true }; if (on) note("new");',
  'asks what a function keeps': 'exports.set = () => { note.on = true }; if (note.on) note("new");',
  'declares what other code uses': 'if (process.env.LIVEPATCH_IDLE_TEST) { var kind = note("new"); } exports.kind = () => kind;',
}))
  test(`a statement is refused that ${what}`, async () => {
    const { patch, verdicts } = await build({ 'index.js': source('') }, { 'index.js': source(statement, 2) });
    assert.equal(patch, null);
    assert.ok(verdicts.some(({ code }) => code === 'statement-changed'));
  });

test('what every process has decides what ran: a polyfill did not, and a method under its guard is put there', async () => {
  const polyfill = (n: number): string => `if (!Array.prototype.map || typeof Symbol !== 'function') { note('polyfill ${n}'); }`;
  const before = "const util = require('util'); class Box { constructor() { this.n = 1 } } exports.box = new Box();";
  const after = `${before} if (util && util.inspect && util.inspect.custom) { Box.prototype[util.inspect.custom] = function () { return 'box ' + this.n } }`;
  const p = await program({ 'index.js': source(before + polyfill(1)) }, { 'index.js': source(after + polyfill(2), 2) });
  assert.deepEqual(p.codes('warning'), []);
  const { inspect } = await import('node:util');
  const was = inspect(p.exports['box']);
  await p.apply();
  assert.deepEqual([inspect(p.exports['box']), p.exports['seen']], ['box 1', []]);
  await p.revert();
  assert.equal(inspect(p.exports['box']), was);
  p.clean();
});

test('what a name stands for that is declared again is the same', async () => {
  const guarded = "var util = require('util'); var say = note; if (util.debuglog) say = util.debuglog('own'); exports.say = say;";
  const change = build({ 'index.js': source(`var util = require('util'); ${guarded}`) }, { 'index.js': source(guarded) });
  await assert.rejects(change, { code: 'ERR_PATCH_EMPTY' });
});

test('a symbol by a name of the module is the key that it is elsewhere', async () => {
  const version = (key: string, n: number): string =>
    source(`${key} class Box {} exports.box = new Box(); Box.prototype[custom] = function () { return 'box ${n}' };`, n);
  const { inspect } = await import('node:util');
  const p = await program(
    { 'index.js': version("const custom = Symbol.for('nodejs.util.inspect.custom');", 1) },
    { 'index.js': version("const { inspect } = require('node:util'); const custom = inspect.custom;", 2) },
  );
  await p.apply();
  assert.equal(inspect(p.exports['box']), 'box 2');
  await p.revert();
  assert.equal(inspect(p.exports['box']), 'box 1');
  p.clean();
});

/** What a module makes sure of as it loads, by what another one tells. */
const sure = (more: string, n = 1): Record<string, string> => ({
  'index.js': `const isSafe = require('./safe.js');\nconst SHORT = /^a+$/;\n${more}\nexports.f = (text) => (SHORT.test(text) ? ${n} : 0);`,
  'safe.js': 'module.exports = (pattern) => pattern.source.length < 8;',
});
const guard = (pattern: string): string =>
  `const LONG = ${pattern};\nif (!isSafe(LONG)) {\n  throw new Error('LONG is not safe');\n}\nexports.g = (text) => LONG.test(text);`;

test('a new check that only throws is made as the patch is linked, and one that fails keeps it away', async () => {
  const p = await program(sure(''), sure(guard('/^b+$/'), 2));
  assert.deepEqual(p.codes('warning'), ['initialiser-runs', 'statement-idle']);
  await p.apply();
  assert.deepEqual([p.exports['f']('a'), p.exports['g']('b')], [2, true]);
  await p.revert();
  assert.deepEqual([p.exports['f']('a'), p.exports['g']], [1, undefined]);
  const failing = await program({ ...sure('', 3), 'package.json': '{"name":"failing"}' }, sure(guard('/^b+c+d+$/'), 4));
  await assert.rejects(failing.apply(), { code: 'ERR_LINK' });
  assert.deepEqual([failing.exports['f']('a'), failing.exports['g']], [3, undefined]);
});

test('one that asks a function which has changed is not made with the running one', async () => {
  const own = (limit: number, more: string): string =>
    `const isShort = (text) => text.length < ${limit};\nfunction isSafe(pattern) { return isShort(pattern.source); }\nexports.isSafe = isSafe;\n${more}\nexports.f = () => ${limit};`;
  const refused = async (before: Record<string, string>, after: Record<string, string>): Promise<boolean> =>
    (await build(before, after)).verdicts.some(({ code, verdict }) => code === 'statement-changed' && verdict === 'refused');
  assert.equal(await refused({ 'index.js': own(30, '') }, { 'index.js': own(3, guard('/^b+$/')) }), true);
  assert.equal(await refused({ 'index.js': own(30, '') }, { 'index.js': own(30, guard('/^b+$/')) }), false);
  const other = { 'safe.js': 'module.exports = (pattern) => pattern.source.length < 3;' };
  assert.equal(await refused(sure(''), { ...sure(guard('/^b+$/'), 2), ...other }), true);
});

test('one that does more than to throw, or that asks what may be another thing by then, is code that has run', async () => {
  for (const more of [
    'if (!isSafe(SHORT)) { note(); throw new Error(); }',
    'if (!isSafe(SHORT)) throw new Error(); else note();',
    'if (count++ > 0) throw new Error();',
    'if (!isSafe(SHORT, count)) throw new Error();',
    'if (!exports.isSafe(SHORT)) throw new Error();',
    'if (!isSafe(new RegExp("a"))) throw new Error();',
  ]) {
    const declared = 'let count = 0;\nfunction note() { count++; }\nexports.note = () => [note(), count];\n';
    const { verdicts } = await build(sure(declared), sure(declared + more));
    assert.ok(
      verdicts.some(({ code, verdict }) => code === 'statement-changed' && verdict === 'refused'),
      more,
    );
  }
});
