/** Every command against a real socket, in this process. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { HOLDER } from '../agent/fake-control.ts';
import { fakeProcess, localAgent, temporaryDirectory, until, type Local } from '../agent/harness.ts';
import { OTHER_BASE_TEXT, PATCH_TEXT } from '../agent/patch-text.ts';
import { cli } from './harness.ts';

const pid = process.pid;

async function withPatch(t: TestContext, text = PATCH_TEXT): Promise<Local> {
  const local = await localAgent(t);
  writeFileSync(join(local.directory, 'fix.klp'), text);
  return local;
}

test('ps', async (t) => {
  const { directory, control } = await withPatch(t);
  await control.apply('p', {});
  control.tainted = true;
  const { code, out } = await cli({ directory }, 'ps');
  assert.equal(code, 0);
  const [title, row] = out.split('\n');
  assert.match(title ?? '', /^ *PID {2}NAME +NODE +UPTIME +MODULES +FUNCTIONS +PATCHES$/);
  assert.match(
    row ?? '',
    new RegExp(
      `^ *${pid} {2}fake \\(server\\.js\\) +${process.versions.node.replaceAll('.', '\\.')} +3 min 20 s +12 +345 +fix \\(tainted\\)$`,
    ),
  );
  const json = JSON.parse((await cli({ directory }, 'ps', '--json')).out) as unknown;
  assert.deepEqual(json, { processes: [control.info()] });
});

test('ps without processes: nothing on stdout, and how to start one on stderr', async (t) => {
  const directory = temporaryDirectory(t);
  const { code, out, err } = await cli({ directory }, 'ps');
  assert.deepEqual({ code, out }, { code: 0, out: '' });
  assert.match(err, /livepatch\/register/);
  assert.equal((await cli({ directory }, '--json', 'ps')).out, '{"processes":[]}\n');
});

test('ps and status list a process that does not answer', async (t) => {
  const directory = temporaryDirectory(t);
  const server = createServer((socket) => t.after(() => socket.destroy()));
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(join(directory, `${pid}.sock`), resolve));
  const setup = { directory, replyTimeoutMs: 30 };
  assert.match((await cli(setup, 'ps')).out, new RegExp(`${pid}  \\(does not answer\\)`));
  assert.match((await cli(setup, 'status')).err, /ERR_PROCESS_SILENT/);
  assert.match((await cli(setup, 'status', '--json')).out, /^\{"processes":\[\{"pid":\d+,"error":\{"code":"ERR_PROCESS_SILENT"/);
});

test('apply: one clear line', async (t) => {
  const { directory, control } = await withPatch(t);
  assert.deepEqual(await cli({ directory }, 'apply', 'fix.klp', '--timeout', '30s'), {
    code: 0,
    err: '',
    out: `fix applied to ${pid} (server.js): 3 functions in 2 modules, linked in 4 ms, converged in 120 ms.\n`,
  });
  assert.deepEqual(control.calls, [{ op: 'apply', patch: PATCH_TEXT, name: undefined, timeoutMs: 30_000 }]);
});

test('apply waits 60 s by default, for ever with 0, and takes a name', async (t) => {
  const { directory, control } = await withPatch(t);
  await cli({ directory }, 'apply', 'fix.klp', 'fake');
  await cli({ directory }, 'apply', 'fix.klp', String(pid), '--timeout', '0', '--name', 'other');
  assert.deepEqual(
    control.calls.map((call) => call as { timeoutMs: number; name?: string }).map(({ timeoutMs, name }) => [timeoutMs, name]),
    [
      [60_000, undefined],
      [0, 'other'],
    ],
  );
});

test('apply shows progress on stderr, and none with --json', async (t) => {
  const { directory, control } = await withPatch(t);
  control.manual = true;
  for (const json of [false, true]) {
    const ended = cli({ directory }, 'apply', 'fix.klp', ...(json ? ['--json'] : []));
    await until(() => control.running !== null);
    control.progress(3);
    control.progress(1);
    control.finish('complete');
    const { code, out, err } = await ended;
    assert.equal(code, 0);
    if (json) {
      assert.equal(err, '');
      assert.deepEqual(JSON.parse(out), {
        pid,
        result: 'complete',
        patch: 'fix',
        functions: 3,
        linkMs: 4,
        convergeMs: 120,
        replaced: [],
        threads: 0,
      });
    } else {
      assert.deepEqual(err.split('\n'), [
        'transition 3 pending · oldest 14.2 s · GET /export · exportAll at export.js:31',
        'transition 1 pending · oldest 14.2 s · GET /export · exportAll at export.js:31',
        '',
      ]);
    }
  }
});

test('what a barrier has cost is said with how it ended', async (t) => {
  const { directory, control } = await withPatch(t);
  control.gated = { calls: 12, longestMs: 340 };
  assert.match((await cli({ directory }, 'apply', 'fix.klp')).out, /converged in 120 ms, 12 calls waited, 340 ms at most\.\n$/);
  control.gated = { calls: 1, longestMs: 2 };
  assert.match((await cli({ directory }, 'revert', 'fix')).out, /converged in 120 ms, 1 call waited, 2 ms at most\.\n$/);
});

test('reversed at the deadline: exit 3, and who held it', async (t) => {
  const { directory, control } = await withPatch(t);
  control.manual = true;
  const ended = cli({ directory }, 'apply', 'fix.klp');
  await until(() => control.running !== null);
  control.finish('reversed', 'deadline');
  const { code, out } = await ended;
  assert.equal(code, 3);
  assert.equal(
    out,
    [
      `fix was not applied to ${pid} (server.js): its deadline of 1 min passed, and it had gone back after 1 min. The process runs the code it ran before.`,
      'Held by:',
      '  TASK  LABEL        FUNCTION   WAITS AT         AGE',
      '    17  GET /export  exportAll  export.js:31  14.2 s',
      '',
    ].join('\n'),
  );
});

test('reverse from elsewhere: it ends the apply with exit 1', async (t) => {
  const { directory, control } = await withPatch(t);
  control.manual = true;
  const ended = cli({ directory }, 'apply', 'fix.klp', '--json');
  await until(() => control.running !== null);
  const reversed = await cli({ directory }, 'reverse');
  assert.equal(reversed.code, 0);
  assert.match(reversed.out, /^The transition of fix in \d+ \(server\.js\) is turned round: now unpatching\./);
  const { code, out } = await ended;
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(out), { pid, result: 'reversed', patch: 'fix', reason: 'request', convergeMs: 60_100, holders: [HOLDER] });
  assert.match((await cli({ directory }, 'reverse', '--json')).out, /^\{"error":\{"code":"ERR_NO_TRANSITION"/);
});

test('force asks for --yes, then taints', async (t) => {
  const { directory, control } = await withPatch(t);
  assert.equal((await cli({ directory }, 'force', '--yes')).code, 1);
  control.manual = true;
  const ended = cli({ directory }, 'apply', 'fix.klp');
  await until(() => control.running !== null);
  const refused = await cli({ directory }, 'force');
  assert.equal(refused.code, 2);
  assert.match(
    refused.err,
    /ERR_USAGE Forcing fix in .* needs --yes: 3 tasks may run old and new code mixed.*\n {2}To go back instead, safely: livepatch reverse/,
  );
  assert.notEqual(control.running, null);
  const forced = await cli({ directory }, 'force', '--yes', '--json');
  assert.deepEqual(JSON.parse(forced.out), { pid, patch: 'fix', pending: 3 });
  const { code, out } = await ended;
  assert.equal(code, 0);
  assert.match(out, /applied to .* by force after 500 ms: the process is tainted/);
});

test('revert', async (t) => {
  const { directory, control } = await withPatch(t);
  await cli({ directory }, 'apply', 'fix.klp');
  assert.deepEqual(await cli({ directory }, 'revert', 'fix'), {
    code: 0,
    err: '',
    out: `fix reverted in ${pid} (server.js): converged in 120 ms.\n`,
  });
  assert.deepEqual(await cli({ directory }, 'revert', 'fix'), {
    code: 1,
    out: '',
    err: 'livepatch: ERR_NOT_APPLIED Patch "fix" is not applied.\n',
  });
  assert.equal(control.patches.length, 0);
});

test('status: patches, the transition, its holders', async (t) => {
  const { directory, control } = await withPatch(t);
  assert.match((await cli({ directory }, 'status')).out, /No patch is applied\.\n$/);
  await cli({ directory }, 'apply', 'fix.klp');
  control.manual = true;
  const ended = cli({ directory }, 'revert', 'fix', '--timeout', '1m');
  await until(() => control.running !== null);
  const { code, out } = await cli({ directory }, 'status', String(pid));
  assert.equal(code, 0);
  const lines = out.split('\n');
  assert.match(lines[0] ?? '', /^\d+ \(server\.js\) · Node [\d.]+ · up 3 min 20 s$/);
  assert.match(lines[2] ?? '', /^fix {4}enabled {2}3 functions in 2 modules {2}\d\d:\d\d:\d\d$/);
  assert.deepEqual(lines.slice(3), [
    'fix: unpatching for 14.3 s, 3 pending, reverses in 45.7 s',
    '  TASK  LABEL        FUNCTION   WAITS AT         AGE',
    '    17  GET /export  exportAll  export.js:31  14.2 s',
    '',
  ]);
  assert.deepEqual(
    JSON.parse((await cli({ directory }, 'status', '--json')).out),
    JSON.parse(JSON.stringify({ processes: [control.status()] })),
  );
  control.finish('complete');
  await ended;
});

test('status of all processes', async (t) => {
  const { directory } = await localAgent(t);
  const other = await fakeProcess(t, directory, { FAKE_NAME: 'other' });
  const { out } = await cli({ directory }, 'status');
  assert.match(out, new RegExp(`^${pid} `, 'm'));
  assert.match(out, new RegExp(`^${other.pid} `, 'm'));
  const many = await cli({ directory }, 'doctor');
  assert.equal(many.code, 1);
  assert.match(many.err, /ERR_MANY_PROCESSES "\*" matches 2 processes/);
  assert.match((await cli({ directory }, 'doctor', 'other')).out, new RegExp(`^${other.pid} `));
});

test('doctor', async (t) => {
  const { directory, control } = await localAgent(t);
  const { code, out } = await cli({ directory }, 'doctor');
  assert.equal(code, 0);
  for (const part of [
    '345 functions in 12 modules can be patched\n',
    'warning: another hook runs first\n  Put livepatch/register first.\n',
    '1 module loaded untouched:\n',
    '  odd.js  it uses with\n',
    '\n3 functions that cannot be patched:\n',
    '  tiny and 1 more  export.js  it has no body\n',
    '  odd              export.js  it uses with\n',
  ])
    assert.ok(out.includes(part), part);
  assert.deepEqual(JSON.parse((await cli({ directory }, 'doctor', '--json')).out), control.doctor());
});

test('an error says what, where, and what to do', async (t) => {
  const { directory } = await withPatch(t, OTHER_BASE_TEXT);
  const { code, out, err } = await cli({ directory }, 'apply', 'fix.klp');
  assert.deepEqual({ code, out }, { code: 1, out: '' });
  assert.equal(
    err,
    [
      'livepatch: ERR_BASE_MISMATCH The patch was built for another version of a.js: the running source has hash x, the patch expects y.',
      '  at /srv/app/a.js:3:5',
      '  Build it again.',
      '',
    ].join('\n'),
  );
  const json = await cli({ directory }, 'apply', 'fix.klp', '--json');
  assert.equal(json.code, 1);
  assert.equal(json.err, '');
  assert.equal((JSON.parse(json.out) as { readonly error: { readonly code: string } }).error.code, 'ERR_BASE_MISMATCH');
});

test('a patch file that cannot be read is refused before any process is asked', async (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'empty.klp'), '\n');
  writeFileSync(join(directory, 'bytes.klp'), Buffer.from([0x1b, 0x5b, 0x32, 0x4a, 0xff, 0x00, 0x9d]));
  for (const [file, reason] of [
    ['none.klp', 'no such file'],
    ['.', 'a directory'],
    ['empty.klp', 'empty'],
    ['bytes.klp', 'it is no text'],
  ] as const) {
    const { code, err } = await cli({ directory }, 'apply', file);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`ERR_PATCH_UNREADABLE ${file.replaceAll('.', '\\.')} is not a livepatch patch: .*${reason}`));
    assert.doesNotMatch(err, /[^\P{Cc}\n]|\uFFFD/u);
  }
});

test('an unknown pid or name: exit 1', async (t) => {
  const { directory } = await withPatch(t);
  for (const argv of [
    ['apply', 'fix.klp', '1'],
    ['revert', 'fix', 'nobody'],
    ['doctor', '1'],
    ['status', 'nobody'],
    ['reverse', '1'],
    ['force', '1', '--yes'],
  ]) {
    const { code, out, err } = await cli({ directory }, ...argv);
    assert.deepEqual({ code, out }, { code: 1, out: '' }, argv.join(' '));
    assert.match(err, /^livepatch: ERR_NO_PROCESS .*\n {2}\S/);
  }
});

test('a process killed in the middle of an apply: exit 1', async (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'fix.klp'), PATCH_TEXT);
  const fake = await fakeProcess(t, directory, { FAKE_MANUAL: '1' });
  const ended = cli({ directory }, 'apply', 'fix.klp', String(fake.pid));
  await fake.inTransition();
  fake.child.kill('SIGKILL');
  const { code, err } = await ended;
  assert.equal(code, 1);
  assert.match(err, /livepatch: ERR_PROCESS_GONE Process \d+ went away/);
});

test('Ctrl-C ends the wait and says how to go on', async (t) => {
  const { directory, control } = await withPatch(t);
  control.manual = true;
  for (const json of [false, true]) {
    let press = (): void => {};
    const ended = cli({ directory, onInterrupt: (handler) => void (press = handler) }, 'apply', 'fix.klp', ...(json ? ['--json'] : []));
    await until(() => control.running !== null);
    press();
    const { code, out, err } = await ended;
    assert.equal(code, 130);
    assert.equal(control.running?.patch, 'fix');
    if (json) assert.deepEqual(JSON.parse(out), { pid, result: 'interrupted', patch: 'fix' });
    else
      assert.match(
        err,
        new RegExp(
          `only the wait ended\\. The process goes on to apply fix\\.\\n.*livepatch status ${pid}\\n.*livepatch reverse ${pid}\\n.*livepatch revert fix ${pid}\\n$`,
        ),
      );
    control.finish('complete');
  }
});

for (const argv of [
  [],
  ['pss'],
  ['ps', '--nope'],
  ['ps', 'extra'],
  ['apply'],
  ['apply', 'a', 'b', 'c'],
  ['apply', 'a', '--timeout', '30'],
  ['revert'],
  ['help', 'nope', '--nope'],
]) {
  test(`wrong use, exit 2: livepatch ${argv.join(' ')}`, async () => {
    const plain = await cli({ directory: '/nonexistent' }, ...argv);
    assert.deepEqual({ code: plain.code, out: plain.out }, { code: 2, out: '' });
    assert.match(plain.err, /Usage: livepatch/);
    const json = await cli({ directory: '/nonexistent' }, ...argv, '--json');
    assert.equal(json.code, 2);
    assert.match(json.out, /^\{"error":\{"code":"ERR_USAGE","message":"[A-Z].*"hint":".*Usage: livepatch/);
  });
}

test('help and version are results', async () => {
  for (const argv of [['--help'], ['apply', '--help'], ['help', 'apply']]) {
    const { code, out, err } = await cli({ directory: '/nonexistent' }, ...argv);
    assert.deepEqual({ code, err }, { code: 0, err: '' });
    assert.match(out, /^Usage: livepatch/);
  }
  assert.match((await cli({ directory: '/nonexistent' }, '--version')).out, /^\d+\.\d+\.\d+\n$/);
});
