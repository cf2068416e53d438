/** Small pieces of bytes, kept outside V8's heap without an object for each. */
const CHUNK = 64 * 1024;
/** Places are the position within a chunk, and the chunk times this. */
const SCALE = 2 ** 32;

export class Store {
  private readonly chunks: Buffer[] = [];
  private end = CHUNK;

  /** Returns where they are: see `get`. */
  put(bytes: Uint8Array): number {
    const size = 4 + bytes.length;
    let chunk = this.chunks.at(-1);
    if (chunk === undefined || this.end + size > chunk.length) {
      chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK, size));
      this.chunks.push(chunk);
      this.end = 0;
    }
    chunk.writeUInt32LE(bytes.length, this.end);
    chunk.set(bytes, this.end + 4);
    const place = (this.chunks.length - 1) * SCALE + this.end;
    this.end += size;
    return place;
  }

  /** The bytes themselves, not a copy. */
  get(place: number): Uint8Array {
    const at = place % SCALE;
    return this.chunks[Math.trunc(place / SCALE)]!.subarray(at + 4, at + 4 + this.sizeOf(place));
  }

  sizeOf(place: number): number {
    return this.chunks[Math.trunc(place / SCALE)]!.readUInt32LE(place % SCALE);
  }
}
