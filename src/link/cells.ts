/**
 * Variables that closures share, on the way from one version of a loop to the next. Each is reached where it lives, not
 * through the versions that the loop has gone through: else each of those would be kept, and every access go through all.
 */
import type { Accessor } from './accessor.ts';

/** Variables by name, each as a property that reads and writes it. */
export type Cells = Record<string, unknown>;

export function noCells(): Cells {
  return Object.create(null) as Cells;
}

/** Those that live in the frame that is left: `names`, in the order of `accessor`, end with `=` where they may be written. */
export function addOwn(cells: Cells, names: readonly string[], accessor: Accessor): void {
  names.forEach((named, index) => {
    const writable = named.endsWith('=');
    define(
      cells,
      writable ? named.slice(0, -1) : named,
      () => accessor(index),
      writable ? (value) => accessor(index, true, value) : constant,
    );
  });
}

/** Those that were handed to the frame that is left itself: with `captured`, by their names. */
export function addHanded(cells: Cells, names: readonly string[], captured: Cells): void {
  for (const name of names) {
    const known = Object.getOwnPropertyDescriptor(captured, name);
    if (known?.get && known.set) define(cells, name, known.get, known.set);
    else
      define(
        cells,
        name,
        () => captured[name],
        (value) => (captured[name] = value),
      );
  }
}

/** One that nothing shares yet, begun with `value`. */
export function addNew(cells: Cells, name: string, value: unknown): void {
  define(
    cells,
    name,
    () => value,
    (given) => (value = given),
  );
}

function define(cells: Cells, name: string, get: () => unknown, set: (value: unknown) => void): void {
  Object.defineProperty(cells, name, { get, set });
}

function constant(): never {
  throw new TypeError('Assignment to constant variable.');
}
