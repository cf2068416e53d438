/** Functions that never return: each form of loop goes on in the new version, and back, where it was and with what it had. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TransitionStatus } from '../../src/agent/protocol.ts';
import { currentRuntime } from '../../src/node/current.ts';
import { assertContinuous, run } from './driver.ts';

const FORMS: Record<string, string> = {
  while: 'async function loop() { let n = 0; while (true) { await turn(); say("OLD", n++); } } exports.start = loop;',
  'while with a condition that waits':
    'let on = true; async function loop() { let n = 0; while (await turn(), on) { say("OLD", n++); } } exports.start = loop;',
  do: 'async function loop() { let n = 0; do { await turn(); say("OLD", n++); } while (n < 1e9); } exports.start = loop;',
  'for without anything': 'async function loop() { let n = 0; for (;;) { await turn(); say("OLD", n++); } } exports.start = loop;',
  'for with a variable of each turn':
    'async function loop() { for (let n = 0; ; n++) { await turn(); say("OLD", n); } } exports.start = loop;',
  'for with several':
    'async function loop() { for (let n = 0, m = 1; m; m++, n++) { await turn(); say("OLD", m - 1); } } exports.start = loop;',
  'for with var': 'async function loop() { for (var n = 0; n < 1e9; n += 1) { await turn(); say("OLD", n); } } exports.start = loop;',
  'for that closures look at':
    'async function loop() { for (let n = 0; ; n++) { const get = () => n; await turn(); say("OLD", get()); } } exports.start = loop;',
  'without a block': 'async function loop() { let n = 0; while (true) say("OLD", (await turn(), n++)); } exports.start = loop;',
  'labelled continue':
    'async function loop() { let n = 0; outer: while (true) { for (let i = 0; ; i++) { await turn(); say("OLD", n++); if (i === 1) continue outer; } } } exports.start = loop;',
  'nested, each with a variable':
    'async function loop() { for (let a = 0; ; a++) { for (let b = 0; b < 4; b++) { await turn(); say("OLD", a * 4 + b); } } } exports.start = loop;',
  'labelled break out of a block':
    'async function loop() { let n = 0; while (true) { part: { await turn(); if (n % 2) break part; } say("OLD", n++); } } exports.start = loop;',
  'in a switch':
    'async function loop(kind) { let n = 0; switch (kind) { case 0: say("no"); case 1: while (true) { await turn(); say("OLD", n++); } default: say("no"); } } exports.start = () => loop(1);',
  'in an if':
    'async function loop(a) { let n = 0; if (a) { while (true) { await turn(); say("OLD", n++); } } else say("no"); } exports.start = () => loop(1);',
  'in a try with finally':
    'async function loop() { let n = 0; try { while (true) { await turn(); say("OLD", n++); } } finally { say("no"); } } exports.start = loop;',
  'in a catch':
    'async function loop() { let n = 0; try { throw 7; } catch (seven) { while (true) { await turn(); say("OLD", n++ + seven - 7); } } } exports.start = loop;',
  'with a try in it':
    'async function loop() { let n = 0; while (true) { try { await turn(); if (n % 2) throw n; say("OLD", n++); } catch (e) { say("OLD", e); n++; } } } exports.start = loop;',
  'for await over an async generator':
    'async function* source() { for (let i = 0; ; i++) { await turn(); yield i; } } async function loop() { for await (const n of source()) say("OLD", n); } exports.start = loop;',
  'for await over an iterator of hand':
    'const it = { i: 0, [Symbol.asyncIterator]() { return this; }, async next() { await turn(); return { value: this.i++, done: false }; }, return() { say("closed"); return {}; } }; async function loop() { for await (const n of it) say("OLD", n); } exports.start = loop;',
  'for await over promises':
    'function* source() { for (let i = 0; ; i++) yield turn().then(() => i); } async function loop() { for await (const n of source()) { say("OLD", n); } } exports.start = loop;',
  'for await that takes apart':
    'async function* source() { for (let i = 0; ; i++) { await turn(); yield { a: [i] }; } } async function loop() { for await (const { a: [n] } of source()) { say("OLD", n); } } exports.start = loop;',
  'for await in for await':
    'async function* source() { for (let i = 0; ; i++) { await turn(); yield i; } } async function* three(n) { for (let i = 0; i < 3; i++) { await turn(); yield n * 3 + i; } } async function loop() { for await (const a of source()) for await (const b of three(a)) say("OLD", b); } exports.start = loop;',
  'async generator':
    'async function* loop() { let n = 0; while (true) { await turn(); yield `OLD ${n++}`; } } exports.start = async () => { for await (const line of loop()) say(line); };',
  generator:
    'function* loop() { let n = 0; while (true) yield `OLD ${n++}`; } exports.start = async () => { const g = loop(); while (true) { await turn(); say(g.next().value); } };',
  method:
    'class Consumer { #n = 0; constructor() { this.word = ""; } async run() { while (true) { await turn(); say("OLD" + this.word, this.#n++); } } } exports.start = () => new Consumer().run();',
  'method of an object':
    'const o = { n: 0, async run() { while (true) { await turn(); say("OLD", this.n++); } } }; exports.start = () => o.run();',
  arrow: 'const loop = async (n = 0) => { while (true) { await turn(); say("OLD", n++); } }; exports.start = () => loop();',
  'with parameters of all kinds':
    'async function loop({ a, ...more }, [b] = [1], ...rest) { let n = 0; while (true) { await turn(); say("OLD", n++ + a + more.c + b + rest.length - 5); } } exports.start = () => loop({ a: 1, c: 2 }, undefined, 5);',
  'closure with what it captured':
    'function make(n) { const step = 1; async function loop() { while (true) { await turn(); say("OLD", n); n += step; } } return loop; } exports.start = () => make(0)();',
  'closure whose condition is what it captured':
    'function make() { let on = false; let n = 0; const start = async () => { if (on) return; on = true; while (on) { await turn(); say("OLD", n++); } }; return start; } exports.start = () => make()();',
  'with what closures share':
    'async function loop() { let n = 0; const add = () => { n++; }; const get = () => n; while (true) { await turn(); say("OLD", get()); add(); } } exports.start = loop;',
  'with what a closure from outside goes on changing':
    'let bump; async function loop() { let n = -1; bump = () => { n++; }; while (true) { await turn(); bump(); say("OLD", n); } } exports.start = loop;',
};

for (const [name, text] of Object.entries(FORMS)) {
  test(`there and back: ${name}`, async (t) => {
    const r = await run(text);
    t.after(() => r.program.clean());
    await r.thereAndBack();
    assertContinuous(r.said);
  });
}

test('several loops in one task all go over', async (t) => {
  const r = await run(`
    async function consume(name) { for (let n = 0; ; n++) { await turn(); say(name, 'OLD', n); } }
    async function* values() { for (let n = 0; ; n++) { await turn(); await turn(); yield n; } }
    async function iterate(name) { for await (const n of values()) say(name, 'OLD', n); }
    exports.start = () => Promise.all([consume('a'), iterate('b'), consume('c')]);`);
  t.after(() => r.program.clean());
  await r.turn(4);
  await r.thereAndBack();
  await r.turn(4);
  for (const name of ['a ', 'b ', 'c ']) assertContinuous(r.said, name);
});

test('its caller gets what the new version returns', async (t) => {
  const r = await run(`
    let on = true; exports.stop = () => { on = false; };
    async function loop() { while (on) await turn(); return 'OLD'; }
    exports.start = async () => say(await loop());`);
  t.after(() => r.program.clean());
  await r.turn(2);
  await r.until(r.program.apply());
  r.program.exports['stop']();
  await r.turn(2);
  assert.deepEqual(r.said, ['NEW']);
});

test('its caller gets what the new version throws, and a finally runs once, in the version that ends', async (t) => {
  const r = await run(`
    let on = true; exports.stop = () => { on = false; };
    async function loop() { try { while (true) { await turn(); if (!on) throw new Error('OLD'); } } finally { say('finally OLD'); } }
    exports.start = () => loop().catch((e) => say(e.message));`);
  t.after(() => r.program.clean());
  await r.turn(2);
  await r.until(r.program.apply());
  r.program.exports['stop']();
  await r.turn(3);
  assert.deepEqual(r.said, ['finally NEW', 'NEW']);
});

test('the iterator is closed once, when the loop is left in the version that it went on in', async (t) => {
  const r = await run(`
    let on = true; exports.stop = () => { on = false; };
    const it = { [Symbol.asyncIterator]() { say('begun'); return this; }, async next() { await turn(); return { value: 1, done: false }; }, async return() { say('closed'); return {}; } };
    async function loop() { for await (const x of it) { if (!on) break; } say('OLD'); }
    exports.start = loop;`);
  t.after(() => r.program.clean());
  await r.turn(2);
  await r.until(r.program.apply());
  await r.turn(2);
  r.program.exports['stop']();
  await r.turn(3);
  assert.deepEqual(r.said, ['begun', 'closed', 'NEW']);
});

test('a generator that went over is ended by its consumer as before', async (t) => {
  const r = await run(`
    async function* loop() { try { for (let n = 0; ; n++) { await turn(); yield n; } } finally { say('finally OLD'); } }
    let on = true; exports.stop = () => { on = false; };
    exports.start = async () => { for await (const n of loop()) if (!on) break; say('end'); };`);
  t.after(() => r.program.clean());
  await r.turn(3);
  await r.until(r.program.apply());
  await r.turn(3);
  r.program.exports['stop']();
  await r.turn(3);
  assert.deepEqual(r.said, ['finally NEW', 'end']);
});

test('variables that the new version adds begin with what it gives them', async (t) => {
  const r = await run('async function loop() { let n = 0; while (true) { await turn(); say("OLD", n++); } } exports.start = loop;', {
    'let n = 0;': 'let n = 0; let seen = []; const limit = 3;',
    'say("NEW", n++);': 'seen.push(n++); if (seen.length === limit) { say(seen.join()); seen = []; }',
  });
  t.after(() => r.program.clean());
  await r.turn(3);
  await r.until(r.program.apply());
  await r.turn(9);
  const numbers = r.said.flatMap((line) => line.replace('OLD ', '').split(',').map(Number));
  assert.deepEqual(
    numbers,
    numbers.map((_, i) => i),
  );
  assert.ok(r.said.some((line) => line.split(',').length === 3));
  // The next patch would replace this one, and wait for a loop that nobody turns any more.
  await r.until(r.program.revert());
});

test('who waits in a loop that went over is named with its task, its function, its line, and its age', async (t) => {
  const r = await run(`
    const forever = { [Symbol.asyncIterator]() { return this; }, async next() { await turn(); return { value: 1, done: false }; } };
    async function iterate() { for await (const x of forever) say('OLD', x); }
    async function repeat() {
      while (true) {
        await turn();
        say('OLD');
      }
    }
    exports.start = () => { void iterate(); void repeat(); };`);
  t.after(() => r.program.clean());
  await r.until(r.program.apply());
  await r.turn(2);
  const reverting = r.program.revert();
  const transition = (): TransitionStatus | null => currentRuntime()!.status().transition;
  while (transition() === null) await new Promise((resolve) => setImmediate(resolve));
  const rows = transition()!.holders.map(({ label, function: path, waitsAt, ageMs }) => ({ label, path, waitsAt, aged: ageMs >= 0 }));
  assert.deepEqual(
    rows.map(({ path, waitsAt, aged }) => ({ path, waitsAt, aged })).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    [
      { path: 'iterate', waitsAt: 'index.js:10', aged: true },
      { path: 'repeat', waitsAt: 'index.js:13', aged: true },
    ],
  );
  assert.ok(rows.every(({ label }) => label !== ''));
  await r.until(reverting);
});
