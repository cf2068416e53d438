/**
 * Text to tokens, one at a time, as the parser asks for them: so it knows where a slash begins a regular expression and
 * where a brace ends a template's expression. What is rare is left to the other parser, by `giveUp`.
 */
import { cook } from './escapes.ts';
import * as K from './kinds.ts';

/** Thrown where the text is wrong, or has something that this parser leaves to the other one. */
export const GIVE_UP = new Error('for the other parser');

export function giveUp(): never {
  throw GIVE_UP;
}

/** What a character may be a part of. */
const START = 1;
const PART = 2;
const DIGIT = 4;

const CHARACTERS = Uint8Array.from({ length: 128 }, (_, c) => {
  if (c >= 48 && c <= 57) return PART | DIGIT;
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 36 || c === 95 ? START | PART : 0;
});

const WIDE_START = /\p{ID_Start}/u;
const WIDE_PART = /[\p{ID_Continue}\u200c\u200d]/u;
const WIDE_SPACE = /\s/;
/** A character of a name as minifiers write it. */
const ESCAPE = /^\\u(?:([\da-f]{4})|\{([\da-f]+)\})/i;
const LONGEST_ESCAPE = 12;
const LAST_CODE = 0x10ffff;

/** What a character is by itself, whatever follows; 0 for what depends on that. */
const SINGLE = new Uint8Array(128);
[...'(),:;[]`{}'].forEach((character, i) => {
  SINGLE[character.charCodeAt(0)] = [
    K.PAREN_L,
    K.PAREN_R,
    K.COMMA,
    K.COLON,
    K.SEMICOLON,
    K.BRACKET_L,
    K.BRACKET_R,
    K.TEMPLATE,
    K.BRACE_L,
    K.BRACE_R,
  ][i]!;
});

/** So far a token is looked at behind the text's end. What is read there is 0. */
const BEYOND = 4;
const encoder = new TextEncoder();
/** Larger texts are rare. */
const scratch = new Uint8Array(65_536);

/**
 * The characters of `text`, good until the next one. While the code that reads them has not been optimised, which is most
 * of a first start, an array gives them twice as fast as a string.
 */
function codesOf(text: string): Uint8Array | Uint16Array {
  const { length } = text;
  const narrow = length + BEYOND > scratch.length ? new Uint8Array(length + BEYOND) : scratch;
  if (encoder.encodeInto(text, narrow).written === length) return narrow.fill(0, length, length + BEYOND);
  const codes = new Uint16Array(length + BEYOND);
  for (let i = 0; i < length; i++) codes[i] = text.charCodeAt(i);
  return codes;
}

/** Words are looked up by their letters' hash first: most stand in a program many times. */
const SEEN = 4096;
/** Of longer ones V8 makes no copy, so that they would keep the text that they are a part of. */
const COPIED = 12;
const seen = new Array<string>(SEEN).fill('');
const seenKinds = new Uint8Array(SEEN);

export class Scanner {
  protected readonly text: string;
  protected readonly codes: Uint8Array | Uint16Array;
  /** Of the token that is next. */
  protected kind = K.EOF;
  protected start = 0;
  protected end = 0;
  /** A word's or a private name's letters; an operator; what a string or a number means. */
  protected value: string | number | bigint = '';
  /** A line ends between it and the one before. */
  protected newline = false;
  /** Where the token before it ends. */
  protected lastEnd = 0;

  constructor(text: string) {
    this.text = text;
    this.codes = codesOf(text);
  }

  /** To the next token. */
  protected next(): void {
    const { codes } = this;
    let at = this.end;
    this.lastEnd = at;
    this.newline = false;
    let c = codes[at]!;
    if (c === 32) c = codes[++at]!;
    if (c < 33 || c === 47 || c > 126) {
      at = this.skip(at);
      c = codes[at]!;
    }
    this.start = at;
    if (c < 128) {
      const is = CHARACTERS[c]!;
      const single = SINGLE[c]!;
      if (is & START) this.word(at);
      else if (single !== 0) {
        this.kind = single;
        this.end = at + 1;
      } else if (is & DIGIT) this.number(at, c);
      else this.punctuator(at, c);
    } else if (WIDE_START.test(this.characterAt(at))) this.wideWord(at);
    else giveUp();
  }

  /** The first position from `from` on that is neither space nor in a comment. */
  private skip(from: number): number {
    const { codes, text } = this;
    let at = from;
    for (;;) {
      const c = codes[at]!;
      if (c === 32 || c === 9) at++;
      else if (c === 10 || c === 13) {
        this.newline = true;
        at++;
      } else if (c === 47) {
        const d = codes[at + 1]!;
        if (d === 47) at = this.lineEnd(at + 2);
        else if (d === 42) at = this.commentEnd(at + 2);
        else return at;
      } else if (c > 13 && c < 127) return at;
      else if (c === 0x2028 || c === 0x2029) {
        this.newline = true;
        at++;
      } else if (at < text.length && (c === 11 || c === 12 || (c > 127 && WIDE_SPACE.test(text[at]!)))) at++;
      else return at;
    }
  }

  private lineEnd(from: number): number {
    const { codes, text } = this;
    for (let at = from; at < text.length; at++) {
      const c = codes[at]!;
      if (c === 10 || c === 13 || c === 0x2028 || c === 0x2029) return at;
    }
    return text.length;
  }

  private commentEnd(from: number): number {
    const { codes, text } = this;
    for (let at = from; at < text.length; at++) {
      const c = codes[at]!;
      if (c === 42) {
        if (codes[at + 1] === 47) return at + 2;
      } else if (c === 10 || c === 13 || c === 0x2028 || c === 0x2029) this.newline = true;
    }
    return giveUp();
  }

  private characterAt(at: number): string {
    return String.fromCodePoint(this.text.codePointAt(at)!);
  }

  private word(start: number): void {
    const { codes, text } = this;
    let at = start;
    let hash = 0;
    let c: number;
    while ((c = codes[at]!) < 128 && CHARACTERS[c]! & PART) {
      hash = (Math.imul(hash, 31) + c) | 0;
      at++;
    }
    if (c === 92 || c > 127) return this.wideWord(start);
    this.end = at;
    const place = (hash ^ (hash >>> 12)) & (SEEN - 1);
    const known = seen[place]!;
    if (known.length === at - start && text.startsWith(known, start)) {
      this.value = known;
      this.kind = seenKinds[place]!;
      return;
    }
    const word = text.slice(start, at);
    this.value = word;
    this.kind = K.WORDS.get(word) ?? K.NAME;
    if (at - start > COPIED) return;
    seen[place] = word;
    seenKinds[place] = this.kind;
  }

  private wideWord(start: number): void {
    const { codes, text } = this;
    let at = start;
    /** The word as far as `from`, where it has been put together from escapes. */
    let word = '';
    let from = start;
    while (at < text.length) {
      const c = codes[at]!;
      if (c === 92) {
        const [escape, plain, braced] = ESCAPE.exec(text.slice(at, at + LONGEST_ESCAPE)) ?? giveUp();
        const code = Number.parseInt(plain ?? braced!, 16);
        // A keyword that is written so is none, or wrong.
        if (code < 128 || code > LAST_CODE) giveUp();
        const character = String.fromCodePoint(code);
        if (!(at === start ? WIDE_START : WIDE_PART).test(character)) giveUp();
        word += text.slice(from, at) + character;
        from = at += escape.length;
      } else if (c < 128) {
        if (!(CHARACTERS[c]! & PART)) break;
        at++;
      } else {
        const character = this.characterAt(at);
        if (!WIDE_PART.test(character)) break;
        at += character.length;
      }
    }
    this.end = at;
    word += text.slice(from, at);
    this.value = word;
    this.kind = K.WORDS.get(word) ?? K.NAME;
  }

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

  private number(start: number, first: number): void {
    const { codes } = this;
    const second = codes[start + 1]!;
    if (first === 48 && ((second >= 48 && second <= 57) || second === 95)) giveUp();
    let at: number;
    if (first === 48 && (second | 32) > 97 && (second | 32) < 121) {
      const letter = second | 32;
      if (letter !== 120 && letter !== 111 && letter !== 98 && second !== 110 && letter !== 101) giveUp();
      if (letter === 120 || letter === 111 || letter === 98) return this.radixNumber(start, letter);
    }
    at = this.digits(start);
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

  private radixNumber(start: number, letter: number): void {
    const { codes } = this;
    let at = start + 2;
    for (let c = codes[at]!; c === 95 || (c < 128 && CHARACTERS[c]! & PART && c !== 110); c = codes[++at]!);
    if (codes[at] === 110) return this.bigint(start, at);
    this.numberEnds(at);
    this.value = Number(this.withoutSeparators(start, at));
    if (at === start + 2 || letter === 0 || Number.isNaN(this.value)) giveUp();
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

  private string(start: number, quote: number): void {
    const { codes, text } = this;
    let escapes = false;
    let at = start + 1;
    for (; ; at++) {
      const c = codes[at]!;
      if (c === quote) break;
      if (c === 92) {
        escapes = true;
        at++;
        // One line end, of two characters.
        if (codes[at] === 13 && codes[at + 1] === 10) at++;
      } else if (c === 10 || c === 13) giveUp();
      if (at >= text.length) giveUp();
    }
    this.kind = K.STRING;
    this.end = at + 1;
    const raw = text.slice(start + 1, at);
    this.value = escapes ? (cook(raw) ?? giveUp()) : raw;
  }

  private token(kind: number, start: number, length: number): void {
    this.kind = kind;
    this.end = start + length;
  }

  private operator(kind: number, start: number, operator: string): void {
    this.kind = kind;
    this.value = operator;
    this.end = start + operator.length;
  }

  private punctuator(at: number, c: number): void {
    const { codes, text } = this;
    const d = codes[at + 1]!;
    switch (c) {
      case 33: // !
        if (d !== 61) return this.operator(K.NOT, at, '!');
        return codes[at + 2] === 61 ? this.operator(K.EQUALITY, at, '!==') : this.operator(K.EQUALITY, at, '!=');
      case 34: // "
      case 39: // '
        return this.string(at, c);
      case 35: // #
        if (!(d < 128 && CHARACTERS[d]! & START)) giveUp();
        this.word(at + 1);
        this.kind = K.PRIVATE;
        return;
      case 37: // %
        return d === 61 ? this.operator(K.ASSIGN_OP, at, '%=') : this.operator(K.REMAINDER, at, '%');
      case 38: // &
        if (d === 38) return codes[at + 2] === 61 ? this.operator(K.ASSIGN_OP, at, '&&=') : this.operator(K.AND, at, '&&');
        return d === 61 ? this.operator(K.ASSIGN_OP, at, '&=') : this.operator(K.BIT_AND, at, '&');
      case 42: // *
        if (d === 42) return codes[at + 2] === 61 ? this.operator(K.ASSIGN_OP, at, '**=') : this.operator(K.POWER, at, '**');
        return d === 61 ? this.operator(K.ASSIGN_OP, at, '*=') : this.operator(K.STAR, at, '*');
      case 43: // +
        if (d === 43) return this.operator(K.STEP, at, '++');
        return d === 61 ? this.operator(K.ASSIGN_OP, at, '+=') : this.operator(K.SUM, at, '+');
      case 45: // -
        if (d === 45) {
          // `-->` may be a comment.
          if (codes[at + 2] === 62) giveUp();
          return this.operator(K.STEP, at, '--');
        }
        return d === 61 ? this.operator(K.ASSIGN_OP, at, '-=') : this.operator(K.SUM, at, '-');
      case 46: // .
        if (d >= 48 && d <= 57) return this.number(at, c);
        return d === 46 && codes[at + 2] === 46 ? this.token(K.ELLIPSIS, at, 3) : this.token(K.DOT, at, 1);
      case 47: // /
        return d === 61 ? this.operator(K.ASSIGN_OP, at, '/=') : this.operator(K.SLASH, at, '/');
      case 60: // <
        if (d === 60) return codes[at + 2] === 61 ? this.operator(K.ASSIGN_OP, at, '<<=') : this.operator(K.SHIFT, at, '<<');
        // `<!--` may be a comment.
        if (d === 33 && text.startsWith('--', at + 2)) giveUp();
        return d === 61 ? this.operator(K.RELATION, at, '<=') : this.operator(K.RELATION, at, '<');
      case 61: // =
        if (d === 62) return this.token(K.ARROW, at, 2);
        if (d === 61) return codes[at + 2] === 61 ? this.operator(K.EQUALITY, at, '===') : this.operator(K.EQUALITY, at, '==');
        return this.operator(K.ASSIGN, at, '=');
      case 62: // >
        return this.greater(at, d);
      case 63: // ?
        return this.question(at, d);
      case 94: // ^
        return d === 61 ? this.operator(K.ASSIGN_OP, at, '^=') : this.operator(K.BIT_XOR, at, '^');
      case 124: // |
        if (d === 124) return codes[at + 2] === 61 ? this.operator(K.ASSIGN_OP, at, '||=') : this.operator(K.OR, at, '||');
        return d === 61 ? this.operator(K.ASSIGN_OP, at, '|=') : this.operator(K.BIT_OR, at, '|');
      case 126:
        return this.operator(K.NOT, at, '~');
      case 92: // \
        return this.wideWord(at);
      default:
        if (at < text.length) giveUp();
        this.kind = K.EOF;
        this.end = at;
    }
  }

  private greater(at: number, d: number): void {
    const { codes } = this;
    if (d !== 62) return d === 61 ? this.operator(K.RELATION, at, '>=') : this.operator(K.RELATION, at, '>');
    const e = codes[at + 2]!;
    if (e === 62) return codes[at + 3] === 61 ? this.operator(K.ASSIGN_OP, at, '>>>=') : this.operator(K.SHIFT, at, '>>>');
    return e === 61 ? this.operator(K.ASSIGN_OP, at, '>>=') : this.operator(K.SHIFT, at, '>>');
  }

  private question(at: number, d: number): void {
    const e = this.codes[at + 2]!;
    if (d === 63) return e === 61 ? this.operator(K.ASSIGN_OP, at, '??=') : this.operator(K.COALESCE, at, '??');
    return d === 46 && !(e >= 48 && e <= 57) ? this.token(K.QUESTION_DOT, at, 2) : this.token(K.QUESTION, at, 1);
  }

  /** Reads the slash that is next as what begins a regular expression. Gives where its pattern ends. */
  protected regexp(): number {
    const { codes, text, start } = this;
    let inClass = false;
    let at = start + 1;
    for (; ; at++) {
      const c = codes[at]!;
      if (c === 92) at++;
      else if (c === 91) inClass = true;
      else if (c === 93) inClass = false;
      else if (c === 47 && !inClass) break;
      const d = c === 92 ? codes[at]! : c;
      if (d === 10 || d === 13 || d === 0x2028 || d === 0x2029 || at >= text.length) giveUp();
    }
    const close = at++;
    let c: number;
    while ((c = codes[at]!) < 128 && CHARACTERS[c]! & PART) at++;
    if (c > 127 || c === 92) giveUp();
    this.kind = K.REGEXP;
    this.end = at;
    return close;
  }

  /** Where the piece of a template that begins at `from` ends: at a backquote, or before `${`. */
  protected templatePiece(from: number): number {
    const { codes, text } = this;
    for (let at = from; at < text.length; at++) {
      const c = codes[at]!;
      if (c === 96 || (c === 36 && codes[at + 1] === 123)) return at;
      if (c === 92) at++;
    }
    return giveUp();
  }
}
