/** The author's way past a verdict: claims, callbacks in a module's scope, variables for closures that lack them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const hook = (text: string): { readonly name: string; readonly text: string } => ({ name: 'fix.mjs', text });

const compiler = {
  'index.js':
    "const { text } = require('./rules');\nfunction Compiler() { this.cache = {} }\nCompiler.prototype.make = function (x) { return (this.cache[x] ??= new Function('return ' + text(x))) };\nexports.Compiler = Compiler;\nexports.Sub = class extends Compiler {};\n",
  'rules.js': "exports.text = (x) => x + ' + 1'\n",
};
const better = { 'rules.js': "exports.text = (x) => x + ' + 2'\n" };
const forget = `export const claims = ['index.js generated-code'];
export const module = 'index.js';
export function postPatch({ instances }) { for (const c of instances(Compiler)) c.cache = {} }
export const postUnpatch = ({ instances }) => { for (const c of instances(Compiler)) c.cache = {} };
`;

test('without a hook there is no patch', async () => {
  const report = await build(compiler, { ...compiler, ...better });
  assert.equal(report.patch, null);
});

test('a claimed difference is carried with the hook, which finds what it has to mend', async () => {
  const p = await program(compiler, better, hook(forget));
  const compilers = [new p.exports['Compiler'](), new p.exports['Sub']()];
  const results = (): number[] => compilers.map((c) => c.make('1')());
  assert.deepEqual(results(), [2, 2]);
  assert.deepEqual(
    p.report.verdicts.map((v) => [v.verdict, v.code]),
    [
      ['warning', 'results-remembered'],
      ['carried', 'function-changed'],
      ['carried-with-hook', 'generated-code'],
    ],
  );
  assert.match(p.report.verdicts[2]!.reason, /^fix\.mjs takes care of it: /);
  await p.apply();
  assert.deepEqual(results(), [3, 3]);
  await p.revert();
  assert.deepEqual(results(), [2, 2]);
});

test('a claim by line', async () => {
  const report = await build(compiler, { ...compiler, ...better }, hook(forget.replace('index.js generated-code', 'index.js:3')));
  assert.notEqual(report.patch, null);
});

const handlers = {
  'index.js': 'exports.make = function make(options) {\n  const limit = options.limit;\n  return (x) => x.slice(0, limit);\n};\n',
};
const deep = {
  'index.js':
    "exports.make = function make(options) {\n  const limit = options.limit;\n  const mark = options.mark ?? '!';\n  return (x) => x.slice(0, limit) + mark;\n};\n",
};

test('a variable that existing closures lack is provided to them, and no others', async () => {
  const p = await program(
    handlers,
    deep,
    hook(
      "export const module = 'index.js';\nexport const provide = { 'exports.make/<return>': { mark: ({ limit }) => '?'.repeat(limit) } };\n",
    ),
  );
  const old = p.exports['make']({ limit: 2 });
  await p.apply();
  assert.equal(old('abc'), 'ab??');
  assert.equal(p.exports['make']({ limit: 2 })('abc'), 'ab!');
  assert.ok(!p.patch.modules[0]!.stranded);
  await p.revert();
  assert.equal(old('abc'), 'ab');
});

const WRONG: Readonly<Record<string, RegExp>> = {
  "export const claims = ['other.js generated-code'];": /no difference is "other\.js generated-code"/,
  "export const claims = ['index.js generated-code', 'rules.js function-changed'];": /no difference is "rules\.js function-changed"/,
  "export const claims = ['whatever'];": /"whatever" is no claim/,
  'export const claims = names();': /a list is wanted here/,
  "export const claims = ['index.js generated-code']; export const module = 'none.js';": /there is no module none\.js/,
  "export const module = 'rules.js'; export const provide = { text: { y: () => 1 } };": /closures of text have no need of y/,
  'export const provide = { text: { y: () => 1 } };': /does not say of which module/,
  "const y = 1; export const module = 'rules.js'; export const provide = { text: { y: () => y } };": /y is out of reach/,
  'export async function postPatch() {}': /postPatch must be synchronous/,
  'export function afterPatch() {}': /it exports afterPatch/,
  "import fs from 'fs'; export function postPatch() {}": /it imports/,
};
for (const [text, message] of Object.entries(WRONG)) {
  test(`refused: ${text}`, async () => {
    await assert.rejects(build(compiler, { ...compiler, ...better }, hook(text)), (error: Error & { code: string }) => {
      assert.equal(error.code, 'ERR_HOOKS');
      assert.match(error.message, message);
      return true;
    });
  });
}

test('what is claimed is all that is let through', async () => {
  const report = await build(compiler, { ...compiler, ...better, 'index.js': `${compiler['index.js']}listen();\n` }, hook(forget));
  assert.equal(report.patch, null);
});

test('callbacks of no module, in a CommonJS file as before', async () => {
  const report = await build({ 'a.js': 'exports.f = () => 1' }, { 'a.js': 'exports.f = () => 2' }, hook('exports.postPatch = () => {}'));
  assert.match(report.patch === null ? '' : Buffer.from(JSON.parse(report.patch).payload, 'base64').toString(), /"hooks":"/);
});

test('the examples are at most 20 lines, and the first says how to build with them, and for what', async () => {
  const { readdirSync, readFileSync } = await import('node:fs');
  const folder = new URL('../../examples/hooks/', import.meta.url);
  for (const name of readdirSync(folder)) {
    const lines = readFileSync(new URL(name, folder), 'utf8').split('\n');
    assert.ok(lines.length <= 21, name);
    const [, given] = /^\/\/ livepatch build --package [\w.@/-]+@[\d.]+\.\.\d[\w.]+\w --hooks (\S+\.mjs)(?:, and as well for .+)?$/.exec(
      lines[0]!,
    )!;
    assert.equal(given, `examples/hooks/${name}`);
  }
});
