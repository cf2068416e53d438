import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instrument } from '../../src/instrument/instrument.ts';
import { parseModule } from '../../src/source/parse.ts';
import { analyzeModule } from '../../src/source/analyze.ts';

for (const text of [
  'const f=async x=>await x',
  'const f=async x=>(await x)',
  'const f = async () => await (await g())',
  'export default async()=>{for(;;)await 1}',
]) {
  test(`the instrumented form parses: ${text}`, () => {
    const outcome = instrument(analyzeModule(text, 'module', 'x.mjs'));
    assert.ok(outcome.ok);
    parseModule(outcome.result.text, 'module', 'x.mjs');
  });
}

test('what leaves a function at its returns stands apart from `return`', async () => {
  const bodies = [
    'return[await 1]',
    'return"1"',
    'await 1;return{}',
    'await 1;return`x`',
    'await 1;return(2,3)',
    'await 1;return/x/',
    'await 1;return!1',
    'await 1;return;',
  ];
  for (const body of bodies) {
    const outcome = instrument(analyzeModule(`async function f(){${body}}`, 'module', 'x.mjs'));
    assert.ok(outcome.ok);
    assert.doesNotMatch(outcome.result.text, /return\$/);
    parseModule(outcome.result.text, 'module', 'x.mjs');
  }
});

test('only async functions that await something pay for an entry that can wait', () => {
  const entry = (text: string): boolean => {
    const outcome = instrument(analyzeModule(text, 'module', 'x.mjs'));
    assert.ok(outcome.ok);
    return outcome.result.text.includes('for(;$lp');
  };
  assert.ok(entry('async function f(){ await g() }'));
  assert.ok(entry('async function f(){ for await (const x of g()); }'));
  assert.ok(!entry('async function f(){ try { return g() } finally { } }'));
  assert.ok(!entry('async function* f(){ yield await 1 }'));
  assert.ok(!entry('function f(){ return g() }'));
});
