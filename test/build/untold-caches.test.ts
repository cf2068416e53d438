/** Caches whose names a minifier chose: what code does with them tells that results are kept. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const said = async (name: string, helper = 'function s(t,k,v){t.set(k,[v,1]);return v}'): Promise<readonly string[]> => {
  const text = (part: string): string =>
    `class K{constructor(){this.m=new Map}get(k){return this.m.get(k)}set(k,v){this.m.set(k,v)}}
const ${name}=new K(1e3);${helper}
function p(k){return k+'${part}'}
exports.f=k=>{const[c]=${name}.get(k)||[];if(c)return c;return s(${name},k,p(k))};`;
  const { verdicts } = await build({ 'index.js': text('a') }, { 'index.js': text('b') });
  return verdicts.filter(({ code }) => code === 'results-remembered').map(({ reason }) => reason);
};

test('a table that a function of the module fills for another is one, by any name that says nothing', async () => {
  for (const name of ['a', 'be', 'vr_']) assert.equal((await said(name)).length, 1, name);
});

test('and not by one that says something else, nor where the function does something else with it', async () => {
  assert.deepEqual(await said('sessions'), []);
  assert.deepEqual(await said('a', 'function s(t,k,v){t.all=v;return v}'), []);
});
