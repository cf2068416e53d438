/** Classes that a bundler gives a variable of their own before that of their name, as it does once code of one uses its name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const HELPERS = `var __defProp = Object.defineProperty;
var __publicField = (obj, key, value) => __defProp(obj, key, { enumerable: true, configurable: true, writable: true, value });
`;
const OLD = `${HELPERS}var Box = class {
  constructor(x) { this.x = x; }
  show() { return this.x; }
};
__publicField(Box, "version", "1");
exports.make = (x) => new Box(x);
exports.Box = Box;
exports.show = (box) => box.show();
`;
const own = (show: string, alias = 'var Box = _Box;'): string => `${HELPERS}var _Box = class _Box {
  constructor(x) { this.x = x; }
  show() { ${show} }
};
__publicField(_Box, "version", "2");
__publicField(_Box, "MAX", 5);
${alias}
exports.make = (x) => new Box(x);
exports.Box = Box;
exports.show = (box) => box.show();
`;

for (const [name, before] of Object.entries({
  'an expression': OLD,
  'a declaration': OLD.replace('var Box = class {', 'class Box {').replace('};\n__public', '}\n__public'),
}))
  test(`a class that was ${name} goes on where the new one has a variable of its own`, async () => {
    const p = await program({ 'index.js': before }, { 'index.js': own('return Math.min(this.x, _Box.MAX);') });
    const { Box, make } = p.exports;
    const box = make(9);
    await p.apply();
    assert.deepEqual([p.exports['show'](box), p.exports['Box'] === Box, Box.MAX, Box.version], [5, true, 5, '2']);
    assert.deepEqual(p.codes('warning'), []);
    await p.revert();
    assert.deepEqual([p.exports['show'](box), Box.MAX, Box.version], [9, undefined, '1']);
    p.clean();
  });

test('both versions may have such a variable', async () => {
  const p = await program({ 'index.js': own('return this.x > _Box.MAX;') }, { 'index.js': own('return Math.min(this.x, _Box.MAX + 1);') });
  const box = p.exports['make'](9);
  await p.apply();
  assert.equal(p.exports['show'](box), 6);
  assert.deepEqual(p.codes(), ['function-changed']);
  p.clean();
});

const OTHERS: Readonly<Record<string, string>> = {
  'the variable of its name may hold another': own(
    'return Math.min(this.x, _Box.MAX);',
    'var Box = _Box; exports.swap = () => { Box = null; };',
  ),
  'its own may': own('return Math.min(this.x, 5);', 'var Box = _Box; exports.swap = () => { _Box = null; };'),
  'its name is declared twice': own('return Math.min(this.x, 5);', 'var Box = _Box; var Box;'),
  'two variables have it': own('return Math.min(this.x, 5);', 'var Box = _Box; var Also = _Box; exports.also = () => Also;'),
  'the statement does more': own(
    'return Math.min(this.x, 5);',
    'var Box = _Box, more = 1; exports.more = () => more; var _one = 1; var one = _one;',
  ),
  'text that is not here may ask for it': own('return Math.min(this.x, 5);', 'var Box = _Box; exports.run = (code) => eval(code);'),
  'it is a key, too': own('return Math.min(this.x, 5);', 'var Box = _Box; exports.all = () => ({ _Box });'),
  'a function has another of the name': own('return Math.min(this.x, 5);', 'var Box = _Box; exports.other = (Box) => [_Box, Box];'),
};

for (const [name, now] of Object.entries(OTHERS))
  test(`a class is another one where ${name}`, async () => {
    const { patch, verdicts } = await build({ 'index.js': OLD }, { 'index.js': now });
    assert.equal(patch, null);
    assert.ok(verdicts.some(({ code, path }) => code === 'value-replaced' && path === 'Box'));
  });

test('one that a module gives away as it is declared is another one', async () => {
  const old = 'export let Box = class { show() { return 1; } };\nexport const make = () => new Box();\n';
  const now =
    'let _Box = class _Box { show() { return _Box.MAX; } };\n_Box.MAX = 5;\nexport let Box = _Box;\nexport const make = () => new Box();\n';
  const { patch, verdicts } = await build({ 'index.mjs': old }, { 'index.mjs': now });
  assert.equal(patch, null);
  assert.ok(verdicts.some(({ code, path }) => code === 'value-replaced' && path === 'Box'));
});
