/** The processes of this user that can be patched, found by their sockets. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LivepatchError } from '../errors/errors.ts';
import { exchangeAt, isAlive, NothingListens, REPLY_TIMEOUT_MS, type ClientOptions } from './client.ts';
import { searchDirectories, verifyDirectory } from './directory.ts';
import type { ProcessInfo } from './protocol.ts';

/** A process with a socket. One that does not answer in time is listed too, with the error: it may only be busy. */
export type Listed = { readonly pid: number; readonly info: ProcessInfo } | { readonly pid: number; readonly error: LivepatchError };

/**
 * Every live process, by pid. Removes the sockets that killed processes have left, never one whose pid is alive.
 * Throws ERR_SOCKET when nothing was found and a directory could not be trusted.
 */
export async function list(options: ClientOptions = {}): Promise<readonly Listed[]> {
  let failure: unknown;
  const looks: Promise<Listed | null>[] = [];
  for (const directory of options.directories ?? searchDirectories()) {
    try {
      if (!verifyDirectory(directory)) continue;
      for (const file of readdirSync(directory)) {
        const pid = Number(/^(\d+)\.sock$/.exec(file)?.[1]);
        if (pid > 0) looks.push(look(join(directory, file), pid, options.replyTimeoutMs ?? REPLY_TIMEOUT_MS));
      }
    } catch (error) {
      failure ??= error;
    }
  }
  // By pid: a killed process may have left a socket in one directory under the pid of a live one in another.
  const listed = new Map<number, Listed>();
  for (const entry of await Promise.all(looks)) {
    if (entry !== null && (!listed.has(entry.pid) || 'info' in entry)) listed.set(entry.pid, entry);
  }
  if (listed.size === 0 && failure !== undefined) throw failure;
  return [...listed.values()].sort((a, b) => a.pid - b.pid);
}

async function look(path: string, pid: number, timeoutMs: number): Promise<Listed | null> {
  try {
    return { pid, info: (await exchangeAt(path, pid, { op: 'info' }, { timeoutMs })) as ProcessInfo };
  } catch (error) {
    if (error instanceof NothingListens) {
      if (!isAlive(pid)) rmSync(path, { force: true });
      return null;
    }
    if (!(error instanceof LivepatchError)) throw error;
    // It ended while it was asked: no longer a process to list.
    return error.code === 'ERR_PROCESS_GONE' ? null : { pid, error };
  }
}
