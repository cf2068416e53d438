/** A patch replaces the earlier ones that share a target with it, and leaves the others in force. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Patch } from '../../src/engine/index.ts';

const patch = (name: string, ...targets: string[]): Patch => new Patch(name, { targets: new Set(targets) });

test('patches of different packages live side by side, those of one package replace each other', () => {
  assert.equal(patch('b', 'qs@6.5.2').replaces(patch('a', 'app@1.0.0')), false);
  assert.equal(patch('b', 'qs@6.5.2').replaces(patch('a', 'qs@6.5.2')), true);
  assert.equal(patch('b', 'qs@6.5.2').replaces(patch('a', 'qs@6.5.2', 'app@1.0.0')), true);
  assert.equal(patch('b', 'qs@6.9.0').replaces(patch('a', 'qs@6.5.2')), false);
});

test('without targets a patch replaces all, unless it is to stack', () => {
  assert.equal(new Patch('b').replaces(patch('a', 'qs@6.5.2')), true);
  assert.equal(new Patch('b', { replace: false }).replaces(new Patch('a')), false);
});
