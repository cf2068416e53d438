import assert from 'node:assert/strict';
import type { Case } from '../support/case.ts';
import { OFF, ON } from '../support/log.ts';
import { CALLBACKS } from '../support/patches.ts';

const THREE = `exports.f=f;exports.g=g;exports.h=h;
function f(){return 'f'}
function g(){return 'g'}
function h(){return 'h'}`;
const named = (name: string): string => `function(){return '${name}'}`;

/** test-livepatch.sh */
export const BASIC: readonly Case[] = [
  {
    id: 'L1',
    what: 'a function is patched and restored',
    async run(b) {
      const m = b.module('M', THREE);
      const { f } = m.load();
      b.expect('M.eval');
      await b.apply('A', { modules: [{ module: m, functions: { f: named('new f') } }] });
      assert.equal(f!(), 'new f');
      b.expect(`enable(A) > ${ON}`);
      await b.off('A');
      assert.equal(f!(), 'f');
      b.expect(OFF);
      assert.deepEqual(b.patches(), []);
    },
  },
  {
    id: 'L2',
    what: 'patches stack, and each goes alone',
    async run(b) {
      const m = b.module('M', THREE);
      const { f, g } = m.load();
      b.forget();
      await b.apply('A', { modules: [{ module: m, functions: { f: named('A') } }] });
      assert.deepEqual([f!(), g!()], ['A', 'g']);
      b.expect(`enable(A) > ${ON}`);
      await b.apply('B', { modules: [{ module: m, functions: { g: named('B') } }] });
      assert.deepEqual([f!(), g!()], ['A', 'B']);
      b.expect(`enable(B) > ${ON}`);
      await b.off('B');
      assert.deepEqual([f!(), g!()], ['A', 'g']);
      await b.off('A');
      assert.deepEqual([f!(), g!()], ['f', 'g']);
      b.expect(`${OFF} > ${OFF}`);
    },
  },
  {
    id: 'L3',
    what: 'an atomic replace takes the place of all, without a word from them',
    async run(b) {
      const m = b.module('M', THREE);
      const { f, g, h } = m.load();
      await b.apply('A', { modules: [{ module: m, functions: { f: named('A') } }] });
      await b.apply('B', { modules: [{ module: m, functions: { g: named('B') } }] });
      await b.apply('C', { hooks: CALLBACKS, modules: [{ module: m, functions: { h: named('C') } }] });
      assert.deepEqual(b.patches(), ['A', 'B', 'C']);
      assert.deepEqual([f!(), g!(), h!()], ['A', 'B', 'C']);
      b.forget();
      const outcome = await b.apply('R', { replace: true, modules: [{ module: m, functions: { g: named('R') } }] });
      b.expect(`enable(R) > ${ON}`);
      assert.deepEqual(outcome.result === 'complete' && outcome.replaced, ['A', 'B', 'C']);
      assert.deepEqual([f!(), g!(), h!()], ['f', 'R', 'h']);
      assert.deepEqual(b.patches(), ['R']);
      await b.off('R');
      b.expect(OFF);
      assert.deepEqual([f!(), g!(), h!()], ['f', 'g', 'h']);
    },
  },
  {
    id: 'L4',
    what: 'a module’s function, the module first',
    async run(b) {
      const m = b.module('M', THREE);
      const { h } = m.load();
      await b.apply('P', { modules: [{ module: m, functions: { h: named('new h') } }] });
      assert.equal(h!(), 'new h');
      await b.off('P');
      assert.equal(h!(), 'h');
      m.unload();
      b.expect(`M.eval > enable(P) > ${ON} > ${OFF} > M.exit`);
    },
  },
  {
    id: 'L5',
    what: 'a module’s function, the patch first: patched from its first call',
    async run(b) {
      const m = b.module('M', `${THREE}\nexports.first=h();`);
      // Callbacks make it a patch of more than modules; one of absent modules only is taken for another process's.
      await b.apply('P', { hooks: '(function(){return {}})', modules: [{ module: m, functions: { h: named('new h') } }] });
      b.expect(`enable(P) > ${ON}`);
      const { h, first } = m.load();
      b.expect('apply(P,M) > M.eval');
      assert.equal(first, 'new h');
      assert.equal(h!(), 'new h');
      await b.off('P');
      assert.equal(h!(), 'h');
      m.unload();
      b.expect(`${OFF} > M.exit`);
    },
  },
];
