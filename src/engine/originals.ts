import type { Activation } from './activation.ts';
import type { Context, Task } from './task.ts';

export interface Originals {
  readonly enter: (site: number) => Activation;
  readonly exit: (activation: Activation) => void;
}

/**
 * The calls of originals while there is no transition, which is what nearly all calls are.
 *
 * V8 inlines what has no more than 27 bytes of bytecode wherever it is called, and counts it nowhere
 * (`--max-inlined-bytecode-size-small`), while all else that it inlines into a function shares a budget, the program's own
 * callees included. So each function on this way is as short as that; a name that is declared by `const` takes two bytes
 * more, since V8 asks whether it has been initialised.
 *
 * `current` knows the context to begin in if there is nothing else to be seen to; else `enter` does. `leave` ends an activation
 * that holds something, and `idle` is told of a task that nothing lives of any more.
 */
export function createOriginals(
  take: () => Activation,
  put: (activation: Activation) => void,
  current: () => Context | undefined,
  enter: (site: number) => Activation,
  leave: (activation: Activation) => void,
  idle: (task: Task) => void,
): Originals {
  return { enter: (site) => begin(current(), site), exit: end };

  function begin(context: Context | undefined, site: number): Activation {
    return context === undefined ? enter(site) : list(context, site);
  }

  function list(context: Context, site: number): Activation {
    return take().begin(site, context);
  }

  function end(activation: Activation): void {
    uncount(activation.context.task);
    giveBack(activation);
  }

  function uncount(task: Task): void {
    if (!--task.live) idle(task);
  }

  function giveBack(activation: Activation): void {
    if (activation.holding === null) put(activation);
    else leave(activation);
  }
}
