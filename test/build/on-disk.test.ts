/** Files that code finds on the disk as it runs are no part of a patch: the report says which it may miss. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

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

test('an example in the documentation looks for nothing', async () => {
  const said = (rest: string): Promise<string[]> =>
    missed({ ...index(1, rest), 'page.html': 'a' }, { ...index(2, rest), 'page.html': 'b' });
  const read = "fs.readFileSync(__dirname + '/page.html')";
  assert.deepEqual(await said(`/**\n * ${read}\n */\n  // ${read}\n`), []);
  assert.equal((await said(`/** The page. */\nexports.page = (fs) => ${read};\n`)).length, 1);
});

/** What is said where `code`, in lib/a.mjs or lib/a.cjs, has the version of the package, which goes up. */
async function saidOf(code: string, ending: string): Promise<string[]> {
  const files = (version: number): Files => ({
    'package.json': `{ "name": "p", "version": "${version}.0.0", "main": "index.js" }`,
    'index.js': `exports.lib = () => import('./lib/a.${ending}');\nexports.version = () => ${version};\n`,
    [`lib/a.${ending}`]: code,
  });
  const { verdicts } = await build(files(1), files(2));
  return verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code: said, file, reason }) => `${said} ${file}: ${reason}`);
}

const FOUND = ['lib/a.cjs', 'lib/a.mjs'].map(
  (by) => `file-not-brought package.json: it has changed, and ${by} may look for it on the disk`,
);

test('the package file, whose version is read as the program runs', async () => {
  const ways = {
    cjs: [
      "const { version } = JSON.parse(fs.readFileSync(path.join(__dirname, '../package.json')));",
      "const { version } = JSON.parse(fs.readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8'));",
      "const { version } = require(__dirname + '/../package.json');",
      'const { version } = require(`${__dirname}/../package.json`);',
      "const { version } = JSON.parse(fs.readFileSync(require.resolve('../package.json')));",
      "const { version } = require(path.join(path.dirname(__filename), '..', 'package.json'));",
    ],
    mjs: [
      "const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url)).toString());",
      "const { version } = createRequire(import.meta.url)('../package.json');",
      "const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json')));",
      "const { version } = JSON.parse(readFileSync(\n  join(dirname(fileURLToPath(import.meta.url)), '../package.json'),\n));",
      "const { version } = JSON.parse(readFileSync(join(fileURLToPath(import.meta.url), '../..', 'package.json')));",
    ],
  };
  for (const [i, ending] of (['cjs', 'mjs'] as const).entries())
    for (const code of ways[ending]) assert.deepEqual(await saidOf(code, ending), [FOUND[i]], code);
});

test('a package file that is required is data that the program holds, and is told of once', async () => {
  const said = await saidOf("exports.here = __dirname;\nexports.version = require('../package.json').version;", 'cjs');
  assert.deepEqual(said, ['data-changed package.json: modules that have read it keep what they read']);
});

test('the package file of another package', async () => {
  for (const code of [
    "exports.of = (folder) => fs.readFileSync(path.join(folder, 'package.json'));",
    "exports.own = fs.readFileSync(path.join(__dirname, 'package.json'));",
    "exports.other = fs.readFileSync(require.resolve('other/package.json'));",
    "exports.above = fs.readFileSync(path.join(__dirname, '../../package.json'));",
  ])
    assert.deepEqual(await saidOf(code, 'cjs'), [], code);
});

test('what no code looks for', async () => {
  assert.deepEqual(await missed({ ...index(1), 'a.html': '1' }, { ...index(2), 'a.html': '2', 'new.js': '', 'new.txt': '' }), []);
});

test('a file that is read for its text to be made into code', async () => {
  const load = (how: string): string =>
    `const fs = require('fs'), path = require('path');\nconst text = ['./lib/a.js', './lib/b.js'].map((file) => fs.readFileSync(path.join(__dirname, file), 'utf8')).join('\\n');\n${how}\n`;
  const files = (how: string, n: number): Files => ({ ...MANIFEST, 'index.js': load(how), 'lib/a.js': `function a() { return ${n} }\n` });
  const made = await build(
    files("new Function('exports', text + ';exports.a = a')(exports);", 1),
    files("new Function('exports', text + ';exports.a = a')(exports);", 2),
  );
  assert.equal(made.patch, null);
  assert.deepEqual(
    made.verdicts.filter(({ verdict }) => verdict === 'needs-hook').map(({ code, file, line }) => [code, file, line]),
    [['generated-code', 'index.js', 3]],
  );
  const served = await build(
    files('exports.a = (response) => response.end(text);', 1),
    files('exports.a = (response) => response.end(text);', 2),
  );
  assert.ok(served.verdicts.every(({ code }) => code !== 'generated-code'));
});

test('which of several files of one name is read, by what stands before the name, and in a bundle by where it stands', async () => {
  const asks = async (path: string, file: string, between = ''): Promise<boolean> => {
    const load = `const fs = require('fs'), path = require('path');\n${between}const text = fs.readFileSync(${path}, 'utf8');\nnew Function('exports', text)(exports);\n`;
    const files = (n: number): Files => ({
      'package.json': '{ "name": "p", "version": "1.0.0", "main": "src/index.js" }',
      'src/index.js': load,
      [file]: `function a() { return ${n} }\n`,
      'src/other.js': 'exports.other = 1;\n',
    });
    return (await build(files(1), files(2))).verdicts.some(({ code }) => code === 'generated-code');
  };
  const name = 'file';
  assert.ok(await asks(`path.join(base, 'a.js'), ${name}`, 'src/a.js'));
  assert.ok(await asks(`path.join(base, 'a.js'), ${name}`, 'src/deep/a.js'));
  assert.ok(await asks(`path.join(base, '../a.js'), ${name}`, 'a.js'));
  assert.ok(!(await asks(`path.join(base, 'a.js'), ${name}`, 'a.js')));
  assert.ok(await asks(`path.join(base, 'lib', 'index.js'), ${name}`, 'lib/index.js'));
  assert.ok(await asks(`base + '/lib/index.js'`, 'lib/index.js'));
  assert.ok(!(await asks(`path.join(base, 'index.js'), ${name}`, 'lib/index.js')));
  assert.ok(!(await asks(`path.join(base, 'index.js'), ${name}`, 'lib/index.js', `use('lib');${' '.repeat(20)}\n`)));
  const far = (lines: number): string => `const names = ['lib/a.js'];\n${'x.y();\n'.repeat(lines)}`;
  assert.ok(await asks(`base + names[0]`, 'lib/a.js', far(200)));
  assert.ok(!(await asks(`base + names[0]`, 'lib/a.js', far(20_000))));
  assert.ok(await asks(`base + 'lib/a.js'`, 'lib/a.js', far(20_000).replace('lib/a.js', '')));
  assert.ok(await asks(`base + 'lib/a.js'`, 'lib/a.js', `${far(20_000).replace('lib/a.js', '')}const quote = /'/;`));
  // Where what is near begins says nothing of where a text does.
  for (const more of ['', ' '])
    assert.ok(
      await asks(
        `base + 'lib/a.js'`,
        'lib/a.js',
        `${far(20_000).replace('lib/a.js', '')}const text0 = '${'x'.repeat(260)}${more}', text1 = '${'y'.repeat(150)}';`,
      ),
    );
});

test('a file whose text is read by a path from the folder of the module: new code has the new text', async () => {
  const source = `const fs = require('node:fs'); const { readFileSync } = fs; const path = require('path');
const page = fs.readFileSync(path.join(__dirname, 'views', 'page.html'), 'utf8');
exports.page = () => page;
exports.read = () => readFileSync(__dirname + '/views/page.html', { encoding: 'utf-8' });
exports.text = () => fs.readFileSync(\`\${__dirname}/shared.js\`).toString();
exports.shared = require('./shared');
exports.bytes = () => fs.readFileSync(path.resolve(__dirname, 'bytes.bin')).length;`;
  const files = { 'index.js': source, 'views/page.html': 'old "page"', 'shared.js': 'exports.n = () => 1;\n', 'bytes.bin': '1' };
  const p = await program(files, { 'views/page.html': 'new\n"page"', 'shared.js': 'exports.n = () => 2;\n', 'bytes.bin': '12' });
  const seen = (): unknown[] => [
    p.exports['page'](),
    p.exports['read'](),
    p.exports['text'](),
    p.exports['shared'].n(),
    p.exports['bytes'](),
  ];
  assert.deepEqual(seen(), ['old "page"', 'old "page"', 'exports.n = () => 1;\n', 1, 1]);
  await p.apply();
  assert.deepEqual(seen(), ['new\n"page"', 'new\n"page"', 'exports.n = () => 2;\n', 2, 1]);
  assert.deepEqual(p.codes('warning'), ['file-not-brought']);
  await p.revert();
  assert.deepEqual(seen(), ['old "page"', 'old "page"', 'exports.n = () => 1;\n', 1, 1]);
  p.clean();
});

test('a text that a path from elsewhere leads to is not brought', async () => {
  for (const path of [
    "process.cwd() + '/page.html'",
    "__dirname + 'page.html'",
    "require('path').join(__dirname, name, 'page.html')",
    "'page.html'",
  ]) {
    const rest = `exports.read = (name) => require('fs').readFileSync(${path}, 'utf8');\n`;
    const { verdicts } = await build(
      { ...MANIFEST, ...index(1, rest), 'page.html': 'old' },
      { ...MANIFEST, ...index(2, rest), 'page.html': 'new' },
    );
    const codes = verdicts.map(({ code }) => code);
    assert.ok(codes.includes('file-not-brought') && !codes.includes('text-brought'), path);
  }
});

test('code is made of the text of a file that is read: what was made before stays', async () => {
  const maker = (read: string): string =>
    `const { Script } = require('vm');\nconst script = new Script(${read});\nexports.run = () => script.runInThisContext();\n`;
  for (const [read, code] of [
    ["require('fs').readFileSync(__dirname + '/run.js', 'utf8')", 'results-kept'],
    ["require('fs').readFileSync(process.argv[2] ?? './run.js', 'utf8')", 'generated-code'],
  ] as const) {
    const before = { ...MANIFEST, 'index.js': maker(read), 'run.js': '1' };
    const { verdicts } = await build(before, { ...before, 'index.js': `${maker(read)}// the next\nexports.next = 1;\n`, 'run.js': '2' });
    assert.ok(
      verdicts.some((v) => v.code === code && v.reason.includes('run.js')),
      `${read} ${JSON.stringify(verdicts)}`,
    );
  }
});
