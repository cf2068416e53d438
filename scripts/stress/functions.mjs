/**
 * The functions of the program under load, which every patch takes its set from: name, module, form, and what each
 * calls. A call graph without cycles; what each returns is one more than what it gets from those it calls.
 */

/**
 * Forms: what the function is.
 * `loop`, `draining loop`: never returns; each turn of it is a piece of work of its own, called from outside the table.
 * `fixed`: its signature never changes. Those that are called by code outside the table are, and those that a callback
 * calls once its maker has returned: such a callback is an old closure, and nothing of the old code lives above it.
 */
export const FUNCTIONS = [
  // What the server calls: a request, a stream, a message, a job, a timer, a fan-out.
  { name: 'handle', module: 'flow', form: 'async', fixed: true, calls: ['plan', 'total', 'notify'] },
  { name: 'feed', module: 'flow', form: 'writer', fixed: true, calls: ['rows', 'tag'] },
  { name: 'chat', module: 'flow', form: 'async', fixed: true, calls: ['lookup', 'tag'] },
  { name: 'work', module: 'jobs', form: 'async', fixed: true, calls: ['prepare', 'commit'] },
  { name: 'onTick', module: 'jobs', form: 'sync', fixed: true, calls: ['tag', 'round'] },
  { name: 'fan', module: 'jobs', form: 'all', fixed: true, calls: ['lookup', 'digest', 'plan'] },
  { name: 'burst', module: 'jobs', form: 'pooled', fixed: true, calls: ['probe', 'audit.note', 'probe'] },

  // Consumers of the server's queues.
  { name: 'consume', module: 'loops', form: 'loop', fixed: true, calls: ['work'] },
  { name: 'drain', module: 'loops', form: 'draining loop', fixed: true, calls: ['lookup', 'audit.note', 'chunks'] },

  { name: 'plan', module: 'flow', form: 'async', calls: ['lookup', 'stock.reserve'] },
  { name: 'lookup', module: 'flow', form: 'async', calls: ['parse', 'rate'] },
  { name: 'notify', module: 'flow', form: 'async', calls: ['onQuote', 'later', 'stray'] },
  { name: 'stray', module: 'flow', form: 'async', detached: true, calls: ['tag', 'rate'] },

  { name: 'total', module: 'calc', form: 'sync', calls: ['tax', 'pricer'] },
  { name: 'tax', module: 'calc', form: 'sync', calls: ['round'] },
  { name: 'round', module: 'calc', form: 'sync', calls: [] },
  { name: 'parse', module: 'calc', form: 'arrow', calls: ['round'] },
  { name: 'rate', module: 'calc', form: 'sync', calls: ['pricer'] },
  { name: 'pricer', module: 'calc', form: 'closure', calls: ['round'] },
  { name: 'tag', module: 'calc', form: 'closure', calls: [] },

  { name: 'rows', module: 'stream', form: 'async generator', calls: ['row', 'chunks', 'row'] },
  { name: 'row', module: 'stream', form: 'sync', calls: ['round'] },
  { name: 'chunks', module: 'stream', form: 'generator', calls: ['piece', 'tag', 'piece'] },
  { name: 'piece', module: 'stream', form: 'sync', calls: ['round'] },
  { name: 'digest', module: 'stream', form: 'async', calls: ['chunks', 'piece'] },

  { name: 'stock.reserve', module: 'store', form: 'async method', calls: ['stock.check', 'stock.level'] },
  { name: 'stock.check', module: 'store', form: 'async method', calls: ['stock.level'] },
  { name: 'stock.level', module: 'store', form: 'method', calls: ['round'] },
  { name: 'audit.note', module: 'store', form: 'async member', calls: ['audit.line'] },
  { name: 'audit.line', module: 'store', form: 'member', calls: ['tag'] },

  { name: 'later', module: 'jobs', form: 'callback', calls: ['finish'] },
  { name: 'finish', module: 'jobs', form: 'sync', fixed: true, calls: ['tag'] },
  { name: 'onQuote', module: 'jobs', form: 'listener', fixed: true, calls: ['tag'] },
  { name: 'probe', module: 'jobs', form: 'async', calls: ['rate'] },
  { name: 'prepare', module: 'jobs', form: 'async', calls: ['parse', 'audit.note'] },
  { name: 'commit', module: 'jobs', form: 'async', calls: ['stock.reserve', 'finish'] },
];

export const BY_NAME = new Map(FUNCTIONS.map((fn) => [fn.name, fn]));
export const MODULES = [...new Set(FUNCTIONS.map((fn) => fn.module))];

/** Who calls a function: these change with it when its signature does. */
export const CALLERS = new Map(FUNCTIONS.map(({ name }) => [name, FUNCTIONS.filter((fn) => fn.calls.includes(name)).map((fn) => fn.name)]));

const values = new Map();

/** What a function returns, whatever its version: an answer that differs is a failure. */
export function valueOf(name) {
  if (!values.has(name)) {
    const { calls } = BY_NAME.get(name);
    values.set(
      name,
      calls.reduce((sum, callee) => sum + (BY_NAME.get(callee).detached ? 0 : valueOf(callee)), 1),
    );
  }
  return values.get(name);
}
