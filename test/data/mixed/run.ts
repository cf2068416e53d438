/** Some random programs, for `npm run mixed`: tells what came of each, a line of JSON for each that went wrong and one for all. */
import { trial } from './trial.ts';

const [from, count] = process.argv.slice(2).map(Number) as [number, number];
const sums = { programs: 0, stacked: 0, overFields: 0, wrong: 0, acts: 0, shared: 0, migrated: 0 };
for (let seed = from; seed < from + count; seed++) {
  const { wrong, edit, acts, shared, migrated } = await trial(seed);
  if (wrong.length > 0) console.log(JSON.stringify({ seed, reasons: wrong, edit }));
  sums.programs++;
  sums.stacked += acts.newest > 0 ? 1 : 0;
  sums.overFields += acts.newest > 0 && edit.kind === 'fields' ? 1 : 0;
  sums.wrong += wrong.length > 0 ? 1 : 0;
  sums.acts += acts.old + acts.new + acts.newest;
  sums.shared += shared;
  sums.migrated += migrated;
}
console.log(JSON.stringify({ sums }));
