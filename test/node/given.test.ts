/** What a file that a patch brings along finds in a running module, which itself goes on giving away what it has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withGiven } from '../../src/node/apply/given.ts';

type Exports = Record<string, unknown>;

test('new code finds what is new and what is another, and the running module has what it had', () => {
  const running: Exports = { kept: 1, limit: 10 };
  const seen = withGiven(running, { limit: 20, more: 3 }) as Exports;
  assert.deepEqual([seen['kept'], seen['limit'], seen['more'], 'more' in seen], [1, 20, 3, true]);
  assert.deepEqual([Object.keys(seen), { ...seen }], [['kept', 'limit', 'more'], { kept: 1, limit: 20, more: 3 }]);
  assert.deepEqual(running, { kept: 1, limit: 10 });
  seen['kept'] = 2;
  assert.equal(running['kept'], 2);
});

test('each is looked up when it is read', () => {
  let count = 0;
  const given = Object.defineProperty({}, 'count', { enumerable: true, get: () => ++count }) as Exports;
  const seen = withGiven({}, given) as Exports;
  assert.deepEqual([seen['count'], seen['count']], [1, 2]);
});

test('exports that are a function or a class are called as before', () => {
  class Jar {
    static made = 1;
    own = 7;
  }
  const seen = withGiven(Jar, { made: 2, more: 3 }) as typeof Jar & { readonly more: number };
  assert.deepEqual([new seen().own, new seen() instanceof Jar, seen.made, seen.more, Jar.made], [7, true, 2, 3, 1]);
});

test('what the language fixes is what it is', () => {
  const frozen = Object.freeze({ limit: 10 });
  const seen = withGiven(frozen, { limit: 20, more: 3 }) as Exports;
  assert.deepEqual([seen['limit'], seen['more'], Object.keys(seen)], [10, 3, ['limit']]);
  const getter = Object.defineProperty({}, 'limit', { enumerable: true, get: () => 10 });
  assert.equal((withGiven(getter, { limit: 20 }) as Exports)['limit'], 20);
});
