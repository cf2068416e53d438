/** A default that a compiler gave away as the whole module, and beside which the new version gives away names. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const HELPER = 'function _interopRequireDefault(obj) { return obj && obj.__esModule ? obj : { default: obj }; }';
const begun = "'use strict'; Object.defineProperty(exports, '__esModule', { value: true });";
const FORMS: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'as Babel 6 writes it': [
    `'use strict'; exports.__esModule = true;
function Gen() {} Gen.prototype.text = function (s) { return '<' + s + '>'; };
exports['default'] = Gen;
module.exports = exports['default'];`,
    `'use strict'; exports.__esModule = true; exports.safe = safe;
function safe(s) { return s.replace(/</g, ''); }
function Gen() {} Gen.prototype.text = function (s) { return '<' + safe(s) + '>'; };
exports['default'] = Gen;`,
  ],
  'as Babel 7 writes it': [
    `${begun} exports.default = void 0;
class Gen { text(s) { return '<' + s + '>'; } }
var _default = exports.default = Gen;
module.exports = exports.default;
module.exports.default = exports.default;`,
    `${begun} exports.safe = exports.default = void 0;
const safe = (s) => s.replace(/</g, '');
exports.safe = safe;
class Gen { text(s) { return '<' + safe(s) + '>'; } }
var _default = exports.default = Gen;`,
  ],
  'as Babel 7 writes a function, with a value that is made behind it': [
    `${begun} exports.default = Gen;
function Gen() {} Gen.prototype.text = function (s) { return '<' + s + '>'; };
module.exports = exports.default;
module.exports.default = exports.default;`,
    `${begun} exports.default = Gen; exports.safe = void 0;
function Gen() {} Gen.prototype.text = function (s) { return '<' + safe(s) + '>'; };
var safe = (s) => s.replace(/</g, '');
var given = safe;
exports.safe = given;`,
  ],
};
const use = (more: string): string => `'use strict'; var _gen = require('./gen.js'); var _gen2 = _interopRequireDefault(_gen); ${HELPER}
exports.text = function (s) { return new _gen2['default']().text(s)${more}; };`;
const main = "exports.use = require('./use.js'); exports.Gen = require('./gen.js');";

for (const [what, [before, after]] of Object.entries(FORMS))
  test(`${what}: it goes on, and has the names`, async () => {
    const p = await program(
      { 'index.js': main, 'gen.js': before, 'use.js': use('') },
      { 'gen.js': after, 'use.js': use(" + _gen.safe('<b')") },
    );
    const { use: user, Gen } = p.exports as unknown as { use: { text(s: string): string }; Gen: new () => { text(s: string): string } };
    const made = new Gen();
    assert.equal(user.text('<a'), '<<a>');
    await p.apply();
    assert.equal(user.text('<a'), '<a>b');
    assert.equal(made.text('<a'), '<a>');
    assert.equal(new Gen().text('<a'), '<a>');
    await p.revert();
    assert.equal(user.text('<a'), '<<a>');
  });

const [before, after] = FORMS['as Babel 6 writes it']!;
const NOT: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'a name that every function has': [before, after.replace('exports.safe = safe', 'exports.name = safe')],
  'a name that the function has already': [before, `${after} Gen.safe = 1;`],
  'a default that is taken back': [before, `${after} exports.other = exports['default'] = void 0;`],
  'code that uses the exports': [before, `${after} exports.all = Object.keys(exports);`],
  'a name that is computed': [
    before,
    after
      .replace('exports.safe = safe', 'exports.safe = make()')
      .replace('function safe', 'function make() { return safe; } function safe'),
  ],
};
for (const [what, [was, is]] of Object.entries(NOT))
  test(`${what}: it is refused`, async () => {
    const { verdicts } = await build(
      { 'index.js': main, 'gen.js': was, 'use.js': use('') },
      { 'index.js': main, 'gen.js': is, 'use.js': use('') },
    );
    assert.ok(
      verdicts.some(({ code, verdict }) => code === 'value-replaced' && verdict === 'refused'),
      verdicts.map(({ code, reason }) => `${code} ${reason}`).join('\n'),
    );
  });
