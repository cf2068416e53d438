/** A pack whose texts take several stretches gives each text back, whichever way it is asked for. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encodeModule } from '../../src/node/cache/cached-module.ts';
import type { Made } from '../../src/node/cache/cached-module.ts';
import { Pack, packOf } from '../../src/node/cache/pack.ts';

const folder = mkdtempSync(join(tmpdir(), 'livepatch-pack-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const texts = new Map([
  ['small', 'let a = 1;'],
  ['empty', ''],
  ['half', `/*${'h'.repeat(700_001)}*/`],
  ['latin', `'${'é'.repeat(700_003)}'`],
  ['large', `/*${'l'.repeat(3_000_000)}*/`],
  ['behind', 'let b = 2;'],
  ['wide', `'${'日本'.repeat(200_000)}'`],
  ['last', 'let c = 3;'],
]);

function made(text: string, base: number): Made {
  const details = { tracked: [], unpatchable: [] };
  return { format: 'module', hash: 'ab'.repeat(32), base, ids: 1, functions: 0, segments: [], details, text };
}

function written(): Pack {
  const file = join(folder, 'pack');
  const entries = [...texts].map(([key, text], i) => ({ key, unused: 0, ...encodeModule(made(text, 64 * i), Buffer.from(text)) }));
  writeFileSync(file, Buffer.concat(Array.from(packOf(64 * texts.size, entries), (part) => Buffer.from(part))));
  return new Pack(file);
}

const orders = [[...texts.keys()], [...texts.keys()].toReversed(), ['last', 'half', 'large', 'half', 'small', 'wide', 'large', 'small']];

for (const [way, alone] of [
  ['with what stands around it', () => false],
  ['alone', () => true],
  ['either way by turns', (i: number) => i % 2 === 0],
] as const) {
  test(`each text comes back in any order, read ${way}`, () => {
    for (const order of orders) {
      const pack = written();
      order.forEach((key, i) => {
        const found = pack.get(key)!;
        assert.ok(found.entry.isFrom(Buffer.from(texts.get(key)!)), key);
        assert.ok(pack.text(found, alone(i)) === texts.get(key), `${key} at ${i} of ${order.join(' ')}`);
        pack.release();
      });
      pack.close();
    }
  });
}

test('the bytes of each entry make the same pack again', () => {
  const pack = written();
  const entries = [...pack.places.values()].map((place) => ({ key: place[0], unused: 0, ...pack.bytesOf(place) }));
  const file = join(folder, 'again');
  writeFileSync(file, Buffer.concat(Array.from(packOf(pack.next, entries), (part) => Buffer.from(part))));
  pack.close();
  const again = new Pack(file);
  for (const [key, text] of texts) assert.ok(again.text(again.get(key)!, false) === text, key);
  again.close();
});
