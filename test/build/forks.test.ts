/** Versions that are packages of different names, or of which one has none: the patch is for what runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';
import type { Files, Program } from './harness.ts';

const manifest = (name: string | null, more: object = {}): string =>
  JSON.stringify({ ...(name === null ? {} : { name }), version: '1.0.0', main: 'index.js', ...more });

const dependency: Files = {
  'node_modules/two/package.json': '{"name": "two", "version": "2.0.0"}',
  'node_modules/two/index.js': 'module.exports = 2',
};

function renamed(was: string | null, is: string | null): Promise<Program> {
  return program(
    { 'index.js': 'exports.f = () => [1, 1]', 'package.json': manifest(was) },
    {
      'index.js': "exports.f = () => [require('./new'), require('two')]",
      'new.js': "module.exports = require('two')",
      'package.json': manifest(is, { dependencies: { two: '2' } }),
      ...dependency,
    },
  );
}

test('a fork under another name brings its files to where the old package runs, and is told', async () => {
  const p = await renamed('shop', '@better/shop');
  assert.deepEqual(
    p.report.verdicts.filter(({ code }) => code === 'package-renamed').map(({ file, path, verdict }) => [file, path, verdict]),
    [['package.json', 'shop', 'warning']],
  );
  assert.match(p.report.verdicts.find(({ code }) => code === 'package-renamed')!.reason, /@better\/shop/);
  await p.apply();
  assert.deepEqual(p.exports['f'](), [2, 2]);
  await p.revert();
  assert.deepEqual(p.exports['f'](), [1, 1]);
});

test('a version that has no name is no other package', async () => {
  for (const [was, is] of [
    [null, 'shop'],
    ['shop', null],
    ['shop', 'shop'],
    [null, null],
  ] as const) {
    const p = await renamed(was, is);
    assert.ok(!p.codes().includes('package-renamed'), `${was} and ${is}`);
    await p.apply();
    assert.deepEqual(p.exports['f'](), [2, 2], `${was} and ${is}`);
  }
});

test('a folder of a package that is a package of its own in the new version', async () => {
  const p = await program(
    { 'index.js': 'exports.f = () => 1', 'package.json': manifest('shop') },
    {
      'index.js': "exports.f = () => require('./parts').two",
      'parts/package.json': manifest('shop-parts'),
      'parts/index.js': 'exports.two = 2',
    },
  );
  await p.apply();
  assert.equal(p.exports['f'](), 2);
});
