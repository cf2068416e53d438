/** Headers of modules in a bundle, which ask whether there is a `module` by the name that the bundler gave it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const ESBUILD = (body: string): string => `var __commonJS = (cb, mod) => function __require() {
  return mod || (0, cb[Object.keys(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports };
var require_u = __commonJS({ 'u.js'(exports2, module2) {
${body}
} });
module.exports = { f: (x) => require_u()(x) };`;
const MINIFIED = (body: string): string =>
  `var q=(t,e)=>()=>(e||t((e={exports:{}}).exports,e),e.exports);var A=q((e,t)=>{\n${body.replaceAll('exports2', 'e').replaceAll('module2', 't')}\n});module.exports={f:x=>A()(x)};`;

const HEADERS = [
  "if (typeof module2 !== 'undefined') module2.exports = code; else window.code = code;",
  "if (typeof module2 !== 'undefined' && typeof exports2 === 'object') { module2.exports = code; } else if (typeof define === 'function') define(() => code);",
  "typeof exports2 === 'object' && typeof module2 !== 'undefined' ? module2.exports = code : globalThis.code = code;",
  'if (module2.exports) { module2.exports = code; } else { window.code = code; }',
];
for (const [name, bundle] of Object.entries({ ESBUILD, MINIFIED }))
  for (const [i, header] of HEADERS.entries())
    test(`${name}: ${header}`, async () => {
      const text = (n: number, end: string): string => bundle(`function code(x) { return x + ${n}; }\n${'\n'.repeat(i)}${end}`);
      const p = await program({ 'index.js': text(1, 'module2.exports = code;') }, { 'index.js': text(2, header) });
      assert.equal(p.exports['f'](1), 2);
      await p.apply();
      assert.equal(p.exports['f'](1), 3);
      assert.ok(p.codes().every((code) => code === 'function-changed'));
      await p.revert();
    });

test('a parameter that the module gives another value before is not known', async () => {
  const text = (n: number, more: string): string =>
    ESBUILD(`function code(x) { return x + ${n}; }\nmodule2.exports = code;\nmodule2 = globalThis.none;\n${more}`);
  const asks = (then: string): string => `if (typeof module2 !== 'undefined') module2.exports.k = 1; else console.log(${then});`;
  const report = await build({ 'index.js': text(1, asks('1')) }, { 'index.js': text(2, asks('2')) });
  assert.ok(report.verdicts.some(({ code }) => code === 'statement-changed'));
});
