/** The Node binaries the project is developed against: development dependencies that hold nothing but the binary. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const NODES = ['22', '24', '26'];

export function nodeBinary(version) {
  if (!NODES.includes(version)) throw new Error(`--node takes ${NODES.join(', ')}, not ${version}`);
  const path = join(root, 'node_modules', `node${version}`, 'bin', 'node');
  if (!existsSync(path)) throw new Error(`${path} is missing: run npm install first`);
  return path;
}
