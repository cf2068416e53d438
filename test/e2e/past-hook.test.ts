/** Modules that come past the load hook, or go through another tool: patched, or refused for what they are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Bench } from '../e2e-support/program.ts';
import type { Program } from '../e2e-support/program.ts';

type Files = Readonly<Record<string, string>>;

const SERVER = `import { createServer } from 'node:http';
import * as dep from 'dep';
const server = createServer((request, response) => response.end(dep.answer())).listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));
`;
const COMMON_SERVER = `const { createServer } = require('node:http');
const dep = require('dep');
const server = createServer((request, response) => response.end(dep.answer())).listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));
`;
const dep = (version: string): Files => ({
  'package.json': '{ "name": "dep", "version": "1.0.0" }',
  'index.js': `const inner = require('./inner.js');\nexports.answer = function answer() { return 'entry ${version}, ' + inner(); };\n`,
  'inner.js': `module.exports = function inner() { return 'inner ${version}'; };\n`,
});
const installed = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`node_modules/dep/${name}`, text]));

/** A tool that compiles what is required: it takes the text behind the loader, on the module. */
const COMPILER = `const Module = require('node:module');
const read = Module._extensions['.js'];
Module._extensions['.js'] = (module, file) => {
  const compile = module._compile;
  if (/inner/.test(file)) module._compile = (text) => { module._compile = compile; module._compile(text.replace('function inner', 'function compiled'), file); };
  read(module, file);
};
`;
/** One that reads the files itself. */
const READER = `const Module = require('node:module');
const { readFileSync } = require('node:fs');
Module._extensions['.js'] = (module, file) => module._compile(readFileSync(file, 'utf8'), file);
`;
/** A loader that leaves CommonJS to \`require\`. */
const ASIDE = `import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(\`export async function load(url, context, next) {
  const loaded = await next(url, context);
  return loaded.format === 'commonjs' ? { ...loaded, source: null } : loaded;
}\`));
`;
/** A hook that asks for the text of CommonJS, and leaves it to `require` all the same. */
const ASKER = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) {
  const loaded = next(url, context);
  return loaded.format === 'commonjs' && context.conditions.includes('import') ? { ...loaded, source: null } : loaded;
} });
`;
/** One that prints what it loads anew. */
const PRINTER = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) {
  const loaded = next(url, context);
  return url.includes('printed') ? { ...loaded, source: String(loaded.source).replaceAll(/=>\\s*/g, ' => ') } : loaded;
} });
`;

/** One that makes CommonJS of an ES module. */
const CONVERTER = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) {
  const loaded = next(url, context);
  if (!url.includes('printed')) return loaded;
  const source = String(loaded.source)
    .replace("import { sep } from 'node:path'", "const path_1 = require('node:path')")
    .replace('export const answer', 'const answer = exports.answer')
    .replace(/ sep/g, ' path_1.sep')
    .replace('import.meta', '({ url: __filename })');
  return { ...loaded, format: 'commonjs', source };
} });
`;

const LIVEPATCH = '--import livepatch/register';

interface Case {
  readonly bench: Bench;
  readonly program: Program;
  readonly file: string;
}

async function start(
  t: TestContext,
  files: Files,
  options: (folder: string) => string,
  [from, to]: readonly [Files, Files],
): Promise<Case> {
  const bench = new Bench(t);
  const app = bench.tree('app', files);
  const script = Object.keys(files).find((name) => name.startsWith('server'))!;
  const file = bench.path('fix.klp');
  const built = await bench.livepatch('build', '--from', bench.tree('old', from), '--to', bench.tree('new', to), '-o', file);
  assert.equal(built.code, 0, built.stdout + built.stderr);
  const env = { NODE_OPTIONS: `--disable-warning=DEP0205 ${options(app)}` };
  return { bench, program: await bench.start(`${app}/${script}`, { hook: false, env }), file };
}

async function appliesAndReverts({ bench, program, file }: Case, before: string, after: string): Promise<void> {
  assert.equal(await program.get('/'), before);
  const applied = await bench.livepatch('apply', file, program.pid);
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  assert.equal(await program.get('/'), after);
  assert.equal((await bench.livepatch('revert', 'fix', program.pid)).code, 0);
  assert.equal(await program.get('/'), before);
}

async function refused({ bench, program, file }: Case): Promise<string> {
  const { code, stdout, stderr } = await bench.livepatch('apply', file, program.pid);
  assert.equal(code, 1, stdout + stderr);
  return stdout + stderr;
}

for (const order of ['before', 'after'] as const) {
  for (const [name, text] of Object.entries({ loader: ASIDE, hook: ASKER })) {
    test(`the CommonJS file that an import leads to, which a ${name} ${order} livepatch leaves to require`, async (t) => {
      const files = { 'server.mjs': SERVER, 'aside.mjs': text, ...installed(dep('v1')) };
      const options = (app: string): string => {
        const aside = `--import ${app}/aside.mjs`;
        return order === 'before' ? `${aside} ${LIVEPATCH}` : `${LIVEPATCH} ${aside}`;
      };
      await appliesAndReverts(await start(t, files, options, [dep('v1'), dep('v2')]), 'entry v1, inner v1', 'entry v2, inner v2');
    });
  }
}

for (const flag of ['--require', '--import']) {
  test(`files that a tool loaded with ${flag} reads itself`, async (t) => {
    const files = { 'server.cjs': COMMON_SERVER, 'reader.cjs': READER, ...installed(dep('v1')) };
    const one = await start(t, files, (app) => `${LIVEPATCH} ${flag} ${app}/reader.cjs`, [dep('v1'), dep('v2')]);
    await appliesAndReverts(one, 'entry v1, inner v1', 'entry v2, inner v2');
    const { untouched } = await one.bench.doctor(one.program.pid);
    assert.deepEqual(
      untouched.map(({ module }) => module.slice(module.lastIndexOf('/'))),
      flag === '--require' ? ['/reader.cjs'] : [],
    );
  });
}

test('a file that a tool compiles as it is required is told from what stands on the disk, and a patch of the others applies', async (t) => {
  const files = { 'server.cjs': COMMON_SERVER, 'compiler.cjs': COMPILER, ...installed(dep('v1')) };
  const options = (app: string): string => `${LIVEPATCH} --require ${app}/compiler.cjs`;
  const whole = await start(t, files, options, [dep('v1'), dep('v2')]);
  const said = await refused(whole);
  assert.match(said, /ERR_BASE_MISMATCH .*inner\.js/);
  assert.match(said, /a tool compiles what it loads/);
  assert.equal(await whole.program.get('/'), 'entry v1, inner v1');
  const entry = await start(t, files, options, [dep('v1'), { ...dep('v2'), 'inner.js': dep('v1')['inner.js']! }]);
  await appliesAndReverts(entry, 'entry v1, inner v1', 'entry v2, inner v1');
  const made = await start(t, files, options, [
    { ...dep('v1'), 'inner.js': dep('v1')['inner.js']!.replace('function inner', 'function compiled') },
    { ...dep('v2'), 'inner.js': dep('v2')['inner.js']!.replace('function inner', 'function compiled') },
  ]);
  await appliesAndReverts(made, 'entry v1, inner v1', 'entry v2, inner v2');
});

test('what a tool makes CommonJS of as it is required runs as it does without livepatch, and can be patched as what was made', async (t) => {
  const compiler = `const Module = require('node:module');
const read = Module._extensions['.js'];
Module._extensions['.js'] = (module, file) => {
  const compile = module._compile;
  if (/dep/.test(file)) module._compile = (text) => { module._compile = compile; module._compile(text.replace(/export const (\\w+)/, 'exports.$1'), file); };
  read(module, file);
};
`;
  const made = (version: string): Files => ({
    'package.json': '{ "name": "dep", "version": "1.0.0" }',
    'index.js': `exports.answer = () => '${version}';\n`,
  });
  const source = { ...made('v1'), 'index.js': "export const answer = () => 'v1';\n" };
  const files = { 'server.cjs': COMMON_SERVER, 'compiler.cjs': compiler, ...installed(source) };
  const one = await start(t, files, (app) => `--require ${app}/compiler.cjs ${LIVEPATCH}`, [made('v1'), made('v2')]);
  await appliesAndReverts(one, 'v1', 'v2');
});

const printed = (version: string): Files => ({
  'package.json': '{ "name": "dep", "version": "1.0.0", "type": "module", "exports": "./printed.js" }',
  'printed.js': `import { sep } from 'node:path';\nexport const answer = () => '${version}' + sep;\n`,
});

test('a module that another tool prints anew behind livepatch is patched inside what that has made', async (t) => {
  const files = { 'server.mjs': SERVER, 'printer.mjs': PRINTER, ...installed(printed('v1')) };
  const one = await start(t, files, (app) => `${LIVEPATCH} --import ${app}/printer.mjs`, [printed('v1'), printed('v2')]);
  await appliesAndReverts(one, 'v1/', 'v2/');
  const { findings } = await one.bench.doctor(one.program.pid);
  assert.ok(findings.some(({ what }) => /^1 module was compiled by another tool after livepatch, such as .*printed\.js\.$/.test(what)));
});

test('an ES module of which another tool makes CommonJS behind livepatch is left alone', async (t) => {
  const told = (version: string): Files => ({
    ...printed(version),
    'package.json': '{ "name": "dep", "version": "1.0.0", "main": "printed.js" }',
  });
  const files = { 'server.mjs': SERVER, 'converter.mjs': CONVERTER, ...installed(told('v1')) };
  const one = await start(t, files, (app) => `${LIVEPATCH} --import ${app}/converter.mjs`, [told('v1'), told('v2')]);
  assert.match(await refused(one), /ERR_NOT_INSTRUMENTED printed\.js .*another tool has made CommonJS of/);
  assert.equal(await one.program.get('/'), 'v1/');
});

test('a module that was loaded before livepatch is told from one that is not loaded', async (t) => {
  const files = { 'server.cjs': COMMON_SERVER, 'first.cjs': "require('dep/inner.js');\n", ...installed(dep('v1')) };
  const one = await start(t, files, (app) => `--require ${app}/first.cjs ${LIVEPATCH}`, [dep('v1'), dep('v2')]);
  assert.match(await refused(one), /ERR_NOT_INSTRUMENTED inner\.js .*it was loaded before livepatch/);
  assert.equal(await one.program.get('/'), 'entry v1, inner v1');
  const { findings, untouched } = await one.bench.doctor(one.program.pid);
  assert.deepEqual(
    untouched.map(({ module }) => module.slice(module.lastIndexOf('/'))),
    ['/first.cjs', '/inner.js'],
  );
  assert.ok(findings.some(({ what }) => what === '2 modules were loaded before livepatch, or past its hook.'));
});

test('a tool that compiles all that is required finds nothing of livepatch to compile', async (t) => {
  const all = `const Module = require('node:module');
const read = Module._extensions['.js'];
Module._extensions['.js'] = (module, file) => {
  if (!file.startsWith(__dirname)) throw new SyntaxError('This compiler knows only the program: ' + file);
  read(module, file);
};
`;
  const files = { 'server.cjs': COMMON_SERVER, 'all.cjs': all, ...installed(dep('v1')) };
  const one = await start(t, files, (app) => `--require ${app}/all.cjs ${LIVEPATCH}`, [dep('v1'), dep('v2')]);
  await appliesAndReverts(one, 'entry v1, inner v1', 'entry v2, inner v2');
});
