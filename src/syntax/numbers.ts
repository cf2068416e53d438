/** Reads numbers: one that is wrong, or of an old form, is left to the other parser. */
import { CHARACTERS, PART } from './characters.ts';
import { giveUp } from './give-up.ts';
import * as K from './kinds.ts';
import { WordScanner } from './words.ts';

export abstract class NumberScanner extends WordScanner {
  /** Nothing that a name could be made of may follow a number. */
  private numberEnds(at: number): void {
    const c = this.codes[at]!;
    if (c > 127 || c === 92 || (c < 128 && CHARACTERS[c]! & PART)) giveUp();
    this.end = at;
    this.kind = K.NUMBER;
  }

  private digits(from: number): number {
    const { codes } = this;
    let at = from;
    for (let c = codes[at]!; (c >= 48 && c <= 57) || c === 95; c = codes[++at]!);
    return at;
  }

  protected number(start: number, first: number): void {
    const { codes } = this;
    const second = codes[start + 1]!;
    if (first === 48) {
      // An octal number as it was once written, or wrong.
      if ((second >= 48 && second <= 57) || second === 95) giveUp();
      const letter = second | 32;
      // b, o, x
      if (letter === 98 || letter === 111 || letter === 120) return this.radixNumber(start);
    }
    let at = this.digits(start);
    if (codes[at] === 110) return this.bigint(start, at);
    if (codes[at] === 46) at = this.digits(at + 1);
    if ((codes[at]! | 32) === 101) {
      const sign = codes[at + 1]!;
      const from = sign === 43 || sign === 45 ? at + 2 : at + 1;
      at = this.digits(from);
      if (at === from) giveUp();
    }
    this.numberEnds(at);
    if (at - start === 1) this.value = first - 48;
    else this.value = Number(this.withoutSeparators(start, at));
    if (Number.isNaN(this.value)) giveUp();
  }

  private radixNumber(start: number): void {
    const { codes } = this;
    let at = start + 2;
    for (let c = codes[at]!; c === 95 || (c < 128 && CHARACTERS[c]! & PART && c !== 110); c = codes[++at]!);
    if (codes[at] === 110) return this.bigint(start, at);
    this.numberEnds(at);
    this.value = Number(this.withoutSeparators(start, at));
    if (Number.isNaN(this.value)) giveUp();
  }

  private bigint(start: number, at: number): void {
    this.numberEnds(at + 1);
    try {
      this.value = BigInt(this.withoutSeparators(start, at));
    } catch {
      giveUp();
    }
  }

  private withoutSeparators(start: number, end: number): string {
    const digits = this.text.slice(start, end);
    if (!digits.includes('_')) return digits;
    // One between two digits.
    if (/__|_$|[^\da-fA-F]_|_[^\da-fA-F]/.test(digits)) giveUp();
    return digits.replaceAll('_', '');
  }
}
