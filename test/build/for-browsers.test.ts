/** Large bundles for browsers, which no entry of a package leads to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';
import type { Files } from './harness.ts';

const bundle = (step: number): string => `window.step = () => ${step};\n//${'-'.repeat(1 << 20)}`;
const files = (step: number, browser: string, fields: object): Files => ({
  'index.js': `exports.f = () => ${step};`,
  'package.json': JSON.stringify({ name: 'lib', version: `1.0.${step}`, main: './index.js', ...fields }),
  [browser]: bundle(step),
});

for (const [name, browser, fields] of [
  ['by its name', 'dist/lib.min.js', {}],
  ['by the package file', 'dist/web.js', { browser: './dist/web.js' }],
] as const)
  test(`one that is known ${name} is left out, and a process that has loaded it refuses the patch`, async () => {
    const before = files(1, browser, fields);
    const p = await program(before, files(2, browser, fields));
    assert.deepEqual(
      p.patch.modules.map(({ file }) => file),
      ['index.js'],
    );
    assert.match(p.report.verdicts.find(({ code }) => code === 'file-unreachable')!.reason, /^it is a bundle for browsers, /);
    await p.apply();
    assert.equal(p.exports['f'](), 2);
    await p.revert();
    Object.assign(globalThis, { window: {} });
    p.load(browser);
    await assert.rejects(p.apply(), { code: 'ERR_FILE_LOADED' });
  });

test('an entry, one of any other name, and one beside which nothing differs are patched as others', async () => {
  const modulesOf = async (before: Files, after: Files): Promise<readonly string[]> =>
    (await build(before, after)).verdicts.filter(({ code }) => code === 'function-changed').map(({ file }) => file);
  const entry = { exports: { '.': './index.js', './min': './dist/lib.min.js' } };
  assert.deepEqual(await modulesOf(files(1, 'dist/lib.min.js', entry), files(2, 'dist/lib.min.js', entry)), [
    'dist/lib.min.js',
    'index.js',
  ]);
  assert.deepEqual(await modulesOf(files(1, 'dist/server.js', {}), files(2, 'dist/server.js', {})), ['dist/server.js', 'index.js']);
  const alone = { ...files(2, 'dist/lib.min.js', {}), 'index.js': files(1, 'dist/lib.min.js', {})['index.js']! };
  assert.deepEqual(await modulesOf(files(1, 'dist/lib.min.js', {}), alone), ['dist/lib.min.js']);
});
