/** Whether a version is within a range, as npm has it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWithin } from '../../src/patch/ranges.ts';

const CASES: readonly (readonly [range: string, within: string, without: string])[] = [
  ['^1.2.3', '1.2.3 1.2.4 1.9.0', '1.2.2 2.0.0 0.2.3 1.2.3-rc.1 2.0.0-rc.1'],
  ['^0.2.3', '0.2.3 0.2.9', '0.3.0 0.2.2 1.0.0'],
  ['^0.0.3', '0.0.3', '0.0.4 0.1.0'],
  ['^0.0', '0.0.0 0.0.9', '0.1.0'],
  ['^0', '0.0.0 0.9.9', '1.0.0'],
  ['^1.x', '1.0.0 1.9.9', '2.0.0 0.9.0'],
  ['~1.2.3', '1.2.3 1.2.9', '1.3.0 1.2.2'],
  ['~1.2', '1.2.0 1.2.9', '1.3.0'],
  ['~1', '1.0.0 1.9.0', '2.0.0'],
  ['1.2.3', '1.2.3', '1.2.4 1.2.2'],
  ['=1.2.3', 'v1.2.3 1.2.3+build', '1.2.3-a'],
  ['1.2', '1.2.0 1.2.9', '1.3.0 1.1.9'],
  ['1', '1.0.0 1.9.9', '2.0.0'],
  ['1.x', '1.0.0', '2.0.0'],
  ['2.17.x', '2.17.0 2.17.9', '2.18.0'],
  ['', '0.0.1 9.9.9', ''],
  ['*', '0.0.1 9.9.9', ''],
  ['>=1.2.0 <1.3.0', '1.2.0 1.2.9', '1.3.0 1.1.9'],
  ['>= 1.2 < 2', '1.2.0 1.9.9', '2.0.0'],
  ['>1.2', '1.3.0', '1.2.9'],
  ['>1.2.3', '1.2.4', '1.2.3'],
  ['<=1.2', '1.2.9 0.1.0', '1.3.0'],
  ['<=1.2.3', '1.2.3', '1.2.4'],
  ['1.2.3 - 2.3', '1.2.3 2.3.9', '1.2.2 2.4.0'],
  ['^1.0.0 || ^3.0.0', '1.1.0 3.2.0', '2.0.0 4.0.0'],
  ['^1.2.3-beta.2', '1.2.3-beta.2 1.2.3-beta.10 1.2.3 1.3.0', '1.2.3-beta.1 1.2.3-alpha 2.0.0'],
];

for (const [range, within, without] of CASES)
  test(`"${range}"`, () => {
    for (const version of within.split(' ')) assert.equal(isWithin(version, range), true, version);
    for (const version of without.split(' ').filter(Boolean)) assert.equal(isWithin(version, range), false, version);
  });

test('what npm does not order is neither within nor without', () => {
  for (const range of ['latest', 'git+https://host.example/a.git', 'file:../a', 'npm:other@^1.0.0', 'workspace:*'])
    assert.equal(isWithin('1.0.0', range), null, range);
  assert.equal(isWithin('', '^1.0.0'), null);
});
