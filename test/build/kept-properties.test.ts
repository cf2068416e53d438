/**
 * What objects that exist have where the new version gives a property another value: for each way in which objects have it, each
 * change and each use, they do what those of a program do that starts anew, or the patch says that they do not.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { build, program } from './harness.ts';
import type { Exports } from './harness.ts';

/** What the property is in the old version and in the new one; null where it has none. */
const CHANGES: readonly (readonly [before: string | null, after: string | null])[] = [
  ['5', '7'],
  ['5', '[1]'],
  ['[1]', '[1, 2]'],
  ['{ n: 1 }', '{ n: 2 }'],
  ['new Set()', 'new Set([5])'],
  ['/a/', '/b/'],
  ['counter(1)', 'counter(2)'],
  ['one', '(x) => [x, 3]'],
  ['(x) => [x, 3]', 'one'],
  ['(x) => [x, 3]', '(x) => [x, 4]'],
  ['function () { return 1 }', '5'],
  ['null', '() => 1'],
  ['one', 'one.bind(null, 5)'],
  ['{ up() { return ++this.n }, n: 0 }', '{ up() { return this.n += 2 }, n: 0 }'],
  ['class { static n = 0 }', 'class { static n = 5 }'],
  ['MAX', 'MAX'],
  ['TABLE.most', 'TABLE.most'],
  ['[MAX]', '[MAX]'],
  ['KIND', 'KIND'],
];

/** What only the new version has, where no instance holds it by itself: instances are looked for, which takes a while for each. */
const ADDED: readonly string[] = ['5', '[1]', '{ n: 1 }', '() => 1'];

const USES: readonly string[] = [
  `typeof held === 'function' ? held(1) : held`,
  '(held.push?.(1), held.length)',
  '(held.n = (held.n ?? 0) + 1)',
  '(held.add?.(text), held.set?.(text, 1), held.size)',
  '(seen.has(held) || !seen.add(held))',
  'held.up?.() ?? held.n',
  `held.exec?.('abc')?.index`,
  'peek(held)',
];

interface Form {
  readonly held: string;
  /** `value` null for none. */
  readonly text: (value: string | null, use: string) => string;
}

const inClass = (held: string, members: (value: string) => string, behind: (value: string) => string = () => '', above = ''): Form => ({
  held,
  text: (value, use) =>
    `class NAME${above} { ${value === null ? '' : members(value)} one(text) { return ${use} } two(text) { return ${use} } } ${value === null ? '' : behind(value)} exports.makeNAME = () => new NAME();`,
});
const given = (value: string | null): string => (value === null ? '' : `held: ${value},`);

const FORMS: Readonly<Record<string, Form>> = {
  constructor: inClass('this.held', (value) => `constructor() { this.held = ${value}; }`),
  field: inClass('this.held', (value) => `held = ${value};`),
  'field of a class that extends another': inClass('this.held', (value) => `held = ${value};`, undefined, ' extends Base'),
  'private field': inClass('this.#held', (value) => `#held = ${value};`),
  'static field': inClass('NAME.held', (value) => `static held = ${value};`),
  'static block': inClass('NAME.held', (value) => `static { this.held = ${value}; }`),
  accessor: inClass('this.held', (value) => `get held() { return ${value}; }`),
  'property of a prototype': inClass(
    'this.held',
    () => '',
    (value) => `NAME.prototype.held = ${value};`,
  ),
  'property of a class': inClass(
    'NAME.held',
    () => '',
    (value) => `NAME.held = ${value};`,
  ),
  'what is mixed into a prototype': inClass(
    'this.held',
    () => '',
    (value) => `Object.assign(NAME.prototype, { held: ${value} });`,
  ),
  'prototype that is written out': {
    held: 'this.held',
    text: (value, use) =>
      `function NAME() {} NAME.prototype = { ${given(value)} one(text) { return ${use} }, two(text) { return ${use} } }; exports.makeNAME = () => new NAME();`,
  },
  'object that is written out': {
    held: 'this.held',
    text: (value, use) => `exports.makeNAME = () => ({ ${given(value)} one(text) { return ${use} }, two(text) { return ${use} } });`,
  },
  'object that closures share': {
    held: 'own.held',
    text: (value, use) =>
      `exports.makeNAME = () => { const own = { ${given(value)} }; return { one: (text) => ${use}, two: (text) => ${use} }; };`,
  },
  'object of a prototype': {
    held: 'this.held',
    text: (value, use) =>
      `const methodsNAME = { one(text) { return ${use} }, two(text) { return ${use} } }; exports.makeNAME = () => Object.assign(Object.create(methodsNAME), { ${given(value)} });`,
  },
};
const SHARED = /^(?:static|accessor|propert|what is mixed|prototype)/;

const HEAD = (v: number): string =>
  `const seen = new WeakSet(), MAX = ${v}, TABLE = { most: ${v} }, KIND = '${v}'; class Base { base = 1 } const one = (x) => [x], two = (x) => [x, 2]; function box() { return { n: 0, up() { return ++this.n } } } function crate() { return { n: 5, up() { return ++this.n } } } function counter(by) { let n = 0; return () => n += by } const peek = (one) => typeof one + (one.length ?? one.size ?? ''); exports.head = [seen, MAX, TABLE, KIND, Base, one, two, box, crate, counter, peek];`;

/** Each use has a line of its own. */
const source = ({ text, held }: Form, value: string | null, uses: readonly string[], v: number, isUsed = true): string =>
  [
    HEAD(v),
    ...uses.map((use) =>
      text(value, isUsed ? `(${use.replaceAll(/(?<![.\w])held\b/g, held)})` : '(seen, peek, text)').replaceAll(
        'NAME',
        `A${USES.indexOf(use)}`,
      ),
    ),
  ].join('\n');

type Made = Readonly<Record<'one' | 'two', (text: string) => unknown>>;

function doneBy(made: Made): unknown {
  return ['a', 'b'].flatMap((text) =>
    [made.one.bind(made), made.two.bind(made)].map((use) => {
      try {
        const result = use(text);
        return Array.isArray(result) || Object(result) !== result ? JSON.stringify(result) : typeof result;
      } catch (error) {
        return String(error).replace(/^(\w+).*/s, '$1');
      }
    }),
  );
}

const make = (exports: Exports, use: string): Made => exports[`makeA${USES.indexOf(use)}`]() as Made;

const require = createRequire(import.meta.url);
function fresh(text: string): Exports {
  const exports = {};
  // oxlint-disable-next-line typescript/no-implied-eval -- the same text without a patch
  new Function('exports', 'require', text)(exports, require);
  return exports;
}

let [compared, all, cases] = [0, 0, 0];

for (const [name, form] of Object.entries(FORMS))
  test(name, async () => {
    const added = SHARED.test(name) ? ADDED.map((value) => [null, value] as const) : [];
    for (const [before, after] of [...CHANGES, ...added]) {
      const [v, isUsed] = [before === after ? 2 : 1, before !== null];
      let uses = USES;
      all += uses.length;
      // What is not said of those that are left out may be said of others.
      for (let count = Infinity; uses.length > 0 && uses.length < count;) {
        count = uses.length;
        const [a, b] = [source(form, before, uses, 1, isUsed), source(form, after, uses, v)];
        const { verdicts } = await build({ 'index.js': a }, { 'index.js': b });
        const said = new Set(verdicts.flatMap(({ verdict, line }) => (verdict.startsWith('carried') ? [] : line)));
        uses = said.has(1) ? [] : uses.filter((_, i) => !said.has(i + 2));
      }
      if (uses.length === 0) continue;
      // A process that has another copy of the text would get the patch there too.
      const own = `\n// ${++cases}`;
      const text = source(form, after, uses, v) + own;
      const p = await program({ 'index.js': source(form, before, uses, 1, isUsed) + own }, { 'index.js': text });
      const existing = uses.map((use) => make(p.exports, use));
      try {
        await p.apply();
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'ERR_LIVE_DATA');
        continue;
      }
      compared += uses.length;
      const anew = fresh(text);
      for (const [i, use] of uses.entries())
        assert.deepEqual(
          [existing[i]!, make(p.exports, use)].map(doneBy),
          [make(anew, use), make(anew, use)].map(doneBy),
          `${before} becomes ${after}: ${use}`,
        );
      await p.revert();
      p.clean();
    }
  });

test('of many of them nothing is said', () => {
  assert.ok(compared > 0.3 * all, `${compared} of ${all}`);
});
