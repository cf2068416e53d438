/** How functions are named: the paths that patches match by. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyzeModule } from '../../src/source/analyze.ts';

const paths = (text: string, format: 'commonjs' | 'module' = 'module'): string[] =>
  analyzeModule(text, format, 'x.js')
    .functions.slice(1)
    .map((fn) => fn.path);

test('declarations, variables and exports are named by their names', () => {
  assert.deepEqual(paths('function a(){} const b = () => 1; export const c = function d(){}; export default function(){}'), [
    'a',
    'b',
    'c',
    'default',
  ]);
});

test('class members say whether they are static, private or accessors', () => {
  assert.deepEqual(
    paths('class S { constructor(){} handle(){} static create(){} #p(){} get x(){return 1} set x(v){} y = 1; z = () => 1; static { } }'),
    ['S#constructor', 'S#handle', 'S.create', 'S##p', 'S#get x', 'S#set x', 'S#y=', 'S#z=', 'S#z=/z', 'S.<static>'],
  );
});

test('assignments and object literals give the chain they stand in', () => {
  assert.deepEqual(
    paths(
      'exports.parse = function(){}; Foo.prototype.bar = () => 1; module.exports = { a(){}, b: function(){}, c: { d: () => 1 } }; const api = { get(){} }',
      'commonjs',
    ),
    ['exports.parse', 'Foo.prototype.bar', 'module.exports.a', 'module.exports.b', 'module.exports.c.d', 'api.get'],
  );
});

test('callbacks are named by what they are given to, nested functions by the way to them', () => {
  assert.deepEqual(
    paths("function createPool(){ acquire(() => {}); return function inner(){ } } app.get('/users', (req) => {}); items.map(x => x)"),
    ['createPool', 'createPool/<acquire>', 'createPool/inner', '<get "/users">', '<map>'],
  );
});

test('a path that occurs again gets an ordinal', () => {
  assert.deepEqual(paths('[].map(() => 1); [].map(() => 2); class A { m(){} } { class A { m(){} } }'), [
    '<map>',
    '<map>@2',
    'A#constructor',
    'A#m',
    'A@2#constructor',
    'A@2#m',
  ]);
});

test('functions called in place are so named', () => {
  assert.deepEqual(paths('(function(){ function inner(){} })(); (() => {})(); (function named(){}).call(1)'), [
    '<iife>',
    '<iife>/inner',
    '<iife>@2',
    'named',
  ]);
});
