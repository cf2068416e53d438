/** Keys under which functions have put things that outlive their calls, where they are others now: the report says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

async function said(before: string, was = '5', now = '9'): Promise<string[]> {
  const report = await build({ 'index.js': before }, { 'index.js': before.replaceAll(was, now) });
  assert.notEqual(report.patch, null);
  return report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => `${code} ${path}`);
}

const MAP = 'const m = new Map(); exports.get = (id) => m.get(`5${id}`);\n';

const KEYS: Readonly<Record<string, readonly [code: string, said: string]>> = {
  'that is written out': [`${MAP}exports.put = (id, v) => { m.set(\`5\${id}\`, v) };`, 'instances-hold exports.put m'],
  'of a constant': [
    "const P = '5'; const m = {}; exports.put = (id, v) => { m[P + id] = v }; exports.get = (id) => m[P + id];",
    'instances-hold exports.put m',
  ],
  'of a constant, in what it is given': [
    "const K = 'k5'; exports.put = (o, v) => { o[K] = v }; exports.get = (o) => o[K];",
    'instances-hold exports.put o',
  ],
  'of the default of an argument': [
    "const P = '5'; const m = {}; exports.put = (id, v, p = P) => { m[p + id] = v }; exports.get = (id) => m[P + id];",
    'instances-hold exports.put m',
  ],
  'in a table of the object': [
    'exports.A = class { constructor() { this.m = new Map() } put(id, v) { this.m.set(`5${id}`, v) } get(id) { return this.m.get(`5${id}`) } };',
    'instances-hold exports.A#put m',
  ],
  'of what is counted': [
    'const m = {}; exports.put = (id) => { m[5 + id]++ }; exports.get = (id) => m[id];',
    'instances-hold exports.put m',
  ],
  'that are parts of a text, one in the other': [
    'const root = {}; exports.put = (path) => { let node = root; for (const part of path.split("5")) node = node[part] ??= {}; node.$ = 1 }; exports.get = () => root;',
    'instances-hold exports.put root',
  ],
  twice: [`${MAP}exports.put = (id, v) => { m.set(\`5\${id}\`, v); m.set(\`5-\${id}\`, v) };`, 'instances-hold exports.put m'],
  'of a function that has changed': [
    "const key = (id) => '5' + id; const m = {}; exports.put = (id, v) => { m[key(id)] = v }; exports.get = (id) => m[key(id)];",
    'results-remembered exports.put',
  ],
  'by which an emitter is listened to': [
    "const E = 'e5'; exports.listen = (e, f) => { e.on(E, () => f()) }; exports.emit = (e) => e.emit(E);",
    'set-up-kept exports.listen',
  ],
};

for (const [name, [code, expected]] of Object.entries(KEYS))
  test(`a key ${name}`, async () => {
    assert.deepEqual(await said(code), [expected]);
  });

const TABLES: Readonly<Record<string, string>> = {
  'a property of the object':
    'exports.put = class { constructor() { this.m = {} } put(k, v) { this.m[KEY] = v } get(k) { return this.m[KEY] } };',
  'a table of the module': 'const m = Object.create(null); exports.put = function put(k, v) { m[KEY] = v }; exports.get = (k) => m[KEY];',
  'a map': 'const m = new Map(); exports.put = function put(k, v) { m.set(KEY, v) }; exports.get = (k) => m.get(KEY);',
};
for (const [name, code] of Object.entries(TABLES)) {
  for (const [what, key] of Object.entries({
    'a method': 'k.toLowerCase()',
    'a function': 'encodeURIComponent(k)',
    'a text around it': '`$${k}`',
    'a text of it and another': '`${k}${v}`',
    'a prefix': "'$' + k",
  }))
    test(`a key that is made of the argument, which was the key: ${what}, ${name}`, async () => {
      const report = await build({ 'index.js': code.replaceAll('KEY', 'k') }, { 'index.js': code.replaceAll('KEY', () => key) });
      const reasons = report.verdicts.filter(({ code: verdict }) => verdict === 'instances-hold').map(({ reason }) => reason);
      assert.deepEqual(reasons, ['what calls of it have left in m is under the key that k was']);
    });

  for (const key of ['v', 'k.id', 'k()', 'v.trim()'])
    test(`nothing is said of a key that is another argument: ${key}, ${name}`, async () => {
      const report = await build({ 'index.js': code.replaceAll('KEY', 'k') }, { 'index.js': code.replaceAll('KEY', key) });
      assert.ok(report.verdicts.every(({ code: verdict }) => verdict !== 'instances-hold'));
    });
}

test('an argument that is given another value before it is the key', async () => {
  const code = 'const m = {}; exports.put = (k, v) => { m[k] = v }; exports.get = (k) => m[k];';
  for (const more of [
    'k = k.trim();',
    "k += '!';",
    'v = 1; k = k.trim();',
    'if (v) k = k.trim(); else k = k.slice(1);',
    'let key = k; key = k.trim();',
  ]) {
    const after = code.replace('{ m[k] = v }', `{ ${more} m[${more.includes('key') ? 'key' : 'k'}] = v }`);
    const report = await build({ 'index.js': code }, { 'index.js': after });
    assert.ok(
      report.verdicts.some(({ code: verdict, path }) => verdict === 'instances-hold' && path === 'exports.put m'),
      more,
    );
  }
  const shared = 'const m = {}; exports.make = (k) => (v) => { m[k] = v }; exports.get = (k) => m[k];';
  assert.ok((await said(shared, '{ m[k] = v }', '{ k = k.trim(); m[k] = v }')).includes('instances-hold exports.make/<return> m'));
});

test('a key that becomes a text is another in a map, and the same as a property', async () => {
  for (const key of ['String(k)', '`${k}`', "k + ''", "'' + k", 'k.toString()'])
    for (const [table, expected] of [
      ['a map', true],
      ['a table of the module', false],
    ] as const) {
      const code = TABLES[table]!;
      const report = await build({ 'index.js': code.replaceAll('KEY', 'k') }, { 'index.js': code.replaceAll('KEY', () => key) });
      assert.equal(
        report.verdicts.some(({ code: verdict }) => verdict === 'instances-hold'),
        expected,
        `${table} ${key}`,
      );
    }
});

test('a key that is the argument again, which it was made of, and one that a pattern takes', async () => {
  const put = (key: string, head: string): string =>
    `const m = new Map(); exports.put = (${head}, v) => { m.set(${key}, v) }; exports.get = (k) => m.get(k);`;
  const of = async (was: string, now: string): Promise<number> => {
    const report = await build({ 'index.js': was }, { 'index.js': now });
    return report.verdicts.filter(({ reason }) => reason.includes('under the key')).length;
  };
  assert.equal(await of(put('k.trim()', 'k'), put('k', 'k')), 1);
  assert.equal(await of(put('o.k', 'o'), put('k', '{ k }')), 0);
});

test('a key that becomes a text in a map, where it was one of a property', async () => {
  const code = TABLES['a table of the module']!.replaceAll('KEY', 'k');
  const after = TABLES['a map']!.replace('m.set(KEY, v)', 'm.set(k.toString(), v)').replaceAll('KEY', 'k');
  const report = await build({ 'index.js': code }, { 'index.js': after });
  assert.ok(report.verdicts.every(({ reason }) => !reason.includes('under the key')));
  const back = await build(
    { 'index.js': after.replace('k.toString()', 'k') },
    { 'index.js': code.replace('m[k] = v', 'm[String(k)] = v') },
  );
  assert.ok(back.verdicts.every(({ reason }) => !reason.includes('under the key')));
});

test('a key of a constant that another module gives', async () => {
  const code =
    "import { P } from './p.mjs'; const m = {}; export const put = (id, v) => { m[P + id] = v }; export const get = (id) => m[P + id];";
  const of = (prefix: string): Record<string, string> => ({ 'index.mjs': code, 'p.mjs': `export const P = '${prefix}';` });
  const { verdicts } = await build(of('5'), of('9'));
  assert.ok(verdicts.some(({ code: verdict, path }) => verdict === 'instances-hold' && path === 'put m'));
});

test('keys that are put once, as the module loads', async () => {
  const code = "const m = new Map(); (function () { m.set('5', 1) })(); exports.get = (k) => m.get(k + '5');";
  const { verdicts } = await build({ 'index.js': code }, { 'index.js': code.replaceAll('5', '9') });
  assert.ok(verdicts.every(({ reason }) => !reason.includes('under the key')));
});

const QUIET: Readonly<Record<string, readonly [code: string, was?: string, now?: string]>> = {
  'in a cache': [
    'const cache = new Map(); exports.of = (k) => { let v = cache.get(k + 5); if (v === undefined) cache.set(k + 5, (v = k)); return v };',
  ],
  'in a table of the call': ['exports.of = (k) => { const m = new Map(); m.set(`5${k}`, k); return m.get(`5${k}`) };'],
  'that is an argument by another name': [
    'const m = new Map(); exports.put = (id, v) => { m.set(id + 1, v); return 5 }; exports.get = (id) => m.get(id + 1);',
    'id, v) => { m.set(id + 1, v); return 5',
    'key, v) => { m.set(key + 1, v); return 9',
  ],
  'of two tables in another order': [
    'const m = new Map(), n = new Map(); exports.put = (a, b, v) => { m.set(a + 1, v); n.set(b + 2, v) }; exports.all = () => [m, n];',
    'm.set(a + 1, v); n.set(b + 2, v)',
    'n.set(b + 2, v); m.set(a + 1, v)',
  ],
  'that an argument is before it is given another value': [
    'const m = {}; exports.put = (k, v) => { m[k] = v }; exports.get = (k) => m[k];',
    '{ m[k] = v }',
    '{ m[k] = v; k = 5 }',
  ],
  'that an argument is which becomes another': [
    'const m = {}; exports.put = (k, v) => { m[k] = v }; exports.get = (k) => m[k];',
    '{ m[k] = v }',
    '{ k = v.trim(); m[k] = v }',
  ],
  'of a list that it is given': ['exports.put = (list, v) => { list.push(v); return 5 };'],
  'that an argument was, of what it is given': [
    'exports.put = (o, k, v) => { o[k] = v; return o }; exports.get = (o, k) => o[k];',
    '{ o[k] = v',
    '{ k = k.trim(); o[k] = v',
  ],
  'of a variable that begins with the table and becomes something else': [
    'const root = {}; exports.put = (path) => { let node = root; for (const part of path.split("5")) { node = {}; node[part] = 1 } return node }; exports.get = () => root;',
  ],
  'of a variable that begins with what the call has': [
    'exports.put = (path) => { const root = {}; let node = root; for (const part of path.split("5")) node = node[part] ??= {}; return root };',
  ],
  'of headers': ["exports.send = (res) => { res['x-5'] = 1; return res };"],
};

for (const [name, [code, was, now]] of Object.entries(QUIET))
  test(`nothing is said of a key ${name}`, async () => {
    assert.deepEqual(await said(code, was, now), []);
  });

test('a list that has more in it now', async () => {
  const code = 'const m = new Map(); exports.put = (k, v) => { m.set(k, [v]) }; exports.get = (k) => m.get(k)[0];';
  const after = code.replace('[v]', '[1, v]').replace('[0]', '[1]');
  const report = await build({ 'index.js': code }, { 'index.js': after });
  assert.ok(report.verdicts.some(({ code: verdict, path }) => verdict === 'instances-hold' && path === 'exports.put'));
});

test('a key that is a symbol goes on as it is', async () => {
  const code = "const S = Symbol('s5'); const m = {}; exports.put = (v) => { m[S] = v; return 5 }; exports.get = () => m[S];";
  assert.deepEqual(await said(code), ['computed-at-load S']);
});

test('what was put there is not found by new code, and again by old', async () => {
  const code = `${MAP}exports.put = (id, v) => { m.set(\`5\${id}\`, v) };`;
  const p = await program({ 'index.js': code }, { 'index.js': code.replaceAll('5', '9') });
  p.exports['put'](1, 'v');
  await p.apply();
  assert.equal(p.exports['get'](1), undefined);
  await p.revert();
  assert.equal(p.exports['get'](1), 'v');
});
