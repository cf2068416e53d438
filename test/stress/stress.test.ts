/** A short run of `npm run stress`, and the same run without the consistency: the checker has to see what that does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { broken } from '../../scripts/stress/report.mjs';
import { stress } from '../../scripts/stress/run.mjs';

const node = process.versions.node.split('.')[0]!;

test('random patches under load: nothing is mixed and nothing fails', async () => {
  const figures = await stress({ patches: 40, seconds: 6, seed: 11, node });
  assert.deepEqual(broken(figures, false), [], JSON.stringify(figures.reasons));
  assert.ok(figures.whole > 0 && figures.bothSeen > 0, 'answers must meet transitions, and see them from both sides');
});

test('the same with every transition forced at its start: answers are mixed, and seen to be', async () => {
  const { mixed, exposed } = await stress({ patches: 40, seconds: 6, seed: 11, node, force: true });
  assert.ok(mixed > 0, `${mixed} of ${exposed} mixed`);
});
