/** The duration grammar of options: `500ms`, `30s`, `2m`, and a bare `0` for none. */
const UNITS = { ms: 1, s: 1000, m: 60_000 } as const;

/** A timer cannot wait longer. */
const MAX_MS = 2 ** 31 - 1;

/** Milliseconds, or null when the text is not a duration. */
export function parseDuration(text: string): number | null {
  if (text === '0') return 0;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (match === null) return null;
  const ms = Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]);
  return ms <= MAX_MS ? ms : null;
}
