// livepatch build --from before --to after --hooks patch.js
//
// The same Map, which everyone holds, in another role. Old code can use it as it was all the while; what is too much in it
// goes when the last of the old code has ended.
export const module = 'server.js';

export function postPatch() {
  for (const key of cache.keys()) {
    if (cache.size <= 500) break;
    cache.delete(key);
  }
}
