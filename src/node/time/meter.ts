/** What turns of the event loop cost: by the clock, in work of this thread, and in pauses of the garbage collector. */
import { createRequire } from 'node:module';
import type PerfHooks from 'node:perf_hooks';
import type { CollectorWatch, Meter } from '../../data/index.ts';
import { atNextTurn, ticks } from './clock.ts';

const load = createRequire(import.meta.url);

export const meter: Meter = {
  ticks,

  now() {
    const { user, system } = process.threadCpuUsage();
    return { at: ticks(), cpu: (user + system) / 1000 };
  },

  watchCollector(): CollectorWatch {
    const { PerformanceObserver } = load('node:perf_hooks') as typeof PerfHooks;
    const watch = { longestMs: 0, end };
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watch.longestMs = Math.max(watch.longestMs, duration);
    });
    observer.observe({ entryTypes: ['gc'] });
    return watch;

    // Entries come in a turn after that of the pause.
    function end(): void {
      void atNextTurn(() => atNextTurn(() => observer.disconnect()));
    }
  },
};
