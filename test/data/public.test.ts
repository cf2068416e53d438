/** `livepatch/data` as programs import it, and as the code of a patch gets it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { root } from '../../scripts/nodes.mjs';
import { has, markVersion, patchingComplete, shadow, version } from '../../src/data.ts';
import { program } from '../build/harness.ts';

test('in a program without the hook there is one version of everything', () => {
  const text = `import { shadow, version, has, markVersion, patchingComplete, migrated } from 'livepatch/data';
    const o = {}, tag = shadow('t');
    tag.alloc(o, () => 7);
    console.log(JSON.stringify([tag.get(o), version(o), patchingComplete(), markVersion(o, 2), version(o), has(o, 'v2'), has(o, 'v3'), has(o, 't'), migrated(o) === o]));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', text], { cwd: root, encoding: 'utf8' });
  assert.equal(stdout.trim(), '[7,1,true,true,2,true,false,true,true]', stderr);
});

test('a shadow variable of the program is the same in a patch', async () => {
  const p = await program(
    { 'index.js': 'exports.note = (o) => undefined;\n' },
    {
      'index.js':
        "const { shadow } = require('livepatch/data');\nconst seen = shadow('public.seen');\nexports.note = (o) => seen.getOrAlloc(o, () => 'by the patch');\n",
    },
  );
  const object = {};
  await p.apply();
  p.exports['note'](object);
  await p.revert();
  assert.equal(shadow<string>('public.seen').get(object), 'by the patch');
  assert.equal(has(object, 'public.seen'), true);
});

test('version-2 objects appear only when every task runs the patch', async () => {
  const before = `// versions
exports.make = () => ({ ms: 1000 });
exports.read = (o) => o.ms;
exports.hold = async (gate) => { await gate; return 'old'; };
`;
  const after = `// versions
const { markVersion, has } = require('livepatch/data');
exports.make = () => { const o = {}; if (markVersion(o, 2)) o.s = 1; else o.ms = 1000; return o; };
exports.read = (o) => (has(o, 'v2') ? o.s * 1000 : o.ms);
exports.hold = async (gate) => { await gate; return 'new'; };
`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { make, read, hold } = p.exports;
  const gate = Promise.withResolvers<void>();
  const held = hold(gate.promise);
  const applied = p.apply();
  while (Object.keys(make()).length !== 1 || patchingComplete()) await new Promise(setImmediate);
  const early = make();
  assert.deepEqual([early, version(early), read(early)], [{ ms: 1000 }, 1, 1000]);
  assert.equal(markVersion({}, 2), false, 'code of no patch waits for the end of any transition');
  gate.resolve();
  await applied;
  assert.equal(await held, 'old');
  const late = make();
  assert.deepEqual([late, version(late), read(late)], [{ s: 1 }, 2, 1000]);
  const second = Promise.withResolvers<void>();
  const holdsNew = hold(second.promise);
  const reverted = p.revert();
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  assert.deepEqual(make(), { ms: 1000 });
  second.resolve();
  await Promise.all([reverted, holdsNew]);
  assert.deepEqual(make(), { ms: 1000 });
});
