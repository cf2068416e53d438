/** Modules of a minified bundle that changed, where others come that are like them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';

const HELPER = 'var q=(t,e)=>()=>{try{return e||t((e={exports:{}}).exports,e),e.exports}catch(o){throw e=0,o}};';

/** A module that counts its calls, and what else it does. */
const counting = (name: string, more: string): string =>
  `var ${name}=q((e,t)=>{"use strict";var n=0;t.exports=function(r){if(typeof r!="string")throw new TypeError("Expected a string");n++;return n+":"+r.replace(/([a-z])([A-Z])/g,"$1_$2").toLowerCase().trim()${more}}});`;
const escaping = (name: string): string =>
  `var ${name}=q((c,s)=>{"use strict";var a=/[|()[\\]^$]/g;s.exports=function(r){if(typeof r!="string")throw new TypeError("Expected a string");return r.replace(a,"-$&")}});`;

test('a module goes on as the one that it has most in common with, wherever another one comes', async () => {
  for (const [i, order] of [
    [escaping('A'), counting('B', '+A()("(")')],
    [counting('B', '+A()("(")'), escaping('A')],
  ].entries()) {
    const p = await program(
      { 'index.js': `${HELPER}${counting('A', '')}module.exports=A();${'\n'.repeat(i)}` },
      { 'index.js': `${HELPER}${order.join('')}module.exports=B();${'\n'.repeat(i)}` },
    );
    const f = p.exports as unknown as (text: string) => string;
    assert.equal(f('aB'), '1:a_b');
    await p.apply();
    assert.equal(f('aB'), '2:a_b-(');
    await p.revert();
    assert.equal(f('aB'), '3:a_b');
  }
});

test('and where the one that it was taken for has gone', async () => {
  const before = [escaping('A'), counting('B', '+A()("(")')].join('');
  const p = await program(
    { 'index.js': `${HELPER}${before}module.exports=B();\n\n` },
    { 'index.js': `${HELPER}${counting('A', '+"-("')}module.exports=A();\n\n` },
  );
  const f = p.exports as unknown as (text: string) => string;
  assert.equal(f('aB'), '1:a_b-(');
  await p.apply();
  assert.equal(f('aB'), '2:a_b-(');
  await p.revert();
});
