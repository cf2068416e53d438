/** Which of the loaded modules a file of a patch may be: none is left out, and few are looked at. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoadedModule, LoadedModules } from '../../src/node/sites/modules.ts';

const URLS = [
  'file:///a/lib/b.mjs',
  'file:///a/lib/b.mjs?v=/x/c.mjs',
  'file:///a/c.mjs#b.mjs?',
  'file:///a/b%20c.mjs',
  'file:///a/lib/a.b.mjs',
];

function near(file: string): string[] {
  const modules = new LoadedModules();
  URLS.forEach((url, i) => {
    modules.add(new LoadedModule(url, i * 64, { ids: 1, functions: 1, record: Buffer.alloc(0) }, 0));
  });
  return modules
    .near([file])(file)
    .map((module) => module.url);
}

test('by the last segment of the path, without query and fragment', () => {
  assert.deepEqual(near('lib/b.mjs'), URLS.slice(0, 2));
  assert.deepEqual(near('c.mjs'), [URLS[2]]);
  assert.deepEqual(near('d.mjs'), []);
});

test('all of them, where a URL may write the name otherwise', () => {
  assert.deepEqual(near('b c.mjs'), URLS);
});
