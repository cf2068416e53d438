/** The code of a unit on the lines of the new source. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placed } from '../../src/link/placed.ts';

const unit = (code: string, lines?: readonly (readonly [number, number])[]) =>
  placed({ handle: 0, kind: 'module', instance: null, code, ...(lines ? { lines } : {}) });

test('each piece begins on its line, as far as those before leave room', () => {
  const code = 'head\na\nb1\nb2\nc\nend';
  const at = (text: string): number => code.indexOf(text);
  const { text, pieces } = unit(code, [
    [at('a\n'), 5],
    [at('b1'), 9],
    [at('c\n'), 10],
  ]);
  assert.equal(text, 'head\n\n\n\na\n\n\n\nb1\nb2\nc\nend');
  assert.deepEqual(pieces, [
    { at: 5, line: 5 },
    { at: 9, line: 9 },
    { at: 11, line: 10 },
  ]);
});

test('a unit that says nothing of lines stays as it is', () => {
  assert.deepEqual(unit('a\nb'), { text: 'a\nb', pieces: [] });
});
