/** Where specifiers lead within a tree: where Node itself goes, asked from the same files. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Manifests } from '../../src/build/input/files.ts';
import { Specifiers } from '../../src/build/input/specifiers.ts';
import { directory } from '../../src/build/input/trees.ts';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'livepatch-specifiers-')));
after(() => rmSync(scratch, { recursive: true, force: true }));
// Installed, as a folder within it that is a package of its own finds it by its name.
const home = join(scratch, 'node_modules/@shop/core');

const manifest = {
  name: '@shop/core',
  exports: {
    '.': { import: './main.mjs', require: './main.cjs' },
    './plain': './plain.js',
    './nested': { browser: './web.js', node: { import: './n.mjs', default: './n.cjs' }, default: './web.js' },
    './falls': { node: { browser: './web.js' }, default: './plain.js' },
    './first': { default: './plain.js', import: './n.mjs' },
    './sync': { 'module-sync': './n.mjs', default: './n.cjs' },
    './custom': { development: './web.js', custom: './web.js', default: './plain.js' },
    './list': [{ browser: './web.js' }, './plain.js', './web.js'],
    './closed': null,
    './half': { import: null, default: './plain.js' },
    './features/*': './features/*.js',
    './features/deep/*': './deep/*.js',
    './features/private/*': null,
    './with/*.js': './features/*.js',
    './twice/*': './twice/*/*.js',
    './*/a.js': './features/a.js',
  },
  imports: {
    '#plain': './plain.js',
    '#kind': { import: './n.mjs', require: './n.cjs' },
    '#own': '@shop/core/nested',
    '#deep/*': './deep/*.js',
    '#closed': null,
    '#fs': 'node:fs',
  },
};
const files: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify(manifest),
  'sub/package.json': '{ "type": "module", "imports": { "#plain": "./own.js" } }',
  ...Object.fromEntries(
    [
      'main.mjs',
      'main.cjs',
      'plain.js',
      'web.js',
      'n.mjs',
      'n.cjs',
      'features/a.js',
      'features/deep/a.js',
      'features/private/a.js',
      'deep/a.js',
      'deep/b.js',
      'twice/a/a.js',
      'sub/own.js',
    ].map((file) => [file, '']),
  ),
  ...Object.fromEntries(
    ['ask.mjs', 'lib/ask.mjs', 'sub/ask.mjs'].map((file) => [file, 'export const ask = (name) => import.meta.resolve(name);\n']),
  ),
};
for (const [file, text] of Object.entries(files)) {
  mkdirSync(dirname(join(home, file)), { recursive: true });
  writeFileSync(join(home, file), text);
}

const asked = [
  '#plain',
  '#kind',
  '#own',
  '#deep/a',
  '#closed',
  '#fs',
  '#none',
  'fs',
  'other',
  '@shop/other',
  '@shop',
  ...Object.keys(manifest.exports)
    .filter((key) => !key.includes('*'))
    .map((key) => `@shop/core${key.slice(1)}`),
  ...['features/a', 'features/deep/a', 'features/deep/b', 'features/private/a', 'with/a.js', 'twice/a', 'x/a.js', 'none', 'plain.js'].map(
    (path) => `@shop/core/${path}`,
  ),
];

/** The file in the tree; null for what is not there, or lies outside. */
function within(resolve: () => string): string | null {
  try {
    const found = resolve();
    const path = found.startsWith('file:') ? fileURLToPath(found) : found;
    const file = relative(home, path);
    return file in files ? file : null;
  } catch {
    return null;
  }
}

test('a name leads where it leads in Node', async () => {
  const tree = await directory(home, home);
  const specifiers = await Specifiers.of(tree, new Manifests(tree, 'old'), []);
  const found = new Set<string | null>();
  for (const folder of ['', 'lib/', 'sub/']) {
    const { ask } = (await import(pathToFileURL(join(home, `${folder}ask.mjs`)).href)) as { readonly ask: (name: string) => string };
    const { resolve } = createRequire(join(home, `${folder}ask.cjs`));
    for (const name of asked) {
      const imported = within(() => ask(name));
      const required = within(() => resolve(name));
      assert.equal(specifiers.resolve(`${folder}ask.mjs`, name), imported, `import of ${name} in ${folder}`);
      assert.equal(specifiers.resolve(`${folder}ask.cjs`, name), required, `require of ${name} in ${folder}`);
      for (const file of [imported, required]) {
        found.add(file);
        if (file !== null) assert.ok(specifiers.all(`${folder}ask.mjs`, name).includes(file), `${name} may lead to ${file}`);
      }
    }
  }
  assert.ok(found.size > 8, 'most names lead somewhere');
});
