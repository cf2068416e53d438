/** Work that would keep the program waiting is done a part in each turn of the event loop. */
import { atNextTurn, ticks } from './clock.ts';

/** So long may the parts that are done in one turn take together, but for the last of them. */
const SHARE_MS = 0.4;

/** Resolves once what came with the turn that is under way has been told of. */
export async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => void atNextTurn(() => atNextTurn(resolve)));
}

export class Turns {
  private began = ticks();

  /** To be awaited between two parts. */
  async share(): Promise<void> {
    if (ticks() - this.began < SHARE_MS) return;
    await new Promise<void>((resolve) => void atNextTurn(resolve));
    this.began = ticks();
  }
}
