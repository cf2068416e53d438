/** Classes inside functions: each call makes one, with the members that its text says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const version = (members: string, base = ''): string => `class A { base() { return 'a' } }
exports.make = function () { class P ${base}{ get() { return 1 } ${members} } return P; };
exports.use = (P) => { const p = new P(); return [p.get(), p.more?.(), p.base?.()]; };`;

test('one that gains a member is made so from then on, where none that was made before is alive', async () => {
  const p = await program({ 'index.js': version('') }, { 'index.js': version('more() { return 2 }') });
  assert.deepEqual(p.codes(), ['closure-stranded', 'function-changed']);
  let held: unknown = p.exports['make']();
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  assert.deepEqual(p.exports['use'](held), [1, undefined, undefined]);
  // Its objects hold it.
  held = new (held as new () => object)();
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  held = null;
  await p.apply();
  assert.deepEqual(p.exports['use'](p.exports['make']()), [1, 2, undefined]);
  const made = p.exports['make']();
  await p.revert();
  assert.deepEqual(p.exports['use'](p.exports['make']()), [1, undefined, undefined]);
  assert.deepEqual(p.exports['use'](made), [1, 2, undefined]);
});

test('so is one that loses a member or gets a superclass', async () => {
  for (const [before, after, expected] of [
    [version('more() { return 2 }'), version(''), [1, undefined, undefined]],
    [version(''), version('', 'extends A '), [1, undefined, 'a']],
  ] as const) {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    await p.apply();
    assert.deepEqual(p.exports['use'](p.exports['make']()), expected);
    await p.revert();
  }
});

test('a class that nothing new makes, or that has no methods to find it by, is refused', async () => {
  const refused = async (before: string, after: string): Promise<unknown> => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    return verdicts.flatMap(({ verdict, code, path }) => (verdict === 'refused' ? `${code} ${path}` : []));
  };
  const fields = (more: string): string => `exports.make = () => class P { constructor() { this.a = 1 } ${more} };`;
  assert.deepEqual(await refused(fields(''), fields('more() { return 2 }')), ['class-changed exports.make/P']);
  const stuck = (more: string): string => `exports.make = function* () { yield class P { get() { return 1 } ${more} } };`;
  assert.deepEqual(await refused(stuck(''), stuck('more() { return 2 }').replace('function* ', 'function ').replace('yield', 'return')), [
    'class-changed exports.make/P',
    'generator-changed exports.make',
  ]);
});

test('the hook may take care of those that are alive', async () => {
  const hook = {
    name: 'hook.mjs',
    text: "export const claims = ['index.js closure-stranded'];",
  };
  const p = await program({ 'index.js': version('') }, { 'index.js': version('more() { return 2 }') }, hook);
  const held = p.exports['make']();
  await p.apply();
  assert.deepEqual(p.exports['use'](held), [1, undefined, undefined]);
  assert.deepEqual(p.exports['use'](p.exports['make']()), [1, 2, undefined]);
});
