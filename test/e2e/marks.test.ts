/** A byte order mark ahead of `#!`: whether Node takes such a file depends on how it is loaded, and livepatch changes nothing about that. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { root } from '../../scripts/nodes.mjs';
import { Bench } from '../e2e-support/program.ts';

const MARK = '\uFEFF';
const HASHBANG = '#!/usr/bin/env node\n';

const starts: Readonly<Record<string, string>> = {
  'common.cjs': `${MARK}${HASHBANG}console.log('ran');\n`,
  'module.mjs': `${MARK}${HASHBANG}console.log('ran', import.meta.url.length > 0);\n`,
  'undecided.js': `${MARK}${HASHBANG}console.log('ran');\n`,
  'types.ts': `${MARK}${HASHBANG}const text: string = 'ran';\nconsole.log(text);\n`,
  'marked.cjs': `${MARK}console.log('ran');\n`,
  'marked.mjs': `${MARK}console.log('ran');\n`,
};

/** What it prints, or the error that it ends with. */
function outcome(hook: string, script: string, env: Readonly<Record<string, string>>): string {
  try {
    return execFileSync(process.execPath, ['--import', hook, script], {
      cwd: root,
      env: { ...process.env, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    return /^\w*Error.*/m.exec((error as { stderr: string }).stderr)?.[0] ?? String(error);
  }
}

test('a file that begins with a mark runs, or fails, as it does in Node', (t) => {
  const bench = new Bench(t);
  const files: Record<string, string> = { ...starts };
  for (const file of Object.keys(starts)) {
    files[`require-${file}.cjs`] = `require('./${file}');\n`;
    files[`import-${file}.mjs`] = `import './${file}';\n`;
  }
  const home = bench.tree('marks', files);
  // The way of loading comes first: what one has left in the cache is not for the other.
  const env = { LIVEPATCH_RUNTIME_DIR: bench.path('run'), LIVEPATCH_CACHE: bench.path('cache') };
  for (const file of Object.keys(files)) {
    const script = `${home}/${file}`;
    const expected = outcome('data:text/javascript,', script, env);
    assert.match(expected, /^ran|SyntaxError: Invalid or unexpected token/, file);
    for (const start of ['first', 'second']) assert.equal(outcome('livepatch/register', script, env), expected, `${file}, ${start} start`);
  }
  assert.match(outcome('livepatch/register', `${home}/require-common.cjs.cjs`, env), /^SyntaxError/);
});
