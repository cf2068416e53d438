/** The names that a CommonJS module exports are read from its text: instrumented, it tells the same ones. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'cjs-module-lexer';
import { instrument } from '../../src/instrument/instrument.ts';
import { analyzeModule } from '../../src/source/analyze.ts';

interface Names {
  readonly exports: readonly string[];
  readonly reexports: readonly string[];
}

function namesIn(text: string): Names {
  const { exports, reexports } = parse(text);
  return { exports: [...exports].toSorted(), reexports: [...reexports].toSorted() };
}

function instrumented(text: string, file: string): string | null {
  const outcome = instrument(analyzeModule(text, 'commonjs', file));
  return outcome.ok ? outcome.result.text : null;
}

const define = (getter: string): string => `Object.defineProperty(exports, 'a', { enumerable: true, ${getter} });`;
const FORMS = [
  define('get: function () { return a; }'),
  define('get: function () { return a }'),
  define('get: function a() { return a; },'),
  define('get() { return a; }'),
  define('get: function () { return m.a; }'),
  define("get: function () { return m['a']; }"),
  'Object.defineProperty(module.exports, "a", { get: function() { return a; } });',
  'Object.defineProperty(exports, "a", { value: function () { return 1; } });',
  'exports.a = function () { return 1; };',
  "exports['a'] = () => 1;",
  'module.exports = { a, b: a };\nfunction a() {}',
  '0 && (module.exports = { a: null });\nfunction f() {}',
  "__exportStar(require('./m'), exports);",
  "var m = require('./m');\nObject.keys(m).forEach(function (k) { if (k !== 'default' && !exports.hasOwnProperty(k)) exports[k] = m[k]; });",
  "var m = require('./m');\nObject.keys(m).forEach(function (k) { if (k === 'default' || k === '__esModule') return; Object.defineProperty(exports, k, { enumerable: true, get: function () { return m[k]; } }); });",
];
for (const text of FORMS) {
  test(text, () => {
    const names = namesIn(text);
    assert.ok(names.exports.length + names.reexports.length > 0);
    assert.deepEqual(namesIn(instrumented(text, 'x.cjs')!), names);
  });
}

test('installed packages', () => {
  const root = fileURLToPath(new URL('../../node_modules/', import.meta.url));
  let files = 0;
  let names = 0;
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.c?js$/.test(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    const text = readFileSync(file, 'utf8');
    // Every third: all of them take many seconds.
    if (!text.includes('exports') || text.length > 100_000 || files++ % 3 !== 0) continue;
    let expected: Names;
    try {
      expected = namesIn(text);
    } catch {
      continue;
    }
    const made = instrumented(text, file);
    if (made === null) continue;
    assert.deepEqual(namesIn(made), expected, file);
    names += expected.exports.length;
  }
  assert.ok(names > 1000, `${names} names`);
});
