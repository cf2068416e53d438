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
  await assert.rejects(held.apply(100), { code: 'ERR_LIVE_CLOSURES' });
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

test('what is taken by its name out of what a function gives is the same under that name', async () => {
  const make = 'function k() { return { parsed: [], formatted: [] } }';
  const p = await program(
    {
      'index.js': `${more('y', 'z')}${make}\nvar { parsed: a, formatted: b } = k();\nexports.put = function (e) { return a.push(e) + b.length };`,
    },
    {
      'index.js': `${more('x', 'y')}${make}\nvar { parsed: b, formatted: c } = k();
exports.put = function (e) { for (const t of [b, c]) if (t.length < e) return t.concat(e, t.unshift(e)) };`,
    },
  );
  p.exports['put'](7);
  await p.apply();
  assert.deepEqual(
    [p.exports['put'](2), p.exports['put'](1), p.exports['put'](2), p.codes('refused')],
    [[2, 7, 2, 2], [1, 1, 1], [2, 1, 2, 2], []],
  );
  await p.revert();
});

test('what is taken by a name out of what another function gives, or by a name that a minifier may have chosen, is refused', async () => {
  const make = (name: string, keys: string): string => `function ${name}() { return { ${keys} } }\n`;
  const put = (a: string, b: string): string => `exports.put = function (e) { return ${a}.push(e) + ${b}.length };`;
  const puts = (a: string, b: string): string =>
    `exports.put = function (e) { for (const t of [${a}, ${b}]) if (t.length < e) return t.concat(e, t.unshift(e)) };`;
  const [keys, short] = ['parsed: [], formatted: []', 'p: [], f: []'];
  const old = `${more('y', 'z')}${make('k', keys)}var { parsed: a, formatted: b } = k();\n${put('a', 'b')}`;
  const other = `${more('x', 'y')}${make('k', 'x: 1, y: 2')}exports.k = k;\n${make('m', `${keys}, size: 5`)}var { parsed: b, formatted: c } = m();\n${puts('b', 'c')}`;
  const kept = old.replace('var {', 'exports.k = k;\nvar {').replace(keys, `${keys}, x: 1, y: 2`);
  assert.ok((await refused(kept, other)).some((row) => /^names-unclear [ab]$/.test(row)));
  const before = `${more('y', 'z')}${make('k', short)}var { p: a, f: b } = k();\n${put('a', 'b')}`;
  const after = `${more('x', 'y')}${make('k', short)}var { p: b, f: c } = k();\n${puts('b', 'c')}`;
  assert.deepEqual(await refused(before, after), ['names-unclear a', 'names-unclear b']);
});

test('another name of a function holds nothing of its own: it may go where the function goes', async () => {
  const before = `${more('y', 'z')}function a(e) { return e.trim() }\nvar b = a;\nexports.f = function (e) { return b(e) + b(e) };`;
  const after = `${more('x', 'y')}function g(e, t) { for (var n = 0; e[n] === t;) n++; return e.slice(n) }\nvar h = g;
exports.f = function (e) { for (const t of [' ', '-']) e = h(e, t); return e };`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  await p.apply();
  assert.deepEqual([p.exports['f'](' -a '), p.codes('refused')], ['a ', []]);
  await p.revert();
  assert.equal(p.exports['f'](' a'), 'aa');
});

test('another name of a function goes on as the same name where it is one of another function', async () => {
  const own = (name: string, alias: string, cut: string, list: string): string =>
    `function ${name}(e, t, n) { if (e = s(e), e && (n || t === void 0)) return ${cut}; if (!e || !(t = s(t))) return e; var o = e.split(''); return ${list}.join('') }\nvar ${alias} = ${name};\n`;
  const string = 'function s(e) { return String(e) }\n';
  const end = (name: string): string => `function ${name}(e, t) { for (var n = e.length; n-- && t.indexOf(e[n]) > -1;); return n }\n`;
  const before = `${more('y', 'z')}${string}${end('p')}var q = p;
var A = /^\\s+|\\s+$/g;\n${own('a', 'b', "e.replace(A, '')", 'o.slice(0, q(o, t) + 1)')}var B = /\\s+$/;
${own('c', 'd', "e.replace(B, '')", 'o.slice(0, q(o, t) + 1)')}exports.trim = b; exports.trimEnd = d; exports.all = [b, d];`;
  const after = `${more('x', 'y')}${string}${end('g')}var h = g;\nvar C = /\\s/;
function i(e) { for (var t = e.length; t-- && C.test(e.charAt(t));); return t }\nvar j = i;\nvar D = /^\\s+/;
function k(e) { return e && '<' + e.slice(0, j(e) + 1).replace(D, '') }\nvar l = k;
${own('m', 'n', 'l(e)', 'o.slice(0, h(o, t) + 1)')}${own('r', 'u', "e.slice(0, j(e) + 1) + '>'", 'o.slice(0, h(o, t) + 1)')}exports.trim = n; exports.trimEnd = u; exports.all = [n, u];`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { all } = p.exports;
  await p.apply();
  assert.deepEqual([p.exports['trim'](' a '), p.exports['trimEnd']('a '), all[0](' a '), all[1]('ab', 'b')], ['<a', 'a>', '<a', 'a']);
  await p.revert();
  assert.deepEqual([p.exports['trim'](' a '), all[0](' a ')], ['a', 'a']);
});

test('a function is the one that it is where code that named another name of it names the function', async () => {
  const own = (name: string, cut: string): string => `function ${name}(e, t) { return e ? ${cut} + t : t }`;
  const before = `${more('y', 'z')}${own('a', "e.replace('-', '')")}\nvar b = a;\nexports.last = b; exports.f = function (e) { return [b(e, 1), e] }; exports.g = function (e) { return b(e, 2) };`;
  const after = `${more('x', 'y')}${own('c', 'e.slice(1)')}\nvar d = c;\nexports.last = d; exports.f = function (e) { return [c(e, 1), e] }; exports.g = function (e) { return c(e, 2) };`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { last } = p.exports;
  await p.apply();
  assert.deepEqual([last('-ab', 0), p.exports['f']('-ab')[0], p.exports['g']('-ab'), p.codes('refused')], ['ab0', 'ab1', 'ab2', []]);
  await p.revert();
  assert.equal(last('a-b', 0), 'ab0');
});

test('what is read of an import is the same for ever: one may go and another come', async () => {
  const text = (code: string): string => `import o from 'node:path';\n${code}`.replaceAll('exports.more =', 'export const more =');
  const p = await program(
    { 'index.mjs': text(`${more('y', 'z')}var a = o.basename; export function f(e) { return a(e) + a(e) }`) },
    {
      'index.mjs': text(
        `${more('x', 'y')}var b = o.extname, c = 2; export function f(e) { for (var t = 0; t < c; t++) e = b(e) + t; return e }`,
      ),
    },
  );
  await p.apply();
  assert.deepEqual([p.exports['f']('/a/b.c'), p.codes('refused')], ['1', []]);
  await p.revert();
  assert.equal(p.exports['f']('/a/b'), 'bb');
});

test('a small file is one that a minifier has written if it has no blanks to be read by', async () => {
  const p = await program(
    {
      'index.js':
        'const e=[];function t(t){return e.push({text:t,length:t.length,upper:t.toUpperCase()})}exports.put=t,exports.size=()=>e.length;',
    },
    {
      'index.js':
        'const e=/x/;const t=[];function n(e){return{text:e,length:e.length,lower:e.toLowerCase()}}function r(r){return e.test(r)?0:t.push(n(r))}exports.put=r,exports.size=()=>t.length;',
    },
  );
  const { put, size } = p.exports;
  put('a');
  await p.apply();
  assert.deepEqual([put('x'), put('b'), size(), p.codes('refused')], [0, 2, 2, []]);
  await p.revert();
  assert.equal(put('x'), 3);
});

test('the variable that gives a module of a bundle is the one of that module', async () => {
  const helper = 'var q=(t,e)=>()=>(e||t((e={exports:{}}).exports,e),e.exports);';
  const module = (name: string, body: string): string => `var ${name}=q((e,t)=>{${body}});`;
  const list = (name: string, state: string): string => module(name, `var ${state}=[];e.put=r=>${state}.push(r)`);
  const p = await program(
    {
      'index.js': `${more('y', 'z')}${helper}${list('a', 'n')}${module('b', 'var n=new Map;e.text=r=>n.get(r)||"b"')}
${module('c', 'e.f=i=>[a().put(i),b().text(i)]')}module.exports=c();`,
    },
    {
      'index.js': `${more('x', 'y')}${helper}${list('b', 'o')}${module('c', 'var n=new Map;e.text=r=>n.get(r)||"bb"')}
${module('d', 'e.f=i=>{var n=c;for(var o of[b,b])o().put(i);return[n().text(i),2]}')}module.exports=d();`,
    },
  );
  const { f } = p.exports;
  assert.deepEqual(f(1), [1, 'b']);
  await p.apply();
  assert.deepEqual([f(1), p.codes('refused')], [['bb', 2], []]);
  await p.revert();
  assert.deepEqual(f(1), [4, 'b']);
});

test('a module of a bundle that stands where another has gone is another one', async () => {
  const helper = 'var q=(t,e)=>()=>(e||t((e={exports:{}}).exports,e),e.exports);';
  const bundle = (names: string, first: string, user: string): string =>
    `${more(names[0]!, names[1]!)}${helper}var a=q((e,t)=>{${first}});var b=q((e,t)=>{e.f=${user}});module.exports=b();`;
  const p = await program(
    { 'index.js': bundle('yz', 'var n=new Map;class r{text(i){return i}}t.exports=function(i){n.set(i,1);return i.trim()}', 'r=>a()(r)') },
    {
      'index.js': bundle(
        'xy',
        'e.parse=(n,r)=>{for(const i of r)if(n.startsWith(i))return n.slice(i.length);return n};e.quote=n=>JSON.stringify(n)',
        'r=>a().quote(a().parse(r,["-"," "]))',
      ),
    },
  );
  const { f } = p.exports;
  await p.apply();
  assert.deepEqual([f('-a'), p.codes('refused')], ['"a"', []]);
  await p.revert();
  assert.equal(f(' b'), 'b');
});

test('an object whose keys tell what is in it is the same with a key more', async () => {
  const before = `${more('y', 'z')}var a = { charset: 'utf-8', depth: 5, limit: 20 }, b = { format: 'raw', indent: 2 };
exports.get = function (e) { return e ? a.charset + a.depth + a.limit : b.format + b.indent }; exports.set = function (e) { a.depth = e; b.indent = e }; exports.all = [a, b];`;
  const after = `${more('x', 'y')}var b = { charset: 'utf-8', depth: 5, limit: 20, strict: true }, c = { format: 'raw', indent: 2, skip: 0 };
exports.get = function (e) { var t = c.skip; return t ? t : e ? b.strict ? b.charset + b.limit + b.depth : 0 : c.indent + c.format }; exports.set = function (e) { b.depth = e; c.indent = e }; exports.all = [b, c];`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  p.exports['set'](9);
  await p.apply();
  assert.deepEqual([p.exports['get'](1), p.exports['get'](0), p.codes('refused')], ['utf-8209', '9raw', []]);
  await p.revert();
  assert.deepEqual([p.exports['get'](1), p.exports['get'](0)], ['utf-8920', 'raw9']);
});

test('an object of which some keys are others, or a single one is the same, may be another: refused', async () => {
  const get = (name: string, reads: string): string =>
    `exports.get = function (e) { return ${reads} }; exports.set = function (e) { ${name}.depth = e };`;
  const before = (keys: string): string =>
    `${more('y', 'z')}var a = { ${keys} };\n${get('a', 'e ? a.charset + a.depth : a.limit')} exports.all = [a];`;
  const after = (keys: string): string =>
    `${more('x', 'y')}var b = { ${keys} };\n${get('b', '[b.depth, b.charset].concat(e)').replace('b.depth = e', 'if (e > 2) b.depth = e - 1')} exports.all = { b };`;
  const keys = "charset: 'utf-8', depth: 5";
  assert.deepEqual(await refused(before(`${keys}, limit: 20`), after(`${keys}, strict: true`)), ['names-unclear a']);
  assert.deepEqual(await refused(before("charset: 'utf-8'"), after("charset: 'utf-8', strict: true")), ['names-unclear a']);
});

/** A class that holds two things under private names, as a minifier chooses them. */
const shelf = (cls: string, [items, made, check]: readonly [string, string, string], put: string, other = ''): string =>
  `class ${cls} { #${items} = []; #${made} = 0; ${other} #${check}(e) { return e !== null } put(e) { ${put} } all() { return [this.#${items}.length, this.#${made}] } }
var _${cls} = new ${cls}; exports.put = e => _${cls}.put(e); exports.all = () => _${cls}.all();`;

test('private names that a minifier has chosen anew hold what they held', async () => {
  const before = shelf('v', ['a', 'b', 'c'], 'if (this.#c(e)) this.#a.push(e), this.#b++');
  const after = shelf('v', ['b', 'a', 'd'], 'if (this.#d(e) && e > this.#c) this.#b.push(e), this.#a++', '#c = 5;');
  const p = await program({ 'index.js': more('y', 'z') + before }, { 'index.js': more('x', 'y') + after });
  p.exports['put'](1);
  p.exports['put'](2);
  await p.apply();
  for (const e of [1, 6, null]) p.exports['put'](e);
  assert.deepEqual([p.exports['all'](), p.codes('refused')], [[3, 3], []]);
  await p.revert();
  p.exports['put'](1);
  assert.deepEqual(p.exports['all'](), [4, 4]);
});

test('a private field that may be one of several is refused, and one that would hide another', async () => {
  const put = (text: string): string => `return ${text}`;
  const before = more('y', 'z') + shelf('v', ['a', 'b', 'c'], put('this.#c(e) && this.#e.push(e) + this.#b'), '#e = [];');
  const after = shelf('v', ['a', 'b', 'c'], put('this.#c(e) && this.#f.set(e, this.#g.add(e)) && this.#b'), '#f = new Map; #g = new Set;');
  const unclear = await build({ 'index.js': before }, { 'index.js': more('x', 'y') + after });
  assert.deepEqual(
    unclear.verdicts.flatMap(({ code, reason }) => (code === 'names-unclear' ? reason : [])),
    ['a minifier chose the names: #e may be #f or #g now, or have gone'],
  );
  // The places at which they are declared alone do not tell which of two is the one.
  const list = more('y', 'z') + shelf('v', ['a', 'b', 'c'], put('this.#c(e) && this.#b'), '#e = []; peek() { return this.#e }');
  const lists = shelf(
    'v',
    ['a', 'b', 'c'],
    put('this.#c(e) && this.#b'),
    '#f = []; #g = []; last(t) { for (const n of t) this.#g.push(n, this.#f.length) }',
  );
  const open = await build({ 'index.js': list }, { 'index.js': more('x', 'y') + lists });
  assert.deepEqual(
    open.verdicts.flatMap(({ code, reason }) => (code === 'names-unclear' ? reason : [])),
    ['a minifier chose the names: #e may be #f or #g now, or have gone'],
  );
  const inner = (own: string, name: string, call = ''): string =>
    shelf(
      'v',
      ['a', 'b', 'c'],
      `var t = this; return new class { #${name} = 1; get() { return t.#a.length + this.#${name} ${call} } }().get()`,
      own,
    );
  const hides = await build(
    { 'index.js': more('y', 'z') + inner('', 'd') },
    { 'index.js': more('x', 'y') + inner('#d = 9;', 'f', '+ t.#d') },
  );
  assert.deepEqual(
    hides.verdicts.flatMap(({ code, reason }) => (code === 'names-unclear' ? reason : [])),
    ['a minifier chose the names: #f would hide another in the new version'],
  );
});
