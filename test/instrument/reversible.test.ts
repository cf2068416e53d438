/** Instrumented text holds every character of the original, on its own line, and can be numbered anew. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { instrument } from '../../src/instrument/instrument.ts';
import { GROUP, marksIn, renumber, slotPlace } from '../../src/instrument/names.ts';
import { decodeLayout, encodeLayout } from '../../src/node/cache/layout.ts';
import { analyzeModule } from '../../src/source/analyze.ts';

const folder = (name: string): string => new URL(`../../node_modules/${name}`, import.meta.url).pathname;
const cases = new URL('../transparency/cases/', import.meta.url);

const files: readonly (readonly [string, 'commonjs' | 'module'])[] = [
  ...readdirSync(cases)
    .filter((f) => /\.[cm]js$/.test(f))
    .map((f) => [new URL(f, cases).pathname, f.endsWith('.mjs') ? 'module' : 'commonjs'] as const),
  [join(folder('acorn'), 'dist/acorn.mjs'), 'module'],
  [join(folder('acorn'), 'dist/acorn.js'), 'commonjs'],
  [join(folder('commander'), 'lib/command.js'), 'commonjs'],
];

for (const [file, format] of files) {
  test(file.split('/').slice(-3).join('/'), () => {
    const text = readFileSync(file, 'utf8');
    const outcome = instrument(analyzeModule(text, format, file));
    assert.ok(outcome.ok);
    const { text: result, segments, plan } = outcome.result;
    assert.equal(result.split('\n').length, text.split('\n').length);
    const restored = [...segments]
      .sort((a, b) => a.from - b.from)
      .map((s) => result.slice(s.at, s.at + s.length))
      .join('');
    assert.equal(restored, text);
    const moved = renumber(result, 64 * GROUP);
    assert.equal(moved.length, result.length);
    assert.notEqual(moved, result);
    const layout = encodeLayout(segments, marksIn(result));
    const places = decodeLayout(layout, plan.ids);
    assert.deepEqual(
      [...places.segments],
      segments.flatMap((s) => [s.at, s.from, s.length]),
    );
    // What a class inherits from is put there when a patch needs it.
    const written = plan.sites.filter(({ fn }) => !(fn.isImplicit && fn.kind === 'derived-constructor'));
    for (const s of written) assert.ok(result.startsWith(slotPlace(s.id), places.firsts[s.id]));
    const again = instrument(analyzeModule(text, format, file), 64 * GROUP);
    assert.ok(again.ok);
    assert.equal(again.result.text, moved);
    assert.deepEqual(encodeLayout(again.result.segments, marksIn(moved), 64 * GROUP), layout);
  });
}
