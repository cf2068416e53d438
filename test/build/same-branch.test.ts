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
    ["process.type === 'renderer'", "typeof process !== 'undefined' || process.type === 'renderer'"],
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
