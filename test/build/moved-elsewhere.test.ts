/** A function that makes closures, and that another file has from now on: those that exist are what that one makes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';
import type { Files } from './harness.ts';

const CHECKER = `function checker(type) {
  return function check(text) { return basename(String(text)).endsWith(type); };
}
`;
const PATHS = "const { basename } = require('node:path');\n";
const USES = 'exports.setUp = (app) => { app.push(checker(HERE)); };\n';
const checker = (more: string): string => CHECKER.replace('.endsWith(type)', `.endsWith(type, ${more})`);
const uses = (type: string): string => USES.replace('HERE', `'${type}'`);
const OLD = `${PATHS}${CHECKER}${uses('.a')}`;
const by = (more: string): string => `${PATHS}${checker(more)}${uses('.a')}`;
const NEW = `const { checker } = require('./checks.js');\n${uses('.b')}`;
const checks = (own: string, head = PATHS): string => `${head}${own}exports.checker = checker;\n`;

test('a file that is new, and one that was there', async () => {
  for (const [name, before] of [
    ['new', {}],
    ['there', { 'checks.js': 'exports.other = 1;\n' }],
  ] as const) {
    const p = await program(
      { 'index.js': OLD, 'package.json': JSON.stringify({ name, version: '1.0.0' }), ...before },
      { 'index.js': NEW, 'checks.js': `${checks(CHECKER)}exports.other = 2;\n` },
    );
    const app: ((text: string) => boolean)[] = [];
    const setUp = p.exports['setUp'] as unknown as (to: typeof app) => void;
    setUp(app);
    assert.ok(!p.codes('warning').includes('closure-kept'));
    await p.apply();
    setUp(app);
    assert.deepEqual(
      app.map((check) => [check('x/y.a'), check('x/y.b')]),
      [
        [true, false],
        [false, true],
      ],
    );
    await p.revert();
  }
});

test('a function that what the module asks for calls there', async () => {
  const { verdicts } = await build(
    { 'index.js': OLD },
    {
      'index.js': "const { add } = require('./checks.js');\nexports.setUp = (app) => add(app, '.b');\n",
      'checks.js': `${PATHS}${CHECKER}exports.add = (app, type) => app.push(checker(type));\n`,
    },
  );
  assert.ok(!verdicts.some(({ code }) => code === 'closure-kept'));
});

test('one that does something else there, or goes by what is something else', async () => {
  const isKept = async (before: Files, after: Files): Promise<boolean> =>
    (await build(before, after)).verdicts.some(({ code }) => code === 'closure-kept');
  const own = OLD.replace(PATHS, 'let basename = (path) => path;\n');
  for (const [before, after] of [
    [OLD, checks(CHECKER.replace('endsWith', 'startsWith'))],
    [OLD, checks(CHECKER, "const { extname: basename } = require('node:path');\n")],
    [OLD, checks(CHECKER, "const { basename } = require('./paths.js');\n")],
    [OLD, checks(CHECKER, '')],
    [OLD, checks(CHECKER, `'use strict';\n${PATHS}`)],
    [OLD, `${PATHS}${CHECKER}exports.other = checker;\nexports.checker = (type) => (text) => String(text).includes(type);\n`],
    [by('__filename'), checks(checker('__filename'))],
    [by("eval('type')"), checks(checker("eval('type')"))],
    [by("require('node:fs').existsSync(type)"), checks(checker("require('node:fs').existsSync(type)"))],
    [by("import('./safe.js')"), checks(checker("import('./safe.js')"))],
    [own, checks(CHECKER, 'let basename = (path) => path;\n')],
    [OLD, checks(`exports.within = () => {\n${CHECKER}return checker; };\n`).replace('exports.checker = checker;\n', '')],
  ] as const)
    assert.equal(await isKept({ 'index.js': before }, { 'index.js': NEW, 'checks.js': after, 'paths.js': PATHS }), true, after);
  assert.equal(await isKept({ 'index.js': OLD }, { 'index.js': uses('.b'), 'checks.js': checks(CHECKER) }), true, 'nobody asks for it');
});
