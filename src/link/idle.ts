/** Statements that only a process does something for in which their condition holds. */

/** Why a process does not take a patch whose new code could be linked. */
export class NotDoneAgain extends Error {}

/**
 * Whether such a statement is to run: only where the module has yet to. Throws NotDoneAgain where it has, and the condition that
 * `asks` gives holds; `text` is what it says.
 */
export function idleUnless(asks: () => unknown, text: string, isLate: boolean): boolean {
  if (!asks()) return false;
  if (!isLate) throw new NotDoneAgain(`a new statement does something where ${text}, which holds here`);
  return true;
}
