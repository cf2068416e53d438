/** What the builder says of loops that may never end, and that it is true: a loop that stays holds the transition. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VerdictRow } from '../../src/patch/format.ts';
import { build } from '../build/harness.ts';
import { run } from './driver.ts';

async function verdicts(before: string, after: string): Promise<VerdictRow[]> {
  const report = await build({ 'index.js': before }, { 'index.js': after });
  return report.verdicts.filter(({ code }) => code.startsWith('loop-'));
}

const LOOP = 'exports.loop = async function (next, list) {\n  let n = 0;\n  while (true) {\n    await next(n++);\n  }\n}';

test('a loop that is handed over is reported at its line', async () => {
  const rows = await verdicts(LOOP, LOOP.replace('n++', 'n += 2'));
  assert.deepEqual(
    rows.map(({ code, verdict, line, path }) => ({ code, verdict, line, path })),
    [{ code: 'loop-handed-over', verdict: 'carried', line: 3, path: 'exports.loop' }],
  );
});

const TURNS =
  'exports.loop = async function (next, list) {\n  for (let i = 0, n = 0; i < 3; i++) {\n    list.push(() => i++);\n    while (true) await next(n++);\n  }\n}';
const SWITCH =
  'exports.loop = async function (next, list) {\n  switch (list.length) {\n    case 1:\n      const k = list[0];\n      while (true) await next(k);\n  }\n}';

const STAYS: readonly { readonly reason: RegExp; readonly after: string; readonly before?: string }[] = [
  { reason: /no such loop/, after: 'exports.loop = async function (next) { await next(1) }' },
  {
    reason: /limit is new, and what gives it its value has run/,
    after: LOOP.replace('let n = 0;', 'let n = 0; const limit = list.pop();').replace('n++', 'n++ % limit'),
  },
  { reason: /m is new and n is gone: one may be the other/, after: LOOP.replaceAll(/\bn\b(?!ext)/g, 'm') },
  {
    reason: /each turn of a loop around it has a i of its own, which closures share/,
    before: TURNS,
    after: TURNS.replace('next(n++)', 'next(++n)'),
  },
  {
    reason: /k is declared in a `switch`/,
    before: SWITCH,
    after: SWITCH.replace('next(k)', 'next(k + 1)'),
  },
  { reason: /reads `arguments`/, after: LOOP.replace('n++', 'n++, arguments[2]') },
  {
    reason: /`for … of`/,
    before: LOOP.replace('while (true) {', 'for (const x of list) while (true) {'),
    after: LOOP.replace('while (true) {', 'for (const x of list) while (n >= 0) {'),
  },
  {
    reason: /in a `finally`/,
    before: LOOP.replace('while', 'try { await next() } finally { while').concat('}'),
    after: LOOP.replace('while', 'try { await next() } finally { while').replace('n++', '++n').concat('}'),
  },
];

for (const { reason, before = LOOP, after } of STAYS) {
  test(`a loop stays: ${reason.source}`, async () => {
    const rows = await verdicts(before, after);
    assert.deepEqual(
      rows.map(({ code, verdict, path }) => ({ code, verdict, path })),
      [{ code: 'loop-stays', verdict: 'warning', path: 'exports.loop' }],
    );
    assert.match(rows[0]!.reason, reason);
  });
}

test('a loop that comes to its end is not reported', async () => {
  const before =
    'exports.loop = async function (next, list) { for (const x of list) await next(x); for (let i = 0; i < 9; i++) await next(i) }';
  assert.deepEqual(await verdicts(before, before.replace('i < 9', 'i < 8')), []);
});

test('a loop that stays is left as it is at the deadline, and goes on', async (t) => {
  const r = await run('async function loop() { let n = 0; while (true) { await turn(); say("OLD", n++); } } exports.start = loop;', {
    'while (true)': 'const list = [say("begun")].concat(1); while (list)',
  });
  t.after(() => r.program.clean());
  await r.turn(2);
  await assert.rejects(r.until(r.program.apply(100)), /apply ended .*"reversed"/);
  await r.turn(2);
  assert.ok(r.said.every((line, n) => line === `OLD ${n}`));
});
