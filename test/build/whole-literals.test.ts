/** What a CommonJS module gives away as a whole with entries that it puts on it: `module.exports = Object.assign(parse, { … })`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const PARSE = { 'parse.js': 'exports.parse = (text) => `parsed ${text}`; exports.other = () => 1;' };
const given = (entries: string, target = 'p.parse', more = ''): string =>
  `const p = require('./parse.js');\n${more}module.exports = Object.assign(${target}, { default: p.parse, ${entries} });\n`;

test('an entry more is there, one that changed is another and one less is taken off; who has the whole finds them', async () => {
  const p = await program(
    { 'index.js': given('limit: 1, gone: 2'), ...PARSE },
    { 'index.js': given('parse: p.parse, limit: 5, run: (n) => n + 1') },
  );
  assert.deepEqual(p.codes('warning'), ['export-removed']);
  const held = p.exports;
  assert.deepEqual([held['limit'], held['parse'], held['gone']], [1, undefined, 2]);
  await p.apply();
  const whole = held as unknown as (text: string) => string;
  assert.deepEqual([held['limit'], held['parse'] === held, held['run'](1), whole('a')], [5, true, 2, 'parsed a']);
  await p.revert();
  assert.deepEqual([held['limit'], held['parse'], held['run'], held['gone']], [1, undefined, undefined, 2]);
});

test('so it is where the module puts them on a function of its own, and says nothing of it otherwise', async () => {
  const own = (entries: string): string => `function parse(text) { return text }\nmodule.exports = Object.assign(parse, ${entries});\n`;
  const p = await program({ 'index.js': own('{ limit: 1 }') }, { 'index.js': own('{ limit: 1, strict: true }') });
  assert.deepEqual(p.codes(), ['export-added']);
  await p.apply();
  assert.equal(p.exports['strict'], true);
  await p.revert();
  assert.equal('strict' in p.exports, false);
});

test('it is refused where they are put on something else, or by something else', async () => {
  const refused = async (after: string, before = given('limit: 1')): Promise<readonly string[]> => {
    const { verdicts } = await build({ 'index.js': before, ...PARSE }, { 'index.js': after, ...PARSE });
    return verdicts.flatMap(({ verdict, code }) => (verdict === 'refused' ? code : []));
  };
  assert.deepEqual(await refused(given('limit: 1, more: 2')), []);
  const statement = ['statement-changed'];
  assert.deepEqual(await refused(given('limit: 1, more: 2', 'p.other')), statement);
  assert.deepEqual(await refused(given('limit: 1, more: 2', 'p.parse, p.other')), statement);
  const called = (text: string): string => text.replace('Object.assign', 'p.other');
  const other = await build(
    { 'index.js': called(given('limit: 1')), ...PARSE },
    { 'index.js': called(given('limit: 1, more: 2')), ...PARSE },
  );
  assert.deepEqual(
    other.verdicts.flatMap(({ code }) => (code === 'export-added' ? code : [])),
    [],
  );
  const last = (text: string): string => text.replace('});', '}, p.other);');
  assert.deepEqual(await refused(last(given('limit: 1, more: 2')), last(given('limit: 1'))), statement);
});
