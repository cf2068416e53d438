import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineReader } from '../../src/agent/lines.ts';

test('lines come out whole however the stream is cut', () => {
  const bytes = Buffer.from('eins\nzwöi\n\ndrü');
  for (let size = 1; size <= bytes.length; size++) {
    const reader = new LineReader(100);
    const lines: string[] = [];
    for (let at = 0; at < bytes.length; at += size) lines.push(...(reader.push(bytes.subarray(at, at + size)) as string[]));
    assert.deepEqual([...lines, reader.rest()], ['eins', 'zwöi', '', 'drü']);
  }
});

test('a line over the limit overflows, a line at it does not', () => {
  assert.deepEqual(new LineReader(4).push(Buffer.from('1234\n')), ['1234']);
  assert.equal(new LineReader(4).push(Buffer.from('12345')), 'overflow');
  const reader = new LineReader(4);
  assert.deepEqual(reader.push(Buffer.from('123')), []);
  assert.equal(reader.push(Buffer.from('45\n')), 'overflow');
  assert.equal(reader.rest(), '');
});
