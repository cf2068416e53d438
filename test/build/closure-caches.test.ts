/** Caches that closures share. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const head = (step: number): string => `class LruMap extends Map { constructor(max) { super(); this.max = max } }
class FileCache extends Map {}
const compute = (key) => key + ${step};`;

/** Of a module whose function makes a cache for what it gives away. */
const version = (step: number, cache: string, more = '', make = ''): string => `${head(step)}
exports.make = (options = {}) => {
  const cache = ${cache};
  ${make}
  return {
    of(key) {
      if (!cache) return compute(key);
      let value = cache.get(key);
      if (value === undefined) cache.set(key, (value = compute(key)));
      return value;
    },
    has: (key) => cache.has(key),
    ${more}
  };
};`;

for (const cache of [
  'new Map()',
  'new WeakMap() && new Map()',
  'new LruMap(options.max || 10)',
  'options.off ? undefined : new Map()',
  'options.off !== true && new Map()',
])
  test(`new code looks into another than ${cache}`, async () => {
    const p = await program({ 'index.js': version(1, cache) }, { 'index.js': version(2, cache) });
    const [one, other, off] = [p.exports['make'](), p.exports['make'](), p.exports['make']({ off: true })];
    assert.deepEqual([one.of(1), other.of(2), off.of(3)], [2, 3, 4]);
    await p.apply();
    assert.deepEqual(
      [one.has(1), one.of(1), one.has(1), one.of(1), other.has(1), other.of(2), off.of(3)],
      [false, 3, true, 3, false, 4, 5],
    );
    const late = p.exports['make']();
    assert.deepEqual([late.of(5), late.has(5)], [7, true]);
    await p.revert();
    assert.deepEqual([one.has(1), one.of(1), other.has(1), other.of(2), off.of(3)], [true, 2, false, 3, 4]);
    assert.deepEqual([p.codes('carried-with-transform'), p.codes('warning')], [['cache-emptied'], []]);
    assert.ok(!p.report.verdicts.some(({ path }) => path === 'exports.make'), 'who makes it goes on as it is');
    p.clean();
  });

for (const cache of ['{}', 'Object.create(null)'])
  test(`new code looks into another than ${cache}`, async () => {
    const source = (step: number): string => `${head(step)}
exports.make = () => {
  const memo = ${cache};
  return [(key) => memo[key] ??= compute(key), (key) => key in memo];
};`;
    const p = await program({ 'index.js': source(1) }, { 'index.js': source(2) });
    const [of, has] = p.exports['make']();
    assert.equal(of('a'), 'a1');
    await p.apply();
    assert.deepEqual([has('a'), of('a'), has('a'), has('toString')], [false, 'a2', true, cache === '{}']);
    await p.revert();
    assert.equal(of('a'), 'a1');
    assert.deepEqual([p.codes('carried-with-transform'), p.codes('warning')], [['cache-emptied'], []]);
    p.clean();
  });

test('in functions with as many others as have a handle of their own', async () => {
  const many = (name: string): string => Array.from({ length: 40 }, (_, i) => `function ${name}${i}() {}`).join('\n');
  const of = (name: string): string => `function ${name}(key) { if (!cache.has(key)) cache.set(key, compute(key)); return cache.get(key) }`;
  const source = (step: number): string => `${head(step)}
exports.make = () => {
  const cache = new Map();
  ${many('one')}
  ${of('near')}
  function inner() { ${many('two')} ${of('far')} return far }
  return [near, inner()];
};`;
  const p = await program({ 'index.js': source(1) }, { 'index.js': source(2) });
  const [near, far] = p.exports['make']();
  assert.deepEqual([near(1), far(2)], [2, 3]);
  await p.apply();
  assert.deepEqual([near(1), far(2), near(2), far(1)], [3, 4, 4, 3]);
  await p.revert();
  assert.deepEqual([near(1), far(2)], [2, 3]);
  assert.deepEqual(p.codes('warning'), []);
  p.clean();
});

test('a function that runs once as the module loads makes none', async () => {
  const source = (step: number): string => `(function () { ${head(step)}
  const cache = new Map();
  exports.of = (key) => { if (!cache.has(key)) cache.set(key, compute(key)); return cache.get(key) } })();`;
  const { verdicts } = await build({ 'index.js': source(1) }, { 'index.js': source(2) });
  const { reason } = verdicts.find(({ code }) => code === 'cache-emptied')!;
  assert.equal(reason, 'new code has one of its own, without what old code computed');
});

test('what a call asks of a table of its own says nothing of what is in the cache', async () => {
  const source = (step: number): string => `${head(step)}
exports.make = () => {
  const cache = new Map();
  return (key) => { const own = new Set([key]); if (own.has(key) && !cache.has(key)) { own.add(2); cache.set(key, compute(key)) } return cache.get(key) };
};`;
  await stays('', source(1), source(2), ['cache-emptied']);
});

test('one of a package keeps the latest results, and answers as such do', async () => {
  const more = 'forget: (key) => cache.del(key), all: () => cache.reset(), size: () => cache.size,';
  const old = 'class LruMap extends Map { del() {} reset() {} }';
  const source = (step: number): string => version(step, 'new LruMap()', more).replace(/class LruMap .*/, old);
  const p = await program({ 'index.js': source(1) }, { 'index.js': source(2) });
  const made = p.exports['make']();
  await p.apply();
  for (let i = 0; i < 1001; i++) made.of(i);
  assert.deepEqual([made.has(0), made.has(1), made.size()], [false, true, 1000]);
  made.forget(1);
  assert.deepEqual([made.has(1), made.size()], [false, 999]);
  made.all();
  assert.equal(made.size(), 0);
  p.clean();
});

const stays = async (what: string, before: string, after: string, codes: readonly string[]): Promise<void> => {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  const said = verdicts.filter(({ code }) => /^(?:cache-emptied|results-remembered)$/.test(code)).map(({ code }) => code);
  assert.deepEqual(said, codes, what);
};

test('what may be more than a cache stays, and that is said', async () => {
  const both = (what: string, cache: string, more = '', make = ''): Promise<void> =>
    stays(what, version(1, cache, more, make), version(2, cache, more, make), ['results-remembered']);
  await both('it may be on a disk', 'new FileCache()');
  await both('one that only takes out would be without', 'new Map()', 'get: (key) => cache.get(key),');
  await both('it is walked', 'new Map()', 'all: () => cache.forEach(console.log),');
  await both('others may answer otherwise', 'new LruMap()', 'all: () => cache.dump(),');
  await both('it is handed on', 'new Map()', 'cache: () => cache,');
  await both('the function around fills it', 'new Map()', '', 'cache.set(0, 0);');
  const led = (step: number): string => `${head(step)}
exports.make = () => {
  const cache = new Map();
  const seen = new Set();
  return (key) => { if (!seen.has(key)) { seen.add(key); cache.set(key, compute(key)) } return cache.get(key) };
};`;
  await stays('another says what is there', led(1), led(2), ['results-remembered']);
  const ledToo = (step: number): string => led(step).replace('if (!seen.has(key))', 'if (!seen.has(key) && !cache.has(key))');
  await stays('another says so as well', ledToo(1), ledToo(2), ['results-remembered']);
  const own = (step: number): string =>
    led(step).replace('const seen = new Set();', '').replace('return (key) => {', 'return (key) => { const seen = cache;');
  await stays('a name for it is none', own(1), own(2), ['results-remembered']);
  const untouched = (step: number): string => `${head(step)}
exports.make = function (options) {
  const cache = new Map();
  with (options) exports.of = (key) => { if (!cache.has(key)) cache.set(key, compute(key)); return cache.get(key) };
  return (key) => { if (!cache.has(key)) cache.set(key, compute(key)); return cache.get(key) };
};`;
  await stays('one function cannot be patched', untouched(1), untouched(2), ['results-remembered']);
  await stays('the new version lets it be given', version(1, 'new Map()'), version(2, 'options.cache || new Map()'), [
    'results-remembered',
  ]);
});

test('what the program gives, and what is no cache by its name, is none', async () => {
  await stays('given', version(1, 'options.cache || new Map()'), version(2, 'options.cache || new Map()'), []);
  const named = (step: number): string => version(step, 'new Map()').replaceAll('cache', 'known');
  await stays('a name', named(1), named(2), []);
  const filled = (step: number): string => version(step, 'new Map([[1, 1]])');
  await stays('it begins filled', filled(1), filled(2), []);
  const written = (step: number): string =>
    version(step, 'new Map()', 'anew: () => { cache = new Map() },').replace('const cache', 'let cache');
  await stays('it is another later', written(1), written(2), []);
});
