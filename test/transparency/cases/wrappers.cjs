/* the first line */ --> ends no comment, and is one
// Functions that run as the module loads, with code in their parameters; the function around the module itself.
const log = (...a) => console.log(...a.map((x) => (typeof x === 'function' ? x.toString() : JSON.stringify(x))));
log(arguments.callee.toString().length, arguments.callee.toString().split('\n')[0], arguments.callee.toString().slice(-40));
(function ({ k = class i { static made = typeof i; [((_) => 'name')()]() { return i.made; } } } = {}) {
  var j = 0;
  log(k, k.made, Object.getOwnPropertyNames(k.prototype), j);
})();
(function (f = () => typeof j, o = { m() { return typeof j; } }) {
  var j = 1;
  log(f, f(), o.m(), j);
}).call(this);
(([C = class { #x = 1; get x() { return this.#x; } }]) => {
  const j = 2;
  log(C, new C().x, j);
})([]);
(function (f = () => 1) {
  function a() {} function b() {} function c() {} function d() {} function e() {} function g() {} function h() {} function i() {}
  function k() {} function l() {} function m() {} function n() {} function o() {} function p() {} function q() {} function r() {}
  log(f(), a, r);
})();
function heavy(f = class { static s = typeof a; }) {
  function a() {} function b() {} function c() {} function d() {} function e() {} function g() {} function h() {} function i() {}
  function k() {} function l() {} function m() {} function n() {} function o() {} function p() {} function q() {} function r() {}
  return [f.s, f.toString(), a.toString()];
}
log(heavy());
