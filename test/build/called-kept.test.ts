/** A closure whose code has changed and that calls what the old code gave it: both sides of the call may go by each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';

/** The old handler checks by itself, the new one leaves that to what it calls. */
const version = (make: string, handler: string): string => `
let count = 0;
function serveFrom(files, denied) { count++; return (name) => (name === denied ? 'denied' : files[name]); }
exports.create = (files) => {
  const serve = ${make};
  return (name) => { ${handler} };
};`;

const OLD = version('serveFrom(files, null)', "if (name === 'secret') return 'denied'; return serve(name);");
const NEW = version("serveFrom(files, 'secret')", 'return serve(name);');

test('the patch is refused while such a closure is alive', async () => {
  const p = await program({ 'index.js': OLD }, { 'index.js': NEW });
  let serve: ((name: string) => string) | null = p.exports['create']({ secret: 'key', page: 'home' });
  assert.ok(p.codes('warning').includes('closure-stranded'));
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  assert.deepEqual([serve!('secret'), serve!('page')], ['denied', 'home']);
  serve = null;
  await p.apply();
  const now = p.exports['create']({ secret: 'key', page: 'home' });
  assert.deepEqual([now('secret'), now('page')], ['denied', 'home']);
  await p.revert();
  p.clean();
});

test('one that goes on as it was keeps what it calls, which is said', async () => {
  const handler = 'return serve(name);';
  const p = await program(
    { 'index.js': version('serveFrom(files, null)', handler) },
    { 'index.js': version("serveFrom(files, 'secret')", handler) },
  );
  const serve = p.exports['create']({ secret: 'key' });
  assert.ok(p.codes('warning').includes('capture-kept'));
  assert.ok(!p.codes('warning').includes('closure-stranded'));
  assert.equal(serve('secret'), 'key');
  p.clean();
});

const cookies = (defaults: string, written: string): string => `exports.create = ({ path = '/' } = {}) => {
  const options = { path, ${defaults} };
  return (set) => set('a', ${written});
};`;

test('so it is where less stands beside what the closure spreads, which has more now', async () => {
  const p = await program(
    { 'index.js': cookies('', '{ ...options, httpOnly: true }') },
    { 'index.js': cookies('httpOnly: true', '{ ...options }') },
  );
  type Send = (set: (name: string, options: object) => object) => object;
  let send: Send | null = p.exports['create']() as Send;
  const written = (): object => send!((_, options) => options);
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  assert.deepEqual(written(), { path: '/', httpOnly: true });
  send = null;
  await p.apply();
  send = p.exports['create']() as Send;
  assert.deepEqual(written(), { path: '/', httpOnly: true });
  send = null;
  await p.revert();
  p.clean();
});

test('it is said, and no more, where as much stands beside it', async () => {
  for (const [was, now] of [
    ['{ ...options }', '{ ...options, secure: true }'],
    ['{ ...options, secure: true }', '{ secure: false, ...options }'],
    ['options', '{ ...options }'],
  ] as const) {
    const p = await program({ 'index.js': cookies('', was) }, { 'index.js': cookies('httpOnly: true', now) });
    assert.deepEqual([p.codes('warning').includes('capture-kept'), p.codes('warning').includes('closure-stranded')], [true, false], now);
    p.clean();
  }
});
