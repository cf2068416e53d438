/** Locks that functions take and free otherwise, and the mode that is recommended then. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const module = (body: string): string => `const { mutex, other, work } = require('node:process').env;
exports.pay = async (account) => { ${body} };
exports.outer = () => 1;`;

const LOCKED = 'const free = await mutex.acquire(); try { return work(account); } finally { free.release(); }';

for (const [what, was, now, reason] of [
  ['a lock that is new', 'return work(account);', LOCKED, 'it calls mutex.acquire(), free.release(), where the old version calls none'],
  ['a lock that is gone', LOCKED, 'return work(account);', 'it calls none, where the old version calls mutex.acquire(), free.release()'],
  [
    'another order',
    'await mutex.lock(); await other.lock(); work(account); other.unlock(); mutex.unlock();',
    'await other.lock(); await mutex.lock(); work(account); mutex.unlock(); other.unlock();',
    'it calls other.lock(), mutex.lock(), mutex.unlock(), other.unlock(), where the old version calls mutex.lock(), other.lock(), other.unlock(), mutex.unlock()',
  ],
] as const)
  test(`${what} is said, and both versions are to be kept apart`, async () => {
    const { verdicts, recommended } = await build({ 'index.js': module(was) }, { 'index.js': module(now) });
    assert.equal(verdicts.find(({ code }) => code === 'locks-changed')?.reason, reason);
    assert.deepEqual(recommended, {
      mode: 'barrier',
      reason: 'exports.pay takes and frees locks in another way, which code of both versions would do at once',
    });
  });

test('the same locks in the same order, and names that only look like one, are none', async () => {
  for (const [was, now] of [
    [LOCKED, LOCKED.replace('work(account)', 'work(account, 1)')],
    ['return account.block();', 'return account.block(account.blocked, account.clock());'],
    ['return 1;', 'return account.released;'],
  ] as const) {
    const { verdicts, recommended } = await build({ 'index.js': module(was) }, { 'index.js': module(now) });
    assert.deepEqual([verdicts.some(({ code }) => code === 'locks-changed'), recommended.mode], [false, 'task'], now);
  }
});

test('locks of functions within are theirs', async () => {
  const was = 'return [account].map((one) => { mutex.lock(); return work(one); });';
  const { verdicts } = await build({ 'index.js': module(was) }, { 'index.js': module(was.replace('mutex.lock(); ', '')) });
  assert.deepEqual(
    verdicts.filter(({ code }) => code === 'locks-changed').map(({ path }) => path),
    ['exports.pay/<map>'],
  );
});
