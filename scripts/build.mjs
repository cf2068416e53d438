/**
 * `npm run build`: compiles src to dist, then joins what every start of a program loads. A start with many small files, and
 * with the parts of Node that they import but seldom use, takes three times as long as it has to.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { root } from './nodes.mjs';

const dist = join(root, 'dist');
/** What is loaded by name: first of all what starts, then the API, then what is loaded when it is needed. */
const ENTRIES = [
  'register',
  'index',
  'data',
  'node/load/maker',
  'source/whole-parser',
  'node/load/source-maps',
  'node/doctor',
  'agent/server',
];
/** What it takes to patch, the innermost first: each is loaded in a turn of its own. */
ENTRIES.push('node/apply/patch-data', 'node/apply/applied-patch', 'node/apply/transitions');
/** What comes first, and turns V8's cache on for the rest. */
const AHEAD = 'register';
/** All else that a start needs, in one file. */
const START = 'node/register';

rmSync(dist, { recursive: true, force: true });
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

const { INSTRUMENTER } = await import(pathToFileURL(join(dist, 'node', 'cache', 'instrumenter.js')).href);
writeFileSync(join(dist, 'node', 'cache', 'instrumenter.js'), `export const INSTRUMENTER = '${INSTRUMENTER}';\n`);

/** Parts that are loaded later tell by it whether they are of one build. */
const digest = createHash('sha256');
for (const name of readdirSync(dist, { recursive: true }).sort())
  if (name.endsWith('.js')) digest.update(name).update(readFileSync(join(dist, name)));
writeFileSync(join(dist, 'source', 'build.js'), `export const BUILD = '${digest.digest('hex')}';\n`);

const at = (name) => join(dist, `${name}.js`);
const bundling = { platform: 'node', transform: { target: 'node22' }, optimization: { inlineConst: { mode: 'all' } } };

/** What `name` imports, directly or through others, but for what it loads later. */
async function partsOf(name) {
  const bundle = await rolldown({ ...bundling, input: at(name) });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  return output.flatMap((part) => (part.type === 'chunk' && part.isEntry ? Object.keys(part.modules) : []));
}

const ahead = new Set(await partsOf(AHEAD));
const start = new Set((await partsOf(START)).filter((id) => !ahead.has(id)));
const bundle = await rolldown({ ...bundling, input: Object.fromEntries(ENTRIES.map((name) => [name, at(name)])) });
await bundle.write({
  dir: dist,
  format: 'esm',
  sourcemap: true,
  // Processes keep this text in memory.
  comments: { legal: true, annotation: false, jsdoc: false },
  entryFileNames: '[name].js',
  // As deep as src/source, since code there finds the rest by import.meta.url.
  chunkFileNames: 'node/chunk-[name].js',
  // Each file of its own costs a start 1 ms.
  codeSplitting: { groups: [{ name: 'start', test: (id) => start.has(id) }] },
});
await bundle.close();

/** An import of a builtin reads each of its exports, and some of those load more of Node; this reads what is named. */
const BUILTIN = /^import (?:([\w$]+)(?:, | ))?(?:\{([^}]*)\} ?)?from "(node:\w+)";$/gm;

/** One of them, and the text takes twice the memory. They stand in literals only. */
const WIDE = /[^\0-\x7f]/g;

for (const name of [...ENTRIES.map((entry) => `${entry}.js`), ...readdirSync(join(dist, 'node')).map((file) => `node/${file}`)]) {
  if (!/(?:chunk-[\w-]+|register|maker|whole-parser|source-maps|transitions|doctor|server|index|data)\.js$/.test(name)) continue;
  const file = join(dist, name);
  const text = readFileSync(file, 'utf8');
  const direct = text.replace(BUILTIN, (_, whole, names, module) => {
    const builtin = `process.getBuiltinModule("${module}")`;
    const parts = names ? [`{${names.replaceAll(' as ', ': ')}} = ${builtin}`] : [];
    if (whole) parts.unshift(`${whole} = ${builtin}`);
    return `const ${parts.join(', ')};`;
  });
  writeFileSync(
    file,
    direct.replace(WIDE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/** The bundler puts a file between that only gives one name to another. */
function skipFacade(user, facade, name) {
  const path = join(dist, 'node', facade);
  const [, inner, target] = /^export \{ (\w+) as \w+ \} from "\.\/([\w-]+\.js)";\s*$/.exec(readFileSync(path, 'utf8'));
  const text = readFileSync(user, 'utf8');
  const direct = text.replace(`{ ${name} } = await import("./node/${facade}")`, `{ ${inner}: ${name} } = await import("./node/${target}")`);
  if (direct === text) throw new Error(`${user} does not import ${facade}`);
  writeFileSync(user, direct);
  rmSync(path);
}

skipFacade(at(AHEAD), 'chunk-register.js', 'register');
if (/^import /m.test(readFileSync(at(AHEAD), 'utf8'))) throw new Error(`${AHEAD} loads what it is to come ahead of`);
