/** A namespace of an ES module that code uses as a whole, where the module gives more, or something else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

async function said(text: string, more = 'export const b = 2;', head = "import * as lib from './lib.mjs';"): Promise<string[]> {
  const index = `${head}\n${text}\n`;
  const before = { 'index.mjs': `${index}export const of = () => 1;`, 'lib.mjs': 'export const a = () => 1;' };
  const after = { 'index.mjs': `${index}export const of = () => 2;`, 'lib.mjs': `export const a = () => 1;\n${more}` };
  const { verdicts } = await build(before, after);
  return verdicts
    .filter(({ code, file }) => code === 'value-copied' && file === 'index.mjs')
    .map(({ path, reason }) => `${path}: ${reason}`);
}

const WHOLE = 'lib: as a whole it is the namespace that the process has, without what ./lib.mjs gives anew: b';

test('it is said where code lists it, gives it away or asks for what it has by a key', async () => {
  for (const text of [
    'export const names = () => Object.keys(lib);',
    'export const held = { lib };',
    'export const one = (key) => lib[key];',
    'export { lib };',
  ])
    assert.deepEqual(await said(text), [WHOLE], text);
});

test('and not where it asks for what it has by its name, nor of a module that gives nothing else', async () => {
  assert.deepEqual(await said('export const one = () => lib.a() + (lib.b ?? 0);'), []);
  assert.deepEqual(await said('export const names = () => Object.keys(lib);', 'const own = 1;'), []);
  assert.deepEqual(await said('export const one = () => [a];', undefined, "import { a } from './lib.mjs';"), []);
});
