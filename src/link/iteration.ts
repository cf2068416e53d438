/**
 * What a `for await` with a safe point iterates over. The loop works on the program's own iterator, as it would without:
 * this only remembers which one it is, so that the iterator can go over to the same loop of another version unclosed.
 */

type Iterator = AsyncIterator<unknown> | SyncIterator;
interface SyncIterator {
  next(...args: unknown[]): unknown;
}
type Method = (this: unknown) => Iterator;

export abstract class Iteration {
  /** What the loop asks for the next value. */
  iterator: Iterator | null = null;
  /** What it is about: the same, but where a loop goes on with another's. */
  source: Iterator | null = null;
  private value: unknown;
  private readonly method: Method;
  abstract readonly sync: boolean;

  constructor(value: unknown, method: Method) {
    this.value = value;
    this.method = method;
  }

  protected begin(): Iterator {
    const { value } = this;
    // The loop keeps the iterator, and no more.
    this.value = null;
    return (this.iterator = this.source = this.method.call(value));
  }
}

// A class for each kind of iterable, so that to begin one costs no more than an object.
class AsyncIteration extends Iteration {
  get sync(): boolean {
    return false;
  }

  [Symbol.asyncIterator](): Iterator {
    return this.begin();
  }
}

class SyncIteration extends Iteration {
  get sync(): boolean {
    return true;
  }

  [Symbol.iterator](): Iterator {
    return this.begin();
  }
}

/** One that another loop has begun. */
class Continued extends Iteration {
  readonly sync: boolean;

  constructor(source: Iterator, sync: boolean, iterator: AsyncIterator<unknown>) {
    super(iterator, () => iterator);
    this.iterator = iterator;
    this.source = source;
    this.sync = sync;
  }

  [Symbol.asyncIterator](): Iterator {
    return this.iterator!;
  }
}

/** Throws what V8 throws, in its words, where nothing can be iterated: `complaint` is what it says of the expression. */
export function iterate(value: unknown, complaint: string): Iteration {
  if (value === undefined || value === null) throw thrown(`Cannot read properties of ${value} (reading 'Symbol(Symbol.asyncIterator)')`);
  const method = (value as { [Symbol.asyncIterator]?: unknown })[Symbol.asyncIterator];
  const sync = method === undefined || method === null;
  const begin = sync ? (value as { [Symbol.iterator]?: unknown })[Symbol.iterator] : method;
  if (typeof begin !== 'function') throw thrown(complaint);
  return sync ? new SyncIteration(value, begin as Method) : new AsyncIteration(value, begin as Method);
}

/** Without the frame of `iterate`, which is the program's own expression to whoever reads the stack. */
function thrown(message: string): TypeError {
  const error = new TypeError(message);
  Error.captureStackTrace(error, iterate);
  return error;
}

/** `error` came out of evaluating what a loop iterates over, a call: of a call of no function V8 says more there. */
export function complain(error: unknown, said: string, complaint: string): unknown {
  if (error instanceof TypeError && error.message === said) {
    const { stack } = error;
    error.message = complaint;
    if (stack !== undefined) error.stack = stack.replace(said, () => complaint);
  }
  return error;
}

/**
 * Lets the loops that work on these be left without closing them: the next look for an iterator's `return`, which the
 * jump out of its loop makes at once, finds none. False, with nothing changed, if one of them cannot be told so.
 */
export function release(iterations: readonly Iteration[]): boolean {
  const leaving = new Map<object, number>();
  for (const { iterator } of iterations) {
    if (iterator === null) return false;
    leaving.set(iterator, (leaving.get(iterator) ?? 0) + 1);
  }
  const undo: (() => void)[] = [];
  for (const [iterator, count] of leaving) {
    const own = Object.getOwnPropertyDescriptor(iterator, 'return');
    const restore = (): void => {
      if (own) Object.defineProperty(iterator, 'return', own);
      else delete (iterator as { return?: unknown }).return;
    };
    let left = count;
    const hidden: PropertyDescriptor = {
      get: () => {
        if (--left === 0) restore();
        return undefined;
      },
      configurable: true,
      enumerable: own?.enumerable ?? false,
    };
    if (own?.configurable === false || !Reflect.defineProperty(iterator, 'return', hidden)) {
      for (const put of undo) put();
      return false;
    }
    undo.push(restore);
  }
  return true;
}

/**
 * What a loop that goes on iterates over: first a turn of its own, in which it finishes what it was handed, and then the
 * iterator as it is.
 */
export function goOn({ source, sync }: Iteration): Iteration {
  const { next } = source!;
  let first = true;
  const iterator = {
    next: async () => {
      if (first) {
        first = false;
        return { value: undefined, done: false };
      }
      const answer = (await next.call(source)) as IteratorResult<unknown>;
      return sync && answer !== null && typeof answer === 'object' ? { value: await answer.value, done: answer.done === true } : answer;
    },
    return: async () => {
      const close = (source as AsyncIterator<unknown>).return;
      return close ? ((await close.call(source)) as IteratorResult<unknown>) : { value: undefined, done: true };
    },
  };
  return new Continued(source!, sync, iterator);
}
