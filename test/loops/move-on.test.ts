/** `signal()` and `checkpoint()`: how a loop that would hold a transition lets it end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkpoint, signal } from '../../src/index.ts';
import { assertContinuous, run } from './driver.ts';

const API = Symbol.for('livepatch.test.api');
Object.assign(globalThis, { [API]: { checkpoint, signal } });
const PROLOGUE = `
const { checkpoint, signal } = globalThis[Symbol.for('livepatch.test.api')];
const { setTimeout: sleep } = require('node:timers/promises');
`;

test('a loop that sleeps is woken by its signal, and goes on in the new version', async (t) => {
  const r = await run(`${PROLOGUE}
    async function loop() { let n = 0; while (true) { await sleep(3_600_000, null, { signal: signal(), ref: false }).catch((e) => say(e.name)); say('OLD', n++); } }
    exports.start = loop;`);
  t.after(() => r.program.clean());
  await r.until(r.program.apply());
  await r.until(r.program.revert());
  // Woken in the version that waited, it finishes its turn and comes to its head.
  assert.deepEqual(r.said, ['AbortError', 'OLD 0', 'AbortError', 'NEW 1']);
});

test('work that does not keep the patch from its end is left to sleep', async (t) => {
  const r = await run(`${PROLOGUE}
    exports.idle = () => { const s = signal(); s.addEventListener('abort', () => say('woken')); return s; };
    async function loop() { while (true) { await turn(); say('OLD'); } }
    exports.start = loop;`);
  t.after(() => r.program.clean());
  await r.until(r.program.apply());
  const idle = r.program.exports['idle']() as AbortSignal;
  await r.until(r.program.revert());
  assert.equal(idle.aborted, false);
  assert.ok(!r.said.includes('woken'));
});

const FOREVER = 'const forever = { *[Symbol.iterator]() { while (true) yield 1; } };';

test('a loop that cannot be handed over begins anew in the new version', async (t) => {
  const r = await run(`${PROLOGUE}${FOREVER}
    async function consume(n) { for (const _ of forever) { await turn(); say('OLD', n++); if (checkpoint()) return checkpoint(() => consume(n)); } }
    exports.start = () => consume(0);`);
  t.after(() => r.program.clean());
  await r.turn(3);
  await r.until(r.program.apply());
  while (!r.said.at(-1)!.startsWith('NEW')) await r.turn();
  await r.until(r.program.revert());
  while (!r.said.at(-1)!.startsWith('OLD')) await r.turn();
  assertContinuous(r.said);
});

test('several of them in one task wait for each other', async (t) => {
  const r = await run(`${PROLOGUE}${FOREVER}
    async function consume(name, turns, n) {
      for (const _ of forever) { for (let i = 0; i < turns; i++) await turn(); say(name, 'OLD', n++); if (checkpoint()) return checkpoint(() => consume(name, turns, n)); }
    }
    exports.start = () => Promise.all([consume('a', 1, 0), consume('b', 3, 0), consume('c', 2, 0)]);`);
  t.after(() => r.program.clean());
  await r.turn(6);
  await r.until(r.program.apply());
  const all = (version: string): boolean => ['a', 'b', 'c'].every((name) => r.said.findLast((l) => l.startsWith(name))?.includes(version));
  while (!all('NEW')) await r.turn();
  await r.until(r.program.revert());
  while (!all('OLD')) await r.turn();
  for (const name of ['a ', 'b ', 'c ']) assertContinuous(r.said, name);
});

test('a checkpoint hands on what it began anew with returns, and throws', async (t) => {
  const r = await run(`${PROLOGUE}${FOREVER}
    async function consume(n) { for (const _ of forever) { await turn(); if (n > 0) { if (n > 1) throw new Error('OLD'); return 'OLD'; } if (checkpoint()) return checkpoint(() => consume(n + 1)); } }
    exports.start = async () => say(await consume(0));
    exports.again = () => consume(1.5).catch((e) => say(e.message));`);
  t.after(() => r.program.clean());
  await r.until(r.program.apply());
  while (r.said.length === 0) await r.turn();
  void r.program.exports['again']();
  while (r.said.length === 1) await r.turn();
  assert.deepEqual(r.said, ['NEW', 'NEW']);
});

test('outside a transition a checkpoint asks nobody to leave, and begins anew at once', async () => {
  assert.equal(checkpoint(), false);
  assert.equal(await checkpoint(() => 1), 1);
  await assert.rejects(
    checkpoint(() => {
      throw new Error('next');
    }),
    /next/,
  );
  assert.equal(signal().aborted, false);
});
