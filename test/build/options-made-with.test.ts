/**
 * An option that the new version brings, and code of its own that newly gives it when it makes something: what exists was made
 * without. All ways to give one beside all ways to take one: the object does as one of a fresh start, or somebody has been told.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';
import type { Files, Program } from './harness.ts';

/** What the constructor does before and after, and what the method asks then. */
const takes: Readonly<Record<string, readonly [before: string, after: string, limit: string]>> = {
  'sets it': ['this.a = o.a ?? 1;', 'this.a = o.a ?? 1; this.max = o.max ?? 5;', 'this.max'],
  'takes it apart': ['const { a = 1 } = o; this.a = a;', 'const { a = 1, max = MAX } = o; this.a = a; this.max = max;', 'this.max'],
  'completes it': [
    'this.o = { a: 1, b: 2, c: 3, d: 4, ...o }; this.a = this.o.a;',
    'this.o = { a: 1, b: 2, c: 3, d: 4, max: 5, ...o }; this.a = this.o.a;',
    'this.o.max',
  ],
  'puts it on what it keeps': ['this.o = o; this.a = o.a ?? 1;', 'o.max ??= 5; this.o = o; this.a = o.a ?? 1;', 'this.o.max'],
  'keeps what it is given': ['this.o = o; this.a = o.a ?? 1;', 'this.o = o; this.a = o.a ?? 1; this.max = o.max || 5;', 'this.max'],
  'asks later': ['this.o = o; this.a = o.a ?? 1;', 'this.o = o; this.a = o.a ?? 1;', '(this.o.max ?? 5)'],
};

const client = ([before, after, limit]: readonly [string, string, string], isOld: boolean): string => {
  const say = isOld ? 'return t + this.a;' : `return t.length > ${limit} ? 'no' : t + this.a;`;
  return `${isOld ? '' : 'const MAX = 5;\n'}class Client { constructor(o = {}) { ${isOld ? before : after} } say(t) { ${say} } }\n`;
};

const ways: Readonly<Record<string, readonly [before: string, after: string]>> = {
  nobody: ['exports.make = () => new Client({ a: 2 });', 'exports.make = () => new Client({ a: 2 });'],
  'its default': ['exports.make = () => new Client({ a: 2 });', 'exports.make = () => new Client({ a: 2, max: 5 });'],
  'a literal': ['exports.make = () => new Client({ a: 2 });', 'exports.make = () => new Client({ a: 2, max: 9 });'],
  'a literal that is told by its look': [
    'exports.make = () => new Client({ a: 2, b: 3 });',
    'exports.make = () => new Client({ a: 2, b: 3, max: 9 });',
  ],
  'nothing before': ['exports.make = () => new Client();', 'exports.make = () => new Client({ max: 9 });'],
  'a function that makes': [
    'const create = (o) => new Client(o); exports.make = () => create({ a: 2 });',
    'const create = (o) => new Client(o); exports.make = () => create({ a: 2, max: 9 });',
  ],
  'a class that extends': [
    'class Own extends Client { constructor() { super({ a: 2 }); } } exports.make = () => new Own();',
    'class Own extends Client { constructor() { super({ a: 2, max: 9 }); } } exports.make = () => new Own();',
  ],
  'a variable': [
    'exports.make = () => { const o = { a: 2 }; return new Client(o); };',
    'exports.make = () => { const o = { a: 2, max: 9 }; return new Client(o); };',
  ],
  'put on it': [
    'exports.make = () => { const o = { a: 2 }; return new Client(o); };',
    'exports.make = () => { const o = { a: 2 }; o.max = 9; return new Client(o); };',
  ],
  'put where nothing is': [
    'exports.make = (o = {}) => { const made = new Client(o); return made; };',
    'exports.make = (o = {}) => { o.max ??= 9; const made = new Client(o); return made; };',
  ],
  'put after a question': [
    'exports.make = (o = {}) => new Client(o);',
    'exports.make = (o = {}) => { if (o.max === undefined) o.max = 9; return new Client(o); };',
  ],
  'a default of its own': [
    'exports.make = (o = {}) => new Client({ a: 2 });',
    'exports.make = (o = {}) => new Client({ a: 2, max: o.max ?? 9 });',
  ],
  'a table spread': [
    'const T = { a: 2 }; exports.make = (o = {}) => new Client({ ...T, ...o });',
    'const T = { a: 2, max: 9 }; exports.make = (o = {}) => new Client({ ...T, ...o });',
  ],
  'a table assigned': [
    'const T = { a: 2 }; exports.make = (o = {}) => new Client(Object.assign({}, T, o));',
    'const T = { a: 2, max: 9 }; exports.make = (o = {}) => new Client(Object.assign({}, T, o));',
  ],
  'a table itself': [
    'const T = { a: 2 }; exports.make = () => new Client(T);',
    'const T = { a: 2, max: 9 }; exports.make = () => new Client(T);',
  ],
  'within another': [
    'class Pool { constructor(o) { this.client = new Client(o.client); } } exports.make = () => new Pool({ client: { a: 2 } }).client;',
    'class Pool { constructor(o) { this.client = new Client(o.client); } } exports.make = () => new Pool({ client: { a: 2, max: 9 } }).client;',
  ],
};

const files = (code: string, own: string, isBeside: boolean, what: string): Files =>
  isBeside
    ? {
        'index.js': `const Client = require('./client.js');\n${own}\n// ${what}`,
        'client.js': `${code}module.exports = Client;\n// ${what}`,
      }
    : { 'index.js': `${code}${own}\n// ${what}` };

interface Client {
  say(text: string): string;
}
const TEXTS = ['1234567', '1234567890'];
const made = (p: Program): Client => (p.exports['make'] as () => Client)();
const answers = (one: Client): readonly string[] => TEXTS.map((text) => one.say(text));
const warns = (p: Program): boolean => p.report.verdicts.some(({ verdict }) => verdict === 'warning');

for (const [way, [before, after]] of Object.entries(ways))
  for (const [take, code] of Object.entries(takes))
    for (const isBeside of [false, true]) {
      const what = `${way}, ${take}${isBeside ? ', of another module' : ''}`;
      test(`what exists does as what a fresh start makes, or that is said: ${what}`, async () => {
        const p = await program(files(client(code, true), before, isBeside, what), files(client(code, false), after, isBeside, what));
        const running = made(p);
        const refused = await p.apply(300).then(
          () => false,
          () => true,
        );
        // Refused while it is alive, with its verdict.
        if (refused) return assert.ok(warns(p));
        assert.ok(warns(p) || JSON.stringify(answers(running)) === JSON.stringify(answers(made(p))), JSON.stringify(answers(running)));
        await p.revert();
      });
    }

test('an object that gets the property as a field is no reason to stay away', async () => {
  const code = takes['sets it']!;
  const [before, after] = ways['its default']!;
  const p = await program(files(client(code, true), before, false, 'a field'), files(client(code, false), after, false, 'a field'));
  const running = made(p);
  await p.apply();
  assert.deepEqual(answers(running), ['no', 'no']);
  assert.deepEqual(
    p.report.verdicts.filter(({ code: own }) => own === 'instances-lack').map(({ path }) => path),
    ['exports.make max'],
  );
  await p.revert();
  assert.deepEqual(answers(running), ['12345672', '12345678902']);
});

test('what is over with the call is not told of', async () => {
  const parser = 'class Parser { constructor(o = {}) { this.o = o; } parse(t) { return this.o.max ? t.slice(0, this.o.max) : t; } }\n';
  const { report } = await program(
    { 'index.js': `${parser}exports.parse = (t) => { const o = {}; const p = new Parser(o); return p.parse(t).trim(); };` },
    {
      'index.js': `${parser.replaceAll('max', 'most')}exports.parse = (t) => { const o = { most: 9 }; const p = new Parser(o); return p.parse(t).trim(); };`,
    },
  );
  assert.deepEqual(
    report.verdicts.filter(({ path }) => path.startsWith('parse ')),
    [],
  );
});
