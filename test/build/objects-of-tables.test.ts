/** Objects that functions make for who calls them of all that a table has: those that exist keep what it had, and that is said. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

type Files = Record<string, string>;

const MERGE = 'function mergeConfig(x, y) { const r = {}; for (const k in x) r[k] = x[k]; for (const k in y) r[k] = y[k]; return r; }\n';
const CLIENT = 'class Client { constructor(c) { this.c = c; } get() { return ENTRIES; } }\n';

/** With everything in one module, and with the table, the function that merges and the class in modules of their own. */
const FORMS: Readonly<Record<string, (made: string) => Files>> = {
  'of one module': (made) => ({ 'index.js': `const defaults = { TABLE };\n${MERGE}${CLIENT}exports.create = (c) => ${made};` }),
  'of one module that changes it in place': (made) => ({
    'index.js': `const mergeConfig = require('./merge'); const defaults = exports.defaults = { TABLE };\n${CLIENT}exports.create = (c) => ${made};`,
    'merge.js': `${MERGE}module.exports = mergeConfig;`,
  }),
  'of several modules': (made) => ({
    'index.js': `const defaults = require('./defaults'); const mergeConfig = require('./merge'); const Client = require('./client');\nexports.create = (c) => ${made};`,
    'defaults.js': 'module.exports = { TABLE };',
    'merge.js': `${MERGE}module.exports = mergeConfig;`,
    'client.js': `${CLIENT}module.exports = Client;`,
  }),
  'of what another module gives by its name': (made) => ({
    'index.js': `const lib = require('./defaults'); const mergeConfig = require('./merge'); const Client = require('./client');\nexports.create = (c) => ${made.replace('defaults', 'lib.defaults')};`,
    'defaults.js': 'exports.defaults = { TABLE };',
    'merge.js': `${MERGE}module.exports = mergeConfig;`,
    'client.js': `${CLIENT}module.exports = Client;`,
  }),
};
const filled = (files: Files, table: string, entries: string): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replace('TABLE', table).replace('ENTRIES', entries)]));

const CHANGES = {
  'has another value': ['a: 1', 'this.c.a', 'a: 2', 'this.c.a'],
  'gains an entry': ['a: 1', 'this.c.a', 'a: 1, b: 2', '(this.c.b ?? 0) + this.c.a'],
} as const;
const MADE = ['new Client(mergeConfig(defaults, c))', 'new Client(c ? mergeConfig(defaults, c) : c)'];

for (const [form, files] of Object.entries(FORMS))
  for (const [what, [table, entries, table2, entries2]] of Object.entries(CHANGES))
    test(`a table ${form} ${what}`, async () => {
      for (const made of MADE) {
        const p = await program(filled(files(made), table, entries), filled(files(made), table2, entries2));
        const create = (): { get(): number } => (p.exports['create'] as (c: object) => { get(): number })({});
        const held = create();
        await p.apply();
        const isAsNew = held.get() === create().get();
        assert.equal(
          isAsNew,
          !p.report.verdicts.some(({ code }) => code === 'value-copied'),
          JSON.stringify(p.report.verdicts.map(({ code, reason }) => `${code} ${reason}`)),
        );
        assert.equal(isAsNew, false);
        await p.revert();
        p.clean();
      }
    });

test('an object that is over with the call, an error, and one that nothing of the table goes into', async () => {
  const files = FORMS['of several modules']!;
  const copied = async (made: string, table: string): Promise<boolean> => {
    const { verdicts } = await build(filled(files(made), 'a: 1', 'this.c.a'), filled(files(made), table, 'this.c.a'));
    return verdicts.some(({ code }) => code === 'value-copied');
  };
  assert.equal(await copied('new Client(mergeConfig(defaults, c))', 'a: 2'), true);
  for (const made of ['new Client(mergeConfig(defaults, c)).get()', 'new Error(mergeConfig(defaults, c))', 'new Client(c)'])
    assert.equal(await copied(made.replace('new Client(c)', 'defaults && new Client(c)'), 'a: 2'), false, made);
});
