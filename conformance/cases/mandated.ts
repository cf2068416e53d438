import assert from 'node:assert/strict';
import { refused } from '../support/bench.ts';
import { bind, signal } from '../../src/index.ts';
import type { Bench } from '../support/bench.ts';
import type { Case } from '../support/case.ts';
import { OFF, ON } from '../support/log.ts';
import { paths } from '../support/paths.ts';
import { CALLBACKS, callbacks } from '../support/patches.ts';
import type { PatchSpec } from '../support/patches.ts';
import type { TestModule } from '../support/modules.ts';

/** `work` waits for what it is given and tells what `leaf` was before and after; `run` calls back within the caller's task. */
const TEXT = `exports.work=work;exports.leaf=leaf;exports.other=other;
function leaf(){return 'old'}
function other(){return 'other'}
async function work(gate){const before=leaf();await gate;return before+' '+leaf()}`;
const leafIs = (name: string): string => `function(){return '${name}'}`;
const workAs = (name: string): string => `async function(gate){const before=leaf();await gate;return '${name}: '+before+' '+leaf()}`;

interface Busy {
  readonly m: TestModule;
  readonly code: Record<string, (...args: unknown[]) => unknown>;
  readonly spec: (name: string, more?: Partial<PatchSpec>) => PatchSpec;
}

function busyModule(b: Bench): Busy {
  const m = b.module('M', TEXT);
  const code = m.load();
  b.forget();
  const spec = (name: string, more: Partial<PatchSpec> = {}): PatchSpec => ({
    hooks: CALLBACKS,
    modules: [{ module: m, functions: { leaf: leafIs(name), work: workAs(name) } }],
    ...more,
  });
  return { m, code, spec };
}

export const MANDATED: readonly Case[] = [
  {
    id: 'Y1',
    what: 'tasks that are never idle converge, one by one',
    async run(b) {
      const { code, spec } = busyModule(b);
      const stopped = b.gate();
      let stop = false;
      void stopped.closed.then(() => (stop = true));
      const seen = Array.from({ length: 64 }, () => '');
      const loops = seen.map((_, i) =>
        b.task(`hammer ${i}`, async () => {
          while (!stop) {
            seen[i] = (await code['work']!(new Promise((done) => setImmediate(done)))) as string;
            code['leaf']!();
          }
        }),
      );
      await b.pause(5);
      await b.apply('P', spec('new'));
      await b.until(() => seen.every((result) => result === 'new: new new'), 'every task runs the new version');
      stop = true;
      await Promise.all(loops);
    },
  },
  {
    id: 'X1',
    what: 'no second patch while one is in transition, and nothing is left of the attempt',
    async run(b) {
      const { m, code, spec } = busyModule(b);
      const gate = b.gate();
      const working = b.task('t', () => code['work']!(gate.closed));
      const { ended } = await b.stall('P', spec('new'));
      b.forget();
      await refused('ERR_BUSY', () => b.apply('Q', { hooks: CALLBACKS, modules: [{ module: m, functions: { other: leafIs('Q') } }] }));
      b.expect('');
      assert.deepEqual(b.patches(), ['P']);
      assert.equal(code['other']!(), 'other');
      gate.open();
      await Promise.all([ended, working]);
    },
  },
  {
    id: 'X2',
    what: 'no patch is taken out while another is in transition',
    async run(b) {
      const { m, code, spec } = busyModule(b);
      await b.apply('Q', { modules: [{ module: m, functions: { other: leafIs('Q') } }] });
      const gate = b.gate();
      const working = b.task('t', () => code['work']!(gate.closed));
      const { ended } = await b.stall('P', spec('new'));
      await refused('ERR_BUSY', () => b.off('Q'));
      assert.equal(code['other']!(), 'Q');
      gate.open();
      await Promise.all([ended, working]);
    },
  },
  {
    id: 'X3',
    what: 'what is applied cannot be applied again, what is not cannot be taken out',
    async run(b) {
      const { spec } = busyModule(b);
      await refused('ERR_NOT_APPLIED', () => b.off('P'));
      await b.apply('P', spec('new'));
      b.forget();
      await refused('ERR_ALREADY_APPLIED', () => b.apply('P', spec('new')));
      b.expect('');
    },
  },
  {
    id: 'X4',
    what: 'a patch that was taken out is gone: it can only be applied anew, with a sequence of its own',
    async run(b) {
      const { spec } = busyModule(b);
      await b.apply('P', spec('new', { hooks: '(function(){return {}})' }));
      await b.off('P');
      b.forget();
      await refused('ERR_NOT_APPLIED', () => b.off('P'));
      assert.deepEqual(b.patches(), []);
      await b.apply('P', spec('new', { hooks: '(function(){return {}})' }));
      b.expect(`enable(P) > ${ON}`);
    },
  },
  {
    id: 'X5',
    what: 'an unpatching that is turned round ends in post again, without pre',
    async run(b) {
      const { code, spec } = busyModule(b);
      await b.apply('P', spec('new'));
      const gate = b.gate();
      const working = b.task('t', () => code['work']!(gate.closed));
      b.forget();
      const ended = b.runtime.revert('P', {});
      await b.until(() => b.runtime.status().transition !== null, 'it stalls');
      assert.deepEqual(
        b.runtime.status().patches.map((p) => [p.enabled, p.transition]),
        [[false, true]],
      );
      assert.equal((await b.reverse(ended)).result, 'reversed');
      b.expect('init- > unpre(V) > start- > reverse+ > start+ > fin+ > post(V) > done+');
      gate.open();
      assert.equal(await working, 'new: new new');
    },
  },
  {
    id: 'X6',
    what: 'turned round twice, it goes its first way and still waits for everyone',
    async run(b) {
      const { code, spec } = busyModule(b);
      const [old, young] = [b.gate(), b.gate()];
      const working = b.task('old', () => code['work']!(old.closed));
      const { ended } = await b.stall('P', spec('new'));
      const second = b.task('young', () => code['work']!(young.closed));
      b.runtime.reverse();
      await b.until(() => b.runtime.status().transition?.reversed === true, 'it turns');
      b.runtime.reverse();
      await b.until(() => b.runtime.status().transition?.reversed === false, 'it turns back');
      assert.equal(b.runtime.status().transition?.pending, 1);
      old.open();
      assert.equal((await ended).result, 'complete');
      b.expect('enable(P) > init+ > pre(V) > start+ > reverse- > start- > reverse+ > start+ > fin+ > post(V) > done+');
      young.open();
      assert.deepEqual(await Promise.all([working, second]), ['old old', 'new: new new']);
    },
  },
  {
    id: 'X7',
    what: 'a task begun in another is of its universe, and switches by itself',
    async run(b) {
      const { code, spec } = busyModule(b);
      const [gate, spawn, child] = [b.gate(), b.gate(), b.gate()];
      let begun: unknown;
      const parent = b.task('parent', async () => {
        const working = code['work']!(gate.closed);
        await spawn.closed;
        begun = b.child('child', () => code['work']!(child.closed));
        return await working;
      });
      const { ended } = await b.stall('P', spec('new'));
      spawn.open();
      await b.until(() => begun !== undefined, 'the child begins');
      const fresh = b.task('new', () => code['leaf']!());
      gate.open();
      assert.equal(await parent, 'old old');
      assert.equal(b.runtime.status().transition?.pending, 1);
      child.open();
      assert.equal(await begun, 'old old');
      assert.equal(fresh, 'new');
      assert.equal((await ended).result, 'complete');
    },
  },
  {
    id: 'X8',
    what: 'below the patch in transition is the patch before it, the original only below that',
    async run(b) {
      const { m, code, spec } = busyModule(b);
      await b.apply('A', spec('A'));
      const gate = b.gate();
      const working = b.task('t', () => code['work']!(gate.closed));
      const B = { leaf: leafIs('B'), work: workAs('B'), other: leafIs('B other') };
      const { ended } = await b.stall('B', { modules: [{ module: m, functions: B }] });
      assert.deepEqual(
        b.task('new', () => [code['leaf']!(), code['other']!()]),
        ['B', 'B other'],
      );
      gate.open();
      assert.equal(await working, 'A: A A');
      await ended;
    },
  },
  {
    id: 'X9',
    what: 'what a replacing patch leaves out goes to the original in the same transition',
    async run(b) {
      const { m, code, spec } = busyModule(b);
      await b.apply('A', spec('A'));
      const gate = b.gate();
      const working = b.task('t', () => code['work']!(gate.closed));
      const { ended } = await b.stall('R', { replace: true, modules: [{ module: m, functions: { work: workAs('R') } }] });
      assert.equal(
        b.task('new', () => code['leaf']!()),
        'old',
      );
      gate.open();
      assert.equal(await working, 'A: A A');
      await ended;
      assert.equal(code['leaf']!(), 'old');
      assert.equal(await code['work']!(null), 'R: old old');
    },
  },
  {
    id: 'X10',
    what: 'a late module in a transition: old work gets its original code, new work the new',
    async run(b) {
      const { m, code } = busyModule(b);
      const late = b.module('L', "exports.h=h;\nfunction h(){return 'h'}");
      const gate = b.gate();
      const loaded = b.gate();
      let h: () => unknown = () => 'not loaded';
      const seen: unknown[] = [];
      const old = b.task('old', async () => {
        const working = code['work']!(gate.closed);
        await loaded.closed;
        seen.push(h());
        await working;
      });
      const { ended } = await b.stall('P', {
        modules: [
          { module: m, functions: { work: workAs('new') } },
          { module: late, functions: { h: leafIs('new h') } },
        ],
      });
      h = late.load()['h'] as () => unknown;
      assert.equal(
        b.task('new', () => h()),
        'new h',
      );
      loaded.open();
      await b.until(() => seen.length > 0, 'the old task calls');
      assert.deepEqual(seen, ['h']);
      gate.open();
      await Promise.all([old, ended]);
      assert.equal(h(), 'new h');
    },
  },
  {
    id: 'X11',
    what: 'a late module that one of two patches refuses: the other takes back what it did',
    async run(b) {
      const m = b.module('M', TEXT);
      const part = { module: m, functions: { leaf: leafIs('new') } };
      await b.apply('P1', { hooks: CALLBACKS, modules: [{ ...part, hooks: CALLBACKS }] });
      await b.apply('P2', { hooks: CALLBACKS, modules: [{ ...part, hooks: callbacks("prePatch(){throw new Error('no')}") }] });
      b.forget();
      await refused('ERR_MODULE_REFUSED', async () => m.load());
      b.expect(
        'apply(P1,M) > pre(M,COMING) > post(M,COMING) > apply(P2,M) > pre(M,COMING) > failed(pre(M)) > refuse(M) > ' +
          'unpre(M,GOING) > revert(P1,M) > unpost(M,GOING)',
      );
      await b.off('P2');
      assert.equal(m.load()['leaf']!(), 'new');
    },
  },
  {
    id: 'X12',
    what: 'functions of one name are told apart by their ordinal; one that is not there is refused',
    async run(b) {
      const m = b.module('M', 'exports.first={f(){return 1}}.f;exports.second={f(){return 2}}.f;');
      const { first, second } = m.load();
      b.forget();
      const [one, two] = paths(m);
      assert.notEqual(one, two);
      await b.apply('P', { modules: [{ module: m, functions: { [two!]: leafIs('new') } }] });
      assert.deepEqual([first!(), second!()], [1, 'new']);
      await b.off('P');
      await refused('ERR_UNKNOWN_FUNCTION', () => b.apply('P', { modules: [{ module: m, functions: { [`${two!}@9`]: leafIs('new') } }] }));
    },
  },
  {
    id: 'X13',
    what: 'an unknown function refuses the whole patch, with nothing applied',
    async run(b) {
      const { m, code } = busyModule(b);
      await refused('ERR_UNKNOWN_FUNCTION', () =>
        b.apply('P', { hooks: CALLBACKS, modules: [{ module: m, functions: { leaf: leafIs('new'), nowhere: leafIs('new') } }] }),
      );
      b.expect('');
      assert.equal(code['leaf']!(), 'old');
      assert.deepEqual(b.patches(), []);
    },
  },
  {
    id: 'X14',
    what: 'when the second object’s pre_patch fails, only the first one’s post_unpatch runs',
    async run(b) {
      const { m, code } = busyModule(b);
      const modules = [{ module: m, functions: { leaf: leafIs('new') }, hooks: callbacks("prePatch(){throw new Error('no')}") }];
      await refused('ERR_VETO', () => b.apply('P', { hooks: CALLBACKS, modules }));
      b.expect('enable(P) > init+ > pre(V) > pre(M) > failed(pre(M)) > cancel- > fin- > unpost(V) > done-');
      assert.equal(code['leaf']!(), 'old');
    },
  },
  {
    id: 'X15',
    what: 'force needs a transition; it ends a stalled one, marks what it removed, and taints',
    async run(b) {
      const { m, code, spec } = busyModule(b);
      await b.apply('A', spec('A'));
      const old = b.runtime.engine.patches[0]!;
      assert.throws(() => b.runtime.force(), { code: 'ERR_NO_TRANSITION' });
      const gate = b.gate();
      const working = b.task('t', () => code['work']!(gate.closed));
      const { ended } = await b.stall('R', { replace: true, modules: [{ module: m, functions: { leaf: leafIs('R') } }] });
      b.forget();
      b.runtime.force();
      assert.equal((await ended).result, 'forced');
      b.expect('force+ > fin+ > done+');
      assert.deepEqual([old.forced, b.runtime.info().tainted], [true, true]);
      assert.equal(b.runtime.status().patches[0]?.modules[0]?.patched, true);
      gate.open();
      assert.equal(await working, 'A: A R');
    },
  },
  {
    id: 'X16',
    what: 'patching looks for what is in force below the patch, not for the original',
    async run(b) {
      const { code, spec } = busyModule(b);
      await b.apply('A', spec('A'));
      const gate = b.gate();
      const working = b.task('t', () => code['work']!(gate.closed));
      const { ended } = await b.stall('B', spec('B'));
      assert.equal(b.runtime.status().transition?.pending, 1);
      gate.open();
      assert.equal(await working, 'A: A A');
      await ended;
      const inB = b.gate();
      const again = b.task('t', () => code['work']!(inB.closed));
      const reverting = b.runtime.revert('B', {});
      await b.until(() => b.runtime.status().transition?.pending === 1, 'it stalls');
      inB.open();
      assert.equal(await again, 'B: B B');
      assert.equal((await reverting).result, 'complete');
    },
  },
  {
    id: 'X17',
    what: 'work of unknown origin blocks; it is never silently switched',
    async run(b) {
      const { code, spec } = busyModule(b);
      const gate = b.gate();
      const working = code['work']!(gate.closed);
      const { ended } = await b.stall('P', spec('new'));
      await b.pause(20);
      assert.equal(b.runtime.status().transition?.pending, 1);
      gate.open();
      assert.equal(await working, 'old old');
      assert.equal((await ended).result, 'complete');
    },
  },
  {
    id: 'X18',
    what: 'stragglers are asked to move on after a while, and again and again; nobody else is',
    async run(b) {
      const { code, spec } = busyModule(b);
      const gate = b.gate();
      const [working, ask] = b.task('straggler', () => [code['work']!(gate.closed), bind(signal)] as const);
      const first = ask();
      const { ended } = await b.stall('P', spec('new'));
      const [other] = b.task('other', () => [signal()] as const);
      await b.until(() => first.aborted, 'the straggler is asked to move on');
      const second = ask();
      assert.equal(second.aborted, false);
      await b.until(() => second.aborted, 'it is asked again');
      assert.equal((second.reason as Error).name, 'AbortError');
      gate.open();
      assert.equal(await working, 'old old');
      assert.equal((await ended).result, 'complete');
      assert.equal(other.aborted, false);
      b.expect('enable(P) > init+ > pre(V) > start+ > signal+ > signal+ > fin+ > post(V) > done+');
    },
  },
  {
    id: 'X21',
    what: 'old code that outlives its task still blocks',
    async run(b) {
      const { code, spec } = busyModule(b);
      const gate = b.gate();
      let detached: unknown;
      b.task('request', () => {
        detached = code['work']!(gate.closed);
        return 'answered';
      });
      const { ended } = await b.stall('P', spec('new'));
      await b.pause(20);
      assert.equal(b.runtime.status().transition?.pending, 1);
      gate.open();
      assert.equal(await detached, 'old old');
      assert.equal((await ended).result, 'complete');
      b.expect('enable(P) > init+ > pre(V) > start+ > fin+ > post(V) > done+');
      await b.off('P');
      b.expect(OFF.replace('start-', 'unpre(V) > start-').replace('done-', 'unpost(V) > done-'));
    },
  },
];
