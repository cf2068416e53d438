/** Who prepares a program is told why nothing is kept of it. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { whyUnkept } from '../../src/node/prepare/unkept.ts';

test('the cache is off, cannot be made, or is open to others', (t) => {
  const home = mkdtempSync(join(tmpdir(), 'livepatch-test-'));
  t.after(() => rmSync(home, { recursive: true }));
  assert.equal(whyUnkept({ LIVEPATCH_CACHE: 'off' }), 'LIVEPATCH_CACHE is off');
  const file = join(home, 'file');
  writeFileSync(file, '');
  assert.equal(whyUnkept({ LIVEPATCH_CACHE: file }), `the cache folder ${file} cannot be made (EEXIST)`);
  assert.equal(whyUnkept({ XDG_CACHE_HOME: file }), `the cache folder ${join(file, 'livepatch')} cannot be made (ENOTDIR)`);
  chmodSync(home, 0o777);
  assert.match(whyUnkept({ LIVEPATCH_CACHE: home }), new RegExp(`^the cache folder ${home} must be this user's .*, mode 777\\)$`));
});
