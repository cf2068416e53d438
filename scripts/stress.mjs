/**
 * `npm run stress`: a program under load is patched a thousand times at random, and every answer is checked for mixed
 * versions (scripts/stress/checker.mjs says what that means), for failures, and for how long the event loop was kept.
 *
 *   npm run stress                                  1,000 patches on Node 26: two to three minutes
 *   npm run stress -- --patches 100 --seconds 30    whichever comes first
 *   npm run stress -- --seed 7 --node 22 --json     other choices; another Node; one object of figures
 *   npm run stress -- --force                       without the consistency: has to find what is mixed
 *
 * Exits 1 when something that must hold did not.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NODES, nodeBinary, root } from './nodes.mjs';
import { readOptions } from './options.mjs';

const { values } = readOptions(
  import.meta.filename,
  {
    options: {
      patches: { type: 'string', default: '1000' },
      seconds: { type: 'string', default: '600' },
      seed: { type: 'string', default: '1' },
      node: { type: 'string', default: '26' },
      json: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
    },
  },
  { patches: 1, seconds: 1, seed: 1 },
);
const { patches, seconds, seed } = values;
if (!existsSync(join(root, 'dist', 'register.js'))) {
  console.error('dist/ is missing: run npm install (or npm run build) first');
  process.exit(1);
}

if (Number(process.versions.node.split('.')[0]) < Number(NODES.at(-1))) {
  // The builder and the clients run on the newest Node, the program on the one that was asked for.
  const child = spawn(nodeBinary(NODES.at(-1)), [import.meta.filename, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => (process.exitCode = code ?? 1));
} else {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
  const { stress } = await import('./stress/run.mjs');
  const { report } = await import('./stress/report.mjs');
  const show = process.stderr.isTTY && !values.json;
  const progress = ({ done, answers, mixed, failed }) => {
    if (show) process.stderr.write(`\r${done} patches, ${answers} answers, ${mixed} mixed, ${failed} failed `);
  };
  const startedAt = performance.now();
  const figures = await stress({ patches, seconds, seed, node: values.node, force: values.force, progress });
  if (show) process.stderr.write('\n');
  const broken = report({ ...figures, seconds: (performance.now() - startedAt) / 1000 }, values);
  process.exit(broken ? 1 : 0);
}
