/** What lives as a transition begins is pinned a part in each turn: meanwhile all goes to the universe that is being left. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Engine, Patch, Site } from '../../src/engine/index.ts';
import type { Activation, Outcome } from '../../src/engine/index.ts';
import { SimHost } from '../engine/sim-host.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Pins two activations in each turn, and has seven of them. */
function process() {
  const host = new SimHost();
  const engine = new Engine(host, 2);
  const outcomes: Outcome[] = [];
  const f = new Site(1, 'm.js', 'f', true);
  const g = new Site(2, 'm.js', 'g', true);
  const patch = new Patch('p', { replace: false });
  for (const site of [f, g]) patch.add(site);
  const begin = (site: Site): Activation => {
    const { context } = engine.createTask('request', 'r');
    const activation = host.job(context, () => engine.enter(site, engine.call(site).version));
    host.finishJob();
    return activation;
  };
  const end = (activation: Activation): void => {
    host.job(activation.context, () => engine.exit(activation));
    host.finishJob();
  };
  const live = Array.from({ length: 7 }, () => begin(f));
  const rest = (): void => {
    host.rest();
    host.finishJob();
  };
  engine.apply(patch, (outcome) => outcomes.push(outcome));
  return { host, engine, outcomes, f, g, patch, begin, end, live, rest };
}

test('until all is pinned, new work is old', () => {
  const { host, engine, outcomes, f, g, patch, begin, end, live, rest } = process();
  rest();
  assert.notEqual(engine.lifecycle.transition?.marking, null);
  const meanwhile = begin(g);
  assert.equal(meanwhile.version, g.original);
  host.settle();
  assert.equal(engine.lifecycle.transition?.marking, null);
  assert.equal(begin(f).version, patch.functions.get(f), 'and then it is new');
  for (const activation of live) end(activation);
  host.settle();
  assert.equal(outcomes.length, 0, 'what was entered meanwhile holds the transition as well');
  end(meanwhile);
  host.settle();
  assert.deepEqual(
    outcomes.map((outcome) => outcome.result),
    ['complete'],
  );
});

test('what ends before its turn is left out', () => {
  const { host, outcomes, end, live, rest } = process();
  rest();
  for (const activation of live) end(activation);
  assert.equal(outcomes.length, 0);
  host.settle();
  assert.deepEqual(
    outcomes.map((outcome) => outcome.result),
    ['complete'],
  );
});

test('a reversal, and force, wait until it has started', () => {
  for (const verb of ['reverse', 'force'] as const) {
    const { host, engine, outcomes, f, begin, rest } = process();
    rest();
    engine[verb]();
    rest();
    assert.equal(outcomes.length, 0);
    host.settle();
    assert.deepEqual(
      outcomes.map((outcome) => outcome.result),
      [verb === 'reverse' ? 'reversed' : 'forced'],
    );
    assert.equal(begin(f).version === f.original, verb === 'reverse');
  }
});

test('what becomes listed weakly while the rest is pinned is pinned as well', async () => {
  const { host, engine, outcomes, f, end, live, rest } = process();
  rest();
  // What outlives two collections is listed weakly.
  for (let n = 0; n < 2; n++) {
    gc();
    for (let turn = 0; turn < 10; turn++) await setImmediate();
  }
  assert.ok(
    live.every((activation) => activation.holding?.ref),
    'they are listed weakly now',
  );
  host.settle();
  for (const activation of live.slice(1)) end(activation);
  host.settle();
  assert.equal(outcomes.length, 0, 'the first of them, pinned last, holds the transition');
  assert.equal(engine.roster.live(new Set([f])).length, 1);
  end(live[0]!);
  host.settle();
  assert.deepEqual(
    outcomes.map((outcome) => outcome.result),
    ['complete'],
  );
});
