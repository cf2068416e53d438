import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holders, transitionState } from '../../src/engine/index.ts';
import { Fixture } from './fixture.ts';

const pending = (x: Fixture): number | undefined => transitionState(x.engine, x.host.now())?.pending;

test('nothing of the set is live: the transition ends in the callback that starts it, and slots are written once', () => {
  const x = new Fixture();
  const f = x.site('f');
  let written = 0;
  x.host.dispatch = (site) => void (written++, x.host.slots.set(site, site.dispatch));
  x.apply(x.patch('p', [f]));
  assert.equal(written, 1);
  assert.equal(x.outcomes[0]!.result, 'complete');
});

test('a task is pinned while anything of the set that it had at the start is live; other tasks are not', () => {
  const x = new Fixture();
  const [f, g] = [x.site('f'), x.site('g')];
  const [old, other] = [x.task(), x.task()];
  const [a, b] = [x.begin(f, old.context), x.begin(f, old.context)];
  const p = x.patch('p', [f, g]);
  x.apply(p);
  assert.equal(pending(x), 1);
  assert.equal(x.version(g, other.context), p.functions.get(g));
  x.end(a);
  assert.equal(x.version(g, old.context), g.original);
  x.end(b);
  assert.equal(x.outcomes[0]!.result, 'complete');
});

test('live functions outside the set pin nothing', () => {
  const x = new Fixture();
  const [f, g] = [x.site('f'), x.site('g')];
  const live = x.begin(g, x.task().context);
  x.apply(x.patch('p', [f]));
  assert.equal(x.outcomes[0]!.result, 'complete');
  x.end(live);
});

test('a branch keeps its universe after the pin it began under has fallen', () => {
  const x = new Fixture();
  const [f, g] = [x.site('f'), x.site('g')];
  const old = x.task();
  const pin = x.begin(f, old.context);
  const p = x.patch('p', [f, g]);
  x.apply(p);
  const branch = x.begin(f, old.context);
  x.end(pin);
  assert.equal(x.version(g, branch.context), g.original);
  assert.equal(x.version(g, old.context), p.functions.get(g));
  assert.equal(pending(x), 1);
  x.end(branch);
  assert.equal(x.outcomes[0]!.result, 'complete');
});

test('calls join an open branch and hold it; a closed one only counts down', () => {
  const x = new Fixture();
  const [f, g] = [x.site('f'), x.site('g')];
  const old = x.task();
  const pin = x.begin(f, old.context);
  const p = x.patch('p', [f, g]);
  x.apply(p);
  const opener = x.begin(f, old.context);
  const joined = x.begin(g, opener.context);
  assert.equal(joined.context, opener.context);
  x.end(pin, opener);
  const below = x.begin(g, joined.context);
  assert.equal(below.version, g.original);
  assert.notEqual(below.context, joined.context);
  x.end(joined);
  assert.equal(x.begin(g, opener.context).version, p.functions.get(g));
  assert.equal(pending(x), 1);
  x.end(below);
  assert.equal(x.outcomes[0]!.result, 'complete');
});

test('the node that decided for a call lives to the end of the job, though its last activation ends before', () => {
  const x = new Fixture();
  const [f, s] = [x.site('f'), x.site('s', false)];
  const old = x.task();
  const pin = x.begin(f, old.context);
  const p = x.patch('p', [f, s]);
  x.apply(p);
  x.host.job(old.context, () => {
    assert.equal(x.engine.call(s).version, s.original);
    x.engine.exit(pin);
    assert.equal(x.engine.call(s).version, s.original);
  });
  assert.equal(pending(x), 1);
  x.host.settle();
  assert.equal(x.outcomes[0]!.result, 'complete');
});

test('a call whose parameters throw leaves nothing', () => {
  const x = new Fixture();
  const f = x.site('f');
  const old = x.task();
  const pin = x.begin(f, old.context);
  x.apply(x.patch('p', [f]));
  x.host.job(old.context, () => x.engine.call(f));
  assert.equal(pending(x), 2);
  x.host.finishJob();
  assert.equal(pending(x), 1);
  x.end(pin);
  assert.equal(x.outcomes[0]!.result, 'complete');
});

test('a body that is entered without a call is held in the universe of its version, and counted where that crosses', () => {
  const x = new Fixture();
  const [f, g] = [x.site('f'), x.site('g')];
  const old = x.task();
  const pin = x.begin(f, old.context);
  const p = x.patch('p', [f, g]);
  x.apply(p);
  const same = x.host.job(old.context, () => x.engine.enter(g, g.original));
  assert.equal(transitionState(x.engine, 0)!.crossed, 0);
  const crossing = x.host.job(x.task().context, () => x.engine.enter(g, g.original));
  assert.equal(transitionState(x.engine, 0)!.crossed, 1);
  assert.equal(x.version(f, crossing.context), f.original);
  assert.equal(pending(x), 3);
  x.end(pin, same);
  assert.equal(x.outcomes.length, 0);
  x.end(crossing);
  assert.equal(x.outcomes[0]!.result, 'complete');
});

test('a body of the other universe does not join an open branch', () => {
  const x = new Fixture();
  const [f, g] = [x.site('f'), x.site('g')];
  const pin = x.begin(f, x.task().context);
  x.apply(x.patch('p', [f, g]));
  const young = x.begin(f, x.task().context);
  const crossing = x.host.job(young.context, () => x.engine.enter(g, g.original));
  x.end(pin);
  assert.equal(pending(x), 1);
  x.end(crossing);
  assert.equal(x.outcomes[0]!.result, 'complete');
  x.end(young);
});

test('a generator is decided by its own chain, whoever resumes it, and gives the consumer its context back', () => {
  const x = new Fixture();
  const [gen, s] = [x.site('gen'), x.site('s', false)];
  const old = x.task();
  const generator = x.begin(gen, old.context);
  const p = x.patch('p', [gen, s]);
  x.apply(p);
  const consumer = x.task();
  x.host.job(consumer.context, () => {
    assert.equal(x.engine.call(s).version, p.functions.get(s));
    x.engine.resume(generator);
    assert.equal(x.host.current(), old.context);
    assert.equal(x.engine.call(s).version, s.original);
    x.engine.suspend(generator);
    assert.equal(x.host.current(), consumer.context);
    x.engine.resume(generator);
    x.engine.exit(generator);
    assert.equal(x.host.current(), consumer.context);
  });
  x.host.settle();
  assert.equal(x.outcomes[0]!.result, 'complete');
});

test('a callee that runs in its caller’s frame gives the caller its context back at its first await, or its end', () => {
  const x = new Fixture();
  const f = x.site('f');
  const old = x.task();
  const pin = x.begin(f, old.context);
  x.apply(x.patch('p', [f]));
  x.host.job(old.context, () => {
    for (const leave of ['suspend', 'exit'] as const) {
      const { context } = x.engine.call(f);
      x.host.enter(context!);
      const activation = x.engine.enter(f, f.original);
      assert.equal(activation.context, context);
      x.engine[leave](activation);
      assert.equal(x.host.current(), old.context);
      if (leave === 'suspend') x.engine.exit(activation);
    }
  });
  x.host.finishJob();
  x.end(pin);
  assert.equal(x.outcomes[0]!.result, 'complete');
});

test('code without a task begins one, which keeps what it spawns together', () => {
  const x = new Fixture();
  const f = x.site('f');
  const [a, b] = x.host.job(undefined, () => [x.engine.enter(f, f.original, 'boot'), x.engine.enter(f, f.original)]);
  assert.deepEqual([a!.context.task.kind, a!.context.task.label], ['implicit', 'boot']);
  assert.equal(a!.context, b!.context);
  x.apply(x.patch('p', [f]));
  assert.equal(pending(x), 1);
  const during = x.host.job(undefined, () => x.engine.call(f).context!.task);
  assert.deepEqual([during.kind, during.label], ['implicit', 'f']);
  x.host.finishJob();
  x.end(a!, b!);
});

test('holders are the activations that are waited for, of the oldest task first', () => {
  const x = new Fixture();
  const [f, g] = [x.site('f'), x.site('g')];
  x.host.clock = 1000;
  const first = x.task('GET /a');
  x.host.clock = 1500;
  const second = x.task('GET /b');
  const [b, a] = [x.begin(f, second.context), x.begin(f, first.context)];
  a.at = 3;
  x.apply(x.patch('p', [f, g]));
  const young = x.begin(f, x.task().context);
  const below = x.begin(g, second.context);
  x.host.clock = 2000;
  const seen = holders(x.engine, x.host.now());
  assert.deepEqual(
    seen.map((h) => [h.task.label, h.site?.path, h.at, h.ageMs]),
    [
      ['GET /a', 'f', 3, 1000],
      ['GET /b', 'f', 0, 500],
      ['GET /b', 'g', 0, 500],
    ],
  );
  assert.equal(holders(x.engine, 2000, 1).length, 1);
  x.end(a, b, below, young);
  assert.deepEqual(holders(x.engine, 2000), []);
});

test('contexts of an earlier transition decide nothing in a later one', () => {
  const x = new Fixture();
  const f = x.site('f');
  const [old, task] = [x.task(), x.task()];
  const pin = x.begin(f, old.context);
  const p = x.patch('p', [f]);
  x.apply(p);
  const branch = x.begin(f, task.context);
  x.end(pin);
  assert.equal(x.outcomes.length, 1);
  const q = x.patch('q', [f]);
  x.apply(q);
  assert.equal(x.begin(f, branch.context).version, p.functions.get(f));
  x.end(branch);
  assert.equal(x.begin(f, branch.context).version, q.functions.get(f));
});

test('a reversal asked for with the patch finds the transition begun', () => {
  const x = new Fixture();
  const f = x.site('f');
  const live = x.begin(f, x.task().context);
  x.engine.apply(x.patch('p', [f]), (o) => x.outcomes.push(o));
  x.engine.reverse();
  x.host.settle();
  assert.equal(x.outcomes[0]!.result, 'reversed');
  x.end(live);
});

test('turned round twice in a row, it tells of all that hold it, though a few are set apart in each turn', () => {
  const x = new Fixture(1);
  const f = x.site('f');
  const old = Array.from({ length: 6 }, (_, i) => x.begin(f, x.task(`old ${i}`).context));
  x.apply(x.patch('p', [f]));
  const young = x.begin(f, x.task('young').context);
  const told: number[] = [];
  const tell = (): void => {
    told.push(holders(x.engine, 10).length);
    if (told.length < 6) x.host.atRest(tell);
  };
  x.engine.reverse();
  x.engine.reverse();
  x.host.atRest(tell);
  x.host.settle();
  assert.deepEqual(told, [6, 6, 6, 6, 6, 6]);
  x.end(young, ...old);
  assert.equal(x.outcomes[0]!.result, 'complete');
});
