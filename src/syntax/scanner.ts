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

/** Words are looked up by their letters' hash first: most stand in a program many times. */
const SEEN = 4096;
/** Of longer ones V8 makes no copy, so that they would keep the text that they are a part of. */
const COPIED = 12;
const seen = new Array<string>(SEEN).fill('');
const seenKinds = new Uint8Array(SEEN);

export class Scanner {
  protected readonly text: string;
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
  }

  /** To the next token. */
  protected next(): void {
    this.lastEnd = this.end;
    this.newline = false;
    const at = this.skip(this.end);
    this.start = at;
    const c = this.text.charCodeAt(at);
    if (c < 128) {
      const is = CHARACTERS[c]!;
      if (is & START) this.word(at);
      else if (is & DIGIT) this.number(at, c);
      else this.punctuator(at, c);
    } else if (at >= this.text.length) {
      this.kind = K.EOF;
      this.end = at;
    } else if (WIDE_START.test(this.characterAt(at))) this.wideWord(at);
    else giveUp();
  }

  /** The first position from `from` on that is neither space nor in a comment. */
  private skip(from: number): number {
    const { text } = this;
    let at = from;
    for (;;) {
      const c = text.charCodeAt(at);
      if (c === 32 || c === 9) at++;
      else if (c === 10 || c === 13) {
        this.newline = true;
        at++;
      } else if (c === 47) {
        const d = text.charCodeAt(at + 1);
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
    const { text } = this;
    for (let at = from; at < text.length; at++) {
      const c = text.charCodeAt(at);
      if (c === 10 || c === 13 || c === 0x2028 || c === 0x2029) return at;
    }
    return text.length;
  }

  private commentEnd(from: number): number {
    const { text } = this;
    for (let at = from; at < text.length; at++) {
      const c = text.charCodeAt(at);
      if (c === 42) {
        if (text.charCodeAt(at + 1) === 47) return at + 2;
      } else if (c === 10 || c === 13 || c === 0x2028 || c === 0x2029) this.newline = true;
    }
    return giveUp();
  }

  private characterAt(at: number): string {
    return String.fromCodePoint(this.text.codePointAt(at)!);
  }

  private word(start: number): void {
    const { text } = this;
    let at = start;
    let hash = 0;
    let c: number;
    while ((c = text.charCodeAt(at)) < 128 && CHARACTERS[c]! & PART) {
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
    const { text } = this;
    let at = start;
    while (at < text.length) {
      const c = text.charCodeAt(at);
      if (c < 128) {
        if (c === 92) giveUp();
        if (!(CHARACTERS[c]! & PART)) break;
        at++;
      } else {
        const character = this.characterAt(at);
        if (!WIDE_PART.test(character)) break;
        at += character.length;
      }
    }
    this.end = at;
    const word = text.slice(start, at);
    this.value = word;
    this.kind = K.WORDS.get(word) ?? K.NAME;
  }

  /** Nothing that a name could be made of may follow a number. */
  private numberEnds(at: number): void {
    const c = this.text.charCodeAt(at);
    if (c > 127 || c === 92 || (c < 128 && CHARACTERS[c]! & PART)) giveUp();
    this.end = at;
    this.kind = K.NUMBER;
  }

  private digits(from: number): number {
    const { text } = this;
    let at = from;
    for (let c = text.charCodeAt(at); (c >= 48 && c <= 57) || c === 95; c = text.charCodeAt(++at));
    return at;
  }

  private number(start: number, first: number): void {
    const { text } = this;
    const second = text.charCodeAt(start + 1);
    if (first === 48 && ((second >= 48 && second <= 57) || second === 95)) giveUp();
    let at: number;
    if (first === 48 && (second | 32) > 97 && (second | 32) < 121) {
      const letter = second | 32;
      if (letter !== 120 && letter !== 111 && letter !== 98 && second !== 110 && letter !== 101) giveUp();
      if (letter === 120 || letter === 111 || letter === 98) return this.radixNumber(start, letter);
    }
    at = this.digits(start);
    if (text.charCodeAt(at) === 110) return this.bigint(start, at);
    if (text.charCodeAt(at) === 46) at = this.digits(at + 1);
    if ((text.charCodeAt(at) | 32) === 101) {
      const sign = text.charCodeAt(at + 1);
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
    const { text } = this;
    let at = start + 2;
    for (let c = text.charCodeAt(at); c === 95 || (c < 128 && CHARACTERS[c]! & PART && c !== 110); c = text.charCodeAt(++at));
    if (text.charCodeAt(at) === 110) return this.bigint(start, at);
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
    const { text } = this;
    let escapes = false;
    let at = start + 1;
    for (; ; at++) {
      const c = text.charCodeAt(at);
      if (c === quote) break;
      if (c === 92) {
        escapes = true;
        at++;
        // One line end, of two characters.
        if (text.charCodeAt(at) === 13 && text.charCodeAt(at + 1) === 10) at++;
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
    const { text } = this;
    const d = text.charCodeAt(at + 1);
    switch (c) {
      case 33: // !
        if (d !== 61) return this.operator(K.NOT, at, '!');
        return text.charCodeAt(at + 2) === 61 ? this.operator(K.EQUALITY, at, '!==') : this.operator(K.EQUALITY, at, '!=');
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
        if (d === 38) return text.charCodeAt(at + 2) === 61 ? this.operator(K.ASSIGN_OP, at, '&&=') : this.operator(K.AND, at, '&&');
        return d === 61 ? this.operator(K.ASSIGN_OP, at, '&=') : this.operator(K.BIT_AND, at, '&');
      case 40:
        return this.token(K.PAREN_L, at, 1);
      case 41:
        return this.token(K.PAREN_R, at, 1);
      case 42: // *
        if (d === 42) return text.charCodeAt(at + 2) === 61 ? this.operator(K.ASSIGN_OP, at, '**=') : this.operator(K.POWER, at, '**');
        return d === 61 ? this.operator(K.ASSIGN_OP, at, '*=') : this.operator(K.STAR, at, '*');
      case 43: // +
        if (d === 43) return this.operator(K.STEP, at, '++');
        return d === 61 ? this.operator(K.ASSIGN_OP, at, '+=') : this.operator(K.SUM, at, '+');
      case 44:
        return this.token(K.COMMA, at, 1);
      case 45: // -
        if (d === 45) {
          // `-->` may be a comment.
          if (text.charCodeAt(at + 2) === 62) giveUp();
          return this.operator(K.STEP, at, '--');
        }
        return d === 61 ? this.operator(K.ASSIGN_OP, at, '-=') : this.operator(K.SUM, at, '-');
      case 46: // .
        if (d >= 48 && d <= 57) return this.number(at, c);
        return d === 46 && text.charCodeAt(at + 2) === 46 ? this.token(K.ELLIPSIS, at, 3) : this.token(K.DOT, at, 1);
      case 47: // /
        return d === 61 ? this.operator(K.ASSIGN_OP, at, '/=') : this.operator(K.SLASH, at, '/');
      case 58:
        return this.token(K.COLON, at, 1);
      case 59:
        return this.token(K.SEMICOLON, at, 1);
      case 60: // <
        if (d === 60) return text.charCodeAt(at + 2) === 61 ? this.operator(K.ASSIGN_OP, at, '<<=') : this.operator(K.SHIFT, at, '<<');
        // `<!--` may be a comment.
        if (d === 33 && text.startsWith('--', at + 2)) giveUp();
        return d === 61 ? this.operator(K.RELATION, at, '<=') : this.operator(K.RELATION, at, '<');
      case 61: // =
        if (d === 62) return this.token(K.ARROW, at, 2);
        if (d === 61) return text.charCodeAt(at + 2) === 61 ? this.operator(K.EQUALITY, at, '===') : this.operator(K.EQUALITY, at, '==');
        return this.operator(K.ASSIGN, at, '=');
      case 62: // >
        return this.greater(at, d);
      case 63: // ?
        return this.question(at, d);
      case 91:
        return this.token(K.BRACKET_L, at, 1);
      case 93:
        return this.token(K.BRACKET_R, at, 1);
      case 94: // ^
        return d === 61 ? this.operator(K.ASSIGN_OP, at, '^=') : this.operator(K.BIT_XOR, at, '^');
      case 96:
        return this.token(K.TEMPLATE, at, 1);
      case 123:
        return this.token(K.BRACE_L, at, 1);
      case 124: // |
        if (d === 124) return text.charCodeAt(at + 2) === 61 ? this.operator(K.ASSIGN_OP, at, '||=') : this.operator(K.OR, at, '||');
        return d === 61 ? this.operator(K.ASSIGN_OP, at, '|=') : this.operator(K.BIT_OR, at, '|');
      case 125:
        return this.token(K.BRACE_R, at, 1);
      case 126:
        return this.operator(K.NOT, at, '~');
      default:
        giveUp();
    }
  }

  private greater(at: number, d: number): void {
    if (d !== 62) return d === 61 ? this.operator(K.RELATION, at, '>=') : this.operator(K.RELATION, at, '>');
    const e = this.text.charCodeAt(at + 2);
    if (e === 62) return this.text.charCodeAt(at + 3) === 61 ? this.operator(K.ASSIGN_OP, at, '>>>=') : this.operator(K.SHIFT, at, '>>>');
    return e === 61 ? this.operator(K.ASSIGN_OP, at, '>>=') : this.operator(K.SHIFT, at, '>>');
  }

  private question(at: number, d: number): void {
    const e = this.text.charCodeAt(at + 2);
    if (d === 63) return e === 61 ? this.operator(K.ASSIGN_OP, at, '??=') : this.operator(K.COALESCE, at, '??');
    return d === 46 && !(e >= 48 && e <= 57) ? this.token(K.QUESTION_DOT, at, 2) : this.token(K.QUESTION, at, 1);
  }

  /** Reads the slash that is next as what begins a regular expression. Gives where its pattern ends. */
  protected regexp(): number {
    const { text, start } = this;
    let inClass = false;
    let at = start + 1;
    for (; ; at++) {
      const c = text.charCodeAt(at);
      if (c === 92) at++;
      else if (c === 91) inClass = true;
      else if (c === 93) inClass = false;
      else if (c === 47 && !inClass) break;
      const d = c === 92 ? text.charCodeAt(at) : c;
      if (d === 10 || d === 13 || d === 0x2028 || d === 0x2029 || at >= text.length) giveUp();
    }
    const close = at++;
    let c: number;
    while ((c = text.charCodeAt(at)) < 128 && CHARACTERS[c]! & PART) at++;
    if (c > 127 || c === 92) giveUp();
    this.kind = K.REGEXP;
    this.end = at;
    return close;
  }

  /** Where the piece of a template that begins at `from` ends: at a backquote, or before `${`. */
  protected templatePiece(from: number): number {
    const { text } = this;
    for (let at = from; at < text.length; at++) {
      const c = text.charCodeAt(at);
      if (c === 96 || (c === 36 && text.charCodeAt(at + 1) === 123)) return at;
      if (c === 92) at++;
    }
    return giveUp();
  }
}
