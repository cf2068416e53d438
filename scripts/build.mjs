/**
 * `npm run build`: compiles src to dist, then joins what every start of a program loads. A start with many small files, and
 * with the parts of Node that they import but seldom use, takes three times as long as it has to.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './nodes.mjs';

const dist = join(root, 'dist');
/** What is loaded at the start, and what is loaded on its own afterwards. */
const ENTRIES = ['index', 'data', 'node/register', 'node/maker', 'node/source-maps', 'node/transitions', 'node/doctor', 'agent/server'];

rmSync(dist, { recursive: true, force: true });
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

const { instrumenter } = await import(pathToFileURL(join(dist, 'node', 'instrumenter.js')).href);
writeFileSync(join(dist, 'node', 'instrumenter.js'), `export const instrumenter = () => '${instrumenter()}';\n`);

await build({
  entryPoints: ENTRIES.map((name) => join(dist, `${name}.js`)),
  outdir: dist,
  outbase: dist,
  // In the folder of src/node, as code there finds its neighbours by import.meta.url.
  chunkNames: 'node/chunk-[hash]',
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  sourcemap: true,
  logLevel: 'warning',
});

/** An import of a builtin reads each of its exports, and some of those load more of Node; this reads what is named. */
const BUILTIN = /^import (?:(\w+)(?:, )?)?(?:\{([^}]*)\} ?)?from "(node:\w+)";$/gm;

for (const name of [...ENTRIES.map((entry) => `${entry}.js`), ...readdirSync(join(dist, 'node')).map((file) => `node/${file}`)]) {
  if (!/(?:chunk-\w+|register|maker|source-maps|transitions|doctor|server|index|data)\.js$/.test(name)) continue;
  const file = join(dist, name);
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(BUILTIN, (_, whole, names, module) => {
      const builtin = `process.getBuiltinModule("${module}")`;
      const parts = names ? [`{${names.replaceAll(' as ', ': ')}} = ${builtin}`] : [];
      if (whole) parts.unshift(`${whole} = ${builtin}`);
      return `const ${parts.join(', ')};`;
    }),
  );
}
