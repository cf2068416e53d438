/** What functions have put into tables that last, where the new version puts there something else, or puts it elsewhere: the report says that it stays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

async function said(before: string, after: string): Promise<string[]> {
  assert.notEqual(before, after);
  const report = await build({ 'index.js': before }, { 'index.js': after });
  assert.notEqual(report.patch, null);
  return report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => `${code} ${path}`);
}

const POSTS = "const posts = []; const esc = (s) => s.replace(/&/g, '&amp;');\n";
const MAP = 'const map = new Map(); exports.get = (k) => map.get(k);\n';

/** What is put there otherwise, with the verdict's path. */
const OTHERWISE: Readonly<Record<string, readonly [before: string, was: string, now: string, path: string]>> = {
  'what is escaped as it is read': [
    `${POSTS}exports.add = (s) => { posts.push(esc(s)) }; exports.all = () => posts.map((p) => p);`,
    'push(esc(s)) }; exports.all = () => posts.map((p) => p)',
    'push(s) }; exports.all = () => posts.map((p) => esc(p))',
    'exports.add posts',
  ],
  'an entry that is escaped as it is read': [
    `const stats = { last: '' }; ${POSTS}exports.set = (s) => { stats.last = esc(s) }; exports.last = () => String(stats.last);`,
    'esc(s) }; exports.last = () => String(stats.last)',
    's }; exports.last = () => esc(stats.last)',
    'exports.set stats.last',
  ],
  'what is put under a key in a branch alone': [
    `const all = {}; exports.put = (k, v) => { all[k] = v; }; exports.get = (k) => all[k];`,
    'all[k] = v;',
    'if (all[k]) all[k] = { ...all[k], ...v }; else all[k] = v;',
    'exports.put all',
  ],
  'what a function that is called at once puts into a part of what another holds': [
    `module.exports = (lib) => { lib.update = (name, given) => {
      const own = lib.tables[name]; Object.keys(given).forEach((key) => { own[key] = given[key]; }); }; };`,
    'given[key]; }',
    'given[key].trim(); }',
    'module.exports/lib.update/<forEach> tables',
  ],
  'what is put between others': [
    'const all = []; exports.put = (i, v) => { all.splice(i, 0, v) }; exports.get = (i) => all[i];',
    '0, v)',
    '0, v.trim())',
    'exports.put all',
  ],
  'what is put by Reflect.set': [
    'const all = {}; exports.put = (k, v) => { Reflect.set(all, k, v) }; exports.get = (k) => all[k];',
    'all, k, v)',
    'all, k, v.trim())',
    'exports.put all',
  ],
  'what is put as an object by Reflect.set': [
    'const all = {}; exports.put = (k, v) => { Reflect.set(all, k, { n: v }) }; exports.get = (k) => all[k].n;',
    'n: v',
    'n: v.trim()',
    'exports.put all',
  ],
  'what is defined': [
    'const all = {}; exports.put = (k, v) => { Object.defineProperty(all, k, { value: v }) }; exports.get = (k) => all[k];',
    'value: v',
    'value: v.trim()',
    'exports.put all',
  ],
  'what is computed with another method': [
    `const { createHash } = require('node:crypto'); ${MAP}exports.put = (k, v) => { map.set(k, createHash('sha1').update(v).digest('hex')) };`,
    'sha1',
    'sha256',
    'exports.put map',
  ],
  'what is left of what is given': [
    'const all = {}; exports.set = (o) => { Object.assign(all, o) }; exports.get = (k) => all[k];',
    'Object.assign(all, o)',
    'const { x, ...rest } = o; Object.assign(all, rest)',
    'exports.set all',
  ],
  'what a pattern takes of a list': [
    "const all = []; exports.add = (s) => { const [a, b] = s.split(' '); all.push({ a, b }) }; exports.get = (i) => all[i].a;",
    'const [a, b]',
    'const [b, a]',
    'exports.add all',
  ],
  'what is put there by another function as well': [
    `${MAP}exports.put = (k, v) => { map.set(k, v) }; exports.touch = (k) => k;`,
    '=> k;',
    '=> { map.set(k, 1) };',
    'exports.touch map',
  ],
  'an entry of what is put there': [
    `const half = (v) => v / 2; ${MAP}exports.put = (k, v) => { map.set(k, { v: half(v) }) };`,
    '{ v: half(v) }',
    '{ v }',
    'exports.put map',
  ],
  'an object without a prototype': [`${MAP}exports.put = (k) => { map.set(k, {}) };`, '{})', 'Object.create(null))', 'exports.put map'],
  'what cannot be changed': [
    `${MAP}exports.put = (k) => { map.set(k, { n: 1 }) };`,
    '{ n: 1 })',
    'Object.freeze({ n: 1 }))',
    'exports.put map',
  ],
  'a list of each object': [
    'exports.L = class { constructor() { this.all = [] } add(v) { this.all.push(v) } first() { return this.all[0] } };',
    'push(v)',
    'push(v.trim())',
    'exports.L#add all',
  ],
  'a cache that is only filled': [
    'const cache = new Map(); exports.put = (k, v) => { cache.set(k, v.trim()) }; exports.get = (k) => cache.get(k);',
    'v.trim()',
    'v.trimEnd()',
    'exports.put cache',
  ],
  'a cache into which only new code looks': [
    'exports.C = class { constructor() { this.cache = new Map() } get(k) { const v = k.trim(); this.cache.set(k, v); return v } };',
    'const v = k.trim();',
    'if (this.cache.has(k)) return this.cache.get(k); const v = k.trimEnd();',
    'exports.C#get cache',
  ],
  'a private cache': [
    'exports.C = class { #cache = new Map(); get(k) { let v = this.#cache.get(k); if (!v) this.#cache.set(k, (v = k.trim())); return v } };',
    'k.trim()',
    'k.trimEnd()',
    'exports.C#get #cache',
  ],
  'a list that is called a cache': [
    'const cache = []; exports.put = (v) => { cache.push(v.trim()) }; exports.has = (v) => cache.includes(v);',
    'v.trim()',
    'v.trimEnd()',
    'exports.put cache',
  ],
  'a list within what the module holds': [
    'const state = { items: [] }; exports.put = (v) => { state.items.push(v) }; exports.all = () => state.items;',
    'push(v)',
    'push(v.trim())',
    'exports.put items',
  ],
  'a map within what an object holds': [
    'exports.C = class { constructor(o) { this.o = o } put(k, v) { this.o.kept.set(k, v) } get(k) { return this.o.kept.get(k) } };',
    'set(k, v)',
    'set(k, v.trim())',
    'exports.C#put kept',
  ],
  'a table of a function, and of the exports': [
    'exports.kept = {}; exports.put = (k, v) => { exports.kept[k] = v }; exports.get = (k) => exports.kept[k];',
    '[k] = v',
    '[k] = v.trim()',
    'exports.put kept',
  ],
  'a list within what closures share': [
    'exports.make = () => { const own = { items: [] }; return { put(v) { own.items.push(v) }, all: () => own.items } };',
    'push(v)',
    'push(v.trim())',
    'exports.make/<return>.put items',
  ],
  'a list of a class': [
    'exports.C = class C { static items = []; static put(v) { C.items.push(v) } static all() { return C.items } };',
    'push(v)',
    'push(v.trim())',
    'exports.C.put items',
  ],
  'a table that a call makes': [
    'const make = () => new Map(); exports.make = make; const map = make(); exports.put = (k, v) => { map.set(k, v.x) }; exports.get = (k) => map.get(k);',
    'v.x',
    'v.y',
    'exports.put map',
  ],
  'a list by a name of the function': [
    'const items = []; exports.put = (k, v) => { const own = items; own.push(v.x) }; exports.all = () => items;',
    'v.x',
    'v.y',
    'exports.put items',
  ],
  'a list that is taken out of what holds it': [
    'exports.C = class { put(v) { const { items } = this; items.push(v.x) } all() { return this.items } };',
    'v.x',
    'v.y',
    'exports.C#put items',
  ],
  'a list that is taken out of what the module holds': [
    'const state = { items: [] }; exports.put = (v) => { const { items: own } = state; own.push(v.x) }; exports.all = () => state.items;',
    'v.x',
    'v.y',
    'exports.put items',
  ],
  'a list that a map holds': [
    'const map = new Map(); exports.put = (k, v) => { map.get(k).push(v.x) }; exports.get = (k) => map.get(k);',
    'v.x',
    'v.y',
    'exports.put map',
  ],
  'a row of a table': [
    'const rows = {}; exports.put = (k, j, v) => { rows[k][j] = v.x }; exports.get = (k) => rows[k];',
    'v.x',
    'v.y',
    'exports.put rows',
  ],
  'a list of a row of a table': [
    'exports.C = class { put(k, v) { this.rows[k].cells.push(v.x) } get(k) { return this.rows[k].cells } };',
    'v.x',
    'v.y',
    'exports.C#put cells',
  ],
  'a list that is made anew with one more': [
    'let items = []; exports.put = (k, v) => { items = [...items, v.x] }; exports.all = () => items;',
    'v.x',
    'v.y',
    'exports.put items',
  ],
  'a list that is joined with one more': [
    'let items = []; exports.put = (k, v) => { items = items.concat(v.x) }; exports.all = () => items;',
    'v.x',
    'v.y',
    'exports.put items',
  ],
  'a table that is made anew with one more': [
    'exports.C = class { put(k, v) { this.table = { ...this.table, [k]: v.x } } get(k) { return this.table[k] } };',
    'v.x',
    'v.y',
    'exports.C#put table',
  ],
  'a property of what is put there': [
    "const all = []; exports.add = () => { const one = {}; one.state = 'open'; all.push(one) }; exports.open = () => all.filter((one) => one.state === 'open').length;",
    "'open'",
    "'opened'",
    'exports.add state',
  ],
};

for (const [what, [before, was, now, path]] of Object.entries(OTHERWISE))
  test(`what functions have put into tables is told of: ${what}`, async () => {
    assert.deepEqual(await said(before, before.replaceAll(was, now)), [`instances-hold ${path}`]);
  });

/** What is put, or counted, elsewhere. */
const ELSEWHERE: Readonly<Record<string, readonly [before: string, after: string, path: string]>> = {
  'another map': [
    'const a = new Map(), b = new Map(); exports.b = b; exports.put = (k, v) => { a.set(k, v) }; exports.get = (k) => a.get(k);',
    'const a = new Map(), b = new Map(); exports.b = b; exports.put = (k, v) => { b.set(k, v) }; exports.get = (k) => b.get(k);',
    'exports.put b',
  ],
  'an index beside the list': [
    'const all = []; exports.put = (k, v) => { all.push({ k, v }) }; exports.get = (k) => all.find((one) => one.k === k);',
    'const all = []; const index = new Map(); exports.put = (k, v) => { const one = { k, v }; all.push(one); index.set(k, one) }; exports.get = (k) => index.get(k); exports.all = () => all;',
    'exports.put index',
  ],
  'an index of each object': [
    'exports.T = class { constructor() { this.all = [] } put(k, v) { this.all.push({ k, v }) } get(k) { return this.all.find((one) => one.k === k) } };',
    'exports.T = class { constructor() { this.all = []; this.index = new Map() } put(k, v) { this.all.push({ k, v }); this.index.set(k, v) } get(k) { return this.index.get(k) } };',
    'exports.T#put index',
  ],
  'a count beside the list': [
    'const all = []; exports.put = (v) => { all.push(v) }; exports.size = () => all.length;',
    'const all = []; let size = 0; exports.put = (v) => { all.push(v); size++ }; exports.size = () => size;',
    'exports.put size',
  ],
  'an index of the objects themselves': [
    'const all = []; exports.T = class { add() { all.push(this) } }; exports.get = (k) => all.find((one) => one.k === k);',
    'const all = []; const index = new Map(); exports.T = class { add() { all.push(this); index.set(this.k, this) } }; exports.get = (k) => index.get(k); exports.all = () => all;',
    'exports.T#add index',
  ],
  'a count of each object': [
    'exports.L = class { constructor() { this.all = [] } put(v) { this.all.push(v) } count() { return this.all.length } };',
    'exports.L = class { constructor() { this.all = []; this.size = 0 } put(v) { this.all.push(v); this.size++ } count() { return this.size } };',
    'exports.L#put size',
  ],
  'a property in place of one that has gone': [
    'exports.L = class { constructor() { this.locked = false } lock() { if (this.locked) return false; this.locked = true; return true } };',
    'exports.L = class { constructor() { this.owners = 0 } lock() { if (this.owners > 0) return false; this.owners++; return true } };',
    'exports.L#lock owners',
  ],
};

for (const [what, [before, after, path]] of Object.entries(ELSEWHERE))
  test(`what functions have put into a table is not in another: ${what}`, async () => {
    assert.deepEqual(await said(before, after), [`state-left ${path}`]);
  });

/** What is given one form by a function, and read in that form by another. */
const FORM = ['hex', 'base64'] as const;
const REWRITTEN: Readonly<Record<string, readonly [before: string, path: string]>> = {
  'a property': [
    "exports.A = class { put(v) { this.v = Buffer.from(v).toString('hex') } get() { return Buffer.from(this.v, 'hex').toString() } };",
    'exports.A#put v',
  ],
  'a variable of the module': [
    "let kept; exports.put = (v) => { kept = Buffer.from(v).toString('hex') }; exports.get = () => Buffer.from(kept, 'hex').toString();",
    'exports.put kept',
  ],
  'a variable that closures share': [
    "exports.make = () => { let kept; return { put(v) { kept = Buffer.from(v).toString('hex') }, get: () => Buffer.from(kept, 'hex').toString() } };",
    'exports.make/<return>.put kept',
  ],
};

for (const [what, [before, path]] of Object.entries(REWRITTEN)) {
  test(`what functions have left in another form is told of: ${what}`, async () => {
    assert.deepEqual(await said(before, before.replaceAll(...FORM)), [`instances-hold ${path}`]);
  });

  const isOfModule = what === 'a variable of the module';
  test(`${isOfModule ? 'so it is' : 'nothing is said'} where who reads it is the same: ${what}`, async () => {
    assert.deepEqual(await said(before, before.replace(...FORM)), isOfModule ? [`instances-hold ${path}`] : []);
  });
}

const LITERALS: Readonly<Record<string, string>> = {
  'a short name, which is a part of others':
    'exports.R = class { constructor() { this.all = [] } put(p) { this.all.push({ p }) } run(u) { return this.all.filter((one) => one.ENTRY) } };',
  'a variable that is put somewhere':
    'exports.R = class { constructor() { this.all = [] } put(p) { const one = { p }; this.all.push(one) } run(u) { return this.all.filter((one) => one.ENTRY) } };',
  'a variable that becomes a property':
    'exports.R = class { put(p) { const one = { p }; if (this.last) this.last.next = one; this.last = one } run() { return this.last.ENTRY } };',
  'a variable that closures see': 'exports.R = (p) => { const one = { p }; return { put: () => one.p, run: () => one.ENTRY } };',
};
for (const [what, text] of Object.entries(LITERALS))
  test(`what lacks an entry is told of: ${what}`, async () => {
    const before = text.replace('ENTRY', 'p');
    const after = text.replace('{ p }', '{ p, re: p + 1 }').replace('ENTRY', 're');
    const lacking = (await said(before, after)).filter((one) => one.startsWith('instances-lack'));
    assert.deepEqual(
      lacking.map((one) => one.replace(/.* /, '')),
      ['re'],
    );
  });

const CLEANED: Readonly<Record<string, readonly [before: string, was: string, now: string, path: string]>> = {
  'by a method': [
    'exports.C = class { set(n) { this.name = n } get() { return this.name } };',
    'name = n',
    'name = n.trim()',
    'exports.C#set name',
  ],
  'by a function': [
    'let own = {}; exports.set = (o) => { own = o }; exports.get = () => own;',
    'own = o',
    'own = structuredClone(o)',
    'exports.set own',
  ],
  'by a class': [
    'class Own { constructor(o) { Object.assign(this, o) } } let own; exports.set = (o) => { own = o }; exports.get = () => own; exports.Own = Own;',
    'own = o }',
    'own = new Own(o) }',
    'exports.set own',
  ],
  'as an object of the class that it was': [
    'let own; exports.set = (o) => { own = o }; exports.get = () => own;',
    'own = o }',
    'own = new o() }',
    'exports.set own',
  ],
  'in an argument of the function around it': [
    'exports.make = (own) => ({ set(k) { own = k }, get: () => own });',
    'own = k',
    'own = k.trim()',
    'exports.make/<return>.set own',
  ],
  'in a closure': [
    'let own; exports.make = (k) => () => { own = k }; exports.get = () => own;',
    'own = k',
    'own = k.trim()',
    'exports.make/<return>',
  ],
  'beside closures': [
    'let own; exports.set = (k) => { const f = () => 1; own = k; const g = () => 2; return [f, g] }; exports.get = () => own;',
    'own = k',
    'own = k.trim()',
    'exports.set own',
  ],
  'as a part of it': ['let own; exports.set = (k) => { own = k }; exports.get = () => own;', 'own = k', 'own = k.id', 'exports.set own'],
  'in an entry of a table': [
    'const last = { own: 1 }; exports.set = (k) => { last.own = k.id }; exports.get = () => last.own;',
    'k.id',
    'k.name',
    'exports.set last.own',
  ],
  'in a text': ['let own; exports.set = (k) => { own = k }; exports.get = () => own;', 'own = k', 'own = `x-${k}`', 'exports.set own'],
};
for (const [what, [before, was, now, path]] of Object.entries(CLEANED))
  test(`what was kept as it was given stays so: ${what}`, async () => {
    assert.deepEqual(
      await said(
        before,
        before.replace(was, () => now),
      ),
      [`instances-hold ${path}`],
    );
  });

const OWN = 'exports.C = class { set(k, v) { this.own = k } get() { return this.own } };';
const AS_IT_WAS: Readonly<Record<string, readonly [before: string, was: string, now: string]>> = {
  'and nobody asks': ['let own; exports.set = (k) => { own = k };', 'own = k', 'own = k.trim()'],
  'made of something else in both': [OWN.replace('own = k', 'own = k.trim()'), 'k.trim()', 'k.trimEnd()'],
  'beside something else': [OWN, 'own = k', 'own = k; this.other = k.trim()'],
  'and was another argument': [OWN, 'own = k', 'own = v.trim()'],
  'and is a part of the argument': [OWN, 'own = k', 'own = k.id'],
  'and is what the argument gives': [OWN, 'own = k', 'own = k()'],
  'and is over with the call': ['exports.set = (k) => { let own; own = k; return [own, own] };', 'own = k', 'own = k.trim()'],
};
for (const [what, [before, was, now]] of Object.entries(AS_IT_WAS))
  test(`nothing is said of what is kept ${what}`, async () => {
    assert.deepEqual(await said(before, before.replace(was, now)), []);
  });

const CODED =
  'const a = (v) => v + 1, b = (v) => v + 2; exports.both = [a, b]; let kept; exports.put = (v, w) => { kept = a(v) }; exports.get = () => a(kept);';

test('what is made by another function, and read by another, is told of, and not that it is made of another argument', async () => {
  const other = CODED.replace('kept = a(v)', 'kept = b(v)').replace('=> a(kept)', '=> b(kept)');
  assert.deepEqual(await said(CODED, other), ['instances-hold exports.put kept']);
  assert.deepEqual(await said(CODED, CODED.replace('a(v)', 'a(w)').replace('=> a(kept)', '=> a(kept) + 1')), []);
});

test('an index beside what an object is itself', async () => {
  const before =
    'exports.R = class extends Map { add(x) { this.set(x.id, x) } named(n) { return [...this.values()].find((x) => x.name === n) } };';
  const after =
    'exports.R = class extends Map { #names = new Map(); add(x) { this.set(x.id, x); this.#names.set(x.name, x) } named(n) { return this.#names.get(n) } };';
  assert.deepEqual(await said(before, after), ['state-left exports.R#add #names']);
});

test('the store of a context that lacks an entry is told of', async () => {
  const before = `const { AsyncLocalStorage } = require('node:async_hooks');
const context = new AsyncLocalStorage();
exports.run = (f) => context.run({ id: 1 }, f);
exports.id = () => context.getStore().id;`;
  const after = before.replace('{ id: 1 }', "{ id: 1, tag: 'a' }").replace('getStore().id', 'getStore().tag');
  assert.deepEqual(await said(before, after), ['instances-lack exports.run tag']);
  const own = (text: string): string =>
    text.replace('new AsyncLocalStorage()', '{ run: (o, f) => f(o) }').replace('context.getStore()', '({})');
  assert.deepEqual(await said(own(before), own(after)), []);
});

test('an object of another class that a program has been given is told of', async () => {
  const before = 'class A { n() { return 1 } } class B { n() { return 2 } } exports.both = [A, B]; exports.make = () => new A();';
  assert.deepEqual(await said(before, before.replace('new A()', 'new B()')), ['instances-hold exports.make']);
});

test('an entry under a name that is no word is told of where it is read', async () => {
  const before = `${MAP}exports.put = (k) => { map.set(k, { 'x-a': 1 }) }; exports.id = (k) => map.get(k)['x-a'];`;
  assert.deepEqual(await said(before, before.replaceAll('x-a', 'x-b')), ['instances-lack exports.put x-b']);
});

test('what a stream is piped into otherwise is told of', async () => {
  const before = 'exports.start = (source, one, other) => { source.pipe(one) };';
  assert.deepEqual(await said(before, before.replace('pipe(one)', 'pipe(other)')), ['set-up-kept exports.start']);
});

/** Where all is as it was, or nothing looks for it. */
const SILENT: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'what was put there in all branches is put there in two': [
    'const all = {}; exports.put = (k, v) => { all[k] = v; }; exports.get = (k) => all[k];',
    'const all = {}; exports.put = (k, v) => { if (v.own) all[k] = v; else if (v.other) all[k] = v; }; exports.get = (k) => all[k];',
  ],
  'something else is put there under another key': [
    'const all = {}; exports.put = (k, v) => { all[k] = v; }; exports.get = (k) => all[k];',
    'const all = {}; exports.put = (k, v) => { all[k] = v; all[v] = k.trim(); }; exports.get = (k) => all[k];',
  ],
  'an argument by another name': [
    `${MAP}exports.put = (k, v) => { map.set(k, v) };`,
    `${MAP}exports.put = (key, value) => { if (key) map.set(key, value) };`,
  ],
  'a value by a name of its own': [
    `${MAP}exports.put = (k, v) => { map.set(k, v + 1) };`,
    `${MAP}exports.put = (k, v) => { const more = v + 1; map.set(k, more) };`,
  ],
  'a copy that is written otherwise': [
    'const all = []; const extend = Object.assign; exports.put = (a, b) => { all.push(extend(a, b)) }; exports.all = () => all;',
    'const all = []; const extend = Object.assign; exports.put = (a, b) => { all.push({ ...a, ...b }) }; exports.all = () => all; exports.extend = extend;',
  ],
  'what is left of what another was given': [
    'const all = {}; exports.set = (o, p) => { Object.assign(all, o); return p }; exports.get = (k) => all[k];',
    'const all = {}; exports.set = (o, p) => { const { x, ...rest } = p; Object.assign(all, o); return rest }; exports.get = (k) => all[k];',
  ],
  'what is put into a table that nothing was put into': [
    'const all = new Map(); exports.touch = (k) => k; exports.get = (k) => all.get(k);',
    'const all = new Map(); exports.touch = (k) => { all.set(k, 1) }; exports.get = (k) => all.get(k);',
  ],
  'what was put there in another way': [
    'const all = []; exports.put = (k) => { all.push(k) }; exports.more = (list) => { let own; (own = all).push.apply(own, list) }; exports.get = (i) => all[i];',
    'const all = []; exports.put = (k) => { all.push(k) }; exports.more = (list) => { all.push(...list) }; exports.get = (i) => all[i];',
  ],
  'what is put into a table that nobody asks': [
    'const all = []; exports.put = (k) => { all.push(k) }; exports.touch = (k) => k;',
    'const all = []; exports.put = (k) => { all.push(k) }; exports.touch = (k) => { all.push(k) };',
  ],
  'a list within what one call makes, or is given': [
    'exports.all = (given, req) => { const own = { items: [] }; own.items.push(given.name); req.items.push(given.name); return own };',
    'exports.all = (given, req) => { const own = { items: [] }; own.items.push(given.name.trim()); req.items.push(given.name.trim()); return own };',
  ],
  'a list of one call by another name, or made anew': [
    'exports.all = (v) => { let all = [], more = { items: [] }; const own = all, { items } = more; own.push(v.x); items.push(v.x); all = [...all, v.x]; return [all, more] };',
    'exports.all = (v) => { let all = [], more = { items: [] }; const own = all, { items } = more; own.push(v.y); items.push(v.y); all = [...all, v.y]; return [all, more] };',
  ],
  'a copy of a list': [
    'const items = [], state = { items }; let last = []; exports.put = (k, v, own) => { items.slice().push(v.x) }; exports.all = () => [items, last];',
    'const items = [], state = { items }; let last = []; exports.put = (k, v, own) => { items.slice().push(v.y) }; exports.all = () => [items, last];',
  ],
  'what a variable of the function is in the end': [
    'const items = [], state = { items }; let last = []; exports.put = (k, v, own) => { let one = items; one = []; one.push(v.x) }; exports.all = () => [items, last];',
    'const items = [], state = { items }; let last = []; exports.put = (k, v, own) => { let one = items; one = []; one.push(v.y) }; exports.all = () => [items, last];',
  ],
  'what a variable of the function is declared as once more': [
    'const items = [], state = { items }; let last = []; exports.put = (k, v, own) => { var one = items; var one = []; one.push(v.x) }; exports.all = () => [items, last];',
    'const items = [], state = { items }; let last = []; exports.put = (k, v, own) => { var one = items; var one = []; one.push(v.y) }; exports.all = () => [items, last];',
  ],
  'an argument that may be the list': [
    'const items = [], state = { items }; let last = []; exports.put = (k, v, own = items) => { own.push(v.x) }; exports.all = () => [items, last];',
    'const items = [], state = { items }; let last = []; exports.put = (k, v, own = items) => { own.push(v.y) }; exports.all = () => [items, last];',
  ],
  'a value in the place of as many others': [
    'const all = []; exports.put = (i, n, v) => { all.splice(i, n, v) }; exports.get = (i) => all[i];',
    'const all = []; exports.put = (i, n, v) => { all.splice(i, Number(n), v) }; exports.get = (i) => all[i];',
  ],
  'a list that makes way for another': [
    'const items = []; exports.C = class { put(v) { this.last = [v.x] } all() { return [items, this.last] } };',
    'const items = []; exports.C = class { put(v) { this.last = [v.y] } all() { return [items, this.last] } };',
  ],
  'a list that makes way for another, and one more': [
    'const items = []; exports.C = class { put(v, own) { this.last = own.concat(v.x) } all() { return [items, this.last] } };',
    'const items = []; exports.C = class { put(v, own) { this.last = own.concat(v.y) } all() { return [items, this.last] } };',
  ],
  'what is taken by a name that is not written out': [
    'const items = [], state = { items }; let last = []; exports.put = (k, v, own) => { const { [k]: one } = state; one.push(v.x) }; exports.all = () => [items, last];',
    'const items = [], state = { items }; let last = []; exports.put = (k, v, own) => { const { [k]: one } = state; one.push(v.y) }; exports.all = () => [items, last];',
  ],
  'a list of one call': [
    'exports.all = (given) => { const all = []; for (const one of given) all.push(one); return all };',
    'exports.all = (given) => { const all = []; for (const one of given) all.push(one.trim()); return all };',
  ],
  'what is missing in a cache, which is computed again': [
    'const cache = new Map(), more = new Map(); exports.more = more; exports.put = (k, v) => { more.set(k, v) }; exports.fill = (k, v) => { cache.set(k, v) }; exports.get = (k) => cache.get(k) ?? more.get(k);',
    'const cache = new Map(), more = new Map(); exports.more = more; exports.put = (k, v) => { more.set(k, v); cache.set(k, v) }; exports.fill = (k, v) => { cache.set(String(k), v) }; exports.get = (k) => cache.get(k) ?? more.get(k);',
  ],
  'a count beside a cache': [
    'const cache = new Map(); exports.put = (k, v) => { cache.set(k, v) }; exports.get = (k) => cache.get(k);',
    'const cache = new Map(); let size = 0; exports.put = (k, v) => { cache.set(k, v); size++ }; exports.get = (k) => cache.get(k); exports.size = () => size;',
  ],
  'what nothing asks': [
    'const all = []; exports.put = (v) => { all.push(v) }; exports.all = () => all;',
    'const all = []; let count = 0; exports.put = (v) => { all.push(v); count++ }; exports.all = () => all;',
  ],
  'an index that nothing asks': [
    'const all = []; exports.put = (k, v) => { all.push(v) }; exports.all = () => all;',
    'const all = []; const index = new Map(); exports.put = (k, v) => { all.push(v); index.set(k, v) }; exports.all = () => all;',
  ],
  'an index of each object that nothing asks': [
    'exports.T = class { constructor() { this.all = [] } put(k, v) { this.all.push({ k, v }) } get(k) { return this.all.find((one) => one.k === k) } };',
    'exports.T = class { #index = new Map(); constructor() { this.all = [] } put(k, v) { this.all.push({ k, v }); this.#index.set(k, v) } get(k) { return this.all.find((one) => one.k === k) } };',
  ],
  'an index that they are given': [
    'const all = []; exports.put = (index, k, v) => { all.push(v) }; exports.all = () => all; exports.get = (index) => index.get(1);',
    'const all = []; exports.put = (index, k, v) => { all.push(v); index.set(k, v) }; exports.all = () => all; exports.get = (index) => index.get(1);',
  ],
  'an index beside a list that they are given': [
    'exports.put = (list, k, v) => { list.push(v) };',
    'const index = new Map(); exports.put = (list, k, v) => { list.push(v); index.set(k, v) }; exports.get = (k) => index.get(k);',
  ],
  'a count of the call': [
    'const all = []; exports.put = (v) => { all.push(v) }; exports.all = () => all;',
    'const all = []; exports.put = (v) => { let n = 0; n++; all.push(v); return n + n }; exports.all = () => all;',
  ],
  'what counts the calls': [
    'exports.put = (v) => v;',
    'let count = 0; exports.put = (v) => { count++; return v }; exports.count = () => count;',
  ],
  'a table for something else': [
    'const all = []; exports.put = (a, b) => { all.push(a); return b }; exports.all = () => all;',
    'const all = []; const seen = new Set(); exports.put = (a, b) => { all.push(a); seen.add(b); return b }; exports.all = () => all; exports.has = (b) => seen.has(b);',
  ],
};

for (const [what, [before, after]] of Object.entries(SILENT))
  test(`nothing is said of what functions put into tables: ${what}`, async () => {
    assert.deepEqual(await said(before, after), []);
  });

const SESSIONS = 'exports.S = class { constructor(id) { this.id = id; PUT } close() { TAKE } }; exports.of = (id) => READ;';
const sessions = (all: string, put: string, take: string, read: string): string =>
  `${all}${SESSIONS.replace('PUT', put).replace('TAKE', take).replace('READ', read)}`;

for (const [what, all, put, take, read] of [
  ['set', 'const all = new Set(); ', 'all.add(this);', 'all.delete(this);', 'all.size'],
  ['list', 'const all = []; ', 'all.push(this);', '', 'all[id]'],
  ['map', 'const all = new Map(); ', 'all.set(id, this);', '', 'all.get(id)'],
] as const)
  test(`objects that exist are not in a ${what} that is new, and that other code asks`, async () => {
    assert.deepEqual(await said(sessions('', '', '', 'id'), sessions(all, put, take, read)), ['instances-hold exports.S#constructor all']);
  });

const REGISTRY = ['const all = new Set(); ', 'all.add(this);', '', 'all.size'] as const;
for (const [what, before, after] of [
  ['what nobody asks', sessions('', '', '', 'id'), sessions('const all = new Set(); ', 'all.add(this);', '', 'id')],
  ['what is no object of it', sessions('', '', '', 'id'), sessions('const all = new Set(); ', 'all.add(id);', '', 'all.size')],
  [
    'what is there by another name',
    sessions(...REGISTRY),
    sessions(...REGISTRY)
      .replaceAll('all', 'live')
      .replace('.size', '.size + 1'),
  ],
] as const)
  test(`nothing is said of a table that a constructor fills: ${what}`, async () => {
    assert.deepEqual(await said(before, after), []);
  });

test('objects that a constructor has put into one table so far, and puts into another as well, are told of once', async () => {
  const both = sessions('const all = new Set(), byId = new Map(); ', 'all.add(this); byId.set(id, this);', '', 'byId.get(id) || all.size');
  assert.deepEqual(await said(sessions(...REGISTRY), both), ['state-left exports.S#constructor byId']);
});

test('an object takes a property over that has another name and is used the same', async () => {
  const text = 'exports.L = class { constructor() { this.locked = false } lock() { this.locked = true } is() { return this.locked } };';
  const p = await program({ 'index.js': text }, { 'index.js': text.replaceAll('this.locked', 'this.closed') });
  const lock = new p.exports.L();
  lock.lock();
  await p.apply();
  assert.equal(lock.is(), true);
  assert.deepEqual(p.codes('warning'), []);
  await p.revert();
  assert.equal(lock.is(), true);
  p.clean();
});
