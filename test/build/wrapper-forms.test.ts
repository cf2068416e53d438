/** Functions around a module that are called in place in another form, that come, or that go: the module goes on with what it holds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const body = (by: number, more = ''): string =>
  `let count = 0;\nfunction get() { count += ${by}; return count }\nmodule.exports = { get };${more}`;
const forms: Readonly<Record<string, (code: string) => string>> = {
  'no function': (code) => code,
  'one that is called': (code) => `(function () { 'use strict'; ${code} })();`,
  'one that an operator begins': (code) => `!function () {\n${code}\n}();`,
  'one with a name': (code) => `void function main() { ${code} }()`,
  'one that is called on the module': (code) => `(function () {\n'use strict';\n${code}\n}).call(this);`,
  'one that is called on another object': (code) => `(function () { ${code} }).call(typeof window !== 'undefined' ? window : global);`,
  'an arrow function': (code) => `(() => { ${code} })();`,
  'one that is given global variables': (code) => `(function (module, Math) { ${code} })(module, Math);`,
  'one that is given what Node never asks for': (code) =>
    `(function (root) { ${code.replace('module.exports = { get };', "if (typeof module !== 'undefined' && module.exports) module.exports = { get }; else if (typeof require === 'undefined') root.get = get; else root.got = get;")} })(this);`,
};

const called = (code: string): string => `(function () { ${code} })();`;

for (const [before, was] of Object.entries(forms))
  test(`another form than ${before}`, async () => {
    for (const [after, is] of Object.entries(forms)) {
      // The statement that gives it away is another one.
      if (before !== after && [before, after].includes('one that is given what Node never asks for')) continue;
      if ([before, after].includes('an arrow function') && [before, after].includes('one that is given global variables')) continue;
      const p = await program({ 'index.js': was(body(1)) }, { 'index.js': is(body(10)) });
      const { get } = p.exports;
      assert.deepEqual([get(), p.exports['get']()], [1, 2]);
      await p.apply();
      assert.deepEqual([get(), p.exports['get']()], [12, 22], after);
      assert.ok(
        p.codes().every((code) => ['function-changed', 'instances-hold', 'strictness'].includes(code)),
        after,
      );
      await p.revert();
      assert.deepEqual([get(), p.exports['get']()], [23, 24], after);
      p.clean();
    }
  });

test('what Node never asks for comes with another form, and goes', async () => {
  const ends = (end: string): string => `${body(1).replace('module.exports = { get };', '')}
if (typeof module !== 'undefined' && typeof exports === 'object') { module.exports = { get } } else { ${end}.get = get }`;
  const on = `(function () {\n${ends('this')}\n}).call(function () { return this || global }());`;
  const given = `(function (root) {\n${ends('root').replace('+= 1', '+= 10')}\n})(this || global);`;
  for (const [before, after, by] of [
    [on, given, 10],
    [given, on, 1],
  ] as const) {
    const p = await program({ 'index.js': `var a = 1;\n${before}` }, { 'index.js': `var a = 1;\n${after}` });
    const { get } = p.exports;
    const first = get();
    await p.apply();
    assert.equal(get(), first + by);
    assert.ok(!p.codes().includes('constant-added'));
    await p.revert();
    p.clean();
  }
});

test('what it chooses where there is no CommonJS is not asked for', async () => {
  const first = (end: string): string => `${body(1).replace('module.exports = { get };', '')}
if (typeof module === 'undefined') ${end}.get = get; else module.exports = { get }`;
  const p = await program(
    { 'index.js': `(function () {\n${first('this')}\n}).call(this);` },
    { 'index.js': `(function (root) {\n${first('root').replace('+= 1', '+= 10')}\n})(this);` },
  );
  const { get } = p.exports;
  get();
  await p.apply();
  assert.equal(get(), 11);
  await p.revert();
});

test('a name that the old one had for itself is what it is beside the new one', async () => {
  const p = await program(
    { 'index.js': `const main = 5;\n(function main() { ${body(1)} })();\nexports.main = () => main;` },
    {
      'index.js': `const main = 5;\n(function () { ${body(1).replace('return count', 'return count + main')} })();\nexports.main = () => main;`,
    },
  );
  const { get } = p.exports;
  get();
  await p.apply();
  assert.equal(get(), 7);
  await p.revert();
});

test('what it is given may have comments, and commas, in it', async () => {
  const given = `(module, function () { // what it begins at\n  return 5 // and no more\n}, (0, Math) /* of the language */)`;
  const text = (by: number): string => `function (module, begin, math) {
let count = begin();
module.exports = { get() { count = math.max(count + ${by}, 0); return count } } }`;
  for (const [before, after] of [
    [`!${text(1)}${given}`, `(${text(10)})${given};\nvar b = 1`],
    [`(${text(1)}).call(this, ${given.slice(1)}`, `!${text(10)}${given}`],
    [`(${text(1)})${given}`, `(${text(10)}).call(this, ${given.slice(1)}`],
  ] as const) {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    const { get } = p.exports;
    assert.equal(get(), 6);
    await p.apply();
    assert.equal(get(), 16);
    await p.revert();
    p.clean();
  }
});

test('one that gives a variable its value is no other one', async () => {
  const p = await program(
    { 'index.js': called(`${body(1)}`) },
    { 'index.js': `const one = (function () { ${body(10)} })(); exports.one = () => one;` },
  );
  const { get } = p.exports;
  get();
  await p.apply();
  assert.equal(get(), 11);
  await p.revert();
});

test('what stands before it ends without a semicolon', async () => {
  const more = "const name = 'a'\nexports.name = () => name";
  const p = await program(
    { 'index.js': `${more};\n(function () {\n${body(1)} }());` },
    { 'index.js': `${more}\n!function () {\n${body(10)} }()` },
  );
  const { get } = p.exports;
  get();
  await p.apply();
  assert.equal(get(), 11);
  await p.revert();
});

test('a parameter more is a variable that begins with what it is given', async () => {
  const p = await program(
    { 'index.js': `(function () {\n'use strict';\n${body(1)}\n}).call(this);` },
    {
      'index.js': `(function (os, max) {\n'use strict';\n${body(1).replace('return count', 'return [count, os.EOL, max]')}\n})(require('node:os'), 1 + 2);`,
    },
  );
  const { get } = p.exports;
  get();
  await p.apply();
  assert.deepEqual(get(), [2, '\n', 3]);
  await p.revert();
  assert.equal(get(), 3);
});

for (const [what, before, after] of [
  ['`this` is another one', called(body(1)), `(function () { ${body(2, 'exports.all = this;')} }).call(console);`],
  ['an arrow function in it says `this`', called(body(1)), `(function () { ${body(2, 'exports.all = () => this;')} }).call(console);`],
  ['a text may ask for `this`', called(body(1)), `(function () { ${body(2, "exports.all = () => eval('this');")} }).call(console);`],
  ['the module says `this`', called(body(1)), body(2, 'exports.all = this;')],
  ['the module says `arguments`', called(body(1)), body(2, 'exports.all = arguments;')],
  ['a text of the module may ask for anything', called(body(1)), body(2, "exports.all = () => eval('this');")],
  ['it comes, and says `this`', body(1), called(body(2, 'module.exports.all = this;'))],
  ['it comes, and says `arguments`', body(1), called(body(2, 'module.exports.all = arguments;'))],
  ['it comes, and may end before its end', body(1), called(`if (exports === null) return; ${body(2)}`)],
  ['it comes, and calls itself', body(1), `(function main(again) { ${body(2, 'if (exports === null) main()')} })();`],
  ['it comes, with a variable that the module has', body(1), called(`var require = 1; ${body(2)}`)],
  ['it comes, and is given something', body(1), `(function (n) { ${body(2, 'exports.n = n')} })(1);`],
  ['it comes, beside another statement', body(1), `${called(body(2))}\nsetTimeout;`],
  [
    'it goes, from beside another statement',
    `${called(body(1))}\nconst more = 1; exports.more = () => more;`,
    `${body(2)}\nconst more = 1; exports.more = () => more;`,
  ],
  ['it gives way to a block', called(body(1)), `{ ${body(2)} }`],
  [
    'what the module says in a text stays, and is another one',
    `(function () { ${body(1, "exports.all = () => eval('arguments');")} }).call(this);`,
    body(2, "exports.all = () => eval('arguments');"),
  ],
  [
    'what the module is given stays, and is something else',
    called(body(1, 'exports.all = () => arguments;')),
    body(2, 'exports.all = () => arguments;'),
  ],
  [
    'what it says in a text stays, and is another one',
    body(1, "exports.all = () => eval('arguments');"),
    `(function () { ${body(2, "exports.all = () => eval('arguments');")} }).call(this);`,
  ],
  [
    'what it is given stays, and is something else',
    body(1, 'exports.all = () => arguments;'),
    called(body(2, 'exports.all = () => arguments;')),
  ],
  [
    'a variable of CommonJS is written',
    `(function (exports) { ${body(1, 'exports.own = () => exports;')} })(exports);\nexports = null;`,
    `${called(body(2, 'exports.own = () => exports;'))}\nexports = null;`,
  ],
  ['a block goes', `{ ${body(1)} }`, body(2)],
  [
    'a function goes that has no state',
    called('function get() { return 1 }\nmodule.exports = { get };'),
    'function get() { return 2 }\nmodule.exports = { get };\nexports.all = this;',
  ],
  [
    'a block goes that holds what functions put into it',
    '{ const all = []; exports.get = function get() { return all.push(1) } }',
    'const all = []; exports.get = function get() { return all.push(2) }',
  ],
  [
    'what it is given more is known within it',
    `(function () { ${body(1)} })();`,
    `(function (n) { const os = 1; ${body(2, 'exports.n = () => n;')} })(require('node:os').os);\nconst os = 1;`,
  ],
] as const)
  test(`${what}: it is refused`, async () => {
    const { verdicts, patch } = await build({ 'index.js': before }, { 'index.js': after });
    assert.equal(patch, null);
    assert.ok(verdicts.some(({ verdict }) => verdict === 'refused'));
  });
