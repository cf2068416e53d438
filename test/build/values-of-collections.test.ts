/** A `Map` and a `Set` that a patch changes: while it comes or goes, each task finds in them what its own code goes by. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';
import { during, tasksOf } from './requests.ts';
import { TASKS, of, own } from './value-forms.ts';

test('a map and a set, by each of their methods', async (t) => {
  const form = (map: string, set: string, value: string): string =>
    `const map = new Map(${map});
const set = new Set(${set});
exports.map = map; exports.set = set;
const read = () => {
  const walked = [];
  map.forEach(function (value, key, whole) { walked.push(key + value + (whole === map) + this.self); }, { self: 1 });
  set.forEach((value, again, whole) => walked.push(value + again + (whole === set)));
  return JSON.stringify([[...map], [...map.keys()], [...map.values()], [...map.entries()], map.size, map.get('a'), map.has('gone'), walked, new Map(map).size,
    [...set], [...set.keys()], [...set.values()], [...set.entries()], set.size, set.has('gone'), [...new Set(set)], Array.from(set),
    set.union ? [[...set.union(new Set(['more']))], [...new Set(['more']).union(set)], set.isSupersetOf(new Set(['gone']))] : null]);
};
exports.put = (key) => [map.set(key, 1) === map, set.add(key) === set];
exports.drop = (key) => [map.delete(key), set.delete(key)];
exports.clear = () => { map.clear(); set.clear(); };
${TASKS}`.replaceAll('VALUE', value);
  const before = form("[['a', 1], ['gone', 2]]", "['a', 'gone']", 'none');
  const after = form("[['a', 10], ['b', 3]]", "['a', 'b']", 'first');
  const file = 'value-collections.js';
  const first = await program({ [file]: before }, { [file]: after });
  const fresh = await program({ 'fresh.js': after }, { 'fresh.js': before });
  const { exports } = first;
  const tasks = await tasksOf(t, exports);
  const { ask } = tasks;
  const mine = (): void => exports['map'].clear();
  exports['set'].clear = mine;
  const untouched = [exports['map'], exports['set']].map((object) => Reflect.ownKeys(object as object));
  const look = async (): Promise<void> => {
    const once = (): unknown[] => [exports['put']('x'), exports['map'].get('x'), exports['drop']('x'), exports['map'].has('x')];
    assert.deepEqual(await ask(once), [[true, true], 1, [true, true], false]);
    await ask(() => exports['put']('kept') as unknown);
    assert.equal(exports['map'].constructor, Map);
    if (exports['map'].getOrInsert) {
      const filled = (): unknown[] => [exports['map'].getOrInsert('filled', 1), exports['map'].getOrInsertComputed('filled', () => 2)];
      assert.deepEqual(await ask(filled), [1, 1]);
      assert.equal(Map.prototype.get.call(exports['map'], 'filled'), 1);
      await ask(() => exports['map'].delete('filled') as unknown);
    }
    const methods = (): unknown[] => [exports['set'].clear === mine, exports['map'].get.name, exports['map'].set.length];
    assert.deepEqual(await ask(methods), [true, 'get', 2]);
    // What somebody else has is none of it.
    assert.equal(await ask(() => Reflect.apply(exports['map'].get as () => unknown, new Map([['a', 5]]), ['a'])), 5);
  };
  const { meanwhile, held } = await during(tasks, () => first.apply(), look);
  assert.deepEqual(meanwhile, fresh.exports['now']());
  const [entries] = JSON.parse((held as string[])[1]!) as [unknown[]];
  assert.deepEqual(entries, [
    ['a', 1],
    ['gone', 2],
    ['b', 3],
    ['kept', 1],
  ]);
  assert.deepEqual(
    exports['map'],
    new Map([
      ['a', 10],
      ['b', 3],
      ['kept', 1],
    ]),
  );
  assert.deepEqual(
    [exports['map'], exports['set']].map((object) => Reflect.ownKeys(object as object)),
    untouched,
  );
  await first.revert();
  assert.deepEqual(new Set(exports['set'] as Set<string>), new Set(['a', 'kept', 'gone']));
});

test('a map of very many entries has what older code goes by until the end', async (t) => {
  const form = `const table = new Map([['limit', 'VALUE']]);
for (let i = 0; i < 50_000; i++) table.set(i, i);
exports.table = table;
const read = () => table.get('limit');
${TASKS}`;
  const file = 'value-large.js';
  const first = await program({ [file]: of(form, 'none') }, { [file]: of(form, 'first') });
  const tasks = await tasksOf(t, first.exports);
  const found = await during(tasks, () => first.apply());
  assert.deepEqual(found, { meanwhile: ['first', 'none'], held: own('none'), after: own('first') });
  await first.revert();
});

test('a map with methods of its own class keeps them', async (t) => {
  const form = `class Names extends Map { get(key) { return super.get(key.toLowerCase()); } has(key) { return super.has(key.toLowerCase()); } }
const table = new Names();
exports.table = table;
exports.put = (limit) => { table.set('limit', limit); };
function register(key, value) { table.set(key, value); }
register('limit', 'none');
IN first register('limit', 'first');
const read = () => table.get('LIMIT');
TASKS`;
  const file = 'value-subclass.js';
  const first = await program({ [file]: of(form, 'none') }, { [file]: of(form, 'first') });
  const tasks = await tasksOf(t, first.exports);
  assert.deepEqual(await tasks.ask(), own('none'));
  const found = await during(tasks, () => first.apply());
  assert.deepEqual(found, { meanwhile: ['first', 'none'], held: own('none'), after: own('first') });
  await first.revert();
  assert.deepEqual(await tasks.ask(), own('none'));
});
