/** Numbers and texts to which functions add from call to call: what has been added so far was computed as the old version did. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';
import type { Files } from './harness.ts';

async function said(before: string, from: string | RegExp, to: string, beside: Files = {}): Promise<string[]> {
  const report = await build({ 'index.js': before, ...beside }, { 'index.js': before.replace(from, to), ...beside });
  assert.notEqual(report.patch, null);
  return report.verdicts.filter(({ code }) => code === 'instances-hold').map(({ code, path, reason }) => `${code} ${path}: ${reason}`);
}

const added = (path: string, name: string, was: string): string[] => [
  `instances-hold ${path} ${name}: what calls of it have added to ${name} so far was added by ${was}`,
];

type Change = readonly [before: string, from: string | RegExp, to: string];

const ADDED: Readonly<Record<string, readonly [...Change, said: readonly string[]]>> = {
  'to a variable of the module': [
    'let total = 0;\nexports.add = (n) => { total += n * 2 };\nexports.get = () => total;',
    '* 2',
    '* 3',
    added('exports.add', 'total', 'total += n * 2'),
  ],
  'by a constant': [
    'const BY = 2;\nlet total = 0;\nexports.add = (n) => { total += n * BY };\nexports.get = () => total;',
    '= 2',
    '= 3',
    added('exports.add', 'total', 'total += n * BY'),
  ],
  'to a text': [
    "let text = '';\nexports.add = (line) => { text += line };\nexports.get = () => text;",
    '+= line',
    "+= line + ','",
    added('exports.add', 'text', 'text += line'),
  ],
  'to a property': [
    'exports.A = class { sum = 0; add(n) { this.sum += n } };',
    '+= n',
    '+= n * 8',
    added('exports.A#add', 'sum', 'this.sum += n'),
  ],
  'to a private property': [
    'exports.A = class { #sum = 0; add(n) { this.#sum += n } get() { return this.#sum } };',
    '+= n',
    '+= n * 8',
    added('exports.A#add', '#sum', 'this.#sum += n'),
  ],
  'to what it was': [
    'exports.A = class { mean = 0; add(n) { this.mean = this.mean * 0.9 + n } };',
    '0.9',
    '0.5',
    added('exports.A#add', 'mean', 'this.mean = this.mean * 0.9 + n'),
  ],
  'to the greatest so far': [
    'exports.A = class { most = 0; add(n) { this.most = Math.max(this.most, n) } get() { return this.most } };',
    'most, n',
    'most, n * 2',
    added('exports.A#add', 'most', 'this.most = Math.max(this.most, n)'),
  ],
  'to what holds the one before it': [
    'exports.A = class { head = null; add(n) { this.head = { n, next: this.head } } get() { return this.head } };',
    '{ n,',
    '{ n: n * 2,',
    added('exports.A#add', 'head', 'this.head = { n, next: this.head }'),
  ],
  'to a list that holds the one before it': [
    'exports.make = () => { let head = null; return { add(n) { head = [n, head] }, get: () => head } };',
    '[n,',
    '[n * 2,',
    added('exports.make/<return>.add', 'head', 'head = [n, head]'),
  ],
  'to an entry of a table': [
    'const stats = { bytes: 0 };\nexports.add = (n) => { stats.bytes += n };\nexports.get = () => stats.bytes;',
    '+= n',
    '+= n * 8',
    added('exports.add', 'stats.bytes', 'stats.bytes += n'),
  ],
  'to an entry of a table of each object': [
    'exports.A = class { stats = { bytes: 0 }; add(n) { this.stats.bytes += n } get() { return this.stats.bytes } };',
    '+= n',
    '+= n * 8',
    added('exports.A#add', 'stats.bytes', 'this.stats.bytes += n'),
  ],
  'one to a variable around a closure': [
    'exports.make = () => { let n = 0; return { next() { n += 1; return n } } };',
    '+= 1',
    '+= 5',
    added('exports.make/<return>.next', 'n', 'n += 1'),
  ],
  'as it is read': ['let id = 0;\nexports.next = () => ++id;', '++id', '(id += 2)', added('exports.next', 'id', '++id')],
  'by a constructor': [
    'let made = 0;\nexports.A = class { constructor() { made += 1 } };\nexports.get = () => made;',
    '+= 1',
    '+= 2',
    added('exports.A#constructor', 'made', 'made += 1'),
  ],
  'where it is asked': [
    'let hits = 0;\nexports.hit = (ok) => { if (ok) hits++ };\nexports.get = () => hits;',
    'if (ok) hits++',
    'hits++',
    ['instances-hold exports.hit hits: what calls of it have added to hits so far was added under other conditions'],
  ],
  'where it is asked otherwise': [
    'let hits = 0;\nexports.hit = (code) => { if (code < 500) hits++ };\nexports.get = () => hits;',
    '500',
    '400',
    ['instances-hold exports.hit hits: what calls of it have added to hits so far was added under other conditions'],
  ],
  'where another one does': [
    'let hits = 0;\nexports.hit = () => { hits++ };\nexports.miss = (k) => k;\nexports.get = () => hits;',
    '=> k',
    '=> { hits++; return k }',
    ['instances-hold exports.miss hits: what calls of it would have added to hits so far is not in it'],
  ],
};

for (const [what, [before, from, to, expected]] of Object.entries(ADDED))
  test(`what has been added stays: ${what}`, async () => {
    assert.deepEqual(await said(before, from, to), expected);
  });

const NOT_ADDED: Readonly<Record<string, Change>> = {
  'the same by other names': ['let total = 0;\nexports.add = (n) => { total += n };\nexports.get = () => total;', /\bn\b/g, 'count'],
  'the same by another function': [
    'let total = 0;\nexports.one = () => { total += 5 };\nexports.two = (k) => k;\nexports.get = () => total;',
    /total \+= 5 \};\nexports.two = \(k\) => k/,
    '};\nexports.two = (k) => { total += 5; return k }',
  ],
  'beside what is not added': [
    'let total = 0;\nexports.add = (n) => { total += n };\nexports.get = () => total;',
    'total += n',
    'total += n; n()',
  ],
  'where nobody reads it': ['let total = 0;\nexports.add = (n) => { total += n };', '+= n', '+= n * 2'],
  'to a private property that nobody reads': [
    'exports.A = class { #sum = 0; add(n) { this.#sum += n } get() { return 1 } };',
    '+= n',
    '+= n * 8',
  ],
  'to a variable of a call': ['exports.sum = (list) => { let sum = 0; for (const n of list) sum += n * 2; return sum };', '* 2', '* 3'],
  'to a variable of a call, in a closure': [
    'exports.sum = (list) => { let sum = 0; list.forEach((n) => { sum += n * 2 }); return sum };',
    '* 2',
    '* 3',
  ],
  'to a place in a list': ['exports.A = class { at = 0; skip(list) { this.at += 1; return list[this.at] } };', '+= 1', '+= 2'],
  'to a place in a text': ['exports.A = class { at = 0; skip(text) { this.at += 1; return text.charAt(this.at) } };', '+= 1', '+= 2'],
  'up to a length': ['exports.A = class { at = 0; skip(list) { this.at += 1; return this.at < list.length } };', '+= 1', '+= 2'],
  'to a depth': [
    'let depth = 0;\nexports.run = (f) => { depth += 1; f(); depth -= 1 };\nexports.get = () => depth;',
    'f(); depth',
    'f(1); depth -= 0; depth',
  ],
  'to what each run begins anew': [
    'exports.A = class { n = 0; run(list) { this.n = 0; for (const one of list) this.n += one; return this.n } };',
    '+= one',
    '+= one * 2',
  ],
  'to an entry of what it is given': [
    'exports.add = (stats, n) => { stats.bytes += n };\nexports.get = (stats) => stats.bytes;',
    '+= n',
    '+= n * 8',
  ],
  'to an entry that nobody reads': ['const stats = { bytes: 0 };\nexports.add = (n) => { stats.bytes += n };', '+= n', '+= n * 8'],
  'by other names of variables': [
    'let hits = 0;\nexports.hit = (code) => { if (code < 500) hits++ };\nexports.get = () => hits;',
    /code/g,
    'status',
  ],
  'to a variable of a call, in a callback': [
    'exports.run = (run) => run((list) => { let sum = 0; list.each((n) => { sum += n * 2 }); return sum });',
    '* 2',
    '* 3',
  ],
  'of a variable that is made otherwise': [
    'let total = 0;\nexports.add = (s) => { const n = Number(s); total += n };\nexports.get = () => total;',
    'Number(s)',
    'Number(s.trim())',
  ],
  'to what a constructor has made': [
    'exports.A = class { constructor(n) { this.n = n; this.n += 1 } get() { return this.n } };',
    '+= 1',
    '+= 2',
  ],
};

test('to an entry that code of another file reads', async () => {
  const stats = 'const stats = { bytes: 0 };\nexports.stats = stats;\nexports.add = (n) => { stats.bytes += n };';
  const reader = { 'see.js': "exports.see = () => require('./index').stats.bytes;" };
  assert.deepEqual(await said(stats, '+= n', '+= n * 8', reader), added('exports.add', 'stats.bytes', 'stats.bytes += n'));
  assert.deepEqual(await said(stats, '+= n', '+= n * 8'), []);
});

for (const [what, change] of Object.entries(NOT_ADDED))
  test(`nothing is said of what is added: ${what}`, async () => {
    assert.deepEqual(await said(...change), []);
  });
