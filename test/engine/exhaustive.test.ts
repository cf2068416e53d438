import { test } from 'node:test';
import { explore } from './explore.ts';
import { LOOPS, MODE_SCENARIOS, SCENARIOS } from './scenarios.ts';

/** Where each activation is pinned in a turn of its own there are ten times as many interleavings: those of the smaller ones. */
const SMALL = new Set([...Object.keys(LOOPS), 'generators consumed by several tasks']);

for (const mode of ['task', 'request', 'barrier'] as const) {
  for (const [name, make] of Object.entries({ ...SCENARIOS, ...LOOPS, ...(mode === 'task' ? {} : MODE_SCENARIOS) })) {
    test(`every interleaving, mode ${mode}: ${name}`, async (t) => {
      t.diagnostic(`${await explore(make, { mode })} interleavings`);
      if (process.env['LIVEPATCH_SIM_STEPS'] !== undefined) await explore(make, { mode, awaitHooks: false });
    });
    if (mode !== 'barrier' && SMALL.has(name)) {
      test(`every interleaving, mode ${mode}, pinned one by one: ${name}`, async (t) => {
        t.diagnostic(`${await explore(make, { mode, pinsPerTurn: 1 })} interleavings`);
      });
    }
  }
}
