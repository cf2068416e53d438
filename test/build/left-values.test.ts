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
  'options that are made once': ['let o; exports.make = () => { if (!o) o = { limit: 5 }; return o };'],
  'a closure that sees its argument': [`${LIMITER}exports.make = () => limiter(5);`],
  'the reason for which something is aborted': ["exports.make = (controller) => { controller.abort(new Error('5')) };"],
  'a bound function': ['const f = (m, n) => n < m; exports.make = () => f.bind(null, 5);'],
  'a bound function that listens': ["const f = (m, n) => n < m; exports.make = (e) => { e.on('x', f.bind(null, 5)) };"],
  'an object with methods': ['exports.make = () => ({ limit: 5, get() { return this.limit } });'],
  'an object with methods, by a name': ['exports.make = () => { const o = { limit: 5, get() { return this.limit } }; return o };'],
  'a method of another name': ['const f = () => 1, g = () => 2; exports.make = () => ({ run: f });', 'run: f', 'run: g'],
  'a function of another name': ['const f = () => 1, g = () => 2; exports.make = () => f;', '=> f;', '=> g;'],
  'a list of functions': ['const f = () => 1, g = () => 2; exports.make = () => [f, g];', '[f, g]', '[g, f]'],
  'a handler that gains a trap': ['exports.make = (o) => new Proxy(o, { get: (t, k) => t[k] });', 't[k] }', 't[k], has: () => true }'],
  'a function in the place of the one that it wraps': [
    'const one = (f) => (...a) => f(...a) + 1; exports.make = (o) => { o.f = one(o.f) };',
    'one(o.f) }',
    'one(one(o.f)) }',
  ],
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
  'an entry that is mixed in under a key of its own': [
    'const all = {}; exports.make = (k, v) => { Object.assign(all, { [k]: { v, max: 5 } }) }; exports.get = (k) => all[k].max;',
  ],
  'what a variable is given': [
    "const { Agent } = require('node:http'); let agent; exports.make = () => { agent = new Agent({ maxSockets: 5 }) }; exports.get = () => agent;",
  ],
  'a timer in a variable': [
    'let timer; const tick = () => {}; exports.make = () => { timer = setInterval(tick, 5) }; exports.stop = () => clearInterval(timer);',
  ],
  'a timer on an object': [
    'exports.C = class { make() { this.timer = setTimeout(this.tick.bind(this), 5) } tick() {} stop() { clearTimeout(this.timer) } };',
  ],
  'a time that is reckoned from now': [
    'const all = new Map(); exports.make = (k) => { all.set(k, { until: Date.now() + 5 }) }; exports.get = (k) => all.get(k).until;',
  ],
  'a property of an object that it makes': [
    'class B { get() { return this.limit } }\nexports.make = () => { const b = new B(); b.limit = 5; return b };',
  ],
  'a property of an object that it makes of another': [
    'const A = { get() { return this.limit } }; exports.make = () => { const b = Object.create(A); b.limit = 5; return b };',
  ],
  'a property of what another package makes': [
    "const http = require('node:http'); exports.make = () => { const s = http.createServer(); s.timeout = 5; return s };",
  ],
  'an entry of a literal that is given a prototype': [
    'const A = { get() { return this.limit } }; exports.make = () => Object.setPrototypeOf({ limit: 5 }, A);',
  ],
  'an entry of a literal with a prototype': [
    'const A = { get() { return this.limit } }; exports.make = () => ({ __proto__: A, limit: 5 });',
  ],
  'an entry of a plain object that code changes': [
    'exports.make = () => ({ limit: 5, n: 0 }); exports.up = (o) => { o.n++ }; exports.get = (o) => o.limit;',
  ],
  'what a function puts into a variable for it': [
    'let limit = 1; const setLimit = (n) => { limit = n }; exports.make = () => { setLimit(5) }; exports.get = () => limit;',
  ],
  'what a function puts on an object for it': [
    'const put = (o, n) => { o.limit = n }; const config = {}; exports.make = () => { put(config, 5) }; exports.get = () => config.limit;',
  ],
  'a setting of another package': ["const axios = require('axios'); exports.make = () => { axios.defaults.timeout = 5 };"],
  'what another package opens with options': ["const db = require('db'); exports.make = () => db.createPool({ max: 5 });"],
  'what an object of another package makes': [
    "exports.C = class { make() { this.query = this.db.prepare('limit 5') } get() { return this.query } };",
  ],
  'one more function that a closure sees': [
    'const a = (n) => n, b = (n) => n * 5; const all = (...list) => (n) => list.map((f) => f(n)); exports.make = () => all(a);',
    'all(a)',
    'all(a, b)',
  ],
  'what is spliced into a list': ['const list = []; exports.make = () => { list.splice(0, 0, 5) }; exports.get = () => list[0];'],
  'what a chain of calls makes': ['class B { limit(n) { this.n = n; return this } }\nexports.make = () => new B().limit(5).limit(1);'],
  'a variable of the environment': ["exports.make = () => { process.env.LIMIT = '5' }; exports.get = () => process.env.LIMIT;"],
  'a value that is kept in place of the getter': [
    "exports.C = class { get make() { const value = 5; Object.defineProperty(this, 'make', { value }); return value } };",
  ],
  'what a getter has computed in a loop': [
    'exports.C = class { get make() { if (!this.own) { let n = 0; for (let i = 0; i < 5; i++) n += i; this.own = n } return this.own } };',
  ],
  'a function in whose place there is a closure': [
    'const f = (m, c) => [m, c]; exports.make = (c) => ({ cb: f });',
    'cb: f',
    'cb: (m) => f(m, c)',
  ],
  'a function in a list in whose place there is a closure': [
    'const f = (m, c) => [m, c]; const list = []; exports.make = (c) => { list.push({ cb: f }) }; exports.run = (m) => list.map((one) => one.cb(m));',
    'cb: f',
    'cb: (m) => f(m, c)',
  ],
  'a timer that is of another kind': [
    'exports.C = class { make() { this.timer = setInterval(() => this.tick(), 5) } tick() { this.timer = null } stop() { clearTimeout(this.timer) } };',
    'setInterval',
    'setTimeout',
  ],
  'what a getter computes once': [
    'exports.C = class { constructor(t) { this.t = t } get make() { return (this.own ??= this.t.split(" ")) } };',
    'this.t.split',
    'this.t.trim().split',
  ],
  'what becomes part of an object': ['exports.make = (o) => { Object.assign(o, { a() { return 1 } }) };', '1 }', '1 }, b() { return 2 }'],
};

for (const [name, [before, was = '5', now = '9']] of Object.entries(LEFT))
  test(`it stays: ${name}`, async () => {
    const [own, ...others] = (await said(before, before.replace(was, now))).filter((one) => one.startsWith('instances-hold'));
    assert.match(own ?? '', /^instances-hold (?:exports\.make|(?:exports\.)?C#(?:get )?make)/);
    assert.deepEqual(others, []);
  });

test('an entry that is mixed in is told of by its name', async () => {
  const before = 'const all = {}; exports.make = () => { Object.assign(all, { max: 5 }) }; exports.get = () => all.max;';
  assert.deepEqual(await said(before, before.replace('5', '9')), ['instances-hold exports.make max']);
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
  'a variable that holds what a call works on':
    "let list; const next = () => list.pop(); exports.f = (s) => { list = s.split('5'); return next() };",
  'what a function puts on an object of the call':
    'const put = (o, n) => { o.limit = n }; exports.f = () => { const own = {}; put(own, 5); return own.limit };',
  'a variable of a call': "exports.f = (s) => { let text = ''; const add = () => { text = '5' }; add(); return text };",
  'a variable that several functions set': 'let at; exports.a = () => { at = 5 }; exports.b = () => { at = 1 }; exports.get = () => at;',
  'what a method makes of a text': "exports.f = (entry) => { entry.path = entry.path.replace(/5/, '') }; exports.g = (e) => e.path;",
  'what is put into a list that the function is given': 'exports.f = (out) => { out.push(String(5)) };',
  'a property of what it reads and gives back':
    "const fs = require('node:fs'); exports.f = (p) => { const s = fs.createReadStream(p); s.limit = 5; return s };",
  'what is kept of what a call is given':
    'let root; exports.f = (t) => { let value = t; if (t > 5) value = null; if (root === undefined) root = value }; exports.g = () => root;',
  'the reason for which a call aborts what it has made':
    "exports.f = async (run) => { const own = new AbortController(); const timer = setTimeout(run, 1); own.abort(new Error('5')); return timer };",
  'an argument that is not kept': 'function once(n) { return n * 2 }\nexports.f = () => once(5);',
};

for (const [name, before] of Object.entries(TRANSIENT))
  test(`nothing is said of ${name}`, async () => {
    assert.deepEqual(await said(before, before.replace('5', '9')), []);
  });

test('nothing is said of a closure that hands on what it is given', async () => {
  const before = 'const f = (m, c) => [m, c]; exports.make = () => ({ cb: f, n: 1 });';
  assert.deepEqual(await said(before, before.replace('cb: f', 'cb: (m, c) => f(m, c)')), []);
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

test('the entries of copies that are put where they last stay', async () => {
  const copied = (copy: string): string =>
    `const defaults = { limit: 5 }; const all = {};\nexports.add = (k) => { all[k] = ${copy} }; exports.get = (k) => all[k].limit;`;
  for (const copy of ['{ ...defaults }', 'Object.assign({}, defaults)'])
    assert.deepEqual(
      (await said(copied(copy), copied(copy).replace('5', '9'))).filter((one) => one.startsWith('value-copied')),
      ['value-copied defaults'],
    );
});

test('objects that calls have made lack a method that they gain, though no code of the package calls it', async () => {
  const before = 'exports.make = () => ({ a() { return 1 } });';
  assert.deepEqual(await said(before, before.replace('1 }', '1 }, b() { return 2 }')), ['instances-lack exports.make b']);
  const options = 'exports.f = (list) => list.map((n) => ({ n }));';
  assert.deepEqual(await said(options, options.replace('{ n }', '{ n, m: () => 1 }')), [], 'a result with a function');
});

test('nothing is said of a variable that is there for what the call itself calls', async () => {
  const own = (read: string): string => `let now; const low = () => now; exports.f = () => { now = 5; return low() };${read}`;
  for (const [read, expected] of [
    ['', []],
    [' exports.g = () => now;', ['instances-hold exports.f']],
  ] as const)
    assert.deepEqual(await said(own(read), own(read).replace('5', '9')), expected);
});

test('what a function is given to put somewhere, beside a list that is spread', async () => {
  const passed = (given: string): string =>
    `const own = {}; const put = (a, n) => { own.limit = n }; exports.f = (...x) => put(${given}); exports.get = () => own.limit;`;
  assert.deepEqual(await said(passed('...x, 5'), passed('...x, 9')), ['instances-hold exports.f limit']);
  assert.deepEqual(await said(passed('0, ...[5]'), passed('0, ...[9]')), ['instances-hold exports.f limit']);
  assert.deepEqual(await said(passed('5, ...x'), passed('9, ...x')), []);
});

test('what functions that call each other leave is told of each, whichever is asked first', async () => {
  const before = `const own = {};
exports.put = () => put(7, true);
function put(n, again) { own.limit = n; if (again) fill(false) }
function fill(again) { own.size = 1; if (again) put(5) }
exports.fill = () => fill(true); exports.get = () => own.limit + own.size;`;
  const after = before.replace('5', '9').replace('7', '8');
  assert.deepEqual(await said(before, after), ['instances-hold exports.put limit', 'instances-hold fill limit']);
});

test('closures keep the count that they began with', async () => {
  const before = 'exports.make = () => { let n = 5; return () => n++ };';
  assert.deepEqual(await said(before, before.replace('5', '9')), ['capture-kept exports.make']);
});

test('objects that a function has been given lack what it puts on them from now on', async () => {
  const before = 'exports.begin = (o) => { o.at = 1 }; exports.use = (o) => o.at;';
  const after = 'exports.begin = (o) => { o.at = 1; o.limit = 5 }; exports.use = (o) => o.at + o.limit;';
  assert.deepEqual(await said(before, after), ['instances-lack exports.begin limit']);
  const normalised = after.replace('o.limit = 5', 'o.limit = o.limit || 5');
  assert.deepEqual(await said(before, normalised), [], 'a default of what each call is given');
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
  'a variable that it gives a value at once': [
    'let own; exports.begin = (t) => { own = parse(t) }; exports.get = () => own;',
    'results-remembered exports.begin',
  ],
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
  'a static field': [
    'class A { static limit = 5 } exports.make = (app) => { app.limit = A.limit }; exports.get = (app) => app.limit;',
    'exports.make limit',
  ],
  'an export': [
    'exports.limit = 5; exports.make = (app) => { app.max = exports.limit }; exports.get = (app) => app.max;',
    'exports.make max',
  ],
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
