/** Thrown where the text is wrong, or has something that this parser leaves to the other one. */
export const GIVE_UP = new Error('for the other parser');

export function giveUp(): never {
  throw GIVE_UP;
}
