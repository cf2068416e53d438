/** Published releases as a bundler writes them with all that they depend on: one file each, in a package of the same name. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { rolldown, VERSION as ROLLDOWN_VERSION } from 'rolldown';
import webpack from 'webpack';
import * as releases from './releases.mjs';

/** Each writes the bundle of `entry`, a file in the folder `home`, to `file`. */
const BUNDLERS = {
  esbuild: ({ home, entry, file, esm, minify }) =>
    esbuild.build({
      entryPoints: [entry],
      absWorkingDir: home,
      bundle: true,
      platform: 'node',
      format: esm ? 'esm' : 'cjs',
      ...(esm ? { mainFields: FIELDS, banner: { js: REQUIRE } } : {}),
      minify,
      outfile: file,
      logLevel: 'silent',
      plugins: [UNRESOLVED],
    }),
  rolldown: async ({ home, entry, file, esm, minify }) => {
    const resolve = esm ? { mainFields: FIELDS } : {};
    const bundle = await rolldown({ input: entry, cwd: home, platform: 'node', resolve, logLevel: 'silent' });
    await bundle.write({ format: esm ? 'esm' : 'cjs', minify, file, exports: 'auto' });
  },
  rollup: async ({ entry, file, esm }) => {
    const [{ rollup }, commonjs, { nodeResolve }, json] = await Promise.all(Object.keys(ROLLUP).map(released));
    const resolve = nodeResolve({ exportConditions: ['node'], preferBuiltins: true, mainFields: esm ? FIELDS : ['main'] });
    const plugins = [resolve, commonjs({ ignoreDynamicRequires: true }), json()];
    const bundle = await rollup({ input: entry, plugins, onwarn: () => {}, external: isBuiltin });
    try {
      await bundle.write({ format: esm ? 'esm' : 'cjs', file, exports: 'auto', inlineDynamicImports: true });
    } finally {
      await bundle.close();
    }
  },
  webpack: ({ home, entry, file, esm, minify }) =>
    new Promise((done, fail) => {
      const [, path, filename] = /^(.*)\/([^/]*)$/.exec(file);
      const output = { path, filename, library: { type: esm ? 'module' : 'commonjs2' } };
      const mode = minify ? 'production' : 'development';
      const externals = ({ context, request, getResolve }, tell) =>
        isBuiltin(request)
          ? tell()
          : getResolve()(context, request, (missing) => (missing ? tell(null, `node-commonjs ${request}`) : tell()));
      const options = { context: home, mode, target: 'node', devtool: false, entry, output, externals, experiments: { outputModule: esm } };
      webpack(options, (error, stats) => {
        if (error || stats.hasErrors()) fail(error ?? new Error(stats.toString('errors-only').slice(0, 200)));
        else done();
      });
    }),
};
const ROLLUP = {
  rollup: '4.68.8',
  '@rollup/plugin-commonjs': '29.0.3',
  '@rollup/plugin-node-resolve': '16.0.3',
  '@rollup/plugin-json': '6.1.0',
};

async function released(name) {
  await releases.install(name, ROLLUP[name]);
  return createRequire(join(releases.homeOf(name, ROLLUP[name]), 'x.js'))(name);
}

/** What a package can do without, and is not installed, is left to be asked for as the bundle runs. */
const UNRESOLVED = {
  name: 'unresolved',
  setup(build) {
    build.onResolve({ filter: /./ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === UNRESOLVED || from.kind === 'entry-point') return undefined;
      const found = await build.resolve(path, { ...from, pluginData: UNRESOLVED });
      return found.errors.length > 0 ? { path, external: true } : undefined;
    });
  },
};
/** Where an ES module finds another, as Node does not and bundlers do. */
const FIELDS = ['module', 'main'];
/** CommonJS packages ask for modules of Node, which an ES module has no `require` for. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const VERSIONS = { esbuild: esbuild.version, rolldown: ROLLDOWN_VERSION, rollup: ROLLUP.rollup, webpack: webpack.version };

export const BUNDLER_NAMES = Object.keys(BUNDLERS);
export const MINIFIERS = BUNDLER_NAMES.filter((name) => name !== 'rollup');

/** What `releases.mjs` gives, of bundles. `entry`: as of a case, `esm` or anything else. */
export function bundledBy(bundler, minify) {
  // Another version of the bundler writes other bundles, and so does it for another kind of entry.
  const by = `${bundler}-${VERSIONS[bundler]}${minify ? '.min' : ''}`;
  const homeOf = (name, version, entry) => `${releases.homeOf(name, version)}.${by}${entry === 'esm' ? '.esm' : ''}`;
  const packageOf = (name, version, entry) => join(homeOf(name, version, entry), 'node_modules', ...name.split('/'));
  const writing = new Map();
  const install = (name, version, entry) => {
    const home = homeOf(name, version, entry);
    if (!writing.has(home)) writing.set(home, writeOnce(home, { bundler, minify, name, version, esm: entry === 'esm' }));
    return writing.get(home);
  };
  return { homeOf, packageOf, install };
}

/** In a folder of its own until it is whole, as releases are installed. */
async function writeOnce(home, what) {
  if (existsSync(join(home, '.ok'))) return;
  await releases.install(what.name, what.version);
  const own = `${home}.${process.pid}`;
  try {
    await write(releases.homeOf(what.name, what.version), own, what);
    rmSync(home, { recursive: true, force: true });
    renameSync(own, home);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

async function write(home, own, { bundler, minify, name, version, esm }) {
  const target = join(own, 'node_modules', ...name.split('/'));
  mkdirSync(target, { recursive: true });
  const [entry, file] = [join(home, `bundle.${esm ? 'mjs' : 'cjs'}`), join(target, `main.${esm ? 'mjs' : 'cjs'}`)];
  writeFileSync(entry, esm ? await exportsOf(home, name) : `module.exports = require(${JSON.stringify(name)});\n`);
  await BUNDLERS[bundler]({ home, entry, file, esm, minify });
  const manifest = { name, version, main: esm ? 'main.mjs' : 'main.cjs', ...(esm ? { type: 'module', exports: './main.mjs' } : {}) };
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest)}\n`);
  writeFileSync(join(own, 'package.json'), '{"name":"release","version":"0.0.0","private":true}\n');
  writeFileSync(join(own, '.ok'), '');
}

/** `export *` leaves the default out. */
async function exportsOf(home, name) {
  const from = JSON.stringify(name);
  const asked = `import * as all from ${from}; process.stdout.write(String('default' in all)); process.exit()`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', asked], { cwd: home });
  return `export * from ${from};\n${stdout === 'true' ? `export { default } from ${from};\n` : ''}`;
}
