// What an error says, and where it says it is: the same, with source maps to the column.
const line = (e) => { const m = /:(\d+):(\d+)\)?$/.exec((e.stack ?? '').split('\n').find((l) => l.includes('messages.mjs')) ?? ''); return m ? (process.sourceMapsEnabled ? `${m[1]}:${m[2]}` : m[1]) : '?'; };
const show = (n, e) => console.log(n, e?.name, e?.message, line(e), Object.keys(Object.getOwnPropertyDescriptors(e)).join());
const u = undefined, nil = null, num = 5, obj = { a: { b: undefined } };
const sync = {
  obj: ({ a }) => a, obj2: function ({ a, b }) {}, empty: ({}) => 1, nested: ({ a: { b } }) => b, arr: ([a]) => a, arrEmpty: ([]) => 1, arrNested: ([{ a }]) => a,
  computed: ({ ['k' + 1]: a }) => a, restp: ({ ...a }) => a, deflt: ({ a = 1 }) => a, str: ({ 'a b': a }) => a, numk: ({ 0: a }) => a,
  dflt: ({ a } = null) => a, dflt2: ([a] = null) => a, dflt3: ([a] = 5) => a, dflt4: ({} = nil) => 1, dflt5: ({ ...a } = nil) => a, dflt6: ({ a } = obj.a.b) => a, dflt7: ({ a: { b } } = obj) => b, dfltcall: ({ a } = ((x) => x)(null)) => a,
  second: (x, { a }) => a, restArr: (...[{ a }]) => a, restObj: (...{ length, 0: { a } }) => a, 
  defExpr: (a = u.x) => a, defExpr2: (x, a = nil.foo()) => a, method: { m({ a }) { return a; } }.m, setter: function (v) { ({ set s({ a }) {} }).s = v; }, ctor: function (v) { new (class { constructor({ a }) {} })(v); }, derived: function (v) { new (class extends Object { constructor({ a }) { super(); } })(v); },
  fn: function named([a, b]) { return a + b; }, strict: function ([a, { b }]) { return b; }, 
  multi: (
    x,
    {
      a,
      b,
    },
    c = u.foo,
  ) => a,
  multi2: function (
    x,
    { a },
    c = u.foo,
  ) {
    return a;
  },
  multi3(x, y = () => {
    throw new Error('in default');
  }, z = y()) {},
};
for (const [n, f] of Object.entries(sync)) for (const args of [[], [null], [5], [{}], [[]], [1, null], [1, undefined], [1, 5], [1, [2]], [1, { a: 1 }], [Symbol('s')], [() => 1], ['str']]) { try { f(...args); } catch (e) { show(n, e); } }
const async_ = {
  p1: async ({ a }) => { await null; }, p2: async function ([a]) { await null; }, p3: async (a = u.x) => { await 1; },
  callAwait: async () => (await u).foo(), callAwait2: async () => (await obj).foo(), callAwait3: async () => (await obj).foo.bar(), dest: async () => { const { a } = await u; }, 
  idx: async () => obj[await 1](), iter2: async () => { for (const x of num); }, forawait: async () => { for await (const x of num); }, forawait2: async () => { for await (const x of obj.a.b); }, forawait3: async () => { for await (const x of obj.nope()); }, forawait5: async () => { for await (const x of [1, Promise.reject(new Error('rej'))]); }, forawait6: async () => { for await (const { x } of [null]); },
  newAwait: async () => new (await num)(), newAwait2: async () => new (await obj).a(), spread: async () => Math.max(...await num), ret: async () => { await 1; return obj.nope(); }, ret2: async () => { await 1; return obj.a.b.c; }, ret4: async () => { await 1; return num(); },
  tag: async () => (await num)`x`, opt: async () => (await obj)?.a.b.c, argawait: async () => obj.nope(await 1), bin: async () => { (await num) in (await num); }, inst: async () => { num instanceof (await num); }, expr: async () => { await obj.nope(); }, expr3: async () => { obj.nope(await 1, await 2); }, cat: async () => { try { await Promise.reject(new Error('x')); } catch ({ message, a: { b } }) {} },
  asg: async () => { ({ a: obj.q } = await null); }, asgconst: async () => { const c = 1; c = await 2; }, del: async () => { 'use strict'; delete Object.freeze({ a: await 1 }).a; }, priv: async () => { class P { #x; static t(o) { return o.#x; } } P.t(await 1); }, thrown: async () => { throw await new Error('awaited'); }, nocall: async () => { await 1; (await num)(); }, seq: async () => { (1, await obj).foo(); }, cond: async () => { (num ? await obj : 1).foo(); }, par: async () => { ((await (await obj))).foo(); }, neg: async () => { -(await Symbol('q')); }, plus: async () => { 1n + await 1; }, 
};
for (const [n, f] of Object.entries(async_)) await f().then((v) => console.log(n, 'ok'), (e) => show(n, e));
const gens = {
  y: function* () { (yield 1).foo(); }, y2: function* () { const { a } = yield 1; }, y4: function* () { return obj.nope(); }, y5: function* () { yield obj.nope(); }, y6: function* ({ a }) { yield a; }, y7: function* (a = u.x) { yield a; }, y8: function* ([a]) { yield a; }, y9: function* () { yield* { [Symbol.iterator]() { return {}; } }; }, y10: function* () { new (yield 1)(); }, y11: function* () { yield num(); (yield)(); }, 
};
for (const [n, f] of Object.entries(gens)) { try { const g = f(); g.next(); g.next(); g.next(); console.log(n, 'ok'); } catch (e) { show(n, e); } }
const agens = { y: async function* () { (yield 1).foo(); }, y6: async function* ({ a }) { yield a; }, ys5: async function* () { yield* obj.a.b; }, r: async function* () { return obj.nope(); }, };
for (const [n, f] of Object.entries(agens)) { try { const g = f(); await g.next(); await g.next(); console.log(n, 'ok'); } catch (e) { show(n, e); } }
const iife = { d: () => (function* () { yield 1; })().foo(), e: () => (class { m() { return 1; } }).foo(), f: () => new (class { m({ a }) {} })().foo(), g: () => ({ m() { return 1; } }).foo(), l: () => (function ({ a } = {}) { return a; })()(), n: () => num((x) => x), o: () => num(function () { return 1; }, async () => await 1), p: () => obj.nope(({ a }) => a, () => { throw 1; }), r: () => { const [a] = (() => {})(); }, };
for (const [n, f] of Object.entries(iife)) { try { f(); console.log(n, 'ok'); } catch (e) { show(n, e); } }
class F { x = num(); y = () => 1; }
class G { x = obj.nope(); } class H { x = obj.a.nope(); } class I { [num] = nil.x; } class J extends I { constructor() { super(); this.q.r; } } class K extends null { constructor() { super(); } } class L extends F { constructor() { this.x; super(); } } class M extends H { constructor({ a }) { super(); } } class N { #p = 1; m(o) { return o.#p; } static s(o) { o.#p = 1; } get #g() { return 1; } t() { this.#g = 2; } }
const made = { F, G, H, I, J, K, L, M, call: function () { F(); }, N1: function () { new N().m({}); }, N2: function () { N.s({}); }, N3: function () { new N().t(); } };
for (const [n, C] of Object.entries(made)) { try { new C(); console.log(n, 'ok'); } catch (e) { show(n, e); } }
