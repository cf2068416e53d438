/**
 * `npm run data`: the examples of data that changes shape, on live servers with 100,000 objects under load; all of it taken back.
 *
 *   npm run data                          figures for on create, on access and world, on Node 26
 *   npm run data -- --node 22             another Node
 *   npm run data -- --objects 10000       fewer objects, or more
 *   npm run data -- --json                {onCreate, onAccess, world, slices}, each {objects, failed, pauseMs, nsPerObject, reverted,
 *                                         migrating, back, memory, dictionaries}: see scripts/data/run.mjs
 *
 * Exits 1 when a request failed, or an object did not get its old shape back.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary, root } from './nodes.mjs';
import { readOptions } from './options.mjs';

const { values } = readOptions(
  import.meta.filename,
  {
    options: {
      node: { type: 'string', default: '26' },
      objects: { type: 'string', default: '100000' },
      json: { type: 'boolean', default: false },
    },
  },
  { objects: 100 },
);
const { objects } = values;
if (!existsSync(join(root, 'dist', 'register.js'))) {
  console.error('dist is missing: run npm run build first');
  process.exit(2);
}
if (Number.parseInt(process.versions.node, 10) < 22)
  process.exit(spawnSync(nodeBinary('26'), process.argv.slice(1), { stdio: 'inherit' }).status ?? 1);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

const { EXAMPLES } = await import('./data/examples.mjs');
const { run, runSlices } = await import('./data/run.mjs');
const results = {};
const how = { node: values.node, objects, enough: 1000 };
for (const name of Object.keys(EXAMPLES)) results[name] = await run(name, how);

results.slices = await runSlices(how);

const ms = (value) => `${value.toFixed(1)} ms`;
const mb = (bytes) => (bytes / 2 ** 20).toFixed(1);
/** What no budget bounds stands beside the turn: the search of the heap, the collector of garbage, the wait for a processor. */
const turn = ({ longestMs, cpuMs, searchMs, gcMs }) =>
  `${ms(longestMs)}; at most ${ms(cpuMs)} of work in one${searchMs > 1 ? `; the search of the heap ${ms(searchMs)}` : ''}; the longest garbage collection ${ms(gcMs)}`;
if (values.json) {
  const pick = ({ objects: count, failed, pauseMs, nsPerObject, reverted, migrating, back, memory, dictionaries }) => {
    return { objects: count, failed, pauseMs, nsPerObject, reverted, migrating, back, memory, dictionaries };
  };
  console.log(JSON.stringify(Object.fromEntries(Object.entries(results).map(([name, result]) => [name, pick(result)]))));
} else {
  console.log(`Node ${values.node}, ${objects.toLocaleString('en-US')} objects that exist, 8 customers`);
  for (const [name, r] of Object.entries(results)) {
    const { before, patched, reverted } = r.memory;
    console.log(`
${name} (${EXAMPLES[name] ? `examples/data/${EXAMPLES[name].directory}` : 'examples/data/world in slices of 5 ms'})
  ${r.objects} objects of the new shape; ${r.requests} requests, ${r.failed} failed; ${r.reverted ? 'all have their old shape back' : 'NOT ALL REVERTED'}
  longest pause: ${ms(r.pauseMs)} while it was applied, ${ms(r.revertPauseMs)} while it was taken back, ${ms(r.calmMs)} before
  longest turn of migrating: ${r.migrating.longestMs > 0 ? turn(r.migrating) : 'none, each object is migrated as it is touched or made'}
  longest turn of taking back: ${turn(r.back)}
  time per object: ${r.makingBefore > 0 ? `${r.nsPerObject} ns to make one, ${Math.round(r.makingBefore)} ns before` : `${r.nsPerObject} ns to migrate one`}
  heap: ${mb(before)} MB before, ${mb(patched)} MB patched, ${mb(reverted)} MB reverted, ${r.dictionaries} of the objects as dictionaries`);
    for (const reason of r.reasons) console.log(`  ✗ ${reason}`);
  }
}
process.exit(Object.values(results).every((result) => result.failed === 0 && result.reverted) ? 0 : 1);
