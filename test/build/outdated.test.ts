/** What old code has put into objects, where new code would fail on it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { build, program } from './harness.ts';

test('what new code cannot read of objects that exist is refused while one of them is alive, by a dry run too', async () => {
  const version = (made: string, put: string): string => `class Store {
  constructor() { this.rules = ${made} }
  put(key) { ${put} }
}
exports.make = () => new Store();
exports.Store = Store;`;
  const old = { 'index.js': version('[]', 'this.rules.push([key, 1])') };
  const p = await program(old, { 'index.js': version('new Map()', 'this.rules.set(key, 1)') });
  let held: { rules: unknown; put(key: string): void } | null = p.exports['make']();
  assert.deepEqual(p.codes('warning'), ['instances-hold']);
  const { refusal } = currentRuntime()!.check(p.report.patch!, {});
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS', message: refusal!.message });
  assert.match(
    refusal!.message,
    /leave behind 1 object\(s\) that the old code made and the program still holds: Store#constructor rules\.$/,
  );
  assert.ok(
    !currentRuntime()!
      .status()
      .patches.some(({ name }) => name === p.report.name),
  );
  held!.put('a');
  assert.deepEqual(held!.rules, [['a', 1]]);

  held!.rules = new Map();
  await p.apply();
  held!.put('b');
  assert.deepEqual([...(held!.rules as Map<string, number>)], [['b', 1]], 'the program has converted it');
  await p.revert();
  held = null;
  p.clean();

  const nameless = (text: string): string =>
    text.replace('class Store', 'const it = class').replaceAll('new Store', 'new it').replace('= Store', '= it');
  const anonymous = (text: string): string =>
    `exports.kinds = [${text.split('\n').slice(0, 4).join('\n').replace('class Store', 'class')}];`;
  for (const edit of [nameless, anonymous]) {
    const report = await build({ 'index.js': edit(old['index.js']) }, { 'index.js': edit(version('new Map()', 'this.rules.set(key, 1)')) });
    const codes = report.verdicts.map(({ code }) => code);
    if (edit === anonymous) assert.ok(report.patch === null && codes.includes('constructor-changed'), codes.join());
    else assert.notEqual(report.patch, null, codes.join());
  }
});

test('a list whose entries are of another kind is refused while an object holds one of the old', async () => {
  const version = (list: string, put: string, read: string): string => `function Rule(name) { this.name = name; }
function Store() { this.rules = ${list}; }
Store.prototype.put = function (name) { this.rules.unshift(${put}); };
Store.prototype.names = function () { return this.rules.map((rule) => ${read}.length); };
exports.Store = Store;`;
  const old = version("['a', 'bc']", 'name', 'rule');
  const p = await program({ 'index.js': old }, { 'index.js': version("[new Rule('a'), new Rule('bc')]", 'new Rule(name)', 'rule.name') });
  const held = new p.exports['Store']();
  held.put('def');
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
  assert.deepEqual(held.names(), [3, 1, 2]);
  held.rules = held.rules.map((name: string) => ({ name }));
  await p.apply();
  held.put('ghij');
  assert.deepEqual(
    [held.names(), new p.exports['Store']().names()],
    [
      [4, 3, 1, 2],
      [1, 2],
    ],
  );
});

test('a list of other entries that are read alike stays, and is said', async () => {
  const version = (list: string, more: string): string =>
    `class Store { constructor() { this.rules = ${list} } has(name) { return this.rules.includes(name${more}) } }\nexports.Store = Store;`;
  const p = await program({ 'index.js': version("['a']", '') }, { 'index.js': version("['a', 'b']", '.trim()') });
  const held = new p.exports['Store']();
  await p.apply();
  assert.deepEqual([held.has('b '), held.has('a '), new p.exports['Store']().has('b')], [false, true, true]);
  assert.deepEqual(p.codes('warning'), ['instances-hold']);
});

const late: Readonly<Record<string, readonly [before: string, after: string, code: string]>> = {
  'an entry of the old kind': [
    'const list = [];\nexports.slow = async (gate) => { await gate; list.push((v) => v + 1) };\nexports.run = (v) => list.reduce((all, one) => one(all), v);',
    'const list = [];\nexports.slow = async (gate) => { await gate; list.push({ fn: (v) => v + 1 }) };\nexports.run = (v) => list.reduce((all, one) => one.fn(all), v);',
    'ERR_LIVE_OBJECTS',
  ],
  'a closure that lacks a variable': [
    'let made = (v) => v;\nexports.slow = async (gate, opts) => { await gate; made = (v) => v + opts.step };\nexports.run = (v) => made(v);',
    'let made = (v) => v;\nexports.slow = async (gate, opts, most = gate.most) => { await gate; made = (v) => Math.min(v + opts.step, most) };\nexports.run = (v) => made(v);',
    'ERR_LIVE_CLOSURES',
  ],
};
for (const [what, [before, after, code]] of Object.entries(late))
  test(`${what} that comes while the transition lasts turns it round`, async () => {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    const { slow, run } = p.exports;
    const gate = Promise.withResolvers<void>();
    const running = slow(gate.promise, { step: 1 });
    const applying = p.apply();
    const refused = assert.rejects(applying, { code });
    while (currentRuntime()!.status().transition === null) await new Promise((resolve) => setImmediate(resolve));
    gate.resolve();
    await running;
    await refused;
    assert.equal(run(1), 2);
    assert.ok(
      !currentRuntime()!
        .status()
        .patches.some(({ name }) => name === p.report.name),
    );
  });

const transport = (more: string, method = ''): string => `class Transport {
  constructor(session, options) { this.session = session; ${more} }
  peer() { return this.session.name; }
  ${method}
}
exports.Transport = Transport;`;
const user = (reads: string): string => `exports.use = (transport) => ${reads};`;

for (const [what, method, reads] of [
  ['a method of the class gives', 'options() { return this.settings; }', 'transport.options().limit'],
  ['an accessor of the class gives', 'get options() { return this.settings; }', "transport.options['limit']"],
  ['', '', 'transport.settings.limit'],
] as const)
  test(`what objects lack and ${what} code of another file cannot do without: refused while one of them is alive`, async () => {
    const p = await program(
      {
        'index.js': `Object.assign(exports, require('./transport'), require('./user'));`,
        'transport.js': transport(''),
        'user.js': user('transport.peer()'),
      },
      { 'transport.js': transport('this.settings = options;', method), 'user.js': user(reads) },
    );
    let held = new p.exports['Transport']({ name: 'a' }, { limit: 1 });
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS', message: /Transport#constructor settings/ });
    assert.equal(p.exports['use'](held), 'a');
    held = null;
    await p.apply();
    assert.equal(p.exports['use'](new p.exports['Transport']({}, { limit: 2 })), 2);
    await p.revert();
  });

for (const [what, method, before, reads] of [
  ['asks first', 'options() { return this.settings; }', 'transport.peer()', 'transport.options()?.limit'],
  [
    'calls a method of that name already, of other objects',
    'options() { return this.settings; }',
    'transport.options().limit',
    'transport.options().limit + 1',
  ],
  ['asks elsewhere', 'options() { return this.settings; }', 'transport.peer()', 'transport.options() ? transport.options().limit : 0'],
] as const)
  test(`what objects lack is only told of where the other file ${what}`, async () => {
    const p = await program(
      {
        'index.js': `Object.assign(exports, require('./transport'), require('./user'));`,
        'transport.js': transport(''),
        'user.js': user(before),
      },
      { 'transport.js': transport('this.settings = options;', method), 'user.js': user(reads) },
    );
    assert.ok(p.codes('warning').includes('instances-lack'));
    const held = new p.exports['Transport']({ name: 'a' });
    await p.apply();
    assert.equal(held.peer(), 'a');
    await p.revert();
  });

const PRIVATE = `var __classPrivateFieldGet = function (o, all, kind, f) {
  if (!all.has(o)) throw new TypeError('Cannot read private member from an object whose class did not declare it');
  return kind === 'm' ? f : all.get(o);
};\n`;

/** What a class keeps of its objects beside them in the new version only. */
const BESIDE: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'a private field, as a compiler writes it out': [
    `${PRIVATE}class A { constructor() { this.n = 1; } get() { return this.n; } }\nexports.A = A;`,
    `${PRIVATE}var _A_m;
class A { constructor(o) { this.n = 1; _A_m.set(this, o.q.length); } get() { return __classPrivateFieldGet(this, _A_m, 'f') + this.n; } }
_A_m = new WeakMap();
exports.A = A;`,
  ],
  'what it looks up': [
    'class A { get(k) { return k } }\nexports.A = A;',
    'const kept = new WeakMap();\nclass A { constructor(o) { kept.set(this, new Map(o.all)) } get(k) { return kept.get(this).get(k) ?? 6 } }\nexports.A = A;',
  ],
  'a private field': [
    'class A { constructor(o) { this.o = 1 } get() { return this.o } }\nexports.A = A;',
    'class A { #q; constructor(o) { this.o = 1; this.#q = o.q } get() { return this.#q.length + this.o } }\nexports.A = A;',
  ],
};

for (const [what, [before, after]] of Object.entries(BESIDE))
  test(`objects that new code would not find in what it keeps beside them are refused while they are alive: ${what}`, async () => {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    let held = new p.exports['A']({ q: '12345' });
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
    assert.ok([1, undefined].includes(held.get()));
    held = null;
    await p.apply();
    assert.equal(new p.exports['A']({ q: '12345' }).get(), 6);
    await p.revert();
    assert.ok([1, undefined].includes(new p.exports['A']({ q: '12345' }).get()));
    p.clean();
  });

test('objects that are looked for first are no reason to refuse', async () => {
  const after = BESIDE['what it looks up']![1].replace('.get(this).get(k)', '.get(this)?.get(k)');
  const p = await program({ 'index.js': BESIDE['what it looks up']![0] }, { 'index.js': after });
  const held = new p.exports['A']({});
  await p.apply();
  assert.equal(held.get(), 6);
  p.clean();
});
