/** Loaded ahead of a program by `livepatch prepare`: fills the program's cache, and runs nothing of it. */
import { unsupported } from './node/supported.ts';

const reason = unsupported(process.versions.node);
if (reason !== null) {
  process.stderr.write(`livepatch: ${reason}\n`);
  process.exit(1);
}
const { Preparation } = await import('./node/preparation.ts');
new Preparation(process.env).install(Number(process.env['LIVEPATCH_REPORT'] ?? 1));
