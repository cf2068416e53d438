/** The runner of test262-style tests: it says so where the tests could not have told a difference. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { root } from '../../scripts/nodes.mjs';
import { rewrite } from '../../scripts/transparency/rewrite.mjs';

const ASSERT = "function assert(x) { if (!x) throw new Error('not so'); }\n";

function run(t: TestContext, files: Readonly<Record<string, string>>, ...options: string[]): { code: number | null; text: string } {
  const folder = mkdtempSync(join(tmpdir(), 'livepatch-runner-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const script = join(root, 'scripts', 'transparency.mjs');
  const [major = ''] = process.versions.node.split('.');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, join(folder, 'test', 'language'), '--node', major, ...options], {
    encoding: 'utf8',
  });
  return { code: status, text: stdout + stderr };
}

const tests = {
  'test/language/a.js': 'assert((function f() { return 1; })() === 1);\n',
  'test/language/b.js': '/*---\nflags: [module]\n---*/\nexport const x = 1;\nassert(x === 1);\n',
  'test/language/c.js': '/*---\nflags: [async]\n---*/\n(async () => { assert((await 2) === 2); })().then($DONE, $DONE);\n',
};

test('tests that pass with and without instrumentation are the same', (t) => {
  const { code, text } = run(t, {
    ...tests,
    'harness/assert.js': ASSERT,
    'harness/sta.js': '',
    // A test of that name is not the harness.
    'test/harness/sta.js': "throw new Error('a test');\n",
  });
  assert.match(text, /^3 files: 4 script runs and 1 module runs the same \(5 of them pass\), 0 different/);
  assert.equal(code, 0);
});

test('tests that fail for want of their harness count for nothing', (t) => {
  const { code, text } = run(t, { ...tests, 'test/harness/sta.js': '' });
  assert.match(text, /Most of these tests fail: they may lack their harness \(none found\)/);
  assert.equal(code, 1);
});

test('a test that can tell is listed', (t) => {
  const { code, text } = run(t, {
    ...tests,
    'harness/assert.js': ASSERT,
    'harness/sta.js': '',
    'test/language/d.js': "const { stack } = (function f() { return new Error('x'); })();\nthrow new Error(/:1:(\\d+)/.exec(stack)[1]);\n",
  });
  assert.match(text, /d\.js\n {4}without: threw Error: \d+\n {4}with: {4}threw Error: \d+\n/);
  assert.match(text, / 1 different/);
  assert.equal(code, 1);
});

for (const [way, expected] of [
  ['sequences', '(0, 1)'],
  ['comments', '/*(){[`=>*/1'],
  ['lines', '/*\n*/1'],
] as const) {
  test(`tests are written another way before they run: ${way}`, (t) => {
    const written = 'const f = () => 1;\nthrow new Error(String(f) + `${1}`);\n';
    const { code, text } = run(t, { ...tests, 'harness/assert.js': ASSERT, 'harness/sta.js': '' }, '--rewrite', way);
    assert.match(text, /^3 files: 4 script runs and 1 module runs the same \(5 of them pass\), 0 different/);
    assert.equal(code, 0);
    assert.ok(rewrite(written, way, 'script')?.includes(expected));
  });
}

test('a text that cannot be written another way', () => {
  assert.equal(rewrite('return (', 'lines', 'script'), null);
});
