/**
 * `livepatch/bundler`: instruments a bundle as it is built, so that its first start pays nothing. The bundle itself
 * stays as the bundler wrote it; the instrumented form goes beside it and is found by `livepatch/register`.
 */
import { dirname, resolve } from 'node:path';
import { isScript, prepare } from './prepare.ts';
import type { ModuleFormat } from '../source/parse.ts';

/** What Rollup, Rolldown and Vite share. */
export interface RollupPlugin {
  readonly name: string;
  writeBundle(
    options: { readonly dir?: string | undefined; readonly file?: string | undefined; readonly format?: string | undefined },
    bundle: Readonly<Record<string, { readonly type: string }>>,
  ): void;
}

export interface EsbuildPlugin {
  readonly name: string;
  setup(build: EsbuildBuild): void;
}

interface EsbuildBuild {
  readonly initialOptions: {
    metafile?: boolean | undefined;
    readonly write?: boolean | undefined;
    readonly format?: string | undefined;
    readonly absWorkingDir?: string | undefined;
  };
  onEnd(callback: (result: { readonly metafile?: { readonly outputs: object } | undefined }) => void): void;
}

/** What webpack and Rspack share. */
export interface WebpackPlugin {
  apply(compiler: WebpackCompiler): void;
}

interface WebpackCompiler {
  readonly hooks: { readonly afterEmit: { tap(name: string, callback: (compilation: WebpackCompilation) => void): void } };
}

interface WebpackCompilation {
  readonly outputOptions: { readonly path?: string | undefined; readonly module?: boolean | undefined };
  getAssets(): readonly { readonly name: string }[];
}

const NAME = 'livepatch';

const formatOf = (name: string | undefined): ModuleFormat | null =>
  name === 'es' || name === 'esm' || name === 'module' ? 'module' : name === 'cjs' || name === 'commonjs' ? 'commonjs' : null;

function rollup(): RollupPlugin {
  return {
    name: NAME,
    writeBundle(options, bundle) {
      const folder = options.dir ?? dirname(options.file ?? '.');
      for (const [name, { type }] of Object.entries(bundle)) if (type === 'chunk') prepare(resolve(folder, name), formatOf(options.format));
    },
  };
}

function esbuild(): EsbuildPlugin {
  return {
    name: NAME,
    setup(build) {
      const options = build.initialOptions;
      if (options.write === false) return;
      options.metafile = true;
      build.onEnd(({ metafile }) => {
        for (const name of Object.keys(metafile?.outputs ?? {}))
          if (isScript(name)) prepare(resolve(options.absWorkingDir ?? '.', name), formatOf(options.format));
      });
    },
  };
}

function webpack(): WebpackPlugin {
  return {
    apply(compiler) {
      compiler.hooks.afterEmit.tap(NAME, (compilation) => {
        const { path = '.', module } = compilation.outputOptions;
        for (const { name } of compilation.getAssets())
          if (isScript(name)) prepare(resolve(path, name), module === true ? 'module' : 'commonjs');
      });
    },
  };
}

/** One plugin for each bundler: `plugins: [livepatch.rolldown()]`. */
const livepatch = { rollup, rolldown: rollup, vite: rollup, esbuild, webpack, rspack: webpack } as const;

export default livepatch;
