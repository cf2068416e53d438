import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { simulate } from './random.ts';
import type { SimulationOptions } from './random.ts';

// LIVEPATCH_SIM_STEPS=10000000 for a long run; LIVEPATCH_SIM_SEED to start elsewhere, or to repeat what failed.
const STEPS = Number(process.env['LIVEPATCH_SIM_STEPS'] ?? 100_000);
const FIRST_SEED = Number(process.env['LIVEPATCH_SIM_SEED'] ?? 1);
const STEPS_PER_SEED = 5_000;

const CASES: Record<string, Omit<SimulationOptions, 'seed' | 'steps'>> = {
  'transitions in both directions': {},
  'whole requests keep their universe': { modes: ['request'], loops: false, reversals: 3 },
  'whole requests, some abandoned or forced': { modes: ['request'], loops: false, reversals: 3, abandon: true, force: true },
  barriers: { modes: ['barrier'], reversals: 3 },
  'barriers, with work abandoned and forced': { modes: ['barrier'], reversals: 3, abandon: true, force: true },
  'modes in turn': { modes: ['task', 'request', 'barrier'], loops: false, reversals: 3, abandon: true, force: true },
  'many reversals': { reversals: 30 },
  'abandoned activations': { abandon: true, reversals: 5 },
  'awaits without hooks: callees run on in their callers': { awaitHooks: false, reversals: 5 },
  'what lives is pinned one by one': {
    pinsPerTurn: 1,
    modes: ['task', 'request'],
    loops: false,
    reversals: 10,
    abandon: true,
    force: true,
  },
  'the same in the mode that loops end in': { pinsPerTurn: 1, reversals: 10 },
  'forced transitions do not confuse later bookkeeping': { force: true, reversals: 5 },
};

for (const [name, options] of Object.entries(CASES)) {
  test(`random programs, ${name}`, async () => {
    const seeds = Math.ceil(STEPS / STEPS_PER_SEED);
    for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed++) {
      // What a WeakRef was made of stays alive until the real job ends.
      await setImmediate();
      try {
        simulate({ seed, steps: STEPS_PER_SEED, ...options });
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });
}
