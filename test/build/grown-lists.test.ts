/** Lists that are written out at the top level, which has more in the new version, and the statements that go through them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

interface Parts {
  readonly list: string;
  readonly each?: string;
  readonly call?: string;
  readonly more?: string;
  readonly step?: number;
  readonly behind?: string;
}

const PUT = '(name) => { Box.prototype[name] = function () { return [this.of, name]; }; }';

const version = ({ list, each = PUT, call = 'forEach', more = '', step = 1, behind = '' }: Parts): string => `const STEP = ${step};
const log = [];
class Box { constructor(of) { this.of = of } }
${list}.${call}(${each}${more});
exports.Box = Box;
exports.log = log;
exports.put = (one) => log.push(one);
exports.step = () => STEP;
${behind}`;

const BEFORE = "['a', 'b']";

for (const [what, list] of [
  ['at the end', "['a', 'b', 'c']"],
  ['among others, where each is put under its own name', "['c', 'a', 'd', 'b']"],
] as const)
  test(`what a list gains ${what}`, async () => {
    const p = await program({ 'index.js': version({ list: BEFORE }) }, { 'index.js': version({ list }) });
    assert.deepEqual(p.codes('carried'), ['table-filled']);
    const { prototype } = p.exports['Box'];
    const box = new p.exports['Box'](1);
    const own = (): string => 'own';
    const { b } = prototype;
    prototype.a = own;
    await p.apply();
    assert.deepEqual(box.c(), [1, 'c']);
    assert.deepEqual([prototype.a, prototype.b], [own, b]);
    await p.revert();
    assert.equal('c' in box, false);
    assert.deepEqual([prototype.a, prototype.b], [own, b]);
  });

test('functions that it made before run the new code as well', async () => {
  const after = { list: "['a', 'b', 'c']", each: PUT.replace('[this.of, name]', '[name, this.of]') };
  const p = await program({ 'index.js': version({ list: BEFORE }) }, { 'index.js': version(after) });
  const box = new p.exports['Box'](1);
  await p.apply();
  assert.deepEqual(
    [box.a(), box.c()],
    [
      ['a', 1],
      ['c', 1],
    ],
  );
  await p.revert();
  assert.deepEqual(box.a(), [1, 'a']);
});

test('two that go through the same list', async () => {
  const source = (...loops: string[]): string => `const [ones, twos] = [{}, {}];
exports.put = (table, name) => { (table === 1 ? ones : twos)[name] = 'own'; };
${loops.join('\n')}
exports.get = (name) => [ones[name], twos[name]];`;
  const [ones, twos] = ['ones[name] = 1', 'twos[name] = 2'].map((put) => (list: string) => `${list}.forEach((name) => { ${put}; });`);
  const after = "['a', 'b', 'c']";
  const p = await program({ 'index.js': source(ones!(BEFORE), twos!(BEFORE)) }, { 'index.js': source(twos!(after), ones!(after)) });
  p.exports['put'](2, 'a');
  await p.apply();
  assert.deepEqual(['a', 'b', 'c'].map(p.exports['get']), [
    [1, 'own'],
    [1, 2],
    [1, 2],
  ]);
});

test('a table that is made anew has all of it', async () => {
  const source = (list: string, step: number): string => `const STEP = ${step};
const table = {};
${list}.forEach((name) => { table[name] = name + STEP; });
exports.get = (name) => table[name];`;
  const p = await program({ 'index.js': source(BEFORE, 1) }, { 'index.js': source("['a', 'b', 'c']", 2) });
  await p.apply();
  assert.deepEqual(['a', 'b', 'c'].map(p.exports['get']), ['a2', 'b2', 'c2']);
});

const PUSH = '(name) => { log.push(name); }';

test('a list to which each is added', async () => {
  const p = await program(
    { 'index.js': version({ list: BEFORE, each: PUSH }) },
    { 'index.js': version({ list: "['a', 'b', 'c']", each: PUSH }) },
  );
  const { log } = p.exports;
  log.push('own');
  await p.apply();
  assert.deepEqual(log, ['a', 'b', 'own', 'c']);
  await p.revert();
  assert.deepEqual(log, ['a', 'b', 'own']);
});

const stepped = PUT.replace('this.of, name', 'name').replace('=> {', '=> { log[STEP] = name;');

for (const [what, before, after] of [
  ['has lost one', {}, { list: "['b', 'c']" }],
  ['has them in another order', {}, { list: "['b', 'a', 'c']" }],
  ['names one twice', {}, { list: "['a', 'b', 'a']" }],
  ['has what variables stand for', { list: '[STEP]' }, { list: "[log.length, 'c']" }],
  ['has more among others, where the order matters', { each: PUSH }, { list: "['c', 'a', 'b']", each: PUSH }],
  ['is gone through with a place', { each: '(name, i) => { log[i] = name; }' }, { each: '(name, i) => { log[i] = name; }' }],
  ['is gone through by all arguments', { each: 'function (name) { log[arguments[1]] = name; }' }, {}],
  ['is gone through in another way', {}, { each: PUT.replace('=> {', '=> { log.last = name;') }],
  ['is gone through by what has changed', { each: stepped }, { each: stepped, step: 2 }],
  ['is gone through by what calls others', { each: '(name) => { process.on(name, log); }' }, {}],
  ['gains what is put there further down', { behind: 'Box.prototype.c = () => 1;' }, {}],
  ['gains what is put there further down under a name', { behind: "Box.prototype['c'] = () => 1;" }, {}],
  ['gains what another list has', { behind: "['c'].forEach((name) => { Box.prototype[name] = () => 1; });" }, {}],
  ['is given away', { call: 'map' }, { call: 'map' }],
  ['is gone through with more', { more: ', log' }, { more: ', log' }],
] as const)
  test(`a list that ${what}: it is refused`, async () => {
    const { verdicts } = await build(
      { 'index.js': version({ list: BEFORE, ...before }) },
      { 'index.js': version({ list: "['a', 'b', 'c']", ...before, ...after }) },
    );
    assert.deepEqual([...new Set(verdicts.filter(({ verdict }) => verdict === 'refused').map(({ code }) => code))], ['statement-changed']);
  });
