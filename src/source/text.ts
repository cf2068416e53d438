/** Small questions about source text that the syntax tree does not answer. */
import { lowerBound } from './lower-bound.ts';

/** The position of the first character at or after `position` that is neither white space nor in a comment. */
export function afterTrivia(source: string, position: number): number {
  let i = position;
  for (;;) {
    const c = source.charCodeAt(i);
    if (c === 47 /* / */ && source.charCodeAt(i + 1) === 47) {
      while (i < source.length && !isLineEnd(source.charCodeAt(i))) i++;
    } else if (c === 47 && source.charCodeAt(i + 1) === 42 /* * */) {
      const end = source.indexOf('*/', i + 2);
      if (end < 0) return source.length;
      i = end + 2;
    } else if (i < source.length && (c <= 32 || c === 0xa0 || c === 0xfeff || isLineEnd(c) || (c > 127 && /\s/.test(source[i]!)))) i++;
    else return i;
  }
}

export function isLineEnd(c: number): boolean {
  return c === 10 || c === 13 || c === 0x2028 || c === 0x2029;
}

/** A text of at most so many characters. */
export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 3)}...` : text;
}

/** A pattern, as text, of exactly this text. */
export function patternOf(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** Line ends other than a plain line feed: rare, so that the common text is searched and not read. */
const OTHER_LINE_ENDS = ['\r', '\u2028', '\u2029'];

/** Maps offsets to 1-based lines and 0-based columns. */
export class Lines {
  private readonly text: string;
  /** Where lines start, in the text as far as it has been asked for. */
  private starts: number[] = [];
  private complete = false;

  constructor(text: string) {
    this.text = text;
  }

  private upTo(offset: number): readonly number[] {
    const { text } = this;
    if (this.starts.length === 0) {
      this.complete = OTHER_LINE_ENDS.some((end) => text.includes(end));
      this.starts = this.complete ? lineStarts(text) : [0];
    }
    const { starts } = this;
    while (!this.complete && starts[starts.length - 1]! <= offset) {
      const end = text.indexOf('\n', starts[starts.length - 1]);
      if (end < 0) this.complete = true;
      else starts.push(end + 1);
    }
    return starts;
  }

  line(offset: number): number {
    const starts = this.upTo(offset);
    return lowerBound(starts.length, (i) => starts[i]! <= offset);
  }

  column(offset: number): number {
    return offset - this.upTo(offset)[this.line(offset) - 1]!;
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 13 && text.charCodeAt(i + 1) === 10) i++;
    if (isLineEnd(c)) starts.push(i + 1);
  }
  return starts;
}
