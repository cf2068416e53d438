/** Files that code finds on the disk as it runs are no part of a patch: the report says which it may miss. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

type Files = Record<string, string>;

const MANIFEST = { 'package.json': '{ "name": "p", "version": "1.0.0", "main": "index.js" }' };

async function missed(before: Files, after: Files): Promise<string[]> {
  const { patch, verdicts } = await build({ ...MANIFEST, ...before }, { ...MANIFEST, ...after });
  assert.notEqual(patch, null);
  return verdicts.filter(({ code }) => code === 'file-not-brought').map(({ file, reason }) => `${file}: ${reason}`);
}

const index = (version: number, rest = ''): Files => ({ 'index.js': `${rest}exports.version = () => ${version};\n` });

test('a new module that is required by a name put together', async () => {
  for (const load of ["require('./lib/' + name)", 'require(`./lib/${name}.js`)', 'import("./lib/" + name)']) {
    const rest = `exports.load = (name) => ${load};\n`;
    const old = { 'lib/a.js': 'module.exports = 1;\n' };
    const said = await missed(
      { ...index(1, rest), ...old },
      { ...index(2, rest), ...old, 'lib/b.js': 'module.exports = 2;\n', 'other/c.js': '' },
    );
    assert.deepEqual(said, ['lib/b.js: it is new, and index.js may look for it on the disk'], load);
  }
});

test('a new module that is started by its path, and one that is required as well', async () => {
  const rest =
    "const work = () => new Worker(require.resolve('./worker.js'));\nconst help = () => require('./help');\nexports.all = [work, help];\n";
  const said = await missed(index(1), { ...index(2, rest), 'worker.js': 'postMessage(1);\n', 'help.js': 'exports.x = 1;\n' });
  assert.deepEqual(said, ['worker.js: it is new, and index.js may look for it on the disk']);
});

test('a file that is read as the program runs', async () => {
  const rest =
    "const read = (name) => require('fs').readFileSync(require('path').join(__dirname, name));\nexports.page = () => read('page.html');\n";
  const page = (text: string): Files => ({ 'page.html': text, 'README.md': text, 'unused.html': text });
  assert.deepEqual(await missed({ ...index(1, rest), ...page('a') }, { ...index(2, rest), ...page('b') }), [
    'page.html: it has changed, and index.js may look for it on the disk',
  ]);
  assert.deepEqual(await missed({ ...index(1, rest), ...page('a') }, { ...index(2, rest), ...page('a') }), []);
});

test('what no code looks for', async () => {
  assert.deepEqual(await missed({ ...index(1), 'a.html': '1' }, { ...index(2), 'a.html': '2', 'new.js': '', 'new.txt': '' }), []);
});
