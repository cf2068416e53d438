/** `node --import livepatch/register server.js`: checks the runtime first, then hooks in. */
import { unsupported } from './node/supported.ts';

const reason = unsupported(process.versions.node);
if (reason !== null) {
  process.stderr.write(`livepatch: ${reason} The program runs unpatched.\n`);
} else {
  const { register } = await import('./node/register.ts');
  register(process.env);
}
