/** Where a command writes: its result to stdout, everything else to stderr. */
import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

export interface Terminal {
  /** The result is one JSON object, and nothing is said about progress. */
  readonly json: boolean;
  /** Whether stderr can redraw a line. */
  readonly live: boolean;
  /** Width of stderr in characters; 80 where it has none, or a pseudo-terminal says 0. */
  readonly columns: number;
  out(text: string): void;
  err(text: string): void;
  /** Colours for stdout and stderr; the text itself when the stream takes none (NO_COLOR, FORCE_COLOR, not a TTY). */
  readonly style: { out(style: Style, text: string): string; err(style: Style, text: string): string };
}

export function createTerminal(
  json: boolean,
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
): Terminal {
  return {
    json,
    live: stderr.isTTY === true && !json,
    get columns() {
      return stderr.columns || 80;
    },
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    style: {
      out: (style, text) => styleText(style, text, { stream: stdout }),
      err: (style, text) => styleText(style, text, { stream: stderr }),
    },
  };
}
