/** A trial refuses what apply would refuse, also for how the command says the patch is to be applied, and for what another has left. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPatch } from '../../src/build/index.ts';
import type { CheckOptions } from '../../src/node/apply/transitions.ts';
import { currentRuntime } from '../../src/node/current.ts';
import { program } from '../build/harness.ts';

async function refusesAlike(patch: string, options: CheckOptions, code: string): Promise<void> {
  const runtime = currentRuntime()!;
  const { refusal } = runtime.check(patch, options);
  assert.equal(refusal?.code, code);
  await assert.rejects(runtime.apply(patch, { ...options, timeoutMs: 5000 }), { code, message: refusal.message });
}

test('a mode in which calls that wait would lose arguments', async () => {
  const p = await program(
    { 'index.js': 'class C { async m(a) { await 1; return a } } exports.c = new C()' },
    { 'index.js': 'class C { async m(a, b) { await 1; return [a, b] } } exports.c = new C()' },
  );
  assert.equal(currentRuntime()!.check(p.report.patch!, {}).refusal, null);
  await refusesAlike(p.report.patch!, { mode: 'barrier' }, 'ERR_ARGUMENTS_MODE');
});

test('a table of another kind that the patch in whose place it comes has made, unless it stacks on that', async () => {
  const before = 'const map = {};\nexports.set = (k, v) => { map[k] = v };\nexports.get = (k) => map[k];\n';
  const after = 'const map = new Map();\nexports.set = (k, v) => { map.set(k, v) };\nexports.get = (k) => map.get(k);\n';
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const q = await program({ 'index.js': before }, { 'index.js': before.replace('=> map[k];', '=> map[k] ?? null;') });
  const other = (await buildPatch({ kind: 'directories', from: p.root, to: `${q.root}/../b` }, { name: 'other' })).patch!;
  await p.apply();
  await refusesAlike(other, {}, 'ERR_STATE_INCOMPATIBLE');
  assert.equal(currentRuntime()!.check(other, { replace: false }).refusal?.code, undefined);
  await p.revert();
});

test('nothing is loaded by a trial, whatever new code asks for as it is linked', async () => {
  const lib = 'globalThis.__loaded = (globalThis.__loaded ?? 0) + 1; exports.one = () => 1;';
  const user = (take: string, from = './lib'): string => `const { ${take} } = require('${from}'); exports.run = () => ${take}(1);`;
  const cases: readonly (readonly [after: string, lib: string, linked: boolean, loaded: number])[] = [
    [user('one'), lib, false, 0],
    [user('two'), `${lib} exports.two = (x) => x + 1;`, false, 0],
    [`let lib; try { lib = require('./lib') } catch {} exports.run = () => lib;`, lib, false, 0],
    [user('join', 'node:path'), lib, true, 0],
    [user('asked', './asked'), lib, true, 0],
    [user('text', './data.json'), lib, true, 0],
  ];
  for (const [after, newLib, linked, loaded] of cases) {
    globalThis.__loaded = 0;
    const asked = { 'asked.js': "exports.asked = String; require('./data.json');", 'data.json': '{"text":1}' };
    const p = await program(
      { 'index.js': "require('./asked'); exports.run = () => 0;", 'lib.js': lib, ...asked },
      { 'index.js': `require('./asked'); ${after}`, 'lib.js': newLib, ...asked },
    );
    const report = currentRuntime()!.check(p.report.patch!, {});
    assert.deepEqual([report.refusal, report.linked, globalThis.__loaded], [null, linked, loaded], after);
    await p.apply();
    assert.equal(globalThis.__loaded, linked ? 0 : 1, after);
    await p.revert();
  }
});

test('what has been imported is loaded', async () => {
  const files = (index: string): Record<string, string> => ({
    'index.mjs': `import * as all from './asked.mjs'; export const g = () => all; ${index}`,
    'asked.mjs': "export { text } from './other.mjs'; export const one = 1;",
    'other.mjs': "export const text = 'a';",
  });
  const p = await program(files('export const f = () => 0;'), files("import { text } from './other.mjs'; export const f = () => text;"));
  const { refusal, linked } = currentRuntime()!.check(p.report.patch!, {});
  assert.deepEqual([refusal, linked], [null, true]);
  await p.apply();
  assert.equal(p.exports['f'](), 'a');
  await p.revert();
});

test('nor is a dependency, to see whether it has what new code takes of it', async () => {
  globalThis.__loaded = 0;
  const release = (version: string, index: string): Record<string, string> => ({
    'index.js': index,
    'package.json': JSON.stringify({ name: 'app', version, dependencies: { dep: `^${version}` } }),
    'node_modules/dep/index.js': 'globalThis.__loaded++; exports.count = () => 1;',
  });
  const installed = (version: string): object => ({ 'node_modules/dep/package.json': `{"name": "dep", "version": "${version}"}` });
  const p = await program(
    { ...release('1.0.0', "exports.g = () => require('dep').count(); exports.f = () => 0;"), ...installed('1.0.0') },
    {
      ...release('2.0.0', "const dep = require('dep'); exports.g = () => dep.count(); exports.f = () => dep.more();"),
      ...installed('1.9.9'),
    },
  );
  const { refusal, linked } = currentRuntime()!.check(p.report.patch!, {});
  assert.deepEqual([refusal, linked, globalThis.__loaded], [null, false, 0]);
  await assert.rejects(p.apply(), { code: 'ERR_DEPENDENCY_LACKS' });
  assert.equal(globalThis.__loaded, 1);
});

declare global {
  var __loaded: number;
}
