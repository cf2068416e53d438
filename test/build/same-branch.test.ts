/** Conditions of the top level that are written otherwise and choose what they chose. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const version = (step: number, condition: string, browser = '1', other = '2'): string =>
  `if (${condition}) { exports.kind = ${browser}; } else { exports.kind = ${other}; }\nexports.f = () => exports.kind + STEP;\nconst STEP = ${step};`;

test('a condition that asks the platform the same in other words', async () => {
  const same: readonly (readonly [string, string])[] = [
    ["typeof process !== 'undefined' && process.type === 'renderer'", "typeof process === 'undefined' || process.type === 'renderer'"],
    ["typeof process === 'undefined'", "!(typeof process === 'object')"],
    ["typeof process < 'u' && process.type === 'renderer'", "typeof process > 'u' || process.type === 'renderer'"],
    ["'undefined' != typeof process && process.type === 'renderer'", "'undefined' == typeof process || process.type === 'renderer'"],
  ];
  for (const [before, after] of same) {
    const p = await program({ 'index.js': version(1, before) }, { 'index.js': version(2, after) });
    assert.deepEqual(p.codes('refused'), [], after);
    assert.equal(p.exports['f'](), 3);
    await p.apply();
    assert.equal(p.exports['f'](), 4);
    await p.revert();
    p.clean();
  }
});

test('one that may choose the other, or where something else differs, has run already', async () => {
  const others: readonly (readonly [string, string, ...string[]])[] = [
    ["typeof process !== 'undefined' && process.type === 'renderer'", "typeof process === 'undefined' || process.type === 'worker'"],
    ["typeof process !== 'undefined' && own", "typeof process === 'undefined' || own"],
    ["process.type === 'renderer'", "typeof process === 'undefined' || process.type === 'renderer'", '3'],
    ["process.type === 'renderer'", "typeof process === 'undefined' || process.type === 'renderer'", '1', '3'],
    // Where there is a window, and what else is asked of a process, is not known here.
    ["process.type === 'renderer'", "typeof window === 'undefined' || process.type === 'renderer'"],
    ["process.type === 'renderer'", "process === 'undefined' || process.type === 'renderer'"],
    ["process.type === 'renderer'", "typeof process < 'undefined' || process.type === 'renderer'"],
    ["process.type === 'renderer'", "typeof process === process.kind || process.type === 'renderer'"],
    ["process.type === 'renderer'", "typeof process.kind === 'undefined' || process.type === 'renderer'"],
    ["process.type === 'renderer'", "void process === 'undefined' || process.type === 'renderer'"],
  ];
  const own = 'const own = Date.now() > 0;\n';
  for (const [before, after, ...values] of others) {
    const { verdicts } = await build({ 'index.js': own + version(1, before) }, { 'index.js': own + version(2, after, ...values) });
    assert.ok(
      verdicts.some(({ code }) => code === 'statement-changed'),
      after,
    );
  }
});

test('a branch more, a branch less, and what is no condition, are other statements', async () => {
  const [was, is] = ["process.type === 'renderer'", "typeof process === 'undefined' || process.type === 'renderer'"];
  const one = (condition: string): string => `if (${condition}) { exports.kind = 1; }\nexports.f = () => 1;`;
  const two = (condition: string): string => one(condition).replace(' }', ' } else { exports.kind = 2; }');
  for (const [before, after] of [
    [one(was), two(is)],
    [two(was), one(is)],
    [`{ exports.kind = ${was}; }`, one(is)],
    [one(was), `while (${is}) { exports.kind = 1; break; }`],
  ] as const) {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    assert.ok(
      verdicts.some(({ code }) => code === 'statement-changed' || code === 'statement-removed'),
      after,
    );
  }
});

const marked = (before: string, around: (body: string) => string): string =>
  `let calls = 0;\n${around(before)}\nexports.f = () => calls + STEP;\nconst STEP = 1;`;
const refusedIn = async (before: string, after: string): Promise<boolean> => {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after.replace('STEP = 1', 'STEP = 2') });
  return verdicts.some(({ code }) => code === 'statement-changed' || code === 'statement-removed');
};
const plain = (body: string): string => body;

test('what has run asks first whether there is a global variable from now on', async () => {
  const call = "performance.mark('x', { detail: calls });";
  const guarded = `if (typeof performance !== 'undefined') { ${call} }`;
  const same: readonly (readonly [string, string, ((body: string) => string)?])[] = [
    [call, guarded],
    [call, `if ('undefined' != typeof performance) ${call}`],
    [call, `typeof performance !== 'undefined' && ${call}`],
    [call, `typeof performance < 'u' && ${call}`],
    [call, `'undefined' != typeof performance && ${call}`],
    ['queueMicrotask(() => { calls++; });', "typeof queueMicrotask === 'function' && queueMicrotask(() => { calls++; });"],
    ['new EventTarget(calls)', "if (typeof EventTarget == 'function') new EventTarget(calls)"],
    [
      'performance.own = { a: calls };',
      "if (typeof performance !== 'undefined') performance.own = { a: calls };",
      (b) => `if (process.pid) { ${b} }`,
    ],
    [
      `${call} process.emit('y');`,
      `if (typeof performance !== 'undefined') { ${call} process.emit('y'); }`,
      (b) => `if (process.pid) { ${b} }`,
    ],
    [call, guarded, (b) => `if (calls) { process.emit('z'); } else if (process.pid) { process.emit('y'); ${b} process.emit('y'); }`],
    [
      `process.emit('y'), ${call}`,
      `process.emit('y'), typeof performance !== 'undefined' && ${call}`,
      (b) => `process.pid && (${b.replaceAll(';', '')})`,
    ],
    [call, guarded, (b) => `(function () { if (process.pid) { ${b} } })();`],
  ];
  for (const [before, after, around = plain] of same) {
    const p = await program({ 'index.js': marked(before, around) }, { 'index.js': marked(after, around).replace('STEP = 1', 'STEP = 2') });
    assert.deepEqual(p.codes('refused'), [], after);
    await p.apply();
    assert.equal(p.exports['f']() >= 2, true);
    await p.revert();
    p.clean();
  }
});

test('what may not have run, or asks for something else first, is another statement', async () => {
  const call = "performance.mark('x');";
  const guarded = `if (typeof performance !== 'undefined') { ${call} }`;
  const others: readonly (readonly [string, string, ((body: string) => string)?])[] = [
    [guarded, call],
    [call, `if (typeof performance === 'undefined') { ${call} }`],
    [call, `if (typeof performance > 'undefined') { ${call} }`],
    [call, `if (void performance !== 'undefined') { ${call} }`],
    [call, `if (typeof performance.mark !== 'undefined') { ${call} }`],
    [call, `if (typeof performance !== undefined) { ${call} }`],
    [call, `if (typeof performance === 'function') { ${call} }`],
    [call, `if (typeof performance !== 'undefined') { ${call} } else { process.emit('x'); }`],
    [call, `if (typeof performance !== 'undefined') { ${call.replace("'x'", "'y'")} }`],
    [call, `${guarded} ${call}`],
    [call, `${guarded} ${guarded}`],
    [`process.emit('x'); ${call}`, `${guarded} process.emit('x');`],
    [`${call} process.emit('x');`, guarded, (b) => `if (process.pid) { ${b} }`],
    [`process.emit('x', performance);`, `if (typeof performance !== 'undefined') { process.emit('x', performance); }`],
    ['own.mark(calls);', "if (typeof own !== 'undefined') { own.mark(calls); }", (b) => `var own = performance; ${b}`],
    [call, guarded, (b) => `try { ${b} } catch {}`],
    [call, guarded, (b) => `try { (function () { ${b} })(); } catch {}`],
    [call, guarded, (b) => `try { (function () { (function () { ${b} })(); })(); } catch {}`],
    [call, guarded, (b) => `if (process.pid) { process.emit('x'); ${b} } else { process.emit('${b.length}'); }`],
  ];
  for (const [before, after, around = plain] of others)
    assert.equal(await refusedIn(marked(before, around), marked(after, around)), true, around(after));
  const bundle = (body: string): string => `module.exports = (() => { var __webpack_modules__ = ({
1: (module, exports) => { ${body} exports.a = 1; }, 2: (module, exports, __webpack_require__) => { exports.f = () => __webpack_require__(1).a } });
var cache = {}; function __webpack_require__(id) { var m = cache[id]; if (m !== undefined) return m.exports; m = cache[id] = { exports: {} }; __webpack_modules__[id](m, m.exports, __webpack_require__); return m.exports }
return __webpack_require__(2); })();`;
  assert.equal(await refusedIn(bundle(call), bundle(guarded)), true, 'a module that may have thrown, and is there all the same');
});
