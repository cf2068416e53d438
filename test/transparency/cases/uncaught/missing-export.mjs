// An import of a name that is not there.
import { increment } from '../lib/live.mjs';
try {
  await import('data:text/javascript,import { nope } from "node:fs"; export const f = () => nope');
} catch (error) {
  console.log(error.name, error.message);
}
function load() {
  return import('./nowhere.mjs');
}
increment();
await load();
