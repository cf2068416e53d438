/** Text of the running program made fit for a terminal. */
import { basename, isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProcessInfo } from '../../agent/protocol.ts';

/** Labels and names come from the program, a request's path for one: they must not be able to steer the terminal. */
export function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

/** The same of what may be more than one line. */
export function plainLines(text: string): string {
  return text.replace(/[^\P{Cc}\n]+/gu, ' ');
}

/** A module, or a place in it, as short as it stays clear: relative to the program's directory when it is inside. */
export function place(where: string, cwd: string): string {
  let path = where;
  if (where.startsWith('file://')) {
    try {
      path = fileURLToPath(where);
    } catch {
      return plain(where);
    }
  }
  if (!isAbsolute(path)) return plain(path);
  const inside = relative(cwd, path);
  return plain(inside.startsWith('..') ? path : inside);
}

/** Cut to `columns` characters, with an ellipsis where it was cut. */
export function truncate(text: string, columns: number): string {
  const characters = [...text];
  return characters.length <= columns ? text : `${characters.slice(0, Math.max(0, columns - 1)).join('')}…`;
}

/** "4242 (server.js)". */
export function processLabel(info: ProcessInfo): string {
  return `${info.pid} (${processName(info)})`;
}

export function processName(info: ProcessInfo): string {
  return plain(basename(info.script) || info.name);
}

/** "24.11.1", whether the process says so or "v24.11.1". */
export function nodeVersion(info: ProcessInfo): string {
  return plain(info.node.replace(/^v/, ''));
}
