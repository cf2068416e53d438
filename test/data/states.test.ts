/** States: their callbacks run as a state is introduced or removed, and never for a patch that takes it over or shares it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { currentRuntime } from '../../src/node/current.ts';
import { build, program } from '../build/harness.ts';
import type { Program } from '../build/harness.ts';

let texts = 0;

interface World {
  readonly program: Program;
  readonly log: string[];
  readonly objects: object[];
  /** Applies a patch of the program whose hooks declare the state in a version. Resolves with its name. */
  apply(version: number, options?: { readonly replace?: boolean }): Promise<string>;
  revert(name: string): Promise<void>;
  /** What has been logged since this was last asked. */
  said(): string;
}

const CALLBACKS = ['prePatch', 'postPatch', 'preUnpatch', 'postUnpatch'];

async function world(): Promise<World> {
  const file = `state-${++texts}.js`;
  const id = `state ${texts}`;
  const text = `exports.log = []; exports.objects = [{}, {}];\nexports.f = async (gate) => { await gate; return 0; };\n`;
  const hooks = (name: string, version: number): string => `export const module = '${file}';
export const states = [{ id: '${id}', version: ${version} }];
const log = exports.log;
const record = () => livepatch.getState('${id}');
livepatch.state('${id}', {
  prePatch() { log.push('${name} prePatch'); record().data = { by: '${name}' }; for (const o of exports.objects) livepatch.shadow.alloc(o, '${id}', () => '${name}'); },
${CALLBACKS.slice(1)
  .map((callback) => `  ${callback}() { log.push('${name} ${callback} ' + record().data.by); },`)
  .join('\n')}
  destroy(object, value) { log.push('${name} destroys ' + value); },
});
`;
  let count = 0;
  const first = await program({ [file]: text }, { [file]: text.replace('return 0', 'return 1') });
  const runtime = currentRuntime()!;
  const { log, objects } = first.exports as unknown as { readonly log: string[]; readonly objects: object[] };
  return {
    program: first,
    log,
    objects,
    async apply(version, { replace = true } = {}) {
      const name = `p${++count}`;
      const report = await build(
        { [file]: text },
        { [file]: text.replace('return 0', `return ${count}`) },
        { name: 'fix.mjs', text: hooks(name, version) },
      );
      const outcome = await runtime.apply(report.patch!, { name, replace, timeoutMs: 60_000 });
      if (outcome.result !== 'complete') log.push(outcome.result);
      return name;
    },
    async revert(name) {
      const { result } = await runtime.revert(name, { timeoutMs: 60_000 });
      if (result !== 'complete') log.push(result);
    },
    said: () => log.splice(0).join(', '),
  };
}

test('introduced and removed', async () => {
  const w = await world();
  const name = await w.apply(1);
  assert.equal(w.said(), 'p1 prePatch, p1 postPatch p1');
  assert.equal(currentRuntime()!.shadows.get(w.objects[0]!, `state ${texts}`), 'p1');
  await w.revert(name);
  assert.equal(w.said(), 'p1 preUnpatch p1, p1 postUnpatch p1, p1 destroys p1, p1 destroys p1');
  assert.equal(currentRuntime()!.shadows.has(w.objects[0]!, `state ${texts}`), false);
});

test('a patch that takes the state over runs none, has its data, and removes it as it goes', async () => {
  const w = await world();
  await w.apply(1);
  w.said();
  const second = await w.apply(2);
  assert.equal(w.said(), '');
  assert.equal(currentRuntime()!.shadows.get(w.objects[1]!, `state ${texts}`), 'p1', 'shadow variables survive replace');
  await w.revert(second);
  assert.equal(w.said(), 'p2 preUnpatch p1, p2 postUnpatch p1, p2 destroys p1, p2 destroys p1');
});

test('of patches that share it, the last one removes it', async () => {
  const w = await world();
  const first = await w.apply(1);
  w.said();
  const second = await w.apply(1, { replace: false });
  await w.revert(first);
  assert.equal(w.said(), '');
  await w.revert(second);
  assert.equal(w.said(), 'p2 preUnpatch p1, p2 postUnpatch p1, p2 destroys p1, p2 destroys p1');
});

test('a patch that is turned round gives back what it introduced, and leaves what it would have taken over', async () => {
  const w = await world();
  const runtime = currentRuntime()!;
  const turnRound = async (version: number): Promise<void> => {
    const gate = Promise.withResolvers<number>();
    const held = (w.program.exports['f'] as (gate: Promise<number>) => Promise<number>)(gate.promise);
    const applied = w.apply(version);
    while (!runtime.engine.transitioning) await turn();
    runtime.reverse();
    gate.resolve(0);
    await Promise.all([applied, held]);
  };
  await turnRound(1);
  assert.equal(w.said(), 'p1 prePatch, p1 postUnpatch p1, p1 destroys p1, p1 destroys p1, reversed');
  const second = await w.apply(1);
  w.said();
  await turnRound(2);
  assert.equal(w.said(), 'reversed');
  await w.revert(second);
  assert.equal(w.said(), 'p2 preUnpatch p2, p2 postUnpatch p2, p2 destroys p2, p2 destroys p2');
});

test('a revert that is turned round has the state again', async () => {
  const w = await world();
  const runtime = currentRuntime()!;
  const name = await w.apply(1);
  const gate = Promise.withResolvers<number>();
  const held = (w.program.exports['f'] as (gate: Promise<number>) => Promise<number>)(gate.promise);
  const reverted = w.revert(name);
  while (!runtime.engine.transitioning) await turn();
  runtime.reverse();
  gate.resolve(0);
  await Promise.all([reverted, held]);
  assert.equal(w.said(), 'p1 prePatch, p1 postPatch p1, p1 preUnpatch p1, p1 postPatch p1, reversed');
  await w.revert(name);
  w.said();
});

test('a state that is only declared has its shadow variable freed with it', async () => {
  const text = '// declared\nexports.f = () => 0;\n';
  const hook = { name: 'fix.mjs', text: "export const states = [{ id: 'declared', version: 1 }];\n" };
  const p = await program({ 'declared.js': text }, { 'declared.js': text.replace('0', '1') }, hook);
  const object = {};
  await p.apply();
  currentRuntime()!.shadows.alloc(object, 'declared', () => 1);
  await p.revert();
  assert.equal(currentRuntime()!.shadows.has(object, 'declared'), false);
});

test('a patch whose state is older than the one that is installed is refused, and so is one that does not know it', async () => {
  const w = await world();
  const name = await w.apply(2);
  w.said();
  await assert.rejects(w.apply(1), { code: 'ERR_STATE_INCOMPATIBLE' });
  await assert.rejects(w.program.apply(), { code: 'ERR_STATE_INCOMPATIBLE' });
  assert.equal(w.said(), '');
  await w.revert(name);
});

test('data of a state: saved as it comes, put back as it goes', async () => {
  const text = '// level\nexports.f = () => 0;\n';
  const hook = `export const states = [{ id: 'log level', version: 1 }];

livepatch.state('log level', {
  postPatch() {
    livepatch.getState('log level').data = globalThis.logLevel;
    globalThis.logLevel = 'debug';
  },
  preUnpatch() {
    globalThis.logLevel = livepatch.getState('log level').data;
  },
});
`;
  const global = globalThis as { logLevel?: string };
  global.logLevel = 'info';
  const p = await program({ 'level.js': text }, { 'level.js': text.replace('0', '1') }, { name: 'fix.mjs', text: hook });
  await p.apply();
  assert.equal(global.logLevel, 'debug');
  await p.revert();
  assert.equal(global.logLevel, 'info');
  delete global.logLevel;
});
