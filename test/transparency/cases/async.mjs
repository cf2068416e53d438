// The order in which microtasks run is part of a program's behaviour.
const log = [];
const tick = (name, n) => { let p = Promise.resolve(); for (let i = 0; i < n; i++) { const k = i; p = p.then(() => log.push(`${name}${k}`)); } return p; };
async function empty() {}
async function value() { return 1; }
async function returnsPromise() { return Promise.resolve(2); }
async function returnsAsync() { return value(); }
async function awaits(x) { log.push('awaits start'); const y = await x; log.push('awaits end'); return y; }
async function throws() { throw new Error('thrown'); }
async function awaitsThrows() { try { await throws(); } catch (error) { log.push(error.message); } finally { log.push('finally'); } }
async function parameterThrows({ a }) { return a; }
async function nested() { return await (async () => await awaits(value()))(); }
const arrow = async x => await x;
const arrowBlock = async ({ x } = {}, ...r) => { await null; return [x, r]; };
const object = { async m() { return this === object; } };
async function* numbers(n) { try { for (let i = 0; i < n; i++) { log.push(`yield ${i}`); const got = yield i; if (got) log.push(`got ${got}`); } } finally { log.push('closed'); } }
async function* delegates() { const r = yield* numbers(2); log.push(`r ${r}`); yield* [Promise.resolve('a'), 'b']; return 'end'; }
function* sync(n) { let received = []; try { for (let i = 0; i < n; i++) received.push(yield i); } catch (error) { received.push(error.message); yield 'caught'; } finally { log.push('sync closed'); } return received; }
function* early() { return 1; }
function* never() { yield 1; }
function* parameters(a, { b } = { b: log.push('b evaluated') }, ...c) { log.push('body'); yield [a, b, c]; }
const side = tick('t', 12);
const results = await Promise.allSettled([empty(), value(), returnsPromise(), returnsAsync(), awaits(3), awaits(value()), throws(), awaitsThrows(), parameterThrows(), nested(), arrow(4), arrowBlock(), arrowBlock({ x: 1 }, 2, 3), object.m()]);
console.log(JSON.stringify(results.map((r) => r.value ?? r.reason?.name ?? null)));
await side;
console.log(log.splice(0).join(' '));
const second = tick('u', 10);
for await (const x of delegates()) log.push(x);
await second;
console.log(log.splice(0).join(' '));
const iterator = numbers(5);
console.log(await iterator.next(), await iterator.next('hello'), await iterator.return('early'), await iterator.next());
const thrower = numbers(5);
await thrower.next();
try { await thrower.throw(new Error('in')); } catch (error) { log.push(error.message); }
console.log(log.splice(0).join(' '));
const g = sync(3);
console.log(g.next('ignored'), g.next('one'), g.throw(new Error('two')), g.next(), g.next(), g[Symbol.iterator]() === g, Object.prototype.toString.call(g));
console.log([...sync(2)], early().next(), never().return(5), [...function* () { yield* early(); yield 2; }()]);
const lazy = parameters(1, undefined, 3);
log.push('created');
console.log(JSON.stringify(lazy.next()), log.splice(0).join(' '));
try { parameters(1, null); } catch (error) { console.log(error.name, 'at the call'); }
const [a, b] = sync(9);
console.log(a, b, log.splice(0).join(' '));
console.log(sync.toString(), numbers.toString(), arrow.toString(), arrowBlock.toString(), object.m.toString());
console.log(Object.getPrototypeOf(sync).constructor.name, Object.getPrototypeOf(numbers).constructor.name, Object.getPrototypeOf(arrow).constructor.name, 'prototype' in sync, 'prototype' in arrow);
process.on('unhandledRejection', (reason) => { console.log('unhandled', reason.message); });
async function unhandled() { await null; throw new Error('nobody listens'); }
unhandled();
await new Promise((r) => setTimeout(r, 5));
const thenable = { then(f) { log.push('then called'); f(7); } };
async function custom() { return await thenable; }
const third = tick('v', 5);
console.log(await custom(), log.splice(0).join(' '));
await third;
async function label() { outer: for (const i of [1, 2]) { for (const j of [1, 2]) { if (j === 2) continue outer; await i; log.push(i); } } }
await label();
async function loopClosure() { const fs = []; for (let i = 0; i < 3; i++) { await null; fs.push(() => i); } return fs.map((f) => f()); }
console.log(await loopClosure(), log.splice(0).join(' '));
await using_();
async function using_() { const r = []; for await (const x of [1, Promise.resolve(2)]) r.push(x); console.log(r); }
