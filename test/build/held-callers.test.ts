/** Callers that hold a function which takes its arguments otherwise in the new version. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, patched } from './harness.ts';

const codes = async (before: string, after: string): Promise<string[]> => {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  return verdicts.map(({ code }) => code).filter((code) => code === 'value-replaced' || code === 'arguments-unseen');
};

const rule = (head: string, given: string, body = 'x'): string => `function rule(${head}) { return ${body} }
exports.use = (md) => { md.rule = ${given}; return md };`;

test('one that is given to a table with its arguments in another place', async () => {
  assert.deepEqual(await codes(rule('x', 'rule'), rule('md, x', 'rule.bind(null, md)', 'x + md.y')), ['value-replaced']);
  assert.deepEqual(await codes(rule('x', 'rule'), rule('md, x', '(x) => rule(md, x)', 'x + md.y')), ['value-replaced']);
  const listener = (head: string, given: string): string =>
    `const { EventEmitter } = require('events');\nconst heard = (${head}) => { last = x };\nlet last;\nexports.on = (own) => new EventEmitter().on('x', ${given});`;
  assert.deepEqual(await codes(listener('x', 'heard'), listener('own, x', 'heard.bind(null, own)')), ['value-replaced']);
});

test('one that is given away without an argument that the new version cannot do without', async () => {
  assert.deepEqual(await codes(rule('x', 'rule'), rule('x, md', '(x) => rule(x, md)', 'x + md.y')), ['value-replaced']);
  assert.deepEqual(await codes(rule('x', 'rule'), rule('x, { y }', '(x) => rule(x, md)', 'x + y')), ['value-replaced']);
  for (const body of ['md ? x + md.y : x', 'x + md?.y', 'md'])
    assert.deepEqual(await codes(rule('x', 'rule'), rule('x, md', '(x) => rule(x, md)', body)), ['arguments-unseen'], body);
  assert.deepEqual(await codes(rule('x', 'rule'), rule('x, md = {}', '(x) => rule(x, md)', 'x + md.y')), ['arguments-unseen']);
});

test('those that call it while they are given it, or get the new version in the same way, are no such callers', async () => {
  const each = (head: string, given: string): string => `function twice(${head}) { return x * 2 }
const run = (f, x) => f(x);
exports.all = (list, by) => list.map(${given}).concat(run(${given}, 1));`;
  const p = await patched(each('x', 'twice'), each('by, x', '(x) => twice(by, x)'));
  assert.deepEqual(p.exports['all']([1, 2], 3), [2, 4, 2]);
  assert.deepEqual(p.codes('refused'), []);
  const { use } = (await patched(rule('x, y', 'rule'), rule('y, x', 'rule'))).exports;
  assert.equal(use({}).rule(1, 2), 2);
  assert.deepEqual(await codes(rule('x, y', 'null', 'rule(x, y)'), rule('y, x', 'null', 'rule(y, x)')), []);
});

for (const [what, run] of [
  ['keeps it', 'let kept;\nconst run = (f, x) => { kept = f; return f(x); };'],
  ['keeps all it is given', 'let kept;\nfunction run(f, x) { kept = arguments; return f(x); }'],
  ['calls it when something has come', 'const run = async (f, x) => { await x; return f(x); };'],
  ['calls it when it is asked for more', 'const run = function* (f, x) { yield x; yield f(x); };'],
  ['gives what calls it', 'const run = (f, x) => () => f(x);'],
  ['calls another in its place', 'const run = (f, x) => { f = f.bind(null); return f(x); };'],
  ['hands it on', "const run = (f, x) => require('util').promisify(f)(x);"],
  ['is made with it', 'class run { constructor(f) { this.f = f; } }'],
  ['takes it out of a pattern', 'const run = ([f], x) => f(x);'],
  ['is of another module', "const run = require('util').promisify;"],
] as const)
  test(`one that is given to what ${what}`, async () => {
    const made = run.startsWith('class') ? 'new run' : 'run';
    const source = (head: string, given: string): string =>
      `function twice(${head}) { return x * 2 }\n${run}\nexports.all = (by) => ${made}(${given}, 1);`;
    const after = source('by, x', '(x) => twice(by, x)');
    assert.deepEqual(await codes(source('x', 'twice'), after), ['value-replaced']);
  });

test('one that is given to a method whose name is computed, or that is written where it is given away', async () => {
  const named = (head: string, given: string): string =>
    `function twice(${head}) { return x * 2 }\nexports.all = (list, how, by) => list[how](${given});`;
  assert.deepEqual(await codes(named('x', 'twice'), named('by, x', '(x) => twice(by, x)')), ['value-replaced']);
  const early = (head: string, given: string): string =>
    `function twice(${head}) { return x * 2 }\nexports.all = (list, by) => { const [one] = [${given}]; return one(1); };`;
  assert.deepEqual(await codes(early('x', 'twice'), early('by, x', '(x) => twice(by, x)')), ['value-replaced']);
});

test('a parameter that only gains a default, and one that the old code called by itself', async () => {
  const own = (head: string): string => `function twice(${head}) { return x * 2 }\nexports.all = (by) => twice(by);`;
  assert.deepEqual(await codes(own('x'), own('by, x')), []);
  assert.deepEqual(await codes(rule('x, y', 'rule'), rule('x = 1, y = 2', 'rule')), []);
  assert.deepEqual(await codes(rule('x, y', 'rule'), rule('x, y = 2', '(x, y) => rule(x, y)')), []);
});
