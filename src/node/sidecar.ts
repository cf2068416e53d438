/**
 * Instrumented text that a bundler wrote beside its output, `bundle.js.livepatch`: for a process that finds its cache
 * empty, as in a fresh container. It is taken only for exactly the text that it was made from, and from exactly this
 * instrumenter, so a bundle that was changed afterwards is instrumented as any module is.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { renumber } from '../instrument/names.ts';
import { CachedModule, encodeModule, recordOf } from './cached-module.ts';
import type { Made } from './cached-module.ts';
import { instrumenter } from './instrumenter.ts';
import { segmentsOf } from './layout.ts';
import type { ModuleFormat } from '../source/parse.ts';

interface Head {
  readonly maker: string;
  readonly hash: string;
  readonly format: ModuleFormat;
}

const sidecarOf = (file: string): string => `${file}.livepatch`;

export function writeSidecar(file: string, made: Made): void {
  const head: Head = { maker: instrumenter(), hash: made.hash, format: made.format };
  writeFileSync(sidecarOf(file), Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), encodeModule(made, null)]));
}

/** `format` is null where Node has still to detect it. */
export function readSidecar(file: string, hash: string, format: ModuleFormat | null, base: number): Made | null {
  try {
    const bytes = readFileSync(sidecarOf(file));
    const end = bytes.indexOf(10);
    const head = JSON.parse(bytes.toString('utf8', 0, end)) as Head;
    if (head.hash !== hash || (format !== null && head.format !== format) || head.maker !== instrumenter()) return null;
    const entry = CachedModule.at(bytes, end + 1, bytes.length - end - 1);
    if (entry === null) return null;
    const { ids, functions, text } = entry;
    const { layout, details } = recordOf(entry.record);
    return { format: head.format, hash, base, ids, functions, details, segments: segmentsOf(layout, ids), text: renumber(text, base) };
  } catch {
    return null;
  }
}
