/**
 * Two versions of a data model share the heap: no task may observe an instance that its code cannot read. Random models,
 * edits and schedules; patches and transforms by the builder.
 *
 * A short slice of them, and what is seen where a rule is broken; `npm run mixed` tries thousands.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Migrations } from '../../src/data/index.ts';
import { Random } from '../build/fuzz/random.ts';
import { randomEdit } from './mixed/model.ts';
import type { Edit } from './mixed/model.ts';
import { trial } from './mixed/trial.ts';

const COUNT = 50;
/** Each Node has programs of its own. */
const FIRST = 1_000_000 * Number(process.versions.node.split('.')[0]);

test('old and new tasks on the same instances', async () => {
  const sums = { old: 0, new: 0, newest: 0, shared: 0, migrated: 0 };
  for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
    const { wrong, edit, acts, shared, migrated } = await trial(seed);
    assert.deepEqual(wrong, [], `npm run mixed -- --seed ${seed}: ${JSON.stringify(edit)}`);
    sums.old += acts.old;
    sums.new += acts.new;
    sums.newest += acts.newest;
    sums.shared += shared;
    sums.migrated += migrated;
  }
  const { newest, ...rest } = sums;
  // Not every program has a second patch.
  assert.ok(newest > 0 && Object.values(rest).every((sum) => sum > COUNT / 4), JSON.stringify(sums));
});

const MUTANTS: readonly (readonly [method: string, instead: () => unknown, what: string, concerns: (edit: Edit) => boolean])[] = [
  ['isReady', () => true, 'instances get their new shape before every task can read it', ({ kind }) => kind === 'both'],
  [
    'touchBack',
    () => undefined,
    'old code meets instances that have not had their turn to be taken back',
    ({ kind, when }) => kind === 'switch' && when !== 'world',
  ],
  ['withdraw', () => undefined, 'they keep it while tasks go back to the old code', ({ kind }) => kind === 'both'],
  ['created', () => undefined, 'what is made in the new shape is not known to be', () => true],
];

for (const [method, instead, what, concerns] of MUTANTS)
  test(`seen: ${what}`, async () => {
    const methods = Migrations.prototype as unknown as Record<string, unknown>;
    const original = methods[method];
    assert.equal(typeof original, 'function');
    methods[method] = instead;
    try {
      let wrong: readonly string[] = [];
      let left = COUNT;
      for (let seed = FIRST; wrong.length === 0 && left > 0; seed++) {
        if (!concerns(randomEdit(new Random(seed)))) continue;
        left--;
        ({ wrong } = await trial(seed));
      }
      assert.notDeepEqual(wrong, []);
    } finally {
      methods[method] = original;
    }
  });
