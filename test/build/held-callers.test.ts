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
