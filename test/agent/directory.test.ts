import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { prepareDirectory, runtimeDirectory, searchDirectories, socketPath, verifyDirectory } from '../../src/agent/directory.ts';
import { LivepatchError } from '../../src/errors/errors.ts';
import { temporaryDirectory } from './harness.ts';

const uid = process.getuid?.() ?? 0;

function refuses(reason: RegExp): (error: unknown) => boolean {
  return (error) =>
    error instanceof LivepatchError && error.code === 'ERR_SOCKET' && reason.test(error.message) && error.hint !== undefined;
}

test("the directory is the one of the variable, of the login session, or the user's own under /tmp", () => {
  assert.equal(runtimeDirectory({ LIVEPATCH_RUNTIME_DIR: '/a/b', XDG_RUNTIME_DIR: '/run/user/1' }), '/a/b');
  assert.equal(runtimeDirectory({ XDG_RUNTIME_DIR: '/run/user/1' }), '/run/user/1/livepatch');
  assert.equal(runtimeDirectory({}), join(tmpdir(), `livepatch-${uid}`));
});

test('a client looks where a process without a login session would be', () => {
  const searched = searchDirectories({ XDG_RUNTIME_DIR: '/run/user/1' });
  assert.equal(searched[0], '/run/user/1/livepatch');
  assert.ok(searched.includes(join(tmpdir(), `livepatch-${uid}`)));
  assert.deepEqual(searchDirectories({ LIVEPATCH_RUNTIME_DIR: '/a/b' }), ['/a/b']);
});

test('it is created for its user alone', (t) => {
  const directory = join(temporaryDirectory(t), 'run', 'livepatch');
  assert.equal(verifyDirectory(directory), false);
  prepareDirectory(directory);
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  prepareDirectory(directory);
  assert.equal(verifyDirectory(directory), true);
});

test('one that cannot be made is refused, also where nothing that is missing can be told', () => {
  assert.throws(() => prepareDirectory('/dev/null/run'), refuses(/cannot be created \(ENOTDIR\)/));
  if (process.platform === 'linux') assert.throws(() => prepareDirectory('/proc/1/run/livepatch'), refuses(/cannot be created \(ENOENT\)/));
});

test('a directory that others can enter is refused', (t) => {
  const directory = temporaryDirectory(t);
  chmodSync(directory, 0o750);
  assert.throws(() => prepareDirectory(directory), refuses(/other users can enter it \(mode 750\)/));
});

test('a symbolic link is refused, wherever it leads', (t) => {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'real'), { mode: 0o700 });
  symlinkSync(join(directory, 'real'), join(directory, 'link'));
  assert.throws(() => prepareDirectory(join(directory, 'link')), refuses(/symbolic link/));
});

test('a file is refused', (t) => {
  const file = join(temporaryDirectory(t), 'file');
  writeFileSync(file, '');
  assert.throws(() => prepareDirectory(file), refuses(/not a directory/));
});

test('a directory of another user is refused', { skip: uid !== 0 && 'only root can make one' }, (t) => {
  const directory = temporaryDirectory(t);
  chownSync(directory, 4711, 4711);
  assert.throws(() => prepareDirectory(directory), refuses(/belongs to user 4711/));
});

test('a path too long for a Unix socket is refused', () => {
  assert.equal(socketPath('/run/livepatch', 42), '/run/livepatch/42.sock');
  assert.throws(() => socketPath(`/${'d'.repeat(100)}`, 4242), refuses(/111 bytes/));
});
