/** What code puts into tables, told from the outside. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read, record, sameContent, write } from '../../src/data/index.ts';

test('what was put in is taken out, and can be put in again', () => {
  class Table {
    static types: Record<string, number> = { a: 1 };
  }
  const list = [1, 2];
  const map = new Map<string, object>([['k', { deep: list }]]);
  const set = new Set(['x']);
  const roots = [Table, map, set];
  const fill = (): void => {
    Table.types['b'] = 2;
    delete Table.types['a'];
    list.push(3, 4);
    map.set('l', {});
    set.add('y').delete('x');
  };
  const before = structuredClone([Table.types, list, set]);
  const changes = record(roots, fill);
  assert.deepEqual([Table.types, list, set], before);
  assert.deepEqual([...map.keys()], ['k']);
  assert.ok(changes.every(({ place, was }) => sameContent(read(place), was)));
  for (const { place, content } of changes) write(place, content);
  assert.deepEqual([Table.types, list, [...set], [...map.keys()]], [{ b: 2 }, [1, 2, 3, 4], ['y'], ['k', 'l']]);
  for (const { place, was } of changes.toReversed()) write(place, was);
  assert.deepEqual([Table.types, list, set], before);
});

test('an array that becomes shorter, and what throws', () => {
  const list = ['a', 'b', 'c'];
  const changes = record([list], () => list.splice(1));
  assert.deepEqual(list, ['a', 'b', 'c']);
  for (const { place, content } of changes) write(place, content);
  assert.deepEqual(list, ['a']);
  assert.throws(
    () =>
      record([list], () => {
        list.push('d');
        throw new Error('no');
      }),
    /no/,
  );
  assert.deepEqual(list, ['a']);
});
