/** Preloaded into the program: answers what the measurement asks of it. Needs --expose-gc and --allow-natives-syntax. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

const ROUNDS = 5;
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
/** V8's own word: not as fields of a hidden class, but in a dictionary. */
// oxlint-disable-next-line typescript/no-implied-eval -- V8's own functions are syntax
const isDictionary = new Function('object', 'return !%HasFastProperties(object)');

const answers = {
  /** The longest time that the event loop was kept since this was last asked, in milliseconds. */
  pause() {
    const ms = delay.max / 1e6;
    delay.reset();
    return ms;
  },

  /** Bytes of the heap that are in use. */
  memory() {
    globalThis.gc();
    return process.memoryUsage().heapUsed;
  },

  /** How many of the program's objects have which keys. */
  shapes(program) {
    const counts = {};
    for (const object of program.all()) {
      const keys = Object.keys(object).join();
      counts[keys] = (counts[keys] ?? 0) + 1;
    }
    return counts;
  },

  /** How many of them V8 keeps as dictionaries. */
  dictionaries(program) {
    return [...program.all()].filter(isDictionary).length;
  },

  /** What it takes to make one instance: nanoseconds, in the best of some rounds. */
  making(program, { type, args, count }) {
    const Type = program[type];
    let best = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
      const started = performance.now();
      for (let i = 0; i < count; i++) new Type(...args);
      best = Math.min(best, performance.now() - started);
    }
    return (best * 1e6) / count;
  },
};

async function answer({ id, ask, ...how }) {
  const program = await import(pathToFileURL(process.argv[1]).href);
  process.send({ id, answer: answers[ask](program, how) });
}

process.on('message', (question) => void answer(question));
