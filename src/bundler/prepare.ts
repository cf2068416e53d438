/** Writes the instrumented form of one file of a bundle beside it. */
import { readFileSync } from 'node:fs';
import { make } from '../node/maker.ts';
import { writeSidecar } from '../node/sidecar.ts';
import { hashOf } from '../patch/format.ts';
import type { ModuleFormat } from '../source/parse.ts';

export const isScript = (file: string): boolean => /\.[cm]?js$/.test(file);

/** A file that cannot be instrumented stays without: the process that loads it says why (`livepatch doctor`). */
export function prepare(file: string, format: ModuleFormat | null): void {
  const bytes = readFileSync(file);
  const text = bytes.toString('utf8');
  const byName = file.endsWith('.mjs') ? 'module' : file.endsWith('.cjs') ? 'commonjs' : format;
  try {
    const made = make(text, byName, false, file);
    writeSidecar(file, hashOf(text), made.format, made);
  } catch (error) {
    process.emitWarning(`${file} is not instrumented: ${error instanceof Error ? error.message : String(error)}`, {
      code: 'LIVEPATCH_BUNDLE',
    });
  }
}
