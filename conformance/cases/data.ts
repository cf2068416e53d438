import assert from 'node:assert/strict';
import { refused } from '../support/bench.ts';
import type { Bench } from '../support/bench.ts';
import type { Case } from '../support/case.ts';
import { OFF, ON } from '../support/log.ts';
import type { PatchSpec } from '../support/patches.ts';

const V_OFF = 'init- > unpre(V) > start- > fin- > unpost(V)';

/**
 * A patch with one state, as the kernel's: allocate in prePatch, change or take over in postPatch, restore in preUnpatch,
 * free in postUnpatch. What it changes is `globalThis.lpLevel`; what it does it tells `globalThis.lpNote`.
 */
function statePatch(version: number): PatchSpec {
  const hooks = `(function($lp){
    const state=()=>$lp.getState('loglevel');
    return {
      prePatch(){
        if($lp.getPrevState('loglevel')){lpNote('already allocated');return}
        state().data={saved:null};lpNote('allocate');
      },
      postPatch(){
        const prev=$lp.getPrevState('loglevel');
        if(prev){state().data=prev.data;lpNote('take over');return}
        state().data.saved=globalThis.lpLevel;globalThis.lpLevel=10+${version};lpNote('change');
      },
      preUnpatch(){globalThis.lpLevel=state().data.saved;lpNote('restore')},
      postUnpatch(){if($lp.getPrevState('loglevel')){lpNote('leave');return}state().data=undefined;lpNote('free')},
    }})`;
  return { replace: true, hooks, states: [{ id: 'loglevel', version }] };
}

const global = globalThis as { lpLevel?: number; lpNote?: (text: string) => void };

function world(b: Bench): void {
  global.lpLevel = 7;
  global.lpNote = (text) => b.note(text);
}

export const DATA: readonly Case[] = [
  {
    id: 'S1',
    what: 'shadow variables: get, alloc, get_or_alloc, free and free_all over three objects and two ids',
    async run(b) {
      const { shadows } = b.runtime;
      const objects = [{}, {}, {}];
      const made: unknown[] = [];
      const construct = (object: object, data: unknown): { readonly data: unknown } => (made.push([object, data]), { data });
      for (const object of objects) assert.equal(shadows.get(object, 'S1.1'), undefined);
      const first = objects.map((object, i) =>
        i % 2 === 0 ? shadows.getOrAlloc(object, 'S1.1', construct, i) : shadows.alloc(object, 'S1.1', construct, i),
      );
      const second = objects.map((object, i) => shadows.alloc(object, 'S1.2', construct, 10 + i));
      assert.deepEqual(made, [...objects.map((o, i) => [o, i]), ...objects.map((o, i) => [o, 10 + i])]);
      objects.forEach((object, i) => {
        assert.equal(shadows.get(object, 'S1.1'), first[i]);
        assert.equal(shadows.get(object, 'S1.2'), second[i]);
        assert.equal(shadows.getOrAlloc(object, 'S1.1', construct, 'other'), first[i]);
      });
      assert.equal(made.length, 6);
      const destroyed: unknown[] = [];
      for (const object of objects) shadows.free(object, 'S1.1', (o, value) => destroyed.push([o, value]));
      assert.deepEqual(
        destroyed,
        objects.map((o, i) => [o, first[i]]),
      );
      for (const object of objects) shadows.free(object, 'S1.1', () => assert.fail('freed twice'));
      objects.forEach((object, i) => {
        assert.equal(shadows.has(object, 'S1.1'), false);
        assert.equal(shadows.get(object, 'S1.2'), second[i]);
      });
      shadows.freeAll('S1.2');
      for (const object of objects) assert.equal(shadows.get(object, 'S1.2'), undefined);
      assert.deepEqual(objects, [{}, {}, {}]);
    },
  },
  {
    id: 'ST1',
    what: 'a state: modify and restore',
    async run(b) {
      world(b);
      await b.apply('S1', statePatch(1));
      assert.equal(global.lpLevel, 11);
      b.expect('enable(S1) > init+ > pre(V) > allocate > start+ > fin+ > post(V) > change > done+');
      await b.off('S1');
      assert.equal(global.lpLevel, 7);
      b.expect('init- > unpre(V) > restore > start- > fin- > unpost(V) > free > done-');
    },
  },
  {
    id: 'ST2',
    what: 'a state is taken over by a patch that replaces; what was saved first is restored',
    async run(b) {
      world(b);
      await b.apply('S1', statePatch(1));
      b.forget();
      await b.apply('S2', statePatch(2));
      b.expect('enable(S2) > init+ > pre(V) > already allocated > start+ > fin+ > post(V) > take over > done+');
      assert.deepEqual(b.patches(), ['S2']);
      await b.off('S2');
      b.expect('init- > unpre(V) > restore > start- > fin- > unpost(V) > free > done-');
      assert.equal(global.lpLevel, 7);
    },
  },
  {
    id: 'ST3',
    what: 'equal versions replace each other either way',
    async run(b) {
      world(b);
      await b.apply('S2', statePatch(2));
      for (const name of ['S3', 'S2']) {
        b.forget();
        await b.apply(name, statePatch(2));
        b.expect(`enable(${name}) > init+ > pre(V) > already allocated > start+ > fin+ > post(V) > take over > done+`);
        assert.deepEqual(b.patches(), [name]);
      }
      await b.off('S2');
      assert.equal(global.lpLevel, 7);
    },
  },
  {
    id: 'ST4',
    what: 'an older version is refused before any event or callback',
    async run(b) {
      world(b);
      await b.apply('S2', statePatch(2));
      b.forget();
      await refused('ERR_STATE_INCOMPATIBLE', () => b.apply('S1', statePatch(1)));
      b.expect('');
      await refused('ERR_STATE_INCOMPATIBLE', () => b.apply('N', { replace: true, hooks: '(function(){return {}})' }));
      b.expect('');
      assert.deepEqual(b.patches(), ['S2']);
      await b.apply('N', { replace: false, hooks: '(function(){return {}})' });
      await b.off('N');
      b.expect(`enable(N) > ${ON} > ${OFF}`);
      await b.off('S2');
      b.expect(`${V_OFF.replace('unpre(V)', 'unpre(V) > restore')} > free > done-`);
    },
  },
  {
    id: 'X19',
    what: 'a previous state is known within a transition only',
    async run(b) {
      world(b);
      await b.apply('S1', { ...statePatch(1), hooks: '(function($lp){globalThis.lpApi=$lp;return {postPatch(){}}})' });
      b.forget();
      const api = (globalThis as { lpApi?: { getPrevState(id: string): unknown; getState(id: string): unknown } }).lpApi!;
      assert.equal(api.getPrevState('loglevel'), undefined);
      assert.notEqual(api.getState('loglevel'), undefined);
      await b.pause(5);
      assert.equal(b.warnings.filter((w) => w.includes('outside a transition')).length, 1);
    },
  },
  {
    id: 'X20',
    what: 'a constructor that fails attaches nothing; a second alloc warns and gives nothing',
    async run(b) {
      const { shadows } = b.runtime;
      const object = {};
      const failing = (): never => {
        throw new Error('no');
      };
      assert.throws(() => shadows.alloc(object, 'X20', failing), /^Error: no$/);
      assert.throws(() => shadows.getOrAlloc(object, 'X20', failing), /^Error: no$/);
      assert.equal(shadows.has(object, 'X20'), false);
      assert.equal(
        shadows.alloc(object, 'X20', () => 1),
        1,
      );
      assert.equal(
        shadows.alloc(object, 'X20', () => assert.fail('constructed twice')),
        null,
      );
      assert.equal(shadows.get(object, 'X20'), 1);
      await b.pause(5);
      assert.equal(b.warnings.filter((w) => w.includes('exists already')).length, 1);
      shadows.freeAll('X20');
    },
  },
];
