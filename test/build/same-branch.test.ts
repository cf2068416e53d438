/** Conditions of the top level that are written otherwise and choose what they chose. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const version = (step: number, condition: string, browser = '1'): string =>
  `if (${condition}) { exports.kind = ${browser}; } else { exports.kind = 2; }\nexports.f = () => exports.kind + STEP;\nconst STEP = ${step};`;

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
  const others: readonly (readonly [string, string, string?])[] = [
    ["typeof process !== 'undefined' && process.type === 'renderer'", "typeof process === 'undefined' || process.type === 'worker'"],
    ["process.type === 'renderer'", "typeof process !== 'undefined' || process.type === 'renderer'"],
    ["typeof process !== 'undefined' && own", "typeof process === 'undefined' || own"],
    ["process.type === 'renderer'", "typeof process === 'undefined' || process.type === 'renderer'", '3'],
  ];
  for (const [before, after, browser] of others) {
    const own = 'const own = Date.now() > 0;\n';
    const { verdicts } = await build({ 'index.js': own + version(1, before) }, { 'index.js': own + version(2, after, browser) });
    assert.ok(
      verdicts.some(({ code }) => code === 'statement-changed'),
      after,
    );
  }
});
