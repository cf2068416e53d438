/** `npm run conformance`: with the Node that runs this if livepatch supports it, else with the newest of ours. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { nodeBinary, root } from '../scripts/nodes.mjs';

const [major = 0] = process.versions.node.split('.').map(Number);
const node = major >= 22 ? process.execPath : nodeBinary('26');
const { status } = spawnSync(node, ['--disable-warning=ExperimentalWarning', join(root, 'conformance/main.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
