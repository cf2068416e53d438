/** The worker threads of this process: each has modules of its own, which a patch of the main thread does not reach. */
import { subscribe } from 'node:diagnostics_channel';

interface Thread {
  /** -1 once it has ended. */
  readonly threadId: number;
}

const started = new Set<WeakRef<Thread>>();

/** Counts the threads that are started from now on; nothing of the program's can tell. */
export function followThreads(): void {
  subscribe('worker_threads', (message) => {
    started.add(new WeakRef((message as { worker: Thread }).worker));
  });
}

export function liveThreads(): number {
  for (const ref of started) {
    const thread = ref.deref();
    if (thread === undefined || thread.threadId === -1) started.delete(ref);
  }
  return started.size;
}
