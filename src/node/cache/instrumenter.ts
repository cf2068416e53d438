/** Which instrumenter this is: what another one made is not used. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What instrumented text, and what is kept about it, depends on. */
const PARTS: readonly (readonly [folder: string, names: RegExp])[] = [
  ['../../syntax/', /^/],
  ['../../source/', /^/],
  ['../../instrument/', /^/],
  ['./', /^(?:cached-module|layout|pack)\./],
  ['../load/', /^maker\./],
];

/** The same for the same code, on every machine. The build writes the result into whatever reads it. */
export const INSTRUMENTER = digest();

function digest(): string {
  const hash = createHash('sha256');
  for (const [folder, names] of PARTS) {
    const path = fileURLToPath(new URL(folder, import.meta.url));
    for (const name of readdirSync(path).sort())
      if (/\.[jt]s$/.test(name) && !name.endsWith('.d.ts') && names.test(name)) hash.update(name).update(readFileSync(path + name));
  }
  return hash.digest('hex');
}
