/** Modules that give away again what others do: by which names they give what has changed there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withPassedOn } from '../../src/build/hazards/passed-on.ts';

/** The names by which each of the files gives `f` away, or what it is called in `changed.js`. */
async function given(texts: Readonly<Record<string, string>>): Promise<Record<string, string[]>> {
  const found = await withPassedOn<ReadonlySet<string>>(
    Object.keys(texts),
    new Map([['changed.js', new Set(['f'])]]),
    { text: async (file) => texts[file]!, resolve: (_, specifier) => specifier.replace('./', '') },
    {
      join: (a, b) => new Set([...a, ...b]),
      renamed: (one, names) => new Set([...one].flatMap((name) => [name, names.get(name) ?? []].flat())),
      under: (one, as) => new Set([...one].map((name) => `${as}.${name}`)),
      size: (one) => one.size,
    },
  );
  return Object.fromEntries([...found].filter(([file]) => file !== 'changed.js').map(([file, names]) => [file, [...names].sort()]));
}

test('what a module passes on, and what passes that on', async () => {
  assert.deepEqual(
    await given({
      'all.js': "export * from './changed.js';",
      'one.js': "export { f as g } from './all.js';",
      'under.js': "export * as own from './one.js';",
      'cjs.js': "exports.more = require('./under.js');",
      'copy.js': "Object.assign(exports, require('./changed.js'));",
      'variable.js': "const changed = require('./changed.js'); Object.defineProperty(exports, 'f', { get() { return changed.f } });",
    }),
    {
      'all.js': ['f'],
      'one.js': ['f', 'g'],
      'under.js': ['own.f', 'own.g'],
      'cjs.js': ['more.own.f', 'more.own.g'],
      'copy.js': ['f'],
      'variable.js': ['f'],
    },
  );
});

test('what a module asks for besides, or names in a comment, it does not pass on', async () => {
  assert.deepEqual(
    await given({
      'a.js': "import { f } from './changed.js'; export { b } from './b.js'; export const g = () => f();",
      'b.js': "export {\n  /**\n   * import { f } from './changed.js'\n   */\n  b } from './c.js';",
      'c.js': 'export const b = 1;',
    }),
    {},
  );
});

test('modules that give each other away under names do so to a depth that a program may ask for', async () => {
  const names = Array.from({ length: 9 }, (_, i) => `m${i}`);
  const texts = Object.fromEntries(
    names.map((own) => [`${own}.js`, names.map((name) => `export * as ${name} from './${name}.js';`).join('\n')]),
  );
  const found = await given({ ...texts, 'm0.js': `${texts['m0.js']}\nexport * from './changed.js';` });
  assert.ok(found['m3.js']!.includes('m2.m1.m0.f'));
  assert.ok(found['m3.js']!.every((name) => name.split('.').length <= 4));
});
