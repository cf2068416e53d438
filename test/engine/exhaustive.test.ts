import { test } from 'node:test';
import { explore } from './explore.ts';
import { LOOPS, MODE_SCENARIOS, SCENARIOS } from './scenarios.ts';

for (const mode of ['task', 'request', 'barrier'] as const) {
  for (const [name, make] of Object.entries({ ...SCENARIOS, ...LOOPS, ...(mode === 'task' ? {} : MODE_SCENARIOS) })) {
    test(`every interleaving, mode ${mode}: ${name}`, async (t) => {
      t.diagnostic(`${await explore(make, { mode })} interleavings`);
      if (process.env['LIVEPATCH_SIM_STEPS'] !== undefined) await explore(make, { mode, awaitHooks: false });
    });
  }
}
