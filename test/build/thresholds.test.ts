/** Bounds with which functions compare what they count. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

async function said(before: string, from: string, to: string): Promise<string[]> {
  const report = await build({ 'index.js': before }, { 'index.js': before.replaceAll(from, to) });
  assert.notEqual(report.patch, null);
  return report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ path, reason }) => `${path}: ${reason}`);
}

const asked = (path: string, test: string): string[] => [`${path}: what exists came about as it was asked for ${test}`];

const BOUNDS: Readonly<Record<string, readonly [before: string, from: string, to: string, said: readonly string[]]>> = {
  'behind which something is set': [
    'exports.A = class { fails = 0; fail() { this.fails++; if (this.fails >= 5) this.open = true } };',
    '5',
    '2',
    asked('exports.A#fail fails', 'this.fails >= 5'),
  ],
  'of how many are made': [
    'exports.A = class { free = []; n = 0; get() { return this.free.pop() ?? (this.n < 5 ? { id: this.n++ } : null) } };',
    '5',
    '2',
    asked('exports.A#get n', 'this.n < 5'),
  ],
  'behind which nothing is done': [
    'let n = 0;\nexports.add = () => { if (n >= 5) return false; n++; return true };',
    '5',
    '2',
    asked('exports.add n', 'n >= 5'),
  ],
  'behind which it throws': [
    "let n = 0;\nexports.add = () => { if (n >= 5) { throw new Error('full') } n++ };",
    '5',
    '2',
    asked('exports.add n', 'n >= 5'),
  ],
  'that is a constant': [
    'const MOST = 5;\nlet n = 0;\nexports.add = () => { n < MOST && n++ };',
    '5',
    '2',
    asked('exports.add n', 'n < MOST'),
  ],
  'as it is counted, with more': [
    'let n = 0;\nexports.closed = false;\nexports.add = (k) => { if (k && 5 < ++n) exports.closed = true };',
    '5',
    '2',
    asked('exports.add n', '5 < ++n'),
  ],
};

for (const [what, [before, from, to, expected]] of Object.entries(BOUNDS))
  test(`what came about under another bound is told of: one ${what}`, async () => {
    assert.deepEqual(await said(before, from, to), expected);
  });

const NOT_BOUNDS: Readonly<Record<string, readonly [before: string, from: string, to: string]>> = {
  'behind which nothing is left': ['let n = 0;\nexports.add = () => { n++; return n > 5 ? 1 : 2 };', '5', '2'],
  'of what a call is given': ['let n = 0;\nexports.add = (k) => { if (k > 5) k.x = 1; n++; return n };', '5', '2'],
  'of what is not counted': ['exports.A = class { set(n) { this.n = n } add() { if (this.n > 5) this.open = true } };', '5', '2'],
  'of a place in a list': ['exports.A = class { at = 0; skip(list) { this.at++; if (this.at > 5) this.open = list[this.at] } };', '5', '2'],
  'with what a call is given': ['let n = 0;\nexports.add = (k) => { const most = k + 5; if (n < most) n++; return n };', '5', '2'],
  'in a function that stands there': ['let n = 0;\nexports.add = () => { n++; return () => { if (n > 5) return 1 } };', '5', '2'],
};

for (const [what, change] of Object.entries(NOT_BOUNDS))
  test(`nothing is said of a bound ${what}`, async () => {
    assert.deepEqual(await said(...change), []);
  });
