/**
 * Loops of all kinds, patched and reverted at random moments: they say what they say when nobody touches them.
 *
 *   LIVEPATCH_LOOPS=2000 node --test test/loops/random.test.ts      that many
 *   LIVEPATCH_LOOPS_SEED=123 node --test test/loops/random.test.ts  that one
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { random } from '../../scripts/stress/random.mjs';
import { run } from './driver.ts';
import type { Run } from './driver.ts';
import { randomLoops } from './random-loops.ts';

const COUNT = Number(process.env['LIVEPATCH_LOOPS'] ?? 120);
const ONE = process.env['LIVEPATCH_LOOPS_SEED'];
/** A loop that cannot be handed over in so many turns stays in its version: the transition is turned round. */
const PATIENCE = 100;

/** True once the change has come into force. */
async function changed(r: Run, change: Promise<void>): Promise<boolean> {
  let ended: boolean | null = null;
  const end = change.then(
    () => (ended = true),
    (error: unknown) => {
      if (!/"result":"reversed"/.test(String(error))) throw error;
      return (ended = false);
    },
  );
  end.catch(() => {});
  for (let turns = 0, turned = false; ended === null; turns++) {
    if (turns >= PATIENCE && !turned && currentRuntime()!.status().transition !== null) {
      currentRuntime()!.reverse();
      turned = true;
    }
    await r.turn();
  }
  return await end;
}

async function trial(seed: number): Promise<number> {
  const text = randomLoops(seed);
  const dice = random(seed + 1) as () => number;
  const turns = (): number => Math.floor(dice() * 14);
  const patched = await run(text);
  const alone = await run(text);
  try {
    let over = 0;
    await patched.turn(turns());
    if (await changed(patched, patched.program.apply(0))) {
      over++;
      await patched.turn(turns());
      if (await changed(patched, patched.program.revert(0))) over++;
      await patched.turn(turns());
    }
    while (alone.said.length < patched.said.length) await alone.turn();
    const said = patched.said.map((line) => line.replaceAll('NEW', 'OLD'));
    assert.deepEqual(said, alone.said.slice(0, said.length), `LIVEPATCH_LOOPS_SEED=${seed}\n${text}`);
    return over;
  } finally {
    patched.program.clean();
    alone.program.clean();
  }
}

test('random loops say the same', async () => {
  if (ONE !== undefined) {
    await trial(Number(ONE));
    return;
  }
  let over = 0;
  for (let seed = 1; seed <= COUNT; seed++) over += await trial(seed);
  // Most of them do go over, and back.
  assert.ok(over > COUNT, `${over} transitions of ${2 * COUNT} ended`);
});
