import { test } from 'node:test';
import { explore } from './explore.ts';
import { SCENARIOS } from './scenarios.ts';

for (const [name, make] of Object.entries(SCENARIOS)) {
  test(`every interleaving: ${name}`, async (t) => {
    t.diagnostic(`${await explore(make)} interleavings`);
    if (process.env['LIVEPATCH_SIM_STEPS'] !== undefined) await explore(make, { awaitHooks: false });
  });
}
