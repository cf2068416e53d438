import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUSY, ENDLESS, converge, endsIn } from './busy.ts';
import { Violation } from './model.ts';

for (const mode of ['task', 'request', 'barrier'] as const) {
  for (const [name, make] of Object.entries(BUSY)) {
    if (!endsIn(mode, name)) continue;
    test(`a transition of mode ${mode} ends under ${name}`, () => {
      assert.ok(converge(make(), { mode }) < 10);
    });
  }
}

for (const [name, make] of Object.entries(ENDLESS)) {
  test(`a transition ends, there and back, under ${name}`, () => {
    assert.ok(converge(make(), {}) < 20);
  });
}

for (const [name, make] of Object.entries(ENDLESS)) {
  test(`a transition ends that is turned round at any moment, once or twice, under ${name}`, () => {
    for (let first = 1; first <= 8; first++) {
      assert.ok(converge(make(), { turns: [first] }) < 30, `turned round after ${first}`);
      for (let second = 1; second <= 8; second++)
        assert.ok(converge(make(), { turns: [first, second] }) < 30, `turned round after ${first} and ${second} more`);
    }
  });
}

test('a transition of mode request does not end before a loop does', () => {
  const [loop] = Object.values(BUSY);
  assert.throws(() => converge(loop!(), { mode: 'request' }), Violation);
});

test('without suspend and resume around awaits, callees run on in their callers and a loop can hold the transition', () => {
  const [loop] = Object.values(BUSY);
  assert.throws(() => converge(loop!(), { awaitHooks: false }), Violation);
});
