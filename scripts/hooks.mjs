/**
 * npm run hooks [-- --node 22|24|26]
 *
 * Builds a patch with each hook of examples/hooks from each two published releases that its first line names: whether what it
 * claims is still what the builder cannot do by itself. Exit code 1 where one does not build.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleHooks } from './example-hooks.mjs';
import { nodeBinary } from './nodes.mjs';
import { readOptions } from './options.mjs';
import { install, livepatch, packageOf } from './releases.mjs';

const { values } = readOptions(import.meta.filename, { options: { node: { type: 'string', default: '26' } } });
const scratch = mkdtempSync(join(tmpdir(), 'livepatch-hooks-'));
let built = 0;
let failed = 0;
for (const { file, name, package: of, pairs } of exampleHooks)
  for (const { from, to } of pairs) {
    await Promise.all([install(of, from), install(of, to)]);
    const trees = ['--from', packageOf(of, from), '--to', packageOf(of, to)];
    const { code, text } = await livepatch(nodeBinary(values.node), 'build', ...trees, '--hooks', file, '-o', join(scratch, 'x.klp'));
    if (code === 0) built++;
    else failed++;
    console.log(`${code === 0 ? 'builds' : 'FAILS '} ${name}: ${of} ${from}..${to}${code === 0 ? '' : `\n${text}`}`);
  }
rmSync(scratch, { recursive: true, force: true });
console.log(`${built} built, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
