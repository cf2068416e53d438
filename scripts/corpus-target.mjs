// The program of one corpus case: loads the package as a program in `home` would, and answers the probe's questions.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , folder, home, name, entry] = process.argv;

function loader() {
  if (entry !== 'esm') {
    const require = createRequire(join(home, 'noop.cjs'));
    return async () => require(name);
  }
  // import() resolves from the file it stands in, so that file has to lie in `home`.
  const file = join(home, `load-${name.replace(/[^\w.-]/g, '+')}.mjs`);
  const text = `export default () => import(${JSON.stringify(name)});\n`;
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
  let inner;
  return async () => (inner ??= (await import(pathToFileURL(file).href)).default)();
}

const load = loader();
const { setup, probe, sanity } = await import(pathToFileURL(join(folder, 'probe.mjs')).href);
await load();
const state = setup ? await setup(load) : undefined;
async function answer() {
  try {
    const before = await sanity(load, state);
    const { verdict, detail } = await probe(load, state);
    process.send({ verdict, detail, sanity: before === true && (await sanity(load, state)) === true });
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) });
  }
}
process.on('message', () => void answer());
