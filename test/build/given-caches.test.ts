/** Results in a cache that a function is given as a part of what was put together once: new code finds what old code put there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const CACHED = `if (cache) { const known = cache.get(token); if (known) return known; }
  const found = read(token, key);
  if (cache) cache.set(token, found);
  return found;`;

const version = (taken: string, made: string, suffix: string, body = CACHED): string => `
function read(token, key) { return token + key${suffix}; }
function verify(${taken}, token) {
  ${body}
}
exports.make = (size) => {
  ${made}
};`;

const BOUND = 'const context = { key: 1, cache: new Map() }; return verify.bind(null, context);';

async function told(taken: string, made: string, body?: string): Promise<string[]> {
  const { verdicts } = await build({ 'index.js': version(taken, made, '', body) }, { 'index.js': version(taken, made, " + '!'", body) });
  return verdicts.flatMap(({ code, path }) => (code === 'results-remembered' ? path : []));
}

test('it is said where what the function is given lasts', async () => {
  for (const made of [
    BOUND,
    'return verify.bind(null, { key: 1, cache: new Map() });',
    'const context = { key: 1, cache: createCache(size) }; return (token) => verify(context, token);',
  ])
    assert.deepEqual(await told('{ cache, key }', made), ['verify'], made);
  assert.deepEqual(await told('{ cache: known, key }', BOUND, CACHED.replaceAll('cache', 'known')), [], 'it is no cache by its own name');
  assert.deepEqual(await told('given', BOUND, CACHED.replaceAll('cache', 'given.cache').replace('key)', 'given.key)')), ['verify']);
});

test('it is not said where what the function is given is made for the call', async () => {
  for (const made of ['return verify({ key: 1, cache: new Map() }, size);', 'return size;'])
    assert.deepEqual(await told('{ cache, key }', made), [], made);
});

test('it is not said where nothing that the function computes has changed', async () => {
  const text = version('{ cache, key }', BOUND, '');
  const { verdicts } = await build({ 'index.js': text }, { 'index.js': `${text}\nexports.more = () => 1;` });
  assert.deepEqual(verdicts.filter(({ code }) => code === 'results-remembered').length, 0);
});

test('an entry that a bound object lacks is told of', async () => {
  const bound = (entry: string, use: string): string => `
function verify({ key${entry && ', allowed'} }, token) { return ${use}; }
exports.make = () => { const context = { key: 1${entry} }; return verify.bind(null, context); };`;
  const { verdicts } = await build(
    { 'index.js': bound('', 'token + key') },
    { 'index.js': bound(', allowed: new Set()', 'allowed.has(token)') },
  );
  assert.deepEqual(
    verdicts.flatMap(({ code, path }) => (code === 'instances-lack' ? path : [])),
    ['exports.make allowed'],
  );
});
