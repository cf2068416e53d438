/** The program itself: streams, exit codes, signals, colours. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fakeProcess, temporaryDirectory, until, type FakeProcess } from '../agent/harness.ts';
import { PATCH_TEXT } from '../agent/patch-text.ts';
import { program } from './harness.ts';

async function withProcess(
  t: TestContext,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly directory: string; readonly file: string; readonly fake: FakeProcess }> {
  const directory = temporaryDirectory(t);
  const file = join(directory, 'fix.klp');
  writeFileSync(file, PATCH_TEXT);
  return { directory, file, fake: await fakeProcess(t, directory, env) };
}

test('apply, status, revert against a process', async (t) => {
  const { directory, file, fake } = await withProcess(t);
  const applied = await program(directory, ['apply', file, 'fake']).ended;
  assert.deepEqual(applied, {
    code: 0,
    err: '',
    out: `fix applied to ${fake.pid} (server.js): 3 functions in 2 modules, linked in 4 ms, converged in 120 ms.\n`,
  });
  assert.match((await program(directory, ['status']).ended).out, /^fix {4}enabled/m);
  assert.equal((await program(directory, ['revert', 'fix']).ended).code, 0);
});

test('exit 3 at the deadline, 1 when the process goes away, 2 for wrong use', async (t) => {
  const { directory, file, fake } = await withProcess(t, { FAKE_MANUAL: '1' });
  const reversed = program(directory, ['apply', file]);
  await until(() => reversed.err().includes('pending'));
  fake.call('finish', 'reversed');
  assert.equal((await reversed.ended).code, 3);
  const gone = program(directory, ['apply', file, '--json']);
  await fake.inTransition();
  fake.child.kill('SIGKILL');
  const { code, out, err } = await gone.ended;
  assert.deepEqual({ code, err }, { code: 1, err: '' });
  assert.match(out, /"code":"ERR_PROCESS_GONE"/);
  assert.equal((await program(directory, ['aply']).ended).code, 2);
});

test('SIGINT ends the wait with exit 130, and the transition goes on', async (t) => {
  const { directory, file, fake } = await withProcess(t, { FAKE_MANUAL: '1' });
  const waiting = program(directory, ['apply', file]);
  await until(() => waiting.err().includes('pending'));
  waiting.child.kill('SIGINT');
  const { code, err } = await waiting.ended;
  assert.equal(code, 130);
  assert.match(err, /livepatch reverse/);
  assert.match((await program(directory, ['status', String(fake.pid), '--json']).ended).out, /"pending":3/);
});

test('a blocked process is silent, not waited for', async (t) => {
  const { directory, file, fake } = await withProcess(t);
  fake.call('block', 20_000);
  const { code, err } = await program(directory, ['apply', file, String(fake.pid)]).ended;
  assert.equal(code, 1);
  assert.match(err, /ERR_PROCESS_SILENT Process \d+ did not answer within 5 s/);
});

test('colours are for terminals, unless the environment says otherwise', async (t) => {
  const { directory } = await withProcess(t);
  const escape = /\x1b\[/;
  assert.doesNotMatch((await program(directory, ['status']).ended).out, escape);
  assert.match((await program(directory, ['status'], { FORCE_COLOR: '1' }).ended).out, escape);
  assert.doesNotMatch((await program(directory, ['status'], { NO_COLOR: '1' }).ended).out, escape);
});

test('a reader that stops early is no failure', async (t) => {
  const { directory } = await withProcess(t);
  const { child, ended } = program(directory, ['doctor']);
  child.stdout?.destroy();
  assert.deepEqual(await ended.then(({ code, err }) => ({ code, err })), { code: 0, err: '' });
});

test('a result that cannot be written: exit 4, and an error on stderr', { skip: !existsSync('/dev/full') }, async (t) => {
  const { directory, file, fake } = await withProcess(t);
  const full = openSync('/dev/full', 'w');
  t.after(() => closeSync(full));
  const { code, err } = await program(directory, ['apply', file], {}, full).ended;
  assert.deepEqual(
    { code, lines: err.split('\n') },
    {
      code: 4,
      lines: [
        'livepatch: ERR_OUTPUT The result cannot be written to stdout: ENOSPC: no space left on device, write.',
        '  What the command did stands: see livepatch status.',
        '',
      ],
    },
  );
  assert.match((await program(directory, ['status', String(fake.pid)]).ended).out, /^fix {4}enabled/m);
});

test('an old Node is told which ones will do, before anything is loaded', async () => {
  const { ERRORS } = await import('../../src/errors/errors.ts');
  const script = `
    Object.defineProperty(process.versions, 'node', { value: '20.20.2' });
    process.argv.push('--json');
    await import(${JSON.stringify(new URL('../../src/cli/main.ts', import.meta.url).href)});
    process.exitCode = process.exitCode === 1 ? 0 : 9;
  `;
  const out = execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  const { error } = JSON.parse(out) as { readonly error: { readonly message: string } };
  assert.equal(error.message, ERRORS.ERR_NODE_VERSION.replace('{version}', '20.20.2'));
});
