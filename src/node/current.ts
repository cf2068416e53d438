/** The runtime of this process, for the public API; absent in a process that was not started with `livepatch/register`. */
import type { Runtime } from './runtime.ts';

const KEY = Symbol.for('livepatch.runtime');
const holder = globalThis as { [KEY]?: Runtime };

export function currentRuntime(): Runtime | undefined {
  return holder[KEY];
}

export function setCurrentRuntime(runtime: Runtime): void {
  Object.defineProperty(holder, KEY, { value: runtime, enumerable: false, configurable: false, writable: false });
}
