// What loops with safe points let a program see: order, errors and their words, closing of iterators, what closures share.
const out = [];
const say = (...words) => out.push(words.join(' '));
const places = (e) => e.stack.split('\n').filter((l) => l.includes('loops.mjs')).map((l) => /:(\d+):\d+\)?$/.exec(l)?.[1]).join();
const show = (name, e) => say(name, e?.constructor?.name, e?.message, e?.stack ? places(e) : '', e ? Object.getOwnPropertyNames(e).join() : '');

const num = 5; const o = { p: { q: 1 }, f() { return 3; }, u() { return undefined; } }; let u; const n = null; const f = () => 4;
const bad = { [Symbol.asyncIterator]: 5 }; const noObject = { [Symbol.asyncIterator]() { return 1; } }; const throws = { get [Symbol.asyncIterator]() { throw new Error('getter'); } };
const forms = {
  num: async () => { for await (const x of num); }, member: async () => { for await (const x of o.p); }, deep: async () => { for await (const x of o.p.q); },
  call: async () => { for await (const x of f()); }, method: async () => { for await (const x of o.f()); }, noMethod: async () => { for await (const x of o.nope()); }, noFunction: async () => { for await (const x of num(1)); },
  twice: async () => { for await (const x of f()()); }, undef: async () => { for await (const x of u); }, nul: async () => { for await (const x of n); }, given: async () => { for await (const x of o.u()); },
  awaited: async () => { for await (const x of await f()); }, awaitedNo: async () => { for await (const x of await o.nope()); }, awaitedMember: async () => { for await (const x of (await f()).x); }, gone: async () => { for await (const x of o.zz.y); },
  self: async function () { for await (const x of this); }, made: async () => { for await (const x of new o.p()); }, or: async () => { for await (const x of num || u); }, opt: async () => { for await (const x of o?.p); },
  bad: async () => { for await (const x of bad); }, noObject: async () => { for await (const x of noObject); }, throws: async () => { for await (const x of throws); }, unknown: async () => { for await (const x of nowhere); }, unknownCall: async () => { for await (const x of nowhere()); },
  tdz: async () => { for await (const x of x); }, next: async () => { for await (const x of { [Symbol.asyncIterator]: () => ({ next: 1 }) }.y ?? o); },
  body: async () => { for await (const x of [1]) x.y.z(); }, head: async () => { for await (const { a: { b } } of [{}]) say(b); },
  inner: async () => { for await (const x of o.own()); }, again: async () => { for (let i = 0; i < 2; i++) { try { for await (const x of [[1], { nope: 1 }][i].values()) say(x); } catch (e) { show('again', e); } } },
};
o.own = function () { this.nope(); };
for (const [name, form] of Object.entries(forms)) await form.call(7).then(() => say(name, 'ok'), (e) => show(name, e));

const counted = (name, values) => ({ i: 0, [Symbol.asyncIterator]() { say(name, 'begun', this === undefined); return this; }, async next(...args) { say(name, 'next', args.length); return { done: this.i >= values.length, value: values[this.i++] }; }, async return(v) { say(name, 'closed', v, arguments.length); return {}; } });
const sync = { *[Symbol.iterator]() { try { yield 1; yield Promise.resolve(2); yield 3; } finally { say('sync closed'); } } };
async function leave(how) { outer: for await (const a of counted('a', [1, 2, 3])) for await (const b of counted('b', [1, 2])) { say(how, a, b); if (how === 'break') break; if (how === 'outer') break outer; if (how === 'continue') continue outer; if (how === 'return') return 'r'; if (how === 'throw') throw new Error('t'); } return 'end'; }
for (const how of ['none', 'break', 'outer', 'continue', 'return', 'throw']) await leave(how).then((v) => say(how, v), (e) => show(how, e));
async function overSync(stop) { for await (const x of sync) { say('sync', x); if (x === stop) break; } }
await overSync(9); await overSync(2);

async function whiles() { let i = 0; while (i < 3) await say('while', i++); do await say('do', i--); while (i > 0); for (let j = 0; j < 2; j++) await say('for', j); for (; i < 2; i++) await null; return i; }
say(await whiles());
async function shared() { const fs = []; let total = 0; for (let i = 0; i < 3; i++) { let k = i; fs.push(() => `${i} ${k++} ${total++}`); await null; i += 0; } fs[0](); return [fs.map((g) => g()).join(), total].join(); }
say(await shared());
async function cleanup(how) { try { for (let i = 0; ; i++) { await null; if (i === 2) { if (how === 'return') return 'r'; if (how === 'throw') throw new Error('c'); break; } } return 'after'; } catch (e) { return `caught ${e.message}`; } finally { let i = 'finally'; say(i, how); function inner() {} typeof inner; } }
for (const how of ['break', 'return', 'throw']) say(await cleanup(how));
function* values(n) { try { for (let i = 0; i < n; i++) { const back = yield i; if (back) say('back', back); } return 'done'; } finally { say('generator closed'); } }
const g = values(3); say(JSON.stringify([g.next(), g.next('x'), g.return('early'), g.next()]));
const h = values(1); say(JSON.stringify([h.next(), h.next(), h.next()]));
async function* later() { let i = 0; while (true) { try { yield i++; } catch (e) { say('thrown in', e); } } }
const l = later(); say(JSON.stringify([await l.next(), await l.throw('boo'), await l.return(7), await l.next()]));
const order = []; const tick = async (name) => { for (let i = 0; i < 3; i++) { await null; order.push(name + i); } order.push(name); };
async function* ticks(name) { while (true) { yield name; order.push(name); return; } }
await Promise.all([tick('a'), tick('b'), (async () => { for await (const x of ticks('g')) order.push(x); order.push('gend'); })(), Promise.resolve().then(() => order.push('p'))]); say(order.join());
say(tick.toString().length, forms.noMethod.toString(), leave.toString().length, leave.length, leave.name);
console.log(out.join('\n'));
