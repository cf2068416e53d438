/** Where the two trees come from, and what is said when they cannot be had. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { buildPatch } from '../../src/build/index.ts';
import { decodePatch } from '../../src/patch/format.ts';
import { build } from './harness.ts';

const home = mkdtempSync(join(tmpdir(), 'livepatch-inputs-'));
after(() => rmSync(home, { recursive: true, force: true }));

test('two files', async () => {
  mkdirSync(join(home, 'old'));
  mkdirSync(join(home, 'new'));
  writeFileSync(join(home, 'old', 'a.js'), 'exports.f = () => 1');
  writeFileSync(join(home, 'new', 'a.js'), 'exports.f = () => 2');
  const report = await buildPatch({ kind: 'directories', from: join(home, 'old/a.js'), to: join(home, 'new/a.js') }, { name: 'files' });
  assert.equal(decodePatch(report.patch!, '').modules[0]?.file, 'a.js');
});

test('two commits', async () => {
  const repository = join(home, 'repo');
  mkdirSync(join(repository, 'lib'), { recursive: true });
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: repository, encoding: 'utf8' });
  git('init', '-q');
  for (const n of [1, 2]) {
    writeFileSync(join(repository, 'package.json'), JSON.stringify({ name: 'shop', version: `1.0.${n}`, main: 'lib/f.js' }));
    writeFileSync(join(repository, 'lib/f.js'), `exports.f = () => ${n}`);
    git('add', '.');
    git('commit', '-q', '-m', `${n}`);
  }
  const report = await buildPatch({ kind: 'git', range: 'HEAD~1..HEAD', cwd: repository }, { name: 'commits' });
  const [module] = decodePatch(report.patch!, '').modules;
  assert.deepEqual([module?.file, module?.package], ['lib/f.js', { name: 'shop', version: '1.0.1' }]);
  await assert.rejects(buildPatch({ kind: 'git', range: 'nonsense..HEAD', cwd: repository }, { name: 'x' }), { code: 'ERR_SOURCE_TREE' });
});

test('a tree that is not there', async () => {
  await assert.rejects(buildPatch({ kind: 'directories', from: join(home, 'none'), to: home }, { name: 'x' }), { code: 'ERR_SOURCE_TREE' });
});

test('a syntax error has its file and line', async () => {
  await assert.rejects(build({ 'a.js': 'exports.f = 1' }, { 'a.js': '\nexports.f = ;' }), (error: { code: string; where: unknown }) => {
    assert.equal(error.code, 'ERR_SYNTAX');
    assert.deepEqual(error.where, { file: 'a.js', line: 2, column: 12 });
    return true;
  });
});

test('what the entries of a package do not lead to does not stop a patch', async () => {
  const files = {
    'package.json': JSON.stringify({ name: 'p', version: '1.0.0', main: 'index.js' }),
    'index.js': 'exports.f = () => 1',
    'test.js': 'run(1)',
  };
  const report = await build(files, { ...files, 'index.js': 'exports.f = () => 2', 'test.js': 'run(2)' });
  assert.deepEqual(
    report.verdicts.map((v) => [v.file, v.code]),
    [
      ['index.js', 'function-changed'],
      ['test.js', 'file-unreachable'],
    ],
  );
  assert.equal(decodePatch(report.patch!, '').modules.length, 1);
});

test('an ES module in a .js file is known by its package, or by its syntax', async () => {
  const report = await build({ 'a.js': 'export const f = () => 1' }, { 'a.js': 'export const f = () => 2' });
  assert.equal(decodePatch(report.patch!, '').modules[0]?.format, 'module');
});

test('a dependency that moved is named', async () => {
  const manifest = (version: string): string =>
    JSON.stringify({ name: 'p', version: '1.0.0', main: 'index.js', dependencies: { qs: version } });
  const report = await build(
    { 'package.json': manifest('1'), 'index.js': 'exports.f = () => 1' },
    { 'package.json': manifest('2'), 'index.js': 'exports.f = () => 2' },
  );
  assert.ok(report.verdicts.some((v) => v.code === 'dependency-changed' && v.path === 'qs'));
});

test('a thousand files that differ', async () => {
  const before: Record<string, string> = {};
  const next: Record<string, string> = {};
  for (let i = 0; i < 1000; i++) {
    before[`f${i}.js`] = `const k = ${i};\nexports.f = function (a) { return a + k }\nexports.g = (x) => x * 2\n`.repeat(1);
    next[`f${i}.js`] = before[`f${i}.js`]!.replace('a + k', 'a - k');
  }
  const report = await build(before, next);
  assert.equal(report.functions, 1000);
});
