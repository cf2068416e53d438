/** What speaks for one variable being another. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confidenceIn } from '../../src/build/match/votes.ts';
import type { Votes } from '../../src/build/match/votes.ts';
import { analyzeModule } from '../../src/source/analyze.ts';

const { scope } = analyzeModule('var a, b', 'commonjs', 'index.js');
const [a, b] = [scope.bindings.get('a')!, scope.bindings.get('b')!];
const votes = (own: Partial<Votes>): Votes => ({ certain: 0, likely: 0, declared: 0, firm: 0, places: 0, ...own });

test('places that could be aligned otherwise do not count against those that could not, unless they are as many', () => {
  const confidence = (own: Partial<Votes>, other: Partial<Votes>): string | null => {
    const mine = votes(own);
    return confidenceIn(
      new Map([
        [a, mine],
        [b, votes(other)],
      ]),
      mine,
    );
  };
  assert.equal(confidence({ likely: 2, firm: 2 }, { likely: 1 }), 'likely');
  assert.equal(confidence({ likely: 2, firm: 2 }, { likely: 1, firm: 1 }), null);
  assert.equal(confidence({ likely: 2, firm: 2 }, { likely: 2 }), null);
  assert.equal(confidence({ likely: 2 }, { likely: 1 }), null);
  assert.equal(confidence({ certain: 1 }, { likely: 1 }), 'certain');
  assert.equal(confidence({ certain: 1, firm: 1 }, { certain: 1 }), null);
});
