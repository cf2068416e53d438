// Runs the tests that its parent names, each with and without instrumentation, and sends back how they ended.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Realm, instrumented } from './realm.mjs';
import { rewrite } from './rewrite.mjs';

/** `way`: how to write each test before it is run; as it is, if there is none. */
const [harness, way] = process.argv.slice(2);
const TIMEOUT_MS = 500;

const texts = new Map();
function include(name) {
  if (!texts.has(name)) texts.set(name, readFileSync(join(harness, name), 'utf8'));
  return texts.get(name);
}

function metadata(text) {
  const block = /\/\*---([\s\S]*?)---\*\//.exec(text)?.[1] ?? '';
  const list = (key) =>
    new RegExp(`^${key}:\\s*\\[([^\\]]*)\\]`, 'm')
      .exec(block)?.[1]
      .split(',')
      .map((s) => s.trim())
      .filter(Boolean) ??
    [...(new RegExp(`^${key}:\\n((?:\\s+- .*\\n?)+)`, 'm').exec(block)?.[1].matchAll(/- (.*)/g) ?? [])].map((m) => m[1].trim());
  return { flags: list('flags'), includes: list('includes') };
}

function describe(error) {
  try {
    return error !== null && typeof error === 'object' ? `${error.constructor?.name ?? error.name}: ${error.message}` : String(error);
  } catch {
    return 'something';
  }
}

async function run(text, format, file, meta, instruments) {
  const { promise: done, resolve: finish } = Promise.withResolvers();
  const realm = new Realm(instruments, {
    print() {},
    $DONE: (error) => finish(error === undefined ? 'done' : `done ${describe(error)}`),
  });
  try {
    if (harness && existsSync(harness) && !meta.flags.includes('raw'))
      for (const name of ['assert.js', 'sta.js', ...meta.includes]) if (name !== 'doneprintHandle.js') realm.script(include(name));
    if (format === 'module') await realm.module(text, file);
    else realm.commonjs(text, file);
    if (!meta.flags.includes('async')) return 'ok';
    const { promise: late, resolve: expire } = Promise.withResolvers();
    const timer = setTimeout(expire, TIMEOUT_MS, 'timeout');
    const outcome = await Promise.race([done, late]);
    clearTimeout(timer);
    return outcome;
  } catch (error) {
    return `threw ${describe(error)}`;
  }
}

/** What to run of a test: a module as it is, a script as sloppy and as strict code wherever its flags allow. */
function variants(source, { flags }) {
  if (flags.includes('module')) return [{ text: source, format: 'module', strict: false }];
  const sloppy = { text: source, format: 'commonjs', strict: false };
  const strict = { text: `'use strict';\n${source}`, format: 'commonjs', strict: true };
  if (flags.includes('onlyStrict')) return [strict];
  return flags.includes('noStrict') || flags.includes('raw') ? [sloppy] : [sloppy, strict];
}

async function test(file) {
  const original = readFileSync(file, 'utf8');
  const meta = metadata(original);
  const source = way ? rewrite(original, way, meta.flags.includes('module') ? 'module' : 'script') : original;
  if (source === null) return [];
  const results = [];
  for (const { text, format, strict } of variants(source, meta)) {
    if (!instrumented(text, format, file)) {
      results.push({ format, strict, outcome: 'untouched' });
      continue;
    }
    const plain = await run(text, format, file, meta, false);
    const live = await run(text, format, file, meta, true);
    results.push(
      plain === live
        ? { format, strict, outcome: 'same', passed: plain === 'ok' || plain === 'done' }
        : { format, strict, outcome: 'different', plain, live },
    );
  }
  return results;
}

process.on('unhandledRejection', () => {});
process.on('uncaughtException', () => {});
async function runAll(files) {
  for (const file of files) process.send({ file, results: await test(file) });
  process.send({ next: true });
}

process.on('message', (files) => void runAll(files));
process.send({ next: true });
