/** Many instances are gone through a part at a time, so that each part keeps the program for a few milliseconds only. */

/** Milliseconds that one turn may take, unless the migration says otherwise. */
export const BUDGET_MS = 5;
/** The clock is asked after so many objects. */
export const BETWEEN_LOOKS = 32;

/** What is told of going through all instances of a class. */
export interface Run {
  left: number;
  /** The longest turn, the search included. */
  pauseMs: number;
  searchMs: number;
}
