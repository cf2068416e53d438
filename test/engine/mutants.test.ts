import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../src/engine/index.ts';
import { nearestAlive } from '../../src/engine/hold-node.ts';
import { BUSY, converge } from './busy.ts';
import { explore } from './explore.ts';
import { Violation } from './model.ts';
import { simulate } from './random.ts';
import { SCENARIOS } from './scenarios.ts';

// Each rule of the engine, broken: a checker that does not notice checks nothing.
const MUTANTS: Record<string, (engine: Engine) => void> = {
  'branches are looked for in the innermost context only'({ nodes }) {
    const { resolve } = nodes;
    nodes.resolve = (context) => {
      const found = resolve.call(nodes, context);
      return found !== null && (found === context?.node || found === context?.task.root) ? found : null;
    };
  },
  'the tasks around a task do not count'({ nodes }) {
    nodes.resolve = (context) => {
      const epoch = nodes.transition?.epoch;
      if (context === undefined || epoch === undefined) return null;
      return nearestAlive(context.node, epoch) ?? nearestAlive(context.task.root, epoch);
    };
  },
  'a branch forgets what it was opened in'({ nodes }) {
    const { open } = nodes;
    nodes.open = (context, universe) => {
      const node = open.call(nodes, context, universe);
      node.parent = null;
      return node;
    };
  },
  'a branch does not close when its opener ends'({ nodes }) {
    nodes.close = () => {};
  },
  'only the opener of a branch holds it'(engine) {
    const { enter } = engine;
    engine.enter = (site, version) => {
      const activation = enter.call(engine, site, version);
      const { holding } = activation;
      if (holding?.node && !holding.opener) {
        engine.nodes.lose(holding.node);
        holding.node = null;
      }
      return activation;
    };
  },
  'nothing holds a node to the end of the job'({ nodes }) {
    const { hold } = nodes;
    nodes.hold = (node) => {
      if (node.live === 0) hold.call(nodes, node);
    };
  },
  'activations that live at the start pin nothing'({ nodes }) {
    nodes.pin = () => {};
  },
  'new work waits for the old to end'(engine) {
    const { call } = engine;
    engine.call = (site) => {
      const transition = engine.nodes.transition;
      const decision = call.call(engine, site);
      if (transition === null || site.pair === null || site.tracked || transition.pending === 0) return decision;
      return { version: site.pair[transition.target === 'patched' ? 'unpatched' : 'patched'], context: decision.context };
    };
  },
  'a generator works for whoever resumes it'(engine) {
    engine.resume = () => {};
  },
  'a generator leaves its context to its consumer'(engine) {
    engine.suspend = () => {};
  },
  'a transition ends whatever still lives'({ lifecycle, nodes }) {
    const { lose } = nodes;
    nodes.lose = (node) => {
      lose.call(nodes, node);
      if (nodes.transition !== null) lifecycle.checkSoon(nodes.transition);
    };
    const { checkSoon } = lifecycle;
    lifecycle.checkSoon = (transition) => {
      transition.aliveUnpatched = transition.alivePatched = 0;
      checkSoon.call(lifecycle, transition);
    };
  },
  'nobody looks whether the transition has ended'({ lifecycle }) {
    lifecycle.checkSoon = () => {};
  },
};

for (const [name, tamper] of Object.entries(MUTANTS)) {
  test(`caught: ${name}`, async () => {
    await assert.rejects(async () => {
      for (const make of Object.values(SCENARIOS)) await explore(make, { tamper }, 8_000).catch(rethrowViolation);
      for (const make of Object.values(BUSY)) converge(make(), { tamper });
      for (let seed = 1; seed <= 300; seed++) simulate({ seed, steps: 3_000, reversals: 2, tamper });
    }, Violation);
  });
}

/** The exploration is only sampled here: not to finish is no finding. */
function rethrowViolation(error: unknown): void {
  if (error instanceof Error && error.message.startsWith('more than')) return;
  throw error;
}
