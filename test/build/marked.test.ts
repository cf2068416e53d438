/** What code gives objects under a constant as the key, by which others tell them: objects that exist lack it, and the report says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const READS: Readonly<Record<string, string>> = {
  'a member': 'one[mark]',
  hasOwn: 'Object.hasOwn(one, mark)',
  hasOwnProperty: 'Object.prototype.hasOwnProperty.call(one, mark)',
  in: 'mark in one',
  'a descriptor': 'Object.getOwnPropertyDescriptor(one, mark) !== undefined',
};
const GIVES: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'a constructor that defines it': [
    'exports.Box = class { constructor() { this.a = 1; } };',
    'exports.Box = class { constructor() { this.a = 1; Object.defineProperty(this, mark, { value: true }); } };',
  ],
  'a function that defines it': [
    'exports.own = (type) => { type.a = 1; };',
    'exports.own = (type) => { type.a = 1; Object.defineProperty(type, mark, { value: true }); };',
  ],
  'a function that defines it beside others': [
    'exports.own = (type) => { Object.defineProperties(type, { a: { value: 1 } }); };',
    'exports.own = (type) => { Object.defineProperties(type, { a: { value: 1 }, [mark]: { value: true } }); };',
  ],
  'a function that sets it': ['exports.own = (type) => { type.a = 1; };', 'exports.own = (type) => { type.a = 1; type[mark] = true; };'],
};
const version = (gives: string, read: string, isNew: boolean): string =>
  `${isNew ? "const mark = Symbol('mark');" : ''} exports.isOne = (one) => ${isNew ? read : 'one.a === 1'}; ${gives}`;
const lacking = async (before: string, after: string): Promise<string[]> => {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  return verdicts.flatMap((v) => (v.code === 'instances-lack' ? [v.reason] : []));
};

for (const [what, [before, after]] of Object.entries(GIVES))
  for (const [way, read] of Object.entries(READS))
    test(`${what}: it is said where code asks for it by ${way}`, async () => {
      const [reason, ...more] = await lacking(version(before, read, false), version(after, read, true));
      assert.match(reason ?? '', / have no \[mark\], which other code reads$/);
      assert.deepEqual(more, []);
    });

test('nothing is said where nobody asks for it', async () => {
  for (const [before, after] of Object.values(GIVES))
    assert.deepEqual(await lacking(version(before, 'one.a === 1', false), version(after, 'one.a === 2', true)), []);
});
