import assert from 'node:assert/strict';
import type { Case } from '../support/case.ts';
import type { Bench } from '../support/bench.ts';
import type { PatchSpec } from '../support/patches.ts';

const TEXT = `exports.work=work;exports.leaf=leaf;exports.outer=outer;
function leaf(){return 'old'}
async function work(gate){const before=leaf();await gate;return before+' '+leaf()}
async function outer(gate){await gate;return await work(null)}`;
const NEW = {
  leaf: "function(){return 'new'}",
  work: "async function(gate){const before=leaf();await gate;return before+' '+leaf()}",
};

function target(b: Bench, mode: 'request' | 'barrier'): { code: Record<string, (...args: unknown[]) => unknown>; spec: PatchSpec } {
  const m = b.module('M', TEXT);
  const code = m.load();
  b.forget();
  return { code, spec: { mode, modules: [{ module: m, functions: NEW }] } };
}

/** The two modes besides the kernel's own: kGraft's, and kpatch's without stopping the machine. */
export const MODES: readonly Case[] = [
  {
    id: 'M1',
    what: 'request: a task keeps its universe until it ends, with nothing of the set live in between',
    async run(b) {
      const { code, spec } = target(b, 'request');
      const [gate, after] = [b.gate(), b.gate()];
      const seen: unknown[] = [];
      const old = b.task('old', async () => {
        seen.push(code['leaf']!());
        await gate.closed;
        seen.push(code['leaf']!(), await code['work']!(null));
        await after.closed;
        seen.push(code['leaf']!());
      });
      const { ended } = await b.stall('P', spec);
      assert.equal(
        b.task('new', () => code['leaf']!()),
        'new',
      );
      gate.open();
      await b.until(() => seen.length === 3, 'it calls');
      assert.deepEqual(
        b.runtime.status().transition?.holders.map((h) => h.label),
        ['GET old'],
      );
      after.open();
      await old;
      assert.deepEqual(seen, ['old', 'old', 'old old', 'old']);
      assert.equal((await ended).result, 'complete');
    },
  },
  {
    id: 'M2',
    what: 'request: callbacks of an old task stay old, a task begun in it too',
    async run(b) {
      const { code, spec } = target(b, 'request');
      const gate = b.gate();
      let child: unknown;
      const old = b.task('old', async () => {
        await new Promise<void>((done) => setTimeout(done, 20));
        child = b.child('child', () => code['leaf']!());
        await gate.closed;
      });
      const { ended } = await b.stall('P', spec);
      await b.until(() => child !== undefined, 'the child runs');
      assert.equal(child, 'old');
      gate.open();
      await old;
      assert.equal((await ended).result, 'complete');
    },
  },
  {
    id: 'M3',
    what: 'barrier: outermost calls wait, nested ones pass, then all switch at once',
    async run(b) {
      const { code, spec } = target(b, 'barrier');
      const m = spec.modules![0]!;
      const barrier: PatchSpec = {
        ...spec,
        modules: [{ ...m, functions: { ...NEW, outer: 'async function(gate){await gate;return await work(null)}' } }],
      };
      const gate = b.gate();
      const nested = b.task('old', () => code['outer']!(gate.closed));
      const { ended } = await b.stall('P', barrier);
      let done = 0;
      const waiting = Array.from({ length: 5 }, (_, i) => b.task(`new ${i}`, () => code['work']!(null) as Promise<unknown>));
      for (const one of waiting) void one.then(() => done++);
      assert.equal(
        b.task('sync', () => code['leaf']!()),
        'old',
      );
      await b.pause(20);
      assert.deepEqual([done, b.runtime.status().transition?.waited], [0, 5]);
      gate.open();
      assert.equal(await nested, 'old old');
      assert.deepEqual(
        await Promise.all(waiting),
        Array.from({ length: 5 }, () => 'new new'),
      );
      assert.equal((await ended).result, 'complete');
    },
  },
  {
    id: 'M4',
    what: 'barrier: the deadline opens the gate and turns it round; those who waited run the original',
    async run(b) {
      const { code, spec } = target(b, 'barrier');
      const gate = b.gate();
      const held = b.task('old', () => code['work']!(gate.closed));
      const { ended } = await b.stall('P', spec, { timeoutMs: 30 });
      const waiting = b.task('new', () => code['work']!(null));
      const outcome = await ended;
      assert.deepEqual(outcome.result === 'reversed' && outcome.reason, 'deadline');
      assert.equal(await waiting, 'old old');
      gate.open();
      assert.equal(await held, 'old old');
    },
  },
  {
    id: 'M5',
    what: 'the mode and stacking can be chosen when the patch is applied',
    async run(b) {
      const { spec } = target(b, 'request');
      await b.apply('A', { ...spec, mode: 'task' });
      await b.apply('B', { ...spec, replace: true }, { mode: 'barrier', replace: false });
      assert.deepEqual(
        b.runtime.status().patches.map((p) => [p.name, p.mode, p.replace]),
        [
          ['A', 'task', false],
          ['B', 'barrier', false],
        ],
      );
    },
  },
];
