/** Two processes that do the same work by turns: what disturbs one disturbs the other, and the ratio of neighbours stays. */

/** How much work takes about `ms`, and a warm-up of both on the way. */
async function batch(pair, ms, warmMs) {
  let times = 1;
  for (;;) {
    const took = (await pair[0].ask({ do: 'work', times })).ms;
    await pair[1].ask({ do: 'work', times });
    if (took >= ms / 2) {
      times = Math.max(1, Math.round((times * ms) / took));
      break;
    }
    times *= Math.max(2, Math.min(10, Math.floor(ms / Math.max(took, 0.1))));
  }
  for (const worker of pair) {
    let spent = 0;
    while (spent < warmMs) spent += (await worker.ask({ do: 'work', times })).ms;
  }
  return times;
}

/**
 * Ratios of the second process's time to the first's. `prepare` brings the second into the state that is measured,
 * after both are warm.
 */
export async function pairedRatios(lab, program, plan, options = {}) {
  const ratios = [];
  const once = async (worker) => void (await worker.ask({ do: 'work', times: 1 }));
  await lab.fill(program, once, options);
  for (let round = 0; round < plan.rounds; round++) {
    const pair = [await lab.worker(options.plain ?? false, program, options), await lab.worker(true, program, options)];
    try {
      const times = await batch(pair, plan.batchMs, plan.warmMs);
      if (options.prepare) {
        await options.prepare(pair[1], pair[0]);
        for (const worker of pair) await worker.ask({ do: 'work', times });
        for (const worker of pair) await worker.ask({ do: 'work', times });
      }
      for (let turn = 0; turn < plan.turns; turn++) {
        const order = turn % 2 === 0 ? [0, 1] : [1, 0];
        const ms = [];
        for (const which of order) ms[which] = (await pair[which].ask({ do: 'work', times })).ms;
        ratios.push(ms[1] / ms[0]);
      }
    } finally {
      for (const worker of pair) worker.end();
    }
  }
  return ratios;
}

/** Ratios of whole runs. */
export async function pairedRuns(count, plain, instrumented) {
  const ratios = [];
  for (let i = 0; i < count; i++) {
    const first = i % 2 === 0;
    const a = first ? await plain(i) : undefined;
    const b = await instrumented(i);
    ratios.push(b / (a ?? (await plain(i))));
  }
  return ratios;
}
