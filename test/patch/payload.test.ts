/** What carries a digest that agrees with it need not be a patch: it is refused as it is read, with what is wrong. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { decodePatch } from '../../src/patch/format.ts';
import { OTHER_BASE_TEXT, PATCH_TEXT } from '../agent/patch-text.ts';

function sealed(payload: string): string {
  const digest = `sha256-${createHash('sha256').update(payload).digest('hex')}`;
  return JSON.stringify({ ...JSON.parse(PATCH_TEXT), digest, payload: Buffer.from(payload).toString('base64') });
}

const PATCH = decodePatch(PATCH_TEXT, '');
const MODULE = {
  file: 'a.js',
  package: null,
  hash: 'x',
  format: 'commonjs',
  ids: 1,
  units: [],
  functions: [],
  privates: [],
  members: [],
  properties: [],
  exports: [],
};

test('a patch is read', () => {
  assert.deepEqual(decodePatch(sealed(JSON.stringify({ ...PATCH, modules: [MODULE] })), '').modules, [MODULE]);
  assert.equal(decodePatch(OTHER_BASE_TEXT, '').name, 'other-base');
});

const { hash: _, ...unbound } = MODULE;
const FLAWED: Readonly<Record<string, string>> = {
  '{': 'all of it',
  null: 'all of it',
  '[]': 'all of it',
  '{}': 'name',
  [JSON.stringify({ ...PATCH, name: '' })]: 'name',
  [JSON.stringify({ ...PATCH, mode: 'later' })]: 'mode',
  [JSON.stringify({ ...PATCH, replace: 1 })]: 'replace',
  [JSON.stringify({ ...PATCH, modules: {} })]: 'modules',
  [JSON.stringify({ ...PATCH, modules: [MODULE, 'b.js'] })]: 'modules',
  [JSON.stringify({ ...PATCH, modules: [MODULE, unbound] })]: 'modules[1].hash',
  [JSON.stringify({ ...PATCH, modules: [{ ...MODULE, functions: [null] }] })]: 'modules[0].functions',
};

for (const [payload, flaw] of Object.entries(FLAWED))
  test(`${flaw}: ${payload.slice(0, 60)}`, () => {
    assert.throws(() => decodePatch(sealed(payload), 'fix.klp'), {
      code: 'ERR_PATCH_UNREADABLE',
      message: `fix.klp is not a livepatch patch: what it holds is no patch (${flaw}).`,
      where: { file: 'fix.klp' },
      hint: 'Patches are made by `livepatch build`.',
    });
  });
