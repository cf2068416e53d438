/**
 * Where control sockets live: one directory per user, mode 0700, one `<pid>.sock` per process in it.
 * The directory is the access control, so one that somebody else owns or can enter is never used:
 * in a shared /tmp anyone may have created the name, or a link of that name, first.
 */
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { LivepatchError } from '../errors/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** `sun_path` less its closing NUL. Longer paths are cut silently by some platforms: somebody else's socket. */
const MAX_SOCKET_PATH = process.platform === 'darwin' ? 103 : 107;

function userId(): number {
  const uid = process.getuid?.();
  if (uid === undefined)
    throw new LivepatchError('ERR_SOCKET', { path: '(none)', reason: `${process.platform} has no Unix sockets with owners` });
  return uid;
}

/** The directory in which a process of this user opens its socket. */
export function runtimeDirectory(env: Environment = process.env): string {
  if (env.LIVEPATCH_RUNTIME_DIR) return resolve(env.LIVEPATCH_RUNTIME_DIR);
  if (env.XDG_RUNTIME_DIR) return join(resolve(env.XDG_RUNTIME_DIR), 'livepatch');
  return join(tmpdir(), `livepatch-${userId()}`);
}

/**
 * The directories in which a client looks. A service has no login session and so no XDG_RUNTIME_DIR, while the
 * shell that looks for it has one: without LIVEPATCH_RUNTIME_DIR all the places a process may have chosen count.
 */
export function searchDirectories(env: Environment = process.env): readonly string[] {
  if (env.LIVEPATCH_RUNTIME_DIR) return [runtimeDirectory(env)];
  const uid = userId();
  return [
    ...new Set([
      runtimeDirectory(env),
      join('/run/user', String(uid), 'livepatch'),
      join(tmpdir(), `livepatch-${uid}`),
      `/tmp/livepatch-${uid}`,
    ]),
  ];
}

/** Whether the directory exists. Throws ERR_SOCKET when it exists but is not this user's alone. */
export function verifyDirectory(path: string): boolean {
  let stats;
  try {
    stats = lstatSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw new LivepatchError('ERR_SOCKET', { path, reason: `its directory cannot be read (${code ?? String(error)})` }, { cause: error });
  }
  const uid = userId();
  if (stats.isSymbolicLink())
    throw refusal(path, 'it is a symbolic link', 'Remove the link, or set LIVEPATCH_RUNTIME_DIR to a directory of your own.');
  if (!stats.isDirectory())
    throw refusal(path, 'it is not a directory', 'Remove it, or set LIVEPATCH_RUNTIME_DIR to a directory of your own.');
  if (stats.uid !== uid) {
    throw refusal(
      path,
      `it belongs to user ${stats.uid} and this is user ${uid}`,
      'Run as the user who runs the process, or set LIVEPATCH_RUNTIME_DIR to a directory of your own.',
    );
  }
  if ((stats.mode & 0o077) !== 0) {
    throw refusal(path, `other users can enter it (mode ${(stats.mode & 0o777).toString(8)})`, `Run: chmod 700 ${path}`);
  }
  return true;
}

/** Creates the directory unless it is there. Throws ERR_SOCKET when it cannot be trusted. */
export function prepareDirectory(path: string): void {
  try {
    make(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new LivepatchError(
      'ERR_SOCKET',
      { path, reason: `its directory cannot be created (${code ?? String(error)})` },
      { cause: error, hint: 'Set LIVEPATCH_RUNTIME_DIR to a directory this user can write to.' },
    );
  }
  // After mkdir, not before: what counts is what is there now.
  verifyDirectory(path);
}

/**
 * With those above it. Not `recursive`: that never ends on a file system which answers ENOENT whatever is there, as /proc does. The
 * cache has its own: what loads ahead of a program shares no file with the agent.
 */
function make(path: string): void {
  const above = dirname(path);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || above === path) throw error;
    make(above);
    mkdirSync(path, { mode: 0o700 });
  }
}

/** The socket of a process. Throws ERR_SOCKET when the path is too long for the platform. */
export function socketPath(directory: string, pid: number): string {
  const path = join(directory, `${pid}.sock`);
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_SOCKET_PATH) {
    throw new LivepatchError(
      'ERR_SOCKET',
      { path, reason: `the path has ${bytes} bytes and a Unix socket allows ${MAX_SOCKET_PATH}` },
      {
        hint: 'Set LIVEPATCH_RUNTIME_DIR to a shorter directory, for the process and for this command.',
      },
    );
  }
  return path;
}

function refusal(path: string, reason: string, hint: string): LivepatchError {
  return new LivepatchError('ERR_SOCKET', { path, reason: `its directory is not safe: ${reason}` }, { hint });
}
