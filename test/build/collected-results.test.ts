/** Results of functions that have changed, where code puts them into what outlives its calls: the report says that the old ones stay. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';
import type { Files } from './harness.ts';

async function said(before: Files): Promise<string[]> {
  const after = Object.fromEntries(Object.entries(before).map(([file, text]) => [file, text.replaceAll('5', '9')]));
  const report = await build(before, after);
  assert.notEqual(report.patch, null);
  return report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => `${code} ${path}`);
}

/** With `parse` of the module, or of another. */
const KEPT: Readonly<Record<string, readonly [code: string, said: string]>> = {
  'in a map': [
    'const all = new Map(); exports.add = (k) => { all.set(k, parse(k)) }; exports.all = all;',
    'results-remembered exports.add',
  ],
  'in a list, with more': [
    'const all = []; exports.add = (k) => { all.push({ k, n: parse(k) + 1 }) }; exports.all = all;',
    'results-remembered exports.add',
  ],
  'in a variable': ['let last; exports.load = () => { last = parse(1) }; exports.get = () => last;', 'results-remembered exports.load'],
  'in a variable, by another one': [
    'let last; exports.load = () => { let n = 0; n = parse(1); last = n }; exports.get = () => last;',
    'results-remembered exports.load',
  ],
  'in a variable, out of a pattern': [
    'const both = () => [parse(1), 1]; let n, m; exports.load = () => { [n, m] = both() }; exports.get = () => n + m;',
    'results-remembered exports.load',
  ],
  'by objects, in a sum': [
    'exports.A = class { constructor() { this.n = parse(1) + 1 } get() { return this.n } };',
    'instances-hold exports.A#constructor n',
  ],
  'by objects, in a text': [
    'exports.A = class { constructor() { this.n = `${parse(1)}` } get() { return this.n } };',
    'instances-hold exports.A#constructor n',
  ],
  'by objects, through a function that gives it': [
    'const twice = () => parse(1) * 2; exports.A = class { constructor() { this.n = twice() } get() { return this.n } };',
    'instances-hold exports.A#constructor n',
  ],
  'by an object that a function makes, and gives back': [
    'class A { get() { return this.n } } exports.A = A; exports.make = () => { const made = new A(); made.n = parse(1); return made };',
    'instances-hold exports.make n',
  ],
  'by one that has methods of its own': [
    'exports.make = () => { const made = { get() { return this.n } }; made.n = parse(1); return made };',
    'instances-hold exports.make n',
  ],
  'in place of a getter': [
    "exports.A = class { get n() { const value = parse(1); Object.defineProperty(this, 'n', { value }); return value } };",
    'instances-hold exports.A#get n n',
  ],
};

for (const [name, [code, expected]] of Object.entries(KEPT))
  test(`a result that is kept ${name}`, async () => {
    assert.deepEqual(await said({ 'index.js': `const parse = (k) => k + 5;\n${code}` }), [expected]);
    const other = {
      'index.js': `const { parse } = require('./parse.js');\n${code}`,
      'parse.js': 'exports.parse = (k) => k + 5;',
    };
    if (!/twice|both/.test(code)) assert.deepEqual(await said(other), [expected], 'of another module');
  });

test('a result of a function that another module passes on under another name', async () => {
  const esm = {
    'index.mjs':
      "import { parse } from './all.mjs'; const all = new Map(); export const add = (k) => { all.set(k, parse(k)) }; export { all };",
    'all.mjs': "export { p as parse } from './parse.mjs';",
    'parse.mjs': 'export const p = (k) => k + 5;',
  };
  assert.deepEqual(await said(esm), ['results-remembered add']);
});

test('a result of a function that another module passes on, and of whichever it gives by a key', async () => {
  const code = 'const all = new Map(); export const add = (k) => { all.set(k, parse(k)) }; export { all };';
  const esm = {
    'index.mjs': `import { parse } from './all.mjs';\n${code}`,
    'all.mjs': "export { parse } from './parse.mjs';",
    'parse.mjs': 'export function parse(k) { return k + 5 }',
  };
  assert.deepEqual(await said(esm), ['results-remembered add']);
  const factories = 'const made = new Map(); exports.get = (k) => { if (!made.has(k)) made.set(k, make[k]()); return made.get(k) };';
  const files = {
    'index.js': `const make = require('./make.js');\n${factories}`,
    'make.js': 'exports.a = () => ({ limit: 5 });',
  };
  assert.deepEqual(await said(files), ['results-remembered exports.get']);
});

const MEMBERS: Readonly<Record<string, readonly [code: string, said: string]>> = {
  'of a method of an object of the module': [
    'class P { compute() { return 5 } } const p = new P(); const all = new Map(); exports.add = (k) => { all.set(k, p.compute()) }; exports.all = all;',
    'results-remembered exports.add',
  ],
  'of a method that is called as one of the language is': [
    'class P { parse(k) { return k + 5 } } const p = new P(); const all = new Map(); exports.add = (k) => { all.set(k, p.parse(k)) }; exports.all = all;',
    'results-remembered exports.add',
  ],
  'of a private method, in a private field': [
    'exports.A = class { #l; constructor() { this.#l = this.#compute() } #compute() { return 5 } get() { return this.#l } };',
    'instances-hold exports.A#constructor #l',
  ],
  'of a method, where that is looked for first': [
    'exports.A = class { #m = new Map(); of(k) { if (!this.#m.has(k)) this.#m.set(k, this.make(k)); return this.#m.get(k) } make(k) { return k + 5 } };',
    'instances-hold exports.A#of #m',
  ],
  'of a getter, by a constructor': [
    'class A { get limit() { return 5 } constructor() { this.l = this.limit } get() { return this.l } } exports.A = A;',
    'instances-hold A#constructor l',
  ],
  'of a method that only classes below have': [
    'class B { constructor() { this.l = this.defaults()[0] } } exports.A = class extends B { defaults() { return [5 * 1] } get() { return this.l } };',
    'instances-hold B#constructor l',
  ],
};

for (const [name, [code, expected]] of Object.entries(MEMBERS))
  test(`a result ${name}`, async () => {
    assert.deepEqual(await said({ 'index.js': code }), [expected]);
  });

test('nothing is said of a method of the language that is called as one of the module is', async () => {
  const code =
    'class P { get(k) { return k + 5 } } exports.P = P; const names = new Map(); const all = new Map(); exports.add = (k) => { all.set(k, names.get(k)) }; exports.all = all;';
  assert.deepEqual(await said({ 'index.js': code }), []);
});

const CALLBACKS: Readonly<Record<string, readonly [code: string, said: string]>> = {
  'a variable': [
    'const load = (done) => done(null, 5); let last; exports.start = () => { load((error, value) => { last = value }) }; exports.get = () => last;',
    'results-remembered exports.start/<load>',
  ],
  'a map, later on': [
    'function read(k, done) { process.nextTick(() => done(null, k + 5)) } const all = new Map(); exports.start = (k) => { read(k, (error, value) => { all.set(k, value) }) }; exports.all = all;',
    'results-remembered exports.start/<read>',
  ],
  'a property': [
    'function read(k, done) { done(null, k + 5) } exports.A = class { open(k) { read(k, (error, text) => { this.text = text }) } get() { return this.text } };',
    'instances-hold exports.A#open/<read> text',
  ],
  'a variable, by a method': [
    'class P { load(done) { done(5) } } const p = new P(); let last; exports.start = () => { p.load((value) => { last = value }) }; exports.get = () => last;',
    'results-remembered exports.start/<load>',
  ],
};

for (const [name, [code, expected]] of Object.entries(CALLBACKS))
  test(`what a callback is given and puts into ${name}`, async () => {
    assert.deepEqual(await said({ 'index.js': code }), [expected]);
  });

test('what a callback of another module is given', async () => {
  const files = {
    'index.js':
      "const { load } = require('./lib.js'); let last; exports.start = () => { load((error, value) => { last = value }) }; exports.get = () => last;",
    'lib.js': 'exports.load = (done) => { setTimeout(() => done(null, 5), 1) };',
  };
  assert.deepEqual(await said(files), ['results-remembered exports.start/<load>']);
});

test('what a promise is settled with by a function inside of that which makes it', async () => {
  const code =
    'const read = (k) => new Promise((done) => { setTimeout(() => done(k + 5), 1) }); const all = new Map(); exports.add = async (k) => { all.set(k, await read(k)) }; exports.all = all;';
  assert.deepEqual(await said({ 'index.js': code }), ['results-remembered exports.add']);
});

test('nothing is said of what a callback is given and does not keep', async () => {
  const code = 'const load = (done) => done(null, 5); exports.start = () => { load((error, value) => { console.log(value) }) };';
  assert.deepEqual(await said({ 'index.js': code }), []);
});

test('nothing is said of a method of that name of other objects', async () => {
  const code =
    'class P { compute() { return 5 } } exports.P = P; const all = new Map(); exports.add = (o) => { all.set(1, o.compute()) }; exports.all = all;';
  assert.deepEqual(await said({ 'index.js': code }), []);
});

const INLINE: Readonly<Record<string, readonly [code: string, said: string]>> = {
  'map, by objects': [
    'exports.A = class { constructor(all) { this.all = all.map((x) => x * 5) } get() { return this.all } };',
    'instances-hold exports.A#constructor all',
  ],
  'filter, in a variable': [
    'let few = []; exports.set = (all) => { few = all.filter((x) => x < 5) }; exports.get = () => few;',
    'results-remembered exports.set',
  ],
  'then, in a variable': [
    'let last = Promise.resolve(); exports.add = () => { last = last.then(() => 5) }; exports.get = () => last;',
    'results-remembered exports.add',
  ],
  'Array.from, by objects': [
    'exports.A = class { constructor(all) { this.all = Array.from(all, (x) => x * 5) } get() { return this.all } };',
    'instances-hold exports.A#constructor all',
  ],
  'a promise, by objects': [
    'exports.A = class { constructor() { this.p = new Promise((done) => done(5)) } get() { return this.p } };',
    'instances-hold exports.A#constructor p',
  ],
  'sort, in place': [
    'const all = []; exports.add = (n) => { all.push(n); all.sort((a, b) => (a - b) * 5) }; exports.get = () => all;',
    'results-remembered exports.add',
  ],
};

for (const [name, [code, expected]] of Object.entries(INLINE))
  test(`what a function that is written out gave ${name}`, async () => {
    assert.deepEqual(await said({ 'index.js': code }), [expected]);
  });

const QUIET: Readonly<Record<string, string>> = {
  'goes no further than the call': 'exports.get = (k) => { const n = parse(k); return n + 1 };',
  'is asked for': 'const all = new Map(); exports.add = (k) => { if (parse(k) > 1) all.set(k, 1) }; exports.all = all;',
  'is thrown': 'exports.get = (k) => { throw new Error(parse(k)) };',
  'is put on what is given': 'exports.f = (out, k) => { out.n = parse(k) }; exports.of = (out) => out.n;',
  'is put on what the call alone has':
    'class A { get() { return this.n } } exports.get = (k) => { const made = new A(); made.n = parse(k); return made.get() };',
  'is put on what it gives back, where nobody asks for it':
    'class A { get() { return 1 } } exports.make = (k) => { const made = new A(); made.n = parse(k); return made };',
  'is put on what a package makes':
    "const { A } = require('dep'); exports.make = (k) => { const made = new A(); made.n = parse(k); return made }; exports.of = (made) => made.n;",
  'is put into what is given': 'exports.get = (out, k) => { out.push(parse(k)) };',
};

for (const [name, code] of Object.entries(QUIET))
  test(`nothing is said of a result that ${name}`, async () => {
    assert.deepEqual(await said({ 'index.js': `const parse = (k) => k + 5;\n${code}` }), []);
  });

test('nothing is said where a function that is written out gives nothing', async () => {
  const code = 'let done; exports.start = (p) => { done = p.then(() => { console.log(5) }) }; exports.done = () => done;';
  assert.deepEqual(await said({ 'index.js': code }), []);
});

const IN_TURN: Readonly<Record<string, readonly [code: string, said: readonly string[]]>> = {
  'a list of the module': [
    'const all = []; exports.add = (k) => { all.push({ re: compile(k) }) }; exports.all = all;',
    ['results-remembered exports.add'],
  ],
  'a list of its object': [
    'exports.R = class { constructor() { this.all = [] } add(k) { this.all.push({ re: compile(k) }) } find(s) { return this.all.find(({ re }) => re.test(s)) } };',
    ['instances-hold exports.R#add all'],
  ],
  'a variable of the module': [
    'let last; exports.set = (k) => { last = compile(k) }; exports.get = (s) => last.test(s);',
    ['results-remembered exports.set'],
  ],
  'an object with methods': [
    'exports.make = (k) => ({ re: compile(k), test(s) { return this.re.test(s) } });',
    ['instances-hold exports.make re'],
  ],
  'a list that closures go through': [
    'exports.make = (keys) => { const all = keys.map((k) => compile(k)); return (s) => all.some((re) => re.test(s)) };',
    ['capture-kept exports.make all'],
  ],
  'a property, by a method': [
    'const lib = { compile }; const all = []; exports.add = (k) => { all.push(lib.compile(k)) }; exports.all = all;',
    ['results-remembered exports.add'],
  ],
  'a property, by what calls a method': [
    'const lib = { compile: (k) => compile(k) }; const made = (k) => { let re = null; if (k) re = lib.compile(k); return re }; const all = []; exports.add = (k) => { all.push(made(k)) }; exports.all = all;',
    ['results-remembered exports.add'],
  ],
  'nothing, as it only checks': ['const all = []; exports.add = (k) => { all.push(checked(k)) }; exports.all = all;', []],
  'nothing but what notes it': [
    'const notes = []; exports.notes = notes; function noted(key) { notes.push(escaped(key)); return key } const all = []; exports.add = (k) => { all.push(noted(k)) }; exports.all = all;',
    ['results-remembered noted'],
  ],
};

for (const [name, [code, expected]] of Object.entries(IN_TURN))
  test(`what functions give in turn that call one which has changed is kept by ${name}`, async () => {
    const source = `const escaped = (part) => part + 5;
function source(key) { let out = ''; for (const part of key.split('/')) { out += escaped(part) } return out }
function compile(key) { const text = source(key); return new RegExp(text, 'i') }
function checked(key) { if (escaped(key).length > 9) throw new Error(); return key }
exports.used = [compile, checked].length;
${code}`;
    assert.deepEqual(await said({ 'index.js': source }), expected);
  });
