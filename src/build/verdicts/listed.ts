/** Names in a reason. */

/** So many of them are named. */
const NAMED = 5;

export function listed(names: readonly string[]): string {
  return names.slice(0, NAMED).join(', ') + (names.length > NAMED ? `, and ${names.length - NAMED} more` : '');
}
