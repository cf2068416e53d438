/** Objects of a new shape appear once every task runs the patch: the builder generates the guard, or says what comes too early. */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { has, version } from '../../src/data.ts';
import { task } from '../../src/index.ts';
import { currentRuntime } from '../../src/node/current.ts';
import { build, Program, program } from '../build/harness.ts';

const BEFORE = `class Order {
  constructor(dollars) { this.dollars = dollars; }
}
class Gift extends Order {
  constructor(dollars) { super(dollars); this.wrapped = true; }
}
const item = (dollars) => ({ kind: 'item', dollars });
function line(dollars) {
  const kind = 'line';
  return { kind, dollars };
}
const cents = (one) => Math.round(one.dollars * 100);
exports.make = (dollars) => [new Order(dollars), new Gift(dollars), item(dollars), line(dollars)];
exports.cents = cents;
exports.Order = Order;
exports.hold = async (gate) => { await gate; return cents(new Order(1)); };
`;
const NEW_SHAPE = BEFORE.replace('this.dollars = dollars', 'this.cents = Math.round(dollars * 100)')
  .replace("{ kind: 'item', dollars }", "{ kind: 'item', cents: Math.round(dollars * 100) }")
  .replace('{ kind, dollars }', '{ kind, cents: Math.round(dollars * 100) }')
  .replace('return cents(', 'return 0 + cents(');
const READS_BOTH = NEW_SHAPE.replace('Math.round(one.dollars * 100)', "has(one, 'v2') ? one.cents : Math.round(one.dollars * 100)");
const asks = (how: string): string => `${how}\n${READS_BOTH}`;

const DOWN = `livepatch.migrate(Order, {
  when: 'create',
  down(order) { order.dollars = order.cents / 100; delete order.cents; },
});
`;
let files = 0;

/** In a task that nothing pins. */
const outside = AsyncLocalStorage.snapshot();
const elsewhere = <T>(fn: () => T): T => outside(() => task('elsewhere', fn));

async function orders(after: string, hooks: string | null): Promise<Program> {
  const file = `orders-${++files}.js`;
  const hook = hooks === null ? undefined : { name: 'fix.mjs', text: `export const module = '${file}';\n${hooks}` };
  return program({ [file]: `// ${files}\n${BEFORE}` }, { [file]: `// ${files}\n${after}` }, hook);
}

const guarded = (p: Program): string[] => p.patch.modules[0]!.functions.filter((fn) => fn.guarded).map((fn) => fn.path);
const ALL = ['Order#constructor', 'item', 'line'];

for (const how of ["const { has } = require('livepatch/data');", "const { has: has } = require('livepatch/data'), x = 1;"])
  test(`classes and factories of code that asks for versions: ${how}`, async () => {
    const p = await orders(asks(how), DOWN);
    assert.deepEqual([guarded(p), p.codes('warning')], [ALL, []]);
    const { make, cents, hold } = p.exports;
    const gate = Promise.withResolvers<void>();
    const held = hold(gate.promise);
    const before = make(1);
    const applied = p.apply();
    while (!currentRuntime()!.engine.transitioning) await new Promise(setImmediate);
    const early = elsewhere(() => make(2));
    assert.deepEqual(
      early.map((one: object) => [Object.hasOwn(one, 'dollars'), version(one)]),
      Array(4).fill([true, 1]),
      'old code may meet it',
    );
    gate.resolve();
    assert.equal(await held, 100);
    await applied;
    const late = make(3);
    assert.deepEqual(
      late.map((one: object) => [Object.hasOwn(one, 'cents'), has(one, 'v2'), has(one, 'v3')]),
      Array(4).fill([true, true, false]),
    );
    assert.deepEqual(
      [before, early, late].map((list) => list.map(cents)),
      [Array(4).fill(100), Array(4).fill(200), Array(4).fill(300)],
    );
    await p.revert();
    assert.deepEqual(
      late.slice(0, 2).map(({ dollars }: { dollars: number }) => dollars),
      [3, 3],
    );
  });

test('a class that the callbacks migrate on create, whoever reads both', async () => {
  const readsBoth = NEW_SHAPE.replace('Math.round(one.dollars * 100)', 'one.cents ?? Math.round(one.dollars * 100)');
  const p = await orders(readsBoth, DOWN);
  assert.deepEqual(
    [guarded(p), p.codes('warning')],
    [['Order#constructor'], ['shape-early', 'shape-early']],
    'of the factories it does not know',
  );
  const named = await orders(readsBoth, `export const create = ['item', 'line'];\n${DOWN}`);
  assert.deepEqual([guarded(named), named.codes('warning')], [ALL, []]);
});

test('what comes too early is said of classes and of factories', async () => {
  const p = await orders(NEW_SHAPE, null);
  const early = p.report.verdicts
    .filter(({ code }) => code === 'shape-early')
    .map(({ path, reason }) => [path, /\((.*)\)/.exec(reason)![1]]);
  assert.deepEqual(early, [
    ['Order#constructor', 'cents, dollars'],
    ['item', 'dollars'],
    ['line', 'dollars'],
  ]);
});

test('a factory that differs in more than what it makes is not kept back, and one that only gains a key troubles nobody', async () => {
  const more = await orders(asks("const { has } = require('livepatch/data');").replace("const kind = 'line'", "const kind = 'row'"), DOWN);
  assert.deepEqual(guarded(more), ['Order#constructor', 'item']);
  assert.deepEqual(more.codes('warning'), ['shape-early']);
  const gains = await orders(BEFORE.replace('{ kind, dollars }', '{ kind, dollars, currency: 1 }'), null);
  assert.deepEqual([guarded(gains), gains.codes('warning')], [[], []]);
});

test('where one patch takes the place of another, what is kept back runs the code of the one that goes', async () => {
  const file = 'orders-replaced.js';
  const fixed = (text: string): string =>
    text.replace('constructor(dollars) { this', "constructor(dollars) { if (dollars < 0) throw new RangeError('negative'); this");
  const first = await program({ [file]: BEFORE }, { [file]: fixed(BEFORE) });
  const hook = { name: 'fix.mjs', text: `export const module = '${file}';\nexport const create = ['Order#constructor'];\n${DOWN}` };
  const report = await build({ [file]: BEFORE }, { [file]: fixed(asks("const { has } = require('livepatch/data');")) }, hook);
  const second = new Program(first.root, first.exports, report);
  const { make, hold } = first.exports;
  await first.apply();
  assert.throws(() => make(-1), RangeError);
  const gate = Promise.withResolvers<void>();
  const held = hold(gate.promise);
  const applied = second.apply();
  while (!currentRuntime()!.engine.transitioning) await new Promise(setImmediate);
  assert.throws(() => elsewhere(() => make(-1)), RangeError, 'while it comes');
  assert.ok('dollars' in elsewhere(() => make(1))[0]);
  gate.resolve();
  await Promise.all([held, applied]);
  assert.throws(() => make(-1), RangeError);
  assert.ok('cents' in make(1)[0]);
  await second.revert();
  assert.ok('dollars' in make(-1)[0], 'neither is in force');
});
