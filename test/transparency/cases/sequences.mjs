// A parenthesis holds a sequence wherever an expression stands: what is put around the expression must hold all of it.
const log = [];
const said = (name, value) => (log.push(name), value);
async function awaits(a, b) {
  const first = await (said('a', a), said('b', b));
  const second = await ((said('c', b), said('d', a)));
  const { x } = await (a, { x: b });
  const [y] = [...(await (0, [b]))];
  (await (0, said))('called', 1);
  return [first, second, x, y, (await (a, b)) + 1];
}
async function returns(a, b) { return (a, b); }
async function returnsAwaited(a, b) { return await (a, b); }
async function returnsBoth(a, b) { return (await a, await b); }
const arrow = async (a, b) => (a, b);
const awaitingArrow = async (a, b) => await (a, b);
const plainArrow = (a, b) => (a, b);
function* yields(a, b) {
  const got = yield (a, b);
  const more = yield* (a, [b, got]);
  return (more, yield (b, a));
}
async function* yieldsAsync(a, b) {
  const got = yield (a, b);
  yield* (a, [b, got]);
  yield await (a, b);
}
class Fields {
  a = (said('f', 1), 2);
  static b = (said('s', 3), 4);
  #c = (5, 6);
  ['d' + (0, 1)] = (7, 8);
  get c() { return (0, this.#c); }
}
function defaults(a = (1, 2), { b = (3, 4), c } = (0, { c: 5 }), [d = (5, 6)] = (0, [])) { return [a, b, c, d]; }
async function asyncDefaults(a = (1, 2), { b = (3, 4) } = (0, {})) { await (0, 1); return [a, b]; }
async function iterates(a, b) {
  const seen = [];
  for await (const x of (a, b)) seen.push(x);
  for (const x of (a, b)) seen.push(await (0, x));
  for (let i = (0, 0); (0, i < 2); i = (0, i + 1)) seen.push(await (i, i));
  label: for await (const x of ((a, [b, b]))) { if (x) continue label; }
  while ((seen.push(0), seen.length < 12)) await (0, 1);
  for await (const x of (a, [1])) for await (const y of (a, await (0, b))) seen.push(x + y);
  return seen;
}
async function throws() { throw (1, await (2, new Error('thrown'))); }
async function switches(a) { switch ((0, await (1, a))) { case (0, await (1, 2)): return 'two'; default: return 'other'; } }
function /*(*/ odd /* ( */ (/* ) */ a /* ( */, b = (0, 1) /* , */) { return [a, b]; }
const bare = async /*(*/ (a) => await (0, a);
const nameless = function /*(*/ (a) { return (0, a); };
const empty = [async /* (=> */ () => (0, 1), /* => */ (/* => */) /* () */ => (0, 2), function /* ( */ () { return 1; }, async /* ( */ () => await (0, 1), () /* ( */ => 1, async function /* ( */ * () { yield (0, 1); }];
async function /*(*/ none /* ( */ () { return await (0, 1); }
export { none };
const generator = { *m() { yield (0, 1); }, async n() { return await (0, 1); }, async *o() { yield (0, 1); } };
console.log(await awaits(1, 2), log.splice(0));
console.log(await returns(1, 2), await returnsAwaited(1, 2), await returnsBoth(1, 2), await arrow(1, 2), await awaitingArrow(1, 2), plainArrow(1, 2));
const g = yields(1, 2);
console.log(g.next(), g.next('x'), g.next(), g.next(), g.next('end'));
const h = yieldsAsync(1, 2);
console.log(await h.next(), await h.next('x'), await h.next(), await h.next(), await h.next());
console.log({ ...new Fields() }, new Fields().c, Fields.b, log.splice(0));
console.log(defaults(), defaults(9, { b: 1 }, [2]), await asyncDefaults(), await asyncDefaults(1, { b: 0 }));
console.log(await iterates(0, [1, 2]), await iterates([], [Promise.resolve(3)]));
console.log(await throws().catch((error) => error.message), await switches(2), await switches(3));
console.log(odd(1), odd(1, 2), await bare(1), nameless(1), odd.toString(), bare.toString(), nameless.toString());
console.log([...generator.m()], await generator.n(), await generator.o().next());
for (const f of [...empty, none]) console.log(f(1), f.length, f.toString());
class Methods { /*(*/ async /*(*/ m /*(*/ () { return (0, 1); } static /*(*/ ['(' + 1] /*(*/ () { return (0, 2); } get /*(*/ g /*(*/ () { return 3; } '(' () { return 4; } }
console.log(await new Methods().m(), Methods['(1'](), new Methods().g, new Methods()['('](), Methods.toString());
