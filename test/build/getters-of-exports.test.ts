/** Exports of which one version has a function and the other a getter, as compilers write what another file gives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const OWN = 'exports.isOpen = void 0;\nconst isOpen = (door) => !!door;\nexports.isOpen = isOpen;\n';
const HANDED = `var door_1 = require('./door.js');
Object.defineProperty(exports, 'isOpen', { enumerable: true, get: function () { return door_1.isOpen; } });
`;
const LASTING =
  "const door_1 = require('./door.js');\nObject.defineProperty(exports, 'isOpen', { configurable: true, get: () => door_1.isOpen });\n";
const DOOR = 'exports.isOpen = (door) => door.open === true;\n';
const refused = async (before: string, after: string): Promise<readonly string[]> => {
  const { verdicts } = await build({ 'index.js': before, 'door.js': DOOR }, { 'index.js': after, 'door.js': DOOR });
  return verdicts.flatMap(({ verdict, code }) => (verdict === 'refused' ? code : []));
};

test('a function does not become the getter of what takes its place', async () => {
  const own = (fn: string): string => OWN.replace('(door) => !!door', fn);
  for (const code of [own('function (door) { return this.isOwn && !!door }'), own('async (door) => !!door'), own('class Door {}')])
    assert.deepEqual(await refused(code, HANDED), ['value-replaced'], code);
  const p = await program({ 'index.js': OWN, 'door.js': DOOR }, { 'index.js': HANDED });
  const isOpen = p.exports['isOpen'] as (door: object) => boolean;
  await p.apply();
  assert.deepEqual([isOpen({}), isOpen({ open: true })], [false, true]);
  await p.revert();
  assert.equal(isOpen({}), true);
});

test('nor a getter the function that it gave another of', async () => {
  assert.deepEqual(await refused(LASTING, 'exports.isOpen = (door) => !!door;'), ['value-replaced']);
});

test('a getter goes on as one that gives something else', async () => {
  const p = await program(
    { 'index.js': LASTING, 'door.js': `${DOOR}exports.isWide = () => 'wide';` },
    { 'index.js': LASTING.replace('door_1.isOpen', 'door_1.isWide') },
  );
  await p.apply();
  assert.equal(p.exports['isOpen']({}), 'wide');
  await p.revert();
  assert.equal(p.exports['isOpen']({}), false);
});

/** What is on `exports` in a way that holds for as long as it is defined so. */
const made = (get: string, more = 'configurable: true, enumerable: true'): string =>
  `const make = (name) => () => require('./door.js')[name];
Object.defineProperty(exports, 'isOpen', { ${more}, get: ${get} });
exports.make = make;
`;

test('a getter that a call has made gives way to one that is written out, and back', async () => {
  const door = { 'door.js': `${DOOR}exports.isWide = () => 'wide';` };
  for (const [before, after] of [
    ["make('isOpen')", "() => require('./door.js').isWide"],
    ["() => require('./door.js').isOpen", "make('isWide')"],
    ["make('isOpen')", "make('isWide')"],
  ] as const) {
    const p = await program({ 'index.js': made(before), ...door }, { 'index.js': made(after) });
    const described = () => {
      const { enumerable, configurable, set } = Object.getOwnPropertyDescriptor(p.exports, 'isOpen')!;
      return { enumerable, configurable, set, gives: p.exports['isOpen']({}), all: Object.keys(p.exports) };
    };
    const as = (gives: unknown) => ({ enumerable: true, configurable: true, set: undefined, gives, all: ['isOpen', 'make'] });
    assert.deepEqual(described(), as(false));
    await p.apply();
    assert.deepEqual(described(), as('wide'), after);
    await p.revert();
    assert.deepEqual(described(), as(false), before);
  }
});

test('but not where what was defined cannot be defined again', async () => {
  const wide = "() => require('./door.js').isWide";
  for (const more of ['enumerable: true', 'configurable: false'])
    assert.deepEqual(await refused(made("make('isOpen')", more), made(wide, more)), ['statement-changed'], more);
});
