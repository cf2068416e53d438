import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import type { Case } from '../support/case.ts';
import { OFF, ON } from '../support/log.ts';
import { CALLBACKS } from '../support/patches.ts';
import { refused } from '../support/bench.ts';
import { socketFor } from '../support/socket.ts';

const TWO = `exports.f=f;exports.g=g;
function f(){return 'f'}
function g(){return 'g'}`;
const F = { f: "function(){return 'new'}" };

/** test-sysfs.sh, test-ftrace.sh, test-kprobe.sh: what can be seen of a patch, and who else looks at functions. */
export const STATUS: readonly Case[] = [
  {
    id: 'SY1',
    what: 'what the status says of an enabled patch, and who may ask',
    async run(b) {
      const m = b.module('M', TWO);
      m.load();
      await b.apply('A', { modules: [{ module: m, functions: F }] });
      const [patch] = b.runtime.status().patches;
      assert.deepEqual([patch?.enabled, patch?.transition, patch?.replace, patch?.stackOrder], [true, false, false, 1]);
      assert.deepEqual(patch?.modules, [{ module: m.name, patched: true, functions: ['f'] }]);
      const agent = await socketFor(b.runtime);
      try {
        assert.equal(statSync(agent.path).mode & 0o777, 0o600);
        assert.equal(statSync(agent.directory).mode & 0o777, 0o700);
      } finally {
        agent.close();
      }
    },
  },
  {
    id: 'SY2',
    what: 'a module counts as patched while it is loaded',
    async run(b) {
      const m = b.module('M', TWO);
      await b.apply('P', { hooks: CALLBACKS, modules: [{ module: m, functions: F }] });
      b.forget();
      const patched = (): boolean | undefined => b.runtime.status().patches[0]?.modules[0]?.patched;
      assert.equal(patched(), false);
      m.load();
      assert.equal(patched(), true);
      m.unload();
      assert.equal(patched(), false);
      b.expect('apply(P,M) > M.eval > M.exit > revert(P,M)');
    },
  },
  ...[true, false].map((replace): Case => ({
    id: replace ? 'SY3' : 'SY4',
    what: `a patch says whether it replaces others: ${replace}`,
    async run(b) {
      const m = b.module('M', TWO);
      m.load();
      b.forget();
      await b.apply('A', { replace, modules: [{ module: m, functions: F }] });
      assert.equal(b.runtime.status().patches[0]?.replace, replace);
      await b.off('A');
      b.expect(`enable(A) > ${ON} > ${OFF}`);
    },
  })),
  {
    id: 'SY5',
    what: 'the order of the stack closes up when a patch in the middle goes',
    async run(b) {
      const order = (): [string, number][] => b.runtime.status().patches.map((p) => [p.name, p.stackOrder]);
      for (const name of ['A', 'B', 'C']) await b.apply(name, { hooks: CALLBACKS });
      assert.deepEqual(order(), [
        ['A', 1],
        ['B', 2],
        ['C', 3],
      ]);
      await b.off('B');
      assert.deepEqual(order(), [
        ['A', 1],
        ['C', 2],
      ]);
    },
  },
  {
    id: 'F1',
    what: 'no patch without the hook: a function without an entry site is refused, with nothing changed',
    async run(b) {
      const m = b.module('M', `${TWO}\nconst $lp_taken=1;`);
      const { f } = m.load();
      await refused('ERR_NOT_INSTRUMENTED', () =>
        b.apply('A', { hooks: CALLBACKS, modules: [{ module: b.module('M', m.text), functions: F }] }),
      );
      b.expect('');
      assert.equal(f!(), 'f');
      const n = b.module('N', TWO);
      const { f: hooked } = n.load();
      await b.apply('B', { modules: [{ module: n, functions: F }] });
      assert.equal(hooked!(), 'new');
    },
  },
  {
    id: 'F2',
    what: 'a tracer put on a patched function sees the replacement',
    async run(b) {
      const m = b.module('M', TWO);
      const exported = m.load();
      await b.apply('A', { modules: [{ module: m, functions: F }] });
      const { f } = exported;
      const trace: unknown[] = [];
      exported['f'] = function (this: unknown, ...args) {
        const result = Reflect.apply(f!, this, args);
        trace.push(result);
        return result;
      };
      assert.equal(exported['f'](), 'new');
      assert.deepEqual(trace, ['new']);
      await b.off('A');
      assert.equal(exported['f'](), 'f');
      assert.deepEqual(trace, ['new', 'f']);
    },
  },
  {
    id: 'F3',
    what: 'a traced function can be patched, and is still traced under its name',
    async run(b) {
      const m = b.module('M', TWO);
      const exported = m.load();
      const { f } = exported;
      const trace: string[] = [];
      exported['f'] = new Proxy(f!, {
        apply(target, self, args: unknown[]) {
          trace.push(target.name);
          return Reflect.apply(target, self, args);
        },
      });
      await b.apply('A', { modules: [{ module: m, functions: F }] });
      assert.equal(exported['f'](), 'new');
      assert.deepEqual(trace, ['f']);
      assert.equal(String(f), "function f(){return 'f'}");
      await b.off('A');
    },
  },
  {
    id: 'K1',
    what: 'an exclusive probe on the function',
    notApplicable:
      'Nothing can own a function’s entry but its own text: wrappers stand outside it, breakpoints beside it, and text that uses our names is not instrumented (F1).',
  },
  {
    id: 'K2',
    what: 'a probe that only looks does not disturb patching',
    async run(b) {
      const m = b.module('M', TWO);
      const exported = m.load();
      const { f } = exported;
      let hits = 0;
      exported['f'] = (...args) => (hits++, f!(...args));
      await b.apply('A', { modules: [{ module: m, functions: F }] });
      assert.equal(exported['f'](), 'new');
      exported['f'] = f!;
      assert.equal(exported['f'](), 'new');
      await b.off('A');
      assert.deepEqual([exported['f'](), hits], ['f', 1]);
    },
  },
];
