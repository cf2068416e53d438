/** Functions around a library that return what a minifier has joined their statements to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';

const library = (version: string, part: string, joined: boolean): string => {
  const statements = [
    `E.version="${version}"`,
    'E.TYPES={}',
    'E.TYPES.a=1',
    'E.list=[]',
    'E.add=function(x){return E.list.push(x),E.list.length}',
    `E.text=function(x){return E.version+${part}+x}`,
  ];
  const code = joined ? `return ${statements.join(',')},E` : `${statements.join(';')};return E`;
  return `(function(r,f){typeof module=="object"?module.exports=f():r.lib=f()})(this,function(){var E={};${code}});`;
};

for (const joined of [true, false])
  test(`a library whose statements ${joined ? 'stand in what is returned' : 'stand by themselves'} goes on as the object that it is`, async () => {
    const p = await program({ 'index.js': library('5.0.2', '"a"', joined) }, { 'index.js': library('5.0.3', '"b"', joined) });
    p.exports['add']('x');
    await p.apply();
    assert.deepEqual([p.exports['version'], p.exports['text']('x'), p.exports['add']('y')], ['5.0.3', '5.0.3bx', 2]);
    await p.revert();
    assert.deepEqual([p.exports['version'], p.exports['text']('x'), p.exports['add']('z')], ['5.0.2', '5.0.2ax', 3]);
  });

test('a statement that returns is no part of what links new code', async () => {
  const text = (n: number): string =>
    `var use=(function(){var t={};var f=function(k){return t[k]};return fill(t,${n}),f})();function fill(t,n){t.a=n}\nexports.of=function(k){return use(k)};`;
  const p = await program({ 'index.js': text(1) }, { 'index.js': text(2) });
  assert.equal(p.exports['of']('a'), 1);
  if (p.report.patch === null) return;
  await p.apply();
  assert.equal(p.exports['of']('a'), 2);
  await p.revert();
});
