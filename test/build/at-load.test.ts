/** What functions that have changed computed as the module loaded stays, whatever way the top level came to call them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

/** The verdicts on a program in which `$` stands for what differs. */
async function said(source: string): Promise<string[]> {
  const text = (step: string): string => `${source.replaceAll('$', step)}\nexports.made = () => made;\nexports.step = () => ${step};\n`;
  const { patch, verdicts } = await build({ 'index.js': text('1') }, { 'index.js': text('2') });
  assert.notEqual(patch, null, source);
  return verdicts.filter(({ code }) => code === 'computed-at-load').map(({ line, reason }) => `${line}: ${reason}`);
}

const LED = {
  'a method of an object literal': `const lib = { make(x) { return x + $ } };\nconst made = lib.make(1);`,
  'a function that an object literal names': `const make = (x) => x + $; const lib = { make };\nconst made = lib.make(1);`,
  'an object by another name': `const lib = { make: (x) => x + $ }; const other = lib;\nconst made = other.make(1);`,
  'an object in an object': `const lib = { math: { make: (x) => x + $ } };\nconst made = lib.math.make(1);`,
  'a function that was assigned': `const lib = {}; lib.make = function (x) { return x + $ };\nconst made = lib.make(1);`,
  'a name in quotes': `const lib = { 'make it': (x) => x + $ };\nconst made = lib['make it'](1);`,
  'what was put on an object at once': `const lib = {}; Object.assign(lib, { make: (x) => x + $ });\nconst made = lib.make(1);`,
  'what an object extends itself with': `const lib = { extend(o) { return Object.assign(this, o) } }; lib.extend({ make: (x) => x + $ }); lib.extend();\nconst made = lib.make(1);`,
  'an object that another one extends': `const base = { make: (x) => x + $ }; const lib = { ...base };\nconst made = lib.make(1);`,
  'a frozen object': `const lib = Object.freeze({ make: (x) => x + $ });\nconst made = lib.make(1);`,
  'an export': `exports.make = (x) => x + $;\nconst made = exports.make(1);`,
  'an export of an object': `module.exports = { make: (x) => x + $ }; exports = module.exports;\nconst made = module.exports.make(1);`,
  'a static method': `class Lib { static make(x) { return x + $ } }\nconst made = Lib.make(1);`,
  'a method of an instance': `class Lib { make(x) { return x + $ } } const lib = new Lib();\nconst made = lib.make(1);`,
  'a method of a superclass': `class Base { make(x) { return x + $ } } class Lib extends Base {}\nconst made = new Lib().make(1);`,
  'a method that a constructor calls': `class Lib { constructor() { this.x = this.make(1) } make(x) { return x + $ } }\nconst made = new Lib();`,
  'a method on a prototype': `function Lib() {} Lib.prototype.make = function (x) { return x + $ };\nconst made = new Lib().make(1);`,
  'a prototype that is one object': `function Lib() {} Lib.prototype = { make(x) { return x + $ } };\nconst made = new Lib().make(1);`,
  'a method beside the one that is called': `const lib = { add: (x) => x + $, make(x) { return this.add(x) } };\nconst made = lib.make(1);`,
  'a function that a variable holds': `const lib = { add: (x) => x + $, make(x, o) { const add = o || lib.add; return add(x) } };\nconst made = lib.make(1);`,
  'what a function makes': `const create = () => ({ make: (x) => x + $ }); const lib = create();\nconst made = lib.make(1);`,
  'what a function called in place makes': `const lib = (function () { const own = {}; own.make = (x) => x + $; return own })();\nconst made = lib.make(1);`,
  'call and apply': `const lib = { make: (x) => x + $ };\nconst made = lib.make.call(null, 1);`,
  'a function given to a method of an array': `const lib = { make: (x) => x + $ };\nconst made = [1].map(lib.make);`,
  'a function given to one that calls it': `const lib = { make: (x) => x + $ }; const each = (l, f) => l.map((x) => f(x));\nconst made = each([1], lib.make);`,
  'a tag': `const lib = { make: (x) => x + $ };\nconst made = lib.make\`1\`;`,
  'a method of something unknown': `const lib = { make: (x) => x + $ }; const render = (o) => o.make(1);\nconst made = render(process.argv[99] || lib);`,
};

for (const [name, source] of Object.entries(LED))
  test(`code that runs as the module loads calls ${name}`, async () => {
    const [row, ...more] = await said(source);
    assert.match(row ?? 'nothing is said', /^2: .+ (ran|may have run) as the module loaded \(here\), and has changed since/);
    assert.deepEqual(more, []);
  });

const NOT_LED = {
  'is called later': `const lib = { make: (x) => x + $ }; exports.f = () => lib.make(1); const made = 1;`,
  'is given away': `const lib = { make: (x) => x + $ }; const made = new Map(); process.on('x', lib.make); made.set(1, lib.make);`,
  'is a member of another object': `const lib = { make: (x) => x + $ }; const other = { make: (x) => x }; const made = other.make(1); exports.lib = lib;`,
  'has the name of a method of something else': `const path = require('node:path'); const lib = { parse: (x) => x + $ }; const made = path.parse('a'); exports.lib = lib;`,
  'has the name of a method of the language': `const lib = { join: (x) => x + $ }; const list = (l) => l.join(); const made = list(process.argv); exports.lib = lib;`,
  'is a method of what is only made': `class Lib { make(x) { return x + $ } } const made = new Lib();`,
  'only throws': `const lib = { fail: (x) => { throw new Error(x + $) }, make(x) { if (x > 5) lib.fail(x); return x } }; const made = lib.make(1);`,
};

for (const [name, source] of Object.entries(NOT_LED))
  test(`nothing is said of a function that ${name}`, async () => {
    assert.deepEqual(await said(source), []);
  });

test('a function that wraps the module and is called again by its own name runs as it did', async () => {
  const text = `(function clone(exports) {
  const Syntax = { A: 'A' };
  exports.has = (k) => k in Syntax;
  exports.clone = () => clone({});
  return exports;
})(exports);`;
  const after = text.replace("{ A: 'A' }", "{ A: 'A', B: 'B' }");
  const warned = async (before: string, now: string): Promise<string[]> =>
    (await build({ 'index.js': before }, { 'index.js': now })).verdicts
      .filter(({ code }) => code === 'computed-at-load')
      .map(({ path }) => path);
  assert.deepEqual(await warned(text, after), ['clone']);
  assert.deepEqual(await warned(text.replace('clone({})', '5'), after.replace('clone({})', '5')), []);
});

test('functions that one line computed something by are named in one row, apart from those that surely ran', async () => {
  const add = 'const add = (x) => x + $; const less = (x) => add(x) - $;';
  assert.deepEqual(await said(`${add}\nconst lib = { make: (x) => less(x) };\nconst made = lib.make(1);`), [
    '3: add and 1 more may have run as the module loaded (here), and have changed since: what they computed stays',
  ]);
  assert.deepEqual(await said(`${add}\nconst made = less(1);\nconst more = add(1);`), [
    '2: add ran as the module loaded (here and in 1 more), and has changed since: what it computed stays',
    '2: less ran as the module loaded (here), and has changed since: what it computed stays',
  ]);
});

test('nothing is said of the helpers that a compiler makes classes with', async () => {
  const source = (name: string): string =>
    `function ${name}(sub, above) { sub.prototype = Object.create(above.prototype, $ && {}); }\nfunction Lib() {} function made() {}\n${name}(made, Lib);`;
  for (const name of ['_inherits', '_inheritsLoose', '_createClass', '_inherits2']) assert.deepEqual(await said(source(name)), [], name);
  for (const name of ['inherits', '_inheritsAll']) assert.equal((await said(source(name))).length, 1, name);
});
