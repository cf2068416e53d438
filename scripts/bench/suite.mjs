/** What is measured, by name. Each entry yields `[name, figure, target]` rows. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writePatched, writeProgram } from './generate.mjs';
import { Load } from './load.mjs';
import { pairedRatios, pairedRuns } from './paired.mjs';
import { patchOf } from './patches.mjs';
import { geometricMean, summary } from './stats.mjs';

const program = (name) => fileURLToPath(new URL(`./programs/${name}.mjs`, import.meta.url));
const CPU = ['typescript', 'acorn', 'prettier', 'terser', 'markdown-it', 'ray-tracer'];
const SERVERS = ['node:http', 'express', 'fastify', 'hono'];

const most = (limit) => ({ limit, met: (ratio) => ratio <= limit, text: `<= ${limit}` });
const least = (limit) => ({ limit, met: (ratio) => ratio >= limit, text: `>= ${limit}` });

/** The geometric mean of several figures, with the interval that follows from theirs. */
function mean(figures) {
  const of = (key) => geometricMean(figures.map((f) => f[key]));
  const spread = Math.sqrt(figures.reduce((sum, f) => sum + Math.log(f.high / f.low) ** 2, 0)) / figures.length / 2;
  const ratio = of('ratio');
  return { ratio, low: ratio / Math.exp(spread), high: ratio * Math.exp(spread), samples: figures.length };
}

async function* cpuWarm(lab, plan) {
  const figures = [];
  for (const name of plan.slice ? ['acorn', 'ray-tracer'] : CPU) {
    const figure = summary(await pairedRatios(lab, program(name), plan));
    figures.push(figure);
    yield [`cpu-warm/${name}`, figure, null];
  }
  yield ['cpu-warm', mean(figures), most(1.01)];
}

async function* cpuCold(lab, plan) {
  const figures = [];
  for (const name of plan.slice ? ['acorn'] : CPU) {
    const times = { 'ray-tracer': 200, 'markdown-it': 50, acorn: 10, prettier: 5, terser: 3 }[name] ?? 1;
    const once = async (instrumented) => (await lab.run(instrumented, [program('run'), name, String(times)])).ms;
    await once(true);
    const figure = summary(
      await pairedRuns(
        plan.runs,
        () => once(false),
        () => once(true),
      ),
    );
    figures.push(figure);
    yield [`cpu-cold/${name}`, figure, null];
  }
  yield ['cpu-cold', mean(figures), most(1.05)];
}

async function* asyncCalls(lab, plan) {
  yield ['async', summary(await pairedRatios(lab, program('async'), plan)), most(1.1)];
  if (!plan.slice) yield ['async/generators', summary(await pairedRatios(lab, program('generators'), plan)), null];
}

async function httpPair(lab, plan, start, prepare) {
  const rps = [];
  const p99 = [];
  await lab.fill(start.program, async (worker) => {
    const load = new Load((await worker.ask(start.message)).result, 32);
    await load.burst(plan.warmMs);
    return () => load.end();
  });
  for (let round = 0; round < Math.ceil(plan.rounds / 2); round++) {
    const workers = [await lab.worker(false, start.program), await lab.worker(true, start.program)];
    const loads = [];
    try {
      for (const worker of workers) loads.push(new Load((await worker.ask(start.message)).result, 32));
      for (const load of loads) await load.burst(plan.warmMs);
      if (prepare) await prepare(workers[1]);
      for (const load of loads) await load.burst(plan.warmMs / 2);
      for (let turn = 0; turn < plan.turns; turn++) {
        const order = turn % 2 === 0 ? [0, 1] : [1, 0];
        const results = [];
        for (const which of order) results[which] = await loads[which].burst(plan.burstMs);
        rps.push(results[1].rps / results[0].rps);
        p99.push(results[1].p99 / results[0].p99);
      }
    } finally {
      for (const load of loads) load.end();
      for (const worker of workers) worker.end();
    }
  }
  return { rps: summary(rps), p99: summary(p99) };
}

async function* http(lab, plan) {
  const figures = [];
  for (const name of plan.slice ? ['node:http'] : SERVERS) {
    const { rps, p99 } = await httpPair(lab, plan, { program: program('servers'), message: { do: 'call', name: 'start', argument: name } });
    figures.push(rps);
    yield [`http/${name}`, rps, null];
    yield [`http-p99/${name}`, p99, null];
  }
  yield ['http', mean(figures), least(0.99)];
}

async function* startUp(lab, plan) {
  const folder = join(lab.folder, 'program');
  const main = writeProgram(folder, plan.slice ? 50 : 1200, 8);
  const once = async (instrumented, cache = lab.cache) => (await lab.run(instrumented, [main], { env: { LIVEPATCH_CACHE: cache } })).ms;
  // The first makes the text, the second keeps what V8 compiles of it.
  for (const instrumented of [true, true, false]) await once(instrumented);
  yield [
    'start-up/cached',
    summary(
      await pairedRuns(
        plan.runs,
        () => once(false),
        () => once(true),
      ),
    ),
    most(1.1),
  ];
  // What they leave stays to the end: ext4 takes long to make a thousand files where as many were removed in the last minutes.
  const cold = (i) => once(true, join(lab.folder, `cold-${i}`));
  yield ['start-up/cold', summary(await pairedRuns(plan.runs, () => once(false), cold)), most(1.6)];
  // The one after a cold one: it finds the text, and keeps what V8 compiles of it.
  const second = async (i) => {
    const cache = join(lab.folder, `second-${i}`);
    await once(true, cache);
    return await once(true, cache);
  };
  yield ['start-up/second', summary(await pairedRuns(plan.runs, () => once(false), second)), null];
  const prepared = join(lab.folder, 'prepared');
  await lab.prepare(main, prepared);
  // The first start after it, each time.
  const first = async (i) => {
    const cache = join(lab.folder, `prepared-${i}`);
    cpSync(prepared, cache, { recursive: true });
    return await once(true, cache);
  };
  yield ['start-up/prepared', summary(await pairedRuns(plan.runs, () => once(false), first)), most(1.1)];
  const compiled = async (instrumented) => {
    const env = { NODE_COMPILE_CACHE: join(lab.folder, `compiled-${instrumented}`), LIVEPATCH_CACHE: lab.cache };
    return (await lab.run(instrumented, [main], { env })).ms;
  };
  for (const instrumented of [false, true]) await compiled(instrumented);
  yield [
    'start-up/NODE_COMPILE_CACHE',
    summary(
      await pairedRuns(
        plan.runs,
        () => compiled(false),
        () => compiled(true),
      ),
    ),
    null,
  ];
}

async function* memory(lab, plan) {
  const figures = [];
  const measure = async (name, of, prepare) => {
    const rss = [];
    const heap = [];
    const options = { flags: ['--expose-gc'] };
    await lab.fill(of, prepare, options);
    for (let i = 0; i < plan.rounds; i++) {
      const found = [];
      for (const instrumented of [false, true]) {
        const worker = await lab.worker(instrumented, of, options);
        const end = await prepare(worker);
        found[instrumented ? 1 : 0] = await worker.ask({ do: 'memory' });
        end?.();
        worker.end();
      }
      rss.push(found[1].rss / found[0].rss);
      heap.push(found[1].heapUsed / found[0].heapUsed);
    }
    figures.push(summary(rss));
    return [
      [`memory/rss ${name}`, summary(rss), null],
      [`memory/heap ${name}`, summary(heap), null],
    ];
  };
  const serve = async (worker) => {
    const load = new Load((await worker.ask({ do: 'call', name: 'start', argument: 'express' })).result, 32);
    await load.burst(plan.warmMs * 2);
    return () => load.end();
  };
  yield* await measure('express', program('servers'), serve);
  if (!plan.slice) {
    yield* await measure('typescript', program('typescript'), (worker) => worker.ask({ do: 'work', times: 5 }).then(() => undefined));
    // What is in memory for the start alone goes a little after it.
    const settle = () => new Promise((resolve) => void setTimeout(resolve, 3000));
    yield* await measure('1200 modules', writeProgram(join(lab.folder, 'program'), 1200, 8), settle);
  }
  yield ['memory', mean(figures), most(1.08)];
}

async function* patchedCall(lab, plan) {
  const file = writePatched(join(lab.folder, 'patched'), 1);
  const samples = [];
  for (let round = 0; round < plan.rounds; round++) {
    const worker = await lab.worker(true, file);
    const text = await patchOf('hot', file, ['hot'], (t) => t.replace('x + 1', '1 + x'));
    await worker.ask({ do: 'call', name: 'apply', argument: text });
    samples.push(...(await worker.ask({ do: 'call', name: 'calls', argument: plan.slice ? 1e6 : 2e7 })).result);
    worker.end();
  }
  yield ['patched-call (ns)', summary(samples), most(3)];
}

async function* patched(lab, plan) {
  const count = 100;
  const file = writePatched(join(lab.folder, 'patched-100'), count);
  const change = (text) =>
    text.replace('let s = ', 'let s = 0 + ').replace('return y', 'return 0 + y').replace('await until', 'return await until');
  const paths = (n) => Array.from({ length: n }, (_, i) => [`sync${i}`, `async${i}`]).flat();
  const text = (n, more = []) => patchOf('p', file, [...paths(n), ...more], change);
  const call = (worker, name, argument) => worker.ask({ do: 'call', name, argument });
  const states = {
    idle: async () => {},
    '1 function': (w) => text(1).then((t) => call(w, 'apply', t)),
    '100 functions': (w) => text(count).then((t) => call(w, 'apply', t)),
    'in transition': async (w) => {
      await call(w, 'hold');
      await call(w, 'begin', await text(count, ['held']));
    },
    reverted: async (w) => {
      await call(w, 'apply', await text(count));
      await call(w, 'revert', 'p');
    },
  };
  for (const [state, prepare] of Object.entries(states)) {
    if (plan.slice && state !== '100 functions') continue;
    for (const kind of ['cpu', 'async']) {
      const ratios = await pairedRatios(lab, file, plan, {
        prepare: async (worker, plain) => {
          for (const w of [plain, worker]) await call(w, 'choose', kind);
          await prepare(worker);
        },
      });
      yield [`patched/${kind}, ${state}`, summary(ratios), null];
    }
    const { rps } = await httpPair(lab, plan, { program: file, message: { do: 'call', name: 'serve' } }, prepare);
    yield [`patched/http, ${state}`, rps, null];
  }
}

async function* shadowReads(lab, plan) {
  const found = [];
  for (let round = 0; round < plan.rounds; round++) {
    const worker = await lab.worker(false, program('shadow'));
    const how = plan.slice ? { rounds: 2, times: 2000 } : { rounds: 12, times: 20_000 };
    found.push(...(await worker.ask({ do: 'call', name: 'reads', argument: how })).result);
    worker.end();
  }
  const against = (one, other) => summary(found.map((ns) => ns[one] / ns[other]));
  yield ['shadow/inside : property', against('inside', 'property'), most(2)];
  yield ['shadow/beside : WeakMap', against('beside', 'weakMap'), most(1.1)];
  yield ['shadow/beside : property', against('beside', 'property'), null];
  yield ['shadow/WeakMap : property', against('weakMap', 'property'), null];
}

export const SUITE = {
  'cpu-warm': cpuWarm,
  'cpu-cold': cpuCold,
  async: asyncCalls,
  http,
  'start-up': startUp,
  memory,
  'patched-call': patchedCall,
  shadow: shadowReads,
  patched,
};
