/** The cache gives back what it was given for exactly that text, or nothing, whatever has become of its file. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Cache } from '../../src/node/cache/cache.ts';
import { encodeModule, recordOf } from '../../src/node/cache/cached-module.ts';
import type { Made, Refused } from '../../src/node/cache/cached-module.ts';
import { hashOf, make } from '../../src/node/load/maker.ts';
import { Pack, packOf } from '../../src/node/cache/pack.ts';

const folder = mkdtempSync(join(tmpdir(), 'livepatch-cache-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newFile = (): string => join(folder, `pack-${++files}`);

const texts: Readonly<Record<string, string>> = {
  ascii: 'export function f(a, b) { return a + b; }\n',
  umlaut: "export async function* g() { yield 'Grüße'; }\n",
  wide: "export class C { #x = '漢字'; get x() { return this.#x; } }\n",
  refused: 'export const $lpMine = () => 1;\n',
};

function madeFrom(text: string, base: number): Made | Refused {
  return make({ text, hash: hashOf(text), format: 'module', typescript: false, file: '/a.mjs', base });
}

/** The file of a program that has loaded these, and what is to come out of it. */
function written(): { file: string; bytes: Buffer; made: Map<string, Made | Refused> } {
  const made = new Map(Object.entries(texts).map(([key, text], i) => [key, madeFrom(text, 64 * i)]));
  const entries = [...made].map(([key, m]) => ({ key, unused: 0, ...encodeModule(m, Buffer.from(texts[key]!)) }));
  const file = newFile();
  const bytes = Buffer.concat(Array.from(packOf(64 * made.size, entries), (part) => Buffer.from(part)));
  writeFileSync(file, bytes);
  return { file, bytes, made };
}

function assertSame(cache: Cache, made: ReadonlyMap<string, Made | Refused>): number {
  let found = 0;
  for (const [key, expected] of made) {
    const read = cache.read(key, texts[key]!);
    if (read === null) continue;
    const { entry, text } = read;
    found++;
    if ('reason' in expected) assert.equal(entry.reason, expected.reason);
    else {
      assert.deepEqual(
        [entry.reason, entry.base, entry.ids, entry.functions, text],
        [null, expected.base, expected.ids, expected.functions, expected.text],
      );
      assert.deepEqual(recordOf(entry.record).details, expected.details);
    }
    assert.equal(entry.hash, expected.hash);
  }
  return found;
}

test('each module comes back as it was made, from text and from bytes, in any order', () => {
  const { file, made } = written();
  const cache = new Cache(file);
  assert.equal(assertSame(cache, made), made.size);
  assert.equal(assertSame(cache, new Map([...made].toReversed())), made.size);
  for (const [key, text] of Object.entries(texts)) assert.equal(cache.read(key, Buffer.from(text))?.entry.hash, hashOf(text));
});

test('other text, or the same text by another name, is not found', () => {
  const cache = new Cache(written().file);
  assert.equal(cache.read('ascii', texts['ascii']!.replace('+', '-')), null);
  assert.equal(cache.read('ascii', `${texts['ascii']!} `), null);
  assert.equal(cache.read('ascii', ''), null);
  assert.equal(cache.read('other', texts['ascii']!), null);
});

test('a file that is cut off anywhere gives what is whole, and nothing else', () => {
  const { bytes, made } = written();
  const file = newFile();
  for (let length = 0; length < bytes.length; length++) {
    writeFileSync(file, bytes.subarray(0, length));
    assert.ok(assertSame(new Cache(file), made) < made.size, `cut off at ${length}`);
  }
});

test('a file with any byte changed, or any block of it lost, gives what is whole, and nothing else', () => {
  const { bytes, made } = written();
  const file = newFile();
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [0, 7]) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << bit;
      writeFileSync(file, changed);
      assertSame(new Cache(file), made);
    }
    if (at % 32 === 0) {
      writeFileSync(file, Buffer.from(bytes).fill(0, at, Math.min(at + 512, bytes.length)));
      assertSame(new Cache(file), made);
    }
  }
});

test('what is no pack at all is as good as none', () => {
  for (const text of ['', 'x', 'livepack', 'livepack\0\0\0\0\0\0\0\0', 'not a pack, but a good deal longer than the head of one']) {
    const file = newFile();
    writeFileSync(file, text);
    assert.equal(new Cache(file).read('ascii', texts['ascii']!), null);
  }
  assert.equal(new Cache(folder).read('ascii', texts['ascii']!), null);
  assert.equal(new Cache(newFile()).read('ascii', texts['ascii']!), null);
});

test('entries of one file never share an id', (t) => {
  const file = newFile();
  // Two processes that found no file, and so had the same ids free.
  const caches = [new Cache(file), new Cache(file)];
  const before = new Set(process.listeners('exit'));
  const keys = Object.keys(texts).slice(0, 3);
  for (const [i, cache] of caches.entries())
    for (const key of keys) cache.write(`${key} ${i}`, texts[key]!, madeFrom(texts[key]!, cache.firstFreeId));
  const saves = process.listeners('exit').filter((listener) => !before.has(listener));
  assert.equal(saves.length, caches.length);
  t.after(() => saves.forEach((save) => process.off('exit', save)));
  for (const save of saves) save(0);

  const pack = new Pack(file);
  const taken = new Set<number>();
  for (const key of pack.places.keys()) {
    const { base, ids } = pack.get(key)!.entry;
    for (let id = base; id < base + ids; id++) assert.equal(taken.has(id) || !taken.add(id), false, `${key} has the id ${id} of another`);
  }
  for (const key of keys) assert.ok(pack.places.has(`${key} 1`));
  pack.close();
});
