/** Which places of one sequence are which of another, in order: first by what stands once in both, then by the shortest edit. */
import { lowerBound } from '../../source/lower-bound.ts';

/** Beyond as many differences in one stretch, what lies in it stays without a partner. */
const MAX_DIFFERENCES = 600;

/** Index pairs, ascending on both sides. */
export function alignWords(a: readonly number[], b: readonly number[]): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  stretch(a, 0, a.length, b, 0, b.length, pairs);
  return pairs;
}

type Pairs = (readonly [number, number])[];

function stretch(a: readonly number[], aFrom: number, aTo: number, b: readonly number[], bFrom: number, bTo: number, out: Pairs): void {
  const anchors = singles(a, aFrom, aTo, b, bFrom, bTo);
  if (anchors.length === 0) {
    shortest(a, aFrom, aTo, b, bFrom, bTo, out);
    return;
  }
  let [i, j] = [aFrom, bFrom];
  for (const [x, y] of [...anchors, [aTo, bTo] as const]) {
    if (i < x && j < y) stretch(a, i, x, b, j, y, out);
    if (x < aTo) out.push([x, y]);
    [i, j] = [x + 1, y + 1];
  }
}

/** What stands once in each stretch, as far as the order is the same. */
function singles(a: readonly number[], i: number, m: number, b: readonly number[], j: number, n: number): Pairs {
  const once = (list: readonly number[], from: number, to: number): Map<number, number> => {
    const places = new Map<number, number>();
    for (let k = from; k < to; k++) places.set(list[k]!, places.has(list[k]!) ? -1 : k);
    return places;
  };
  const inB = once(b, j, n);
  const both: (readonly [number, number])[] = [];
  for (const [word, x] of once(a, i, m)) {
    const y = inB.get(word);
    if (x >= 0 && y !== undefined && y >= 0) both.push([x, y]);
  }
  return increasing(both);
}

/** The longest run of pairs, given by ascending first members, whose second members ascend as well. */
function increasing(pairs: Pairs): Pairs {
  const ends: number[] = [];
  const before = new Int32Array(pairs.length).fill(-1);
  for (let k = 0; k < pairs.length; k++) {
    const at = lowerBound(ends.length, (i) => pairs[ends[i]!]![1] < pairs[k]![1]);
    if (at > 0) before[k] = ends[at - 1]!;
    ends[at] = k;
  }
  const found: Pairs = [];
  for (let k = ends.at(-1) ?? -1; k >= 0; k = before[k]!) found.push(pairs[k]!);
  return found.reverse();
}

/** Myers, An O(ND) Difference Algorithm: http://www.xmailserver.org/diff2.pdf */
function shortest(a: readonly number[], i: number, m: number, b: readonly number[], j: number, n: number, out: Pairs): void {
  const reach = new Int32Array(2 * MAX_DIFFERENCES + 3);
  const middle = MAX_DIFFERENCES + 1;
  reach[middle + 1] = 0;
  const trail: Int32Array[] = [];
  const [width, height] = [m - i, n - j];
  for (let d = 0; d <= Math.min(MAX_DIFFERENCES, width + height); d++) {
    for (let k = -d; k <= d; k += 2) {
      let x =
        k === -d || (k !== d && reach[middle + k - 1]! < reach[middle + k + 1]!) ? reach[middle + k + 1]! : reach[middle + k - 1]! + 1;
      while (x < width && x - k < height && a[i + x] === b[j + x - k]) x++;
      reach[middle + k] = x;
      if (x < width || x - k < height) continue;
      trail.push(reach.slice(middle - d, middle + d + 1));
      walkBack(trail, k, i, j, x, out);
      return;
    }
    trail.push(reach.slice(middle - d, middle + d + 1));
  }
}

function walkBack(trail: readonly Int32Array[], diagonal: number, i: number, j: number, end: number, out: Pairs): void {
  const found: Pairs = [];
  let k = diagonal;
  let x = end;
  for (let d = trail.length - 1; d >= 0; d--) {
    const at = (of: number): number => (Math.abs(of) <= d - 1 ? trail[d - 1]![of + d - 1]! : -1);
    const down = d > 0 && (k === -d || (k !== d && at(k - 1) < at(k + 1)));
    const from = d === 0 ? 0 : down ? at(k + 1) : at(k - 1) + 1;
    while (x > from) found.push([i + --x, j + x - k]);
    if (d > 0) {
      k += down ? 1 : -1;
      x = down ? from : from - 1;
    }
  }
  for (let f = found.length - 1; f >= 0; f--) out.push(found[f]!);
}
