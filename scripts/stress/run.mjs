/** One run: load on the program, one change after the other, and the figures. */
import { Checker } from './checker.mjs';
import { Load } from './load.mjs';
import { Plan } from './plan.mjs';
import { Program } from './process.mjs';
import { random } from './random.mjs';

/** No transition takes as long, on a slow machine neither: one that does is stuck, and shows as reversed without having been asked to. */
const STUCK_MS = 60_000;
/** A trace is judged long before this. */
const KEEP_MS = 30_000;
/** The heap is compared from the time on when everything has been warmed up. */
const WARM_UP = 0.3;
const WARM_UP_MAX = 100;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Applies `patches` patches, or as many as `seconds` allow. With `force` every transition is forced as soon as it has
 * begun, which is what switching without a consistency model comes to. `progress` is told of each patch.
 */
export async function stress({ patches, seconds = Infinity, seed = 1, node = '26', force = false, progress = () => {} }) {
  const dice = random(seed);
  const plan = new Plan(dice);
  const checker = new Checker(plan.world);
  const program = new Program();
  const figures = { applied: 0, reversed: 0, reverted: 0, stacked: 0, stuck: 0, refused: 0, functions: 0 };
  const converged = [];
  const reasons = [];
  const until = performance.now() + seconds * 1000;
  let load = null;
  try {
    await program.start(node);
    load = new Load(program.port, checker, random(seed + 1));
    await sleep(200);
    // Without load: what is on its way is on the heap as well.
    const measure = async () => {
      await load.stop();
      return program.ask('memory');
    };
    let warm = null;
    let done = 0;
    const warmUp = Math.min(Math.ceil(patches * WARM_UP), WARM_UP_MAX);
    for (; done < patches && performance.now() < until;) {
      const step = plan.step();
      const turns = dice() < 0.25 && !force ? Array.from({ length: 1 + Math.floor(dice() * 3) }, () => Math.floor(dice() * 12)) : [];
      const request = { op: step.op, name: step.name, reverseAfter: turns, force, options: { timeoutMs: STUCK_MS } };
      if (step.layer) {
        const { text, functions } = await program.patchOf(step.layer, random(seed + 7919 * step.layer.version));
        request.text = text;
        request.options.replace = step.replace;
        figures.functions += functions;
        done++;
      }
      const answer = await program.ask(request.op, request);
      if (answer.result === 'refused') {
        figures.refused++;
        if (reasons.length < 10) reasons.push(answer.reason);
        continue;
      }
      checker.ended(plan.world, step.next, answer);
      converged.push(answer.convergeMs);
      if (answer.result === 'reversed') {
        figures.reversed++;
        if (turns.length === 0) figures.stuck++;
      } else {
        plan.world = step.next;
        if (step.op === 'revert') figures.reverted++;
        else figures.applied++;
        if (step.op === 'apply' && !step.replace) figures.stacked++;
      }
      checker.settle(answer.to);
      checker.forget(answer.to - KEEP_MS);
      if (done === warmUp && warm === null) {
        warm = await measure();
        load = new Load(program.port, checker, random(seed + 2), load);
      }
      progress({ done, patches, mixed: checker.mixed, failed: load.failed, answers: load.answers });
      if (dice() < 0.3) await sleep(dice() * 20);
    }
    const end = await measure();
    checker.settle(Infinity);
    checker.forget(Infinity);
    const { phases } = await program.ask('meter');
    const [longestPauseIn, longest] = Object.entries(phases).reduce((a, b) => (b[1].longest > a[1].longest ? b : a));
    converged.sort((a, b) => a - b);
    return {
      node,
      seed,
      patches: done,
      ...figures,
      answers: load.answers,
      failed: load.failed,
      mixed: checker.mixed,
      stale: checker.stale,
      apart: checker.apart,
      calls: checker.calls,
      exposed: checker.exposed,
      whole: checker.whole,
      bothSeen: checker.both,
      loops: Object.fromEntries([...checker.loops].map(([name, versions]) => [name, versions.size])),
      heapMB: { warm: toMB(warm?.heapUsed), end: toMB(end.heapUsed), cached: toMB(end.cached) },
      convergeMs: { median: converged[converged.length >> 1] ?? null, longest: converged.at(-1) ?? null },
      longestPauseMs: longest.longest,
      longestPauseIn,
      phases,
      said: program.said,
      reasons: [...checker.reasons, ...load.reasons, ...reasons],
    };
  } finally {
    program.stop();
    await load?.stop();
  }
}

const toMB = (bytes) => (bytes === undefined ? null : Math.round((bytes / 2 ** 20) * 100) / 100);
