/**
 * What livepatch costs: programs with and without it, by turns, in one go. A figure is the median of the ratios
 * (with livepatch / without) and the 95 % interval of that median.
 *
 *   npm run bench                          everything, on Node 26: about fifteen minutes
 *   npm run bench -- --only async          one part: cpu-warm, cpu-cold, async, http, start-up, memory, patched-call, shadow, patched
 *   npm run bench -- --rounds 8 --node 22  more pairs of processes; another Node
 *   npm run bench -- --json                one object: {name: {ratio, low, high, samples}}
 *   npm run bench -- --slice               a few seconds: only checks that it runs
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Lab } from './bench/processes.mjs';
import { nodeBinary, root } from './nodes.mjs';
import { readOptions, usage } from './options.mjs';

const { values } = readOptions(
  import.meta.filename,
  {
    options: {
      only: { type: 'string', multiple: true },
      rounds: { type: 'string', default: '4' },
      node: { type: 'string', default: '26' },
      json: { type: 'boolean', default: false },
      slice: { type: 'boolean', default: false },
    },
  },
  { rounds: 1 },
);
const { rounds } = values;
if (!existsSync(join(root, 'dist', 'register.js'))) {
  console.error('dist is missing: run npm run build first');
  process.exit(2);
}
// The builder makes the patches, and needs a Node that the project supports.
if (Number.parseInt(process.versions.node, 10) < 22)
  process.exit(spawnSync(nodeBinary('26'), process.argv.slice(1), { stdio: 'inherit' }).status ?? 1);
const { SUITE } = await import('./bench/suite.mjs');
const names = values.only ?? Object.keys(SUITE);
for (const name of names) {
  if (Object.hasOwn(SUITE, name)) continue;
  usage(`--only takes ${Object.keys(SUITE).join(', ')}, not ${name}.`);
}

/** rounds: pairs of processes; turns: by turns in each pair; runs: pairs of whole runs. */
const plan = values.slice
  ? { slice: true, rounds: 1, turns: 2, runs: 1, batchMs: 10, warmMs: 50, burstMs: 50 }
  : { slice: false, rounds, turns: 12, runs: 4 * rounds, batchMs: 120, warmMs: 1000, burstMs: 400 };

const figures = {};
const verdicts = { met: 0, missed: 0 };
const lab = new Lab(values.node);
const format = (x) => x.toFixed(3);
try {
  if (!values.json) console.log(`Node ${values.node}${values.slice ? ', a slice: the figures mean nothing' : ''}`);
  for (const name of names) {
    for await (const [row, figure, target] of SUITE[name](lab, plan)) {
      figures[row] = figure;
      if (target) verdicts[target.met(figure.ratio) ? 'met' : 'missed']++;
      if (values.json) continue;
      const verdict = target ? `${target.met(figure.ratio) ? 'pass' : 'MISS'} (${target.text})` : '';
      console.log(`${row.padEnd(32)} ${format(figure.ratio).padStart(7)}  [${format(figure.low)}, ${format(figure.high)}]  ${verdict}`);
    }
  }
} finally {
  lab.close();
}
if (values.json) console.log(JSON.stringify(figures));
else if (!values.slice) console.log(`${verdicts.met} targets met, ${verdicts.missed} missed`);
