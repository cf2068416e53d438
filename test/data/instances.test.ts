/** Instances of every kind get the new shape, all of it or nothing: behind Proxies, closed to change, with accessors, reached from within a migration. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { DataReport } from '../../src/agent/protocol.ts';
import { LivepatchError } from '../../src/errors/errors.ts';
import { currentRuntime } from '../../src/node/current.ts';
import { program } from '../build/harness.ts';
import type { Program } from '../build/harness.ts';

let files = 0;

function programOf(before: string, after: string, hooks?: string): Promise<Program> {
  const file = `lease-${++files}.js`;
  const hook = hooks === undefined ? undefined : { name: 'fix.mjs', text: `export const module = '${file}';\n${hooks}` };
  return program({ [file]: `// ${files}\n${before}` }, { [file]: `// ${files}\n${after}` }, hook);
}

const BEFORE = `class Lease {
  constructor(ms) { this.ms = ms; }
  seconds() { return this.ms / 1000; }
}
exports.Lease = Lease;
exports.held = [];
`;
const AFTER = BEFORE.replace('this.ms = ms', 'this.s = ms / 1000').replace('this.ms / 1000', 'this.s');

/** `up` is given the instance as `lease`, and `ms`. */
const migrated = (up = 'lease.s = ms / 1000;', more = ''): Promise<Program> =>
  programOf(
    BEFORE,
    AFTER,
    `export const mode = 'barrier';
livepatch.migrate(Lease, {
  discarded: ['ms'],
  up(lease, { ms }) { ${up} },
  down(lease) { lease.ms = lease.s * 1000; delete lease.s; },
  ${more}
});
`,
  );

const report = (p: Program): DataReport =>
  currentRuntime()!
    .status()
    .patches.find(({ name }) => name === p.report.name)!.data![0]!;

function refusal(call: () => unknown): LivepatchError {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof LivepatchError && error.code === 'ERR_MIGRATION', String(error));
    return error;
  }
  return assert.fail('it was migrated');
}

for (const when of ['world', 'slices'])
  test(`${when}: a collection that holds Proxies stands for what is behind them`, async () => {
    const p = await migrated(undefined, `when: '${when}', objects: () => exports.held,`);
    const { Lease, held } = p.exports;
    const lease = new Lease(2000);
    held.push(new Proxy(lease, {}), lease, new Proxy(new Proxy(lease, {}), {}));
    await p.apply();
    while (report(p).left > 0) await turn();
    for (const each of [...held, lease]) assert.equal(each.seconds(), 2);
    assert.deepEqual([{ ...lease }, report(p).objects, report(p).failed], [{ s: 2 }, 1, 0]);
    await p.revert();
    for (const each of held) assert.equal(each.seconds(), 2);
    assert.deepEqual({ ...lease }, { ms: 2000 });
  });

test('fields that are added are put on what is behind a Proxy, and taken off it', async () => {
  const text = 'class Page { constructor() { this.id = 1; } hit() { return 0; } }\nexports.Page = Page;\n';
  const p = await programOf(
    text,
    text.replace('class Page {', 'class Page { hits = 0; #own = 0;').replace('return 0', 'this.#own++; return ++this.hits'),
  );
  const page = new p.exports['Page']();
  const proxy = new Proxy(page, {});
  await p.apply();
  assert.deepEqual([proxy.hit(), page.hit(), proxy.hit(), { ...page }], [1, 2, 3, { id: 1, hits: 3 }]);
  await p.revert();
  assert.deepEqual([{ ...page }, proxy.hit()], [{ id: 1 }, 0]);
});

test('what is frozen, sealed or not extensible stays as it is, and is counted', async () => {
  const p = await migrated();
  const { Lease } = p.exports;
  const closed = [Object.freeze(new Lease(1000)), Object.seal(new Lease(1000)), Object.preventExtensions(new Lease(1000))];
  await p.apply();
  for (const lease of closed) {
    refusal(() => lease.seconds());
    assert.deepEqual({ ...lease }, { ms: 1000 });
  }
  assert.equal(report(p).failed, closed.length);
  await p.revert();
  for (const lease of closed) assert.equal(lease.seconds(), 1);
});

test('a migration that throws once it has frozen the instance, or put what nobody can take off, is not said to have left it as it was', async () => {
  const p = await migrated(`if (ms === 1) Object.defineProperty(lease, 'x', { value: 1 });
    if (ms === 2) Object.freeze(lease);
    throw new Error('no');`);
  const leases = [1, 2, 3].map((ms) => new p.exports['Lease'](ms));
  await p.apply();
  const [odd, frozen, plain] = leases.map((lease) => refusal(() => lease.seconds()).hint!);
  for (const hint of [odd!, frozen!]) assert.match(hint, /could not be made as it was/);
  assert.match(plain!, /^The object is as it was/);
  await p.revert();
});

test('a field with a getter of its own that throws is still that field', async () => {
  const p = await migrated();
  const lease = new p.exports['Lease'](1);
  const get = (): never => {
    throw new RangeError('mine');
  };
  Object.defineProperty(lease, 'ms', { get, configurable: true });
  await p.apply();
  assert.match(refusal(() => lease.seconds()).message, /mine/);
  assert.equal(Object.getOwnPropertyDescriptor(lease, 'ms')!.get, get);
  await p.revert();
});

test('a migration may call patched code with the instance and with others, and keep it; what throws in the end undoes it alone', async () => {
  const global = globalThis as { kept?: object; other?: { seconds(): number } };
  const p = await migrated(`if (ms === 7) globalThis.kept = lease;
    lease.s = ms / 1000;
    if (lease.seconds() !== ms / 1000) throw new Error('it is migrated twice');
    if (ms === 7) { globalThis.other.seconds(); throw new Error('in the end'); }`);
  const { Lease } = p.exports;
  const lease = new Lease(7);
  const other = new Lease(2000);
  global.other = other;
  await p.apply();
  assert.match(refusal(() => lease.seconds()).message, /in the end/);
  assert.equal(global.kept, lease);
  assert.deepEqual([{ ...lease }, { ...other }], [{ ms: 7 }, { s: 2 }]);
  await p.revert();
  assert.deepEqual([{ ...lease }, { ...other }], [{ ms: 7 }, { ms: 2000 }]);
  delete global.kept;
  delete global.other;
});

test('instances of classes that extend Array and Map', async () => {
  const text = `class List extends Array { total() { return this.sum; } }
class Index extends Map { total() { return this.sum; } }
exports.List = List;
exports.Index = Index;
`;
  const p = await programOf(
    text,
    text.replaceAll('this.sum', 'this.all'),
    `export const mode = 'barrier';
for (const type of [List, Index])
  livepatch.migrate(type, {
    discarded: ['sum'],
    up(list, { sum }) { list.all = sum; if (sum < 0) { list.length = 0; throw new Error('negative'); } },
    down(list) { list.sum = list.all; delete list.all; },
  });
`,
  );
  const list = p.exports['List'].from([1, 2, 3]);
  const index = new p.exports['Index']([[1, 2]]);
  list.sum = -1;
  index.sum = 2;
  await p.apply();
  refusal(() => list.total());
  assert.deepEqual(
    [[...list], Object.keys(list)],
    [
      [1, 2, 3],
      ['0', '1', '2', 'sum'],
    ],
  );
  list.sum = 6;
  assert.deepEqual([list.total(), index.total(), [...list], [...index]], [6, 2, [1, 2, 3], [[1, 2]]]);
  await p.revert();
  assert.deepEqual([list.total(), index.total()], [6, 2]);
});

test('transformWorld: all instances in the turn of completion, and back', async () => {
  const p = await programOf(
    BEFORE,
    AFTER,
    `const { transformWorld } = require('livepatch/data');
export const mode = 'barrier';
const up = (lease, { ms }) => { lease.s = ms / 1000; };
transformWorld(Lease, up, { discarded: ['ms'], down(lease) { lease.ms = lease.s * 1000; delete lease.s; } });
`,
  );
  const all = Array.from({ length: 10 }, (_, i) => new p.exports['Lease'](1000 * i));
  await p.apply();
  assert.deepEqual(
    all.map((lease) => ({ ...lease })),
    all.map((_, i) => ({ s: i })),
  );
  const { when, objects, pauseMs } = report(p);
  assert.deepEqual([when, objects, pauseMs > 0], ['world', 10, true]);
  await p.revert();
  assert.deepEqual(
    all.map((lease) => ({ ...lease })),
    all.map((_, i) => ({ ms: 1000 * i })),
  );
});

test('fields that are added are there for code that sees an instance as a whole, or that inherits one of the name', async () => {
  const text = `class Base { get hits() { return 1; } }
class Page extends Base { constructor() { super(); this.id = 1; } copy() { return 0; } hit() { return 0; } }
exports.Page = Page;
exports.show = (page) => 0;
`;
  const after = text
    .replace('class Page extends Base {', 'class Page extends Base { hits = 5;')
    .replace('copy() { return 0', 'copy() { return { ...this }')
    .replace('hit() { return 0', 'hit() { return ++this.hits')
    .replace('(page) => 0', '(page) => JSON.stringify(page)');
  const p = await programOf(text, after);
  const { Page, show } = p.exports;
  const pages = [new Page(), new Page(), new Page()];
  await p.apply();
  assert.deepEqual([pages[0].copy(), show(pages[1]), pages[2].hit()], [{ id: 1, hits: 5 }, '{"id":1,"hits":5}', 6]);
  await p.revert();
  for (const page of pages) assert.deepEqual([{ ...page }, page.hits], [{ id: 1 }, 1]);
});

test('objects that are functions, of a constructor whose prototype is one', async () => {
  const before = `module.exports = Router;
function Router() { const router = (k) => router.get(k); Object.setPrototypeOf(router, this); router.params = {}; return router }
Router.prototype = function () {};
Router.prototype.put = function (k, v) { this.params[k] = v };
Router.prototype.get = function (k) { return this.params[k] };`;
  const p = await programOf(before, before.replace('params = {}', 'params = Object.create(null)'));
  const router = new (p.exports as unknown as new () => (k: string) => unknown)();
  assert.equal(typeof router('toString'), 'function');
  // The closure was made by the old code, and the patch finds it.
  await assert.rejects(p.apply(100), (error: LivepatchError) => /^ERR_LIVE_(?:CLOSURES|OBJECTS)$/.test(error.code));
});
