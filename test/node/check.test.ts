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
