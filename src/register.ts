/** `node --import livepatch/register server.js`: checks the runtime first, then hooks in. */
import { keptOf } from './node/cache/kept.ts';
import { cannotRequire, frozen, unsupported } from './node/load/supported.ts';

const reason = unsupported(process.versions.node) ?? frozen() ?? cannotRequire(process.features);
if (reason !== null) {
  process.stderr.write(`livepatch: ${reason} The program runs unpatched.\n`);
} else if (process.env['LIVEPATCH'] !== 'off') {
  const kept = keptOf(process.env, process.argv[1] ?? process.cwd());
  const { register } = await import('./node/register.ts');
  register(process.env, kept);
}
