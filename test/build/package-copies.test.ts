/** What packages make, as a module loads, of all that another one gives: it lacks what that one gives from now on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const ONE = 'exports.first = () => 1;\n';
const said = async (code: string, now = `${ONE}exports.slice = () => 2;`): Promise<readonly string[]> => {
  const files = { 'index.js': `function Box() {}\nexports.Box = Box;\n${code}\n` };
  const { patch, verdicts } = await build({ ...files, 'one.js': ONE }, { ...files, 'one.js': now });
  assert.notEqual(patch, null);
  return verdicts.flatMap(({ code: own, path, file }) => (own === 'computed-at-load' ? `${file} ${path}` : []));
};

const copies: Readonly<Record<string, string>> = {
  'what the language copies': "Object.assign(Box.prototype, require('./one.js'));",
  'what a package copies': "const _ = require('lodash'); _.extend(Box.prototype, require('./one.js'));",
  'what it copies of several': "const _ = require('lodash'); _.extend(Box.prototype, { second: 2 }, require('./one.js'));",
  'what it copies by a name of its own': "const merge = require('deepmerge'); exports.all = merge({}, require('./one.js'));",
  'a module that has a name': "const one = require('./one.js'); require('xtend').mixIn(Box.prototype, one);",
  'what Node copies': "require('util')._extend(Box.prototype, require('./one.js'));",
};
for (const [what, code] of Object.entries(copies))
  test(`${what} is said to lack what the module gives from now on`, async () => {
    assert.deepEqual(await said(code), ['index.js slice']);
    assert.deepEqual(await said(code, ONE.replace('1', '2')), []);
  });

test('nothing is said of what takes no more than it asks for, of exports that gain it too, and of what each call makes', async () => {
  for (const code of [
    "const _ = require('lodash'); _.extend(Box.prototype, { first: require('./one.js').first });",
    "const _ = require('lodash'); _.defer(Box.prototype, require('./one.js'));",
    "const _ = require('lodash'); exports.make = () => _.extend({}, require('./one.js'));",
    "const _ = require('lodash'); _.extend(require('./one.js'), { second: 2 });",
  ])
    assert.deepEqual(await said(code), [], code);
});
