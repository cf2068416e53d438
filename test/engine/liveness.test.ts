import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUSY, converge } from './busy.ts';
import { Violation } from './model.ts';

for (const [name, make] of Object.entries(BUSY)) {
  test(`a transition ends under ${name}`, () => {
    assert.ok(converge(make()) < 10);
  });
}

test('without suspend and resume around awaits, callees run on in their callers and a loop can hold the transition', () => {
  const [loop] = Object.values(BUSY);
  assert.throws(() => converge(loop!(), { awaitHooks: false }), Violation);
});
