/** What a patch changes on objects of the program: while it comes or goes, each task finds there what its own code goes by. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { build, Program, program } from './harness.ts';

/** VALUE is that of the version; a line that begins with IN is of one alone. */
const FORMS: Readonly<Record<string, string>> = {
  'an export': `exports.limit = 'VALUE';
const read = () => exports.limit;
TASKS`,
  'an entry of a table': `const table = { limit: 'VALUE', other: 1 };
exports.table = table;
const read = () => table.limit;
TASKS`,
  'an entry of a table within another': `const table = { within: { limit: 'VALUE' } };
exports.table = table;
const read = () => table.within.limit;
TASKS`,
  'a function in a table': `const none = () => 'none', first = () => 'first', second = () => 'second', third = () => 'third';
const table = { limit: VALUE };
exports.table = table;
const read = () => table.limit();
TASKS`,
  'a function in a map': `const none = () => 'none', first = () => 'first', second = () => 'second', third = () => 'third';
const table = new Map([['limit', VALUE]]);
exports.table = table;
const read = () => table.get('limit')();
TASKS`,
  'a value in a map': `const table = new Map([['other', 1], ['limit', 'VALUE']]);
exports.table = table;
const read = () => [...table.values()][1];
TASKS`,
  'a member of a set': `const table = new Set(['other', 'VALUE']);
exports.table = table;
const read = () => (table.has('VALUE') ? 'VALUE' : 'lacks it');
TASKS`,
  'a function in a map that can make objects': `function none() { this.made = new.target !== undefined; this.name = 'none'; }
function first() { this.made = new.target !== undefined; this.name = 'first'; }
function second() { this.made = new.target !== undefined; this.name = 'second'; }
first.prototype = second.prototype = none.prototype;
const table = new Map([['limit', VALUE]]);
exports.table = table;
const read = () => { const made = new (table.get('limit'))(); return made.made && made instanceof none && made.name; };
TASKS`,
  'a function of a prototype': `const none = function () { return 'none'; }, first = function () { return 'first'; };
const second = function () { return 'second'; }, third = function () { return 'third'; };
function Box() {}
Box.prototype.limit = VALUE;
const box = (exports.box = new Box());
const read = () => box.limit();
TASKS`,
  'a class in a table': `class none { name() { return 'none'; } }
class first { name() { return 'first'; } }
class second { name() { return 'second'; } }
class third { name() { return 'third'; } }
const table = { Limit: VALUE };
exports.table = table;
const read = () => new table.Limit().name();
TASKS`,
  'what a statement puts over an entry': `const table = { limit: 'none' };
exports.table = table;
exports.set = (limit) => { table.limit = limit; };
function register(key, value) { table[key] = value; }
IN first register('limit', 'first');
IN second register('limit', 'second');
const read = () => table.limit;
TASKS`,
  'what statements fill': `const table = {};
exports.table = table;
for (const name of ['limit', 'other']) table[name] = 'VALUE';
const read = () => table.limit;
TASKS`,
  'an accessor of the exports': `Object.defineProperty(exports, 'limit', { enumerable: true, configurable: true, get: () => 'VALUE' });
const read = () => exports.limit;
TASKS`,
};

const TASKS = `exports.use = async (gate) => { await gate; return ['VALUE', read()]; };
exports.now = () => ['VALUE', read()];`;

const of = (form: string, value: string): string =>
  form
    .replace('TASKS', TASKS)
    .replaceAll(/^IN (\w+) (.*)$/gm, (_, version, line) => (version === value ? String(line) : ''))
    .replaceAll('VALUE', value);
const own = (value: string): string[] => [value, value];

interface Held {
  readonly held: Promise<unknown>;
  letGo(): void;
}

/** A program, tasks of it that wait, and requests, which are tasks that nothing pins. */
async function serving(
  t: { after(body: () => void): void },
  first: Program,
): Promise<{ hold(): Held; ask(run?: () => unknown): Promise<unknown> }> {
  const { exports } = first;
  let run: () => unknown;
  const server = createServer((_request, response) => response.end(JSON.stringify(run())));
  t.after(() => (server.closeAllConnections(), server.close()));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    hold: () => {
      const gate = Promise.withResolvers<void>();
      return { held: exports['use'](gate.promise) as Promise<unknown>, letGo: gate.resolve };
    },
    ask: async (asked = () => exports['now']() as unknown) => {
      run = asked;
      return (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).json();
    },
  };
}

const { engine } = currentRuntime()!;

async function begun(): Promise<void> {
  for (let turns = 0; !engine.transitioning; turns++) {
    assert.ok(turns < 1_000, 'no transition begins');
    await new Promise(setImmediate);
  }
}

const descriptors = ({ exports }: Program): unknown =>
  [exports, exports['table'], Object.getPrototypeOf(exports['box'] ?? {})].map((object) => Object.getOwnPropertyDescriptors(object ?? {}));

for (const [what, form] of Object.entries(FORMS))
  test(`${what}: as a patch comes, goes, is turned round, and gives way to another`, async (t) => {
    const file = `value-${what.replaceAll(' ', '-')}.js`;
    const before = of(form, 'none');
    const first = await program({ [file]: before }, { [file]: of(form, 'first') });
    const after = async (value: string): Promise<Program> =>
      new Program(first.root, first.exports, await build({ [file]: before }, { [file]: of(form, value) }));
    const { hold, ask } = await serving(t, first);
    const untouched = descriptors(first);

    const turned = hold();
    assert.equal((await currentRuntime()!.apply(first.report.patch!, { timeoutMs: 50 })).result, 'reversed');
    turned.letGo();
    assert.deepEqual(await turned.held, own('none'));
    assert.deepEqual(await ask(), own('none'));
    assert.deepEqual(descriptors(first), untouched);

    const old = hold();
    const applied = first.apply();
    await begun();
    assert.deepEqual(await ask(), own('first'));
    old.letGo();
    assert.deepEqual(await old.held, own('none'));
    await applied;
    assert.deepEqual(await ask(), own('first'));

    // It stays after all.
    const pinned = hold();
    assert.equal((await first.revert(50).catch((error: Error) => error.message)) === undefined, false);
    pinned.letGo();
    assert.deepEqual(await pinned.held, own('first'));
    assert.deepEqual(await ask(), own('first'));

    const second = await after('second');
    const older = hold();
    const replacing = second.apply();
    await begun();
    assert.deepEqual(await ask(), own('second'));
    older.letGo();
    assert.deepEqual(await older.held, own('first'));
    await replacing;
    assert.deepEqual(await ask(), own('second'));

    const late = hold();
    const reverted = second.revert();
    await begun();
    assert.deepEqual(await ask(), own('none'));
    late.letGo();
    assert.deepEqual(await late.held, own('second'));
    await reverted;
    assert.deepEqual(await ask(), own('none'));
    assert.deepEqual(descriptors(first), untouched);
  });

const LIMIT = FORMS['an entry of a table']!;

test('a patch that gives back the value of the one that it takes the place of', async (t) => {
  const file = 'value-back.js';
  const before = of(LIMIT, 'none');
  const first = await program({ [file]: before }, { [file]: of(LIMIT, 'first') });
  const { hold, ask } = await serving(t, first);
  await first.apply();
  const back = new Program(first.root, first.exports, await build({ [file]: before }, { [file]: before.replaceAll("['none'", "['back'") }));
  const old = hold();
  const replacing = back.apply();
  await begun();
  assert.deepEqual(await ask(), ['back', 'none']);
  old.letGo();
  assert.deepEqual(await old.held, own('first'));
  await replacing;
  assert.deepEqual(await ask(), ['back', 'none']);
  await back.revert();
});

test('a patch that goes on with the value of the one that it takes the place of', async (t) => {
  const file = 'value-on.js';
  const before = of(LIMIT, 'none');
  const first = await program({ [file]: before }, { [file]: of(LIMIT, 'first') });
  const { hold, ask } = await serving(t, first);
  await first.apply();
  const after = of(LIMIT, 'first').replaceAll("['first'", "['second'");
  const second = new Program(first.root, first.exports, await build({ [file]: before }, { [file]: after }));
  const old = hold();
  const replacing = second.apply();
  await begun();
  assert.deepEqual(await ask(), ['second', 'first']);
  assert.ok('value' in Object.getOwnPropertyDescriptor(first.exports['table'], 'limit')!);
  old.letGo();
  assert.deepEqual(await old.held, own('first'));
  await replacing;
  await second.revert();
  assert.deepEqual(await ask(), own('none'));
});

test('a patch that goes from beneath another', async (t) => {
  const file = 'value-beneath.js';
  const before = of(LIMIT, 'none');
  const first = await program({ [file]: before }, { [file]: of(LIMIT, 'first') });
  const { hold, ask } = await serving(t, first);
  await first.apply();
  const second = new Program(first.root, first.exports, await build({ [file]: before }, { [file]: of(LIMIT, 'second') }));
  await currentRuntime()!.apply(second.report.patch!, { replace: false });
  const held = hold();
  const reverted = first.revert();
  assert.deepEqual(await ask(), own('second'));
  held.letGo();
  assert.deepEqual(await held.held, own('second'));
  await reverted;
  assert.deepEqual(await ask(), own('second'));
  await second.revert();
  assert.deepEqual(await ask(), own('none'));
});

const WRITTEN = `exports.limit = 'VALUE';
exports.table = { limit: 'VALUE', hidden: 'VALUE' };
exports.list = ['VALUE', 'VALUE'];
const read = () => exports.limit;
exports.write = (value) => (exports.limit = value);
${TASKS}`;

test('what the program writes meanwhile', async (t) => {
  const file = 'value-written.js';
  const first = await program({ [file]: of(WRITTEN, 'none') }, { [file]: of(WRITTEN, 'first') });
  const { exports } = first;
  const { hold, ask } = await serving(t, first);
  Object.defineProperty(exports['table'], 'limit', { writable: false });
  Object.defineProperty(exports['table'], 'hidden', { enumerable: false });
  const old = hold();
  const applied = first.apply();
  await begun();
  // One that inherits it has one of its own, and the exports keep theirs.
  const heir = Object.create(exports) as { limit: string };
  heir.limit = 'heir';
  const hidden = Object.create(exports['table']) as { hidden: string };
  hidden.hidden = 'heir';
  assert.deepEqual(Object.entries(hidden), [['hidden', 'heir']]);
  assert.deepEqual(Object.getOwnPropertyDescriptor(heir, 'limit'), { value: 'heir', writable: true, enumerable: true, configurable: true });
  assert.deepEqual(await ask(), own('first'));
  assert.throws(() => ((exports['table'] as { limit: string }).limit = 'x'), TypeError);
  for (const { value } of Object.values(Object.getOwnPropertyDescriptors(exports['list']))) assert.notEqual(value, undefined);
  exports['table'].hidden = 'written';
  assert.deepEqual(await ask(() => Object.entries(exports['table'] as object)), [['limit', 'first']]);
  exports['limit'] = 'written';
  assert.deepEqual(Object.getOwnPropertyDescriptor(exports, 'limit'), {
    value: 'written',
    writable: true,
    enumerable: true,
    configurable: true,
  });
  assert.deepEqual(await ask(), ['first', 'written']);
  old.letGo();
  assert.deepEqual(await old.held, ['none', 'written']);
  await applied;
  await first.revert();
});

test('an export that the program has made an accessor', async (t) => {
  const file = 'value-accessor.js';
  const form = FORMS['an export']!;
  const first = await program({ [file]: of(form, 'none') }, { [file]: of(form, 'first') });
  const { hold, ask } = await serving(t, first);
  const mine = {
    get(this: { own: string }) {
      return this.own;
    },
    set(this: { own: string }, value: string) {
      this.own = value;
    },
  };
  Object.defineProperty(Object.assign(first.exports, { own: 'mine' }), 'limit', { ...mine, enumerable: true, configurable: true });
  const old = hold();
  const applied = first.apply();
  await begun();
  assert.deepEqual(await ask(), own('first'));
  first.exports['limit'] = 'more';
  assert.equal(first.exports['own'], 'more');
  old.letGo();
  assert.deepEqual(await old.held, ['none', 'more']);
  await applied;
  assert.deepEqual(await ask(), own('first'));
  await first.revert();
  assert.deepEqual(await ask(), ['none', 'more']);
});

test('where all tasks switch at once, what changes does so in that turn', async (t) => {
  const file = 'value-barrier.js';
  const list = LIMIT.replace("limit: 'VALUE'", "limit: 'VALUE', list: ['VALUE']").replace('=> table.limit', '=> table.list[0]');
  const first = await program({ [file]: of(list, 'none') }, { [file]: of(list, 'first') });
  const { hold, ask } = await serving(t, first);
  const old = hold();
  const applied = currentRuntime()!.apply(first.report.patch!, { mode: 'barrier' });
  await begun();
  assert.ok('value' in Object.getOwnPropertyDescriptor(first.exports['table'], 'limit')!);
  assert.deepEqual(await ask(), own('none'));
  old.letGo();
  assert.deepEqual(await old.held, own('none'));
  await applied;
  assert.deepEqual(await ask(), own('first'));
  const late = hold();
  const reverted = first.revert();
  await begun();
  late.letGo();
  assert.deepEqual(await late.held, own('first'));
  await reverted;
  assert.deepEqual(await ask(), own('none'));
});

test('a function of a map that two patches put there, and a task has kept', async (t) => {
  const form = (value: string): string =>
    FORMS['a function in a map']!.replace("[['limit', VALUE]]", value === 'none' ? '[]' : "[['limit', VALUE]]")
      .replace("table.get('limit')()", value === 'none' ? "'none'" : "table.get('limit')()")
      .replace('TASKS', `exports.keep = () => table.get('limit');\nexports.set = (value) => table.set('other', value);\nTASKS`);
  const file = 'value-kept.js';
  const before = of(form('none'), 'none');
  const first = await program({ [file]: before }, { [file]: of(form('first'), 'first') });
  const second = new Program(first.root, first.exports, await build({ [file]: before }, { [file]: of(form('second'), 'second') }));
  const { exports } = first;
  const { hold, ask } = await serving(t, first);
  await first.apply();
  const old = hold();
  const applied = currentRuntime()!.apply(second.report.patch!, { replace: false });
  await begun();
  let kept = (): unknown => null;
  assert.deepEqual(await ask(() => [(kept = exports['keep']() as () => string).name, kept.length, kept()]), ['second', 0, 'second']);
  old.letGo();
  assert.deepEqual(await old.held, own('first'));
  await applied;
  assert.equal(kept(), 'second');
  // Another patch comes: this one stays in force for those that go by the older code of that.
  const calls = `exports.use = async (gate, kept) => { await gate; return ['VALUE', kept()]; };`;
  const other = await program({ 'value-other.js': of(calls, 'none') }, { 'value-other.js': of(calls, 'second') });
  const gate = Promise.withResolvers<void>();
  const holding = other.exports['use'](gate.promise, kept) as Promise<unknown>;
  const coming = currentRuntime()!.apply(other.report.patch!, { replace: false });
  await begun();
  gate.resolve();
  assert.deepEqual(await holding, ['none', 'second']);
  await coming;
  await other.revert();
  await second.revert();
  assert.equal(kept(), 'first');
  await first.revert();
});

test('hooks find what is in force when they run', async () => {
  const file = 'value-hooks.js';
  const hooks = ['prePatch', 'postPatch', 'preUnpatch', 'postUnpatch']
    .map((name) => `export const ${name} = () => { globalThis.seen.push(globalThis.table.limit); };`)
    .join('\n');
  const first = await program({ [file]: of(LIMIT, 'none') }, { [file]: of(LIMIT, 'first') }, { name: 'hooks.mjs', text: hooks });
  const seen: string[] = [];
  Object.assign(globalThis, { seen, table: first.exports['table'] as object });
  await first.apply();
  await first.revert();
  assert.deepEqual(seen, ['none', 'first', 'first', 'none']);
});

test('what a module gives away as a whole', async (t) => {
  const uses = "const tag = () => require('./value-whole-given.js')();\nconst read = tag;\n" + TASKS;
  const given = "const none = () => 'none', first = () => 'first'; module.exports = VALUE;";
  const files = { 'value-whole.js': of(uses, 'none'), 'value-whole-given.js': of(given, 'none') };
  const first = await program(files, { 'value-whole.js': of(uses, 'first'), 'value-whole-given.js': of(given, 'first') });
  const { hold, ask } = await serving(t, first);
  assert.deepEqual(await ask(), own('none'));
  const old = hold();
  const applied = first.apply();
  await begun();
  assert.deepEqual(await ask(), own('first'));
  old.letGo();
  assert.deepEqual(await old.held, own('none'));
  await applied;
  await first.revert();
  assert.deepEqual(await ask(), own('none'));
});

for (const replacing of [false, true])
  test(`a module that is loaded while the patch comes${replacing ? ' in place of another' : ''}`, async (t) => {
    const asks = `const own = new Map([['limit', 'VALUE']]);
exports.own = own;
exports.add = (key) => own.set(key, 1);
const read = () => [own.get('limit'), require('./value-late-given.js').table.limit].join();
${TASKS}`;
    const table =
      "const table = {};\nfor (const name of ['limit']) table[name] = 'VALUE';\nexports.table = table; exports.limit = 'VALUE';";
    const [late, given] = ['value-late.js', 'value-late-given.js'];
    const files = (value: string): Record<string, string> => ({ [late]: of(asks, value), [given]: of(table, value) });
    const first = await program(files('none'), files('first'));
    const { hold, ask } = await serving(t, first);
    let was = 'none';
    if (replacing) {
      was = 'second';
      await new Program(
        first.root,
        first.exports,
        await build(files('none'), { [late]: of(asks, was), [given]: of(table, 'none') }),
      ).apply();
    }
    const old = hold();
    const applied = first.apply();
    await begun();
    assert.deepEqual(await ask(), ['first', 'first,first']);
    old.letGo();
    assert.deepEqual(await old.held, [was, `${was},none`]);
    await applied;
    assert.deepEqual(await ask(), ['first', 'first,first']);
    await first.revert();
    assert.deepEqual(await ask(), ['none', 'none,none']);
  });

test('a module of a bundle that older code asks for while the patch comes', async (t) => {
  const bundle = `var __commonJS = (cb, mod) => function __require() {
  return mod || (0, cb[Object.keys(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
};
var require_u = __commonJS({ 'u.js'(exports) { exports.limit = 'VALUE'; exports.of = () => 'VALUE'; } });
const read = () => require_u().limit;
${TASKS}`;
  const file = 'value-bundle.js';
  const first = await program({ [file]: of(bundle, 'none') }, { [file]: of(bundle, 'first') });
  const { hold, ask } = await serving(t, first);
  const [one, other] = [hold(), hold()];
  const applied = first.apply();
  await begun();
  one.letGo();
  assert.deepEqual(await one.held, own('none'));
  assert.deepEqual(await ask(), own('first'));
  other.letGo();
  assert.deepEqual(await other.held, own('none'));
  await applied;
  assert.deepEqual(await ask(), own('first'));
  await first.revert();
});

test('an object that takes no accessor has what older code goes by until the end', async () => {
  const form = `const table = new Proxy({ limit: 'VALUE' }, { defineProperty: (object, key, own) => !own.get && Reflect.defineProperty(object, key, own) });
exports.table = table;
const read = () => table.limit;
${TASKS}`;
  const file = 'value-guarded.js';
  const first = await program({ [file]: of(form, 'none') }, { [file]: of(form, 'first') });
  const untouched = descriptors(first);
  await first.apply();
  assert.equal(first.exports['table'].limit, 'first');
  await first.revert();
  assert.deepEqual(descriptors(first), untouched);
});

test('an object that lets nothing be put on it: the patch is not applied, and nothing of it is left', async () => {
  const form = `const table = { limit: 'VALUE' };
const guarded = new Proxy({ limit: 'none' }, { defineProperty: () => false });
exports.table = table; exports.guarded = guarded;
const read = () => table.limit + table.more + guarded.more;
${TASKS}`;
  const file = 'value-guarded-all.js';
  const after = of(form, 'first').replace("'none' }", "'none', more: 1 }").replace("'first' }", "'first', more: 1 }");
  const first = await program({ [file]: of(form, 'none') }, { [file]: after });
  const untouched = descriptors(first);
  await assert.rejects(first.apply(), { code: 'ERR_LINK' });
  assert.deepEqual(descriptors(first), untouched);
});

test('a map and a set, by each of their methods', async (t) => {
  const form = (map: string, set: string, value: string): string =>
    `const map = new Map(${map});
const set = new Set(${set});
exports.map = map; exports.set = set;
const read = () => {
  const walked = [];
  map.forEach(function (value, key, whole) { walked.push(key + value + (whole === map) + this.self); }, { self: 1 });
  set.forEach((value, again, whole) => walked.push(value + again + (whole === set)));
  return JSON.stringify([[...map], [...map.keys()], [...map.values()], [...map.entries()], map.size, map.get('a'), map.has('gone'), walked, new Map(map).size,
    [...set], [...set.keys()], [...set.values()], [...set.entries()], set.size, set.has('gone'), [...new Set(set)], Array.from(set),
    set.union ? [[...set.union(new Set(['more']))], [...new Set(['more']).union(set)], set.isSupersetOf(new Set(['gone']))] : null]);
};
exports.put = (key) => [map.set(key, 1) === map, set.add(key) === set];
exports.drop = (key) => [map.delete(key), set.delete(key)];
exports.clear = () => { map.clear(); set.clear(); };
${TASKS}`.replaceAll('VALUE', value);
  const before = form("[['a', 1], ['gone', 2]]", "['a', 'gone']", 'none');
  const after = form("[['a', 10], ['b', 3]]", "['a', 'b']", 'first');
  const file = 'value-collections.js';
  const first = await program({ [file]: before }, { [file]: after });
  const fresh = await program({ 'fresh.js': after }, { 'fresh.js': before });
  const { exports } = first;
  const { hold, ask } = await serving(t, first);
  const mine = (): void => exports['map'].clear();
  exports['set'].clear = mine;
  const untouched = [exports['map'], exports['set']].map((object) => Reflect.ownKeys(object as object));
  const old = hold();
  const applied = first.apply();
  await begun();
  assert.deepEqual(await ask(), fresh.exports['now']());
  assert.deepEqual(await ask(() => [exports['put']('x'), exports['map'].get('x'), exports['drop']('x'), exports['map'].has('x')]), [
    [true, true],
    1,
    [true, true],
    false,
  ]);
  await ask(() => exports['put']('kept') as unknown);
  assert.equal(exports['map'].constructor, Map);
  if (exports['map'].getOrInsert) {
    const filled = (): unknown[] => [exports['map'].getOrInsert('filled', 1), exports['map'].getOrInsertComputed('filled', () => 2)];
    assert.deepEqual(await ask(filled), [1, 1]);
    assert.equal(Map.prototype.get.call(exports['map'], 'filled'), 1);
    await ask(() => exports['map'].delete('filled') as unknown);
  }
  assert.deepEqual(await ask(() => [exports['set'].clear === mine, exports['map'].get.name, exports['map'].set.length]), [true, 'get', 2]);
  // What somebody else has is none of it.
  assert.deepEqual(await ask(() => [Reflect.apply(exports['map'].get as () => unknown, new Map([['a', 5]]), ['a'])]), [5]);
  const more = hold();
  old.letGo();
  const [, found] = (await old.held) as [string, string];
  const [entries] = JSON.parse(found) as [unknown[]];
  assert.deepEqual(entries, [
    ['a', 1],
    ['gone', 2],
    ['b', 3],
    ['kept', 1],
  ]);
  more.letGo();
  await more.held;
  await applied;
  assert.deepEqual(
    exports['map'],
    new Map([
      ['a', 10],
      ['b', 3],
      ['kept', 1],
    ]),
  );
  assert.deepEqual(
    [exports['map'], exports['set']].map((object) => Reflect.ownKeys(object as object)),
    untouched,
  );
  await first.revert();
  assert.deepEqual(new Set(exports['set'] as Set<string>), new Set(['a', 'kept', 'gone']));
});

test('a map of very many entries has what older code goes by until the end', async (t) => {
  const form = `const table = new Map([['limit', 'VALUE']]);
for (let i = 0; i < 50_000; i++) table.set(i, i);
exports.table = table;
const read = () => table.get('limit');
${TASKS}`;
  const file = 'value-large.js';
  const first = await program({ [file]: of(form, 'none') }, { [file]: of(form, 'first') });
  const { hold, ask } = await serving(t, first);
  const old = hold();
  const applied = first.apply();
  await begun();
  assert.deepEqual(await ask(), ['first', 'none']);
  old.letGo();
  await applied;
  assert.deepEqual(await ask(), own('first'));
  await first.revert();
});
