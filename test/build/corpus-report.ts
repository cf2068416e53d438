/**
 * Builds a patch for each published security fix of a corpus and says what was carried and what refused, and why.
 *
 *   node test/build/corpus-report.ts <folder of cases> [words]     only the cases whose id contains a word
 *   node test/build/corpus-report.ts <folder of cases> --out dir   write the patches there too
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPatch } from '../../src/build/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' }, verbose: { type: 'boolean', short: 'v' } },
});
const [folder, ...words] = positionals;
if (folder === undefined) throw new Error('which folder of cases?');
if (values.out) mkdirSync(values.out, { recursive: true });

let built = 0;
let total = 0;
for (const id of readdirSync(folder).sort()) {
  if (words.length > 0 && !words.some((word) => id.includes(word))) continue;
  const {
    package: name,
    from,
    to,
  } = JSON.parse(readFileSync(join(folder, id, 'case.json'), 'utf8')) as { package: string; from: string; to: string };
  total++;
  try {
    const report = await buildPatch({ kind: 'package', name, from, to }, { name: id });
    const refused = report.verdicts.filter((v) => v.verdict === 'refused' || v.verdict === 'needs-hook');
    const warnings = report.verdicts.filter((v) => v.verdict === 'warning');
    if (report.patch !== null) {
      built++;
      if (values.out) writeFileSync(join(values.out, `${id}.klp`), report.patch);
    }
    console.log(
      `${report.patch ? 'built  ' : 'REFUSED'} ${id}: ${report.functions} functions, ${report.modules} modules, ${Math.round(report.ms)} ms, ${report.bytes} B`,
    );
    for (const v of values.verbose ? report.verdicts : [...refused, ...warnings])
      console.log(`        ${v.verdict} ${v.code} ${v.file}:${v.line} ${v.path}: ${v.reason} | ${v.excerpt?.trim().slice(0, 80) ?? ''}`);
  } catch (error) {
    console.log(`ERROR   ${id}: ${error instanceof Error ? error.stack?.slice(0, 1500) : String(error)}`);
  }
}
console.log(`${built} of ${total} built`);
