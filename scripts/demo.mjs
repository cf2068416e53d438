/**
 * `npm run demo [-- --node 22|24|26] [--json]`: a shop under load is patched twice and reverted once, without a restart.
 * This launcher runs on Node 20; the demo itself (scripts/demo/main.mjs) runs on the Node that was asked for.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary, root } from './nodes.mjs';
import { readOptions } from './options.mjs';

const LIMIT_MS = 60_000;
const { values } = readOptions(import.meta.filename, {
  options: { node: { type: 'string', default: '26' }, json: { type: 'boolean', default: false } },
});

if (!existsSync(join(root, 'dist', 'register.js'))) {
  console.error('dist/ is missing: run npm install (or npm run build) first');
  process.exit(1);
}
const child = spawn(nodeBinary(values.node), ['scripts/demo/main.mjs', ...(values.json ? ['--json'] : [])], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
});
const timer = setTimeout(() => {
  console.error(`the demo did not end within ${LIMIT_MS / 1000} s`);
  child.kill('SIGTERM');
}, LIMIT_MS);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  clearTimeout(timer);
  process.exitCode = code ?? 1;
});
