import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Site, holders, transitionState } from '../../src/engine/index.ts';
import { Fixture } from './fixture.ts';

const pending = (x: Fixture): number | undefined => transitionState(x.engine, x.host.now())?.pending;
const waiting = (path: string): Site => new Site(1, 'm.js', path, true, 'waits');

test('request: a task with nothing of the set live is held until it ends', () => {
  const x = new Fixture();
  const f = x.site('f', false);
  const old = x.task('GET /old');
  const p = x.patch('p', [f], { mode: 'request' });
  x.apply(p);
  assert.equal(pending(x), 1);
  assert.equal(x.version(f, old.context), f.original);
  const young = x.task('GET /young');
  assert.equal(x.version(f, young.context), p.functions.get(f));
  assert.deepEqual(
    holders(x.engine, 5).map((h) => [h.task.label, h.site, h.ageMs]),
    [['GET /old', null, 5]],
  );
  x.engine.endTask(old);
  x.host.settle();
  assert.equal(x.outcomes[0]!.result, 'complete');
  x.engine.endTask(young);
});

test('request: a task begun in another is of its universe, and holds it by itself', () => {
  const x = new Fixture();
  const f = x.site('f', false);
  const old = x.task();
  x.apply(x.patch('p', [f], { mode: 'request' }));
  const child = x.engine.createTask('named', 'child', old.context);
  x.engine.endTask(old);
  x.host.settle();
  assert.equal(pending(x), 1);
  assert.equal(x.version(f, child.context), f.original);
  x.engine.endTask(child);
  x.host.settle();
  assert.equal(x.outcomes[0]!.result, 'complete');
});

test('request: turned round, it waits for the tasks that began new', () => {
  const x = new Fixture();
  const f = x.site('f', false);
  const old = x.task();
  const p = x.patch('p', [f], { mode: 'request' });
  x.apply(p);
  const young = x.task();
  x.reverse();
  assert.equal(pending(x), 1);
  assert.equal(x.version(f, young.context), p.functions.get(f));
  assert.equal(x.version(f, x.task().context), f.original);
  x.engine.endTask(young);
  x.host.settle();
  assert.equal(x.outcomes[0]!.result, 'reversed');
  x.engine.endTask(old);
});

test('request: an implicit task is held while any activation of it lives, of the set or not', () => {
  const x = new Fixture();
  const [f, other] = [x.site('f', false), x.site('other')];
  const live = x.begin(other, undefined);
  x.apply(x.patch('p', [f], { mode: 'request' }));
  assert.equal(x.version(f, live.context), f.original);
  x.end(live);
  assert.equal(x.outcomes[0]!.result, 'complete');
});

test('request: a task that has ended without a word is found out', () => {
  const x = new Fixture();
  const old = x.task();
  let closed = false;
  old.over = () => closed;
  x.apply(x.patch('p', [x.site('f')], { mode: 'request' }));
  x.engine.endSilentTasks();
  assert.equal(pending(x), 1);
  closed = true;
  x.engine.endSilentTasks();
  x.host.settle();
  assert.equal(x.outcomes[0]!.result, 'complete');
  x.engine.endTask(old);
});

test('barrier: outermost calls wait, nested ones pass; all switch at once', () => {
  const x = new Fixture();
  const f = waiting('f');
  const [task, other] = [x.task(), x.task()];
  const live = x.begin(f, task.context);
  const p = x.patch('p', [f], { mode: 'barrier' });
  x.apply(p);
  const decision = x.host.job(other.context, () => x.engine.call(f));
  assert.notEqual(decision.gate, null);
  const ticket = decision.gate!.ticket as { open: boolean };
  const nested = x.begin(f, live.context);
  assert.equal(nested.version, f.original);
  x.end(live);
  assert.equal(ticket.open, false);
  assert.equal(transitionState(x.engine, 0)!.waited, 1);
  x.end(nested);
  assert.equal(ticket.open, true);
  assert.equal(x.outcomes[0]!.result, 'complete');
  assert.equal(x.version(f, other.context), p.functions.get(f));
});

test('barrier: what cannot wait runs old; turned round, all ends at once and the gate opens', () => {
  const x = new Fixture();
  const [f, s, g] = [waiting('f'), x.site('s', false), x.site('g')];
  const live = x.begin(f, x.task().context);
  const p = x.patch('p', [f, s, g], { mode: 'barrier' });
  x.apply(p);
  const other = x.task();
  assert.equal(x.version(s, other.context), s.original);
  const generator = x.begin(g, other.context);
  assert.equal(generator.version, g.original);
  assert.equal(pending(x), 2);
  const { gate } = x.host.job(x.task().context, () => x.engine.call(f));
  x.reverse();
  assert.equal((gate!.ticket as { open: boolean }).open, true);
  assert.equal(x.outcomes[0]!.result, 'reversed');
  x.end(live, generator);
});

test('a site that was brief in the original is listed under a patch’s version alone', () => {
  const x = new Fixture();
  const f = new Site(1, 'm.js', 'f', true, 'brief');
  const pin = x.site('pin');
  const [old, young] = [x.task(), x.task()];
  const live = x.begin(pin, old.context);
  const p = x.patch('p', [f, pin]);
  x.apply(p);
  assert.deepEqual(
    x.host.job(old.context, () => x.engine.call(f)),
    { version: f.original, context: null, gate: null },
  );
  assert.notEqual(x.host.job(young.context, () => x.engine.call(f)).context, null);
  x.host.finishJob();
  x.end(live);
});
