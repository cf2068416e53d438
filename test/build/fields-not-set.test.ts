/** Properties that objects get from the patch, and that methods set from now on: what was called before has not set them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const version = (begins: string, sets: string, reads: string, more = ''): string => `
class Registry {
  constructor() { this.table = {};${begins} }
  register(one) { this.table[one.name] = one;${sets} }
  find(name) { ${reads} }
  ${more}
}
exports.Registry = Registry;`;

const OLD = version('', '', 'return this.table[name];');

async function told(after: string): Promise<string[]> {
  const { verdicts } = await build({ 'index.js': OLD }, { 'index.js': after });
  assert.ok(
    verdicts.some(({ code }) => code === 'field-added'),
    after,
  );
  return verdicts.flatMap(({ code, path, verdict }) => (verdict === 'warning' ? `${code} ${path}` : []));
}

test('it is said of what other code reads', async () => {
  for (const [begins, sets, reads] of [
    [' this.all = [];', ' this.all = Object.values(this.table);', 'return this.all.find((one) => one.name === name);'],
    [' this.last = null;', ' this.last = one;', 'return this.last ?? this.table[name];'],
    [' this.isOpen = false;', ' this.isOpen = true;', 'return this.isOpen && this.table[name];'],
  ] as const)
    assert.deepEqual(await told(version(begins, sets, reads)), [`instances-hold Registry#register ${/this\.(\w+)/.exec(begins)![1]}`]);
});

test('it is not said of what lasts no longer than the call, or is set back', async () => {
  for (const [begins, sets, reads, more] of [
    [' this.isBusy = false;', ' this.isBusy = true; one.run(); this.isBusy = false;', 'return !this.isBusy && this.table[name];', ''],
    [' this.fails = 0;', ' this.fails = 0;', 'return this.fails < 3 && this.table[name];', ''],
    [' this.one = null;', ' this.one = one; this.note();', 'return this.table[name];', 'note() { return this.one.name; }'],
    [' this.one = null;', ' this.one = one;', 'return this.table[name];', ''],
  ] as const)
    assert.deepEqual(await told(version(begins, sets, reads, more)), [], sets);
});
