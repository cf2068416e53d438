/** Writes the instrumented form of one file of a bundle beside it. */
import { readFileSync } from 'node:fs';
import { hashOf, make } from '../node/load/maker.ts';
import { writeSidecar } from '../node/cache/sidecar.ts';
import type { ModuleFormat } from '../source/parse.ts';

export const isScript = (file: string): boolean => /\.[cm]?js$/.test(file);

/** A file that cannot be instrumented stays without: the process that loads it says why (`livepatch doctor`). */
export function prepare(file: string, format: ModuleFormat | null): void {
  const bytes = readFileSync(file);
  const text = bytes.toString('utf8');
  const byName = file.endsWith('.mjs') ? 'module' : file.endsWith('.cjs') ? 'commonjs' : format;
  const made = make({ text, hash: hashOf(text), format: byName, typescript: false, file, base: 0 });
  if ('reason' in made) process.emitWarning(`${file} is not instrumented: ${made.reason}`, { code: 'LIVEPATCH_BUNDLE' });
  else writeSidecar(file, made);
}
