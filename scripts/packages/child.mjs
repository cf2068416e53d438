// Runs one check; says at the end, on a channel of its own, what of it was instrumented.
import { writeSync } from 'node:fs';
import { checks } from './checks.mjs';

process.on('exit', () => {
  const info = globalThis[Symbol.for('livepatch.runtime')]?.doctor().process;
  if (info) writeSync(3, JSON.stringify({ modules: info.modules, functions: info.functions }));
});
await checks[process.argv[2]]();
