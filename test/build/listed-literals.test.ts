/** Objects that functions write out and put into a table, with an entry more: the report says that what is there lacks it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';
import type { Files } from './harness.ts';

const LACKS = (path: string, table: string): string =>
  `instances-lack ${path}: what calls of it have put into ${table} has no path, which other code reads`;

async function said(before: Files, after: Files): Promise<string[]> {
  const { verdicts } = await build(before, after);
  return verdicts.filter(({ code }) => code === 'instances-lack').map(({ code, path, reason }) => `${code} ${path}: ${reason}`);
}

const schema = (entry: string, more = ''): string => `exports.Schema = class Schema {
  constructor() { this.parts = [] }
  add(path, type) { this.parts.push({ type${entry} }) }
  where(options) { return options.path }${more}
};`;
const reader = (of: string): string => `exports.list = (schema) => schema.parts.map((part) => part.${of});`;

test('an entry whose name the module said before for another thing, which another module reads', async () => {
  const before = { 'index.js': schema(''), 'list.js': reader('type') };
  assert.deepEqual(await said(before, { 'index.js': schema(', path'), 'list.js': reader('path') }), [
    LACKS('exports.Schema#add path', 'parts'),
  ]);
});

test('one that a function of the module reads', async () => {
  const taking = (of: string): string => ` list() { const all = []; for (const { ${of} } of this.parts) all.push(${of}); return all }`;
  const before = { 'index.js': schema('', taking('type')) };
  const found = await said(before, { 'index.js': schema(', path', taking('path')) });
  assert.deepEqual(found, [LACKS('exports.Schema#add path', 'parts')]);
});

test('one of a table of the module', async () => {
  const own = (entry: string, of: string): Files => ({
    'index.js': `const parts = new Map();
exports.add = (key, path) => { parts.set(key, { key${entry} }) };
exports.where = (options) => options.path;
exports.get = (key) => parts.get(key).${of};`,
  });
  assert.deepEqual(await said(own('', 'key'), own(', path', 'path')), [LACKS('exports.add path', 'parts')]);
});

test('one that nobody asks of the table, that another function wrote before, or that may have been there', async () => {
  const before = { 'index.js': schema(''), 'list.js': reader('type') };
  assert.deepEqual(await said(before, { 'index.js': schema(', path'), 'list.js': reader('type') }), [], 'not asked');
  const also = ' put(path) { this.parts.push({ type: 1, path }) }';
  const written = { 'index.js': schema('', also), 'list.js': reader('type') };
  assert.deepEqual(await said(written, { 'index.js': schema(', path', also), 'list.js': reader('path') }), [], 'written before');
  const given = ' put(part) { this.parts.push(part) }';
  const open = { 'index.js': schema('', given), 'list.js': reader('type') };
  assert.deepEqual(await said(open, { 'index.js': schema(', path', given), 'list.js': reader('path') }), [], 'given by others');
  const apart = `exports.count = (schema) => schema.parts.length;\nexports.of = (file) => file.path;`;
  const split = { 'index.js': schema(''), 'list.js': 'exports.count = (schema) => 0;\nexports.of = (file) => file.path;' };
  assert.deepEqual(await said(split, { 'index.js': schema(', path'), 'list.js': apart }), [], 'in another function');
});
