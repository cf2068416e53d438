/**
 * Instrumented text that a bundler wrote beside its output, `bundle.js.livepatch`: for a process that finds its cache
 * empty, as in a fresh container. It is taken only for exactly the text that it was made from, and from exactly this
 * instrumenter, so a bundle that was changed afterwards is instrumented as any module is.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { renumber } from '../../instrument/names.ts';
import { CachedModule, encodeModule, recordOf } from './cached-module.ts';
import type { Made } from './cached-module.ts';
import { INSTRUMENTER } from './instrumenter.ts';
import { segmentsOf } from './layout.ts';
import type { ModuleFormat } from '../../source/parse.ts';

interface Head {
  readonly maker: string;
  readonly hash: string;
  readonly format: ModuleFormat;
  /** The length of the entry: the text comes after it. */
  readonly entry: number;
}

const ENDING = '.livepatch';

const sidecarOf = (file: string): string => file + ENDING;

/** Whether there is one in a folder. */
const known = new Map<string, boolean>();

/** Hardly any folder has one, and to ask for each of a thousand modules takes longer than to look once. */
function mayHave(file: string): boolean {
  const folder = dirname(file);
  let any = known.get(folder);
  if (any === undefined) known.set(folder, (any = anyIn(folder)));
  return any;
}

function anyIn(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => name.endsWith(ENDING));
  } catch {
    return false;
  }
}

export function writeSidecar(file: string, made: Made): void {
  const { entry } = encodeModule(made, null);
  const text = Buffer.from(made.text, CachedModule.at(entry, 0, entry.length)!.twoByte ? 'utf8' : 'latin1');
  const head: Head = { maker: INSTRUMENTER, hash: made.hash, format: made.format, entry: entry.length };
  writeFileSync(sidecarOf(file), Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), entry, text]));
}

/** `format` is null where Node has still to detect it. */
export function readSidecar(file: string, hash: string, format: ModuleFormat | null, base: number): Made | null {
  if (!mayHave(file)) return null;
  try {
    const bytes = readFileSync(sidecarOf(file));
    const end = bytes.indexOf(10);
    const head = JSON.parse(bytes.toString('utf8', 0, end)) as Head;
    if (head.hash !== hash || (format !== null && head.format !== format) || head.maker !== INSTRUMENTER) return null;
    const entry = CachedModule.at(bytes, end + 1, head.entry);
    if (entry === null || !entry.isWhole) return null;
    const { ids, functions } = entry;
    const text = bytes.toString(entry.twoByte ? 'utf8' : 'latin1', end + 1 + head.entry);
    const { layout, details } = recordOf(entry.record);
    return { format: head.format, hash, base, ids, functions, details, segments: segmentsOf(layout, ids), text: renumber(text, base) };
  } catch {
    return null;
  }
}
