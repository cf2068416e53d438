/**
 * `npm run bundlers`: bundles a server with each bundler that this project does not have itself, and patches it live
 * from two bundles. `npm test` does the same with esbuild, Rolldown and webpack.
 *
 *   npm run bundlers                   on Node 26
 *   npm run bundlers -- --node 22      another Node
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBinary, root } from './nodes.mjs';
import { readOptions } from './options.mjs';

const PACKAGES = { rollup: '4.68.8', vite: '8.3.8', '@rspack/core': '2.3.3' };

const { values } = readOptions(import.meta.filename, { options: { node: { type: 'string', default: '26' } } });
const folder = mkdtempSync(join(tmpdir(), 'livepatch-bundlers-'));
const run = (command, args, options) => spawnSync(command, args, { stdio: 'inherit', ...options }).status ?? 1;
try {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: PACKAGES }));
  process.exitCode =
    run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder }) ||
    run(
      nodeBinary(values.node),
      ['--disable-warning=ExperimentalWarning', '--test', '--test-timeout=300000', '--test-reporter=spec', 'test/bundler/bundler.test.ts'],
      { cwd: root, env: { ...process.env, LIVEPATCH_BUNDLERS: folder } },
    );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
