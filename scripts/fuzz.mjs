/**
 * `npm run fuzz`: random edits of real packages, built, applied to a running program, and compared with a fresh start.
 *
 *   npm run fuzz                            5,000 edits, on Node 26
 *   npm run fuzz -- --edits 20000 --from 5001
 *   npm run fuzz -- --seed 123 --node 22    one edit, told in full
 */
import { spawn } from 'node:child_process';
import { nodeBinary, root } from './nodes.mjs';
import { readOptions } from './options.mjs';

const { values } = readOptions(
  import.meta.filename,
  {
    options: {
      node: { type: 'string', default: '26' },
      edits: { type: 'string', default: '5000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
    },
  },
  { edits: 1, from: 1 },
);
const child = spawn(nodeBinary(values.node), ['--disable-warning=ExperimentalWarning', '--test', 'test/build/fuzz.test.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    LIVEPATCH_FUZZ: values.edits,
    LIVEPATCH_FUZZ_FROM: values.from,
    ...(values.seed === undefined ? {} : { LIVEPATCH_FUZZ_SEED: values.seed }),
  },
});
child.on('close', (code) => (process.exitCode = code ?? 1));
