/** Cuts a byte stream into lines. Bytes, not strings: a chunk may end inside a character. */
export class LineReader {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** A line of more than `limit` bytes is an overflow. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The lines completed by this chunk, or 'overflow', after which the reader is empty again. */
  push(chunk: Buffer): readonly string[] | 'overflow' {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      if (!this.#keep(chunk.subarray(start, end))) return 'overflow';
      lines.push(this.rest());
      start = end + 1;
    }
    return this.#keep(chunk.subarray(start)) ? lines : 'overflow';
  }

  /** What came after the last newline; empties the reader. */
  rest(): string {
    const text = Buffer.concat(this.#chunks, this.#bytes).toString('utf8');
    this.#reset();
    return text;
  }

  #keep(part: Buffer): boolean {
    if (this.#bytes + part.length > this.#limit) {
      this.#reset();
      return false;
    }
    this.#chunks.push(part);
    this.#bytes += part.length;
    return true;
  }

  #reset(): void {
    this.#chunks = [];
    this.#bytes = 0;
  }
}
