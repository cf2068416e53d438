/** What a method made, as the module loaded, of what it found under a key: it is told where that has changed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const before = `const lib = { languages: { extend(id, more) { return Object.assign({}, lib.languages[id], more) } } };
const other = { extend: (id) => id };
lib.languages.markup = { comment: /a/, tag: { pattern: /t/ } };
lib.languages.xml = lib.languages.extend('markup', {});
lib.languages.css = lib.languages.extend('style', {});
lib.languages.own = other.extend('markup');
module.exports = lib;`;

test('what is made of a changed entry by its key is said to stay, and nothing else', async () => {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': before.replace('comment: /a/', 'comment: /b/') });
  assert.deepEqual(
    verdicts.filter(({ code }) => code === 'computed-at-load').map(({ path }) => path),
    ['lib.languages.xml'],
  );
});

test('nothing is said where it is not that entry which has changed', async () => {
  const { verdicts } = await build(
    { 'index.js': before },
    { 'index.js': before.replace('Object.assign({}, lib', 'Object.assign({ id }, lib') },
  );
  assert.ok(!verdicts.some(({ code, reason }) => code === 'computed-at-load' && reason.includes('lib.languages.markup')));
});
