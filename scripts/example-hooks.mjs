/** The hooks of examples/hooks, each with what its first line says that it is for. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './nodes.mjs';

const folder = join(root, 'examples/hooks');

/** Each `{file, name, package, pairs}`: the path, the name, and `{from, to}` for each two releases of the package. */
export const exampleHooks = readdirSync(folder).map((name) => {
  const file = join(folder, name);
  const [line] = readFileSync(file, 'utf8').split('\n', 1);
  const pairs = [...line.matchAll(/([\d.]+)\.\.([\d.]+\d)/g)].map(([, from, to]) => ({ from, to }));
  return { file, name, package: /--package (\S+)@/.exec(line)[1], pairs };
});

/** For that release, or for any of the package, which it is called after; undefined where there is none. */
export function exampleHook(of, release) {
  const own = exampleHooks.filter((hook) => hook.package === of);
  const found =
    own.find(({ pairs }) => pairs.some(({ to }) => to === release)) ?? own.find(({ name }) => name === `${of.replace('/', '+')}.mjs`);
  return found?.file;
}
