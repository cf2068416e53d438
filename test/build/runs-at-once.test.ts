/** Closures that are given to a function of the module which does no more with them than to call them before it returns. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const CALL = 'each(list, (one) => { found.push($) });';
const module = (each: string, value: string, more = '', call = CALL): string => `const kept = []; exports.kept = kept;
const later = (run) => { kept.push(run) };
${each}
exports.run = (list) => { const found = []; ${more}${call.replace('$', value)} return found; };`;

/** What is said of the closure, which comes to use a variable that those of the old code do not hold. */
async function said(each: string, call = CALL): Promise<string> {
  const after = module(each, 'one + extra', 'const extra = list.length; ', call);
  const { verdicts } = await build({ 'index.js': module(each, 'one', '', call) }, { 'index.js': after });
  const row = verdicts.find(({ path, code }) => path.startsWith('exports.run/') && code !== 'function-added');
  return `${row?.code} ${row?.reason}`;
}

const CARRIED = 'function-changed carried by the function around it: it is only called while that runs';

test('they are carried by the function around them', async () => {
  for (const each of [
    'function each(list, visit) { for (const one of list) visit(one); }',
    'const each = (list, visit) => { for (const one of list) if (visit(one) === false) return one; };',
  ])
    assert.equal(await said(each), CARRIED, each);
});

const OTHERS: Readonly<Record<string, string>> = {
  'is async': 'async function each(list, visit) { await null; visit(list); }',
  'is a generator': 'function* each(list, visit) { yield; visit(list); }',
  'keeps it': 'function each(list, visit) { kept.push(visit); visit(list); }',
  'gives it back': 'function each(list, visit) { visit(list); return visit; }',
  'calls it later': 'function each(list, visit) { later(() => visit(list)); }',
  'has its arguments': 'function each(list, visit) { kept.push(arguments); visit(list); }',
  'puts another in its place': 'function each(list, visit) { visit = later(visit) ?? visit; visit(list); }',
  'takes a list of them': 'function each(list, ...visits) { later(visits); }',
  'takes it apart': 'function each(list, { length }) { return length; }',
  'takes fewer': 'function each(list) { later(arguments); }',
  'sees it in an eval': "function each(list, visit) { eval('later(visit)'); visit(list); }",
  'may be another': 'let each = (list, visit) => { visit(list); }; exports.set = (other) => { each = other };',
  'comes from elsewhere': "const { each } = require('node:util');",
};

for (const [what, each] of Object.entries(OTHERS)) test(`not where that ${what}`, async () => assert.notEqual(await said(each), CARRIED));

test('nor where it is no name that is called, nor known as which argument', async () => {
  const each = 'function each(list, visit) { for (const one of list) visit(one); } const lib = { each };';
  for (const call of [CALL.replace('each', 'lib.each'), CALL.replace('(list,', '(...[list],'), CALL.replace('each', 'new each')])
    assert.notEqual(await said(each, call), CARRIED, call);
});

test('so are those that a name stands for which is given to a method of lists or texts alone', async () => {
  const own = 'const visit = (one) => { found.push($) }; ';
  for (const call of ['list.forEach(visit);', "'a'.replace(/a/g, visit);", 'const inner = (one) => visit(one); list.map(inner);'])
    assert.equal(await said('', own + call), CARRIED, call);
  for (const call of [
    'list.reduce((all) => all, visit);',
    'later(visit);',
    'list.push(visit);',
    'list.map(later, visit);',
    'kept[0] = () => list.map(visit);',
  ])
    assert.notEqual(await said('', own + call), CARRIED, call);
});

test('calls that begin run the new one, and those of the old function around them the old one', async () => {
  const each = 'function each(list, visit) { for (const one of list) visit(one); }';
  const p = await program({ 'index.js': module(each, 'one') }, { 'index.js': module(each, 'one + extra', 'const extra = list.length; ') });
  const { run } = p.exports;
  assert.deepEqual(run([1, 2]), [1, 2]);
  await p.apply();
  assert.deepEqual(run([1, 2]), [3, 4]);
  await p.revert();
  assert.deepEqual(run([1, 2]), [1, 2]);
});
