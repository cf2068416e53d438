/** Pieces of a minified bundle, whose names are but for a hash, and whose variables have other names in each build. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const counting = ([n, f, x, s]: string, more = ''): string =>
  `var ${n}=0;function ${f}(${x}){${more}return ${n}++,${x}.length<10?"good "+${n}:"long "+${n}}var ${s}=class{#t=new Map;put(k,v){return this.#t.set(k,v),this.#t.size}};exports.check=${f};exports.store=new ${s};`;
const other = (n: string): string =>
  `var ${n}={one:"first of all",two:"second"};exports.nameOf=function(k){return ${n}[k]??"none of them"};exports.all=()=>Object.keys(${n});`;
const entry = (first: string, second: string): string =>
  `var a=require("./${first}"),b=require("./${second}");exports.check=x=>a.check(x)+" "+a.store.put(x,1)+" "+b.nameOf("one");`;

for (const [first, second] of [
  ['BZJR63AY', 'U32OZUOM'],
  ['QWKXMBGL', 'ZKLRRPAB'],
] as const)
  test(`a module of ${first} goes on as the one of another hash`, async () => {
    const p = await program(
      {
        'index.js': entry('chunk-C263QGDQ.js', 'chunk-6HFSH2TN.js'),
        'chunk-C263QGDQ.js': counting('nfxs'),
        'chunk-6HFSH2TN.js': other('n'),
      },
      {
        'index.js': entry(`chunk-${first}.js`, `chunk-${second}.js`),
        'chunk-C263QGDQ.js': null,
        'chunk-6HFSH2TN.js': null,
        [`chunk-${first}.js`]: counting('eirt', 'if(typeof r!="string")throw new TypeError("no text");'),
        [`chunk-${second}.js`]: other('z'),
      },
    );
    assert.equal(p.exports['check']('ab'), 'good 1 1 first of all');
    await p.apply();
    assert.equal(p.exports['check']('cd'), 'good 2 2 first of all');
    assert.throws(() => p.exports['check'](1), /no text/);
    assert.deepEqual(p.patch.added, []);
    await p.revert();
    assert.equal(p.exports['check']('ef'), 'good 3 3 first of all');
  });

test('one that has little of what it was is another', async () => {
  const { verdicts } = await build(
    { 'index.js': 'exports.a=require("./chunk-C263QGDQ.js");', 'chunk-C263QGDQ.js': counting('nfxs') },
    { 'index.js': 'exports.a=require("./chunk-BZJR63AY.js");', 'chunk-BZJR63AY.js': other('n') },
  );
  assert.ok(!verdicts.some(({ code }) => code === 'file-moved'));
});
