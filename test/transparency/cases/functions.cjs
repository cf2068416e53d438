// Sloppy functions of every form; prints what a program can observe of them.
const log = (...a) => console.log(...a.map((x) => (typeof x === 'function' ? x.toString() : JSON.stringify(x))));
function none() { return arguments.length; }
function mapped(a, b) { arguments[0] = 'changed'; b = 'B'; return [a, arguments[1], arguments.length]; }
function unmapped(a, b = 2) { arguments[0] = 'changed'; return [a, b, arguments.length]; }
function patternOnly({ a }, [b]) { arguments[0] = 0; return [a, b, typeof arguments[0], arguments.length]; }
function rest(a, ...r) { return [a, r]; }
function restPattern(a, ...[b, c]) { return [a, b, c]; }
function trailing(a, b,) { return [a, b]; }
function directive() { 'use strict'; return this === undefined; }
function sloppyThis() { return this === globalThis; }
function duplicate(a, a) { return a; }
function shadowed(a) { function a() { return 'inner'; } return typeof a; }
function varParameter(a) { var a; return a; }
function hoisted() { return typeof later; function later() {} }
function blockFunction() { { function inBlock() { return 1; } } return typeof inBlock; }
function usesEval(x) { eval('var injected = x + 1'); return injected; }
function newTarget() { return new.target === undefined ? 'call' : 'new'; }
function Ctor(a) { if (!(this instanceof Ctor)) return new Ctor(a); this.a = a; }
const order = [];
function defaults(a = order.push('a'), { b = order.push('b'), ...others } = (order.push('object'), {}), [c = order.push('c')] = [], d = () => a) { return [a, b, others, c, d()]; }
function defaultSeesOuter(f = () => typeof hidden) { var hidden = 1; return f(); }
function defaultClosure(a, get = () => a) { var a = 5; return [a, get()]; }
function earlier(a, b = a, c = b + 1) { return [a, b, c]; }
function tdz(a = b, b) { return a; }
const arrow = x => x * 2;
const arrowObject = () => ({ a: 1 });
const arrowParen = (a) => (a, a + 1);
const arrowComment = (/* one */ a /* two */) => /* three */ a;
const arrowNewline = (a) =>
  a + 1;
const arrowString = () => 'use strict';
const curried = a => b => c => [a, b, c];
const object = { m(a) { return a; }, get g() { return this.x; }, set g(v) { this.x = v; }, async am() {}, *gm() {}, async *agm() {}, ['comp' + 'uted'](a, b) {}, arrow: () => 1, 'quoted key'() {}, 42() {} };
log(none(), none(1, 2), mapped(1, 2), mapped(), unmapped(1), patternOnly({ a: 1 }, [2]), rest(1, 2, 3), restPattern(1, 2, 3), trailing(1, 2, 3));
log(directive(), sloppyThis(), duplicate(1, 2), shadowed(1), varParameter(7), hoisted(), blockFunction(), usesEval(4), newTarget(), typeof new newTarget(), Ctor(3), new Ctor(4));
log(defaults(), order, defaults(1, { b: 2, z: 3 }, [4], () => 5), order.length, defaultSeesOuter(), defaultClosure(1), earlier(1), earlier(1, 2));
log(arrow(2), arrowObject(), arrowParen(1), arrowComment(1), arrowNewline(1), arrowString(), curried(1)(2)(3));
for (const f of [none, mapped, unmapped, patternOnly, rest, restPattern, trailing, directive, duplicate, shadowed, defaults, defaultSeesOuter, earlier, arrow, arrowObject, arrowParen, arrowComment, arrowNewline, arrowString, curried, object.m, object.am, object.gm, object.agm, object.computed, object.arrow, object['quoted key'], object[42], Object.getOwnPropertyDescriptor(object, 'g').get, Object.getOwnPropertyDescriptor(object, 'g').set, Ctor]) {
  console.log(f.length, f.name, Object.getOwnPropertyNames(f).join(), Object.getPrototypeOf(f).constructor.name);
  console.log(f.toString());
}
console.log(Function.prototype.toString.toString(), Function.prototype.toString.name, Function.prototype.toString.length, 'prototype' in Function.prototype.toString);
object.g = 9;
log(object.g);
for (const f of [() => tdz(), () => patternOnly(), () => patternOnly({}, null), () => defaults(1, null), () => null.x, () => undefinedName, () => object.nothing()]) {
  try {
    f();
  } catch (error) {
    console.log(error.name, error instanceof Error);
  }
}
try {
  Function.prototype.toString.call({});
} catch (error) {
  console.log(error.message);
}
with ({ w: 1 }) { var inWith = function () { return w; }; }
log(inWith());
label: for (var i = 0; i < 3; i++) { for (;;) { if (i === 1) break label; continue label; } }
log(i);
var self = function named() { return named === self; };
log(self());
(function () { log(typeof this, arguments.length); })(1);
(() => log(typeof module, typeof exports, typeof require, this === module.exports, arguments.length > 0))();
!function iife(a) { log(a); }(5);
log(new (function () { this.made = 1; })(), eval('1;if(true){2}'), Function('a', 'b', 'return a+b')(1, 2));
log([3, 1, 2].sort((a, b) => a - b), ['1', '2', '3'].map(parseInt), [1, 2, 3].map((x, i, all) => x + i + all.length));
var asi = 1
var continued = arrow
(4)
log(continued)
const tag = (strings, ...values) => [strings.raw.join('|'), values];
log(tag`a${1}b${2}c`);
function sloppyOctal() { return 010; }
log(sloppyOctal(), (function () { return typeof arguments.callee; })());
log(Object.getOwnPropertyNames(none).sort().join(), Reflect.ownKeys(globalThis).filter((k) => String(k).includes('lp')));
