/**
 * Loaded ahead of a program by `livepatch prepare`, and runs nothing of it: once to fill the program's cache, and once
 * more to have V8 compile what is in it.
 */
import { writeSync } from 'node:fs';
import { cannotRequire, unsupported } from './node/load/supported.ts';

const reason = unsupported(process.versions.node) ?? cannotRequire(process.features);
if (reason !== null) {
  process.stderr.write(`livepatch: ${reason}\n`);
  process.exit(1);
}
const report = Number(process.env['LIVEPATCH_REPORT'] ?? 1);
if (process.env['LIVEPATCH_PREPARE'] === 'code') {
  const { CodePreparation } = await import('./node/prepare/code-preparation.ts');
  const code = await new CodePreparation(process.env).run();
  writeSync(report, JSON.stringify({ code }));
  process.exit(0);
}
const { Preparation } = await import('./node/prepare/preparation.ts');
new Preparation(process.env).install(report);
