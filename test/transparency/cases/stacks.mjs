// Lines of stack traces are those of the source.
const lines = (error) => error.stack.split('\n').slice(1).filter((l) => l.includes('stacks.mjs')).map((l) => l.replace(/.*stacks\.mjs:(\d+).*/, '$1')).join();
function thrower() {
  throw new Error('x');
}
const viaArrow = () =>
  thrower();
class Thrower {
  field = 1;
  constructor({
    fail,
    other = 2,
  }) {
    if (fail) {
      thrower();
    }
  }
  method() {
    return viaArrow();
  }
}
async function asynchronous() {
  await null;
  new Thrower({ fail: false }).method();
}
function* generator() {
  yield 1;
  thrower();
}
for (const f of [thrower, viaArrow, () => new Thrower({ fail: true }), () => new Thrower({}).method(), () => [...generator()]]) {
  try {
    f();
  } catch (error) {
    console.log(error.message, lines(error));
  }
}
await asynchronous().catch((error) => console.log(error.message, lines(error)));
console.log(new Error('top').stack.split('\n')[1].replace(/.*:(\d+):\d+\)?$/, '$1'));
const names = [];
const previous = Error.prepareStackTrace;
Error.prepareStackTrace = (_, sites) => sites.map((s) => s.getFunctionName());
try { viaArrow(); } catch (error) { names.push(...error.stack.slice(0, 2)); }
Error.prepareStackTrace = previous;
console.log(names);
