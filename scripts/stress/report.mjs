/** The figures of a run, for people or machines, and whether all that must hold did. */

/** Between the end of the warm-up and the end of the run, after collection. */
export const HEAP_GROWTH_MB = 4;
/** In so many patches each function is among those that are changed. */
const ENOUGH = 30;

/** What must hold and did not. */
export function broken({ patches, failed, mixed, stale, refused, stuck, heapMB, exposed, loops }, force) {
  if (force) return mixed > 0 ? [] : ['forced switches must be seen mixed'];
  const must = [];
  if (failed > 0) must.push(`${failed} answers failed`);
  if (mixed > 0) must.push(`${mixed} answers are mixed`);
  if (stale > 0) must.push(`${stale} answers ran a version out of its time`);
  if (refused > 0) must.push(`${refused} patches were refused`);
  if (stuck > 0) must.push(`${stuck} transitions did not end`);
  if (exposed === 0) must.push('no answer met a transition: nothing was tested');
  for (const [name, versions] of Object.entries(loops))
    if (versions < 2 && patches >= ENOUGH) must.push(`the loop of ${name} never went over`);
  if (heapMB.warm !== null && heapMB.end - heapMB.warm > HEAP_GROWTH_MB) must.push(`the heap grew from ${heapMB.warm} to ${heapMB.end} MB`);
  return must;
}

const round = (ms) => Math.round(ms * 100) / 100;

/** Prints it; true if something that must hold did not. */
export function report(figures, { json, force }) {
  const must = broken(figures, force);
  if (json) {
    console.log(JSON.stringify({ ...figures, ok: must.length === 0, must }));
    return must.length > 0;
  }
  const { heapMB, convergeMs } = figures;
  console.log(`Node ${figures.node}, seed ${figures.seed}, ${round(figures.seconds)} s`);
  console.log(
    `${figures.patches} patches (${figures.functions} functions): ${figures.applied} in force, ${figures.stacked} of them on top of others; ` +
      `${figures.reverted} taken out again, ${figures.reversed} transitions turned round`,
  );
  console.log(
    `${figures.answers} answers with ${figures.calls} calls: ${figures.mixed} mixed, ${figures.stale} stale, ${figures.failed} failed`,
  );
  console.log(
    `${figures.exposed} answers met a transition in the middle of its functions, ${figures.whole} of them from first to last; ` +
      `of ${figures.bothSeen} transitions both versions were seen; ${figures.apart} answers with calls apart`,
  );
  console.log(
    `loops that never return: ${Object.entries(figures.loops)
      .map(([name, versions]) => `${name} ran in ${versions} versions`)
      .join(', ')}`,
  );
  console.log(
    `heap after collection: ${heapMB.warm} MB when warm, ${heapMB.end} MB at the end (V8's cache of evaluated code: ${heapMB.cached} MB, freed when memory runs short)`,
  );
  console.log(`converged in ${convergeMs.median} ms (median), ${convergeMs.longest} ms (longest)`);
  console.log(`the event loop was kept for ${round(figures.longestPauseMs)} ms at most, in: ${figures.longestPauseIn}`);
  console.table(
    Object.fromEntries(
      Object.entries(figures.phases).map(([phase, { count, undisturbed, total, longest, longestOwn }]) => [
        phase,
        {
          turns: count,
          undisturbed,
          'mean ms': round(total / undisturbed),
          'longest ms': round(longest),
          'longest of all, less what they waited for a processor': round(longestOwn),
        },
      ]),
    ),
  );
  for (const reason of figures.reasons) console.log(`  ${reason}`);
  if (figures.said) console.log(figures.said);
  for (const what of must) console.log(`✗ ${what}`);
  return must.length > 0;
}
