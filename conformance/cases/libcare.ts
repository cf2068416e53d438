import assert from 'node:assert/strict';
import type { Case } from '../support/case.ts';
import type { Bench } from '../support/bench.ts';
import type { PatchSpec } from '../support/patches.ts';
import type { TestModule } from '../support/modules.ts';

const TEXT = `exports.loop=loop;exports.frame=frame;exports.values=values;
async function loop(turn,tell){while(await turn())tell('UNPATCHED')}
async function frame(gate){await gate;return 'UNPATCHED'}
function*values(){yield 'UNPATCHED';yield 'UNPATCHED'}`;
const NEW = {
  loop: "async function(turn,tell){while(await turn())tell('PATCHED')}",
  frame: "async function(gate){await gate;return 'PATCHED'}",
  values: "function*(){yield 'PATCHED';yield 'PATCHED'}",
};

const DEADLINE = { timeoutMs: 40 };

function target(b: Bench): { m: TestModule; code: Record<string, (...args: unknown[]) => unknown>; spec: PatchSpec } {
  const m = b.module('M', TEXT);
  const code = m.load();
  b.forget();
  return { m, code, spec: { modules: [{ module: m, functions: NEW }] } };
}

/** A loop that never leaves its function, and what it tells. */
function run(b: Bench, code: Record<string, (...args: unknown[]) => unknown>): { readonly said: string[]; readonly ended: unknown } {
  let on = true;
  void b.gate().closed.then(() => (on = false));
  const said: string[] = [];
  const turn = (): Promise<boolean> => new Promise((done) => setImmediate(() => done(on)));
  return { said, ended: b.task('loop', () => code['loop']!(turn, (text: string) => said.push(text))) };
}

export const LIBCARE: readonly Case[] = [
  {
    id: 'LC1',
    what: 'a function that is always on the stack fails the patch; nothing is left of it',
    async run(b) {
      const { code, spec } = target(b);
      const { said } = run(b, code);
      await b.until(() => said.length > 2, 'it runs');
      const outcome = await b.apply('P', spec, DEADLINE);
      assert.equal(outcome.result, 'reversed');
      assert.deepEqual(outcome.result === 'reversed' && [outcome.reason, outcome.holders.map((h) => h.function)], ['deadline', ['loop']]);
      assert.ok(said.every((text) => text === 'UNPATCHED'));
      assert.deepEqual(b.patches(), []);
    },
  },
  {
    id: 'LC2',
    what: 'the same function, patched before it is first called',
    async run(b) {
      const { code, spec } = target(b);
      await b.apply('P', spec, DEADLINE);
      const { said } = run(b, code);
      await b.until(() => said.length > 2, 'it runs');
      assert.ok(said.every((text) => text === 'PATCHED'));
      await b.end();
    },
  },
  {
    id: 'LC3',
    what: 'ref_orig_threads: one task in the loop says UNPATCHED while another says PATCHED',
    async run(b) {
      const { code, spec } = target(b);
      const first = run(b, code);
      await b.until(() => first.said.length > 2, 'it runs');
      const { ended } = await b.stall('P', spec);
      const second = run(b, code);
      await b.until(() => second.said.length > 2, 'the second runs');
      const before = first.said.length;
      await b.until(() => first.said.length > before + 2, 'the first goes on');
      assert.ok(first.said.every((text) => text === 'UNPATCHED'));
      assert.ok(second.said.every((text) => text === 'PATCHED'));
      await b.end();
      assert.equal((await ended).result, 'complete');
    },
  },
  {
    id: 'LC4',
    what: 'a parked coroutine fails the patch',
    async run(b) {
      const { code, spec } = target(b);
      const parked = code['values']!() as Generator<string>;
      assert.equal(parked.next().value, 'UNPATCHED');
      const outcome = await b.apply('P', spec, DEADLINE);
      assert.equal(outcome.result, 'reversed');
      assert.equal(parked.next().value, 'UNPATCHED');
      parked.return(undefined);
      assert.equal((await b.apply('P', spec, DEADLINE)).result, 'complete');
      assert.deepEqual([...(code['values']!() as Generator<string>)], ['PATCHED', 'PATCHED']);
    },
  },
  {
    id: 'LC5',
    what: 'frame_finish: waits until the frame is left, then it is patched',
    async run(b) {
      const { code, spec } = target(b);
      const gate = b.gate();
      const framed = b.task('t', () => code['frame']!(gate.closed));
      const { ended } = await b.stall('P', spec);
      gate.open();
      assert.equal(await framed, 'UNPATCHED');
      assert.equal((await ended).result, 'complete');
      assert.equal(await code['frame']!(null), 'PATCHED');
    },
  },
  {
    id: 'LC6',
    what: 'fail_unpatch: not taken out while new code is live; it stays patched',
    async run(b) {
      const { code, spec } = target(b);
      await b.apply('P', spec);
      const gate = b.gate();
      const framed = b.task('t', () => code['frame']!(gate.closed));
      const outcome = await b.off('P', DEADLINE);
      assert.equal(outcome.result, 'reversed');
      assert.deepEqual(b.patches(), ['P']);
      assert.equal(await code['frame']!(null), 'PATCHED');
      gate.open();
      assert.equal(await framed, 'PATCHED');
    },
  },
  {
    id: 'LC7',
    what: 'both: a program and its library in one go',
    async run(b) {
      const { m } = target(b);
      const library = b.module('library', "exports.name=name;\nfunction name(){return 'UNPATCHED'}");
      const { name } = library.load();
      const { frame } = m.load();
      await b.apply('P', {
        modules: [
          { module: m, functions: NEW },
          { module: library, functions: { name: "function(){return 'PATCHED'}" } },
        ],
      });
      assert.deepEqual([name!(), await frame!(null)], ['PATCHED', 'PATCHED']);
    },
  },
  {
    id: 'LC8',
    what: 'patchlevel: a later patch takes the place of the earlier one',
    async run(b) {
      const { m, code, spec } = target(b);
      await b.apply('level 1', spec);
      const level2 = { ...NEW, frame: "async function(gate){await gate;return 'PATCHED 2'}" };
      const outcome = await b.apply('level 2', { replace: true, modules: [{ module: m, functions: level2 }] });
      assert.deepEqual(outcome.result === 'complete' && outcome.replaced, ['level 1']);
      assert.equal(await code['frame']!(null), 'PATCHED 2');
    },
  },
];
