/** Which object of a program holds functions of the old source. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holderOf } from '../../src/link/holder.ts';

const f = function () {
  return 1;
};
const text = f.toString();
const thunks = (...values: unknown[]): (() => unknown)[] => values.map((value) => () => value);

test('one of several, or the prototype of one, however often it is named', () => {
  const holder = { f };
  assert.equal(holderOf(thunks({}, null, 1, holder, holder), [['f', text]]), holder);
  class Box {}
  Object.assign(Box.prototype, { f });
  assert.equal(holderOf(thunks(Box), [['f', text]]), Box.prototype);
});

test('a name that has no value yet is passed over', () => {
  const holder = { f };
  const broken = (): unknown => {
    throw new ReferenceError('not yet');
  };
  assert.equal(holderOf([broken, ...thunks(holder)], [['f', text]]), holder);
});

for (const [what, values] of [
  [
    'none',
    [
      {},
      { f: () => 1 },
      {
        get f() {
          return f;
        },
      },
      Object.freeze({ f }),
      Object.create({ f }),
    ],
  ],
  ['more than one', [{ f }, { f }]],
] as const)
  test(`${what} is an error`, () => {
    assert.throws(() => holderOf(thunks(...values), [['f', text]]), TypeError);
  });

test('all of the functions count', () => {
  const holder = { f, g: f };
  assert.equal(
    holderOf(thunks({ f }, { g: f }, holder), [
      ['f', text],
      ['g', text],
    ]),
    holder,
  );
});
