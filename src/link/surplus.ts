import type { Callable } from './linked.ts';

// Taken now: the program may put something else in their place.
const { apply, construct } = Reflect;
const { call: callOf, apply: applyOf } = Function.prototype;

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

  /** What `fn(…)` calls: `fn` is looked up here, before the arguments are evaluated. `text` is how an error names it, absent for `fn?.(…)`. */
  callee(fn: unknown, text?: string, self?: unknown): unknown {
    if (typeof fn !== 'function') return text === undefined ? fn : notA('function', text);
    const passing = this.passing(fn as AnyFunction, self);
    if (passing) return passing;
    if (!this.takes(fn as AnyFunction)) return (...args: unknown[]) => apply(fn, self, args);
    return (...args: unknown[]) => this.pass(args, () => apply(fn as Callable, self, args));
  }

  /** What `object[key](…)` calls. */
  member(object: unknown, key: PropertyKey, text?: string): unknown {
    return this.callee((object as Record<PropertyKey, unknown>)[key], text, object);
  }

  /** What `object?.[key](…)` calls, for a call that is left out where this is undefined. */
  optional(object: unknown, key: PropertyKey, text?: string): unknown {
    return object === null || object === undefined ? undefined : this.member(object, key, text);
  }

  /** What `object?.….key(…)` calls, where `follow` gives what the dots stand for; the same holds of the call. */
  chained(object: unknown, follow: (object: unknown) => unknown, key: PropertyKey, text?: string): unknown {
    return object === null || object === undefined ? undefined : this.member(follow(object), key, text);
  }

  /** What stands for `new fn` in `new fn(…)`. */
  maker(fn: unknown, text: string): AnyFunction {
    if (!isConstructor(fn)) return notA('constructor', text);
    const made = (args: unknown[]): unknown => construct(fn, args);
    if (!this.takes(fn as unknown as AnyFunction)) return (...args) => made(args);
    return (...args) => this.pass(args, () => made(args));
  }

  /** What takes the place of `f.call`, `f.apply`, `Reflect.apply` and `Reflect.construct`, which call a function they are given. */
  private passing(fn: AnyFunction, self: unknown): AnyFunction | null {
    const onTo = (called: unknown, list: unknown, run: (args: unknown[]) => unknown): unknown => {
      const isList = list !== null && typeof list === 'object';
      if (typeof called !== 'function' || !isList || !this.takes(called as AnyFunction)) return run(list as unknown[]);
      const args = Array.from(list as ArrayLike<unknown>);
      return this.pass(args, () => run(args));
    };
    switch (fn as unknown) {
      case callOf:
        return (...[target, ...args]) => onTo(self, args, (list) => apply(self as Callable, target, list));
      case applyOf:
        return (...[target, list]) =>
          onTo(self, list ?? [], (args) => apply(applyOf, self, list === undefined || list === null ? [target] : [target, args]));
      case apply:
        return (...[called, target, list, ...rest]) => onTo(called, list, (args) => (apply as AnyFunction)(called, target, args, ...rest));
      case construct:
        return (...[called, list, ...rest]) => onTo(called, list, (args) => (construct as AnyFunction)(called, args, ...rest));
      default:
        return null;
    }
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

/** What is called in place of something that cannot be: the arguments are evaluated first. */
function notA(kind: 'function' | 'constructor', text: string): AnyFunction {
  return function refuse() {
    const error = new TypeError(`${text} is not a ${kind}`);
    Error.captureStackTrace(error, refuse);
    throw error;
  };
}

function isConstructor(value: unknown): value is new (...args: unknown[]) => unknown {
  if (typeof value !== 'function') return false;
  try {
    // Looks whether it is one, without a call.
    construct(Object, [], value);
    return true;
  } catch {
    return false;
  }
}
