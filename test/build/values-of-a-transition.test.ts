/** What a patch changes on objects of the program: while it comes or goes, each task finds there what its own code goes by. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { build, Program, program } from './harness.ts';
import { begun, during, tasksOf } from './requests.ts';
import { TASKS, of, own } from './value-forms.ts';

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
  'an entry that a loop puts there': `const table = { other: 1 };
for (const key of ['limit']) table[key] = 'VALUE';
exports.table = table;
const read = () => table.limit;
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

const descriptors = ({ exports }: Program): unknown =>
  [exports, exports['table'], Object.getPrototypeOf(exports['box'] ?? {})].map((object) => Object.getOwnPropertyDescriptors(object ?? {}));

for (const [what, form] of Object.entries(FORMS))
  test(`${what}: as a patch comes, goes, is turned round, and gives way to another`, async (t) => {
    const file = `value-${what.replaceAll(' ', '-')}.js`;
    const before = of(form, 'none');
    const first = await program({ [file]: before }, { [file]: of(form, 'first') });
    const tasks = await tasksOf(t, first.exports);
    const untouched = descriptors(first);

    const turned = tasks.hold();
    assert.equal((await currentRuntime()!.apply(first.report.patch!, { timeoutMs: 50 })).result, 'reversed');
    turned.letGo();
    assert.deepEqual(await turned.held, own('none'));
    assert.deepEqual(await tasks.ask(), own('none'));
    assert.deepEqual(descriptors(first), untouched);

    const applied = await during(tasks, () => first.apply());
    assert.deepEqual(applied, { meanwhile: own('first'), held: own('none'), after: own('first') });

    const pinned = tasks.hold();
    assert.equal((await currentRuntime()!.revert(first.report.name, { timeoutMs: 50 })).result, 'reversed');
    pinned.letGo();
    assert.deepEqual(await pinned.held, own('first'));
    assert.deepEqual(await tasks.ask(), own('first'));

    const second = new Program(first.root, first.exports, await build({ [file]: before }, { [file]: of(form, 'second') }));
    const replaced = await during(tasks, () => second.apply());
    assert.deepEqual(replaced, { meanwhile: own('second'), held: own('first'), after: own('second') });

    const reverted = await during(tasks, () => second.revert());
    assert.deepEqual(reverted, { meanwhile: own('none'), held: own('second'), after: own('none') });
    assert.deepEqual(descriptors(first), untouched);
  });

const LIMIT = FORMS['an entry of a table']!;

test('a patch that gives back the value of the one that it takes the place of', async (t) => {
  const file = 'value-back.js';
  const before = of(LIMIT, 'none');
  const first = await program({ [file]: before }, { [file]: of(LIMIT, 'first') });
  const tasks = await tasksOf(t, first.exports);
  await first.apply();
  const back = new Program(first.root, first.exports, await build({ [file]: before }, { [file]: before.replaceAll("['none'", "['back'") }));
  const found = await during(tasks, () => back.apply());
  assert.deepEqual(found, { meanwhile: ['back', 'none'], held: own('first'), after: ['back', 'none'] });
  await back.revert();
});

test('a patch that goes on with the value of the one that it takes the place of', async (t) => {
  const file = 'value-on.js';
  const before = of(LIMIT, 'none');
  const first = await program({ [file]: before }, { [file]: of(LIMIT, 'first') });
  const tasks = await tasksOf(t, first.exports);
  await first.apply();
  const after = of(LIMIT, 'first').replaceAll("['first'", "['second'");
  const second = new Program(first.root, first.exports, await build({ [file]: before }, { [file]: after }));
  const isValue = (): void => assert.ok('value' in Object.getOwnPropertyDescriptor(first.exports['table'], 'limit')!);
  const found = await during(tasks, () => second.apply(), isValue);
  assert.deepEqual(found, { meanwhile: ['second', 'first'], held: own('first'), after: ['second', 'first'] });
  await second.revert();
  assert.deepEqual(await tasks.ask(), own('none'));
});

test('a patch that goes from beneath another', async (t) => {
  const file = 'value-beneath.js';
  const before = of(LIMIT, 'none');
  const first = await program({ [file]: before }, { [file]: of(LIMIT, 'first') });
  const { hold, ask } = await tasksOf(t, first.exports);
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
  const { hold, ask } = await tasksOf(t, first.exports);
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
  const tasks = await tasksOf(t, first.exports);
  const mine = {
    get(this: { own: string }) {
      return this.own;
    },
    set(this: { own: string }, value: string) {
      this.own = value;
    },
  };
  Object.defineProperty(Object.assign(first.exports, { own: 'mine' }), 'limit', { ...mine, enumerable: true, configurable: true });
  const found = await during(
    tasks,
    () => first.apply(),
    () => {
      first.exports['limit'] = 'more';
      assert.equal(first.exports['own'], 'more');
    },
  );
  assert.deepEqual(found, { meanwhile: own('first'), held: ['none', 'more'], after: own('first') });
  await first.revert();
  assert.deepEqual(await tasks.ask(), ['none', 'more']);
});

test('where all tasks switch at once, what changes does so in that turn', async (t) => {
  const file = 'value-barrier.js';
  const list = LIMIT.replace("limit: 'VALUE'", "limit: 'VALUE', list: ['VALUE']").replace('=> table.limit', '=> table.list[0]');
  const first = await program({ [file]: of(list, 'none') }, { [file]: of(list, 'first') });
  const tasks = await tasksOf(t, first.exports);
  const isValue = (): void => assert.ok('value' in Object.getOwnPropertyDescriptor(first.exports['table'], 'limit')!);
  const applied = await during(tasks, () => currentRuntime()!.apply(first.report.patch!, { mode: 'barrier' }), isValue);
  assert.deepEqual(applied, { meanwhile: own('none'), held: own('none'), after: own('first') });
  const { held, after } = await during(tasks, () => first.revert());
  assert.deepEqual({ held, after }, { held: own('first'), after: own('none') });
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
  const { hold, ask } = await tasksOf(t, first.exports);
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
  const tasks = await tasksOf(t, first.exports);
  assert.deepEqual(await tasks.ask(), own('none'));
  const found = await during(tasks, () => first.apply());
  assert.deepEqual(found, { meanwhile: own('first'), held: own('none'), after: own('first') });
  await first.revert();
  assert.deepEqual(await tasks.ask(), own('none'));
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
    const tasks = await tasksOf(t, first.exports);
    const was = replacing ? 'second' : 'none';
    const other = { [late]: of(asks, was), [given]: of(table, 'none') };
    if (replacing) await new Program(first.root, first.exports, await build(files('none'), other)).apply();
    const found = await during(tasks, () => first.apply());
    const now = ['first', 'first,first'];
    assert.deepEqual(found, { meanwhile: now, held: [was, `${was},none`], after: now });
    await first.revert();
    assert.deepEqual(await tasks.ask(), ['none', 'none,none']);
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
  const { hold, ask } = await tasksOf(t, first.exports);
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
