// The program of one survey: loads a package and calls what it exports, the same calls for the same seed.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';

const [, , home, name, count, ...files] = process.argv;
const require = createRequire(join(home, 'noop.cjs'));
/** What is better not called at random, on a machine that others use. */
const HARMFUL =
  /rm|remove|unlink|kill|exec|spawn|fork|exit|abort|write|listen|serve|install|delete|watch|run|open|append|mkdir|move|copy|extract|process|attach|connect|download|request|send|post|put/i;

class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }
  below(n) {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }
  pick(list) {
    return list[this.below(list.length)];
  }
}

/** What the package draws: begun anew with each call, so that two processes draw the same. */
let drawn = new Random(0);
Math.random = () => drawn.below(2 ** 30) / 2 ** 30;

const WORDS = [
  'a',
  'bc',
  '--x',
  '-y=3',
  '1.2.3',
  '^1.2',
  '>=2.0.0-rc.1',
  '192.168.0.1',
  '::1',
  '1kb',
  '',
  'q=0.5',
  '[s]',
  'k=v',
  ';c',
  'a.b.c',
  '__proto__',
  'constructor.prototype.x',
  'http://a.example/b?c=d',
  '{"a":1}',
  '<b onclick="x">y</b>',
  '<?xml version="1.0"?><a b="c">d</a>',
  '#fff',
  '**x** `y`',
  'a: 1\nb: [2, 3]',
  '2020-01-02T03:04:05Z',
  'var x = 1;',
  '/a/:b(\\d+)?',
  'user@mail.example',
  'x'.repeat(70),
  '\u001b[31mred\u001b[0m',
  'a=b; Path=/',
  '[1, {"b": null}]',
];
const word = (random) => random.pick(WORDS);
function value(random, depth = 0) {
  switch (random.below(depth > 2 ? 4 : 7)) {
    case 0:
      return random.below(2000) - 1000;
    case 1:
      return word(random);
    case 2:
      return random.below(2) === 0;
    case 3:
      return random.pick([null, undefined, NaN, 0]);
    case 4:
      return Array.from({ length: random.below(4) }, () => value(random, depth + 1));
    case 5:
      return Buffer.from(word(random));
    default:
      // As JSON makes it: '__proto__' becomes a property of its own.
      return JSON.parse(
        `{${Array.from({ length: random.below(4) }, () => `${JSON.stringify(word(random))}:${JSON.stringify(value(random, depth + 1) ?? null)}`).join()}}`,
      );
  }
}

/** `/home/index.js:12:3`, `'/home/index.js', 12, 3`: what a patch does not change stands where it did. */
const PLACES = new RegExp(`(${home.replace(/\W/g, '\\$&')}[^'"\\n:)]*(?:'(?=, ))?)(?:[:,] ?\\d+){1,2}`, 'g');
/** Of the program and not of its version: no traces, no addresses of files. */
const plain = (text) =>
  text
    .replace(/(?:\n|\\n)\s+at (?:(?!\\n|['"\n]).)*/g, '')
    .replace(PLACES, '$1')
    .replaceAll(home, '');

function show(result) {
  try {
    return plain(inspect(result, { depth: 4, breakLength: Infinity, maxArrayLength: 50, maxStringLength: 1000, getters: false })).slice(
      0,
      3000,
    );
  } catch (error) {
    return `not to be shown: ${error?.name}`;
  }
}
// V8 quotes the code that failed, and code of a patch reaches captured variables through a parameter.
const failure = (error) =>
  error instanceof Error ? plain(`${error.name}: ${String(error.message).replaceAll('$lp_c.', '')}`) : `thrown ${show(error)}`;

/** What packages give away of the language is not theirs. */
const BUILT_IN = Object.getOwnPropertyNames(globalThis).map((key) => Object.getOwnPropertyDescriptor(globalThis, key).value);

/** A line begins with a path without blanks. */
const named = (key) => key.replace(/\s/g, '_');

/** Every function that the exports lead to, by its path. */
function functionsOf(lib) {
  const found = new Map();
  const seen = new Set(BUILT_IN);
  const visit = (object, path, depth) => {
    if (object === null || (typeof object !== 'object' && typeof object !== 'function') || seen.has(object)) return;
    seen.add(object);
    if (typeof object === 'function' && !HARMFUL.test(path)) found.set(path, object);
    if (depth === 3) return;
    for (const key of Object.getOwnPropertyNames(object).sort()) {
      if (['length', 'name', 'caller', 'callee', 'arguments', 'prototype'].includes(key)) continue;
      const descriptor = Object.getOwnPropertyDescriptor(object, key);
      let inner;
      try {
        inner = object[key];
      } catch {
        continue;
      }
      if (descriptor) visit(inner, `${path}.${named(key)}`, depth + 1);
    }
  };
  visit(lib, '', 0);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

function shapeOf(lib) {
  const lines = [];
  const seen = new Set(BUILT_IN);
  const visit = (object, path, depth) => {
    const primitive = object === null || (typeof object !== 'object' && typeof object !== 'function');
    lines.push(`${path}: ${primitive ? show(object) : typeof object}`);
    if (primitive || seen.has(object) || depth === 3) return;
    seen.add(object);
    const keys = Object.getOwnPropertyNames(object).sort();
    for (const key of keys) {
      if (['length', 'name', 'caller', 'callee', 'arguments'].includes(key)) continue;
      try {
        visit(object[key], `${path}.${named(key)}`, depth + 1);
      } catch {}
    }
  };
  visit(lib, '', 0);
  return lines;
}

async function settled(result) {
  if (typeof result?.then !== 'function') return show(result);
  let timer;
  const late = new Promise((done) => (timer = setTimeout(() => done('pending'), 100)));
  const text = await Promise.race([
    Promise.resolve(result).then(
      (v) => `promise of ${show(v)}`,
      (e) => `rejected: ${failure(e)}`,
    ),
    late,
  ]);
  clearTimeout(timer);
  return text;
}

async function observe(lib) {
  const lines = shapeOf(lib);
  const functions = functionsOf(lib);
  for (let step = 0; step < Number(count) && functions.length > 0; step++) {
    // By name, so that a version with one function more is called no differently.
    const random = new Random(step * 7919 + 1);
    for (const [path, fn] of functions) {
      if (functions.length > 40 && random.below(functions.length) > 40) continue;
      const own = new Random(step * 7919 + [...path].reduce((h, c) => (Math.imul(h, 31) + c.charCodeAt(0)) | 0, 7));
      const args = Array.from({ length: 1 + own.below(3) }, () => (own.below(2) ? word(own) : value(own)));
      drawn = new Random(step);
      const isClass = /^(class|function [A-Z])/.test(Function.prototype.toString.call(fn));
      let line;
      try {
        const made = isClass ? Reflect.construct(fn, args) : Reflect.apply(fn, lib, args);
        line = await settled(made);
        if (made !== null && typeof made === 'object' && typeof made.then !== 'function') {
          const methods = [];
          for (let proto = made; proto && proto !== Object.prototype && proto !== Array.prototype; proto = Object.getPrototypeOf(proto))
            for (const key of Object.getOwnPropertyNames(proto)) {
              const d = Object.getOwnPropertyDescriptor(proto, key);
              if (key !== 'constructor' && typeof d.value === 'function' && !HARMFUL.test(key)) methods.push(key);
            }
          for (const key of [...new Set(methods)].sort().slice(0, 6)) {
            try {
              line += ` .${key} ${await settled(made[key](word(own), value(own)))}`;
            } catch (error) {
              line += ` .${key} ${failure(error)}`;
            }
          }
        }
      } catch (error) {
        line = failure(error);
      }
      lines.push(`${path}#${step} ${line}`);
    }
  }
  return lines;
}

async function loadAll() {
  if (files.length === 0) return await load(name);
  const found = {};
  for (const file of [name, ...files.map((file) => join(home, 'node_modules', name, file))])
    // What needs packages that are not installed, or is of the other format by mistake, is not looked at.
    found[file.replace(home, '')] = await load(file).catch(() => null);
  return found;
}

async function load(name) {
  try {
    return require(name);
  } catch (error) {
    if (error?.code !== 'ERR_REQUIRE_ASYNC_MODULE' && error?.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
    return await import(pathToFileURL(require.resolve(name)).href);
  }
}

process.on('uncaughtException', () => {});
process.on('unhandledRejection', () => {});
let lib;
try {
  lib = await loadAll();
  process.send({ ready: true });
} catch (error) {
  process.send({ error: failure(error) });
}
const work = Promise.withResolvers();
const end = Promise.withResolvers();
if (process.env.SURVEY_HELD) void require(process.env.SURVEY_HELD).hold(work.promise, end.promise);
process.on('message', (how) => {
  const answer = () => observe(lib).then((lines) => process.send({ lines }));
  if (how === 'release') end.resolve();
  else if (how === 'held') work.resolve(answer);
  else void answer();
});
process.on('disconnect', () => process.exit());
