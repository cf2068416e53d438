/**
 * `npm run scale`: sizes that no other suite reaches, on one Node after the other.
 *
 *   npm run scale                      everything, on Node 26
 *   npm run scale -- --node 22         another Node
 *   npm run scale -- --slice           a hundredth of each size, for CI
 */
import { spawn } from 'node:child_process';
import { nodeBinary, root } from './nodes.mjs';
import { readOptions } from './options.mjs';

const { values } = readOptions(import.meta.filename, {
  options: { node: { type: 'string', default: '26' }, slice: { type: 'boolean', default: false } },
});
const child = spawn(
  nodeBinary(values.node),
  [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-concurrency=1',
    '--test-timeout=300000',
    '--test-reporter=spec',
    'test/scale/scale.test.ts',
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, LIVEPATCH_SCALE: values.slice ? 'slice' : 'full' } },
);
child.on('close', (code) => (process.exitCode = code ?? 1));
