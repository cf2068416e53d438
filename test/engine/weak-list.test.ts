import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WeakEntry, WeakList } from '../../src/engine/weak-list.ts';

class Entry extends WeakEntry<object> {
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
    this.ref = new WeakRef(this);
  }
}

class List extends WeakList<object, Entry> {
  readonly elsewhere = new WeakList<object, Entry>();

  get names(): string {
    return [...this].map(({ name }) => name).join('');
  }

  take(entry: Entry): void {
    this.elsewhere.append(entry);
  }
}

function listOf(names: string): { readonly list: List; readonly entries: Entry[] } {
  const list = new List();
  const entries = [...names].map((name) => new Entry(name));
  for (const entry of entries) list.append(entry);
  return { list, entries };
}

test('an entry is in one list, last; those of another list are taken in before all', () => {
  const { list, entries } = listOf('abc');
  list.append(entries[0]!);
  assert.equal(list.names, 'bca');
  const { list: other } = listOf('xy');
  list.takeFirst(other);
  assert.equal(list.names, 'xybca');
  assert.ok(other.isEmpty);
  list.takeFirst(other);
  assert.equal(list.names, 'xybca');
  other.append(entries[1]!);
  assert.equal(list.names, 'xyca');
  assert.equal(other.names, 'b');
});

test('a walk meets all that are in the list to its end, whatever comes and goes meanwhile', () => {
  const { list, entries } = listOf('abcd');
  const walk = list.walk();
  const met: string[] = [];
  const step = (): void => void met.push(walk.next()?.name ?? '-');
  step();
  list.take(entries[0]!);
  list.take(entries[1]!);
  step();
  list.append(new Entry('e'));
  list.take(entries[2]!);
  step();
  // It stands at the last: what comes now is met as well.
  step();
  list.append(new Entry('f'));
  step();
  assert.ok(!walk.done);
  step();
  assert.ok(walk.done);
  step();
  assert.equal(met.join(''), 'acdef--');
  assert.equal(list.names, 'def');
});

test('two walks are not in each other’s way, and leave nothing behind', () => {
  const { list, entries } = listOf('ab');
  const first = list.walk();
  const second = list.walk();
  assert.equal(first.next(), entries[0]);
  assert.equal(second.next(), entries[0]);
  assert.equal(second.next(), entries[1]);
  second.stop();
  second.stop();
  assert.equal(first.next(), entries[1]);
  assert.equal(first.next(), null);
  for (const entry of entries) list.take(entry);
  assert.ok(list.isEmpty);
});
