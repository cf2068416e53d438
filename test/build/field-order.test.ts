/** Fields of a class that stand in another order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const HEAD = 'let n = 0; const id = () => ++n;\n';

async function codes(before: string, after: string): Promise<string[]> {
  const text = (fields: string, more: string): string => `${HEAD}class K { ${fields} } exports.K = K; ${more}`;
  const { verdicts } = await build({ 'index.js': text(before, '') }, { 'index.js': text(after, 'exports.more = 1;') });
  return verdicts.filter(({ code }) => code === 'class-changed').map(({ verdict }) => verdict);
}

test('refused where one is computed of another, or by what does more', async () => {
  assert.deepEqual(await codes('a = 1; b = this.a;', 'b = this.a; a = 1;'), ['refused']);
  assert.deepEqual(await codes('a = id(); b = id();', 'b = id(); a = id();'), ['refused']);
});

test('and no matter where none is', async () => {
  assert.deepEqual(await codes("a = 1; b = 'b'; c = []; d;", "c = []; d; b = 'b'; a = 1;"), []);
  assert.deepEqual(await codes('a = 1; f = () => this.a;', 'f = () => this.a; a = 1;'), []);
  assert.deepEqual(await codes('static a = 1; b = id();', 'b = id(); static a = 1;'), []);
  assert.deepEqual(await codes('a = 1; b = this.a;', 'c = 2; a = 1; b = this.a;'), []);
});
