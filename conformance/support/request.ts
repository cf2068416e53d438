import { AsyncResource } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';

const started = channel('http.server.request.start');
const finished = channel('http.server.response.finish');

/** Runs `fn` as the runtime runs the handler of an HTTP request: told of by the same channels. */
export function request<T>(label: string, fn: () => T): T {
  const message = { request: { method: 'GET', url: label }, response: {} };
  const end = (): void => finished.publish(message);
  const result = new AsyncResource('request').runInAsyncScope(() => {
    started.publish(message);
    return fn();
  });
  if (result instanceof Promise) void result.then(end, end);
  else end();
  return result;
}
