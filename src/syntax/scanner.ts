/**
 * Text to tokens, one at a time, as the parser asks for them: so it knows where a slash begins a regular expression and
 * where a brace ends a template's expression. What is rare is left to the other parser, by `giveUp`.
 */
import { CHARACTERS, DIGIT, PART, START, WIDE_START } from './characters.ts';
import { cook } from './escapes.ts';
import { giveUp } from './give-up.ts';
import * as K from './kinds.ts';
import { NumberScanner } from './numbers.ts';

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

export class Scanner extends NumberScanner {
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
