/** Parts of livepatch that most processes never need are loaded when they are needed, in the middle of a synchronous hook. */
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
let loading = false;

/** What is being loaded now is livepatch's own, whatever package it is of. */
export const loadingOwn = (): boolean => loading;

/** `name` is that of a file beside this one. */
export function loadOwn<T>(name: string): T {
  const outer = loading;
  loading = true;
  try {
    return load(`./${name}${extension}`) as T;
  } finally {
    loading = outer;
  }
}
