/** When a module that has just begun has been evaluated: what it made of itself can be seen, and changed. */
import { Module } from 'node:module';
import type { LoadedModule } from '../sites/modules.ts';

interface CommonModule {
  loaded: boolean;
}

/**
 * Calls `then` once, before whoever required a CommonJS module goes on; of an ES module in a turn of its own. Not at all
 * where the module throws. What `then` throws, `require` throws.
 */
export function onceEvaluated({ file, url }: LoadedModule, then: () => void): void {
  const cache = (Module as unknown as { readonly _cache: Record<string, CommonModule | undefined> })._cache;
  const module = url.startsWith('file:') ? cache[file] : undefined;
  let over = false;
  const finish = (): void => {
    if (over) return;
    over = true;
    then();
  };
  if (module && !module.loaded) {
    // Node sets it as the last thing.
    Object.defineProperty(module, 'loaded', {
      configurable: true,
      enumerable: true,
      get: () => false,
      set: (loaded: boolean) => {
        Object.defineProperty(module, 'loaded', { value: loaded, configurable: true, enumerable: true, writable: true });
        if (loaded) finish();
      },
    });
  }
  queueMicrotask(() => {
    if (module && cache[file] !== module) return;
    finish();
  });
}
