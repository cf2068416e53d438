/** What functions and classes without a name of their own are called that the patch puts somewhere: as those of a program that starts anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';
import type { Exports } from './harness.ts';

const forms: Readonly<Record<string, readonly [before: string, after: string, shown: string]>> = {
  'a static field': ['class A { z() {} }', 'class A { static held = V; z() {} }', 'A.held'],
  'a static field that is private': ['class A { z() {} }', 'class A { static #held = V; z() { return A.#held } }', 'new A().z()'],
  'a field': ['class A { z() {} }', 'class A { held = V; z() {} }', 'new A().held'],
  'a field that had another value': ['class A { held = 5; z() {} }', 'class A { held = V; z() {} }', 'new A().held'],
  'an entry of what is mixed in': [
    'class A {} Object.assign(A.prototype, { y: 1 });',
    'class A {} Object.assign(A.prototype, { y: 1, held: V });',
    'new A().held',
  ],
  'a property that is assigned': ['class A {}', 'class A {} A.prototype.held = V;', 'new A().held'],
  'a property that is described': ['class A {}', "class A {} Object.defineProperty(A, 'held', { value: V });", 'A.held'],
  'an entry of a table': [
    'class A {} const T = { y: 1 }; exports.T = T;',
    'class A {} const T = { y: 1, held: V }; exports.T = T;',
    'T.held',
  ],
  'an export of a literal': [
    'class A {} module.exports = { A, y: 1 };',
    'class A {} module.exports = { A, y: 1, held: V };',
    'module.exports.held',
  ],
  'an export that is assigned': ['class A {}', 'class A {} exports.held = V;', 'exports.held'],
  'a constant': ['class A {}', 'class A {} const held = V;', 'held'],
};

for (const [what, [before, after, shown]] of Object.entries(forms))
  test(what, async () => {
    for (const value of ['() => 1', 'function () {}', 'class {}', 'function own() {}']) {
      const text = (code: string, own: string): string =>
        `${code.replaceAll(/\bV\b/g, value)}\nmodule.exports.show = () => ${own}; module.exports.A = A; // ${value}`;
      const next = text(after, shown);
      const p = await program({ 'index.js': text(before, '0') }, { 'index.js': next });
      await p.apply();
      const module = { exports: {} as Exports };
      // oxlint-disable-next-line typescript/no-implied-eval -- the same text without a patch
      new Function('module', 'exports', next)(module, module.exports);
      assert.equal(p.exports['show']().name, module.exports['show']().name, value);
      await p.revert();
      p.clean();
    }
  });
