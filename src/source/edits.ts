/**
 * Edits of a source text that never lose a character of it: text is inserted, or a piece of the source is moved.
 * So the original of any range can be put together again from the edited text, and positions map both ways.
 */
import { lowerBound } from './lower-bound.ts';
import { afterTrivia } from './text.ts';

/**
 * Text to insert, or a range of the source, with the edits inside it, to be rendered here. An empty range tells where
 * the text behind it comes from.
 */
export type Content = string | readonly [start: number, end: number];

/** With what a statement can begin and an expression go on. */
const JOINING = ['(', '[', '`', '+', '-', '/'];

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

  /**
   * To be called where something is put at the end of a statement that no semicolon ends. What stood there could not go on
   * on the next line, what has been put there could.
   */
  endStatement(end: number): void {
    const next = this.source[afterTrivia(this.source, end)] ?? '';
    if (JOINING.includes(next)) this.close(-1, end, 0, ';');
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
    return new Rendering(this.source, this.insertions, this.cuts).run(start, end);
  }
}

class Rendering {
  private readonly source: string;
  private readonly insertions: readonly Insertion[];
  private readonly cuts: readonly Cut[];
  private readonly parts: string[] = [];
  private readonly segments: Segment[] = [];
  private length = 0;

  constructor(source: string, insertions: readonly Insertion[], cuts: readonly Cut[]) {
    this.source = source;
    this.insertions = insertions;
    this.cuts = cuts;
  }

  run(start: number, end: number): Rendered {
    this.range(start, end, start !== 0 || end !== this.source.length, false);
    return { text: this.parts.join(''), segments: this.segments };
  }

  private text(piece: string): void {
    this.parts.push(piece);
    this.length += piece.length;
  }

  private copy(from: number, to: number): void {
    if (to <= from) return;
    this.segments.push({ at: this.length, from, length: to - from });
    this.text(this.source.slice(from, to));
  }

  private put(content: readonly Content[]): void {
    for (let i = 0; i < content.length; i++) {
      const item = content[i]!;
      if (typeof item === 'string') this.text(item);
      else if (item[0] === item[1]) this.segments.push({ at: this.length, from: item[0], length: 0 });
      else this.range(item[0], item[1], true, true);
    }
  }

  private range(from: number, to: number, isPart: boolean, isMoved: boolean): void {
    const { insertions, cuts } = this;
    let position = from;
    let next = lowerBound(insertions.length, (i) => insertions[i]!.position < from);
    let cut = lowerBound(cuts.length, (i) => cuts[i]!.start < from);
    // The cut that this range was taken out of is not in it.
    while (isMoved && cut < cuts.length && cuts[cut]!.start === from && cuts[cut]!.end >= to) cut++;
    for (;;) {
      const insertion = insertions[next];
      const hole = cuts[cut];
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
        this.copy(position, ins.position);
        position = ins.position;
        this.put(ins.content);
      } else {
        this.copy(position, hole!.start);
        this.put(hole!.content);
        position = hole!.end;
        cut++;
        while (cut < cuts.length && cuts[cut]!.start < position) cut++;
        // What closes at the cut's end and opened before or with the cut is around it, not in it.
        while (
          next < insertions.length &&
          (insertions[next]!.position < position ||
            (insertions[next]!.position === position && insertions[next]!.side === AFTER && -insertions[next]!.far > hole!.start))
        )
          next++;
      }
    }
    this.copy(position, to);
  }
}
