/** Two builds of a module in which a minifier named each variable anew: what is paired by more than functions that stayed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

/** Enough of the same for the names to be a minifier's. */
const more = (f: string, g: string): string =>
  `function ${f}(e, t, n) { return e.a + t.b * n.c - (e.d || t.e || n.f) + (e && t && n) + (n && t && e) }\nfunction ${g}(e, t) { return [e, t, e, t, e, t].map(e => e ? t : 0) }\nexports.more = [${f}, ${g}];\n`;

const refused = async (before: string, after: string): Promise<string[]> => {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  return verdicts.flatMap(({ verdict, code, path }) => (verdict === 'refused' ? `${code} ${path}` : []));
};

test('a list of names that lost one does not say which of them the others are', async () => {
  const before = `${more('y', 'z')}var a = [1], b = [2], c = [3], d = [4];
function i(e) { return e ? a.concat(e, b) : a.push(b.length) }
function j(e) { return e ? c.slice(e) : d.push(c.shift()) }
exports.i = i; exports.j = j; exports.all = () => [a, b, c, d];
`;
  const after = `${more('y', 'z')}var b = [1], c = [2], d = [3], f = [4];
function i(e) { return e ? b.concat(e, c) : b.push(c.length) }
function j(e) { return e ? d.slice(e) : f.push(d.shift()) }
exports.i = i; exports.j = j; exports.all = () => [c, d, f];
`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const [a, b, c, d] = p.exports['all']();
  p.exports['i'](0);
  await p.apply();
  assert.deepEqual(p.exports['all'](), [b, c, d]);
  p.exports['i'](0);
  assert.deepEqual(a, [1, 1, 1]);
  await p.revert();
});

/** What holds the state has moved to a function of its own. */
const policy = (name: string, make: string): string => `${more('y', 'z')}var ${name} = ${make};
exports.put = function (e) { var t = e.text + '!'; return e.ok ? ${name}.put(t) : ${name}.size };
`;
const moved = (name: string, make: string, other = ''): string => `${more('x', 'y')}var ${name} = ${make};${other}
function w(e, t) { if (!t) throw Error('none'); return ${name}.put(e) }
exports.put = function (e) { return e.ok ? w(e.text + '!', 1) : 0 };
`;
const STORE = 'function (e) { var t = []; return { kind: e, put(e) { t.push(e); return t.length }, get size() { return t.length } } }';

test('a state that alone begins with a text of its own goes on, wherever it is used now', async () => {
  const [before, after] = [policy('c', `(${STORE})("texts of posts")`), moved('d', `(${STORE})("texts of posts")`)];
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const put = p.exports['put'];
  assert.equal(put({ text: 'a', ok: 1 }), 1);
  await p.apply();
  assert.equal(put({ text: 'b', ok: 1 }), 2);
  assert.throws(() => p.exports['more'][0](), TypeError);
  await p.revert();
  assert.equal(put({ text: 'c', ok: 1 }), 3);
});

test('it stays refused where it begins with no text of its own, where another begins so, and where it begins with another', async () => {
  const made = (text: string): string => `(${STORE})(${text})`;
  for (const [before, after] of [
    [policy('c', made('1')), moved('d', made('1'))],
    [policy('c', made('"texts"')), moved('d', made('"texts"'), `var f = ${made('"texts"')}; exports.f = () => f.put(1);`)],
    [policy('c', made('"texts"')), moved('d', made('"posts"'))],
  ] as const)
    assert.deepEqual(await refused(before, after), ['names-unclear c'], after);
});

/** A build whose class gives each module a store of its own, which `put` uses, in another place when `later`. */
const stores = (cls: string, store: string, uses: string, declared = `const ${store} = ${cls}.openStore();`): string =>
  `${cls === 'O' ? more('y', 'z') : more('x', 'y')}class ${cls} { static openStore() { return { all: [] } } add(e) { return e + 1 } }
${declared}
${uses}exports.add = e => new ${cls}().add(e);
`;
const early = (store: string): string => `exports.put = function (e) { ${store}.all.push(e); return e.ok ? e.text + '!' : 0 };\n`;
const late = (store: string): string =>
  `exports.put = function (e) { var t = e.ok ? e.text + '!' : 0; return 'object' == typeof e && e !== null && ${store}.all.push(e), t ? ${store}.all.length : t };\n`;

test('a state that alone begins with what a method gives goes on, where the same function uses it in another place', async () => {
  const p = await program({ 'index.js': stores('O', 'c', early('c')) }, { 'index.js': stores('I', 'd', late('d')) });
  const { put } = p.exports;
  assert.equal(put({ text: 'a', ok: 1 }), 'a!');
  await p.apply();
  assert.equal(put({ text: 'b', ok: 1 }), 2);
  await p.revert();
  assert.equal(put({ text: 'c', ok: 1 }), 'c!');
});

test('it stays refused where another function uses it, where two begin so, and where another class gives it', async () => {
  const before = stores('O', 'c', early('c'));
  const other =
    "exports.put = function (e) { return e.ok ? e.text + '!' : 0 };\nexports.take = function (e, t) { return t.all.concat(d.all) };\n";
  const second = 'const d = I.openStore();const f = I.openStore();';
  for (const after of [
    stores('I', 'd', other),
    stores('I', 'd', `${late('d')}exports.f = () => f.all;\n`, second),
    stores('I', 'd', late('d'), 'class P { static openStore() { return { all: [0] } } }const d = P.openStore();'),
  ])
    assert.ok((await refused(before, after)).includes('names-unclear c'), after);
});

test('it goes on as the one that begins so, where a function that stayed uses another one now', async () => {
  const made = (text: string): string => `(${STORE})("${text}")`;
  const uses = (first: string, second: string): string =>
    `exports.put = function (e) { return e.ok ? ${first}.put(e.text + '!') : 0 };\nexports.size = function (e, t) { for (var n = 0; n < t; n++) e = ${second}.size; return e };\n`;
  const p = await program(
    { 'index.js': `${more('y', 'z')}var c = ${made('texts of posts')};\n${uses('c', 'c')}` },
    { 'index.js': `${more('x', 'y')}var d = ${made('texts of pages')}, f = ${made('texts of posts')};\n${uses('d', 'f')}` },
  );
  const { put, size } = p.exports;
  put({ text: 'a', ok: 1 });
  await p.apply();
  assert.deepEqual([put({ text: 'b', ok: 1 }), put({ text: 'c', ok: 1 }), size(0, 1)], [1, 2, 1]);
  await p.revert();
  assert.equal(size(0, 1), 1);
});

test('a pattern that is made is as good as another that is equal; what is put together otherwise may hold more', async () => {
  const text = (name: string, make: string, test: string): string =>
    `${name === 'c' ? more('y', 'z') : more('x', 'y')}var ${name} = ${make};\nexports.test = function (e, t) { return ${test} };\n`;
  const now = 't ? e.replace(d, t) : [e].some(e => d.test(e))';
  const p = await program(
    { 'index.js': text('c', 'new RegExp("^a+" + 1, "g")', 'c.test(e)') },
    { 'index.js': text('d', 'new RegExp("^b+" + 1, "g")', now) },
  );
  await p.apply();
  assert.equal(p.exports['test']('bb1', 'x'), 'x');
  await p.revert();
  assert.deepEqual(await refused(text('c', 'new Set(["aaaa"])', 'c.has(e)'), text('d', 'new Set(["bbbb"])', 'e.every(e => d.has(e))')), [
    'names-unclear c',
  ]);
});

test('what others hide gives way where one that is equal is as good', async () => {
  const view = 'function v(e) { return e && "object" == typeof e && "default" in e ? e : { default: e } }\n';
  const text = (make: string, outer: string, inner: string, body: string): string =>
    `${view}${more('y', 'z')}var ${outer} = ${make};\nexports.all = function (e) { return ${outer} };\nexports.open = function (e) { var ${inner} = 0; return function (t) { ${inner}++; return ${body} } };\n`;
  const path = 'v(require("node:path"))';
  const p = await program({ 'index.js': text(path, 'n', 'n', 'n + t') }, { 'index.js': text(path, 'p', 'q', 'q + t + p.default.sep') });
  const open = p.exports['open']('x');
  assert.equal(open(1), 2);
  await p.apply();
  assert.deepEqual([open(1), p.exports['open']('x')(1), p.exports['all']().default.sep], ['3/', '2/', '/']);
  await p.revert();
  assert.equal(open(1), 4);
});

test('of two that hold a state the one that each call makes anew gives way: no patch where closures hold it', async () => {
  const text = (outer: string, inner: string, body: string): string =>
    `${more('y', 'z')}var ${outer} = [];\nexports.put = function (e) { return ${outer}.push(e) };\nexports.open = function (e) { var ${inner} = 0; return function (t) { ${inner}++; return ${body} } };\n`;
  const [before, after] = [{ 'index.js': text('n', 'n', 'n + t') }, { 'index.js': text('p', 'q', 'q + t + p.length') }];
  const held = await program(before, after);
  const open = held.exports['open']('x');
  assert.equal(open(1), 2);
  await assert.rejects(held.apply(), { code: 'ERR_LIVE_CLOSURES' });
  assert.equal(open(1), 3);
  const p = await program({ 'other.js': before['index.js'] }, { 'other.js': after['index.js'] });
  p.exports['put']('a');
  await p.apply();
  assert.deepEqual([p.exports['put']('b'), p.exports['open']('x')(1)], [2, 4]);
  await p.revert();
  assert.deepEqual([p.exports['put']('c'), p.exports['open']('x')(1)], [3, 2]);
});

test('what a function that runs once holds does not give way', async () => {
  const text = (outer: string, inner: string, body: string): string =>
    `${more('y', 'z')}var ${outer} = [];\nexports.put = function (e) { return ${outer}.push(e) };\n(function () { var ${inner} = 0; exports.next = function (t) { ${inner}++; return ${body} } })();\n`;
  const { verdicts } = await build({ 'index.js': text('n', 'n', 'n + t') }, { 'index.js': text('p', 'q', 'q + t + p.length') });
  const unclear = verdicts.filter(({ verdict }) => verdict === 'refused');
  assert.deepEqual([...new Set(unclear.map(({ code }) => code))], ['names-unclear']);
  assert.match(unclear[0]!.reason, /those of the old version hide others/);
});

test('two that had one name in blocks of their own have two names in one block', async () => {
  const f = (body: string): string => `exports.f = function (e, t) { if (t) ${body} return 0 };\n`;
  const before =
    more('y', 'z') + f('{ let n = []; for (let r of e) n.push(r + 1); e = n.length; { let n = [e, t].concat(t); return () => n.join() } }');
  const after =
    more('x', 'y') + f('{ let r = []; for (let n of e) r.push(n + 1); let o = [r.length, t].concat(t, 5); return () => o.join() }');
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { f: function_ } = p.exports;
  const old = function_([1], 2);
  await p.apply();
  assert.deepEqual([old(), function_([1], 2)()], ['1,2,2', '1,2,2,5']);
  await p.revert();
  assert.equal(function_([1], 2)(), '1,2,2');
});

test('a loop that fills the one with another name now stays in the old version', async () => {
  const f = (body: string): string => `exports.f = async function (e, t) { if (t) ${body} return 0 };\n`;
  const { verdicts } = await build(
    {
      'index.js':
        more('y', 'z') +
        f('{ let n = []; for await (let r of e) n.push(r + 1); e = n.length; { let n = [e, t].concat(t); return () => n.join() } }'),
    },
    {
      'index.js':
        more('x', 'y') +
        f('{ let r = []; for await (let n of e) r.push(n + 1); let o = [r.length, t].concat(t, 5); return () => o.join() }'),
    },
  );
  const [row] = verdicts.filter(({ code }) => code === 'loop-stays');
  assert.match(row!.reason, /r_1 is new and n is gone/);
});

test('it is refused where they hold what a module keeps', async () => {
  const put = (list: string): string => `exports.put = function (e) { return ${list}.push(e.text + e.kind) };`;
  const set = (table: string, more = ''): string => `exports.set = function (e, t) { return ${table}[e.name] = t.other${more} };`;
  const before = `${more('y', 'z')}if (exports.more) { let n = []; ${put('n')} { let n = {}; ${set('n')} } }\n`;
  const after = `${more('x', 'y')}if (exports.more) { let r = []; ${put('r')} let o = {}; ${set('o', ' + 1')} }\n`;
  assert.ok((await refused(before, after)).some((row) => row.startsWith('names-unclear')));
});
