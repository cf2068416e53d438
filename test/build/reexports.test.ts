/** What compilers make of exports of other modules: the helper and the way change with the compiler's version. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transformSync } from 'esbuild';
import { build, program } from './harness.ts';

const OLD = `"use strict";
function __export(m) {
    for (var p in m) if (!exports.hasOwnProperty(p)) exports[p] = m[p];
}
Object.defineProperty(exports, "__esModule", { value: true });
var one_1 = require("./one");
exports.One = one_1.One;
exports.two = one_1.two;
__export(require("./decorators"));
function f() { return 1 }
exports.f = f;
`;
const NEW = `"use strict";
var __createBinding = (this && this.__createBinding) || (Object.create ? (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    Object.defineProperty(o, k2, { enumerable: true, get: function() { return m[k]; } });
}) : (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    o[k2] = m[k];
}));
var __exportStar = (this && this.__exportStar) || function(m, exports) {
    for (var p in m) if (p !== "default" && !exports.hasOwnProperty(p)) __createBinding(exports, m, p);
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.f = exports.two = exports.One = void 0;
var one_1 = require("./one");
Object.defineProperty(exports, "One", { enumerable: true, get: function () { return one_1.One; } });
Object.defineProperty(exports, "two", { enumerable: true, get: function () { return one_1.three; } });
__exportStar(require("./added"), exports);
__exportStar(require("./decorators"), exports);
function f() { return 2 }
exports.f = f;
`;

test('another version of TypeScript, and a module more whose names are given away', async () => {
  const files = {
    'index.js': OLD,
    'one.js': 'exports.One = class One {}; exports.two = 2; exports.three = 3',
    'decorators.js': 'exports.kept = () => 1',
  };
  const p = await program(files, { 'index.js': NEW, 'added.js': 'exports.more = () => 4; exports.f = () => 5; exports.default = 6' });
  const { One, kept } = p.exports;
  await p.apply();
  const { f, two, more } = p.exports;
  assert.deepEqual(
    [p.exports['One'] === One, p.exports['kept'] === kept, f(), two, more(), p.exports['default']],
    [true, true, 2, 3, 4, undefined],
  );
  await p.revert();
  assert.deepEqual([Object.keys(p.exports), p.exports['two'], p.exports['f']()], [['One', 'two', 'kept', 'f'], 2, 1]);
});

test('what a getter gives is what an assignment gave: nothing changes', async () => {
  const files = { 'index.js': `${OLD.replace('exports.two = one_1.two;\n', '')}`, 'one.js': 'exports.One = 1', 'decorators.js': '' };
  const p = await program(files, {
    'index.js': OLD.replace(
      'exports.One = one_1.One;',
      'Object.defineProperty(exports, "One", { enumerable: true, get: () => one_1.One });',
    )
      .replace('exports.two = one_1.two;\n', '')
      .replace('return 1', 'return 2'),
  });
  assert.deepEqual(p.codes(), ['function-changed']);
});

test('what another module gave away, through a getter, becomes a value of the module', async () => {
  const files = { 'one.js': 'exports.One = class One {}', 'all.js': 'exports.all = 5' };
  const source = (first: string, last: string): string => `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
${first}
var one_1 = require("./one");
${last}
`;
  const getter = (value: string): string =>
    `Object.defineProperty(exports, "One", { enumerable: true, get: function () { return ${value}; } });`;
  const assigned = 'exports.One = void 0;';
  const p = await program(
    { 'index.js': source(assigned, getter('one_1.One')), ...files },
    { 'index.js': source(assigned, 'exports.One = require("./all");') },
  );
  const { One } = p.exports;
  assert.equal(typeof One, 'function');
  await p.apply();
  assert.deepEqual([p.exports['One'], p.codes()], [{ all: 5 }, ['export-changed', 'value-copied']]);
  await p.revert();
  assert.equal(p.exports['One'], One);
  // What a getter alone has defined stays as it is, and who holds a function of the module holds that.
  for (const [first, before] of [
    ['', getter('one_1.One')],
    [assigned, `${getter('own')} function own() { return 1 }`],
  ] as const) {
    const refused = await build(
      { 'a.js': source(first, before), ...files },
      { 'a.js': source(first, 'exports.One = require("./all");'), ...files },
    );
    assert.deepEqual(
      [refused.patch, refused.verdicts.find(({ verdict }) => verdict === 'refused')?.code],
      [null, 'value-replaced'],
      before,
    );
  }
});

test('what esbuild makes of `export *`: a name more of the module behind it reaches who asks for it through the others', async () => {
  const compiled = (text: string): string => transformSync(text, { format: 'cjs' }).code;
  const files = (one: string, main: string): Record<string, string> => ({
    'index.js': compiled(
      `import * as all from './all.js'; export const f = () => ${main}; export * from './all.js'; export const own = 1;`,
    ),
    'one.js': compiled(one),
    'two.js': compiled('export const two = 2;'),
    'all.js': compiled("export * from './one.js'; export * from './two.js'; export { f as g } from './one.js';"),
  });
  const p = await program(files('export const f = () => 1;', 'all.f()'), {
    ...files('export const f = () => 2; export const more = () => 3; export const own = 4;', '[all.f(), all.g(), all.two, all.more()]'),
  });
  const { f } = p.exports;
  assert.equal(f(), 1);

  await p.apply();
  assert.deepEqual([f(), p.exports['f'](), p.exports['more'](), p.exports['own']], [[2, 2, 2, 3], [2, 2, 2, 3], 3, 1]);
  await p.revert();
  assert.deepEqual([f(), p.exports['more'], p.exports['two']], [1, undefined, 2]);
});

test('a star more, as esbuild writes it, is refused', async () => {
  const compiled = (text: string): string => transformSync(text, { format: 'cjs' }).code;
  const files = (text: string): Record<string, string> => ({
    'index.js': compiled(text),
    'one.js': 'exports.one = 1',
    'two.js': 'exports.two = 2',
  });
  const { verdicts } = await build(files("export * from './one.js';"), files("export * from './one.js'; export * from './two.js';"));
  assert.ok(verdicts.some(({ verdict, code }) => verdict === 'refused' && code === 'statement-changed'));
});
