/** `livepatch check` with a patch that is built already: its report, and what a process would say to it. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { localAgent } from '../agent/harness.ts';
import { PATCH_TEXT } from '../agent/patch-text.ts';
import { decodePatch, encodePatch } from '../../src/patch/format.ts';
import type { PatchModule, VerdictRow } from '../../src/patch/format.ts';
import { cli } from './harness.ts';

test('of a file alone', async (t) => {
  const { directory } = await localAgent(t);
  writeFileSync(join(directory, 'fix.klp'), PATCH_TEXT);
  const { code, out } = await cli({ directory }, 'check', 'fix.klp');
  assert.equal(code, 0);
  assert.match(out, /^fix: 0 functions in 0 modules, mode task, \d+ B\.\nRecommended mode: task, since [^\n]+\.\n$/);
  const {
    process: asked,
    name,
    recommended,
  } = JSON.parse((await cli({ directory }, 'check', 'fix.klp', '--json')).out) as Record<string, unknown>;
  assert.deepEqual([asked, name, (recommended as { mode: string }).mode], [null, 'fix', 'task']);
});

test('of a file alone: what it depends on', async (t) => {
  const { directory } = await localAgent(t);
  const patch = {
    ...decodePatch(PATCH_TEXT, ''),
    replace: false,
    requires: { patch: 'first', complete: true },
    states: [{ id: 'log level', version: 2 }],
  };
  writeFileSync(join(directory, 'fix.klp'), encodePatch(patch));
  const { out } = await cli({ directory }, 'check', 'fix.klp');
  assert.deepEqual(out.split('\n').slice(1, -2), [
    'It requires "first", run by every task.',
    'It has the state "log level", version 2.',
    'It stacks on others, and takes no place of theirs.',
  ]);
  const { replace, requires, states } = JSON.parse((await cli({ directory }, 'check', 'fix.klp', '--json')).out) as Partial<typeof patch>;
  assert.deepEqual({ replace, requires, states }, { replace: false, requires: patch.requires, states: patch.states });
});

test('a process that would take it, and who would be waited for', async (t) => {
  const { directory } = await localAgent(t);
  writeFileSync(join(directory, 'fix.klp'), PATCH_TEXT);
  const { code, out } = await cli({ directory }, 'check', 'fix.klp', String(process.pid));
  assert.equal(code, 0);
  assert.match(out, /would take it: 1 module loaded; the new code was linked for the trial, in 3 ms\.\n1 task would be waited for now:\n/);
  assert.match(out, /LABEL .*\n.*GET \/export/);
});

test('of a process that would take it only what is about files that it has loaded', async (t) => {
  const { directory, control } = await localAgent(t);
  const base = { package: { name: 'lib', version: '1.0.0' }, hash: '0'.repeat(64) };
  const none = { units: [], functions: [], privates: [], members: [], properties: [], exports: [] };
  const module = (file: string): PatchModule => ({ ...base, ...none, file, format: 'commonjs', ids: 0 });
  const warning = (file: string): VerdictRow => ({ verdict: 'warning', code: 'computed-at-load', file, line: 1, path: '', reason: 'why' });
  const files = ['loaded.js', 'not.js', 'twice.js', 'left.js', 'package.json'];
  const patch = {
    ...decodePatch(PATCH_TEXT, ''),
    modules: [module('loaded.js'), module('not.js'), module('twice.js'), module('twice.js')],
    unloaded: [{ ...base, file: 'left.js', source: null, reason: 'why' }],
    verdicts: files.map(warning),
  };
  control.modules = patch.modules.map(({ file }, i) => ({ module: `lib@1.0.0/${file}`, loaded: i === 0 || i === 2 }));
  writeFileSync(join(directory, 'fix.klp'), encodePatch(patch));
  const named = async (...asked: readonly string[]): Promise<readonly string[]> => {
    const { out } = await cli({ directory, columns: 200 }, 'check', 'fix.klp', ...asked);
    assert.equal(
      /^2 more are about files that \d+ \(server\.js\) has not loaded\.$/m.test(out),
      asked.length > 0 && control.refusal === null,
    );
    return [...out.matchAll(/computed-at-load +(\S+):1/g)].map(([, file]) => file!);
  };
  assert.deepEqual(await named(), files);
  assert.deepEqual(await named(String(process.pid)), ['loaded.js', 'twice.js', 'package.json']);
  control.refusal = { code: 'ERR_FILE_LOADED', message: 'It has loaded left.js.' };
  assert.deepEqual(await named(String(process.pid)), files);
});

test('a process that would refuse it: exit 1', async (t) => {
  const { directory, control } = await localAgent(t);
  writeFileSync(join(directory, 'fix.klp'), PATCH_TEXT);
  control.refusal = { code: 'ERR_BUSY', message: 'Another patch is in transition: "a".' };
  const { code, err } = await cli({ directory }, 'check', 'fix.klp', String(process.pid));
  assert.equal(code, 1);
  assert.match(err, /would refuse it:\nlivepatch: ERR_BUSY Another patch/);
  const json = JSON.parse((await cli({ directory }, 'check', 'fix.klp', String(process.pid), '--json')).out) as {
    readonly process: { readonly applies: boolean };
  };
  assert.equal(json.process.applies, false);
});

test('a patch and source trees: wrong use', async (t) => {
  const { directory } = await localAgent(t);
  assert.equal((await cli({ directory }, 'check', 'fix.klp', '--git', 'a..b')).code, 2);
  assert.equal((await cli({ directory }, 'check', 'fix.klp', '--base', '.')).code, 2);
});

test('how it is to be applied is said as to apply, and asked of the process', async (t) => {
  const { directory, control } = await localAgent(t);
  writeFileSync(join(directory, 'fix.klp'), PATCH_TEXT);
  const said = ['--name', 'other', '--mode', 'barrier', '--no-replace'];
  const { out } = await cli({ directory }, 'check', 'fix.klp', String(process.pid), ...said);
  assert.match(out, /^other: 0 functions in 0 modules, mode barrier, .*\nIt stacks on others/);
  assert.deepEqual(control.calls, [{ op: 'check', patch: PATCH_TEXT, name: 'other', mode: 'barrier', replace: false }]);
  control.calls.length = 0;
  await cli({ directory }, 'check', 'fix.klp', String(process.pid));
  assert.deepEqual(control.calls, [{ op: 'check', patch: PATCH_TEXT }]);
});
