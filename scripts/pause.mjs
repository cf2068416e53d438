/**
 * `npm run pause`: how long one turn of the event loop becomes, at most, through applying, turning round and reverting a
 * patch of 100 functions, in a process with a heap of 1 GB and 100,000 live tasks.
 *
 *   npm run pause                                  on Node 26: about a minute
 *   npm run pause -- --heap 1024 --tasks 100000 --functions 100 --node 24
 *   npm run pause -- --limit 5 --json              exits 1 when a turn of livepatch's took longer, in milliseconds
 *
 * Three cases: the `first` patch of a process, for which livepatch loads more of itself; the tasks are `beside` the patch
 * (suspended in a function it leaves alone), or `inside` it (each suspended in one of its functions, so that each is pinned).
 * A turn in which the machine took the processor away counts only as a turn: on a busy machine the clock says nothing of
 * ours. "collected" is how much of the longest turn was garbage collection; "loop" is the longest turn of anything.
 */
import { fork, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NODES, nodeBinary, root } from './nodes.mjs';
import { readOptions } from './options.mjs';

const { values } = readOptions(
  import.meta.filename,
  {
    options: {
      heap: { type: 'string', default: '1024' },
      tasks: { type: 'string', default: '100000' },
      functions: { type: 'string', default: '100' },
      rounds: { type: 'string', default: '3' },
      limit: { type: 'string', default: '5' },
      mode: { type: 'string', default: 'task' },
      node: { type: 'string', default: '26' },
      json: { type: 'boolean', default: false },
    },
  },
  { heap: 1, tasks: 1, functions: 1, rounds: 1, limit: 1 },
);
const { heap: heapMB, tasks, functions, rounds, limit } = values;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
if (Number(process.versions.node.split('.')[0]) < Number(NODES.at(-1))) {
  // The builder needs a Node of today.
  const { status } = spawnSync(nodeBinary(NODES.at(-1)), [import.meta.filename, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(status ?? 1);
}

const PER_MODULE = 10;
const CHILD_LIMIT_MS = 300_000;
const scratch = mkdtempSync(join(tmpdir(), 'livepatch-pause-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** Every other function is async and can be suspended; the rest call their neighbours. */
function moduleText(module, version) {
  const lines = [`export const table = [];`];
  for (let i = 0; i < PER_MODULE && module * PER_MODULE + i < functions; i++) {
    const name = `f${i}`;
    if (i % 2 === 0) lines.push(`export async function ${name}(gate) { const by = '${version}'; await gate; return by; }`);
    else lines.push(`export function ${name}(x) { return '${version}' + (x > 0 ? f${(i + 2) % PER_MODULE}(x - 1) : ''); }`);
    lines.push(`table.push(${name});`);
  }
  return `${lines.join('\n')}\n`;
}

function writeTree(tree, version) {
  const directory = join(scratch, tree);
  mkdirSync(directory, { recursive: true });
  const modules = Math.ceil(functions / PER_MODULE);
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'paused', version: '1.0.0', type: 'module', main: 'main.mjs' }));
  const names = Array.from({ length: modules }, (_, m) => `m${m}`);
  names.forEach((name, m) => writeFileSync(join(directory, `${name}.mjs`), moduleText(m, version)));
  writeFileSync(
    join(directory, 'main.mjs'),
    `${names.map((name) => `import { table as ${name} } from './${name}.mjs';`).join('\n')}
export const table = [${names.map((name) => `...${name}`).join(', ')}];
export async function beside(gate) { await gate; return 'beside'; }
`,
  );
  return directory;
}

const from = writeTree('from', 'old');
const to = writeTree('to', 'new');
const { buildPatch } = await import('../dist/build/index.js');
const { patch, functions: carried } = await buildPatch({ kind: 'directories', from, to }, { name: 'pause' });
const patchFile = join(scratch, 'patch.klp');
writeFileSync(patchFile, patch);

const url = (...path) => pathToFileURL(join(root, ...path)).href;
const preload = [url('scripts/stress/fixtures/meter.mjs'), url('dist/register.js')].flatMap((file) => ['--import', file]);
const child = fork(join(root, 'scripts/stress/fixtures/paused.mjs'), {
  execPath: nodeBinary(values.node),
  execArgv: ['--expose-gc', `--max-old-space-size=${heapMB * 2 + 1024}`, ...preload],
  env: {
    ...process.env,
    LIVEPATCH_RUNTIME_DIR: join(scratch, 'run'),
    // Who measures is work of no task that a transition of mode `request` would wait for.
    LIVEPATCH_INCLUDE: from,
    LIVEPATCH_CACHE: join(scratch, 'cache'),
    PAUSE: JSON.stringify({
      heapMB,
      tasks,
      rounds,
      mode: values.mode,
      patchFile,
      main: url('dist/index.js'),
      program: pathToFileURL(join(from, 'main.mjs')).href,
    }),
  },
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
process.on('exit', () => child.kill('SIGKILL'));
const timer = setTimeout(() => child.kill('SIGKILL'), CHILD_LIMIT_MS);
const result = await new Promise((resolve, reject) => {
  child.on('message', resolve);
  child.on('exit', (code, signal) => reject(new Error(`the program ended with ${signal ?? code}`)));
});
clearTimeout(timer);

const round = (ms) => Math.round(ms * 1000) / 1000;
// A phase that was disturbed in each of its turns has only the clock, less what it waited for a processor, of its best round.
for (const row of result.rows) if (row.undisturbed === 0 && row.loop === undefined) row.longest = row.longestOwn;
if (result.heapMB < heapMB) {
  console.error(
    `the heap had ${Math.round(result.heapMB)} MB at the end, not the ${heapMB} that were asked for: nothing has been measured`,
  );
  process.exit(1);
}
const longest = Math.max(...result.rows.map((row) => row.longest));
const ok = longest <= limit;
if (values.json)
  console.log(
    JSON.stringify({
      node: values.node,
      heapMB,
      tasks,
      functions: carried,
      mode: values.mode,
      limit,
      longest: round(longest),
      ok,
      ...result,
    }),
  );
else {
  console.log(
    `Node ${values.node}, heap ${Math.round(result.heapMB)} MB, ${tasks} live tasks, ${carried} functions, mode ${values.mode}; milliseconds of one turn`,
  );
  console.table(
    result.rows.map(({ at, phase, count, undisturbed, total, longest: most, gc, loop }) => ({
      tasks: at,
      phase,
      turns: count,
      undisturbed,
      mean: undisturbed === 0 ? '' : round(total / undisturbed),
      longest: round(most),
      collected: gc === undefined ? '' : round(gc),
      loop: loop === undefined ? '' : round(loop),
    })),
  );
  console.log(`longest turn of livepatch's: ${round(longest)} ms (limit ${limit} ms)`);
  console.log(`longest turn of the loop with nothing to do: ${round(result.idle)} ms`);
}
process.exit(ok ? 0 : 1);
