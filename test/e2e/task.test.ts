/** `task()`: how what it runs ends is seen as it is without it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { root } from '../../scripts/nodes.mjs';

const url = (file: string): string => pathToFileURL(join(root, 'dist', file)).href;

function run(body: string): { status: number | null; stdout: string; stderr: string } {
  const text = `import { task } from '${url('index.js')}';\n${body}`;
  const args = ['--import', url('register.js'), '--input-type=module', '--eval', text];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

test('a rejection that nobody handles ends the process', () => {
  const { status, stderr } = run(`void task('job', async () => { throw new Error('lost'); });`);
  assert.equal(status, 1, stderr);
  assert.match(stderr, /Error: lost/);
});

test('one that is handled reaches who handles it, and nobody else', () => {
  const { status, stdout, stderr } = run(`
    await task('job', async () => { throw new Error('caught'); }).catch((error) => console.log(error.message));
    try { task('job', () => { throw new Error('thrown'); }); } catch (error) { console.log(error.message); }
    console.log(await task('job', async () => 1), task('job', () => 2));`);
  assert.equal(status, 0, stderr);
  assert.equal(stdout, 'caught\nthrown\n1 2\n');
});
