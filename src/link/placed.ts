/** The code of a unit on the lines that its pieces have in the new source, so that stack traces name these. */
import type { PatchUnit } from '../patch/format.ts';

export interface Placed {
  readonly text: string;
  /** Where each piece stands, both 1-based: its line in `text`, which is another than that in the source where no room was left. */
  readonly pieces: readonly { readonly at: number; readonly line: number }[];
}

export function placed({ code, lines = [] }: PatchUnit): Placed {
  const pieces: { at: number; line: number }[] = [];
  let text = '';
  let at = 1;
  let from = 0;
  for (const [offset, line] of lines) {
    const before = code.slice(from, offset);
    at += newlines(before);
    const room = Math.max(0, line - at);
    text += before + '\n'.repeat(room);
    at += room;
    pieces.push({ at, line });
    from = offset;
  }
  return { text: text + code.slice(from), pieces };
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
