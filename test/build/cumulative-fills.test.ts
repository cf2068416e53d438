/** A patch whose statements fill tables, and that takes the place of another one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';

const FRAME = 'const t = {}; const m = new Map(); const l = []; exports.t = t; exports.m = m; exports.l = l;\n';

const OF = 'exports.of = () => [t, [...m], l];';
const pair = (after: string): ReturnType<typeof program> =>
  program({ 'index.js': `${FRAME}${OF}` }, { 'index.js': `${FRAME}${after} ${OF.replace('=> [', '=> [0, ')}` });
const text = (exports: Record<string, unknown>): string =>
  JSON.stringify([exports['t'], [...(exports['m'] as Map<unknown, unknown>)], exports['l']]);

const X = "t.x = 1; m.set('x', 1);";
const LOOP_X = "for (const k of ['x']) { t[k] = 1; m.set(k, 1); l.push(k); }";
const LOOP_XY = "for (const k of ['x', 'y']) { t[k] = 1; m.set(k, 1); l.push(k); }";
const OTHER = "for (const k of ['x']) { t[k] = 2; m.set(k, 2); l.push(k); }";

for (const [first, second] of [
  [LOOP_X, LOOP_XY],
  [LOOP_XY, LOOP_X],
  [X, LOOP_XY],
  [LOOP_XY, X],
  [LOOP_X, OTHER],
] as const)
  test(`${second} in place of ${first}`, async () => {
    const fresh = await pair(second);
    await fresh.apply();
    const expected = text(fresh.exports);
    await fresh.revert();
    const p = await pair(first);
    const before = text(p.exports);
    await p.apply();
    assert.notEqual(text(p.exports), before);
    const next = await pair(second);
    await next.apply();
    assert.equal(text(p.exports), expected);
    await next.revert();
    assert.equal(text(p.exports), before);
  });

test('what the program has put there in between stays', async () => {
  const p = await pair(LOOP_X);
  await p.apply();
  const { t, m } = p.exports as unknown as { t: Record<string, number>; m: Map<string, number> };
  t['own'] = 5;
  m.set('own', 5);
  const next = await pair(LOOP_XY);
  await next.apply();
  assert.deepEqual({ ...t }, { own: 5, x: 1, y: 1 });
  assert.deepEqual(new Map(m), new Map(Object.entries({ own: 5, x: 1, y: 1 })));
  await next.revert();
  assert.deepEqual([{ ...t }, [...m]], [{ own: 5 }, [['own', 5]]]);
});

test('what only the second adds is there as its transition begins', async () => {
  const hold = (n: number): string => `exports.hold = async (until) => { await until; return ${n} };`;
  const both = (after: string, n: number): ReturnType<typeof program> =>
    program({ 'index.js': `${FRAME}${OF}${hold(0)}` }, { 'index.js': `${FRAME}${after} ${OF}${hold(n)}` });
  const p = await both(LOOP_X, 1);
  await p.apply();
  const { promise, resolve } = Promise.withResolvers<void>();
  const held = p.exports['hold'](promise);
  const next = await both(LOOP_XY, 2);
  const applied = next.apply();
  await new Promise((done) => setTimeout(done, 50));
  assert.deepEqual({ ...p.exports['t'] }, { x: 1, y: 1 });
  resolve();
  assert.equal(await held, 1);
  await applied;
  assert.deepEqual({ ...p.exports['t'] }, { x: 1, y: 1 });
  await next.revert();
});
