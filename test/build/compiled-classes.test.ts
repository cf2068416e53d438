/** Classes as compilers and minifiers write them: what is carried of one is carried of the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

/** A class `C` with `map`, a getter of `lazy`, and `reset`, with which the constructor goes on; `MORE` is what that does besides. */
const written: Readonly<Record<string, string>> = {
  'a function that a minifier named': `function c(){this.map=TABLE,this.reset()}c.prototype.reset=function(){this.n=0;MORE},
c.prototype.put=function(t){this.map[t]=1},c.prototype.all=function(){return["toString"in this.map,"toString"in this.lazy,READ]},
Object.defineProperty(c.prototype,"lazy",{get:function(){return this.own||(this.own=TABLE)}});exports.C=c;`,
  'a class whose statements a minifier joined': `const c=class{constructor(){this.map=TABLE,this.reset()}reset(){this.n=0;MORE}get lazy(){return this.own||(this.own=TABLE)}
put(t){this.map[t]=1}all(){return["toString"in this.map,"toString"in this.lazy,READ]}};exports.C=c;`,
  'what Babel writes': `function _classCallCheck(a, n) {}
function _createClass(e, r) { for (const o of r) Object.defineProperty(e.prototype, o.key, { configurable: true, ...o }); return e; }
var C = exports.C = /*#__PURE__*/function () {
  function C() { _classCallCheck(this, C); this.map = TABLE; this.reset(); }
  return _createClass(C, [{ key: "reset", value: function reset() { this.n = 0; MORE } }, { key: "lazy", get: function get() { return this.own || (this.own = TABLE); } },
    { key: "put", value: function put(t) { this.map[t] = 1; } }, { key: "all", value: function all() { return ["toString" in this.map, "toString" in this.lazy, READ]; } }]);
}();`,
  'what TypeScript writes': `var C = /** @class */ (function () {
    function C() { this.map = TABLE; this.reset(); }
    C.prototype.reset = function () { this.n = 0; MORE };
    Object.defineProperty(C.prototype, "lazy", { get: function () { return this.own || (this.own = TABLE); }, enumerable: false, configurable: true });
    C.prototype.put = function (t) { this.map[t] = 1; };
    C.prototype.all = function () { return ["toString" in this.map, "toString" in this.lazy, READ]; };
    return C;
}());
exports.C = C;`,
};

const version = (text: string, table: string, more: string, read: string): string =>
  text.replaceAll('TABLE', table).replace('MORE', more).replace('READ', read);

for (const [what, text] of Object.entries(written))
  test(`${what}: objects that exist get another kind of table, and a field of a method that the constructor calls`, async () => {
    const p = await program(
      { 'index.js': version(text, '{}', '', '1') },
      { 'index.js': version(text, 'Object.create(null)', 'this.most = 3;', 'this.most') },
    );
    const held = new p.exports['C']();
    held.put('x');
    assert.deepEqual(held.all(), [true, true, 1]);
    await p.apply();
    assert.deepEqual([held.all(), Object.keys(held.map)], [[false, false, 3], ['x']]);
    await p.revert();
    assert.deepEqual([held.all(), held.most], [[true, true, 1], undefined]);
    assert.deepEqual(p.codes('warning'), []);
  });

test('a symbol that goes by another name is the same key', async () => {
  const text = (name: string, made: string): string => `const ${name} = Symbol('list');
class Pool { constructor() { this[${name}] = ${made}; } put(key) { this[${name}][key] = 1; return 'toString' in this[${name}]; } }
exports.Pool = Pool;`;
  const p = await program({ 'index.js': text('kList', '{}') }, { 'index.js': text('kItems', 'Object.create(null)') });
  const held = new p.exports['Pool']();
  assert.equal(held.put('x'), true);
  await p.apply();
  assert.equal(held.put('y'), false);
  await p.revert();
  assert.equal(held.put('z'), true);
  assert.deepEqual(p.codes('carried-with-transform'), ['field-converted']);
});

test('a function that is only called makes no objects', async () => {
  const text = (made: string): string => `function c(options) { this.map = ${made}; }
exports.mixin = (target) => { c.call(target); return target; };
exports.has = (target, key) => key in target.map;`;
  const report = await build({ 'index.js': text('{}') }, { 'index.js': text('Object.create(null)') });
  assert.ok(report.verdicts.every(({ code }) => code !== 'field-converted'));
});

test('what a class sets on an object that its superclass gives is told of: that is none of its own', async () => {
  const decorated = (give: string, fields: string): string => `function give(it) { ${give} }
class Own { get() { return 1 } }
new class extends give { kinds = ['a']; ${fields} constructor() { super(Own) } }();
exports.Own = Own;`;
  const lacking = async (give: string, field: string): Promise<string[]> => {
    const { verdicts } = await build({ 'index.js': decorated(give, '') }, { 'index.js': decorated(give, field) });
    return verdicts.flatMap(({ code, reason }) => (code === 'instances-lack' ? reason : []));
  };
  assert.deepEqual(await lacking('return it;', 's = 4;'), ['what it has made is no object of it, and has no s']);
  assert.deepEqual(await lacking('return it;', '#s = 4;'), []);
  for (const give of ['', 'return this;', 'if (it) return;']) assert.deepEqual(await lacking(give, 's = 4;'), [], give);
});
