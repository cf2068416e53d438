/** Bundlers with the plugin in each: those that this project has, and those that `npm run bundlers` fetches. */
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { rolldown } from 'rolldown';
import webpack from 'webpack';
import type * as Plugin from '../../src/bundler/index.ts';

// The built package, as the processes load it: what one instrumenter wrote another does not take.
const { default: livepatch } = (await import(import.meta.resolve('livepatch/bundler'))) as typeof Plugin;

type Format = 'esm' | 'cjs';

interface Bundler {
  readonly formats: readonly Format[];
  readonly bundle: (entry: string, out: string, format: Format) => Promise<void>;
}

const es = (format: Format): 'es' | 'cjs' => (format === 'esm' ? 'es' : 'cjs');

/** What webpack and Rspack share. */
function packed(entry: string, out: string): object {
  return {
    mode: 'production',
    target: 'node',
    entry,
    devtool: 'source-map',
    output: { path: dirname(out), filename: basename(out) },
    optimization: { minimize: false },
  };
}

type Run = (error: Error | null, stats?: { hasErrors(): boolean; toString(): string }) => void;

const finished = (start: (callback: Run) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    start((error, stats) => (error ? reject(error) : stats?.hasErrors() ? reject(new Error(stats.toString())) : resolve()));
  });

export const ours = {
  esbuild: {
    formats: ['esm', 'cjs'],
    async bundle(entry, out, format) {
      await esbuild.build({
        entryPoints: [entry],
        outfile: out,
        bundle: true,
        platform: 'node',
        format,
        sourcemap: true,
        plugins: [livepatch.esbuild()],
      });
    },
  },
  rolldown: {
    formats: ['esm', 'cjs'],
    async bundle(entry, out, format) {
      const build = await rolldown({ input: entry, platform: 'node', plugins: [livepatch.rolldown()] });
      await build.write({ file: out, format: es(format), sourcemap: true });
      await build.close();
    },
  },
  webpack: {
    formats: ['cjs'],
    bundle: (entry, out) => finished((done) => webpack({ ...packed(entry, out), plugins: [livepatch.webpack()] }, done as never)),
  },
} satisfies Record<string, Bundler>;

/** What is used of those that this project has not. */
interface Theirs {
  readonly rollup: (options: object) => Promise<{ write(options: object): Promise<unknown>; close(): Promise<void> }>;
  readonly vite: { build(options: object): Promise<unknown> };
  readonly rspack: (options: object, callback: Run) => void;
}

/** From the folder in which they are installed. */
export async function theirs(folder: string): Promise<Record<string, Bundler>> {
  const { resolve } = createRequire(join(folder, 'package.json'));
  const load = (name: string): Promise<object> => import(pathToFileURL(resolve(name)).href) as Promise<object>;
  const { rollup } = (await load('rollup')) as Pick<Theirs, 'rollup'>;
  const vite = (await load('vite')) as Theirs['vite'];
  const { rspack } = (await load('@rspack/core')) as Pick<Theirs, 'rspack'>;
  return {
    Rollup: {
      formats: ['esm', 'cjs'],
      async bundle(entry, out, format) {
        const build = await rollup({ input: entry, external: /^node:/, plugins: [livepatch.rollup()] });
        await build.write({ file: out, format: es(format), sourcemap: true });
        await build.close();
      },
    },
    Vite: {
      formats: ['esm'],
      async bundle(entry, out) {
        await vite.build({
          root: dirname(entry),
          configFile: false,
          logLevel: 'silent',
          plugins: [livepatch.vite()],
          build: {
            ssr: entry,
            outDir: dirname(out),
            emptyOutDir: false,
            minify: false,
            sourcemap: true,
            rolldownOptions: { output: { entryFileNames: basename(out) } },
          },
        });
      },
    },
    Rspack: {
      formats: ['cjs'],
      bundle: (entry, out) => finished((done) => rspack({ ...packed(entry, out), plugins: [livepatch.rspack()] }, done)),
    },
  };
}
