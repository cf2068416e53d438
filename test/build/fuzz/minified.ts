/** A module as a minifier writes it that chooses among short names at random. */
import { minify } from 'terser';
import type { Random } from './random.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$_'.split('');
const NAMES = [...LETTERS, ...LETTERS.flatMap((a) => LETTERS.map((b) => a + b))];

/** Two calls with the same text and other seeds give the same program under other names. */
export async function minified(text: string, random: Random): Promise<string> {
  // The commonest names stay among the shortest, as any minifier has it.
  const first = shuffled(NAMES.slice(0, LETTERS.length), random);
  const rest = shuffled(NAMES.slice(LETTERS.length), random);
  const names = [...first, ...rest];
  const done = await minify(text, {
    compress: false,
    format: { comments: 'all', semicolons: false },
    mangle: { toplevel: true, nth_identifier: { get: (n) => names[n] ?? `$${n}` } },
  });
  return done.code!;
}

function shuffled(list: readonly string[], random: Random): string[] {
  const left = [...list];
  return list.map(() => left.splice(random.below(left.length), 1)[0]!);
}
