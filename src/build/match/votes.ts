/** What speaks for one variable being another, and which of several it speaks for. */
import type { Binding } from '../../source/model.ts';

/** How much of what was seen of a variable around differences must speak for the partner that is certain elsewhere. */
const MAJORITY = 0.75;
const KINDS = ['certain', 'likely', 'declared'] as const;
const COUNTED = [...KINDS, 'firm'] as const;

/**
 * `certain`: in functions that nothing but their names tells apart, and of which there are no others of their shape;
 * `declared`: by where they are declared, in what is the same around a difference; `likely`: by where else they stand there.
 */
export interface Votes {
  certain: number;
  likely: number;
  declared: number;
  /** Those of `likely` that no other way to align the two functions takes to another variable. */
  firm: number;
  /** The places at which one stands where the other does. */
  places: number;
}

/** What speaks for a partner, where nothing that counts as much speaks for another. */
export type Confidence = (typeof KINDS)[number];

export function best(row: ReadonlyMap<Binding, Votes>): Binding | null {
  let found: Binding | null = null;
  let most = -1;
  for (const [binding, { certain, likely, declared }] of row) {
    const weight = certain * 1e6 + likely * 1e3 + declared;
    if (weight <= most) continue;
    found = binding;
    most = weight;
  }
  return found;
}

export function confidenceIn(row: ReadonlyMap<Binding, Votes>, own: Votes): Confidence | null {
  const all = { certain: 0, likely: 0, declared: 0, firm: 0 };
  for (const votes of row.values()) for (const kind of COUNTED) all[kind] += votes[kind];
  if (own.certain < all.certain) return null;
  if (own.certain > 0) return own.firm >= MAJORITY * all.firm ? 'certain' : null;
  // What another way to align could take elsewhere does not count against what none could.
  const isFirm = own.firm > 0 && own.firm === all.firm && 2 * own.likely > all.likely;
  if (own.likely < all.likely && !isFirm) return null;
  // Declarations move about, and more of them come: where they stand counts for what nothing uses.
  return own.likely > 0 ? 'likely' : own.declared === all.declared ? 'declared' : null;
}

export function leastOf(a: Confidence | null, b: Confidence | null): Confidence | null {
  return a === null || b === null ? null : KINDS[Math.max(KINDS.indexOf(a), KINDS.indexOf(b))]!;
}
