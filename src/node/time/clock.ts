/** The clocks of the process. Taken as livepatch loads: the program may put others in their place, as tests do that set the time. */
const { hrtime } = process;

/** Milliseconds since 1970. */
export const { now } = Date;

/**
 * Milliseconds, of which only differences mean something. Not from `performance`, which many programs do without: Node loads it when it
 * is first named.
 */
export const ticks = (): number => Number(hrtime.bigint()) / 1e6;

export const { setTimeout: after, setInterval: every, clearTimeout: cancel, setImmediate: atNextTurn } = globalThis;
