/** What keeps an order by a function that has changed: the report says that what is in it stands as the old version put it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

/** The paths of what stands in an old order, where comparisons are made the other way round. */
async function told(before: string, was = 'a.at - b.at', now = 'b.at - a.at'): Promise<string[]> {
  const after = before.replaceAll(was, now);
  assert.notEqual(before, after);
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  return verdicts.filter(({ reason }) => reason.startsWith('what it holds stands in the order')).map(({ path }) => path);
}

const BY = '(a, b) => a.at - b.at';
const HEAP =
  'class Heap { constructor(compare) { this.compare = compare; this.all = [] } put(x) { this.all.push(x); this.all.sort(this.compare) } }\n';
const LIBRARY = "const { Base, Tree, PriorityQueue, Job, compare } = require('some-library');\n";

const ORDERED: Readonly<Record<string, readonly [before: string, ...paths: string[]]>> = {
  'written out': [`${HEAP}const heap = new Heap(${BY}); exports.put = (x) => heap.put(x);`, 'heap'],
  'by its name': [`${HEAP}const by = ${BY}; const heap = new Heap(by); exports.put = (x) => heap.put(x);`, 'heap'],
  'with a default': [`class Queue { constructor(less = null) { this.less = less } }\nexports.queue = new Queue(${BY});`, 'exports.queue'],
  'behind something else': [`${HEAP.replace('(compare)', '(all, compare)')}const heap = new Heap([], ${BY}); exports.heap = heap;`, 'heap'],
  'to be a property of the exports': [`${HEAP}exports.heap = new Heap(${BY});`, 'exports.heap'],
  'to be returned': [`${HEAP}exports.make = () => new Heap(${BY});`, ''],
  'to two': [`${HEAP}const one = new Heap(${BY}), other = new Heap(${BY}); exports.both = [one, other];`, 'one', 'other'],
  'to what no name says that of': [
    `class Queue { constructor(less) { this.less = less } }\nconst queue = new Queue(${BY}); exports.queue = queue;`,
    'queue',
  ],
  'to a class below another': [
    `${LIBRARY}class Queue extends Base { constructor(less) { super(); this.less = less } }\nconst queue = new Queue(${BY}); exports.queue = queue;`,
    'queue',
  ],
  'to a class without a constructor': [`${LIBRARY}class Heap extends Base {}\nconst heap = new Heap(${BY}); exports.heap = heap;`, 'heap'],
  'to a function': [
    `${HEAP}const makeHeap = (compare) => new Heap(compare); const heap = makeHeap(${BY}); exports.put = (x) => heap.put(x);`,
    'heap',
  ],
  'as an option of another package': [`${LIBRARY}const tree = new Tree({ compare: ${BY} }); exports.put = (x) => tree.put(x);`, 'tree'],
  'as an option of what no name says that of': [`${LIBRARY}exports.job = new Job({ compare: ${BY} });`, 'exports.job'],
  'as a method': [`${LIBRARY}const tree = new Tree({ compare(a, b) { return a.at - b.at } }); exports.put = (x) => tree.put(x);`, 'tree'],
  twice: [`${LIBRARY}const tree = new Tree({ compare: ${BY}, less: ${BY} }); exports.put = (x) => tree.put(x);`, 'tree'],
  'to what another package keeps in order': [
    `${LIBRARY}const queue = new PriorityQueue(${BY}); exports.put = (x) => queue.put(x);`,
    'queue',
  ],
  'to a member of another package': [
    `const library = require('some-library'); const queue = new library.PriorityQueue(${BY}); exports.put = (x) => queue.put(x);`,
    'queue',
  ],
};
for (const [what, [before, ...paths]] of Object.entries(ORDERED))
  test(`what stands in the order that a function gave is told of: one that is given ${what}`, async () => {
    assert.deepEqual(await told(before), paths);
  });

const OTHER: Readonly<Record<string, readonly [before: string, was?: string, now?: string]>> = {
  'what keeps no order': [`class Box { constructor(add) { this.add = add } }\nexports.box = new Box(${BY});`],
  'what keeps no order, of another package': [`${LIBRARY}exports.job = new Job(${BY});`],
  'what only makes a key': [`${HEAP}exports.heap = new Heap((a) => a.at);`, 'a.at', 'a.to'],
  'what takes a third': [`${HEAP}exports.heap = new Heap((a, b, c) => a.at - b.at);`],
  'what adds': [`${HEAP}exports.heap = new Heap((a, b) => a.at + b.at);`, 'a.at + b.at', 'b.at + a.at'],
  'what looks at the first only': [`${HEAP}exports.heap = new Heap((a, b) => a.at - 1);`, 'a.at - 1', '1 - a.at'],
  'what looks at the second only': [`${HEAP}exports.heap = new Heap((a, b) => b.at - 1);`, 'b.at - 1', '1 - b.at'],
  'what is the same': [`${HEAP}exports.heap = new Heap(${BY}); exports.n = () => 1;`, '=> 1', '=> 2'],
  'an option for something else': [`${LIBRARY}exports.tree = new Tree({ visit: ${BY} });`],
  'an option by a computed name': [`${LIBRARY}exports.tree = new Tree({ [compare]: ${BY} });`],
  'what sorts': [`exports.sorted = (list) => [...list].sort(${BY});`],
  'what gives a sorted copy': [`exports.sorted = (list) => list.toSorted(${BY});`],
  'what makes comparisons': [
    'const by = (get, compare) => (a, b) => compare(get(a), get(b)); const byAt = by((x) => x.at, (a, b) => a - b); exports.sorted = (list) => list.toSorted(byAt);',
    'a - b',
    'b - a',
  ],
};
for (const [what, [before, was, now]] of Object.entries(OTHER))
  test(`nothing is said of an order: ${what}`, async () => {
    assert.deepEqual(await told(before, was, now), []);
  });
