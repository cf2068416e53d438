/** From the moment that a patch is linked, what comes to the process is the patch's: there is no moment between. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sites } from '../../src/node/sites/sites.ts';
import { currentRuntime } from '../../src/node/current.ts';
import { program } from '../build/harness.ts';
import type { Exports } from '../build/harness.ts';

test('a module that comes right behind the last turn of linking is patched', async (t) => {
  const files = (version: string): Record<string, string> => ({
    'index.js': `exports.f = () => '${version}';`,
    'late.js': `exports.f = () => '${version}';`,
  });
  const p = await program(files('old'), files('new'));
  t.after(() => p.clean());
  const { prepare } = Sites.prototype;
  const late: Exports[] = [];
  // The last thing that linking does. Code of the program may run in any microtask behind it.
  t.mock.method(Sites.prototype, 'prepare', function (this: Sites, ...args: Parameters<Sites['prepare']>) {
    prepare.apply(this, args);
    queueMicrotask(() => late.push(p.load('late.js')));
  });
  await p.apply();
  assert.equal(late.length, 1);
  assert.deepEqual([p.exports['f'](), late[0]!['f']()], ['new', 'new']);
  await p.revert();
  assert.deepEqual([p.exports['f'](), late[0]!['f']()], ['old', 'old']);
});

test('the outcome counts the functions of what is loaded, and no others', async (t) => {
  const files = (version: string): Record<string, string> => ({
    'index.js': `exports.f = () => '${version} here';`,
    'later.js': `exports.f = () => '${version} later'; exports.g = () => '${version}';`,
  });
  const p = await program(files('old'), files('new'));
  t.after(() => p.clean());
  const outcome = await currentRuntime()!.apply(p.report.patch!, {});
  assert.ok(outcome.result === 'complete');
  assert.deepEqual([outcome.functions, p.report.functions], [1, 3]);
});

test('what new code threw as it was linked is the cause of the error', async (t) => {
  const p = await program({ 'index.js': 'exports.f = () => 1;' }, { 'index.js': "const n = JSON.parse('{');\nexports.f = () => n;" });
  t.after(() => p.clean());
  await assert.rejects(currentRuntime()!.apply(p.report.patch!, {}), (error: Error) => {
    assert.match(error.message, /failed while it was linked: SyntaxError/);
    return error.cause instanceof SyntaxError;
  });
  assert.equal(p.exports['f'](), 1);
});
