/** The mode that is recommended, by the verdicts of a patch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VerdictRow } from '../../src/patch/format.ts';
import { recommendedMode } from '../../src/patch/recommended-mode.ts';

const row = (code: string, path: string, more: Partial<VerdictRow> = {}): VerdictRow => ({
  verdict: code === 'function-changed' ? 'carried' : 'warning',
  code,
  file: 'a.js',
  line: 1,
  path,
  reason: '',
  ...more,
});
const modeOf = (...rows: readonly VerdictRow[]): string => recommendedMode(rows).mode;
const changed = (path: string, more: Partial<VerdictRow> = {}): VerdictRow => row('function-changed', path, more);

test('nothing that keeps versions apart: task', () => {
  assert.equal(modeOf(), 'task');
  assert.equal(modeOf(changed('Box#open'), row('computed-at-load', 'table')), 'task');
});

test('two functions of which one begins what the other ends: request', () => {
  assert.equal(modeOf(changed('Box#open'), changed('Box#close')), 'request');
  assert.equal(modeOf(changed('Box#close'), changed('Box#open')), 'request');
  assert.equal(modeOf(changed('exports.encodeName'), changed('exports.decodeName')), 'request');
  assert.deepEqual(recommendedMode([changed('lock'), changed('unlock')]), {
    mode: 'request',
    reason: 'a task may call lock of one version and unlock of the other',
  });
});

test('names alike of other things are no two halves', () => {
  assert.equal(modeOf(changed('Box#open'), changed('Door#close')), 'task');
  assert.equal(modeOf(changed('open'), changed('close', { file: 'b.js' })), 'task');
  assert.equal(modeOf(changed('encodeName'), changed('decodeValue')), 'task');
  assert.equal(modeOf(changed('open'), row('function-relinked', 'close')), 'task');
});

test('what both versions would do harm with: barrier, whatever else there is', () => {
  for (const code of ['locks-changed', 'meaning-changed', 'shape-early'])
    assert.equal(modeOf(changed('open'), changed('close'), row(code, 'Box')), 'barrier');
  assert.equal(modeOf(row('locks-changed', 'Box', { verdict: 'carried-with-hook' })), 'task', 'the author takes care of it');
});

test('objects that are changed in the turn in which all tasks switch: barrier', () => {
  const converted = row('field-converted', 'Box#constructor items', {
    verdict: 'carried-with-transform',
    reason: 'what objects that exist hold there becomes a Map when all tasks switch at once',
  });
  assert.deepEqual(recommendedMode([changed('open'), changed('close'), converted]), {
    mode: 'barrier',
    reason: 'Box#constructor items becomes what code of the other version cannot read',
  });
});
