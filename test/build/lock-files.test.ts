/** A lock file that differs, of trees that do not show what is installed: what it installs anew is not in the patch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const lock = (qs: string, tool: string): string =>
  JSON.stringify({
    name: 'app',
    packages: {
      '': { version: qs },
      'node_modules/qs': { version: qs },
      'node_modules/outer/node_modules/@a/b': { version: qs },
      'node_modules/same': { version: '1.0.0' },
      'node_modules/tool': { version: tool, dev: true },
    },
  });
const files = (body: string, own: object): Record<string, string> => ({ 'index.js': `exports.f = () => ${body};`, ...own });

test('npm tells which packages', async () => {
  const npm = (qs: string, tool: string): object => ({ 'package-lock.json': lock(qs, tool) });
  const { verdicts } = await build(files('1', npm('6.5.2', '1.0.0')), files('2', npm('6.5.3', '1.0.0')));
  const [row] = verdicts.filter(({ code }) => code === 'dependency-changed');
  assert.deepEqual([row?.file, row?.reason.split(',', 2).join()], ['package-lock.json', 'it installs other versions of @a/b, qs']);
  const dev = await build(files('1', npm('6.5.2', '1.0.0')), files('2', npm('6.5.2', '2.0.0')));
  assert.deepEqual(
    dev.verdicts.filter(({ code }) => code === 'dependency-changed'),
    [],
  );
  await assert.rejects(build(files('1', npm('6.5.2', '1.0.0')), files('1', npm('6.5.3', '1.0.0'))), {
    code: 'ERR_PATCH_EMPTY',
    hint: /^package-lock\.json differs: it installs other versions of @a\/b, qs, and the process keeps what it has: .* in which each is installed\.$/,
  });
});

test('others only that they may', async () => {
  const { verdicts } = await build(files('1', { 'yarn.lock': 'a' }), files('2', { 'yarn.lock': 'b' }));
  assert.match(verdicts.find(({ file }) => file === 'yarn.lock')!.reason, /^it may install other versions, /);
});
