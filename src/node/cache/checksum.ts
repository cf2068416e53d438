/**
 * Tells bytes that a disk has lost or mixed up from those that were written. Not a hash: it keeps nobody out. In words,
 * as all of a program's text goes through it at each start.
 */
export function checksum(bytes: Buffer, start: number, length: number, skipped = -1): number {
  const from = bytes.byteOffset + start;
  const count = length >>> 2;
  const words = from % 4 === 0 ? new Int32Array(bytes.buffer, from, count) : new Int32Array(bytes.buffer.slice(from, from + 4 * count));
  let sum = 1;
  for (let i = 0; i < count; i++) if (i !== skipped) sum = (Math.imul(sum, 31) + words[i]!) | 0;
  return sum;
}
