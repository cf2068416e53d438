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
