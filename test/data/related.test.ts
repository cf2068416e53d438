/** A class and one that extends it, both migrated: each goes its way, and the version of an instance is the latest of both. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Migrations, Structures } from '../../src/data/index.ts';
import type { Constructor, MigrationHost, MigrationOptions } from '../../src/data/index.ts';
import { Patch } from '../../src/engine/index.ts';
import { meter } from '../../src/node/time/meter.ts';

class Base {
  declare old?: number;
  declare fresh?: number;
}
class Sub extends Base {
  declare own?: number;
}

function patch(
  structures: Structures,
  all: readonly object[],
  migrations: readonly (readonly [Constructor, MigrationOptions<Sub>])[],
): Migrations {
  const host: MigrationHost = {
    meter,
    searchable: true,
    search: () => all,
    behind: (object) => object,
    has: (object, key) => key in object,
    later: () => {},
    warn: () => {},
  };
  const engine = new Patch('p', { mode: 'barrier' });
  Object.defineProperty(engine, 'converged', { value: true });
  const result = new Migrations(structures, host, engine);
  for (const [type, options] of migrations) result.declare(type, options as MigrationOptions);
  result.begin();
  result.complete();
  return result;
}

function revert(migrations: Migrations): void {
  migrations.withdraw();
  while (migrations.takeBack());
  migrations.end();
  while (migrations.takeBack());
}

const froms: number[] = [];
const base: MigrationOptions<Sub> = {
  when: 'world',
  reads: 'both',
  discarded: ['old'],
  up: (object, { old }) => void (object.fresh = old as number),
  down: (object) => {
    object.old = object.fresh!;
    delete object.fresh;
  },
};
const sub: MigrationOptions<Sub> = {
  when: 'world',
  reads: 'both',
  up: (object, _discarded, from) => {
    froms.push(from);
    object.own = 1;
  },
  down: (object) => void delete object.own,
};

test('by two patches: what one takes back leaves the version that the other has given', () => {
  for (const first of ['base', 'sub']) {
    froms.length = 0;
    const structures = new Structures();
    const objects = [Object.assign(new Base(), { old: 1 }), Object.assign(new Sub(), { old: 2 })] as const;
    const ofBase = patch(structures, objects, [[Base, base]]);
    const ofSub = patch(structures, objects.slice(1), [[Sub, sub]]);
    assert.deepEqual([froms, objects.map((object) => structures.version(object))], [[1], [2, 2]]);
    revert(first === 'base' ? ofBase : ofSub);
    assert.deepEqual(
      objects.map((object) => structures.version(object)),
      first === 'base' ? [1, 2] : [2, 2],
    );
    revert(first === 'base' ? ofSub : ofBase);
    assert.deepEqual(
      objects.map((object) => ({ ...object, version: structures.version(object) })),
      [
        { old: 1, version: 1 },
        { old: 2, version: 1 },
      ],
    );
  }
});

test('what code of the patch has marked as made in the new shape is not migrated', () => {
  const structures = new Structures();
  const migrations = patch(structures, [], [[Base, base]]);
  const made = Object.assign(new Base(), { fresh: 1 });
  migrations.marked(made, 2);
  assert.deepEqual({ ...migrations.touch(made) }, { fresh: 1 });
});

test('a migration that gives a promise has not been done: the instance is as it was', () => {
  const structures = new Structures();
  const migrations = patch(
    structures,
    [],
    [[Base, { ...base, when: 'access', up: (object) => ((object.fresh = 1), Promise.resolve()) as never }]],
  );
  const object = Object.assign(new Base(), { old: 1 });
  assert.throws(() => migrations.touch(object), { code: 'ERR_MIGRATION', message: /up\(\) gave a promise/ });
  assert.deepEqual([{ ...object }, structures.version(object)], [{ old: 1 }, 1]);
});

test('who asks for the version of an instance that has not had its turn on the way back takes it back by that', () => {
  const structures = new Structures();
  const objects = Array.from({ length: 3 }, (_, i) => Object.assign(new Base(), { old: i }));
  const migrations = patch(structures, objects, [[Base, { ...base, reads: 'new', when: 'slices', budgetMs: Infinity }]]);
  migrations.withdraw();
  while (migrations.takeBack());
  migrations.end();
  assert.deepEqual([structures.version(objects[1]!), structures.asked(objects[1]!), objects[1]!.old], [2, 1, 1]);
  assert.deepEqual(
    objects.map((object) => structures.version(object)),
    [2, 1, 2],
  );
  while (migrations.takeBack());
  assert.equal(structures.onAsked, null);
});
