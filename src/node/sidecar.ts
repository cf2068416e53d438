/**
 * Instrumented text that a bundler wrote beside its output, `bundle.js.livepatch`: for a process that finds its cache
 * empty, as in a fresh container. It is taken only for exactly the text that it was made from, and from exactly this
 * instrumenter, so a bundle that was changed afterwards is instrumented as any module is.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeModule, encodeModule } from './cached-module.ts';
import type { CachedModule, Made } from './cached-module.ts';
import type { ModuleFormat } from '../source/parse.ts';

interface Head {
  readonly maker: string;
  readonly hash: string;
  readonly format: ModuleFormat;
}

const sidecarOf = (file: string): string => `${file}.livepatch`;

let known: string | null = null;

/** Unlike the cache's, the same on every machine. */
function maker(): string {
  if (known !== null) return known;
  const hash = createHash('sha256');
  for (const folder of ['../source/', '../instrument/', './']) {
    const path = fileURLToPath(new URL(folder, import.meta.url));
    for (const name of readdirSync(path).sort()) {
      if (!/\.[jt]s$/.test(name) || name.endsWith('.d.ts')) continue;
      if (folder === './' && !/^(?:cached-module|layout|maker)\./.test(name)) continue;
      hash.update(name).update(readFileSync(path + name));
    }
  }
  return (known = hash.digest('hex'));
}

export function writeSidecar(file: string, hash: string, format: ModuleFormat, made: Made): void {
  const head: Head = { maker: maker(), hash, format };
  writeFileSync(sidecarOf(file), Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), encodeModule(made)]));
}

/** `format` is null where Node has still to detect it. */
export function readSidecar(file: string, hash: string, format: ModuleFormat | null): CachedModule | null {
  try {
    const bytes = readFileSync(sidecarOf(file));
    const end = bytes.indexOf(10);
    const head = JSON.parse(bytes.toString('utf8', 0, end)) as Head;
    if (head.hash !== hash || (format !== null && head.format !== format) || head.maker !== maker()) return null;
    return decodeModule(bytes.subarray(end + 1));
  } catch {
    return null;
  }
}
