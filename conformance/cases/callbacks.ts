import assert from 'node:assert/strict';
import { refused } from '../support/bench.ts';
import type { Bench } from '../support/bench.ts';
import type { Case } from '../support/case.ts';
import { CALLBACKS, callbacks } from '../support/patches.ts';
import type { PatchSpec } from '../support/patches.ts';
import type { TestModule } from '../support/modules.ts';

const TARGET = `exports.h=h;exports.work=work;
function h(){return 'h'}
async function work(gate){await gate;return 'work'}`;
const NEW_H = { h: "function(){return 'new h'}" };

function targets(b: Bench): { m: TestModule; busy: TestModule; spec: PatchSpec } {
  const m = b.module('M', TARGET);
  const busy = b.module('Mbusy', `${TARGET}//`);
  const modules = [
    { module: m, functions: NEW_H, hooks: CALLBACKS },
    { module: busy, functions: { work: "async function(gate){await gate;return 'new work'}" }, hooks: CALLBACKS },
  ];
  return { m, busy, spec: { hooks: CALLBACKS, modules } };
}

const ENODEV = "Object.assign(new Error('ENODEV'),{code:'ENODEV'})";
const on = (objects: readonly string[]): string =>
  ['init+', ...objects.map((o) => `pre(${o})`), 'start+', 'fin+', ...objects.map((o) => `post(${o})`), 'done+'].join(' > ');
const off = (objects: readonly string[]): string =>
  ['init-', ...objects.map((o) => `unpre(${o})`), 'start-', 'fin-', ...objects.map((o) => `unpost(${o})`), 'done-'].join(' > ');

/** test-callbacks.sh */
export const CALLBACK_CASES: readonly Case[] = [
  {
    id: 'C1',
    what: 'callbacks of loaded objects, in the same order in all four phases',
    async run(b) {
      const { m, spec } = targets(b);
      m.load();
      await b.apply('P', spec);
      await b.off('P');
      m.unload();
      b.expect(`M.eval > enable(P) > ${on(['V', 'M'])} > ${off(['V', 'M'])} > M.exit`);
    },
  },
  {
    id: 'C2',
    what: 'a module that comes late: before it is evaluated, pre and post both run',
    async run(b) {
      const { m, spec } = targets(b);
      await b.apply('P', spec);
      b.expect(`enable(P) > ${on(['V'])}`);
      const { h } = m.load();
      assert.equal(h!(), 'new h');
      b.expect('apply(P,M) > pre(M,COMING) > post(M,COMING) > M.eval');
      await b.off('P');
      m.unload();
      b.expect(`${off(['V', 'M'])} > M.exit`);
    },
  },
  {
    id: 'C3',
    what: 'a module that goes takes its part of the patch with it',
    async run(b) {
      const { m, spec } = targets(b);
      m.load();
      await b.apply('P', spec);
      b.forget();
      m.unload();
      b.expect('M.exit > unpre(M,GOING) > revert(P,M) > unpost(M,GOING)');
      await b.off('P');
      b.expect(off(['V']));
    },
  },
  {
    id: 'C4',
    what: 'a module that comes late and goes again',
    async run(b) {
      const { m, spec } = targets(b);
      await b.apply('P', spec);
      b.forget();
      m.load();
      m.unload();
      b.expect('apply(P,M) > pre(M,COMING) > post(M,COMING) > M.eval > M.exit > unpre(M,GOING) > revert(P,M) > unpost(M,GOING)');
      await b.off('P');
      b.expect(off(['V']));
    },
  },
  {
    id: 'C5',
    what: 'targets that never come: only the patch’s own callbacks',
    async run(b) {
      const { spec } = targets(b);
      await b.apply('P', spec);
      await b.off('P');
      b.expect(`enable(P) > ${on(['V'])} > ${off(['V'])}`);
    },
  },
  {
    id: 'C6',
    what: 'pre_patch vetoes the patch, with its own error and nothing left behind',
    async run(b) {
      const { m, spec } = targets(b);
      const { h } = m.load();
      b.forget();
      const error = await refused('ERR_VETO', () => b.apply('P', { ...spec, hooks: callbacks(`prePatch(){throw ${ENODEV}}`) }));
      assert.equal((error.cause as { code: string }).code, 'ENODEV');
      b.expect('enable(P) > init+ > pre(V) > failed(pre(V)) > cancel- > fin- > done-');
      assert.equal(h!(), 'h');
      assert.deepEqual(b.patches(), []);
    },
  },
  {
    id: 'C7',
    what: 'pre_patch vetoes a late module: it is not evaluated, and the patch stays',
    async run(b) {
      const { m, spec } = targets(b);
      const modules = [{ module: m, functions: NEW_H, hooks: callbacks(`prePatch(){throw ${ENODEV}}`) }];
      await b.apply('P', { ...spec, modules });
      b.expect(`enable(P) > ${on(['V'])}`);
      const error = await refused('ERR_MODULE_REFUSED', async () => m.load());
      assert.equal((error.cause as { code: string }).code, 'ENODEV');
      b.expect('apply(P,M) > pre(M,COMING) > failed(pre(M)) > refuse(M)');
      assert.deepEqual(b.patches(), ['P']);
      await b.off('P');
      b.expect(off(['V']));
    },
  },
  {
    id: 'C8',
    what: 'several targets, none of them busy',
    async run(b) {
      const { m, busy, spec } = targets(b);
      const { work } = busy.load();
      await work!();
      await b.apply('P', spec);
      m.load();
      m.unload();
      await b.off('P');
      busy.unload();
      b.expect(
        `Mbusy.eval > enable(P) > ${on(['V', 'Mbusy'])} > apply(P,M) > pre(M,COMING) > post(M,COMING) > M.eval > ` +
          `M.exit > unpre(M,GOING) > revert(P,M) > unpost(M,GOING) > ${off(['V', 'Mbusy'])} > Mbusy.exit`,
      );
    },
  },
  {
    id: 'C9',
    what: 'a busy target stalls the transition; turned round, it ends at once, and no post or unpre runs',
    async run(b) {
      const { m, busy, spec } = targets(b);
      const { work } = busy.load();
      const gate = b.gate();
      const working = b.task('work', () => work!(gate.closed));
      b.forget();
      const { ended } = await b.stall('P', spec);
      b.expect('enable(P) > init+ > pre(V) > pre(Mbusy) > start+');
      assert.equal(b.runtime.status().transition?.pending, 1);
      m.load();
      b.expect('apply(P,M) > pre(M,COMING) > M.eval');
      m.unload();
      b.expect('M.exit > revert(P,M) > unpost(M,GOING)');
      assert.equal((await b.reverse(ended)).result, 'reversed');
      b.expect('reverse- > start- > fin- > unpost(V) > unpost(Mbusy) > done-');
      assert.deepEqual(b.patches(), []);
      gate.open();
      assert.equal(await working, 'work');
      busy.unload();
      b.expect('Mbusy.exit');
    },
  },
  {
    id: 'C10',
    what: 'stacked patches each run their own callbacks',
    async run(b) {
      const { m, spec } = targets(b);
      m.load();
      b.forget();
      await b.apply('P', spec);
      await b.apply('P2', { hooks: CALLBACKS });
      await b.off('P2');
      await b.off('P');
      b.expect(`enable(P) > ${on(['V', 'M'])} > enable(P2) > ${on(['V'])} > ${off(['V'])} > ${off(['V', 'M'])}`);
    },
  },
  {
    id: 'C11',
    what: 'in an atomic replace only the new patch’s callbacks run',
    async run(b) {
      const { m, spec } = targets(b);
      m.load();
      b.forget();
      await b.apply('P', spec);
      b.forget();
      await b.apply('P2', { ...spec, hooks: CALLBACKS, modules: [{ module: m, functions: NEW_H }], replace: true });
      b.expect(`enable(P2) > ${on(['V'])}`);
      assert.deepEqual(b.patches(), ['P2']);
      await b.off('P2');
      b.expect(off(['V']));
    },
  },
];
