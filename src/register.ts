/** `node --import livepatch/register server.js`: checks the runtime first, then hooks in. */
import { frozen, unsupported } from './node/supported.ts';

const reason = unsupported(process.versions.node) ?? frozen();
if (reason !== null) {
  process.stderr.write(`livepatch: ${reason} The program runs unpatched.\n`);
} else {
  const { register } = await import('./node/register.ts');
  register(process.env);
}
