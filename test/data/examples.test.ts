/** `npm run data` with fewer objects: each example under load, with every answer checked, and taken back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXAMPLES, MEANINGS } from '../../scripts/data/examples.mjs';
import { prove, run, runSlices } from '../../scripts/data/run.mjs';

const OBJECTS = 1000;
const node = process.versions.node.split('.')[0]!;

for (const name of Object.keys(EXAMPLES))
  test(`${name}: no request fails, every object gets its new shape, and its old one back`, async () => {
    const { objects, failed, reasons, reverted, pauseMs, nsPerObject } = await run(name, { node, objects: OBJECTS, enough: 100 });
    assert.deepEqual([failed, reasons, objects, reverted], [0, [], OBJECTS, true]);
    assert.ok(pauseMs > 0 && nsPerObject > 0);
  });

test('world in slices: the same, a few in each turn', async () => {
  const { objects, failed, reasons, reverted, ...figures } = await runSlices({ node, objects: OBJECTS, enough: 100 });
  assert.deepEqual([failed, reasons, objects, reverted], [0, [], OBJECTS, true]);
  assert.ok(figures.migrating.longestMs > 0 && figures.back.longestMs > 0);
});

for (const name of Object.keys(MEANINGS))
  test(`${name}: the new meaning holds once it is applied, and no longer than that, and no request fails`, async () => {
    const { requests, ...result } = await prove(name, { node, objects: OBJECTS, enough: 100 });
    assert.deepEqual(result, { before: true, patched: true, reverted: true, failed: 0, reasons: [] });
    assert.ok(requests > 300);
  });
