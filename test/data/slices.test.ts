/** All instances are gone through in parts: none is missed, whatever the program does to its collection meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Migrations, Structures } from '../../src/data/index.ts';
import type { Meter, MigrationHost, MigrationOptions } from '../../src/data/index.ts';
import { Walk } from '../../src/data/slices.ts';
import { Patch } from '../../src/engine/index.ts';
import { meter } from '../../src/node/time/meter.ts';

class Thing {
  declare readonly old?: number;
}

const isThing = (object: unknown): object is object => object instanceof Thing;
const things = (count: number): Thing[] => Array.from({ length: count }, () => new Thing());
const OVER = (): boolean => true;
const NEVER = (): boolean => false;

test('a part is one object where the time is over, and all of them where it never is', () => {
  const objects = things(3);
  const done: object[] = [];
  const walk = new Walk(objects, isThing);
  let parts = 0;
  for (let more = true; more; parts++) {
    assert.ok(walk.left > 0);
    const before = done.length;
    more = walk.goOn((object) => done.push(object), OVER);
    assert.ok(done.length <= before + 1);
  }
  assert.deepEqual([done, walk.left], [objects, 0]);
  assert.equal(parts, 7, 'each is found, that is all is found, and each is done');
  walk.again();
  assert.equal(walk.left, 3);
  assert.equal(
    walk.goOn((object) => done.push(object), NEVER),
    false,
  );
  assert.deepEqual(done, [...objects, ...objects]);
});

test('an array from which the program takes elements meanwhile is gone through as it was', () => {
  const objects = things(4);
  const collection = [...objects];
  const done: object[] = [];
  const walk = new Walk(collection, isThing);
  walk.goOn(() => {}, OVER);
  collection.shift();
  collection.length = 1;
  walk.goOn((object) => done.push(object), NEVER);
  assert.deepEqual(done, objects);
});

test('a generator is gone through at once, before the program can change what it reads', () => {
  const objects = things(4);
  const collection = [...objects];
  function* all(): Generator<Thing> {
    for (const object of collection) yield object;
  }
  const done: object[] = [];
  const walk = new Walk(all(), isThing);
  collection.length = 0;
  walk.goOn((object) => done.push(object), NEVER);
  assert.deepEqual(done, objects);
});

for (const [what, of] of [
  ['a Map', (objects: readonly object[]) => new Map(objects.map((object) => [object, object]))],
  ['a Set', (objects: readonly object[]) => new Set(objects)],
] as const)
  test(`${what} is not copied: what the program adds meanwhile has its turn too`, () => {
    const objects = things(3);
    const collection = of(objects) as Map<object, object> & Set<object>;
    const done: object[] = [];
    const walk = new Walk(collection.values(), isThing);
    walk.goOn(() => {}, OVER);
    collection.delete(objects[0]!);
    const added = new Thing();
    if (collection instanceof Set) (collection as Set<object>).add(added);
    else (collection as Map<object, object>).set(added, added);
    walk.goOn((object) => done.push(object), NEVER);
    assert.deepEqual(done, [...objects, added]);
  });

test('what is no instance is passed over, a Proxy that is revoked included', () => {
  const { migrations } = patched({});
  const { proxy, revoke } = Proxy.revocable(new Thing(), {});
  revoke();
  const thing = new Thing();
  const done: object[] = [];
  new Walk([null, 1, 'x', {}, Thing.prototype, proxy, thing], migrations.declared[0]!.isInstance).goOn((o) => done.push(o), NEVER);
  assert.deepEqual(done, [thing]);
  assert.equal(migrations.touch(proxy), proxy, 'code of a patch may be given one as well');
});

interface Patched {
  readonly migrations: Migrations;
  readonly turns: (() => void)[];
  readonly warnings: string[];
  searches: number;
}

function patched(options: MigrationOptions<Thing>, own = meter): Patched {
  const patch = new Patch('p', { mode: 'barrier' });
  Object.defineProperty(patch, 'converged', { value: true });
  const result: { -readonly [key in keyof Patched]?: Patched[key] } & { searches: number } = { turns: [], warnings: [], searches: 0 };
  const host: MigrationHost = {
    meter: own,
    searchable: true,
    search: () => {
      result.searches++;
      return [];
    },
    behind: (object) => object,
    has: (object, key) => key in object,
    later: (fn) => void result.turns!.push(fn),
    warn: (what) => void result.warnings!.push(what),
  };
  result.migrations = new Migrations(new Structures(), host, patch);
  result.migrations.declare(Thing, options as MigrationOptions);
  return result as Patched;
}

test('a collection that cannot be had is told once, and instances are migrated as they are touched', () => {
  const p = patched({
    when: 'slices',
    added: { fresh: 1 },
    version: 2,
    objects: () => {
      throw new RangeError('closed');
    },
  });
  p.migrations.begin();
  p.migrations.complete();
  assert.match(p.warnings.join(), /Thing.*objects\(\) gives no collection: closed/);
  assert.equal(p.migrations.reports()[0]!.left, 0);
  assert.deepEqual({ ...p.migrations.touch(new Thing()) }, { fresh: 1 });
});

test('a collection that one migration of a class names serves the others too, and spares the search', () => {
  const all = things(100);
  const p = patched({ objects: () => all });
  p.migrations.declareFields(Thing, [{ name: 'fresh', init: () => 1 }]);
  p.migrations.begin();
  p.migrations.complete();
  for (const thing of all) p.migrations.touch(thing);
  assert.ok(all.every((thing) => Object.hasOwn(thing, 'fresh')));
  p.migrations.withdraw();
  while (p.migrations.takeBack());
  p.migrations.end();
  while (p.migrations.takeBack());
  assert.ok(!all.some((thing) => Object.hasOwn(thing, 'fresh')));
  assert.equal(p.searches, 0);
});

test('half of the budget is for the work, the other for the collector of garbage; and each is told of', () => {
  let at = 0;
  const collector = { longestMs: 0, watching: 0, end: () => void collector.watching-- };
  const own: Meter = {
    ticks: () => at,
    now: () => ({ at, cpu: at / 2 }),
    watchCollector: () => {
      collector.watching++;
      return collector;
    },
  };
  const all = things(12);
  const spend = (): void => {
    at++;
    collector.longestMs = 3;
  };
  const p = patched({ when: 'slices', budgetMs: 10, objects: () => all, up: spend, down: spend }, own);
  p.migrations.begin();
  p.migrations.complete();
  const turns = (): number => {
    let count = 0;
    for (let turn = p.turns.shift(); turn !== undefined; turn = p.turns.shift(), count++) turn();
    return count;
  };
  const told = (): object => {
    const { objects, left, pauseMs, cpuMs, gcMs } = p.migrations.reports()[0]!;
    return { objects, left, pauseMs, cpuMs, gcMs };
  };
  assert.deepEqual(told(), { objects: 5, left: 7, pauseMs: 5, cpuMs: 2.5, gcMs: 3 });
  assert.equal(collector.watching, 1);
  assert.equal(turns(), 2);
  assert.deepEqual(told(), { objects: 12, left: 0, pauseMs: 5, cpuMs: 2.5, gcMs: 3 });
  assert.equal(collector.watching, 0);
  p.migrations.withdraw();
  p.migrations.end();
  let parts = 1;
  while (p.migrations.takeBack()) parts++;
  assert.equal(parts, 3);
  assert.deepEqual(told(), { objects: 12, left: 0, pauseMs: 5, cpuMs: 2.5, gcMs: 3 });
});
