/** What calls of a function have left where it outlives them, and that is another in its new version: the report says that it stays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

async function said(before: string, after: string): Promise<string[]> {
  assert.notEqual(before, after);
  const report = await build({ 'index.js': before }, { 'index.js': after });
  assert.notEqual(report.patch, null);
  return report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => `${code} ${path}`);
}

const P = 'class P { constructor(o) { this.o = o } get max() { return this.o.max } }\n';
const LIMITER = 'const limiter = (max) => (n) => n < max;\n';

/** What the function leaves, with `5`, or with another text that becomes the third. */
const LEFT: Readonly<Record<string, readonly [before: string, was?: string, now?: string]>> = {
  'what keeps its arguments, returned': [`${P}exports.make = () => new P({ max: 5 });`],
  'what keeps its arguments, by a name': [`${P}exports.make = () => { const p = new P({ max: 5 }); return p };`],
  'what keeps its arguments, in a list': [`${P}const list = []; exports.make = () => { list.push(new P({ max: 5 })) };`],
  'what is made once': [`${P}let p = null; exports.make = () => (p ??= new P({ max: 5 })).max;`],
  'options that are made once': ['let o; exports.make = () => { if (!o) o = { limit: 5 }; return o.limit };'],
  'a closure that sees its argument': [`${LIMITER}exports.make = () => limiter(5);`],
  'a bound function': ['const f = (m, n) => n < m; exports.make = () => f.bind(null, 5);'],
  'a bound function that listens': ["const f = (m, n) => n < m; exports.make = (e) => { e.on('x', f.bind(null, 5)) };"],
  'an object with methods': ['exports.make = () => ({ limit: 5, get() { return this.limit } });'],
  'an object with methods, by a name': ['exports.make = () => { const o = { limit: 5, get() { return this.limit } }; return o };'],
  'a method of another name': ['const f = () => 1, g = () => 2; exports.make = () => ({ run: f });', 'run: f', 'run: g'],
  'a function of another name': ['const f = () => 1, g = () => 2; exports.make = () => f;', '=> f;', '=> g;'],
  'a list of functions': ['const f = () => 1, g = () => 2; exports.make = () => [f, g];', '[f, g]', '[g, f]'],
  'a handler that gains a trap': ['exports.make = (o) => new Proxy(o, { get: (t, k) => t[k] });', 't[k] }', 't[k], has: () => true }'],
  'a handler by a name': [
    'exports.make = (o) => { const h = { get: (t, k) => t[k] }; return new Proxy(o, h) };',
    't[k] }',
    't[k], has: () => true }',
  ],
  'a handler with another trap': [
    'const no = () => false, yes = () => true; exports.make = (o) => new Proxy(o, { has: no });',
    'has: no',
    'has: yes',
  ],
  'another prototype': ['const A = { t: 1 }, B = { t: 2 }; exports.make = () => Object.create(A);', 'create(A)', 'create(B)'],
  'options with functions, for a class of another module': [
    "const { Transform } = require('node:stream'); exports.make = () => new Transform({ highWaterMark: 5, transform(c, e, done) { done(null, c) } });",
  ],
  'a property of an object that was there': ['exports.make = (app) => { app.limit = 5 }; exports.get = (app) => app.limit;'],
  'one that a method sets': ['exports.C = class { make() { this.limit = 5 } get() { return this.limit } };'],
  'an entry of a map': ['const map = new Map(); exports.make = (k) => { map.set(k, 5) };'],
  'what becomes part of an object': ['exports.make = (o) => { Object.assign(o, { a() { return 1 } }) };', '1 }', '1 }, b() { return 2 }'],
};

for (const [name, [before, was = '5', now = '9']] of Object.entries(LEFT))
  test(`it stays: ${name}`, async () => {
    const [own, ...others] = (await said(before, before.replace(was, now))).filter((one) => one.startsWith('instances-hold'));
    assert.match(own ?? '', /^instances-hold exports\.(?:make|C#make)/);
    assert.deepEqual(others, []);
  });

const TRANSIENT: Readonly<Record<string, string>> = {
  'a result': 'exports.parse = () => ({ limit: 5 }); exports.use = () => exports.parse().limit;',
  'what is thrown':
    'class Bad extends Error { constructor(code) { super(); this.code = code } }\nexports.f = () => { throw new Bad(5) }; exports.g = (e) => e.code;',
  'an error that is returned':
    'class Bad extends Error { constructor(code) { super(); this.code = code } }\nexports.f = () => new Bad(5); exports.g = (e) => e.code;',
  'what the call alone has': `${P}exports.f = () => { const p = new P({ max: 5 }); return p.max > 1 };`,
  'a list that the function is given': 'exports.f = (out) => { out.push(5) };',
  'a property that several functions set': 'exports.C = class { a() { this.at = 5 } b() { this.at = 1 } get() { return this.at } };',
  'a property that nothing reads': 'exports.f = (res) => { res.statusCode = 5 };',
  'an argument that is not kept': 'function once(n) { return n * 2 }\nexports.f = () => once(5);',
};

for (const [name, before] of Object.entries(TRANSIENT))
  test(`nothing is said of ${name}`, async () => {
    assert.deepEqual(await said(before, before.replace('5', '9')), []);
  });

const METHODS = 'const methods = { a() { return 1 } };\n';
const COPIES: Readonly<Record<string, string>> = {
  'Object.assign onto what it is given': 'exports.f = (o) => { Object.assign(o, methods) };',
  'Object.assign onto its object': 'exports.f = class { constructor() { Object.assign(this, methods) } };',
  'a new object that is returned': 'exports.f = () => Object.assign({}, methods);',
  'a new object that closures see': 'exports.f = () => { const api = { ...methods }; return () => api.b?.() };',
  'a literal': 'exports.f = () => ({ ...methods, n: 1 });',
  'a loop over its keys': 'exports.f = (o) => { for (const k of Object.keys(methods)) o[k] = methods[k] };',
};

for (const [name, text] of Object.entries(COPIES))
  test(`what was copied of a table stays: ${name}`, async () => {
    const before = METHODS + text;
    const [gains, loses] = [before.replace('1 }', '1 }, b() { return 2 }'), before.replace('a() { return 1 }', '')];
    for (const after of [gains, loses])
      assert.deepEqual(
        (await said(before, after)).filter((one) => one.startsWith('value-copied')),
        ['value-copied methods'],
      );
    assert.deepEqual(await said(before, before.replace('return 1', 'return 2')), [], 'a method that changes is the same in all copies');
  });

test('nothing is said of a table that is copied for a call, or read', async () => {
  const before = `${METHODS}exports.f = () => { const all = { ...methods }; return Object.keys(all).length }; exports.g = (k) => methods[k]?.();`;
  assert.deepEqual(await said(before, before.replace('1 }', '1 }, b() { return 2 }')), []);
  const options = 'const defaults = { limit: 5 };\nexports.f = (o) => ({ ...defaults, ...o }).limit;';
  assert.deepEqual(await said(options, options.replace('5', '9')), []);
});

const PARSE = 'const parse = (t) => t.trim();\n';
const COLLECTED: Readonly<Record<string, readonly [text: string, ...expected: string[]]>> = {
  'a list of an object': [
    'exports.C = class { constructor(all) { this.rules = all.map(parse) } get() { return this.rules } };',
    'instances-hold exports.C#constructor rules',
  ],
  'a list that a method fills': [
    'exports.C = class { constructor() { this.rules = [] } add(t) { const rule = parse(t); this.rules.push(rule) } get() { return this.rules } };',
    'instances-hold exports.C#add rules',
  ],
  'a map of an object': [
    'exports.C = class { constructor() { this.all = new Map() } add(t) { this.all.set(t, { rule: parse(t) }) } get(t) { return this.all.get(t) } };',
    'instances-hold exports.C#add all',
  ],
  'a table of the module': [
    'const all = {}; exports.add = (t) => { all[`$${t}`] = parse(t) }; exports.get = (t) => all[t];',
    'results-remembered exports.add',
  ],
  'a variable of the module': ['let own; exports.get = (t) => { if (!own) own = parse(t); return own };', 'results-remembered exports.get'],
  'a property of a function': ['exports.get = function get(t) { return (get.own ??= parse(t)) };', 'results-remembered exports.get'],
  'a list that closures see': [
    'exports.make = (all) => { const list = []; for (const t of all) list.push(parse(t)); return () => list };',
    'capture-kept exports.make list',
  ],
};

for (const [name, [text, ...expected]] of Object.entries(COLLECTED))
  test(`results of a function that has changed stay in ${name}`, async () => {
    const before = PARSE + text;
    assert.deepEqual(await said(before, before.replace('t.trim()', 't.trim().toLowerCase()')), expected);
  });

test('nothing is said of results in a list of the call, or in one that a function is given', async () => {
  const before = `${PARSE}exports.f = (all) => { const list = []; for (const t of all) list.push(parse(t)); return list }; exports.g = (t, out) => { out.push(parse(t)) };`;
  assert.deepEqual(await said(before, before.replace('t.trim()', 't.trim().toLowerCase()')), []);
});

test('an object that is made of options which gain an entry lacks that, and one that gains what the language asks for as well', async () => {
  const made = (
    options: string,
    own: string,
  ): string => `class Options { constructor(d) { this.value = { ...d } } merge(o) { Object.assign(this.value, o); return this } }
exports.Server = class { constructor(o) { o = new Options({ port: 80${options} }).merge(o); ${own}; this.port = 1 } fits(n) { return n < ${options === '' ? '9' : 'this.options.limit'} } };`;
  const kept = 'this.options = o.value';
  assert.deepEqual(await said(made('', kept), made(', limit: 100', kept)), ['instances-lack exports.Server#constructor limit']);
  assert.deepEqual(await said(made('', 'o.merge({})'), made(', limit: 100', 'o.merge({})')), [], 'no object has it');
  const list = 'exports.make = () => ({ a: 1 }); exports.use = (o) => [...o];';
  assert.deepEqual(await said(list, list.replace('a: 1', 'a: 1, *[Symbol.iterator]() { yield 2 }')), [
    'instances-lack exports.make Symbol.iterator',
  ]);
});

const OTHERWISE: Readonly<Record<string, readonly [before: string, expected: string]>> = {
  'a constant': ['const LIMIT = 5; exports.make = () => ({ limit: LIMIT, get() { return this.limit } });', 'exports.make limit'],
  'the default of an argument': ['exports.make = ({ limit = 5 } = {}) => ({ limit, get() { return this.limit } });', 'exports.make limit'],
  'a constant that it puts on an object': [
    'const LIMIT = 5; exports.make = (app) => { app.limit = LIMIT }; exports.get = (app) => app.limit;',
    'exports.make limit',
  ],
  'what it computes for an object with methods': [
    'exports.make = (o) => ({ limit: o.n * 5, get() { return this.limit } });',
    'exports.make limit',
  ],
  'an entry of an object that is frozen': [
    'exports.make = () => Object.freeze({ limit: 5, get() { return this.limit } });',
    'exports.make limit',
  ],
  'an entry of an object with methods in a field': [
    'exports.C = class { own = { limit: 5, get() { return this.limit } }; get() { return this.own.get() } };',
    'exports.C own',
  ],
};

for (const [name, [before, expected]] of Object.entries(OTHERWISE))
  test(`it stays, as it was made of: ${name}`, async () => {
    const found = (await said(before, before.replace('5', '9'))).filter((one) => one.startsWith('instances-hold'));
    assert.deepEqual(found, [`instances-hold ${expected}`]);
  });

test('a table or a pattern that changes in place is the same for what was made with it', async () => {
  const before = 'const T = { limit: 5 }, RE = /a5/; exports.make = () => ({ t: T, re: RE, get() { return this.re.test(this.t.limit) } });';
  assert.deepEqual(await said(before, before.replaceAll('5', '9')), []);
});
