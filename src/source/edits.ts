/**
 * Edits of a source text that never lose a character of it: text is inserted, or a piece of the source is moved.
 * So the original of any range can be put together again from the edited text, and positions map both ways.
 */

/**
 * Text to insert, or a range of the source, with the edits inside it, to be rendered here. An empty range tells where
 * the text behind it comes from.
 */
export type Content = string | readonly [start: number, end: number];

const AFTER = 0;
const BEFORE = 1;

interface Insertion {
  readonly position: number;
  /** At one position, what closes comes before what opens. */
  readonly side: typeof AFTER | typeof BEFORE;
  /** The other end of the construct that is opened or closed: inner ones close first and open last. */
  readonly far: number;
  readonly layer: number;
  readonly order: number;
  readonly content: readonly Content[];
}

interface Cut {
  readonly start: number;
  readonly end: number;
  /** Stands in place of the cut range, which another insertion renders, unless it is dropped. */
  readonly content: readonly Content[];
}

/** A piece of the source as it stands in the edited text. */
export interface Segment {
  readonly at: number;
  readonly from: number;
  readonly length: number;
}

export interface Rendered {
  readonly text: string;
  /** In the order of the edited text. */
  readonly segments: readonly Segment[];
}

export class Edits {
  private readonly source: string;
  private readonly insertions: Insertion[] = [];
  private readonly cuts: Cut[] = [];
  private sorted = true;

  constructor(source: string) {
    this.source = source;
  }

  /** Opens a construct that spans [start, end): at one position the outermost opens first; layers break ties, low outermost. */
  open(start: number, end: number, layer: number, ...content: Content[]): void {
    this.insertions.push({ position: start, side: BEFORE, far: -end, layer, order: this.insertions.length, content });
    this.sorted = false;
  }

  /** Closes a construct that spans [start, end). */
  close(start: number, end: number, layer: number, ...content: Content[]): void {
    this.insertions.push({ position: end, side: AFTER, far: -start, layer: -layer, order: this.insertions.length, content });
    this.sorted = false;
  }

  /** Inserts between two tokens, before whatever opens there. */
  insert(position: number, ...content: Content[]): void {
    this.insertions.push({ position, side: BEFORE, far: -Infinity, layer: 0, order: this.insertions.length, content });
    this.sorted = false;
  }

  /** Takes [start, end) out and puts `content` there; the range itself must be rendered by some content, or is gone. */
  cut(start: number, end: number, ...content: Content[]): void {
    this.cuts.push({ start, end, content });
    this.sorted = false;
  }

  private sort(): void {
    if (this.sorted) return;
    this.insertions.sort((a, b) => a.position - b.position || a.side - b.side || a.far - b.far || a.layer - b.layer || a.order - b.order);
    this.cuts.sort((a, b) => a.start - b.start || b.end - a.end);
    this.sorted = true;
  }

  /** The edited text of [start, end). */
  render(start = 0, end = this.source.length): Rendered {
    this.sort();
    const parts: string[] = [];
    const segments: Segment[] = [];
    let length = 0;
    const text = (piece: string): void => {
      parts.push(piece);
      length += piece.length;
    };
    const copy = (from: number, to: number): void => {
      if (to <= from) return;
      segments.push({ at: length, from, length: to - from });
      text(this.source.slice(from, to));
    };
    const put = (content: readonly Content[]): void => {
      for (const item of content) {
        if (typeof item === 'string') text(item);
        else if (item[0] === item[1]) segments.push({ at: length, from: item[0], length: 0 });
        else range(item[0], item[1], true, true);
      }
    };
    const range = (from: number, to: number, isPart: boolean, isMoved: boolean): void => {
      let position = from;
      let next = lowerBound(this.insertions.length, (i) => this.insertions[i]!.position < from);
      let cut = lowerBound(this.cuts.length, (i) => this.cuts[i]!.start < from);
      // The cut that this range was taken out of is not in it.
      while (isMoved && cut < this.cuts.length && this.cuts[cut]!.start === from && this.cuts[cut]!.end >= to) cut++;
      for (;;) {
        const insertion = this.insertions[next];
        const hole = this.cuts[cut];
        const insertAt = insertion && insertion.position <= to ? insertion.position : Infinity;
        const cutAt = hole && hole.start < to ? hole.start : Infinity;
        if (insertAt === Infinity && cutAt === Infinity) break;
        if (insertAt <= cutAt) {
          const ins = insertion!;
          next++;
          // What closes at the range's start, or opens at its end, belongs to a neighbour; what closes there and opened before is around it.
          if (
            (ins.side === AFTER && ins.position === from && from !== 0) ||
            (ins.side === BEFORE && ins.position === to && to !== this.source.length) ||
            (ins.side === AFTER && ins.position === to && isPart && -ins.far < from)
          )
            continue;
          copy(position, ins.position);
          position = ins.position;
          put(ins.content);
        } else {
          copy(position, hole!.start);
          put(hole!.content);
          position = hole!.end;
          cut++;
          while (cut < this.cuts.length && this.cuts[cut]!.start < position) cut++;
          // What closes at the cut's end and opened before or with the cut is around it, not in it.
          while (
            next < this.insertions.length &&
            (this.insertions[next]!.position < position ||
              (this.insertions[next]!.position === position &&
                this.insertions[next]!.side === AFTER &&
                -this.insertions[next]!.far > hole!.start))
          )
            next++;
        }
      }
      copy(position, to);
    };
    range(start, end, start !== 0 || end !== this.source.length, false);
    return { text: parts.join(''), segments };
  }
}

/** The first index for which `below` does not hold; it must hold for all before and none after. */
function lowerBound(length: number, below: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (below(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
