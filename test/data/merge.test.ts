/** The three-way merge of tables: what two sources make, and what the program holds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { merge, mergeProperty, read, write } from '../../src/data/index.ts';
import type { Change, Merge } from '../../src/data/index.ts';

function changes(result: Merge): readonly Change[] {
  assert.equal(result.kind, 'changes', result.kind === 'conflict' ? `${result.path}: ${result.reason}` : '');
  return result.changes;
}

function apply(result: Merge): () => void {
  const undo = changes(result).map(({ place, content }) => {
    const before = read(place);
    write(place, content);
    return () => write(place, before);
  });
  return () => undo.toReversed().forEach((back) => back());
}

function conflict(result: Merge): string {
  assert.equal(result.kind, 'conflict');
  return result.path;
}

/** A generator of the same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A table as a source would make it, by the choices of `next`: the same choices give equal tables. */
function make(next: (below: number) => number, depth = 0): unknown {
  const size = next(4);
  switch (depth > 2 ? next(4) : next(9)) {
    case 0:
      return next(3);
    case 1:
      return `s${next(3)}`;
    case 2:
      return null;
    case 3:
      return [/a/g, /b/i, /a/g][next(3)];
    case 4:
      return Array.from({ length: size }, () => make(next, depth + 1));
    case 5:
      return new Map(Array.from({ length: size }, () => [`k${next(4)}`, make(next, depth + 1)]));
    case 6:
      return new Set(Array.from({ length: size }, () => `k${next(4)}`));
    default:
      return Object.fromEntries(Array.from({ length: size }, () => [`k${next(4)}`, make(next, depth + 1)]));
  }
}

/** Deeply the same, without a regard for the order of entries: what is new is at the end. */
function same(a: unknown, b: unknown): boolean {
  const plain = (value: unknown): unknown => {
    if (value instanceof RegExp) return String(value);
    if (value instanceof Map) return ['map', ...[...value].map(plain).toSorted((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1))];
    if (value instanceof Set) return ['set', ...[...value].toSorted()];
    if (Array.isArray(value)) return ['array', ...value.map(plain)];
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(
        Object.keys(value)
          .toSorted()
          .map((key) => [key, plain((value as Record<string, unknown>)[key])]),
      );
    return value;
  };
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b));
}

test('a table that nobody changed becomes what the new source makes, and goes back', () => {
  let carried = 0;
  for (let seed = 1; seed <= 3000; seed++) {
    const [live, before, original] = [1, 2, 3].map(() => ({ own: make(numbers(seed)) }));
    const after = { own: make(numbers(seed * 7919)) };
    const back = apply(merge(live, before, after));
    assert.ok(same(live, after), `seed ${seed}`);
    if (!same(original, after)) carried++;
    back();
    assert.ok(same(live, original), `seed ${seed}, back`);
  }
  assert.ok(carried > 2000, 'the sources differ');
});

test('what the program added stays; its objects stay the same', () => {
  const inner = { strict: false, mine: 1 };
  const live = { inner, types: new Map([['a', 1]]), names: new Set(['x']), own: true };
  live.types.set('b', 2);
  live.names.add('y');
  const make = (strict: boolean, value: number, name: string): object => ({
    inner: { strict },
    types: new Map([['a', value]]),
    names: new Set([name]),
  });
  apply(merge(live, make(false, 1, 'x'), make(true, 3, 'z')));
  assert.equal(live.inner, inner);
  assert.deepEqual(live, {
    inner: { strict: true, mine: 1 },
    types: new Map([
      ['a', 3],
      ['b', 2],
    ]),
    names: new Set(['y', 'z']),
    own: true,
  });
});

test('what the program changed as well is a conflict, and nothing is planned', () => {
  assert.equal(conflict(merge({ a: { b: 9 } }, { a: { b: 1 } }, { a: { b: 2 } })), '.a.b');
  assert.equal(conflict(merge({}, { a: 1 }, { a: 2 })), '.a');
  assert.equal(conflict(merge({ a: 1, b: 9 }, { a: 1 }, { a: 1, b: 2 })), '.b');
  assert.equal(conflict(merge({ a: 9 }, { a: 1 }, {})), '.a');
  assert.equal(conflict(merge([1, 2, 3], [1, 2], [1, 2, 4])), '');
  assert.equal(conflict(merge({ re: /c/ }, { re: /a/ }, { re: /b/ })), '.re');
  assert.equal(conflict(merge(new Map([['k', 9]]), new Map([['k', 1]]), new Map([['k', 2]]))), '[k]');
  assert.equal(conflict(merge(Object.freeze({ a: 1 }), { a: 1 }, { a: 2 })), '.a');
});

test('what the program made the same is no conflict', () => {
  assert.deepEqual(changes(merge({ a: 2 }, { a: 1 }, { a: 2 })), []);
  assert.deepEqual(changes(merge({ a: [1] }, {}, { a: [1] })), []);
  assert.deepEqual(changes(merge({}, { a: 1 }, {})), []);
});

test('what keeps its state to itself is a conflict where it differs', () => {
  class Kept {
    #own = 1;
    read(): number {
      return this.#own;
    }
  }
  assert.equal(conflict(merge({ k: new Kept() }, { k: new Kept() }, { k: new Kept() })), '.k');
  assert.equal(conflict(merge({ d: new Date(1) }, { d: new Date(1) }, { d: new Date(2) })), '.d');
  const shared = new Kept();
  assert.deepEqual(changes(merge({ k: shared }, { k: shared }, { k: shared })), []);
});

test('accessors stay, and one that comes or goes is a conflict', () => {
  const table = (): object => ({
    get a() {
      return 1;
    },
  });
  assert.deepEqual(changes(merge(table(), table(), table())), []);
  assert.equal(conflict(merge({ a: 1 }, { a: 1 }, table())), '.a');
});

test('functions that both sources make are the same, one that both name is exchanged', () => {
  const [f, g] = [(): number => 1, (): number => 2];
  const live = { made: (): number => 3, named: f };
  const { made } = live;
  apply(merge(live, { made: () => 3, named: f }, { made: () => 4, named: g }));
  assert.equal(live.made, made);
  assert.equal(live.named, g);
});

test('a table that leads to itself', () => {
  const cyclic = (n: number): Record<string, unknown> => {
    const o: Record<string, unknown> = { n };
    o['self'] = o;
    return o;
  };
  const live = cyclic(1);
  apply(merge(live, cyclic(1), cyclic(2)));
  assert.equal(live['n'], 2);
  assert.equal(live['self'], live);
});

test('one property: set, changed, removed', () => {
  const value = (v: unknown): PropertyDescriptor => ({ value: v, writable: true, enumerable: true, configurable: true });
  const o: Record<string, unknown> = { a: 1 };
  const back = [
    apply(mergeProperty(o, 'b', undefined, value(2))),
    apply(mergeProperty(o, 'a', value(1), value(3))),
    apply(mergeProperty(o, 'a', value(3), undefined)),
  ];
  assert.deepEqual(o, { b: 2 });
  back.toReversed().forEach((undo) => undo());
  assert.deepEqual(o, { a: 1 });
});

test('functions that calls make of other arguments are others: exchanged as the table itself is looked up, a conflict anywhere else', () => {
  const make = (max: number) => () => max;
  const [live, before, after] = [make(1), make(1), make(2)];
  const holder = { fits: live };
  const content = (value: unknown) => ({ value, writable: true, enumerable: true, configurable: true });
  const called = { written: [], hides: true };
  const result = mergeProperty(holder, 'fits', content(before), content(after), called);
  assert.equal(result.kind === 'changes' && result.changes.length, 1);
  assert.equal(merge({ a: live }, { a: before }, { a: after }, called).kind, 'conflict');
  assert.deepEqual(merge({ a: live }, { a: before }, { a: after }, { ...called, written: [String(before)] }), {
    kind: 'changes',
    changes: [],
    moves: [],
  });
  const both = [live, before, after].map((a, max) => ({ a, max: Math.max(max, 1) }));
  assert.equal(merge(both[0], both[1], both[2], { ...called, hides: false }).kind, 'changes', 'what differs can be seen');
  assert.equal(merge({ a: live }, { a: before }, { a: after }, { ...called, hides: false }).kind, 'conflict', 'nothing else differs');
  const renewed = merge({ a: { b: live } }, { a: { b: before } }, { a: { b: after } }, { ...called, renews: true });
  assert.deepEqual(renewed.kind === 'changes' && renewed.changes.map(({ content }) => content?.value), [after], 'it takes the place');
  assert.equal(merge({ a: () => 5 }, { a: before }, { a: after }, { ...called, renews: true }).kind, 'conflict', "the program's own stays");
});

test('an object of a class is merged by its properties, unless the class has private members', () => {
  class Open {
    max: number;
    count = 0;
    constructor(max: number) {
      this.max = max;
    }
  }
  class Closed extends Open {
    #own = 1;
    get own(): number {
      return this.#own;
    }
  }
  const result = merge(Object.assign(new Open(1), { count: 3 }), new Open(1), new Open(2));
  assert.equal(result.kind === 'changes' && result.changes.length, 1);
  assert.equal(merge(new Closed(1), new Closed(1), new Closed(2)).kind, 'conflict');
});

test('lists of numbers that have a length of their own are merged number by number', () => {
  const live = { rows: new Uint8Array([1, 7, 3]) };
  const { rows } = live;
  const back = apply(merge(live, { rows: new Uint8Array([1, 2, 3]) }, { rows: new Uint8Array([1, 2, 9]) }));
  assert.deepEqual([live.rows, [...rows]], [rows, [1, 7, 9]]);
  back();
  assert.deepEqual([...rows], [1, 7, 3]);
  const big = [1n, 2n].map((last) => new BigInt64Array([0n, last]));
  assert.equal(changes(merge(new BigInt64Array([0n, 1n]), big[0], big[1])).length, 1);
  const was = new Uint8Array([1]);
  for (const [held, after] of [
    [new Uint8Array([5]), new Uint8Array([2])],
    [new Uint8Array([1]), new Uint8Array([1, 2])],
    [new Uint8Array([1, 1]), new Uint8Array([2])],
    [new Uint8Array([1]), new Uint16Array([2])],
    [new Uint16Array([1]), new Uint8Array([2])],
    [Buffer.from([1]), Buffer.from([2])],
  ])
    conflict(merge(held, was, after));
  const given = { rows: new Uint8Array([1]) };
  changes(merge(given, { rows: new Uint8Array([1]) }, { rows: [1] }));
  conflict(merge({ rows: new Uint16Array([1]) }, { rows: new Uint8Array([1]) }, { rows: [1] }));
});
