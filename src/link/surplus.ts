import type { Callable } from './linked-module.ts';

// Taken now: the program may put something else in their place.
const { apply, construct } = Reflect;

type AnyFunction = (...args: unknown[]) => unknown;

/**
 * New code that gives a function more arguments than its entry site hands on: they are left here on the way in and taken
 * by the slot's function. Only a function whose own site is in force is given them, so that nobody else can take them.
 */
export class Surplus {
  private given: unknown[] | null = null;
  private readonly takes: (fn: AnyFunction) => boolean;

  /** `takes`: whether the first thing a call of `fn` does is to ask `taken`. */
  constructor(takes: (fn: AnyFunction) => boolean) {
    this.takes = takes;
  }

  /** The arguments of the call that is being entered, of which the site handed on `args`. */
  taken(args: unknown[]): unknown[] {
    const { given } = this;
    this.given = null;
    return given ?? args;
  }

  /** What `fn(…)` calls: `fn` is looked up here, before the arguments are evaluated. */
  callee(fn: unknown, self?: unknown): unknown {
    if (typeof fn !== 'function') return fn;
    if (!this.takes(fn as AnyFunction)) return (...args: unknown[]) => apply(fn, self, args);
    return (...args: unknown[]) => this.pass(args, () => apply(fn as Callable, self, args));
  }

  /** What `object[key](…)` calls. */
  member(object: unknown, key: PropertyKey): unknown {
    return this.callee((object as Record<PropertyKey, unknown>)[key], object);
  }

  /** What `object?.[key](…)` calls, for a call that is left out where this is undefined. */
  optional(object: unknown, key: PropertyKey): unknown {
    if (object === null || object === undefined) return undefined;
    const found = this.member(object, key);
    if (typeof found === 'function') return found;
    return () => (object as Record<PropertyKey, () => unknown>)[key]!();
  }

  /** What stands for `new fn` in `new fn(…)`. */
  maker(fn: unknown): (...args: unknown[]) => unknown {
    const made = (args: unknown[]): unknown => construct(fn as new (...args: unknown[]) => unknown, args);
    if (typeof fn !== 'function' || !this.takes(fn as AnyFunction)) return (...args) => made(args);
    return (...args) => this.pass(args, () => made(args));
  }

  private pass(args: unknown[], call: () => unknown): unknown {
    this.given = args;
    try {
      return call();
    } finally {
      this.given = null;
    }
  }
}
