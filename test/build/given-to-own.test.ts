/** What functions give to methods of their own object that keep it: objects on which they have been called keep what they were given. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';
import type { Files } from './harness.ts';

const BASE = `class Base {
  constructor() { this.rules = []; }
  $_addRule(rule) { this.rules.push(rule); return this; }
  addUp(numbers) { return numbers.reduce((a, b) => a + b, 0); }
  run(value) { return this.rules.every((rule) => value.length >= rule.limit); }
}
`;
const schema = (limit: string, give: string): string =>
  `function limitOf(options) { return options.min || LIMIT; }
class Schema extends Base {
  email(options) { ${give} }
}
exports.Schema = Schema;
`.replace('LIMIT', limit);

const here = (limit: string, give: string): Files => ({ 'index.js': BASE + schema(limit, give) });
const beside = (limit: string, give: string): Files => ({
  'base.js': `${BASE}exports.Base = Base;`,
  'index.js': `const { Base } = require('./base');\n${schema(limit, give)}`,
});

async function told(before: Files, after: Files): Promise<string[]> {
  const { verdicts } = await build(before, after);
  return verdicts.flatMap(({ code, path, verdict }) => (verdict === 'warning' ? `${code} ${path}` : []));
}

const GIVE = "const limit = limitOf(options); return this.$_addRule({ name: 'email', limit });";

for (const [where, files] of [
  ['of its module', here],
  ['of another module', beside],
] as const) {
  test(`it is said where the method is ${where}, of what a function makes that has changed`, async () => {
    const kept = where === 'of its module' ? 'rules' : '$_addRule';
    for (const give of [GIVE, 'return this.$_addRule({ limit: limitOf(options) });'])
      assert.deepEqual(await told(files('1', give), files('2', give)), [`instances-hold Schema#email ${kept}`], give);
  });

  test(`it is said where the method is ${where}, of what is computed otherwise`, async () => {
    for (const limit of ['Number(options.min || 3)', 'options.min ? options.min : 3', 'options.size'])
      assert.deepEqual(
        await told(files('1', GIVE), files('1', GIVE.replace('limitOf(options)', limit))),
        ['instances-hold Schema#email $_addRule'],
        limit,
      );
  });
}

test('it is not said of a method that keeps nothing, of another object, or of what is the same', async () => {
  for (const give of [
    'return this.addUp([limitOf(options)]);',
    'return options.addRule({ limit: limitOf(options) });',
    'return limitOf(options);',
  ])
    assert.deepEqual(await told(here('1', give), here('2', give)), [], give);
  assert.deepEqual(await told(beside('1', GIVE), beside('1', `if (!options) return this; ${GIVE}`)), []);
});
