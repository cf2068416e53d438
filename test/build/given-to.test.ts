/** Functions and classes that a call is given, ahead of which the new version has another: each stays that of what is given the result. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';
import type { Exports } from './harness.ts';

const WRAP = 'const wrap = (f) => f;\n';
const KEPT = { index: 'index.js', module: 'index.mjs' } as const;

/** What one of them is written as, by its name and its value. */
type Write = (name: string, value: string) => string;
type Read = (exports: Exports, name: string) => unknown;

const CASES: readonly (readonly [what: string, head: string, write: Write, read: Read, format?: keyof typeof KEPT])[] = [
  ['a variable', WRAP, (n, v) => `const ${n} = wrap((x) => ${v}); exports.${n} = ${n};`, (e, n) => e[n](1)],
  ['a variable of a module', WRAP, (n, v) => `export const ${n} = wrap((x) => ${v});`, (e, n) => e[n](1), 'module'],
  ['an export', WRAP, (n, v) => `exports.${n} = wrap(function (x) { return ${v}; });`, (e, n) => e[n](1)],
  ['an export, by two calls', WRAP, (n, v) => `exports.${n} = wrap(wrap((x) => ${v}));`, (e, n) => e[n](1)],
  [
    'a method of a prototype',
    `${WRAP}function K() {} exports.K = K;\n`,
    (n, v) => `K.prototype.${n} = wrap((x) => ${v});`,
    (e, n) => new e['K']()[n](1),
  ],
  ['the exports in one object', WRAP, (n, v) => `${n}: wrap((x) => ${v}),`, (e, n) => e[n](1)],
  ['a class', WRAP, (n, v) => `exports.${n} = wrap(class { m(x) { return ${v}; } });`, (e, n) => new e[n]().m(1)],
  [
    'what new gives',
    'class Box { constructor(f) { this.f = f; } }\n',
    (n, v) => `exports.${n} = new Box((x) => ${v});`,
    (e, n) => e[n].f(1),
  ],
  [
    'nothing, but by a text',
    'const set = (o, name, f) => { o[name] = f; };\nconst own = {}; exports.own = own;\n',
    (n, v) => `set(own, '${n}', (x) => ${v});`,
    (e, n) => e['own'][n](1),
  ],
];

for (const [what, head, write, read, format = 'index'] of CASES)
  test(`given to ${what}`, async () => {
    const isObject = what.endsWith('object');
    const text = (...all: string[]): string => head + (isObject ? `module.exports = { ${all.join(' ')} };` : all.join('\n'));
    const file = KEPT[format];
    const p = await program(
      { [file]: text(write('first', 'x + 1'), write('second', 'x + 2')) },
      { [file]: text(write('before', 'x * 7'), write('first', 'x * 10'), write('second', 'x * 20')) },
    );
    const see = (name: string): unknown => read(p.exports, name);
    const seen = (): unknown[] => [see('first'), see('second')];
    assert.deepEqual(seen(), [2, 3]);
    await p.apply();
    assert.deepEqual(seen(), [10, 20]);
    if (format === 'index') assert.equal(see('before'), 7);
    await p.revert();
    assert.deepEqual(seen(), [2, 3]);
  });

test('the default export of a module', async () => {
  const p = await program(
    { 'index.mjs': `${WRAP}export default wrap((x) => x + 2);` },
    { 'index.mjs': `${WRAP}export const before = wrap((x) => x * 7);\nexport default wrap((x) => x * 20);` },
  );
  await p.apply();
  assert.equal(p.exports['default'](1), 20);
});

test('a module of a bundle in front of which another has come', async () => {
  const text = (
    more: string,
    n: number,
    asks: string,
  ): string => `var wrap = (cb, mod) => () => (mod || (cb((mod = { exports: {} }).exports, mod), cb = null), mod.exports);
${more}var require_a = wrap(((exports) => { exports.f = () => ${n}; }));
${asks}const a = require_a();
exports.of = () => [${asks ? 'z.f(), ' : ''}a.f()];`;
  const p = await program(
    { 'index.js': text('', 2, '') },
    { 'index.js': text('var require_z = wrap(((exports) => { let n = 5; exports.f = () => n; }));\n', 1, 'const z = require_z();\n') },
  );
  await p.apply();
  assert.deepEqual(p.exports['of'](), [5, 1]);
});
