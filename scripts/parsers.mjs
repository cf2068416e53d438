/**
 * npm run parsers -- [DIR...] [--json]
 * Reads each JavaScript file of folders (node_modules, if none is named), as a script and as a module, with the parser for
 * common code and with acorn, and lists where their trees differ. `left`: what the first leaves to acorn; `wrong`: refused
 * by both; `accepted`: refused by acorn only. Ends with 1 if there is a difference.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compare, filesIn } from './parsers/compare.mjs';
import { nodeBinary, root } from './nodes.mjs';
import { readOptions, usage } from './options.mjs';

const { values, positionals } = readOptions(import.meta.filename, {
  allowPositionals: true,
  options: { json: { type: 'boolean' } },
});
// Some programs nest deeper than the stack is.
const STACK = '--stack-size=4000';
if (!process.execArgv.includes(STACK)) {
  process.exit(spawnSync(nodeBinary('26'), [STACK, ...process.argv.slice(1)], { stdio: 'inherit' }).status ?? 1);
}
const folders = positionals.length > 0 ? positionals.map((path) => resolve(path)) : [join(root, 'node_modules')];
for (const path of folders) if (!existsSync(path)) usage(`There is no ${path}.`);
const { parseCommon } = await import(new URL('../dist/syntax/parse.js', import.meta.url).href);
const counts = { files: 0, same: 0, different: 0, left: 0, wrong: 0, accepted: 0 };
const differences = [];
for (const file of folders.flatMap(filesIn)) {
  counts.files++;
  const text = readFileSync(file, 'utf8');
  for (const isModule of [false, true]) {
    const found = compare(parseCommon, text, isModule);
    counts[found.split(' ', 1)[0]]++;
    if (found.startsWith('different'))
      differences.push(`${file} ${isModule ? 'as a module' : 'as a script'}${found.slice('different'.length)}`);
  }
}
if (values.json) console.log(JSON.stringify({ ...counts, differences }));
else {
  const { files, ...results } = counts;
  console.log(
    `${files} files, each twice: ${Object.entries(results)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ')}`,
  );
  for (const line of differences) console.log(line);
}
process.exitCode = differences.length > 0 ? 1 : 0;
