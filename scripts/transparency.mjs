/**
 * npm run transparency -- DIR... [--rewrite sequences|comments|lines] [--harness DIR] [--jobs N] [--limit N] [--node 22|24|26] [--json]
 * Runs every file of folders of test262-style tests with and without instrumentation, each in a realm of its own, and
 * lists every test that ends differently. With --rewrite each is first written another way that means the same, see
 * transparency/rewrite.mjs; what cannot be written so is left out. A folder `harness` above DIR, or --harness, holds test262's harness files.
 */
import { fork } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeBinary } from './nodes.mjs';
import { readOptions, usage } from './options.mjs';
import { WAYS } from './transparency/rewrite.mjs';

const { values, positionals } = readOptions(
  import.meta.filename,
  {
    allowPositionals: true,
    options: {
      harness: { type: 'string' },
      rewrite: { type: 'string' },
      jobs: { type: 'string' },
      limit: { type: 'string' },
      node: { type: 'string', default: '26' },
      json: { type: 'boolean' },
    },
  },
  { jobs: 1, limit: 1 },
);
const folders = positionals.map((path) => resolve(path));
if (folders.length === 0 || !folders.every((path) => existsSync(path))) {
  usage('Usage: npm run transparency -- DIR... [--rewrite WAY] [--harness DIR] [--jobs N] [--limit N] [--node 22|24|26] [--json]');
}
if (values.rewrite !== undefined && !WAYS.includes(values.rewrite)) usage(`--rewrite takes ${WAYS.join(', ')}, not ${values.rewrite}.`);
const node = nodeBinary(values.node);
const BATCH = 50;
/** A process that has made this many realms holds gigabytes: a new one goes on. */
const BATCHES_A_PROCESS = 10;
/** No batch takes a tenth of it: a test that makes its process hang or end counts as a crash. */
const BATCH_LIMIT_MS = 240_000;

/** The tests hold a folder `harness` too, of tests about it. */
const isHarness = (folder) => ['assert.js', 'sta.js'].every((name) => existsSync(join(folder, name)));

function findHarness(from) {
  for (let at = from; dirname(at) !== at; at = dirname(at)) if (isHarness(join(at, 'harness'))) return join(at, 'harness');
  return '';
}

function files(path) {
  if (statSync(path).isFile()) return path.endsWith('.js') && !path.includes('_FIXTURE') ? [path] : [];
  return readdirSync(path)
    .sort()
    .flatMap((name) => files(join(path, name)));
}

const harness = values.harness ? resolve(values.harness) : findHarness(folders[0]);
const all = folders.flatMap(files).slice(0, values.limit ?? Infinity);
/** @type {{ crashed: string[], [key: string]: any }} */
const counts = { files: all.length, same: 0, modulesSame: 0, passed: 0, different: 0, untouched: 0, crashed: [], differences: [] };
const waiting = [...all];

function count(file, results) {
  for (const { format, strict, outcome, passed, plain, live } of results) {
    if (passed) counts.passed++;
    if (outcome === 'untouched') counts.untouched++;
    else if (outcome === 'same') counts[format === 'module' ? 'modulesSame' : 'same']++;
    else {
      counts.different++;
      counts.differences.push({ file: relative(process.cwd(), file), format, strict, plain, live });
    }
  }
}

/** One process that takes batches until none is left; a new one goes on where a process was lost. */
function job() {
  return new Promise((finish) => {
    const runner = fileURLToPath(new URL('./transparency/runner.mjs', import.meta.url));
    const child = fork(runner, [harness, values.rewrite ?? ''], {
      execPath: node,
      execArgv: ['--experimental-vm-modules', '--no-warnings'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    let batch = [];
    let batches = 0;
    let timer;
    child.on('message', ({ file, results, next }) => {
      if (file) {
        count(file, results);
        batch.splice(batch.indexOf(file), 1);
      }
      if (!next) return;
      clearTimeout(timer);
      batch = batches++ < BATCHES_A_PROCESS ? waiting.splice(0, BATCH) : [];
      if (batch.length === 0) {
        child.disconnect();
        return;
      }
      timer = setTimeout(() => child.kill('SIGKILL'), BATCH_LIMIT_MS);
      child.send(batch);
    });
    child.on('exit', () => {
      clearTimeout(timer);
      const [lost, ...rest] = batch;
      if (lost !== undefined) counts.crashed.push(relative(process.cwd(), lost));
      waiting.unshift(...rest);
      finish(waiting.length > 0 ? job() : undefined);
    });
  });
}

await Promise.all(Array.from({ length: Math.min(values.jobs ?? availableParallelism(), Math.ceil(all.length / BATCH)) }, job));
counts.differences.sort((a, b) => (a.file < b.file ? -1 : 1));
if (values.json) console.log(JSON.stringify(counts));
else {
  for (const d of counts.differences)
    console.log(`${d.file}${d.strict ? ' (strict)' : ''}\n    without: ${d.plain.slice(0, 200)}\n    with:    ${d.live.slice(0, 200)}`);
  for (const file of counts.crashed) console.log(`${file}\n    its process ended or hung`);
  console.log(
    `${counts.files} files: ${counts.same} script runs and ${counts.modulesSame} module runs the same (${counts.passed} of them pass), ${counts.different} different, ` +
      `${counts.crashed.length} crashed; ${counts.untouched} runs not instrumented because their text does not parse as a module`,
  );
}
// Tests that all fail in the same way compare nothing.
const vacuous = counts.passed * 2 < counts.same + counts.modulesSame;
if (vacuous) console.error(`Most of these tests fail: they may lack their harness (${harness || 'none found'})`);
process.exitCode = vacuous || counts.different + counts.crashed.length > 0 ? 1 : 0;
