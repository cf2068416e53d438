/**
 * Where tasks begin: with each HTTP request, and with `task(name, fn)`. Code that neither reaches begins one with its
 * first async function.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Engine, Task } from '../../engine/index.ts';
import type { NodeHost } from './host.ts';

const requestTask = Symbol('livepatch.task');

interface RequestStart {
  readonly request: { readonly method?: string; readonly url?: string; readonly originalUrl?: string };
  readonly response: { readonly destroyed?: boolean; [requestTask]?: Task };
}

const OVER = { destroyed: true };

/**
 * A client that leaves early ends the request without a 'finish'. One function for all: V8 may keep what a closure
 * captures in its old generation, and with it each request until the next full collection.
 */
function hasLeft(this: Task): boolean {
  return (this.subject as RequestStart).response.destroyed === true;
}

function requestLabel(this: Task): string {
  const { request } = this.subject as RequestStart;
  // A router that is mounted may have cut its own part off `url`.
  const url = request.originalUrl ?? request.url ?? '';
  return `${request.method ?? ''} ${url.split('?', 1)[0]}`;
}

/** What the label of a request that is over is made of. */
function remainder({ request: { method, url, originalUrl } }: RequestStart): RequestStart {
  return { request: { method: method ?? '', url: originalUrl ?? url ?? '' }, response: OVER };
}

export class Tasks {
  private readonly engine: Engine;
  private readonly host: NodeHost;

  constructor(engine: Engine, host: NodeHost) {
    this.engine = engine;
    this.host = host;
  }

  /** Makes each request of every HTTP server of the process a task, from its first byte of headers to its response's end. */
  followHttp(): void {
    // nb: a store entered in this subscriber holds for exactly that request, keep-alive connections included.
    // Begun by the network, whatever is current: it is nobody's part.
    subscribe('http.server.request.start', (message) => {
      const task = this.engine.createTask('request', '');
      task.subject = message as RequestStart;
      task.describe = requestLabel;
      task.over = hasLeft;
      (message as RequestStart).response[requestTask] = task;
      this.host.enter(task.context);
    });
    subscribe('http.server.response.finish', (message) => {
      const task = (message as RequestStart).response[requestTask];
      if (!task) return;
      this.engine.endTask(task);
      // The timer of an idle connection, and whatever else was begun in the request, keeps its task.
      task.subject = remainder(message as RequestStart);
    });
  }

  /** Runs `fn` as a task of its own, part of the work it is begun in while that is still in an old universe. */
  task<T>(name: string, fn: () => T): T {
    const task = this.engine.createTask('named', name, this.host.current() ?? null);
    const end = (): void => this.engine.endTask(task);
    let result: T;
    try {
      result = this.host.run(task.context, fn);
    } catch (error) {
      end();
      throw error;
    }
    // Not `then` beside it: that would count as handling a rejection that nobody handles.
    if (result instanceof Promise) return result.finally(end) as T;
    end();
    return result;
  }
}

/** Ties `fn` to the task that is current now, for pools and queues that call back out of another one. */
export function bind<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
  return AsyncLocalStorage.bind(fn);
}
