/** What a patch says of itself as a whole: by its callbacks, by options, and what cannot be meant. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { buildPatch } from '../../src/build/index.ts';
import type { BuildOptions } from '../../src/build/index.ts';
import { decodePatch } from '../../src/patch/format.ts';
import type { Patch } from '../../src/patch/format.ts';

const home = mkdtempSync(join(tmpdir(), 'livepatch-declared-'));
after(() => rmSync(home, { recursive: true, force: true }));
const [from, to] = [join(home, 'a.js'), join(home, 'b.js')];
writeFileSync(from, 'exports.f = () => 1');
writeFileSync(to, 'exports.f = () => 2');

async function patch(hooks: string | null, options: Omit<BuildOptions, 'name'> = {}): Promise<Patch> {
  const how = { name: 'second', ...options, ...(hooks === null ? {} : { hooks: { name: 'fix.mjs', text: hooks } }) };
  return decodePatch((await buildPatch({ kind: 'directories', from, to }, how)).patch!, '');
}

const HOOKS = `export const mode = 'request';
export const states = [{ id: 'lock', version: 2 }];
export const requires = { patch: 'first', complete: true };
`;

test('it is in the manifest, whoever said it', async () => {
  const said = { mode: 'request', states: [{ id: 'lock', version: 2 }], requires: { patch: 'first', complete: true } } as const;
  for (const made of [await patch(HOOKS), await patch(null, said), await patch(HOOKS, said)]) {
    const { mode, states, requires, replace, hooks } = made;
    assert.deepEqual(
      { mode, states, requires, replace, hooks },
      { ...said, replace: false, hooks: undefined },
      'it stacks on what it requires',
    );
  }
  const both = await patch(HOOKS, {
    mode: 'barrier',
    replace: true,
    states: [{ id: 'log', version: 1 }],
    requires: { patch: 'first', complete: false },
  });
  assert.deepEqual([both.mode, both.replace], ['barrier', true], 'how it is applied is up to who builds it');
  assert.deepEqual(both.states, [...said.states, { id: 'log', version: 1 }]);
  assert.deepEqual(both.requires, said.requires, 'what it depends on is not lost');
  const plain = await patch(null);
  assert.deepEqual(['states' in plain, 'requires' in plain, plain.replace], [false, false, true]);
});

test('what cannot be meant is refused', async () => {
  const options: readonly (readonly [Omit<BuildOptions, 'name'>, RegExp])[] = [
    [{ requires: { patch: 'second', complete: true } }, /The patch "second" requires itself/],
    [{ requires: { patch: 'other', complete: true } }, /The callbacks require "first", the options "other"/],
    [{ states: [{ id: 'lock', version: 3 }] }, /The state "lock" has the versions 2 and 3/],
    [{ states: [{ id: 'log', version: 0 }] }, /"log@0" is no state/],
  ];
  for (const [given, message] of options) await assert.rejects(patch(HOOKS, given), { code: 'ERR_USAGE', message });
  const hooks: readonly (readonly [string, RegExp])[] = [
    ["export const states = [{ id: 'lock', version: 1 }, { id: 'lock', version: 1 }];", /it declares the state "lock" twice/],
    ["export const states = [{ id: 'lock', version: 1.5 }];", /a state is written/],
    ['export const states = [{ version: 1 }];', /a state is written/],
    ["export const requires = { patch: 'first', completed: true };", /what is required is written/],
    ["export const requires = 'first';", /an object is wanted here/],
  ];
  for (const [text, message] of hooks) await assert.rejects(patch(text), { code: 'ERR_HOOKS', message });
});
