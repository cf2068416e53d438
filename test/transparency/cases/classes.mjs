// Classes: constructors, fields, private members, accessors, statics, super, inheritance from built-ins.
const seen = [];
class Base {
  static count = 0;
  static #hidden = 'hidden';
  static { seen.push('static block', this.name, Base.#hidden); }
  #secret = 1;
  plain = seen.push('field');
  arrow = () => this.#secret;
  fn = function () { return this?.plain; };
  [`com${'puted'}`] = 5;
  'quoted' = 6;
  noValue;
  constructor(a, { b = 2 } = {}) { Base.count++; seen.push('base', new.target.name); this.a = a; this.b = b; }
  get secret() { return this.#secret; }
  set secret(v) { this.#secret = v; }
  #privateMethod(x) { return x + this.#secret; }
  call(x = 3) { return this.#privateMethod(x); }
  static make(...args) { return new this(...args); }
  static has(o) { return #secret in o; }
  async later() { return this.a; }
  *items() { yield this.a; yield* [this.b]; }
  async *asyncItems() { yield this.a; }
  get [Symbol.toStringTag]() { return 'Tagged'; }
}
class Derived extends Base {
  own = this.a + 1;
  anonymous = class {};
  constructor(a, ...rest) { seen.push('before super'); super(a, { b: rest.length }); seen.push('after super'); }
  call(x) { return ['derived', super.call(x)]; }
  get secret() { return super.secret + 100; }
  set secret(v) { super.secret = v; }
  static make(...args) { return super.make(...args); }
}
class Implicit extends Derived {}
class ReturnsOther extends Base { constructor() { super(1); return { other: true }; } }
class SkipsSuper extends Base { constructor() { return Object.create(SkipsSuper.prototype); } }
class NoSuper extends Base { constructor() {} }
class ArrowSuper extends Base { constructor() { const f = () => super(9); f(); this.done = true; } }
class MyError extends Error { constructor(m) { super(m); this.name = 'MyError'; } }
class MyArray extends Array { sum() { return this.reduce((a, b) => a + b, 0); } }
const Expression = class Named { m() { return Named.name; } };
const Anonymous = class { static who() { return this.name; } };
const d = Derived.make(1, 2, 3);
d.secret = 41;
console.log(d.secret, d.call(1), d.call(), d.arrow(), d.fn(), d.own, d.computed, d.quoted, 'noValue' in d, d.anonymous.name, JSON.stringify(d), String(d));
console.log(Base.has(d), Base.has({}), Base.count, [...d.items()], await d.later());
for await (const x of d.asyncItems()) console.log(x);
console.log(new Implicit(4) instanceof Derived, new ReturnsOther().other, new SkipsSuper() instanceof SkipsSuper, new ArrowSuper().done);
for (const make of [() => new NoSuper(), () => Base(), () => Base.prototype.call.call({}), () => new Base(1, null)]) {
  try {
    make();
  } catch (error) {
    console.log(error.name, error.constructor === TypeError || error.constructor === ReferenceError);
  }
}
try {
  throw new MyError('boom');
} catch (error) {
  console.log(error.name, error.message, error instanceof MyError, error.stack.split('\n')[0]);
}
console.log(MyArray.from([1, 2, 3]).sum(), new Expression().m(), Anonymous.who(), Anonymous.name, Expression.name);
console.log(seen.join(), Reflect.ownKeys(Base).map(String).join(), Reflect.ownKeys(Base.prototype).map(String).join(), Reflect.ownKeys(Derived).map(String).join());
for (const C of [Base, Derived, Implicit, ArrowSuper, MyArray, Expression, Anonymous]) console.log(C.length, C.name, C.toString());
console.log(d.arrow.toString(), d.fn.toString(), Base.prototype.call.toString(), Object.getOwnPropertyDescriptor(Base.prototype, 'secret').get.toString());
class Bound { constructor() { this.m = this.m.bind(this); } m() { return this instanceof Bound; } }
const { m } = new Bound();
console.log(m(), m.name, m.toString());
class Frozen { constructor() { Object.freeze(this); } get x() { return 1; } }
console.log(new Frozen().x, Object.isFrozen(new Frozen()));
class Accessors { static get s() { return 's'; } static set s(v) { seen.push(v); } static async *[Symbol.asyncIterator]() {} static #p() { return 1; } static q() { return this.#p(); } }
Accessors.s = 'set';
console.log(Accessors.s, seen.at(-1), Accessors.q());
const mixin = (Super) => class Mixed extends Super { #x = 1; mixed(v = this.#x) { return [v, super.call?.(1)]; } };
class WithMixin extends mixin(Base) {}
console.log(new WithMixin(1).mixed(), WithMixin.name, Object.getPrototypeOf(WithMixin).name);
const object = { __proto__: { greet() { return 'proto'; } }, greet() { return super.greet() + '!'; } };
console.log(object.greet(), object.greet.name);
console.log(Reflect.construct(Base, [1], Derived) instanceof Derived);
