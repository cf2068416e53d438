/** What an author writes of a migration and cannot mean is refused, and says what to write. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuseOptions } from '../../src/data/options.ts';
import { program } from '../build/harness.ts';

class Thing {
  readonly x = 1;
}

const WRONG: readonly (readonly [options: unknown, message: RegExp])[] = [
  [undefined, /migrate\(Thing, options\): there are no options/],
  [{ dwon() {} }, /there is no option dwon; there are version, added, .*down/],
  [{ when: 'later' }, /when is 'create' or 'access' or 'world' or 'slices'/],
  [{ reads: 'all' }, /reads is 'new' or 'both'/],
  [{ version: 1 }, /version is a whole number from 2 on/],
  [{ version: '2' }, /version is a whole number/],
  [{ discarded: 'x' }, /discarded is an array of names/],
  [{ added: ['x'] }, /added is an object of fields/],
  [{ up: async () => {} }, /up is a function that is done when it returns, so neither async nor a generator/],
  [{ *down() {} }, /down is a function that is done/],
  [{ budgetMs: Number.NaN }, /budgetMs is a number/],
  [{ objects: [] }, /objects is a function that gives the instances/],
  [{ when: 'create', up() {} }, /no instance is migrated/],
];

for (const [options, message] of WRONG)
  test(`refused: ${String(message)}`, () => {
    assert.throws(() => refuseOptions(Thing, options), { name: 'TypeError', message });
  });

test('refused: what is no class', () => {
  for (const type of [undefined, {}, () => 1]) assert.throws(() => refuseOptions(type, {}), { message: /takes a class or a constructor/ });
});

test('all there is, and nothing', () => {
  refuseOptions(Thing, {});
  const all = {
    version: 3,
    added: { x: 1 },
    discarded: ['y'],
    up() {},
    down() {},
    reads: 'both',
    when: 'slices',
    budgetMs: 0,
    objects: () => [],
  };
  refuseOptions(Thing, all);
  refuseOptions(Thing, { version: undefined });
});

test('the patch says where, and nothing has happened', async () => {
  const before = '// options\nclass Lease { get left() { return 1; } }\nexports.Lease = Lease;\n';
  const p = await program(
    { 'lease.js': before },
    { 'lease.js': before.replace('return 1', 'return 2') },
    { name: 'fix.mjs', text: "export const module = 'lease.js';\nlivepatch.migrate(Lease, { dwon() {} });\n" },
  );
  await assert.rejects(p.apply(), { code: 'ERR_LINK', message: /there is no option dwon/ });
  assert.equal(new p.exports['Lease']().left, 1);
});
