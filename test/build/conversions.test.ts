/** What a constructor gives to its objects is of another kind, or has another value: what those that exist hold of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { build, program } from './harness.ts';

const before = `function Registry() { this.found = {}; this.found['first'] = 1 }
Registry.prototype.has = function (key) { return key in this.found }
Registry.prototype.get = function (key) { return this.found[key] }
Registry.prototype.put = function (key, value) { this.found[key] = value }
function copyOf(registry) { const copy = new Registry(); Object.assign(copy.found, registry.found); return copy }
class Jar {
  constructor() { this.held = {}; this.seen = [] }
  put(domain, name) {
    if (!this.held[domain]) this.held[domain] = {}
    this.held[domain][name] = 1
    if (this.seen.indexOf(name) < 0) this.seen.push(name)
  }
  names() { return [Object.keys(this.held), [...this.seen]] }
}
class Own extends Jar {}
module.exports = { Registry, copyOf, Jar, Own }`;

const after = `function Registry() { this.found = new Map(); this.found.set('first', 1) }
Registry.prototype.has = function (key) { return this.found.has(key) }
Registry.prototype.get = function (key) { return this.found.get(key) }
Registry.prototype.put = function (key, value) { this.found.set(key, value) }
function copyOf(registry) { const copy = new Registry(); copy.found = new Map(registry.found.entries()); return copy }
class Jar {
  constructor() { this.held = Object.create(null); this.seen = new Set() }
  put(domain, name) {
    if (!this.held[domain]) this.held[domain] = Object.create(null)
    this.held[domain][name] = 1
    this.seen.add(name)
  }
  names() { return [Object.keys(this.held), [...this.seen]] }
}
class Own extends Jar {}
module.exports = { Registry, copyOf, Jar, Own }`;

test('tables that become objects of another kind are converted in instances that exist, and back', async () => {
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { Registry, copyOf, Jar, Own } = p.exports;
  const [registry, jar, own, other] = [new Registry(), new Jar(), new Own(), new Jar()];
  registry.put('a', 2);
  jar.put('x.example', 'sid');
  own.put('y.example', 'sid');
  other.held = null;
  const { held } = jar;

  assert.equal(p.patch.mode, 'barrier', 'no code reads both kinds');
  assert.deepEqual(p.codes('carried-with-transform'), ['field-converted', 'field-converted', 'field-converted']);
  await p.apply();
  assert.deepEqual([registry.get('first'), registry.get('a'), registry.has('toString')], [1, 2, false]);
  assert.equal(copyOf(registry).get('a'), 2, 'whoever is given it');
  registry.put('b', 3);
  jar.put('__proto__', 'polluted');
  own.put('z.example', 'sid');
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined, 'an object that was made before the patch is safe');
  assert.deepEqual(jar.names(), [
    ['x.example', '__proto__'],
    ['sid', 'polluted'],
  ]);
  assert.equal(jar.held, held, 'an object of the same kind stays the same object');
  assert.deepEqual(own.names(), [['y.example', 'z.example'], ['sid']]);
  assert.equal(other.held, null, 'what the program has put there stays');
  const made = new Registry();
  made.put('c', 4);

  await p.revert();
  assert.deepEqual([registry.get('a'), registry.get('b'), made.get('c'), registry.has('toString')], [2, 3, 4, true]);
  assert.deepEqual(jar.names(), [['x.example'], ['sid', 'polluted']]);
  assert.deepEqual([Object.getPrototypeOf(jar.held), Array.isArray(own.seen)], [Object.prototype, true]);
  jar.put('x.example', 'again');
  assert.deepEqual(jar.names()[1], ['sid', 'polluted', 'again']);
  p.clean();
});

const fields = `class Jar {
  held = {};
  limit = 3;
  #own = 1;
  given = 1;
  constructor(given) { this.given = given }
  put(key) { if (Object.keys(this.held).length < this.limit) this.held[key] = this.#own; return this.given }
  has(key) { return key in this.held }
}
exports.Jar = Jar;`;

test('a table that a constructor fills with objects is another kind of table, and filled as that is', async () => {
  const text = (made: string, put: string, get: string): string => `function Item(n) { this.n = n }
function List() { this.items = ${made}; this.items${put} }
List.prototype.first = function () { return this.items${get}.n };
exports.List = List;`;
  const p = await program(
    { 'index.js': text('{}', "['one'] = new Item(1)", "['one']") },
    { 'index.js': text('new Map()', ".set('one', new Item(1))", ".get('one')") },
  );
  assert.deepEqual(p.codes('warning'), []);
  const list = new p.exports['List']();
  await p.apply();
  assert.deepEqual([list.first(), list.items instanceof Map], [1, true]);
  await p.revert();
  assert.deepEqual([list.first(), list.items instanceof Map], [1, false]);
});

test('what fields begin with is looked at as what constructors set', async () => {
  const p = await program(
    { 'index.js': fields },
    {
      'index.js': fields
        .replace('held = {}', 'held = Object.create(null)')
        .replace('limit = 3', 'limit = 2')
        .replace('#own = 1', '#own = 2')
        .replace('given = 1', 'given = 2'),
    },
  );
  const { Jar } = p.exports;
  const jar = new Jar(7);
  jar.put('a');
  assert.ok(jar.has('toString'));
  await p.apply();
  assert.deepEqual([jar.has('toString'), jar.has('a'), jar.limit, new Jar(7).limit, jar.given], [false, true, 3, 2, 7]);
  const found = p.report.verdicts.filter((v) => /^instances-hold|^field-converted/.test(v.code));
  assert.deepEqual(found.map((v) => `${v.code} ${v.path}`).sort(), [
    'field-converted Jar held',
    'instances-hold Jar #own',
    'instances-hold Jar limit',
  ]);
  await p.revert();
  assert.ok(jar.has('toString'));
});

test('what other modules read of an object is looked for there, and a table that was given a prototype by its key is one', async () => {
  const index = (value: string): string => `// beside ${value}
function Archive() { if (!(this instanceof Archive)) return new Archive(); this.files = ${value} }
Archive.prototype = require('./object')
module.exports = Archive`;
  const object = (guard: string): string => `module.exports = {
  put(name, size) { this.files[name] = { size } },
  total() { let sum = 0; for (const name in this.files) { ${guard}sum += this.files[name].size } return sum },
}`;
  const p = await program(
    { 'index.js': index('{}'), 'object.js': object('if (!this.files.hasOwnProperty(name)) continue; ') },
    { 'index.js': index('Object.create(null)'), 'object.js': object('') },
  );
  const Archive = p.exports as unknown as new () => { put(name: string, size: number): void; total(): number };
  const [archive, attacked] = [new Archive(), new Archive()];
  for (const each of [archive, attacked]) each.put('a', 1);
  attacked.put('__proto__', 40);
  assert.deepEqual(p.codes('carried-with-transform'), ['field-converted']);
  await p.apply();
  assert.deepEqual([archive.total(), attacked.total(), new Archive().total()], [1, 1, 0]);
  attacked.put('__proto__', 2);
  assert.equal(attacked.total(), 3);
  await p.revert();
  assert.deepEqual([archive.total(), attacked.total()], [1, 1]);
  p.clean();
});

test('what a variable of the module holds is converted, where functions make it as another kind', async () => {
  const version = (bare: string, map: string, has: string, put: string): string => `let cache = ${bare}, names = null, own = ${bare};
exports.clear = () => { cache = ${bare}; names = ${map} };
exports.at = (key) => cache[key];
exports.put = (key) => { (cache[key] = cache[key] || ${bare}).hit = 1; names ${put} };
exports.has = (key) => ${has};
exports.own = () => { own = ${bare}; return own };`;
  const p = await program(
    { 'index.js': version('{}', '{}', 'key in names', '[key] = 1') },
    { 'index.js': version('Object.create(null)', 'new Map()', 'names.has(key)', '.set(key, 1)') },
  );
  const { clear, at, put, has, own } = p.exports;
  clear();
  put('a');
  assert.equal(typeof at('toString'), 'function');
  assert.equal(Object.getPrototypeOf(own()), Object.prototype);
  assert.deepEqual(p.codes('carried-with-transform'), ['field-converted', 'field-converted', 'field-converted']);
  await p.apply();
  assert.deepEqual([at('a').hit, at('toString'), has('a'), has('toString')], [1, undefined, true, false]);
  put('__proto__');
  assert.equal(({} as Record<string, unknown>)['hit'], undefined);
  await p.revert();
  assert.deepEqual([at('a').hit, typeof at('toString'), has('a'), has('toString')], [1, 'function', true, true]);
  p.clean();
});

test('so it is where the variable only begins as one without a prototype, and functions go on giving it plain objects', async () => {
  const version = (first: string, given = '{}', more = ''): string => `let cwd = 1, cache = ${first};
exports.at = (from, to, now = cwd) => {
  if (now !== cwd) { cache = ${given}; cwd = now; }
  if (cache[from] && cache[from][to]) return cache[from][to];
  cache[from] = cache[from] || {};
  return (cache[from][to] = from + to);
};
exports.held = () => cache;${more}`;
  const p = await program({ 'index.js': version('{}') }, { 'index.js': version('Object.create(null)') });
  const { at, held } = p.exports;
  assert.equal(at('a', 'b'), 'ab');
  assert.deepEqual([p.codes('carried-with-transform'), p.codes('warning')], [['field-converted'], []]);
  await p.apply();
  at('__proto__', 'livepatchTest');
  assert.deepEqual([({} as Record<string, unknown>)['livepatchTest'], held()['a'].b], [undefined, 'ab']);
  assert.equal(Object.getPrototypeOf(held()), null);
  await p.revert();
  assert.deepEqual([Object.getPrototypeOf(held()), Object.keys(held())], [Object.prototype, ['a']]);
  p.clean();
  const BARE = 'Object.create(null)';
  for (const [before, after] of [
    [version(BARE), version(BARE, '{}', ' // as before')],
    [version('{}', 'JSON.parse("{}")'), version(BARE, 'JSON.parse("{}")')],
    [version('JSON.parse("{}")'), version(BARE)],
  ] as const) {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': `${after}\nexports.other = () => 1;` });
    assert.ok(
      verdicts.every(({ code }) => code !== 'field-converted'),
      before,
    );
  }
});

test('where nothing else differs, it is said that a variable which functions write keeps its value', async () => {
  const version = (first: number): string => `let limit = ${first};\nexports.raise = () => { limit += 1; return limit };`;
  await assert.rejects(build({ 'index.js': version(1) }, { 'index.js': version(2) }), (error: { code: string; hint?: string }) => {
    assert.equal(error.code, 'ERR_PATCH_EMPTY');
    assert.match(error.hint ?? '', /keeps the value that the program gave it: limit \(index\.js:1\)/);
    return true;
  });
});

test('an entry that an object literal gains is told of, where other code reads it of objects that were made before', async () => {
  const version = (
    entry: string,
    read: string,
  ): string => `exports.make = (options) => { options = options || { strict: false${entry} }; return reader(options) };
const reader = (options) => ({ read: (x) => options.strict ? x : [x${read}] });`;
  const lacks = async (entry: string, read: string): Promise<string[]> => {
    const p = await program({ 'index.js': version('', '') }, { 'index.js': version(entry, read) });
    p.clean();
    return p.report.verdicts.filter(({ code }) => code === 'instances-lack').map(({ path }) => path);
  };
  assert.deepEqual(await lacks(", action: 'error'", ', options.action'), ['exports.make action']);
  assert.deepEqual(await lacks(", action: 'error'", ''), []);
});

test('a class that its module has no name for keeps what it holds, and so do other values: a warning says so', async () => {
  const hidden = `// hidden
exports.Jar = class { constructor(max) { this.held = {}; this.max = max || 100; this.log = (text) => text }
  get(key) { return [this.held[key], this.max, this.log(key)] } }`;
  const changed = hidden
    .replace('this.held = {}', 'this.held = Object.create(null)')
    .replace('|| 100', '|| 10')
    .replace('=> text', '=> "!" + text');
  const p = await program({ 'index.js': hidden }, { 'index.js': changed });
  const jar = new p.exports['Jar']();
  const rows = p.report.verdicts.filter(({ code }) => code === 'instances-hold');
  assert.deepEqual(
    rows.map(({ verdict, path }) => [verdict, path.split(' ')[1]]),
    [
      ['warning', 'held'],
      ['warning', 'max'],
    ],
    'a function in a value is new for those that exist too',
  );
  assert.equal(p.patch.mode, 'task');
  assert.deepEqual(p.codes('carried-with-transform'), []);
  await p.apply();
  assert.deepEqual(jar.get('a'), [undefined, 100, '!a']);
  assert.deepEqual(new p.exports['Jar']().get('a'), [undefined, 10, '!a']);
  p.clean();
});

test('where the author migrates in the module, nothing else is converted', async () => {
  const text = `export const module = 'index.js';
export const mode = 'barrier';
livepatch.migrate(Registry, { when: 'world', up(r) { r.found = new Map(Object.entries(r.found)); }, down(r) { r.found = Object.fromEntries(r.found); } });`;
  const p = await program({ 'index.js': `// own\n${before}` }, { 'index.js': `// own\n${after}` }, { name: 'fix.mjs', text });
  const registry = new p.exports['Registry']();
  assert.deepEqual(p.codes('carried-with-transform'), []);
  assert.deepEqual(
    p.report.verdicts.filter(({ code }) => code === 'instances-hold').map(({ verdict }) => verdict),
    ['carried-with-hook', 'warning', 'warning'],
  );
  await p.apply();
  assert.equal(registry.get('first'), 1);
  p.clean();
});

test('who asks for another mode than the one in which all switch at once is refused', async () => {
  const [old, now] = [`// mode\n${before}`, `// mode\n${after}`];
  const p = await program({ 'index.js': old }, { 'index.js': now });
  await assert.rejects(currentRuntime()!.apply(p.report.patch!, { timeoutMs: 5000, mode: 'task' }), { code: 'ERR_MIGRATION_MODE' });
  assert.deepEqual(new p.exports['Registry']().found, { first: 1 });
  p.clean();
});

test('what a constructor keeps of a variable that has begun with another value', async () => {
  const version = (limit: string, more = ''): string => `const { Options } = require('./options');
exports.Server = class {
  constructor(options, callback) {
    options = new Options({ path: null, limit: ${limit}${more} }).merge(options);
    const name = options.path ?? 'server';
    this.name = name;
    this.options = options.value;
    this.path = options.value.path;
    this.callback = callback;
  }
  fits(n) { return [this.name, this.path, this.callback, n <= this.options.limit, this.options.retries ?? 0] }
};`;
  const options =
    'exports.Options = class { constructor(value) { this.value = value } merge(given) { return Object.assign(this.value, given), this } };';
  const said = async (after: string): Promise<string[]> => {
    const report = await build({ 'index.js': version('null'), 'options.js': options }, { 'index.js': after, 'options.js': options });
    return report.verdicts.filter(({ code }) => code === 'instances-hold').map(({ path }) => path);
  };
  assert.deepEqual(await said(version('100')), ['exports.Server#constructor options']);
  assert.deepEqual(await said(version('null', ', retries: 3')), [], 'what it gains is found where it is read');
  assert.deepEqual(await said(version('null').replace('n <= this', 'n < this')), []);
  assert.deepEqual(await said(version('null').replace("'server'", "'host'")), ['exports.Server#constructor name']);
});

const KINDS = {
  Map: ['{}', 'new Map()', 'this.items[k] = v', 'this.items.set(k, v)', 'this.items[k]', 'this.items.get(k)'],
  Set: ['[]', 'new Set()', 'this.items.push(k)', 'this.items.add(k)', 'this.items.includes(k)', 'this.items.has(k)'],
  bare: ['{}', 'Object.create(null)', 'this.items[k] = v', 'this.items[k] = v', 'this.items[k]', 'this.items[k]'],
} as const;
const holders = (kind: keyof typeof KINDS, at: 0 | 1, more = (made: string): string => `this.items = ${made};`, other = ''): string => {
  const form = KINDS[kind];
  return `const all = [];
class Holder { constructor() { ${more(form[at])} } put(k, v) { ${form[2 + at]!} } get(k) { return ${form[4 + at]!} } ${other} }
exports.Holder = Holder;`;
};

test('what would be lost keeps a patch away while an object that has it is alive', async () => {
  type Held = Record<string, (...given: unknown[]) => void> & { items: object };
  const cases: readonly (readonly [kind: keyof typeof KINDS, does: (held: Held) => void])[] = [
    ['Map', (held) => held['put']!(7, 1)],
    ['Map', (held) => held['put']!(Symbol('s'), 1)],
    ['Map', (held) => Object.freeze(held)],
    ['Set', (held) => [1, 1].forEach((k) => held['put']!(k))],
    ['Set', (held) => Object.freeze(held)],
    ['bare', (held) => Object.freeze(held.items)],
  ];
  for (const [kind, does] of cases) {
    const p = await program({ 'index.js': holders(kind, 0) }, { 'index.js': holders(kind, 1) });
    const held = new p.exports['Holder']();
    held.put('a', 1);
    const own = new p.exports['Holder']();
    does(own);
    await assert.rejects(p.apply(100), /Holder#constructor items entries/, `${kind} ${String(does)}`);
    assert.ok(own.get && !(held.items instanceof Map) && !(held.items instanceof Set) && Object.getPrototypeOf(held.items) !== null);
    p.clean();
  }
});

test('a table that others hold too becomes no other object, and one that the program may have given is left alone', async () => {
  const shared: readonly ((made: string) => string)[] = [
    (made) => `this.items = ${made}; this.view = this.items;`,
    (made) => `this.items = ${made}; all.push(this.items);`,
    (made) => `this.items = ${made}; all[0] = [this.items];`,
    (made) => `this.items = ${made}; this.inner = { items: this.items };`,
    (made) => `this.items = ${made}; this.inner = new WeakRef(this.items);`,
    (made) => `this.view = this.items = ${made};`,
    (made) => `this.items = ${made}; const own = this.items; this.read = (k) => own;`,
    (made) => `const own = this.items = ${made}; this.read = (k) => own;`,
  ];
  for (const kind of ['Map', 'Set'] as const)
    for (const more of shared) {
      const p = await program({ 'index.js': holders(kind, 0, more) }, { 'index.js': holders(kind, 1, more) });
      const held = new p.exports['Holder']();
      await assert.rejects(p.apply(100), /Holder#constructor/, more(kind));
      assert.ok(held.get && !p.codes().includes('field-converted'), more(kind));
      p.clean();
    }
  for (const kind of ['Map', 'Set', 'bare'] as const) {
    const given = 'use(items) { this.items = items }';
    const codes = async (other: string): Promise<string[]> => {
      const p = await program({ 'index.js': holders(kind, 0, undefined, other) }, { 'index.js': holders(kind, 1, undefined, other) });
      p.clean();
      return p.codes('carried-with-transform');
    };
    assert.deepEqual(await codes(given), [], kind);
    const harmless =
      'drop() { this.items = null } copy() { const items = this.items; return new Set(items) } count() { return Object.keys(this.items).length }';
    assert.deepEqual(await codes(harmless), ['field-converted'], kind);
  }
});

for (const [what, keyword] of [
  ['a variable that functions write', 'let'],
  ['a constant', 'const'],
] as const)
  test(`${what} with keys that may have been numbers does not become a Map: the process refuses the patch`, async () => {
    const text = (table: string, put: string, get: string): string => `// ${what}
${keyword} all = ${table};
exports.put = (k, v) => { ${put} };
exports.get = (k) => ${get};
${keyword === 'let' ? `exports.clear = () => { all = ${table} };` : ''}`;
    const p = await program(
      { 'index.js': text('{}', 'all[k] = v', 'all[k]') },
      { 'index.js': text('new Map()', 'all.set(k, v)', 'all.get(k)') },
    );
    p.exports['put'](1, 'one');
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
    assert.equal(p.exports['get'](1), 'one');
  });
