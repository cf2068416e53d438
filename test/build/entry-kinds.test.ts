/** What code puts into tables that last is of another kind: the patch applies where nothing of the old kind is there, and only there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const kinds: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'elements of a list': [
    'const hooks = [];\nexports.put = (x) => { hooks.push((v) => v + x) };\nexports.run = (v) => hooks.reduce((all, hook) => hook(all), v);',
    'const hooks = [];\nexports.put = (x) => { hooks.push({ fn: (v) => v + x, once: false }) };\nexports.run = (v) => hooks.reduce((all, hook) => hook.fn(all), v);',
  ],
  'entries of a map': [
    'const users = new Map();\nexports.put = (x) => { users.set(x, x) };\nexports.run = (v) => users.get(v) ?? v;',
    'const users = new Map();\nexports.put = (x) => { const user = { name: x }; users.set(x, user) };\nexports.run = (v) => users.get(v)?.name ?? v;',
  ],
  'properties of an object': [
    'const users = {};\nexports.put = (x) => { users[x] = x };\nexports.run = (v) => users[v] ?? v;',
    'const users = {};\nexports.put = (x) => { users[x] = [x] };\nexports.run = (v) => users[v]?.[0] ?? v;',
  ],
  'what an object has for itself': [
    'class Queue { constructor() { this.list = [] } put(x) { this.list.push(x) } run(v) { return this.list.at(-1) ?? v } }\nconst queue = new Queue();\nexports.put = (x) => queue.put(x);\nexports.run = (v) => queue.run(v);',
    'class Queue { constructor() { this.list = [] } put(x) { this.list.push({ x }) } run(v) { return this.list.at(-1)?.x ?? v } }\nconst queue = new Queue();\nexports.put = (x) => queue.put(x);\nexports.run = (v) => queue.run(v);',
  ],
};
for (const [what, [before, after]] of Object.entries(kinds)) {
  test(`${what}: where there are none, the patch applies`, async () => {
    const p = await program({ 'index.js': `// ${what}, none\n${before}` }, { 'index.js': `// ${what}, none\n${after}` });
    assert.ok(p.codes('warning').includes('instances-hold'));
    await p.apply();
    const { put, run } = p.exports;
    put(1);
    assert.equal(typeof run(1), 'number');
    await p.revert();
  });

  test(`${what}: where there are some, it is refused and nothing has changed`, async () => {
    const p = await program({ 'index.js': `// ${what}, some\n${before}` }, { 'index.js': `// ${what}, some\n${after}` });
    const { put, run } = p.exports;
    put(1);
    const was = run(1);
    await assert.rejects(p.apply(), { code: 'ERR_LIVE_OBJECTS' });
    assert.equal(run(1), was);
  });
}

const wrapped: Readonly<Record<string, readonly [put: string, get: string]>> = {
  'objects of the language': ['new WeakRef(o)', '.deref()'],
  'objects that were given': ['o', ''],
};
for (const [what, [put, get]] of Object.entries(wrapped)) {
  const text = (value: string, read: string): string =>
    `const held = new Map();\nexports.put = (o) => { held.set(1, ${value}) };\nexports.run = () => held.get(1)?${read}?.n;`;
  const before = text(put, get || '.valueOf()');
  const after = text(`{ first: ${put}, at: 1 }`, `.first${get}`);

  test(`objects that the new version puts into others, ${what}: the patch applies only where there are none`, async () => {
    const p = await program({ 'index.js': `// ${what}\n${before}` }, { 'index.js': `// ${what}\n${after}` });
    const { put, run } = p.exports;
    const own = { n: 5 };
    put(own);
    await assert.rejects(p.apply(), { code: 'ERR_LIVE_OBJECTS' });
    assert.equal(run(), own.n);
  });

  test(`objects that the new version puts into others, ${what}: where there are none`, async () => {
    const p = await program({ 'index.js': `// ${what}, none\n${before}` }, { 'index.js': `// ${what}, none\n${after}` });
    await p.apply();
    const own = { n: 5 };
    p.exports['put'](own);
    assert.equal(p.exports['run'](), own.n);
    await p.revert();
  });
}

test('elements that lack what the new version gives them', async () => {
  const before = 'const list = [];\nexports.put = (x) => { list.push({ x }) };\nexports.run = () => list.shift()?.x;';
  const after = before.replace('{ x }', '{ x, until: 1 }').replace('list.shift()?.x', 'list.find((one) => one.until > 0)?.x');
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  assert.deepEqual(
    verdicts.filter((v) => v.verdict === 'warning').map(({ code, path }) => `${code} ${path}`),
    ['instances-lack exports.put until'],
  );
});

const not: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'entries of the same kind': [
    'const all = [];\nexports.put = (x) => { all.push({ x }) };',
    'const all = [];\nexports.put = (x) => { all.push({ x, at: 1 }) };',
  ],
  'a copy of what may be of the same kind': [
    'const all = [];\nexports.put = (x) => { all.push(x) };',
    'const all = [];\nexports.put = (x) => { all.push({ ...x }) };',
  ],
  'entries of several kinds': [
    'const all = [];\nexports.put = (x) => { all.push(x) };',
    'const all = [];\nexports.put = (x) => { all.push(x); all.push({ x }) };',
  ],
  'a list of one call': [
    'exports.put = (x) => { const all = []; all.push(x); return all };',
    'exports.put = (x) => { const all = []; all.push({ x }); return all };',
  ],
  'a cache, which new code has for itself': [
    'const cache = new Map();\nexports.get = (k, make) => { if (!cache.has(k)) cache.set(k, make(k)); return cache.get(k) };',
    'const cache = new Map();\nexports.get = (k, make) => { if (!cache.has(k)) cache.set(k, [make(k)]); return cache.get(k)[0] };',
  ],
};
for (const [what, [before, after]] of Object.entries(not))
  test(`nothing is asked of ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    assert.ok(verdicts.every((v) => v.code !== 'instances-hold'));
  });
