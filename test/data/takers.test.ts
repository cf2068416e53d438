/** Functions that are given instances which are migrated on access join the patch, though their code is the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from '../build/harness.ts';

const BEFORE = `class Lease {
  constructor(t) { this.t = t; }
  seconds() { return this.t / 1000; }
  get raw() { return this.t; }
  copy() { return { ...this }; }
  async later() { return this.t; }
  static of(t) { return new Lease(t); }
}
class Short extends Lease { half() { return this.t / 2; } }
class Other { raw() { return 0; } }
function Old(t) { this.t = t; }
Old.prototype.raw = function () { return this.t; };
/** @param {?Lease} lease @param {number} by */
exports.plus = (lease, by) => lease.t + by;
/**
 * @param {ReadonlyArray<Lease>} leases
 * @returns {number}
 */
exports.total = function (leases) { return leases[0].t; };
/** @param {Other} other */
exports.other = (other) => other.t;
exports.show = (lease) => lease.t;
exports.Lease = Lease;
exports.Short = Short;
exports.Old = Old;
`;
const AFTER = BEFORE.replace('this.t = t;', 'this.t = t / 1000;').replace('this.t / 1000', 'this.t');

const hooks = (when: string, more = '', type = 'Lease'): { name: string; text: string } => ({
  name: 'fix.mjs',
  text: `export const module = 'lease.js';
export const mode = 'barrier';
${more}
livepatch.migrate(${type}, { ${when} up(lease) { lease.t /= 1000; }, down(lease) { lease.t *= 1000; } });
`,
});

async function takers(hook: { name: string; text: string }, before = BEFORE, after = AFTER, file = 'lease.js'): Promise<string[]> {
  const { verdicts } = await build({ [file]: before }, { [file]: after }, { ...hook, text: hook.text.replace('lease.js', file) });
  assert.ok(
    verdicts.every(({ verdict }) => verdict !== 'refused'),
    JSON.stringify(verdicts),
  );
  return verdicts.filter(({ reason }) => reason === 'instances that it takes are migrated first').map(({ path }) => path);
}

const METHODS = ['Lease#raw', 'Lease#copy', 'Lease#later', 'Short#half'];
const TYPED = ['exports.plus'];

test('methods of the class and of those that extend it, and functions whose parameters are documented as one', async () => {
  const names = (await takers(hooks(''))).map((path) => path.replace('get ', ''));
  assert.deepEqual(names, [...METHODS, ...TYPED]);
  assert.deepEqual(await takers(hooks("when: 'slices',")), await takers(hooks('')));
  assert.deepEqual(await takers(hooks("when: 'world',")), [], 'none is met before it is migrated');
  assert.deepEqual(await takers(hooks('', '', 'Old')), ['Old.prototype.raw']);
});

test('functions that the author names', async () => {
  assert.deepEqual(await takers(hooks("when: 'world',", "export const touches = ['exports.show'];")), ['exports.show']);
  await assert.rejects(takers(hooks('', "export const touches = ['exports.nothing'];")), {
    code: 'ERR_HOOKS',
    message: /exports\.nothing is no function that can be part of the patch/,
  });
});

test('functions whose parameters TypeScript says it of', async () => {
  const before = `class Lease {
  t: number;
  constructor(t: number) { this.t = t; }
  seconds(): number { return this.t / 1000; }
}
export const plus = (lease: Lease, by = 1): number => lease.t + by;
export function total(leases: readonly Lease[]): number { return leases[0]!.t; }
export function maybe(lease?: Lease | null): number { return lease?.t ?? 0; }
export function other(lease: number): number { return lease; }
export const make = (t: number): Lease => new Lease(t);
`;
  const after = before.replace('this.t = t;', 'this.t = t / 1000;').replace('this.t / 1000', 'this.t');
  assert.deepEqual(await takers(hooks(''), before, after, 'lease.ts'), ['plus', 'maybe']);
});

test('they find instances as the new code wants them, and after a revert as the old one does', async () => {
  const p = await program({ 'lease.js': BEFORE }, { 'lease.js': AFTER }, hooks('', "export const touches = ['exports.show'];"));
  const { Lease, Short, plus, show } = p.exports;
  const made = Array.from({ length: 6 }, (_, i) => new Lease(1000 * i));
  const short = new Short(8000);
  await p.apply();
  assert.deepEqual(
    [made[0].raw, made[1].raw, made[2].copy().t, await made[3].later(), plus(made[4], 1), show(made[5])],
    [0, 1, 2, 3, 5, 5],
  );
  assert.equal(short.half(), 4);
  await p.revert();
  assert.deepEqual(
    [...made, short].map(({ t }) => t),
    [0, 1000, 2000, 3000, 4000, 5000, 8000],
  );
});
