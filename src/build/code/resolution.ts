/** What a name in new code stands for, and where that code will stand. */
import type { AnyNode } from 'acorn';
import type { HandleScope, SitePlan } from '../../instrument/plan.ts';
import type { Binding } from '../../source/model.ts';
import type { Derivation } from './derive.ts';
import type { Shared } from './shared.ts';

/** The parameter that a closure's factory takes. */
export const CAPTURES = '$lp_c';

/** A binding of a handle's scope that the patch declares. */
export interface Fresh {
  readonly binding: Binding;
  readonly handle: HandleScope;
  /** How the binding's own unit writes it; null for its plain name. */
  readonly text: string | null;
}

/** Where a piece of new code will stand. */
export interface Place {
  readonly handle: HandleScope;
  /** The site whose accessor it is given, if any. */
  readonly site: SitePlan | null;
  /** The range of new source that is emitted: names declared in it are its own. */
  readonly start: number;
  readonly end: number;
  /** The function expression whose own name is not in scope in the emitted form. */
  readonly nameless: AnyNode | null;
  /** Variables that the emitted code declares around the range. */
  readonly derives?: ReadonlySet<Binding>;
}

export type Resolution =
  | { readonly kind: 'as-is' }
  /** `outdated`: as below, of a variable that closures reach by its name. */
  | { readonly kind: 'text'; readonly text: string; readonly outdated?: true }
  /** `outdated`: the new code gives it another value, which existing closures do not get. */
  | { readonly kind: 'captured'; readonly name: string; readonly old: Binding; readonly outdated: boolean }
  | { readonly kind: 'own-name' }
  /** What existing closures hold, which loses its prototype as new code first touches it. */
  | { readonly kind: 'bare'; readonly text: string }
  /** A cache of the new version in place of the one that existing closures hold. */
  | { readonly kind: 'emptied'; readonly text: string }
  /** An expression over the captured variables, which stands for a variable that existing closures lack. */
  | { readonly kind: 'provided'; readonly text: string }
  /** A variable that existing closures lack, and that the code computes. */
  | { readonly kind: 'derived'; readonly derivation: Derivation }
  /** A variable that existing closures lack, and that those of one call are given together. */
  | { readonly kind: 'shared'; readonly shared: Shared }
  | OutOfReach;

export interface OutOfReach {
  readonly kind: 'out-of-reach';
  readonly binding: Binding | null;
  readonly reason: string;
}

/** A variable of the unit of `handle` which begins with what a constant of its scope holds. */
export interface Lifted {
  readonly handle: HandleScope;
  readonly text: string;
  /** The constant, as the running code calls it. */
  readonly from: string;
}
