// What modules see of each other and of themselves.
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import * as star from './lib/exports.cjs';
import fallback, { named, reexported } from './lib/exports.cjs';
import { keyed, local } from './lib/getters.cjs';
import * as getters from './lib/getters.cjs';
import data from './lib/data.json' with { type: 'json' };
import live, { increment, count } from './lib/live.mjs';
const require = createRequire(import.meta.url);
console.log(Object.keys(star).join(), typeof fallback, named(), reexported, data.a, typeof live);
console.log(count, increment(), count, import.meta.url.endsWith('modules.mjs'), import.meta.filename.endsWith('modules.mjs'), typeof import.meta.resolve, import.meta.resolve('./x').endsWith('/x'));
console.log(require('./lib/exports.cjs') === fallback, require('./lib/exports.cjs') === require('./lib/exports.cjs'), Object.keys(require.cache).some((k) => k.endsWith('exports.cjs')));
delete require.cache[require.resolve('./lib/exports.cjs')];
console.log(require('./lib/exports.cjs') === fallback);
const again = await import('./lib/live.mjs?again');
console.log(again.count, (await import('./lib/live.mjs')).count, require('./lib/live.mjs').count);
try { await import('./lib/broken.mjs'); } catch (error) { console.log(error.name, error.message); }
try { require('./lib/broken.cjs'); } catch (error) { console.log(error.name, error.message); }
try { await import('./lib/missing.mjs'); } catch (error) { console.log(error.code); }
console.log(await Promise.resolve().then(() => import('./lib/tla.mjs')).then((m) => m.value));
const text = (function (a, { b = 2 } = {}) { return a + b; }).toString();
const answer = await new Promise((resolve) => {
  const worker = new Worker(`const f = ${text}; require('node:worker_threads').parentPort.postMessage(f(40))`, { eval: true });
  worker.on('message', resolve);
});
console.log(answer, new Function(`return (${text})(1, {b: 1})`)());
console.log(structuredClone({ a: 1 }).a, typeof globalThis['$' + 'lp0000000'], 'hello'.replace(/l/g, (c) => c.toUpperCase()));
console.log(Object.keys(getters), local(), keyed);
