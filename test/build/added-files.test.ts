/** Files that only the new version has, which ask for what other modules of the patch give anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const ESM = { 'package.json': '{"name": "p", "version": "1.0.0", "type": "module"}' };

test('a new CommonJS file finds new and changed exports of the modules that it asks for, and other new files, as it loads and when it runs', async () => {
  const p = await program(
    {
      'index.js': "const { LIMIT } = require('./limits'); exports.f = (x) => (x > LIMIT ? 'over' : 'under')",
      'limits.js': "exports.LIMIT = 10; exports.g = () => 'old'",
    },
    {
      'index.js':
        "const { LIMIT } = require('./limits'); const { check } = require('./check'); exports.f = (x) => (x > LIMIT ? 'over' : check())",
      'limits.js': "exports.LIMIT = 20; exports.g = () => 'new'; exports.more = () => 'more'",
      'check.js': `
        const { LIMIT, g, more } = require('./limits');
        const limits = require('./limits');
        const { name } = require('./name');
        exports.check = () => [LIMIT, g(), more(), limits.LIMIT, limits.more(), Object.keys(limits).join(), { ...limits }.LIMIT, name].join(' ');
      `,
      'name.js': "exports.name = require('node:path').basename('/a/b')",
    },
  );
  assert.equal(p.exports['f'](5), 'under');
  await p.apply();
  assert.equal(p.exports['f'](5), '20 new more 20 more LIMIT,g,more 20 b');
  await p.revert();
  assert.equal(p.exports['f'](5), 'under');
  assert.equal(p.load('limits.js')['LIMIT'], 10);
});

test('a new ES module finds new and changed exports of the modules that it imports, under all forms of import', async () => {
  const p = await program(
    {
      'index.mjs': "import { LIMIT } from './limits.mjs'; export const f = (x) => (x > LIMIT ? 'over' : 'under')",
      'limits.mjs': "export const LIMIT = 10; export const g = () => 'old'; export default function () { return 'default' }",
      'kept.cjs': 'exports.A = 1; exports.B = 2',
    },
    {
      'index.mjs':
        "import { LIMIT } from './limits.mjs'; import { check } from './check.mjs'; export const f = (x) => (x > LIMIT ? 'over' : check())",
      'limits.mjs':
        "export const LIMIT = 20; export const g = () => 'new'; export const more = () => 'more'; export default function () { return 'default' }",
      'kept.cjs': 'exports.A = 1; exports.B = 3; exports.C = 4',
      'check.mjs': `
        import by, { LIMIT as L, g, more } from './limits.mjs';
        import * as limits from './limits.mjs';
        import { again } from './again.mjs';
        export const check = () => [by(), L, g(), more(), limits.LIMIT, again, Object.keys(limits).join()].join(' ');
      `,
      'again.mjs': "export { LIMIT as again } from './limits.mjs'",
    },
  );
  assert.equal(p.exports['f'](5), 'under');
  await p.apply();
  assert.equal(p.exports['f'](5), 'default 20 new more 20 20 LIMIT,default,g,more');
  await p.revert();
  assert.equal(p.exports['f'](5), 'under');
});

test('a new ES module finds what a CommonJS module gives anew', async () => {
  const p = await program(
    { 'index.mjs': "import kept from './kept.cjs'; export const f = () => kept.A", 'kept.cjs': 'exports.A = 1; exports.B = 2' },
    {
      'index.mjs': "import kept from './kept.cjs'; import { check } from './check.mjs'; export const f = () => [kept.A, check()].join()",
      'kept.cjs': 'exports.A = 1; exports.B = 3; exports.C = 4',
      'check.mjs': "import whole, { A, B, C } from './kept.cjs'; export const check = () => [A, B, C, whole.A, whole.B, whole.C].join()",
    },
  );
  await p.apply();
  assert.equal(p.exports['f'](), '1,1,3,4,1,3,4');
});

test('what a new file reads of a module that needs the file itself as it is linked is not there: the patch is not linked', async () => {
  for (const [name, text] of [
    ['back.mjs', "import { more } from './index.mjs'; export const two = 2; export const check = () => more"],
    ['deep.mjs', "export * from './back.mjs'"],
  ] as const) {
    const p = await program(
      { 'index.mjs': 'export const f = () => 1' },
      {
        'index.mjs': `import { two, check } from './${name}'; export const more = two + 1; export const f = () => check()`,
        'back.mjs': "import { more } from './index.mjs'; export const two = 2; export const check = () => more",
        [name]: text,
      },
    );
    await assert.rejects(p.apply(), { code: 'ERR_LINK' });
    assert.equal(p.exports['f'](), 1);
  }
});

test('an import of a new file whose value goes on changing is said to stay', async () => {
  const report = await build(
    { 'index.js': "import { f } from './count.js'; export { f }", 'count.js': 'export const f = () => 1', ...ESM },
    {
      'index.js': "import { f } from './count.js'; export { f }",
      'count.js': "import { check } from './check.js'; export let count = 0; export const f = () => { count++; return check() }",
      'check.js': "import { count } from './count.js'; export const check = () => count",
      ...ESM,
    },
  );
  const copied = report.verdicts.filter(({ code }) => code === 'value-copied').map(({ file, path }) => [file, path]);
  assert.deepEqual(copied, [['check.js', 'count']]);
});
