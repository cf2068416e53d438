/** Variables of the top level, and properties that constructors set, that have another name in the new version. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const source = (cache: string, hits: string, limit: string, key: string): string => `const ${cache} = new Map();
let ${hits} = 0;
const ${limit} = Number(process.env.LIMIT_OF_TEST || 2);
console.assert(${limit} > 0);
exports.put = (key, value) => { if (${cache}.size < ${limit}) ${cache}.set(${key}, value) };
exports.get = (key) => { ${hits}++; return ${cache}.get(${key}) };
exports.stats = () => ({ hits: ${hits}, size: ${cache}.size });
exports.all = ${cache};`;

test('a variable that has another name goes on with what the program has put there', async () => {
  const p = await program(
    { 'index.js': source('cache', 'hits', 'limit', 'key') },
    { 'index.js': source('store', 'reads', 'most', 'String(key)') },
  );
  const { put, get, stats, all } = p.exports;
  put('1', 'one');
  get('1');
  assert.deepEqual(p.codes('warning'), []);
  assert.equal(p.codes().filter((code) => code === 'names-paired').length, 3);
  await p.apply();
  assert.deepEqual([get(1), stats(), p.exports['all'] === all], ['one', { hits: 2, size: 1 }, true]);
  put(2, 'two');
  put(3, 'three');
  assert.deepEqual(
    [...all],
    [
      ['1', 'one'],
      ['2', 'two'],
    ],
  );
  await p.revert();
  assert.deepEqual([get(1), get('2'), stats()], [undefined, 'two', { hits: 4, size: 2 }]);
});

test('what a call made as the module loaded is not made again', async () => {
  const text = (server: string, close: string): string => `const { EventEmitter } = require('events');
const size = 2;
const make = (n) => Array(n).fill('x');
const ${server} = new EventEmitter().setMaxListeners(size);
const ${server}List = make(size);
exports.on = (fn) => ${server}.on('x', fn);
exports.say = (x) => { ${server}.emit('x', ${close}); return ${server}List.push(x) };`;
  const p = await program({ 'index.js': text('server', 'x') }, { 'index.js': text('main', 'String(x)') });
  const heard: unknown[] = [];
  p.exports['on']((x: unknown) => heard.push(x));
  await p.apply();
  assert.deepEqual([p.exports['say'](1), heard, p.codes('warning')], [3, ['1'], []]);
  await p.revert();
});

test('in an ES module', async () => {
  const p = await program(
    { 'index.mjs': 'const list = [];\nexport const put = (x) => list.push(x);' },
    { 'index.mjs': 'const seen = [];\nexport const put = (x) => seen.push(String(x));' },
  );
  p.exports['put']('a');
  await p.apply();
  assert.equal(p.exports['put']('b'), 2);
  await p.revert();
});

for (const [what, before, after] of [
  [
    'it is used in other ways',
    'let timer = null;\nexports.start = () => { timer = setTimeout(() => {}, 1) };\nexports.stop = () => { clearTimeout(timer); timer = null };',
    'let socket = null;\nexports.start = (open) => { socket = open() };\nexports.stop = () => { socket.end(); socket = null };',
  ],
  [
    'two may be it',
    'const a = new Set();\nexports.put = (x) => { a.add(x) };',
    'const b = new Set(), c = new Set();\nexports.put = (x) => { b.add(x); c.add(x) };',
  ],
  [
    'it may be two',
    'const b = new Set(), c = new Set();\nexports.put = (x) => { b.add(x); c.add(x) };',
    'const a = new Set();\nexports.put = (x) => { a.add(x) };',
  ],
  [
    'it begins with what may have changed',
    'const size = 1;\nconst list = Array(size);\nexports.put = (x) => { list.push(x); return list.length };',
    'const size = 2;\nconst all = Array(size);\nexports.put = (x) => { all.push(x); return all.length };',
  ],
  [
    'it begins with what may have changed behind another name',
    'const base = 1, size = base;\nconst pool = require("x")(size);\nexports.get = () => pool.get();',
    'const base = 2, size = base;\nconst all = require("x")(size);\nexports.get = () => all.get(1);',
  ],
  [
    'it begins otherwise',
    'const list = [];\nexports.put = (x) => { list.push(x) };',
    'const all = new Set();\nexports.put = (x) => { all.add(x) };',
  ],
  [
    'it is part of another object',
    'let hits = 0;\nexports.get = (x) => { hits++; return x };',
    'const state = { hits: 0 };\nexports.get = (x) => { state.hits++; return x };',
  ],
  [
    'code has the old name for something else',
    'const list = [];\nexports.put = (x) => list.push(x);',
    'const seen = [];\nexports.put = (x) => { const list = x; return seen.push(list) };',
  ],
] as const)
  test(`new code begins anew, and the report says so, where ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    const codes = verdicts.map(({ code }) => code);
    assert.ok(codes.includes('state-left') && !codes.includes('names-paired'), JSON.stringify(verdicts, null, 1));
  });

for (const [what, before, after] of [
  [
    'other functions use it',
    'const list = [];\nexports.put = (x) => { list.push(x) };\nexports.get = (x) => x;',
    'const all = [];\nexports.put = (x) => x;\nexports.get = (x) => { all.push(x); return x };',
  ],
  ['nothing holds it', "const name = 'a';\nexports.put = (x) => x + name;", "const text = 'a';\nexports.put = (x) => text + x;"],
] as const)
  test(`it is no other variable, or none that matters, where ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    const codes = verdicts.map(({ code }) => code);
    assert.ok(!codes.includes('state-left') && (!codes.includes('names-paired') || what === 'nothing holds it'), what);
  });

const fields = (cache: string, hits: string, key: string, beside = ''): string => `class Store {
  constructor(name) {
    this.name = name;
    this.${cache} = new Map();
    this.${hits} = 0; ${beside}
  }
  put(key, value) { this.${cache}.set(${key}, value) }
  get(key) { this.${hits}++; return this.${cache}.get(${key}) }
  stats() { return [this.${hits}, this.${cache}.size] }
}
exports.Store = Store;`;

test('a property that has another name goes on with what objects have there', async () => {
  const p = await program({ 'index.js': fields('cache', 'hits', 'key') }, { 'index.js': fields('entries', 'reads', 'String(key)') });
  const { Store } = p.exports;
  const [store, other] = [new Store('a'), new Store('b')];
  store.put('1', 'one');
  store.get('1');
  delete other.cache;
  assert.deepEqual(
    p.report.verdicts.filter(({ code }) => code === 'field-added').map(({ path, reason }) => [path, reason.replace(/.*: /, '')]),
    [
      ['Store#entries', 'what they have as cache'],
      ['Store#reads', 'what they have as hits'],
    ],
  );
  await p.apply();
  assert.deepEqual([store.get(1), store.stats(), other.stats()], ['one', [2, 1], [0, 0]]);
  store.put(2, 'two');
  await p.revert();
  assert.deepEqual([store.get('2'), store.get(2), 'entries' in store], ['two', undefined, false]);
});

const shared = (begin: string, name: string, more = ''): string => `class Command {
  constructor() { ${begin} }
  add(x) { this.${name}.push(x); return this }
  size() { return this.${name}.length }
  ${more}
}
exports.Command = Command;`;

test('a property is the one that objects have under another name where the new constructor gives both one object', async () => {
  const after = shared(
    'this.registered = []; this._list = this.registered;',
    'registered',
    'both() { return this._list === this.registered }',
  );
  const p = await program({ 'index.js': shared('this._list = [];', '_list') }, { 'index.js': after });
  const held = new p.exports.Command().add('a');
  assert.deepEqual(
    p.report.verdicts
      .filter(({ code }) => /^(?:field|state|instances)-/.test(code))
      .map(({ path, reason }) => [path, reason.replace(/.*: /, '')]),
    [['Command#registered', 'what they have as _list']],
  );
  await p.apply();
  assert.deepEqual([held.size(), held.add('b').size(), held.both(), new p.exports.Command().add('x').both()], [1, 2, true, true]);
  await p.revert();
  assert.deepEqual([held.size(), 'registered' in held], [2, false]);
});

for (const [what, begin, more] of [
  ['a method gives the old name another object', 'this.registered = []; this._list = this.registered;', 'clear() { this._list = [] }'],
  ['a method gives the new one another object', 'this.registered = []; this._list = this.registered;', 'clear() { this.registered = [] }'],
  ['it begins with something else', "this.registered = ['x']; this._list = this.registered;", ''],
  ['it is no object', 'this.registered = 5; this._list = this.registered;', ''],
] as const)
  test(`a property that stands beside another begins as the new code says where ${what}`, async () => {
    const begun = begin.includes('5') ? 'this._list = 5;' : 'this._list = [];';
    const { verdicts } = await build({ 'index.js': shared(begun, '_list') }, { 'index.js': shared(begin, 'registered', more) });
    assert.ok(
      verdicts.every(({ reason }) => !reason.includes('what they have as')),
      JSON.stringify(verdicts, null, 1),
    );
  });

for (const [what, before, after, more = ''] of [
  ['the new version still says the old name', fields('cache', 'hits', 'key'), fields('entries', 'reads', 'key', '// cache, hits')],
  ['another file says it', fields('cache', 'hits', 'key'), fields('entries', 'reads', 'key'), 'module.exports = (x) => x.cache + x.hits;'],
  [
    'it is used in other ways',
    'class A { constructor() { this.timer = null } start() { this.timer = setTimeout(go) } stop() { clearTimeout(this.timer) } }\nexports.A = A;',
    'class A { constructor() { this.socket = null } start() { this.socket = open() } stop() { this.socket.end() } }\nexports.A = A;',
  ],
] as const)
  test(`a property begins as the new code says where ${what}`, async () => {
    const files = more === '' ? {} : { 'other.js': more };
    const { verdicts } = await build({ 'index.js': before, ...files }, { 'index.js': after, ...files });
    assert.ok(verdicts.some(({ code }) => code === 'field-added'));
    assert.ok(verdicts.every(({ reason }) => !reason.includes('what they have as')));
  });

const kept = `const seen = new Set();
exports.put = (key) => { seen.add(key) };
exports.has = (key) => seen.has(key);`;
const elsewhere = 'exports.put = () => {}; exports.has = () => false;';

for (const [what, before, after, isSaid] of [
  [
    'a file that is new',
    kept,
    kept
      .replace('const seen = new Set()', "const store = require('./store')")
      .replace('seen.add', 'store.put')
      .replace('seen.has', 'store.has'),
    true,
  ],
  [
    'one part of a file that is new',
    kept,
    "const { put, has } = require('./store');\nexports.put = (key) => { put(key) };\nexports.has = (key) => has(key);",
    true,
  ],
  [
    'a file, where nothing was put into the variable',
    "const names = ['a'];\nexports.has = (key) => names.includes(key);",
    "const store = require('./store');\nexports.has = (key) => store.has(key);",
    false,
  ],
  [
    'a file, in functions that did not use the variable',
    `${kept}\nexports.run = (x) => x;`,
    "const store = require('./store');\nexports.put = () => {};\nexports.has = () => true;\nexports.run = (x) => store.has(x);",
    false,
  ],
] as const)
  test(`what the program put into a variable that has gone, where functions ask ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after, 'store.js': elsewhere });
    const said = verdicts.filter(({ code }) => code === 'state-left');
    assert.equal(said.length > 0, isSaid);
    for (const { reason } of said) assert.match(reason, /^functions ask \.\/store where they used seen: what that holds stays there$/);
  });

/** Where the new version keeps what a variable of the module held. */
const MOVED: Readonly<Record<string, readonly [after: Readonly<Record<string, string>>, path: string]>> = {
  'a static field of a new class': [
    {
      'index.js':
        "const other = require('./other.js'); exports.other = other; class S { static all = new Map() } exports.put = (k) => { S.all.set(k, 1) }; exports.has = (k) => S.all.has(k);",
    },
    'S',
  ],
  'a module that is there': [
    {
      'index.js':
        "const other = require('./other.js'); exports.other = other; exports.put = (k) => { other.put(k) }; exports.has = (k) => other.has(k);",
      'other.js': 'exports.none = () => 0; const all = new Map(); exports.put = (k) => { all.set(k, 1) }; exports.has = (k) => all.has(k);',
    },
    'all',
  ],
};

for (const [where, [after, path]] of Object.entries(MOVED))
  test(`state that the new version keeps elsewhere is told of: ${where}`, async () => {
    const before = {
      'index.js':
        "const other = require('./other.js'); exports.other = other; const all = new Map(); exports.put = (k) => { all.set(k, 1) }; exports.has = (k) => all.has(k);",
      'other.js': 'exports.none = () => 0;',
    };
    const { verdicts } = await build(before, { ...before, ...after });
    assert.deepEqual(
      verdicts.filter(({ verdict }) => verdict === 'warning').map((row) => `${row.code} ${row.path}`),
      [`state-left ${path}`],
    );
  });

test('state that has gone with all that used it is no matter', async () => {
  const before = 'let asked = 0; exports.get = () => { asked++; return 1 };';
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': 'exports.get = () => 1;' });
  assert.ok(verdicts.every(({ code }) => code !== 'state-left'));
});
