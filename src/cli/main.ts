#!/usr/bin/env node
import { supportsNode } from './guard.ts';

const version = process.versions.node;

if (supportsNode(version)) {
  void import('./run.ts').then(({ runProcess }) => runProcess());
} else {
  // ERR_NODE_VERSION as the error table has it: loading the table is what this version may not manage.
  const message = 'Node ' + version + ' is not supported: livepatch needs ^22.22.3, ^24.11.1 or >=26.';
  const hint = 'Run livepatch with the Node version that runs your program.';
  if (process.argv.includes('--json')) console.log(JSON.stringify({ error: { code: 'ERR_NODE_VERSION', message: message, hint: hint } }));
  else console.error('livepatch: ERR_NODE_VERSION ' + message + '\n  ' + hint);
  process.exitCode = 1;
}
