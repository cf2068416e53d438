/** Names that class expressions have for themselves, as bundlers write them where a class uses its own: `var Box = class _Box {…}`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const module = (name: string, holder: string, body: string, around = ''): string =>
  `var ${holder} = class${name} { #x; static kind = 'box'; constructor(x) { this.#x = x; } get x() { return this.#x; } ${body} };
${around}
exports.make = (x) => new ${holder}(x);
exports.copy = (one) => one.copy();
exports.Box = ${holder};
`;
const OLD = module('', 'Box', 'copy() { return null; }');

const WAYS: Readonly<Record<string, readonly [before: string, now: string]>> = {
  'the class has a name now': [OLD, module(' _Box', 'Box', 'copy() { return new _Box(_Box.kind + this.#x); }')],
  'a private member is asked for': [
    OLD,
    module(' _Box', 'Box', 'copy() { return new _Box(#x in this && [this].map((one) => _Box.kind + one.#x)[0]); }'),
  ],
  'its variable has another name, too': [OLD, module(' _Box', 'Box2', 'copy() { return new _Box(_Box.kind + this.#x); }')],
  'the module has another variable of that name': [
    `var _Box = 5;\n${OLD}exports.other = _Box;`,
    `var _Box = 5;\n${module(' _Box', 'Box', 'copy() { return new _Box(_Box.kind + this.#x); }')}exports.other = _Box;`,
  ],
  'it had the name, which is one of the module as well': [
    `var _Box = 5;\n${module(' _Box', 'Box', 'copy() { return _Box && null; }')}exports.other = _Box; exports.swap = () => { Box = 1; };`,
    `var _Box = 5;\n${module(' _Box', 'Box', 'copy() { return new _Box(_Box.kind + this.#x); }')}exports.other = _Box; exports.swap = () => { Box = 1; };`,
  ],
  'it was declared': [
    OLD.replace('var Box = class {', 'class Box {'),
    module(' _Box', 'Box', 'copy() { return new _Box(_Box.kind + this.#x); }'),
  ],
  'it had another name': [
    module(' _Box', 'Box', 'copy() { return _Box && null; }'),
    module(' _Box2', 'Box', 'copy() { return new _Box2(_Box2.kind + this.#x); }'),
  ],
};

for (const [name, [before, now]] of Object.entries(WAYS))
  test(`new code of a class means the running one by its own name: ${name}`, async () => {
    const p = await program({ 'index.js': before }, { 'index.js': now });
    const made = p.exports['make']('1');
    await p.apply();
    const copy = p.exports['copy'](made);
    assert.ok(copy instanceof p.exports['Box']);
    assert.equal(copy.x, 'box1');
    await p.revert();
    assert.equal(p.exports['copy'](made), null);
    p.clean();
  });

const SWAP = 'exports.swap = () => { Box = class {}; };';
const LOST: Readonly<Record<string, readonly [hidden: string, old: string, now: string]>> = {
  'the variable may hold another class by now': ['', SWAP, 'exports.swap = () => {};'],
  'the variable gets another class in the new version': ['', 'exports.swap = () => {};', SWAP],
  'a name of the method hides the variable': ['var Box = 1;', '', ''],
};

for (const [name, [hidden, old, now]] of Object.entries(LOST))
  test(`the patch is refused where ${name}`, async () => {
    const before = module('', 'Box', 'copy() { return null; }', old);
    const after = module(' _Box', 'Box', `copy() { ${hidden} return new _Box(this.#x); }`, now);
    const { patch, verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    assert.equal(patch, null);
    assert.ok(verdicts.some(({ code, path }) => /out-of-reach/.test(code) && path === 'Box#copy'));
  });

test('a class that is declared by another name is the running one by that name', async () => {
  const text = (name: string, copy: string): string => `class ${name} { constructor(x) { this.x = x; } copy() { return ${copy}; } }
exports.make = (x) => new ${name}(x);
exports.Box = ${name};
`;
  const p = await program({ 'index.js': text('Box', 'null') }, { 'index.js': text('Crate', 'new Crate(this.x + 1)') });
  const made = p.exports['make'](1);
  await p.apply();
  assert.ok(made.copy() instanceof p.exports['Box']);
  assert.equal(made.copy().x, 2);
  p.clean();
});

test('where calls make such classes, one that exists is not made over again to be called by that name', async () => {
  const text = (name: string, body: string): string =>
    `exports.make = (x) => { var Box = class${name} { constructor() { this.x = x; } copy() { ${body} } }; return new Box(); };`;
  const { verdicts } = await build({ 'index.js': text('', 'return null;') }, { 'index.js': text(' _Box', 'return new _Box();') });
  assert.ok(verdicts.some(({ code, path }) => code === 'closure-stranded' && path.endsWith('#copy')));
  assert.ok(!verdicts.some(({ code }) => code === 'capture-derived'));
});
