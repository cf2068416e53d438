/** Starts that find their cache filled, stale, damaged, shared or out of reach: the program does the same in each. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Pack, packOf } from '../../src/node/cache/pack.ts';
import { encodeModule } from '../../src/node/cache/cached-module.ts';
import { Bench } from '../e2e-support/program.ts';
import { madeOf } from '../e2e-support/made.ts';

/** Ends by itself when it is asked to, as what it has made is then written. */
const listen = `import { createServer } from 'node:http';
const serve = (answer) => createServer((q, r) => { r.end(String(answer()), () => q.url === '/end' && process.exit()); })
  .listen(0, '127.0.0.1', function () { console.log('listening on :' + this.address().port); });
`;

const app = (greeting: string) => ({
  'package.json': '{ "type": "module" }',
  'main.js': `${listen}import { greet } from './greet.js';\nserve(greet);\n`,
  'greet.js': `export function greet() { return '${greeting}'; }\n`,
});

async function run(bench: Bench, script: string, cache: string): Promise<string> {
  const program = await bench.start(script, { env: { LIVEPATCH_CACHE: cache } });
  const { modules } = (await bench.doctor(program.pid)).process;
  const said = await program.get('/end');
  await program.ended;
  return `${said}, ${modules} modules`;
}

/** What V8 compiled is beside them. */
const packsIn = (cache: string): string[] => readdirSync(cache).filter((name) => !name.endsWith('.code'));

test('what a start has made is what the next one runs, as long as the module stays the same', async (t) => {
  const bench = new Bench(t);
  const folder = bench.tree('app', app('first'));
  const main = `${folder}/main.js`;
  const cache = bench.path('cache');
  assert.equal(await run(bench, main, cache), 'first, 2 modules');
  const [file, ...others] = packsIn(cache);
  assert.deepEqual(others, []);
  // Marked, so that it shows where it comes from.
  const pack = new Pack(join(cache, file!));
  const entries = [...pack.places].map(([key]) => {
    const found = pack.get(key)!;
    const made = madeOf(found.entry, pack.text(found, false));
    const original = readFileSync(new URL(key.slice(key.indexOf(' ') + 1)));
    return { key, unused: 0, ...encodeModule({ ...made, text: made.text.replace('first', 'cache') }, original) };
  });
  writeFileSync(join(cache, file!), Buffer.concat(Array.from(packOf(pack.next, entries), (part) => Buffer.from(part))));
  pack.close();
  assert.equal(await run(bench, main, cache), 'cache, 2 modules');
  bench.tree('app', app('second'));
  assert.equal(await run(bench, main, cache), 'second, 2 modules');
  bench.tree('app', app('first'));
  assert.equal(await run(bench, main, cache), 'first, 2 modules', 'the older one has been replaced');
});

test('a damaged cache is made again', async (t) => {
  const bench = new Bench(t);
  const main = `${bench.tree('app', app('up'))}/main.js`;
  const cache = bench.path('cache');
  assert.equal(await run(bench, main, cache), 'up, 2 modules');
  const file = join(cache, packsIn(cache)[0]!);
  const whole = readFileSync(file);
  for (const damaged of [
    whole.subarray(0, -10),
    Buffer.from('not a pack'),
    Buffer.alloc(0),
    Buffer.from(whole).fill(0, whole.length / 2),
  ]) {
    writeFileSync(file, damaged);
    assert.equal(await run(bench, main, cache), 'up, 2 modules');
    const pack = new Pack(file);
    assert.deepEqual(
      [...pack.places.keys()].map((key) => pack.get(key)!.entry.isWhole),
      [true, true],
    );
    pack.close();
  }
});

test('a cache folder that cannot be made, written or trusted is done without', async (t) => {
  const bench = new Bench(t);
  const main = `${bench.tree('app', app('up'))}/main.js`;
  const file = `${bench.tree('odd', { file: '' })}/file`;
  const open = bench.path('open');
  mkdirSync(open);
  chmodSync(open, 0o777);
  const closed = bench.path('closed');
  mkdirSync(closed, { mode: 0o555 });
  // Who may write anywhere may not write there.
  const readOnly = process.getuid?.() === 0 ? '/sys/kernel' : closed;
  for (const cache of [`${file}/below`, file, open, readOnly, 'off']) assert.equal(await run(bench, main, cache), 'up, 2 modules', cache);
  assert.deepEqual(readdirSync(open), []);
});

test('processes that start at the same time share one file', async (t) => {
  const bench = new Bench(t);
  const parts = 12;
  const folder = bench.tree('app', {
    'package.json': '{ "type": "module" }',
    'main.js': `${listen}
const all = Array.from({ length: ${parts} }, (_, i) => i);
const mine = process.env.PART === undefined ? all : all.filter((i) => i % 3 === Number(process.env.PART) % 3);
const loaded = await Promise.all(mine.map((i) => import('./part' + i + '.js')));
serve(() => loaded.map((part) => part.name()).join(' '));
`,
    ...Object.fromEntries(Array.from({ length: parts }, (_, i) => [`part${i}.js`, `export function name() { return 'part ${i}'; }\n`])),
  });
  const cache = bench.path('cache');
  const start = async (part: Record<string, string>): Promise<string> => {
    const program = await bench.start(`${folder}/main.js`, { env: { LIVEPATCH_CACHE: cache, ...part } });
    const said = await program.get('/end');
    await program.ended;
    return said;
  };
  const named = (part: number): string =>
    Array.from({ length: parts }, (_, i) => i)
      .filter((i) => i % 3 === part % 3)
      .map((i) => `part ${i}`)
      .join(' ');
  for (let round = 0; round < 2; round++) {
    const said = await Promise.all(Array.from({ length: 6 }, (_, part) => start({ PART: String(part) })));
    assert.deepEqual(
      said,
      Array.from({ length: 6 }, (_, part) => named(part)),
    );
    assert.equal(packsIn(cache).length, 1);
  }
  assert.equal(await start({}), Array.from({ length: parts }, (_, i) => `part ${i}`).join(' '));
});

/** All that is in a folder; undefined where some of it went while it was read. */
function whatIsIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

test('a program that does not end writes its cache once it has started, and removes what nobody has used for long', async (t) => {
  const bench = new Bench(t);
  const main = `${bench.tree('app', app('up'))}/main.js`;
  const cache = bench.path('cache');
  mkdirSync(cache, { mode: 0o700 });
  const longAgo = new Date(Date.now() - 100 * 24 * 3_600_000);
  const someHoursAgo = new Date(Date.now() - 5 * 3_600_000);
  for (const [name, time] of [
    ['old', longAgo],
    ['recent', someHoursAgo],
    ['unfinished.123-456', someHoursAgo],
  ] as const) {
    writeFileSync(join(cache, name), '');
    utimesSync(join(cache, name), time, time);
  }
  for (const name of ['old.code', 'gone.code', 'recent.code/v1', 'recent.code/v2']) {
    mkdirSync(join(cache, name), { recursive: true });
    writeFileSync(join(cache, name, 'code'), '');
  }
  utimesSync(join(cache, 'recent.code/v1'), longAgo, longAgo);
  const program = await bench.start(main);
  const recently = ['recent', 'recent.code', 'recent.code/v2', 'recent.code/v2/code'];
  while (!isDeepStrictEqual(whatIsIn(cache)?.slice(1), recently)) await new Promise((resolve) => setTimeout(resolve, 50));
  program.child.kill('SIGKILL');
  await program.ended;
  const [file] = readdirSync(cache).sort();
  const pack = new Pack(join(cache, file!));
  assert.equal(pack.places.size, 2);
  pack.close();
});

const OF_PROGRAM = /^(?:main|greet|name)\b/;

/** What Node says of its compile cache for the modules of a program, or others: three starts. */
async function codeOf(
  bench: Bench,
  main: string,
  cache: string,
  env: Record<string, string> = {},
  names: RegExp = OF_PROGRAM,
): Promise<string[]> {
  const said: string[] = [];
  for (let start = 0; start < 3; start++) {
    const program = await bench.start(main, { env: { LIVEPATCH_CACHE: cache, NODE_DEBUG_NATIVE: 'COMPILE_CACHE', ...env } });
    assert.equal(await program.get('/end'), 'up');
    await program.ended;
    const found = [...program.said.matchAll(/ cache for (?:\w+ )?\S*\/([\w-]+\.c?js) was (\w+)/g)];
    const lines = found.map(([, name, how]) => `${name} ${how}`);
    said.push(lines.filter((line) => names.test(line)).join(', '));
  }
  return said;
}

const twoKinds = {
  ...app('up'),
  'greet.js': "import { name } from './name.cjs';\nexport function greet() { return name(); }\n",
  'name.cjs': "exports.name = function name() { return 'up'; };\n",
};

test('what V8 compiles is kept by a start that finds its text made, and taken by the next one', async (t) => {
  const bench = new Bench(t);
  const main = `${bench.tree('app', twoKinds)}/main.js`;
  const cache = bench.path('cache');
  const [first, second, third] = await codeOf(bench, main, cache);
  assert.equal(first, '', 'the first start has enough to do');
  assert.deepEqual(second!.split(', ').sort(), ['greet.js not', 'main.js not', 'name.cjs not']);
  assert.deepEqual(third!.split(', ').sort(), ['greet.js accepted', 'main.js accepted', 'name.cjs accepted']);
  bench.tree('app', { ...twoKinds, 'name.cjs': "exports.name = () => 'new';\n" });
  assert.equal(await run(bench, main, cache), 'new, 3 modules');
});

test('what V8 compiles of livepatch itself is kept with it', async (t) => {
  const bench = new Bench(t);
  const main = `${bench.tree('app', app('up'))}/main.js`;
  const said = await codeOf(bench, main, bench.path('cache'), {}, /^chunk-start/);
  assert.deepEqual(said, ['', 'chunk-start.js not', 'chunk-start.js accepted']);
});

test('code that others could have put there is not taken', async (t) => {
  const bench = new Bench(t);
  const main = `${bench.tree('app', twoKinds)}/main.js`;
  const cache = bench.path('cache');
  await codeOf(bench, main, cache);
  const code = `${join(cache, packsIn(cache)[0]!)}.code`;
  for (const folder of [code, join(code, readdirSync(code)[0]!)]) {
    chmodSync(folder, 0o777);
    assert.deepEqual(await codeOf(bench, main, cache), ['', '', ''], folder);
    chmodSync(folder, 0o700);
  }
  assert.match((await codeOf(bench, main, cache)).at(-1)!, /accepted/);
});

test("a program that uses Node's compile cache in its own way, or measures coverage, is left to it", async (t) => {
  const bench = new Bench(t);
  const main = `${bench.tree('app', twoKinds)}/main.js`;
  for (const [name, value] of [
    ['NODE_DISABLE_COMPILE_CACHE', '1'],
    ['NODE_V8_COVERAGE', bench.path('coverage')],
    ['NODE_COMPILE_CACHE', bench.path('own')],
  ] as const) {
    const cache = bench.path(`cache-${name}`);
    const said = await codeOf(bench, main, cache, { [name]: value });
    assert.match(said.at(-1)!, name === 'NODE_COMPILE_CACHE' ? /^(?:\w+\.c?js accepted(?:, )?){3}$/ : /^$/);
    assert.deepEqual(readdirSync(cache), packsIn(cache));
  }
});
