/** Functions around a module that take other parameters: those that change nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const wrapped = (params: string, given: string, value: string, more = ''): string =>
  `(function (${params}) {\n  ${more}\n  module.exports = function get(n) { return ${value} };\n})(${given});`;

test('a parameter for a global variable by its name, or one that nothing asks for, comes and goes', async () => {
  for (const [before, after] of [
    [wrapped('', '', 'Math.min(n, 1)'), wrapped('Math', 'Math', 'Math.max(n, 2)')],
    [wrapped('Math', 'Math', 'Math.min(n, 1)'), wrapped('', '', 'Math.max(n, 2)')],
    [wrapped('root', 'this', 'Math.min(n, 1)'), wrapped('Math, undefined', 'Math', 'n === undefined ? 0 : Math.max(n, 2)')],
    [wrapped('root, Math', 'this, Math', 'Math.min(n, 1)'), wrapped('root', 'this', 'Math.max(n, 2)')],
    [wrapped('root', 'this', 'Math.min(n, 1)'), wrapped('root, Math', 'this, Math', 'Math.max(n, 2)')],
    [wrapped('', '', 'Math.min(n, 1)'), wrapped('Number', 'Math', 'Number.max(n, 2)')],
    [
      `${wrapped('root', 'this', 'Math.min(n, 1)')}\nvar root = 1;\nvar other = root;`,
      `${wrapped('', '', 'Math.max(n, 2)')}\nvar root = 1;\nvar other = root;`,
    ],
  ] as const) {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    const get = p.exports as unknown as (n: number) => number;
    assert.equal(get(9), 1);
    await p.apply();
    assert.equal(get(9), 9, after);
    assert.equal(get(0), 2, after);
    await p.revert();
    assert.equal(get(9), 1);
  }
});

for (const [what, before, after] of [
  ['a value of its own', wrapped('', '', '1'), wrapped('Math', '{ max: () => 3 }', 'Math.max(n)')],
  ['a variable of the module', `var own = 1;\n${wrapped('', '', '1')}`, `var own = 1;\n${wrapped('own', 'own', 'own')}`],
  ['one that is given another value', wrapped('', '', '1'), wrapped('Math', 'Math', '(Math = null, 1)')],
  ['one that is given nothing', wrapped('', '', '1'), wrapped('Math', '', 'Math')],
  ['one that stands for something else', wrapped('root', '{ a: 1 }', 'root.a'), wrapped('', '', 'root()', 'function root() { return 2 }')],
  ['one that is asked for elsewhere', wrapped('process', '{ pid: 1 }', 'process.pid'), wrapped('', '', 'process.pid')],
  [
    'one of a global variable that is another one there',
    wrapped('Math', 'Math', '1'),
    wrapped('', '', 'Math()', 'function Math() { return 2 }'),
  ],
  ['others in another order', wrapped('a, b', '1, 2', 'a - b'), wrapped('b, a, Math', '2, 1, Math', 'Math.max(a - b)')],
  [
    'all that it is given',
    wrapped('', '', 'arguments.length'),
    wrapped('Math', 'Math', 'Math.max(count)', 'var count = arguments.length;'),
  ],
  ['one of two', `${wrapped('', '', '1')}\n(function () {})();`, wrapped('Math', 'Math', 'Math.max(n)')],
  [
    'one of all that it is given',
    wrapped('', '', 'count', 'var count = arguments.length;'),
    wrapped('Math', 'Math', 'Math.max(count)', 'var count = arguments.length;'),
  ],
  ['one that a text may ask for', wrapped('root', '{ a: 1 }', "eval('root.a')"), wrapped('', '', "eval('typeof root')")],
  ['a call in its place', wrapped('root', 'this', '1'), wrapped('', "require('node:os').cpus()", '2')],
  [
    'one of an arrow function',
    wrapped('', '', '1').replace('function ()', '() =>'),
    wrapped('Math', 'Math', 'Math.max(n)').replace('function (Math)', 'Math =>'),
  ],
  ['one within another', `(function () { ${wrapped('', '', '1')} })();`, `(function () { ${wrapped('Math', 'Math', 'Math.max(n)')} })();`],
  [
    'one of a function that another one calls',
    'const run = (make) => make();\nrun(function (make) { module.exports = function get(n) { return 1 } });',
    'const run = (make) => make();\nrun(function (make, Math) { module.exports = function get(n) { return Math } }, Math);',
  ],
  ['one in an object', wrapped('', '', '1'), wrapped('{ max }', 'Math', 'max(n)')],
] as const)
  test(`${what}: it is refused`, async () => {
    const { verdicts, patch } = await build({ 'index.js': before }, { 'index.js': after });
    assert.equal(patch, null);
    assert.ok(verdicts.some(({ code }) => /^(?:wrapper-changed|closure-out-of-reach|name-out-of-reach|statement-changed)$/.test(code)));
  });
