/**
 * `node scripts/lock.mjs [--check]`: keeps package-lock.json such that `npm ci` accepts it everywhere.
 *
 * npm leaves out the optional packages of other platforms that its registry does not carry, and `npm ci` then refuses
 * the lock file. This completes it with their names, versions and platforms, as their names tell them. Run it after
 * each change of the dependencies; `npm test` checks that nothing is missing and that no registry is named.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './nodes.mjs';

const path = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));
const { packages } = lock;

/** What a package is built for, from a name such as `@rolldown/binding-linux-x64-musl`. */
function platformOf(name) {
  const [os, cpu, abi] = name
    .split('/')
    .at(-1)
    .replace(/^(?:binding|core)-/, '')
    .split('-');
  if (os === 'wasm32') return { cpu: ['wasm32'] };
  if (cpu === undefined) throw new Error(`cannot tell the platform of ${name}`);
  const libc = os === 'linux' && abi ? { libc: [abi.startsWith('musl') ? 'musl' : 'glibc'] } : {};
  return { cpu: [cpu], ...libc, os: [os] };
}

const missing = {};
for (const [holder, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const places = [`node_modules/${name}`, `${holder}/node_modules/${name}`];
    if (places.some((place) => place in packages)) continue;
    if (!/^\d/.test(version)) throw new Error(`${holder} wants ${name}@${version}, which is no exact version`);
    missing[places[0]] = { version, ...(dev ? { dev } : {}), optional: true, ...platformOf(name) };
  }
}
const named = Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined);

if (process.argv.includes('--check')) {
  for (const place of Object.keys(missing)) console.error(`package-lock.json lacks ${place}: run node scripts/lock.mjs`);
  for (const [place] of named) console.error(`package-lock.json names a registry for ${place}: see .npmrc`);
  process.exitCode = Object.keys(missing).length + named.length > 0 ? 1 : 0;
} else {
  const all = { ...packages, ...missing };
  lock.packages = Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${Object.keys(missing).length} packages of other platforms added`);
}
