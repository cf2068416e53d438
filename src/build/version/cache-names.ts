/** What names tables that do no more than remember results. A `memory` is a store. */
export const CACHE = /cache|memo(?!r)/i;
