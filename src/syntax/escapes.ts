/** What the escapes in strings and templates stand for. */

const SINGLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' };

/** The meaning of what stands between the quotes; null where an escape is wrong, or allowed in sloppy code only. */
export function cook(raw: string): string | null {
  let cooked = '';
  let from = 0;
  for (let at = raw.indexOf('\\'); at >= 0; at = raw.indexOf('\\', from)) {
    cooked += raw.slice(from, at);
    const c = raw[at + 1]!;
    from = at + 2;
    if (c === 'x') {
      const digits = raw.slice(from, from + 2);
      if (!/^[\da-f]{2}$/i.test(digits)) return null;
      cooked += String.fromCharCode(Number.parseInt(digits, 16));
      from += 2;
    } else if (c === 'u') {
      const [, plain, braced] = /^(?:([\da-f]{4})|\{([\da-f]+)\})/i.exec(raw.slice(from, from + 12)) ?? [];
      const digits = plain ?? braced;
      if (digits === undefined) return null;
      const code = Number.parseInt(digits, 16);
      if (code > 0x10ffff) return null;
      cooked += String.fromCodePoint(code);
      from += plain === undefined ? digits.length + 2 : 4;
    } else if (c >= '0' && c <= '9') {
      if (c !== '0' || /\d/.test(raw[from] ?? '')) return null;
      cooked += '\0';
    } else if (c === '\r') {
      if (raw[from] === '\n') from++;
    } else if (c !== '\n' && c !== '\u2028' && c !== '\u2029') cooked += SINGLE[c] ?? c;
  }
  return cooked + raw.slice(from);
}
