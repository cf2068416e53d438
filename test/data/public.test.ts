/** `livepatch/data` as programs import it, and as the code of a patch gets it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { root } from '../../scripts/nodes.mjs';
import { currentRuntime } from '../../src/node/current.ts';
import { has, markVersion, patchingComplete, shadow, version } from '../../src/data.ts';
import { program } from '../build/harness.ts';

test('in a program without the hook there is one version of everything', () => {
  const text = `import { shadow, version, has, markVersion, patchingComplete, migrated } from 'livepatch/data';
    const o = {}, tag = shadow('t');
    tag.alloc(o, () => 7);
    console.log(JSON.stringify([tag.get(o), version(o), patchingComplete(), markVersion(o, 2), version(o), has(o, 'v2'), has(o, 'v3'), has(o, 't'), migrated(o) === o]));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', text], { cwd: root, encoding: 'utf8' });
  assert.equal(stdout.trim(), '[7,1,true,true,2,true,false,true,true]', stderr);
});

test('a shadow variable of the program is the same in a patch', async () => {
  const p = await program(
    { 'index.js': 'exports.note = (o) => undefined;\n' },
    {
      'index.js':
        "const { shadow } = require('livepatch/data');\nconst seen = shadow('public.seen');\nexports.note = (o) => seen.getOrAlloc(o, () => 'by the patch');\n",
    },
  );
  const object = {};
  await p.apply();
  p.exports['note'](object);
  await p.revert();
  assert.equal(shadow<string>('public.seen').get(object), 'by the patch');
  assert.equal(has(object, 'public.seen'), true);
});

test('version-2 objects appear only when every task runs the patch', async () => {
  const before = `// versions
exports.make = () => ({ ms: 1000 });
exports.read = (o) => o.ms;
exports.hold = async (gate) => { await gate; return 'old'; };
`;
  const after = `// versions
const { markVersion, has } = require('livepatch/data');
exports.make = () => { const o = {}; if (markVersion(o, 2)) o.s = 1; else o.ms = 1000; return o; };
exports.read = (o) => (has(o, 'v2') ? o.s * 1000 : o.ms);
exports.hold = async (gate) => { await gate; return 'new'; };
`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { make, read, hold } = p.exports;
  const gate = Promise.withResolvers<void>();
  const held = hold(gate.promise);
  const applied = p.apply();
  while (Object.keys(make()).length !== 1 || patchingComplete()) await new Promise(setImmediate);
  const early = make();
  assert.deepEqual([early, version(early), read(early)], [{ ms: 1000 }, 1, 1000]);
  assert.equal(markVersion({}, 2), false, 'code of no patch waits for the end of any transition');
  gate.resolve();
  await applied;
  assert.equal(await held, 'old');
  const late = make();
  assert.deepEqual([late, version(late), read(late)], [{ s: 1 }, 2, 1000]);
  const second = Promise.withResolvers<void>();
  const holdsNew = hold(second.promise);
  const reverted = p.revert();
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  assert.deepEqual(make(), { ms: 1000 });
  second.resolve();
  await Promise.all([reverted, holdsNew]);
  assert.deepEqual(make(), { ms: 1000 });
});

test('patchingComplete() is false until every task runs the patch, false from the start of a revert, and true if that is reversed', async (t) => {
  const before = `// complete
exports.complete = () => 'old';
exports.hold = async (gate) => { await gate; return exports.complete(); };
`;
  const after = before
    .replace('// complete', "// complete\nconst { patchingComplete } = require('livepatch/data');")
    .replace("'old'", 'patchingComplete()')
    .replace('return exports.complete()', 'return [exports.complete()]');
  const held = await program({ 'held.js': before }, { 'held.js': after });
  const { complete, hold } = held.exports;
  const runtime = currentRuntime()!;
  // Requests are tasks of their own on every Node.
  const server = createServer((_request, response) => response.end(JSON.stringify(complete())));
  t.after(() => (server.closeAllConnections(), server.close()));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const ask = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).json();

  const first = Promise.withResolvers<void>();
  const old = hold(first.promise);
  const applied = runtime.apply(held.report.patch!, { timeoutMs: 60_000 });
  while ((await ask()) === 'old') await turn();
  assert.equal(await ask(), false);
  first.resolve();
  assert.equal(await old, 'old', 'old code all the way');
  await applied;
  assert.equal(await ask(), true);

  const second = Promise.withResolvers<void>();
  const pinned = hold(second.promise);
  const reverted = runtime.revert(held.report.name, { timeoutMs: 60_000 });
  while ((await ask()) !== 'old') await turn();
  runtime.reverse();
  assert.equal((await reverted).result, 'reversed');
  assert.equal(await ask(), true);
  second.resolve();
  assert.deepEqual(await pinned, [true]);

  const third = Promise.withResolvers<void>();
  const last = hold(third.promise);
  const out = runtime.revert(held.report.name, { timeoutMs: 60_000 });
  while ((await ask()) !== 'old') await turn();
  third.resolve();
  assert.deepEqual(await last, [false], 'new code that is on its way out');
  await out;
  assert.equal(await ask(), 'old');
});

test('shadow variables through the public API: the selftest of the kernel, and a constructor that fails', async (t) => {
  const warnings: string[] = [];
  const listen = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', listen);
  t.after(() => process.off('warning', listen));
  const first = shadow<{ readonly data: number }>('public.first');
  const second = shadow<{ readonly data: number }>('public.second');
  const objects = [{}, {}, {}];
  let made = 0;
  const construct = (_object: object, data: number): { readonly data: number } => (made++, { data });
  for (const object of objects) assert.equal(first.get(object), undefined);
  const values = objects.map((object, i) => (i % 2 === 0 ? first.getOrAlloc(object, construct, i) : first.alloc(object, construct, i)));
  objects.forEach((object, i) => second.alloc(object, construct, 10 + i));
  assert.equal(made, 6);
  objects.forEach((object, i) => {
    assert.equal(first.get(object), values[i]);
    assert.equal(first.getOrAlloc(object, construct, 99), values[i], 'the constructor does not run again');
  });
  assert.equal(first.alloc(objects[0]!, construct, 99), null);
  assert.equal(made, 6);
  const freed: unknown[] = [];
  for (const object of objects) first.free(object, (_object, value) => freed.push(value));
  for (const object of objects) first.free(object, () => assert.fail('it was freed before'));
  assert.deepEqual(freed, values);
  objects.forEach((object, i) => assert.deepEqual([first.has(object), second.get(object)?.data], [false, 10 + i]));
  second.freeAll();
  for (const object of objects) assert.equal(second.has(object), false);
  const fails = (): never => {
    throw new RangeError('no');
  };
  assert.throws(() => first.alloc(objects[0]!, fails), RangeError);
  assert.throws(() => first.getOrAlloc(objects[0]!, fails), RangeError);
  assert.equal(first.has(objects[0]!), false);
  await turn();
  assert.equal(warnings.filter((text) => text.includes('"public.first" of this object exists already')).length, 1);
});
