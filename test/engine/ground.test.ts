/** On a host that carries contexts only while a transition runs, all that was begun before it counts as one task. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fixture } from './fixture.ts';

function grounded() {
  const x = new Fixture();
  return { x, ground: x.engine.createGround('the program'), f: x.site('f'), g: x.site('g') };
}

test('what was live before holds all that was begun before, under whatever context it goes on', () => {
  const { x, ground, f, g } = grounded();
  const request = x.task();
  const other = x.task();
  const pin = x.begin(f, request.context);
  const patch = x.patch('p', [f, g]);
  x.apply(patch);
  for (const context of [request.context, other.context, ground]) assert.equal(x.version(g, context), g.original);
  assert.equal(x.version(g, x.task().context), patch.functions.get(g), 'a task that begins now is in the target');
  x.end(pin);
  assert.equal(x.outcomes[0]?.result, 'complete');
});

test('work that goes on in the ground does not starve the transition', () => {
  const { x, ground, f } = grounded();
  const pin = x.begin(f, ground);
  const patch = x.patch('p', [f]);
  x.apply(patch);
  const joined = x.begin(f, ground);
  assert.equal(joined.version, f.original);
  x.end(pin);
  assert.equal(x.outcomes.length, 0, 'the branch of the old universe lives');
  const later = x.begin(f, ground);
  assert.equal(later.version, patch.functions.get(f));
  x.end(joined);
  assert.equal(x.outcomes[0]?.result, 'complete');
  x.end(later);
});

test('tasks of one transition are ground to the next', () => {
  const { x, ground, f, g } = grounded();
  const hold = x.begin(f, ground);
  x.apply(x.patch('p', [f]));
  const task = x.task();
  const live = x.begin(g, task.context);
  x.end(hold);
  assert.equal(x.outcomes[0]?.result, 'complete');
  x.apply(x.patch('q', [g]));
  assert.equal(x.version(g, ground), g.original, 'its context was lost when the first transition ended');
  x.end(live);
  assert.equal(x.outcomes[1]?.result, 'complete');
});

test('in mode request the ground is held while a request of it lives', () => {
  const { x, ground, f } = grounded();
  const request = x.task();
  const patch = x.patch('p', [f], { replace: false, mode: 'request' });
  x.apply(patch);
  assert.equal(x.version(f, ground), f.original);
  assert.equal(x.version(f, x.task().context), patch.functions.get(f));
  x.engine.endTask(request);
  x.host.settle();
  assert.equal(x.version(f, ground), patch.functions.get(f));
});
