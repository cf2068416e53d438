/**
 * `npm run sizes`: how long it takes to build a patch from large sources, and how much memory, each in a process of its own.
 *
 *   npm run sizes                          1,000 files that differ, and one file of 10 MB
 *   npm run sizes -- --node 22 --json      another Node; for machines
 *   npm run sizes -- --files 100 --mb 1    other sizes
 *   npm run sizes -- --minified            a minified file of that size besides
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transformSync } from 'esbuild';
import { nodeBinary, root } from './nodes.mjs';
import { readOptions } from './options.mjs';

const { values } = readOptions(
  import.meta.filename,
  {
    options: {
      node: { type: 'string', default: '26' },
      files: { type: 'string', default: '1000' },
      mb: { type: 'string', default: '10' },
      minified: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  },
  { files: 1, mb: 1 },
);
const run = promisify(execFile);
const home = mkdtempSync(join(tmpdir(), 'livepatch-sizes-'));

/** As a later version has it: every so many-th `return true` is written another way. */
function later(text, every) {
  let count = 0;
  return text.replaceAll(/\breturn (true|value)\b/g, (found, what) =>
    count++ % every === 0 ? `return (globalThis.later, ${what})` : found,
  );
}

/** A package of the modules of one, over and over: each file differs in one function, and asks for the one before it. */
function manyFiles(folder, version) {
  const folderOf = join(root, 'node_modules/lodash');
  const sources = readdirSync(folderOf)
    .filter((name) => /^_base\w+\.js$/.test(name))
    .map((name) => readFileSync(join(folderOf, name), 'utf8').replaceAll("require('./", "require('lodash/"));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'large', version: `${version}.0.0`, main: `f${values.files - 1}.js` }),
  );
  for (let i = 0; i < values.files; i++) {
    const before = i === 0 ? 'null' : `require('./f${i - 1}.js')`;
    const own = `const before = ${before};\nmodule.exports.own = (value) => [value, ${version}, before];\n`;
    writeFileSync(join(folder, `f${i}.js`), sources[i % sources.length] + own);
  }
}

/** One file of libraries as a bundler puts them together, with functions that differ throughout. */
function bundle(folder, version) {
  writeFileSync(
    join(folder, 'index.js'),
    librariesOf(version, (source) => source),
  );
}

/** As a minifier leaves it, which takes the names of variables away. */
function minifiedBundle(folder, version) {
  const minify = (source) => transformSync(`(function () {${source}\n})()`, { minify: true }).code;
  writeFileSync(join(folder, 'index.js'), librariesOf(version, minify));
}

function librariesOf(version, written) {
  const [large, small] = ['typescript5/lib/typescript.js', 'lodash/lodash.js'].map((name) => {
    const source = readFileSync(join(root, 'node_modules', name), 'utf8');
    return written(version === 1 ? source : later(source, 40));
  });
  const wanted = values.mb * 1e6;
  const parts = [];
  for (let i = 0, size = 0; size < wanted; i++) {
    const source = i === 0 && large.length < wanted ? large : small;
    parts.push(`var require_${i} = __commonJS((exports, module) => {\n${source}\n});\n`);
    size += source.length;
  }
  return `const __commonJS = (run) => () => run({}, { exports: {} });\n${parts.join('')}`;
}

async function measure(name, make) {
  const folders = ['from', 'to'].map((side) => join(home, name, side));
  folders.forEach((folder, i) => {
    mkdirSync(folder, { recursive: true });
    make(folder, i + 1);
  });
  const script = `
    import { buildPatch } from ${JSON.stringify(join(root, 'dist/build/index.js'))};
    const started = performance.now();
    const cpu = process.cpuUsage();
    const report = await buildPatch({ kind: 'directories', from: process.argv[1], to: process.argv[2] }, { name: 'large' });
    const ms = performance.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, patch: report.patch?.length ?? null, verdicts: report.verdicts.length,
      refused: report.verdicts.filter((v) => v.verdict === 'refused' || v.verdict === 'needs-hook').length,
      mb: process.resourceUsage().maxRSS / 1024 }))`;
  const { stdout } = await run(nodeBinary(values.node), ['--no-warnings', '--input-type=module', '-e', script, ...folders], {
    maxBuffer: 1e8,
  });
  return { name, ...JSON.parse(stdout) };
}

try {
  const rows = [await measure(`${values.files} files`, manyFiles), await measure(`${values.mb} MB in one file`, bundle)];
  if (values.minified) rows.push(await measure(`${values.mb} MB minified`, minifiedBundle));
  if (values.json) console.log(JSON.stringify(rows));
  else
    for (const { name, ms, cpuMs, mb, verdicts, patch, refused } of rows)
      console.log(
        `${name.padEnd(18)} built in ${(ms / 1000).toFixed(2)} s (${(cpuMs / 1000).toFixed(2)} s of processor time) with ${mb.toFixed(0)} MB: ${verdicts} differences${refused > 0 ? `, ${refused} refused` : ''}, ${patch === null ? 'no patch' : `a patch of ${(patch / 1000).toFixed(0)} kB`}`,
      );
} finally {
  rmSync(home, { recursive: true, force: true });
}
