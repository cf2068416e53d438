/** Which of several texts another became, where there are more of them in one version than in the other. */

/** Beyond as many comparisons they are taken in order: what is alike is looked for among a few. */
const MAX_COMPARED = 2_500;

/**
 * Index pairs, ascending on both sides: each text of the shorter list with one of the longer, so that what is paired is as much alike
 * as can be. As many of either are paired in order.
 */
export function alike(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  if (a.length > b.length) return alike(b, a).map(([x, y]) => [y, x] as const);
  if (a.length === b.length || a.length * b.length > MAX_COMPARED) return a.map((_, i) => [i, i] as const);
  const [short, long] = [a.map(wordsIn), b.map(wordsIn)];
  const spare = b.length - a.length;
  const width = b.length + 1;
  // The most that the rest of both can have in common.
  const best = new Float64Array((a.length + 1) * width);
  const likeness = (i: number, j: number): number => likenessOf(short[i]!, long[j]!) + best[(i + 1) * width + j + 1]!;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = i + spare; j >= i; j--)
      best[i * width + j] = j === i + spare ? likeness(i, j) : Math.max(likeness(i, j), best[i * width + j + 1]!);
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length; j++) if (j === i + spare || likeness(i, j) >= best[i * width + j + 1]!) pairs.push([i++, j]);
  return pairs;
}

interface Words {
  readonly counts: ReadonlyMap<string, number>;
  readonly total: number;
}

function wordsIn(text: string): Words {
  const counts = new Map<string, number>();
  const words = text.match(/[\w$]+|[^\s\w$]/g) ?? [];
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { counts, total: words.length };
}

/** From 0 to 1: the share of words that both have. */
function likenessOf(a: Words, b: Words): number {
  let both = 0;
  for (const [word, count] of a.counts) both += Math.min(count, b.counts.get(word) ?? 0);
  return a.total + b.total === 0 ? 1 : (2 * both) / (a.total + b.total);
}
