/** What compilers' helpers put on classes and exports. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const CREATE = `function _defineProperties(target, props) {
  for (var i = 0; i < props.length; i++) {
    var d = props[i]; d.enumerable = d.enumerable || false; d.configurable = true; if ("value" in d) d.writable = true;
    Object.defineProperty(target, d.key, d);
  }
}
function _createClass(C, proto, stat) { if (proto) _defineProperties(C.prototype, proto); if (stat) _defineProperties(C, stat); return C; }
`;

const babel = (members: string, statics: string): string => `${CREATE}
var Box = function () {
  function Box(x) { this.x = x; }
  _createClass(Box, [${members}], [${statics}]);
  return Box;
}();
exports.Box = Box;`;

const babelOfToday = (members: string, statics: string): string => `${CREATE}
var Box = /*#__PURE__*/ function () {
  function Box(x) { this.x = x; }
  return _createClass(Box, [${members}], [${statics}]);
}();
exports.Box = Box;`;

for (const [name, text] of Object.entries({ 'a call': babel, 'what is returned': babelOfToday }))
  test(`members that a class of Babel's gains and changes, and one that it loses, which stays: the helper is ${name}`, async () => {
    const p = await program(
      {
        'index.js': text(
          "{ key: 'get', value: function get() { return this.x } }, { key: 'old', value: function old() { return 'old' } }",
          "{ key: 'of', value: function of(x) { return new Box(x) } }",
        ),
      },
      {
        'index.js': text(
          "{ key: 'get', value: function get() { return this.x + 1 } }, { key: 'size', get: function get() { return this.twice() } }, { key: 'twice', value: function twice() { return this.x * 2 } }",
          "{ key: 'of', value: function of(x) { return new Box(x * 10) } }, { key: 'none', value: function none() { return new Box(0) } }",
        ),
      },
    );
    const { Box } = p.exports;
    const box = new Box(4);
    const look = (): unknown[] => [
      box.get(),
      box.size,
      box.twice?.(),
      Box.of(1).x,
      Box.none?.().x,
      Object.keys(box),
      Object.keys(Box.prototype),
    ];
    const before = look();
    assert.deepEqual(before, [4, undefined, undefined, 1, undefined, ['x'], []]);
    await p.apply();
    assert.deepEqual(look(), [5, 8, 8, 10, 0, ['x'], []]);
    assert.deepEqual([box.old(), p.codes('warning')], ['old', ['statement-removed']]);
    await p.revert();
    assert.deepEqual(look(), before);
  });

test('a bundler that names the helpers otherwise: what they did is not done again', async () => {
  const files = {
    'createClass.js': `${CREATE} module.exports = _createClass;`,
    'inherits.js': `module.exports = function (sub, base) { exports.ran = (exports.ran || 0) + 1; Object.setPrototypeOf(sub.prototype, base.prototype); };
      module.exports.count = () => exports.ran;`,
  };
  const text = (interop: string, create: string, inherits: string, members: string): string => `'use strict';
function _interopDefault(e) { return (e && (typeof e === 'object') && 'default' in e) ? e['default'] : e; }
function _interopDefaultLegacy(e) { return e && typeof e === 'object' && 'default' in e ? e : { 'default': e }; }
${interop}
var Base = function () {
  function Base(x) { this.x = x; }
  ${create}(Base, [{ key: 'get', value: function get() { return this.x } }]);
  return Base;
}();
var Box = function (_Base) {
  ${inherits}(Box, _Base);
  function Box(x) { _Base.call(this, x); }
  ${create}(Box, [${members}]);
  return Box;
}(Base);
exports.Box = Box;
exports.count = require('./inherits.js').count;`;
  const before = text(
    "var _createClass = _interopDefault(require('./createClass.js')); var _inherits = _interopDefault(require('./inherits.js'));",
    '_createClass',
    '_inherits',
    "{ key: 'twice', value: function twice() { return this.x * 2 } }",
  );
  const after = (inherits: string): string =>
    text(
      `var _createClass = require('./createClass.js'); var _inherits = require('./inherits.js');
var _createClass__default = /*#__PURE__*/_interopDefaultLegacy(_createClass);
var _inherits__default = /*#__PURE__*/_interopDefaultLegacy(_inherits);`,
      "_createClass__default['default']",
      inherits,
      "{ key: 'twice', value: function twice() { return this.x * 20 } }, { key: 'size', get: function get() { return this.twice() } }",
    );
  const p = await program({ 'index.js': before, ...files }, { 'index.js': after("_inherits__default['default']") });
  const { Box, count } = p.exports;
  const box = new Box(4);
  await p.apply();
  assert.deepEqual([box.get(), box.twice(), box.size, new Box(5).size, count()], [4, 80, 80, 100, 1]);
  await p.revert();
  assert.deepEqual([box.get(), box.twice(), box.size, count()], [4, 8, undefined, 1]);

  const other = await build({ 'index.js': before, ...files }, { 'index.js': after("_mixin['default']"), ...files });
  assert.equal(other.patch, null);
});

test('methods that a prototype is given by Object.assign', async () => {
  const text = (members: string): string => `function Box(x) { this.x = x }
Object.assign(Box.prototype, { ${members} });
exports.Box = Box;`;
  const p = await program(
    { 'index.js': text('get() { return this.x }') },
    { 'index.js': text('get() { return this.twice() + 1 }, twice: function () { return this.x * 2 }') },
  );
  const box = new p.exports['Box'](4);
  await p.apply();
  assert.deepEqual([box.get(), box.twice(), Object.keys(p.exports['Box'].prototype)], [9, 8, ['get', 'twice']]);
  await p.revert();
  assert.deepEqual([box.get(), box.twice], [4, undefined]);
});

const STAR = `var __createBinding = function (o, m, k) { Object.defineProperty(o, k, { enumerable: true, get: function () { return m[k]; } }); };
var __exportStar = function (m, exports) {
  for (var p in m) if (p !== 'default' && !Object.prototype.hasOwnProperty.call(exports, p)) __createBinding(exports, m, p);
};
`;

test('what a module gains is given away by those that give all of it away', async () => {
  const outer = {
    'index.js': `${STAR}exports.own = 1; __exportStar(require('./middle'), exports);`,
    'middle.js': `${STAR}__exportStar(require('./leaf'), exports);`,
  };
  const p = await program(
    { ...outer, 'leaf.js': 'exports.a = () => 1; exports.own = 2; exports.default = 0;' },
    { ...outer, 'leaf.js': 'exports.a = () => exports.b() + 1; exports.b = () => 41; exports.own = 3; exports.default = 5;' },
  );
  await p.apply();
  assert.deepEqual([p.exports['a'](), p.exports['b'](), p.exports['own'], p.exports['default']], [42, 41, 1, undefined]);
  await p.revert();
  assert.deepEqual([p.exports['a'](), p.exports['b'], p.exports['own']], [1, undefined, 1]);
});
