/** Names that a CommonJS module has for its exports, in one version and not in the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const PLAIN = (body: string): string => body;
const BUNDLED = (body: string): string => `var __commonJS = (cb, mod) => function __require() {
  return mod || (0, cb[Object.keys(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports };
var require_lib = __commonJS({ 'lib.js'(exports2, module2) {
${body.replaceAll('module.', 'module2.').replace(/(?<!\.)\bexports\b/g, 'exports2')}
} });
module.exports = require_lib();`;

/** A module that calls its exports `lib`, and has statements that only can be told to be the same by what they say. */
const module = (lib: string, declared: string, step = 1): string => `${declared}
${lib}.cache = { size: 0 };
${lib}.next = () => (${lib}.cache.size += ${step});
${lib}.enable = (stream) => { if (stream) { ${lib}.stream = (n) => ${lib}.next() + n; } };
if (typeof process === 'object' && process.pid) { ${lib}.enable(process); }`;

const FORMS: readonly (readonly [what: string, before: readonly [string, string], after: readonly [string, string]])[] = [
  ['a name for module.exports has gone', ['lib', 'var lib = module.exports;'], ['module.exports', '']],
  ['a name for module.exports has come', ['module.exports', ''], ['lib', 'const lib = module.exports;']],
  ['a name for exports has gone', ['lib', 'var lib = exports;'], ['exports', '']],
  ['a name for exports has come', ['exports', ''], ['lib', 'const lib = exports;']],
  ['a name for exports gave way to module.exports', ['lib', 'var lib = exports;'], ['module.exports', '']],
];
for (const [kind, written] of Object.entries({ plain: PLAIN, bundled: BUNDLED }))
  for (const [what, before, after] of FORMS) {
    // A module of a bundle is only given what it asks for.
    if (kind === 'bundled' && what.includes('gave way')) continue;
    test(`${kind}: ${what}, and nothing else is another`, async () => {
      const change = build({ 'index.js': written(module(...before)) }, { 'index.js': written(module(...after)) });
      await assert.rejects(change, { code: 'ERR_PATCH_EMPTY' });
    });
    test(`${kind}: ${what}, and a function is another`, async () => {
      const p = await program({ 'index.js': written(module(...before)) }, { 'index.js': written(module(...after, 10)) });
      assert.deepEqual([p.exports['next'](), p.exports['stream'](1)], [1, 3]);
      await p.apply();
      assert.deepEqual([p.exports['next'](), p.exports['stream'](1)], [12, 23]);
      assert.deepEqual(
        p.codes().filter((code) => code !== 'function-changed'),
        ['instances-hold'],
      );
      await p.revert();
      assert.equal(p.exports['next'](), 23);
    });
  }

for (const [what, before, after] of [
  [
    'another object is given away',
    'var lib = module.exports;\nlib.a = 1;\nmodule.exports = { a: 2 };',
    'module.exports.a = 1;\nmodule.exports = { a: 3 };',
  ],
  [
    'the name stands for something else within',
    'var lib = module.exports;\nlib.f = () => { use(1); };',
    'module.exports.f = (lib) => { use(lib); };',
  ],
  [
    'the exports go by both',
    'var lib = module.exports;\nmodule.exports.a = 1;\nlib.b = 1;',
    'module.exports.a = 1;\nmodule.exports.b = 2;',
  ],
] as const)
  test(`a module is left as it is written where ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    assert.ok(verdicts.some(({ code }) => code !== 'function-changed'));
  });
