import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Context } from '../../src/engine/index.ts';
import type { Engine, EngineHost, HoldNode, Mode, Universe } from '../../src/engine/index.ts';
import { nearestAlive } from '../../src/engine/hold-node.ts';
import { BUSY, ENDLESS, converge, endsIn } from './busy.ts';
import { explore } from './explore.ts';
import { Violation } from './model.ts';
import { simulate } from './random.ts';
import { LOOPS, MODE_SCENARIOS, SCENARIOS } from './scenarios.ts';

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
      return { version: site.pair[transition.target === 'patched' ? 'unpatched' : 'patched'], context: decision.context, gate: null };
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

/** Rules of the safe points. */
const LOOP_MUTANTS: Record<string, (engine: Engine) => void> = {
  'a loop goes over whatever else holds its task'({ handOver }) {
    (handOver as unknown as Rules).isFirst = () => true;
  },
  'loops go over in any order'({ handOver }) {
    (handOver as unknown as Rules).isFirst = (holding, node) =>
      node.closed ? node.loops !== null && node.loops.size === node.live - (node.held ? 1 : 0) : holding.opener;
  },
  'a loop goes over while what is around it holds on'({ handOver }) {
    (handOver as unknown as Rules).isWithin = () => false;
  },
  'any loop of a branch goes over, not only the one that opened it'({ handOver }) {
    const { isFirst } = handOver as unknown as Rules;
    (handOver as unknown as Rules).isFirst = (holding, node) => (node.closed ? isFirst.call(handOver, holding, node) : true);
  },
  'a loop goes over above a generator'({ handOver }) {
    handOver.generatorEntered = () => {};
  },
  'a generator goes on counting'({ handOver }) {
    handOver.generatorLeft = () => {};
  },
  'what goes on is part of the old task'({ handOver }) {
    const { begin } = handOver;
    handOver.begin = (activation, universe) => {
      begin.call(handOver, activation, universe);
      (handOver as unknown as Rules).handed = new Context(activation.context.task, activation.holding!.node);
    };
  },
  'no loop goes over'({ handOver }) {
    handOver.versionFor = () => null;
  },
  'a loop that has gone over goes on counting'(engine) {
    const { exit } = engine;
    (engine as Open<Engine>).exit = (activation) => {
      const { holding } = activation;
      if (holding !== null) holding.loop = 0;
      exit(activation);
    };
  },
};

type Open<T> = { -readonly [K in keyof T]: T[K] };

interface Rules {
  isFirst(holding: { readonly opener: boolean; readonly loop: number }, node: HoldNode): boolean;
  isWithin(context: Context, node: HoldNode, target: Universe): boolean;
  handed: Context | null;
}

/** Rules of one mode alone. */
const MODE_MUTANTS: Record<string, { readonly mode: Mode; readonly tamper: (engine: Engine) => void }> = {
  'request: tasks that live at the start hold nothing': {
    mode: 'request',
    tamper: ({ tenures }) => {
      tenures.mark = () => true;
      tenures.markFor = () => false;
    },
  },
  'request: tasks begun since hold nothing': {
    mode: 'request',
    tamper: ({ tenures }) => {
      const { began } = tenures;
      tenures.began = (task) => {
        began.call(tenures, task);
        tenures.release(task);
      };
    },
  },
  'request: a task gives its universe back before it ends': {
    mode: 'request',
    tamper: (engine) => {
      const { exit } = engine;
      (engine as Open<Engine>).exit = (activation) => {
        const { task } = activation.context;
        exit(activation);
        engine.tenures.release(task);
      };
    },
  },
  'request: a task that has ended goes on holding': { mode: 'request', tamper: ({ tenures }) => void (tenures.release = () => {}) },
  'request: what is begun in a task is new work': {
    mode: 'request',
    tamper: (engine) => {
      const { createTask } = engine;
      engine.createTask = (kind, label) => createTask.call(engine, kind, label, null);
    },
  },
  'barrier: nobody waits': {
    mode: 'barrier',
    tamper: (engine) => {
      const { call } = engine;
      engine.call = (site) => {
        const decision = call.call(engine, site);
        return decision.gate === null ? decision : { version: site.pair!.unpatched, context: null, gate: null };
      };
    },
  },
  'barrier: those who would wait go first': {
    mode: 'barrier',
    tamper: (engine) => {
      const { call } = engine;
      engine.call = (site) => {
        const decision = call.call(engine, site);
        return decision.gate === null ? decision : { version: site.pair!.patched, context: null, gate: null };
      };
    },
  },
  'barrier: calls within live ones wait too': {
    mode: 'barrier',
    tamper: (engine) => {
      const { call } = engine;
      engine.call = (site) => {
        const { transition } = engine.nodes;
        if (transition === null || site.entry !== 'waits') return call.call(engine, site);
        return {
          version: site.settled,
          context: null,
          gate: (transition.gate ??= (engine as unknown as { host: EngineHost }).host.gate()),
        };
      };
    },
  },
  'barrier: the gate stays shut': {
    mode: 'barrier',
    tamper: ({ nodes }) => {
      const { lose } = nodes;
      nodes.lose = (node) => {
        lose.call(nodes, node);
        if (nodes.transition?.gate) nodes.transition.gate = { ...nodes.transition.gate, open: () => {} };
      };
    },
  },
  'barrier: it ends while old functions live': { mode: 'barrier', tamper: ({ nodes }) => void (nodes.pin = () => {}) },
};

/** Rules of a transition that takes several turns to begin. */
const PINNING_MUTANTS: Record<string, (engine: Engine) => void> = {
  'generators that begin while loops are still to be pinned are forgotten'({ handOver }) {
    handOver.pinned = () => {};
  },
  'what is not pinned in the first turn is never pinned'({ roster }) {
    const { census } = roster;
    roster.census = () => {
      const found = census.call(roster);
      const { visit } = found;
      found.visit = (...args) => {
        visit.apply(found, args);
        found.stop();
      };
      return found;
    };
  },
};

const ALL = [
  ...Object.entries(PINNING_MUTANTS).map(([name, tamper]) => ({ name, tamper, mode: 'task' as Mode, pinsPerTurn: 1 })),
  ...Object.entries(LOOP_MUTANTS).map(([name, tamper]) => ({ name, tamper, mode: 'task' as Mode })),
  ...Object.entries(MUTANTS).map(([name, tamper]) => ({ name, tamper, mode: 'task' as Mode })),
  ...Object.entries(MODE_MUTANTS).map(([name, mutant]) => ({ name, ...mutant })),
  {
    name: 'request: tasks that are not met in the first turn hold nothing',
    mode: 'request' as Mode,
    pinsPerTurn: 1,
    tamper: ({ tenures }: Engine): void => {
      const { mark } = tenures;
      tenures.markFor = () => false;
      tenures.mark = (...args) => {
        mark.apply(tenures, args);
        return true;
      };
    },
  },
];

for (const { name, mode, ...options } of ALL) {
  test(`caught: ${name}`, async () => {
    await assert.rejects(async () => {
      for (const make of Object.values({ ...LOOPS, ...SCENARIOS, ...MODE_SCENARIOS }))
        await explore(make, { ...options, mode }, 8_000).catch(rethrowViolation);
      for (const [name, make] of Object.entries(BUSY)) if (endsIn(mode, name)) converge(make(), { ...options, mode });
      if (mode === 'task') for (const make of Object.values(ENDLESS)) converge(make(), options);
      for (let seed = 1; seed <= 300; seed++)
        simulate({ seed, steps: 3_000, reversals: 2, ...options, modes: [mode], loops: mode === 'task' });
    }, Violation);
  });
}

/** The exploration is only sampled here: not to finish is no finding. */
function rethrowViolation(error: unknown): void {
  if (error instanceof Error && error.message.startsWith('more than')) return;
  throw error;
}
