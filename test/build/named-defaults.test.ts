/** A table that names what further statements give it, as `{ version: '1', escape: undefined }` and `lib.escape = escape`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';

const source = (
  version: string,
  size = '1',
): string => `var lib = { version: '${version}', size: ${size}, tags: ['<', '>'], escape: undefined };
function escape(text) { return '[' + text + ']'; }
lib.render = function render(text) { return lib.tags.join(lib.escape(text)) + ' ${version}'; };
lib.escape = escape;
${size === '1' ? '' : 'lib.size = 5;'}
module.exports = lib;`;

test('new code finds what the program has put there, before the patch and behind it', async () => {
  const p = await program({ 'index.js': source('1') }, { 'index.js': source('2') });
  assert.deepEqual(p.codes('warning'), []);
  const lib = p.load('index.js');
  lib['escape'] = (text: string) => `own ${text}`;
  await p.apply();
  assert.deepEqual([lib['render']('a'), lib['version']], ['<own a> 2', '2']);
  lib['tags'] = ['(', ')'];
  assert.equal(lib['render']('a'), '(own a) 2');
  await p.revert();
  assert.deepEqual([lib['render']('a'), lib['version']], ['(own a) 1', '1']);
});

test('where a statement gives what differs another value, that goes on to count', async () => {
  const p = await program({ 'index.js': source('1') }, { 'index.js': source('2', '3') });
  const lib = p.load('index.js');
  await p.apply();
  assert.deepEqual([lib['size'], lib['render']('a')], [5, '<[a]> 2']);
});
