/** Tables in static fields: those of a class that has a name are changed in place, however the class and the field are written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';

const methods = 'static put(key) { this.map[key] = 1 }\nstatic has(key) { return key in this.map }';
const helper = (name: string): string =>
  `function ${name}(obj, key, value) { Object.defineProperty(obj, key, { value, enumerable: true, configurable: true, writable: true }); return obj; }`;

const written: Readonly<Record<string, string>> = {
  'of a class that has another name inside': `var C = class _C {\nstatic map = TABLE;\n${methods}\n};\nmodule.exports = C;`,
  'of a class that a module in a bundle makes': `var __esm = (fn, res) => function __init() { return fn && (res = (0, fn[Object.keys(fn)[0]])(fn = 0)), res };
var C;\nvar init_c = __esm({ 'c.js'() { C = class _C {\nstatic map = TABLE;\n${methods}\n} } });\ninit_c();\nmodule.exports = C;`,
  'that esbuild defines': `${helper('__publicField')}\nclass C {\n${methods}\n}\n__publicField(C, 'map', TABLE);\nmodule.exports = C;`,
  'that Babel defines in a wrapper': `(function () {\n${helper('_defineProperty')}\nclass C {\n${methods}\n}\n_defineProperty(C, "map", TABLE);\nmodule.exports = C;\n})();`,
};

const versions = (text: string): readonly [string, string] => [text.replace('TABLE', '{}'), text.replace('TABLE', 'Object.create(null)')];

for (const [what, text] of Object.entries(written))
  test(`one ${what}: what the program has put there stays`, async () => {
    const [before, after] = versions(text);
    const p = await program({ 'index.js': before }, { 'index.js': after });
    const C = p.exports as unknown as { put(key: string): void; has(key: string): boolean };
    C.put('x');
    await p.apply();
    assert.deepEqual([C.has('x'), C.has('toString'), p.codes()], [true, false, ['table-changed']]);
    await p.revert();
    assert.deepEqual([C.has('x'), C.has('toString')], [true, true]);
  });

test('one of a class that nothing names begins anew, and the report says so', async () => {
  const [before, after] = versions(`exports.C = class {\nstatic map = TABLE;\n${methods}\n};`);
  const p = await program({ 'index.js': before }, { 'index.js': after });
  assert.deepEqual(p.codes('warning'), ['value-copied']);
});
