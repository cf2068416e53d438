/** What names tables that do no more than remember results. A `memory` is a store. */
export const CACHE = /cache|memo(?!r)/i;

/** Whether a table may be one by its name: those that minifiers choose say nothing. */
export const mayBeCache = (name: string): boolean => CACHE.test(name) || name.length <= UNTOLD;

/** The names of a minifier are as short. */
const UNTOLD = 3;
