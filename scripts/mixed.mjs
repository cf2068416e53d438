/**
 * `npm run mixed`: random data models, edited at random, and patched under random schedules while tasks of both versions
 * share the instances. No task may read what its version cannot.
 *
 *   npm run mixed                              3,000 programs, on Node 26
 *   npm run mixed -- --programs 500 --node 22
 *   npm run mixed -- --seed 123                one program
 *
 * Exits 1 when a task read something wrong.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { nodeBinary, root } from './nodes.mjs';
import { readOptions } from './options.mjs';

/** Programs of one process: it keeps what it has loaded, and a search of the heap takes longer each time. */
const IN_ONE = 100;

const { values } = readOptions(
  import.meta.filename,
  {
    options: {
      node: { type: 'string', default: '26' },
      programs: { type: 'string', default: '3000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
    },
  },
  { programs: 1, from: 1 },
);
const one = values.seed !== undefined;
const first = one ? Number(values.seed) : values.from;
const last = first + (one ? 1 : values.programs);
const sums = {};
let failed = false;
let next = first;

function run(from, count) {
  return new Promise((resolve) => {
    const args = ['--disable-warning=ExperimentalWarning', 'test/data/mixed/run.ts', String(from), String(count)];
    const child = spawn(nodeBinary(values.node), args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    child.on('close', (code) => resolve({ code, lines: text.split('\n').filter((line) => line !== '') }));
  });
}

async function worker() {
  while (next < last) {
    const from = next;
    next = Math.min(last, from + IN_ONE);
    const { code, lines } = await run(from, next - from);
    const told = lines.map((line) => JSON.parse(line));
    const all = told.find((line) => line.sums !== undefined);
    if (code !== 0 || all === undefined) console.log(`programs ${from} to ${next - 1} ended with ${code}`);
    for (const line of told) if (line !== all) console.log(JSON.stringify(line));
    for (const [key, value] of Object.entries(all?.sums ?? {})) sums[key] = (sums[key] ?? 0) + value;
    failed ||= code !== 0 || all === undefined || all.sums.wrong > 0;
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, worker));
const { programs, stacked, overFields, wrong, acts, shared, migrated } = sums;
console.log(
  `Node ${values.node}: ${programs} programs, ${stacked} with a patch on a patch, ${overFields} of them on one that only adds fields; ${acts} reads and writes by tasks, ${shared} instances met by both versions, ${migrated} migrated; ${wrong} programs went wrong`,
);
process.exit(failed ? 1 : 0);
