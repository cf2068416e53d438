/** What a process says to a patch before it is applied: the same as it would then, with nothing changed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { program } from './harness.ts';

const before = `let release;
exports.wait = async () => { await new Promise((go) => (release = go)); return 1 };
exports.release = () => release();
exports.now = () => 1;
`;
const after = before.replace('return 1 }', 'return 2 }').replace('() => 1;', '() => 2;');

test('it would be applied, and somebody would be waited for', async () => {
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const waiting = p.exports['wait']();
  const runtime = currentRuntime()!;
  const report = runtime.check(p.report.patch!, {});
  assert.deepEqual(
    { refusal: report.refusal, modules: report.modules, linked: report.linked, pending: report.pending },
    { refusal: null, modules: [{ module: 'index.js', loaded: true }], linked: true, pending: 1 },
  );
  assert.equal(report.holders[0]?.function, 'exports.wait');
  assert.match(report.holders[0]!.waitsAt!, /^index\.js:2$/);
  assert.equal(p.exports['now'](), 1);
  assert.equal(runtime.status().patches.length, 0);
  p.exports['release']();
  assert.equal(await waiting, 1);
  assert.equal(runtime.check(p.report.patch!, {}).pending, 0);
  await p.apply();
  assert.equal(runtime.check(p.report.patch!, {}).refusal?.code, 'ERR_ALREADY_APPLIED');
  await p.revert();
});

test('what apply would refuse is refused with the same words', async () => {
  const p = await program(
    { 'index.js': 'exports.make = (a) => { const b = a; return () => b };\n' },
    { 'index.js': 'exports.make = (a) => { const b = a; const c = {}; return () => [b, c] };\n' },
  );
  const kept = p.exports['make'](1);
  const { refusal } = currentRuntime()!.check(p.report.patch!, {});
  await assert.rejects(p.apply(100), { code: refusal?.code, message: refusal?.message });
  assert.equal(refusal?.code, 'ERR_LIVE_CLOSURES');
  assert.equal(kept(), 1);
});

test('callbacks do not run, nor does code that fills tables', async () => {
  globalThis.__ran = 0;
  const p = await program(
    { 'index.js': 'exports.f = () => 1;\n' },
    { 'index.js': 'const table = new Map();\ntable.set(1, 2);\nexports.f = () => table.get(1);\n' },
    { name: 'h.mjs', text: 'globalThis.__ran++;\nexport function prePatch() { globalThis.__ran++ }' },
  );
  const report = currentRuntime()!.check(p.report.patch!, {});
  assert.deepEqual([report.refusal, report.linked, globalThis.__ran], [null, false, 0]);
  assert.equal(p.exports['f'](), 1);
});

declare global {
  var __ran: number;
}
