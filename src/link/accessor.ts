/** The object through which a version of a nested function reaches the variables that its closure captured. */

/** What the site hands over: reads variable `index`, or writes it. */
export type Accessor = (index: number, write?: boolean, value?: unknown) => unknown;

export type Captured = Record<string, unknown>;

/** Builds, once for a site, what makes the accessor object of one call. `captures` names the variables in the site's order. */
export function captureFactory(captures: readonly string[]): (accessor: Accessor, newTarget: unknown) => Captured {
  class Captures {
    readonly #access: Accessor;
    readonly #newTarget: unknown;

    constructor(access: Accessor, newTarget: unknown) {
      this.#access = access;
      this.#newTarget = newTarget;
    }

    get ['new.target'](): unknown {
      return this.#newTarget;
    }

    static {
      Object.setPrototypeOf(Captures.prototype, null);
      captures.forEach((capture, index) => {
        const writable = capture.endsWith('=');
        const name = writable ? capture.slice(0, -1) : capture;
        Object.defineProperty(Captures.prototype, name, {
          get(this: Captures) {
            return this.#access(index);
          },
          ...(writable
            ? {
                set(this: Captures, value: unknown) {
                  this.#access(index, true, value);
                },
              }
            : {
                set() {
                  throw new TypeError('Assignment to constant variable.');
                },
              }),
        });
      });
    }
  }
  return (accessor, newTarget) => new Captures(accessor, newTarget) as unknown as Captured;
}
