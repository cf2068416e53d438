/** A release whose new code needs another version of a dependency, in processes that have the old one and in one that has enough. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '../e2e-support/program.ts';

const dep = (more: string): string => `let n = 0; exports.count = () => ++n;${more}`;
const MORE = ' exports.more = () => 100 + n;';

const FORMATS = {
  CommonJS: {
    manifest: { main: './index.js' },
    'index.js': (body: string) =>
      `const dep = require('dep');\nexports.f = () => ${body};\nexports.count = () => dep.count();\nexports.late = () => require('./late').count();\n`,
    'late.js': "const { count } = require('dep');\nexports.count = () => count();\n",
  },
  'ES modules': {
    manifest: { type: 'module', exports: './index.js' },
    'index.js': (body: string) =>
      `import dep, { count } from 'dep';\nexport const f = () => ${body};\nexport { own as count };\nconst own = () => count();\nexport const late = async () => (await import('./late.js')).count();\n`,
    'late.js': "import * as dep from 'dep';\nexport const count = () => dep.count();\n",
  },
} as const;

for (const [format, { manifest, ...texts }] of Object.entries(FORMATS)) {
  const release = (version: string, body: string): Record<string, string> => ({
    'package.json': JSON.stringify({ name: 'lib', version, dependencies: { dep: `^${version}` }, ...manifest }),
    'index.js': texts['index.js'](body),
    'late.js': texts['late.js'],
  });
  const install = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(files).map(([file, text]) => [`${folder}/${file}`, text]));
  const depOf = (version: string, text: string): Record<string, string> =>
    install('node_modules/dep', { 'package.json': JSON.stringify({ name: 'dep', version, main: './index.js' }), 'index.js': text });

  test(`${format}: the patch brings the dependency, a module that comes later included, and takes it away`, async (t) => {
    const bench = new Bench(t);
    const main = `
      import { createServer } from 'node:http';
      import * as lib from 'lib';
      import * as dep from 'dep';
      const paths = { '/f': lib.f, '/count': lib.count, '/late': lib.late, '/own': dep.count };
      const server = createServer(async (request, response) => response.end(String(await paths[request.url]())));
      server.listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));`;
    const app = (name: string, text: string): string =>
      bench.tree(name, { 'main.mjs': main, ...install('node_modules/lib', release('1.0.0', '0')), ...depOf('1.0.0', text) });
    const next = bench.tree('next', { ...install('node_modules/lib', release('2.0.0', 'dep.more()')), ...depOf('2.0.0', dep(MORE)) });
    const lacking = await bench.start(`${app('lacking', dep(''))}/main.mjs`);
    const enough = await bench.start(`${app('enough', dep(MORE))}/main.mjs`);
    const trees = ['--from', `${bench.path('lacking')}/node_modules/lib`, '--to', `${next}/node_modules/lib`];
    const built = await bench.livepatch('build', ...trees, '-o', bench.path('fix.klp'));
    assert.equal(built.code, 0, built.stdout + built.stderr);
    assert.match(built.stdout, /dependency-upgraded/);
    const ask = async (program: typeof lacking, paths: string): Promise<number[]> => {
      const answers: number[] = [];
      for (const path of paths.split(' ')) answers.push(Number(await program.get(`/${path}`)));
      return answers;
    };
    for (const program of [lacking, enough]) {
      assert.deepEqual(await ask(program, 'count own'), [1, 2]);
      for (const command of ['check', 'apply']) {
        const done = await bench.livepatch(command, bench.path('fix.klp'), program.pid);
        assert.equal(done.code, 0, done.stdout + done.stderr);
      }
    }
    assert.deepEqual(await ask(lacking, 'f count late own count'), [100, 1, 2, 3, 3]);
    assert.deepEqual(await ask(enough, 'f count late own count'), [102, 3, 4, 5, 6]);
    for (const program of [lacking, enough]) assert.equal((await bench.livepatch('revert', 'fix', program.pid)).code, 0);
    assert.deepEqual(await ask(lacking, 'f count late own'), [0, 4, 5, 6]);
    assert.deepEqual(await ask(enough, 'f count late own'), [0, 7, 8, 9]);
  });
}
