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
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
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
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
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
    ['instances-hold list', 'instances-lack exports.put until'],
  );
});

const ROUTES = `class Router {
  constructor() { this.stack = [] }
  use(path, fn) { this.stack.push({ path, fn }) }
  run(url) { return this.stack.filter((one) => url.startsWith(one.path)).map((one) => one.fn()) }
}
const router = new Router();
exports.put = (path, fn) => router.use(path, fn);
exports.run = (url) => router.run(url);`;
const ROUTES_AFTER = ROUTES.replace('{ path, fn }', "{ path, fn, re: new RegExp('^' + path + '(/|$)') }").replace(
  'url.startsWith(one.path)',
  'one.re.test(url)',
);

test('elements that lack what new code cannot do without: the patch applies only where there are none', async () => {
  const p = await program({ 'index.js': `// some\n${ROUTES}` }, { 'index.js': `// some\n${ROUTES_AFTER}` });
  p.exports['put']('/a', () => 1);
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
  assert.deepEqual(p.exports['run']('/ab'), [1]);
});

test('elements that lack what new code cannot do without: where there are none', async () => {
  const p = await program({ 'index.js': `// none\n${ROUTES}` }, { 'index.js': `// none\n${ROUTES_AFTER}` });
  await p.apply();
  p.exports['put']('/a', () => 1);
  assert.deepEqual([p.exports['run']('/ab'), p.exports['run']('/a/b')], [[], [1]]);
  await p.revert();
});

test('what is there or is made, and what a list gives, is of their kind', async () => {
  const before = `const hits = new Map();
exports.put = (k, now) => { const hit = hits.get(k) || { n: 0, at: now }; hit.n++; hits.set(k, hit) };
exports.run = (k) => hits.get(k)?.n;`;
  const after = `const hits = new Map();
exports.put = (k, now) => { const all = (hits.get(k) ?? []).filter((at) => now - at < 9); hits.set(k, [...all, now]) };
exports.run = (k) => hits.get(k)?.length;`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  p.exports['put']('a', 1);
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
  assert.equal(p.exports['run']('a'), 1);
});

test('a variable that is given itself is no table of another', async () => {
  const before = 'exports.f = (o) => { var one = (one = o) || one; one.push(() => 1); return one };';
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': before.replace('() => 1', '{ get: () => 1 }') });
  assert.ok(verdicts.every(({ verdict }) => verdict !== 'refused'));
});

const INNER: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'lists in an object': [
    'const all = {};\nexports.put = (k, v) => { (all[k] || (all[k] = [])).push(() => v) };\nexports.run = (k) => (all[k] || []).map((one) => one());',
    'const all = {};\nexports.put = (k, v) => { (all[k] || (all[k] = [])).push({ get: () => v }) };\nexports.run = (k) => (all[k] || []).map((one) => one.get());',
  ],
  'lists in a map of the object, by a variable': [
    'class E { constructor() { this.m = new Map() } put(k, v) { const own = this.m.get(k) ?? []; own.push(() => v); this.m.set(k, own) } run(k) { return this.m.get(k).map((one) => one()) } }\nconst e = new E();\nexports.put = (k, v) => e.put(k, v);\nexports.run = (k) => e.run(k);',
    'class E { constructor() { this.m = new Map() } put(k, v) { const own = this.m.get(k) ?? []; own.push({ get: () => v }); this.m.set(k, own) } run(k) { return this.m.get(k).map((one) => one.get()) } }\nconst e = new E();\nexports.put = (k, v) => e.put(k, v);\nexports.run = (k) => e.run(k);',
  ],
  'sets in the place of lists': [
    'const all = new Map();\nexports.put = (k, v) => { if (!all.has(k)) all.set(k, []); all.get(k).push(v) };\nexports.run = (k) => [...all.get(k)];',
    'const all = new Map();\nexports.put = (k, v) => { if (!all.has(k)) all.set(k, new Set()); all.get(k).add(v) };\nexports.run = (k) => [...all.get(k)].concat(all.get(k).size);',
  ],
  'weak references': [
    'const all = new Map();\nexports.put = (k, v) => { all.set(k, `${v}`) };\nexports.run = (k) => all.get(k);',
    'const all = new Map();\nexports.put = (k, v) => { all.set(k, new WeakRef({ v })) };\nexports.run = (k) => all.get(k).deref()?.v;',
  ],
};
for (const [what, [before, after]] of Object.entries(INNER)) {
  test(`${what}: the patch applies only where nothing of the old kind is there`, async () => {
    const p = await program({ 'index.js': `// ${what}\n${before}` }, { 'index.js': `// ${what}\n${after}` });
    p.exports['put']('a', 1);
    const was = p.exports['run']('a');
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
    assert.deepEqual(p.exports['run']('a'), was);
  });

  test(`${what}: where there is none, it applies`, async () => {
    const p = await program({ 'index.js': `// ${what}, none\n${before}` }, { 'index.js': `// ${what}, none\n${after}` });
    await p.apply();
    p.exports['put']('a', 1);
    assert.doesNotThrow(() => p.exports['run']('a'));
    await p.revert();
  });
}

test('what is in a WeakMap nobody can look for, and the report does not say that anybody does', async () => {
  const before = 'const tags = new WeakMap();\nexports.put = (o, t) => { tags.set(o, `${t}`) };\nexports.get = (o) => tags.get(o);';
  const { verdicts, patch } = await build({ 'index.js': before }, { 'index.js': before.replace('`${t}`', '[t]') });
  const { reason } = verdicts.find(({ code, path }) => code === 'instances-hold' && path === 'tags')!;
  assert.equal(reason, 'what the old code has put into tags stays there, of another kind');
  assert.notEqual(patch, null);
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
  'an entry that new code can do without': [
    'const all = [];\nexports.put = (x) => { all.push({ x }) };\nexports.get = () => all[0]?.x;',
    'const all = [];\nexports.put = (x) => { all.push({ x, re: /x/ }) };\nexports.get = () => all[0]?.re?.source;',
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
