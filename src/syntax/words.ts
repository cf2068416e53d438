/** Reads a text by tokens, as far as space and words go. */
import { CHARACTERS, PART, WIDE_PART, WIDE_SPACE, WIDE_START, codesOf } from './characters.ts';
import { giveUp } from './give-up.ts';
import * as K from './kinds.ts';

/** A character of a name as minifiers write it. */
const ESCAPE = /^\\u(?:([\da-f]{4})|\{([\da-f]+)\})/i;
const LONGEST_ESCAPE = 12;
const LAST_CODE = 0x10ffff;

/** Words are looked up by their letters' hash first: most stand in a program many times. */
const SEEN = 4096;
/** Of longer ones V8 makes no copy, so that they would keep the text that they are a part of. */
const COPIED = 12;
const seen = new Array<string>(SEEN).fill('');
const seenKinds = new Uint8Array(SEEN);

export abstract class WordScanner {
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

  /** The first position from `from` on that is neither space nor in a comment. */
  protected skip(from: number): number {
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

  protected characterAt(at: number): string {
    return String.fromCodePoint(this.text.codePointAt(at)!);
  }

  protected word(start: number): void {
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

  protected wideWord(start: number): void {
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
}
