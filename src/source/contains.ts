/** Whether a part of a text lies within another. */

export interface Range {
  readonly start: number;
  readonly end: number;
}

export const contains = (outer: Range, inner: Range): boolean => outer.start <= inner.start && inner.end <= outer.end;
