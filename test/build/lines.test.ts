/** On which lines errors of new code are said to be thrown: those of the new file. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';

const gap = '\n'.repeat(8);
const throwing = 'throw new Error("here");';

/** The lines of the frames of new code, innermost first. */
async function frames(was: string, now: string): Promise<number[]> {
  const p = await program({ 'index.js': was }, { 'index.js': now });
  await p.apply();
  try {
    p.exports['f'](1);
  } catch (error) {
    return [...(error as Error).stack!.matchAll(/index\.js\?livepatch=[^:]*:(\d+):/g)].map(([, line]) => Number(line));
  } finally {
    await p.revert();
  }
  throw new Error('nothing was thrown');
}

const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

for (const [what, before, after] of [
  ['a function on the first line', 'exports.f = (n) => { return n; };', `exports.f = (n) => { ${throwing} };`],
  ['a function that has moved down', 'exports.f = (n) => { return n; };', `${gap}exports.f = (n) => {\n  ${throwing}\n};`],
  [
    'a function that a new constant further down holds',
    'exports.f = (n) => {\n  return n;\n};',
    `exports.f = (n) => {\n  return help(n);\n};${gap}const help = (n) => {\n  ${throwing}\n};`,
  ],
  [
    'a function that a new constant further down holds, of two',
    'exports.f = (n) => {\n  return n;\n};',
    `exports.f = (n) => {\n  return help(n);\n};${gap}const other = function () { return 1; };\nconst help = (n) => {\n  other();\n  ${throwing}\n};`,
  ],
  [
    'a function that is declared further down',
    'exports.f = (n) => {\n  return n;\n};',
    `exports.f = (n) => {\n  return help(n);\n};${gap}function help(n) {\n  ${throwing}\n}`,
  ],
  [
    'a function with a new value further down',
    'exports.f = (n) => {\n  return n;\n};',
    `exports.f = (n) => {\n  if (n < LIMIT) ${throwing}\n};${gap}const LIMIT = [10, 20].length * 5;`,
  ],
  [
    'a function with a new value above',
    'exports.f = (n) => {\n  return n;\n};',
    `${gap}const LIMIT = [10,\n 20].length * 5;\nexports.f = (n) => {\n  if (n < LIMIT) ${throwing}\n};`,
  ],
] as const)
  test(`${what} is said to be where it is`, async () => {
    const expected = [lineOf(after, throwing), ...(after.includes('help(n);') ? [lineOf(after, 'help(n);')] : [])];
    assert.deepEqual(await frames(before, after), expected);
  });
