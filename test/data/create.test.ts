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
  const early = (p: Program): (readonly string[])[] =>
    p.report.verdicts.filter(({ code }) => code === 'shape-early').map(({ path, reason }) => [path, /\((.*)\)/.exec(reason)![1]!]);
  const factories = [
    ['item', 'dollars'],
    ['line', 'dollars'],
  ];
  const computed = await orders(
    NEW_SHAPE.replace('this.cents = Math.round(dollars * 100)', 'const all = dollars * 100; this.cents = all'),
    null,
  );
  assert.deepEqual(early(computed), [['Order#constructor', 'cents, dollars'], ...factories]);
  const held = await orders(NEW_SHAPE, null);
  assert.deepEqual([early(held), guarded(held)], [factories, ['Order#constructor']], 'objects that exist hold what it is made of');
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

test('what a factory makes is remembered while the patch is there, and gets its old shape back, whoever holds it', async () => {
  const down = (name: string, more = ''): string =>
    `livepatch.migrate('${name}', { ${more} down(one) { one.dollars = one.cents / 100; delete one.cents; if (one.dollars < 0) throw new RangeError('negative'); } });\n`;
  const readsBoth = NEW_SHAPE.replace('Math.round(one.dollars * 100)', 'one.cents ?? Math.round(one.dollars * 100)');
  const p = await orders(readsBoth, `${DOWN}${down('item')}${down('line', 'objects: () => globalThis.lines,')}`);
  assert.deepEqual([guarded(p), p.codes('warning')], [ALL, []], 'naming it keeps it back');
  const { make, cents } = p.exports;
  const global = globalThis as { lines?: object[] };
  const early = make(1);
  await p.apply();
  const late = [make(2), make(3), make(-4)];
  global.lines = late.slice(0, 1).map((list) => list[3]);
  assert.deepEqual(
    late.map((list) => list.map(version)),
    Array(3).fill([2, 2, 2, 2]),
  );
  const reports = currentRuntime()!
    .status()
    .patches.find(({ name }) => name === p.report.name)!.data!;
  assert.deepEqual(
    reports.map(({ class: name, when, objects }) => [name, when, objects]),
    [
      ['Order', 'create', 6],
      ['item', 'create', 3],
      ['line', 'create', 3],
    ],
  );
  const outcome = await currentRuntime()!.revert(p.report.name, {});
  assert.ok(outcome.result === 'complete');
  assert.deepEqual(
    outcome.data!.map(({ failed }) => failed > 0),
    [false, true, false],
  );
  const kind = (one: object): string => Object.keys(one).toSorted().join();
  assert.deepEqual(late[0].map(kind), ['dollars', 'dollars,wrapped', 'dollars,kind', 'dollars,kind']);
  assert.deepEqual([...early, ...late[0], late[1][2]].map(cents), [...Array(4).fill(100), ...Array(4).fill(200), 300]);
  assert.deepEqual(
    [late[2][2], late[1][3]].map((one) => [kind(one), version(one)]),
    Array(2).fill(['cents,kind', 2]),
    'one that cannot be taken back is as it was, and so is what the collection does not hold',
  );
  delete global.lines;
});

test('what makes no objects is no factory, and only what is made from now on is known', async () => {
  const refused = async (text: string, message: RegExp): Promise<void> =>
    assert.rejects(async () => (await orders(asks("const { has } = require('livepatch/data');"), text)).apply(), { message });
  await refused("livepatch.migrate('nothing', { down() {} });\n", /nothing is no function that the patch changes/);
  await refused("livepatch.migrate(String('nothing'), { down() {} });\n", /migrate\('nothing'\): it is no function of the patch/);
  await refused("livepatch.migrate('item', { when: 'world', down() {} });\n", /when is 'create'/);
  await refused("livepatch.migrate('item', { up() {} });\n", /no instance is migrated/);
  const text = "livepatch.migrate('item', { down() {} });\n";
  await refused(text + text, /item is migrated twice/);
});

test('a patch in the place of one that remembers what a factory made goes on from there', async () => {
  const hooks = (more: string): string =>
    `livepatch.migrate('item', { down(one) { one.dollars = one.cents / 100; delete one.cents; ${more}} });\n${DOWN}`;
  const p = await orders(asks("const { has } = require('livepatch/data');"), hooks(''));
  await p.apply();
  const [, , item] = p.exports['make'](5);
  const { file } = p.patch.modules[0]!;
  const number = files;
  const next = async (text: string): Promise<Program> =>
    new Program(
      p.root,
      p.exports,
      await build(
        { [file]: `// ${number}\n${BEFORE}` },
        { [file]: `// ${number}\n${asks("const { has } = require('livepatch/data');").replace('return 0 + cents', 'return 1 + cents')}` },
        { name: 'fix.mjs', text: `export const module = '${file}';\n${text}` },
      ),
    );
  await assert.rejects((await next(DOWN)).apply(), { code: 'ERR_STATE_INCOMPATIBLE', message: /shape of item/ });
  const second = await next(hooks('one.by = 2; '));
  await second.apply();
  assert.equal(p.exports['cents'](item), 500);
  await second.revert();
  assert.deepEqual(item, { kind: 'item', dollars: 5, by: 2 });
});
