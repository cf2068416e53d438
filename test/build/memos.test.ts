/** Properties in which objects keep the code that they have generated. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';
import type { Files } from './harness.ts';

const manifest = JSON.stringify({ name: 'scripts', version: '1.0.0', main: 'index.js' });
const rules = (step: number): string => `exports.rewrite = (text) => text.replace(/\\d+/g, (n) => String(Number(n) + ${step}));\n`;
/** The text that a script is made of is kept as well, and the property begins as `begun`. */
const scripts = (compile: string, more = '', begun = 'this._compiled = null'): string => `const vm = require('vm');
const { rewrite } = require('./rules');
class Script {
  constructor(code) { this.code = code; this._text = null; this.made = 0; ${begun}; }
  text() { if (!this._text) { const found = rewrite(this.code); this._text = found } return this._text }
  make() { this.made++; return new vm.Script('(' + this.text() + ')') }
  ${compile}
  run() { return this.compile().runInThisContext() }
  ${more}
}
exports.Script = Script;
`;
const COMPILE = 'compile() { let script = this._compiled; if (!script) { this._compiled = script = this.make(); } return script }';

const before = (source: string): Files => ({ 'index.js': source, 'rules.js': rules(1), 'package.json': manifest });

async function codes(source: string): Promise<string[]> {
  const { verdicts } = await build(before(source), { ...before(source), 'rules.js': rules(10) });
  return [...new Set(verdicts.map(({ code }) => code).filter((code) => code === 'cache-emptied' || code === 'generated-code'))];
}

test('objects that keep what they have generated make it anew, under the patch and after it', async () => {
  const p = await program(before(scripts(COMPILE)), { 'rules.js': rules(10) });
  const { Script } = p.exports;
  const script = new Script('1 + 2');
  assert.deepEqual([script.run(), script.run(), script.made], [5, 5, 1]);
  await p.apply();
  assert.deepEqual([script.run(), script.run(), script.made], [23, 23, 2]);
  const later = new Script('3');
  assert.equal(later.run(), 13);
  await p.revert();
  assert.deepEqual([script.run(), later.run(), script.made], [5, 4, 3]);
  assert.deepEqual(p.codes('carried-with-transform'), ['cache-emptied', 'cache-emptied']);
  assert.deepEqual(
    p.report.verdicts.filter(({ code }) => code === 'cache-emptied').map(({ path }) => path),
    ['Script#make _compiled', 'Script#make _text'],
  );
  p.clean();
});

const FILLS: readonly [string, string][] = [
  ['as it is filled where it is nothing', 'compile() { if (this._compiled == null) this._compiled = this.make(); return this._compiled }'],
  [
    'as it is filled where it is null',
    'compile() { if (this._compiled === null) { this._compiled = this.make(); } return this._compiled }',
  ],
  ['by an operator', 'compile() { this._compiled ??= this.make(); return this._compiled }'],
  ['by another operator', 'compile() { return this._compiled || (this._compiled = this.make()) }'],
  ['with code that empties it', `${COMPILE} set source(code) { this.code = code; this._text = undefined; this._compiled = null }`],
];
for (const [name, compile] of FILLS) test(name, async () => assert.deepEqual(await codes(scripts(compile)), ['cache-emptied']));

test('as a property that begins with nothing by its descriptor', async () => {
  const begun = 'Object.defineProperties(this, { _compiled: { __proto__: null, value: null, writable: true } })';
  assert.deepEqual(await codes(scripts(COMPILE, '', begun)), ['cache-emptied']);
  const fixed = begun.replace('writable: true', 'writable: false');
  assert.deepEqual(await codes(scripts(COMPILE, '', fixed)), ['generated-code']);
  assert.deepEqual(await codes(scripts(COMPILE, '', begun.replace('value: null', 'value: first'))), ['generated-code']);
});

const OTHERS: readonly [string, string, string][] = [
  ['where it is filled whatever it holds', 'compile() { this._compiled = this.make(); return this._compiled }', ''],
  [
    'where it is filled if something else is not there',
    'compile() { if (!this.ready) this._compiled = this.make(); return this._compiled }',
    '',
  ],
  ['where it is filled if it is there', 'compile() { if (this._compiled) this._compiled = this.make(); return this._compiled }', ''],
  [
    'where it is filled if anything can be said of it',
    'compile() { if (typeof this._compiled) this._compiled = this.make(); return this._compiled }',
    '',
  ],
  ['where it is filled behind what is there', 'compile() { return this._compiled && (this._compiled = this.make()) }', ''],
  ['where undefined alone is taken for nothing', COMPILE.replace('!script', 'script === undefined'), ''],
  [
    'where it is filled in the other branch',
    'compile() { if (!this._compiled) return null; else this._compiled = this.make(); return this._compiled }',
    '',
  ],
  ['where other code gives it something', COMPILE, 'adopt(other) { this._compiled = other._compiled }'],
  ['where other code gives that of another object something', COMPILE, 'give(other) { other._compiled = this.make() }'],
  ['where something counts on it', COMPILE, 'count() { this._compiled++ }'],
  ['where what makes it is asked elsewhere', COMPILE, 'fresh() { return this.make() }'],
  ['where what makes it has no name that lasts', COMPILE.replace('this.make()', "this['make']()"), ''],
];
for (const [name, compile, more] of OTHERS)
  test(`an author is asked ${name}`, async () => assert.deepEqual(await codes(scripts(compile, more)), ['generated-code']));

test('what another class keeps, of methods of the same names, is its own', async () => {
  const other = (compile: string): string => `class Other {
  constructor() { this._held = null }
  make() { return 1 }
  text() { if (!this._held) this._held = 2; return this._held }
  ${compile}
}
exports.Other = Other;
`;
  const emptied = async (compile: string): Promise<string[]> => {
    const source = other(compile) + scripts(COMPILE);
    const { verdicts } = await build(before(source), { ...before(source), 'rules.js': rules(10) });
    return verdicts.filter(({ code }) => code === 'cache-emptied' || code === 'generated-code').map(({ path }) => path);
  };
  assert.deepEqual(await emptied(''), ['Script#make _compiled', 'Script#make _text']);
  // Which of the two is made is not told by the name.
  assert.deepEqual(await emptied('compile() { if (!this._held) this._held = this.make(); return this._held }'), ['']);
});

test('an author is asked where the new version does something else with it', async () => {
  const { verdicts } = await build(before(scripts(COMPILE)), {
    ...before(scripts(COMPILE, 'adopt(other) { this._compiled = other._compiled }')),
    'rules.js': rules(10),
  });
  assert.ok(verdicts.some(({ code }) => code === 'generated-code'));
  assert.ok(!verdicts.some(({ code }) => code === 'cache-emptied'));
});

test('what nothing that has changed had a hand in stays', async () => {
  const source = scripts(COMPILE.replace('compile() {', 'compile() { rewrite;')).replace('rewrite(this.code)', 'this.code');
  assert.deepEqual(await codes(source), []);
});
