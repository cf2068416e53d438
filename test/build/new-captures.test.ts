/**
 * What closures that exist are given in place of a variable that only new ones hold: for each way to make it, and each to use it,
 * they do what new ones do, or the patch says that they would not.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const MADE: readonly string[] = [
  'const held = 5;',
  'let held = 0;',
  'const held = `${options.a}:`;',
  `const held = Symbol('x');`,
  'const held = /a/;',
  'const held = /a/g;',
  'const held = /a/y;',
  'const held = [1];',
  'const held = [{ n: 1 }];',
  'const held = [1, 2].slice();',
  'const held = [1].map((n) => ({ n }));',
  `const held = 'a,b'.split(',');`,
  'const held = {};',
  'const held = { ...options };',
  'const held = Object.assign({}, options);',
  'const held = Object.create(null);',
  'const held = Object.freeze({ a: 1 });',
  'const held = { list: [], inner: { n: 0 } };',
  'const held = { n: 1, up() { return ++this.n } };',
  'const held = { get n() { return (log.read = (log.read ?? 0) + 1) } };',
  `const held = JSON.parse('{"list":[]}');`,
  'const held = new Set();',
  'const held = new Map();',
  'const held = new Uint8Array(2);',
  'const held = new Date(5);',
  `const held = new URL('http://a/b');`,
  'const held = new Proxy({}, {});',
  'const held = new Box();',
  'const held = box();',
  'const held = counter();',
  'const held = (() => { let n = 0; return () => ++n })();',
  `const held = read.bind(null, 'b');`,
  'const held = (x) => [x, log.length];',
  'const held = function own() { return (own.count = (own.count ?? 0) + 1) };',
  'function held(x) { return [x, log.length] }',
  'function held() { return (held.n = (held.n ?? 0) + 1) }',
  'function* held() { yield log.length }',
  'const held = (function* () { yield 1; yield 2; yield 3 })();',
  'const held = [1, 2, 3][Symbol.iterator]();',
  'class held { static n = 0; static up() { return ++this.n } }',
  'const held = class { static n = 0; static up() { return ++this.n } };',
  'let held; if (options.a) held = []; else held = {};',
  'let held; if (options.a) { held = () => log.length } else { held = () => 0 }',
  'const held = options.b || [];',
  'const held = options.a ? {} : [];',
  'const { a: held } = box();',
  'const [held] = [{}];',
];

const USED: readonly string[] = [
  `typeof held === 'function' ? held(1) : held`,
  '(held.push?.(1), held.length)',
  '(held.z = (held.z ?? 0) + 1)',
  '(held.add?.(text), held.set?.(log, 1), held.size)',
  'fill(held)',
  'fill(held.list ?? held.inner ?? held)',
  'peek(held)',
  'unknown(held)',
  '(seen.has(held) || !seen.add(held))',
  'log.last === held || ((log.last = held), false)',
  `typeof held === 'function' ? (emitter.on('e', held), emitter.off('e', held), emitter.listenerCount('e')) : 0`,
  '(log.push(held), log.unshift(held), log.every((one) => one === log[0]))',
  '(log.push({ held }), log.push({ held }), log.every((one) => one.held === log[0].held))',
  '(() => { const same = held; return same.push ? same.push(1) : (same.z = (same.z ?? 0) + 1) })()',
  '(() => { for (const one of [held]) if (one.push) one.push(2); return held.length })()',
  '(held.list?.push(1), held.inner && held.inner.n++, JSON.stringify([held.list, held.inner]))',
  `(Object.isExtensible(held) && Object.defineProperty(held, 'q' + log.push(1), { value: 1, enumerable: true }), Object.keys(held).length)`,
  'held.next?.().value',
  'held.up?.() ?? held.n',
  `held.exec?.('aaa')?.index`,
  `'aaa'.replace(held, '-')`,
  'held.setTime ? held.setTime(+held + 1) : 0',
  '[...(held[Symbol.iterator] ? held : [])].length',
];

const source = (made: string, used: readonly string[]): string => `const { EventEmitter } = require('node:events');
const seen = new WeakSet(), emitter = new EventEmitter().setMaxListeners(0);
function counter() { let n = 0; return () => ++n }
function box() { return { n: 0, a: {}, up() { return ++this.n } } }
class Box { n = 0; up() { return ++this.n } }
const fill = (one) => Array.isArray(one) ? one.push(1) : one.add ? one.add(one.size).size : (one.w = (one.w ?? 0) + 1);
const peek = (one) => typeof one + (one.length ?? one.size ?? '');
const unknown = (one) => globalThis.unknownToTest(one);
${used
  .map(
    (use) => `exports.make${USED.indexOf(use)} = function (options = { a: 1 }) {
  const log = [];
  function read(x) { return [x, log.length] }
  ${made}
  return [(text) => (${made ? use : '(options.a, log, read, seen, emitter, text)'}), (text) => (${made ? use : '(options.a, log, read, seen, emitter, text)'}), () => [log, options, read]];
};`,
  )
  .join('\n')}`;

Object.assign(globalThis, { unknownToTest: (one: unknown): unknown => (typeof one === 'object' && one ? Reflect.set(one, 'u', 1) : 0) });

type Closures = readonly ((text: string) => unknown)[];

/** What two closures of one call give, by turns. */
function givenBy(closures: Closures): unknown {
  return [1, 2, 3].flatMap((turn) =>
    closures.slice(0, 2).map((one) => {
      try {
        const given = one(`t${turn}`);
        return typeof given === 'object' || typeof given === 'symbol' || typeof given === 'function' ? typeof given : given;
      } catch (error) {
        return String(error);
      }
    }),
  );
}

let compared = 0;

for (const made of MADE)
  test(made, async () => {
    let used = USED;
    // What is not said of those that are left out may be said of others.
    for (let all = Infinity; used.length > 0 && used.length < all;) {
      all = used.length;
      const { verdicts } = await build({ 'index.js': source('', used) }, { 'index.js': source(made, used) });
      const flagged = verdicts.filter(({ verdict }) => verdict !== 'carried').map(({ path }) => /^exports\.make(\d+)\b/.exec(path)?.[1]);
      assert.ok(!flagged.includes(undefined));
      used = used.filter((use) => !flagged.includes(String(USED.indexOf(use))));
    }
    compared += used.length;
    if (used.length === 0) return;
    const p = await program({ 'index.js': source('', used) }, { 'index.js': source(made, used) });
    const makers = p.exports as Readonly<Record<string, () => Closures>>;
    const existing = used.map((use) => makers[`make${USED.indexOf(use)}`]!());
    await p.apply();
    for (const [i, use] of used.entries()) assert.deepEqual(givenBy(existing[i]!), givenBy(makers[`make${USED.indexOf(use)}`]!()), use);
    await p.revert();
  });

test('of most of them nothing is said', () => {
  assert.ok(compared > 0.7 * MADE.length * USED.length, `${compared} of ${MADE.length * USED.length}`);
});
