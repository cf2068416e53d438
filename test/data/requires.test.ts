/** A patch that requires another one comes only while every task runs that one, and keeps it in its place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { ApplyOptions } from '../../src/node/apply/transitions.ts';
import { currentRuntime } from '../../src/node/current.ts';
import { build, program } from '../build/harness.ts';

let files = 0;

interface World {
  /** Applies patch `name`, built to require another one. Resolves with how it ended. */
  apply(name: string, requires?: string, options?: ApplyOptions): Promise<string>;
  revert(name: string): Promise<string>;
  /** Calls a function of all patches, which stays in it until the result is called. */
  hold(): () => Promise<unknown>;
}

async function world(): Promise<World> {
  const file = `steps-${++files}.js`;
  const text = `// ${files}\nexports.f = async (gate) => { await gate; return 0; };\n`;
  const { exports } = await program({ [file]: text }, { [file]: text.replace('return 0', 'return -1') });
  const runtime = currentRuntime()!;
  const full = (name: string): string => `${name} ${file}`;
  let versions = 0;
  return {
    async apply(name, requires, options = {}) {
      const hook = `export const module = '${file}';\n${requires === undefined ? '' : `export const requires = { patch: '${full(requires)}', complete: true };`}\n`;
      const after = text.replace('return 0', `return ${++versions}`);
      const { patch } = await build({ [file]: text }, { [file]: after }, { name: 'steps.mjs', text: hook });
      return (await runtime.apply(patch!, { timeoutMs: 60_000, ...options, name: full(name) })).result;
    },
    revert: async (name) => (await runtime.revert(full(name), { timeoutMs: 60_000 })).result,
    hold() {
      const gate = Promise.withResolvers<void>();
      const held = (exports['f'] as (gate: Promise<void>) => Promise<unknown>)(gate.promise);
      return async () => {
        gate.resolve();
        await held;
      };
    },
  };
}

const refused = (state: RegExp): { readonly code: string; readonly message: RegExp } => ({ code: 'ERR_REQUIRES', message: state });
const NOT_APPLIED = refused(/it is not applied/);

async function transition(): Promise<void> {
  while (!currentRuntime()!.engine.transitioning) await turn();
}

test('not before it is applied, nor while it comes, goes or is turned round, nor once it has gone', async () => {
  const w = await world();
  await assert.rejects(w.apply('second', 'first'), NOT_APPLIED);
  const first = w.hold();
  const turned = w.apply('first');
  await transition();
  await assert.rejects(w.apply('second', 'first'), { code: 'ERR_BUSY' });
  currentRuntime()!.reverse();
  await first();
  assert.equal(await turned, 'reversed');
  await assert.rejects(w.apply('second', 'first'), NOT_APPLIED);

  assert.equal(await w.apply('first'), 'complete');
  await assert.rejects(w.apply('second', 'frist'), NOT_APPLIED);
  const second = w.hold();
  const reverted = w.revert('first');
  await transition();
  await assert.rejects(w.apply('second', 'first'), { code: 'ERR_BUSY' });
  currentRuntime()!.reverse();
  await second();
  assert.equal(await reverted, 'reversed');
  assert.equal(await w.apply('second', 'first'), 'complete', 'it is in force again');
  assert.equal(await w.revert('second'), 'complete');
  assert.equal(await w.revert('first'), 'complete');
  await assert.rejects(w.apply('second', 'first'), NOT_APPLIED);
});

test('not in its place, and no other takes its place while the second is there', async () => {
  const w = await world();
  await w.apply('first');
  await assert.rejects(w.apply('second', 'first', { replace: true }), {
    ...refused(/would take its place/),
    hint: 'Apply it with --no-replace.',
  });
  assert.equal(await w.apply('second', 'first'), 'complete');
  assert.equal(await w.apply('third', 'second'), 'complete');
  for (const name of ['first', 'second']) await assert.rejects(w.revert(name), { code: 'ERR_REQUIRED' });
  assert.equal(await w.apply('instead'), 'complete', 'all of them together may be replaced');
  await assert.rejects(w.apply('fourth', 'first'), NOT_APPLIED);
  await w.revert('instead');
});

test('patches that require each other can never be applied', async () => {
  const w = await world();
  await assert.rejects(w.apply('one', 'other'), NOT_APPLIED);
  await assert.rejects(w.apply('other', 'one'), NOT_APPLIED);
});
