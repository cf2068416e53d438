/**
 * Large programs under the hook, each in a process of its own. Without LIVEPATCH_SCALE=full, as in `npm test`, the sizes
 * are a hundredth: `npm run scale` runs them in full.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../../scripts/nodes.mjs';

const SCALE = process.env['LIVEPATCH_SCALE'] === 'full' ? 100 : 1;

class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'livepatch-scale-'));

  constructor(t: TestContext) {
    t.after(() => rmSync(this.path, { recursive: true, force: true }));
  }

  write(name: string, text: string): string {
    const path = join(this.path, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** Runs a program under livepatch; what it prints last is JSON. */
  async run<T>(file: string): Promise<T> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', '--disable-warning=ExperimentalWarning', '--import', 'livepatch/register', file],
      {
        cwd: root,
        env: { ...process.env, LIVEPATCH_CACHE: join(this.path, 'cache'), LIVEPATCH_RUNTIME_DIR: join(this.path, 'run') },
        maxBuffer: 2 ** 24,
      },
    );
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as T;
  }
}

const CONTROL = `const control = globalThis[Symbol.for('livepatch.runtime')];
const settle = async () => { for (let i = 0; i < 5; i++) { await new Promise((r) => setTimeout(r, 20)); globalThis.gc(); } };`;

test(`${50 * SCALE} modules with ${2000 * SCALE} functions in one process`, async (t) => {
  const folder = new Folder(t);
  const modules = 50 * SCALE;
  for (let m = 0; m < modules; m++) {
    const lines: string[] = [];
    for (let f = 0; f < 40; f++) lines.push(`exports.f${f} = function (x) { return x + ${m * 40 + f}; };`);
    folder.write(`m${m}.cjs`, lines.join('\n'));
  }
  const main = folder.write(
    'main.cjs',
    `let sum = 0, expected = 0;
for (let m = 0; m < ${modules}; m++) { const all = require('./m' + m + '.cjs'); for (let f = 0; f < 40; f++) { sum += all['f' + f](1); expected += 1 + m * 40 + f; } }
const { modules, functions } = globalThis[Symbol.for('livepatch.runtime')].info();
console.log(JSON.stringify({ same: sum === expected, modules, functions, text: require('./m1.cjs').f0.toString() }));`,
  );
  const expected = { same: true, modules: modules + 1, functions: modules * 40, text: 'function (x) { return x + 40; }' };
  assert.deepEqual(await folder.run(main), expected);
  assert.deepEqual(await folder.run(main), expected, 'the same from the cache');
});

test(`a bundle of ${SCALE / 10} MB in one file`, async (t) => {
  const folder = new Folder(t);
  const functions: string[] = [];
  let size = 0;
  while (size < SCALE * 1e5) {
    const i = functions.length;
    const text = `  async function load${i}(id) {\n    const found = await lookup(id + ${i});\n    return found === undefined ? 'nothing at all for ' + id : found;\n  }\n  table.push((x) => x * ${i});\n`;
    functions.push(text);
    size += text.length;
  }
  const main = folder.write(
    'bundle.cjs',
    `(function () {
  'use strict';
  const table = [];
  const lookup = async (id) => (id % 2 === 0 ? id : undefined);
${functions.join('')}
  load${functions.length - 1}(1).then((text) => console.log(JSON.stringify({
    text, last: table.at(-1)(2), doctor: globalThis[Symbol.for('livepatch.runtime')].doctor().untouched.length,
  })));
})();`,
  );
  const last = functions.length - 1;
  assert.deepEqual(await folder.run(main), {
    text: (1 + last) % 2 === 0 ? 1 + last : 'nothing at all for 1',
    last: 2 * last,
    doctor: 0,
  });
});

test(`a closure that is made ${SCALE / 10} million times`, async (t) => {
  const folder = new Folder(t);
  const main = folder.write(
    'main.mjs',
    `${CONTROL}
function counter(from) { let n = from; return { next: () => ++n, async later() { return n; } }; }
const times = ${SCALE * 1e5};
await settle();
const before = process.memoryUsage().heapUsed;
let sum = 0;
for (let i = 0; i < times; i++) sum += counter(i).next() - i;
await settle();
console.log(JSON.stringify({ sum, grown: process.memoryUsage().heapUsed - before < 4e6 }));`,
  );
  assert.deepEqual(await folder.run(main), { sum: SCALE * 1e5, grown: true });
});

test(`${SCALE * 300} requests are gone without a full collection`, async (t) => {
  const folder = new Folder(t);
  const main = folder.write(
    'main.mjs',
    `import { Agent, createServer, get } from 'node:http';
const server = createServer(async (request, response) => {
  response.kept = Array.from({ length: 10_000 }, (_, i) => i);
  await null;
  response.end('done');
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
const { port } = server.address();
const ask = () => new Promise((done) => get({ agent, host: '127.0.0.1', port }, (answer) => answer.resume().on('end', done)));
const load = async (count) => { for (let i = 0; i < count; i++) { await ask(); if (i % 10 === 0) globalThis.gc({ type: 'minor' }); } };
await load(50);
globalThis.gc();
const before = process.memoryUsage().heapUsed;
await load(${SCALE * 300});
for (let i = 0; i < 4; i++) globalThis.gc({ type: 'minor' });
const grown = process.memoryUsage().heapUsed - before;
server.close();
agent.destroy();
console.log(JSON.stringify({ grown }));`,
  );
  // Node's own parts of a request leave 110 bytes each to the next full collection; what this one keeps takes 80,000.
  const { grown } = await folder.run<{ grown: number }>(main);
  assert.ok(grown < 4e6 + SCALE * 300 * 500, `grown by ${grown} bytes`);
});

test(`${SCALE * 1e4} abandoned activations leave nothing behind and hold up nothing`, async (t) => {
  const folder = new Folder(t);
  const part = folder.write(
    'part.mjs',
    `export async function waits(x) { await new Promise(() => {}); return x; }
export function* counts() { yield 1; yield 2; }
export async function* both() { yield 1; await new Promise(() => {}); }
export function answer() { return 'old'; }
`,
  );
  const patches = join(root, 'scripts/bench/patches.mjs');
  const main = folder.write(
    'main.mjs',
    `${CONTROL}
import { waits, counts, both, answer } from './part.mjs';
const { patchOf } = await import(${JSON.stringify(patches)});
const burst = async (n) => {
  for (let i = 0; i < n; i++) {
    switch (i % 3) {
      case 0: void waits(i); break;
      case 1: counts().next(); break;
      default: void both().next();
    }
    if (i % 5000 === 0) await new Promise((r) => setImmediate(r));
  }
};
// What V8 keeps of code is there after the first part. What outlives two collections is weak in the third.
// What has been collected is told of a part in each turn, and holds memory until it has been.
const heap = async () => {
  let least = Infinity;
  for (let same = 0; same < 10; same++) {
    await settle();
    const { heapUsed } = process.memoryUsage();
    if (heapUsed < least - 1e6) same = 0;
    least = Math.min(least, heapUsed);
  }
  return least;
};
await burst(${SCALE * 1e3});
const before = await heap();
await burst(${SCALE * 1e4});
const grown = (await heap()) - before;
const text = await patchOf('p', ${JSON.stringify(part)}, ['waits', 'answer'], (t) => t.replace("'old'", "'new'").replace('return x', 'return x + 1'));
let outcome;
const applied = control.apply(text, {}).then((o) => (outcome = o.result));
for (let i = 0; i < 100 && outcome === undefined; i++) await settle();
await applied;
console.log(JSON.stringify({ grown: grown < 4e6 ? 'little' : grown, outcome, answer: answer() }));`,
  );
  assert.deepEqual(await folder.run(main), { grown: 'little', outcome: 'complete', answer: 'new' });
});
