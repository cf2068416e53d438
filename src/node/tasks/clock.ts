/** The clocks of the process. Taken as livepatch loads: the program may put others in their place, as tests do that set the time. */
const { performance, Date } = globalThis;

/** Milliseconds since 1970. */
export const { now } = Date;

/** Milliseconds, of which only differences mean something. */
export const ticks: () => number = performance.now.bind(performance);

export const { setTimeout: after, setInterval: every, clearTimeout: cancel } = globalThis;
