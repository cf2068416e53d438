/** Functions and classes that the new version calls otherwise: what others hold goes on, with all that is put on it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';
import type { Exports } from './harness.ts';

type Made = ((kind: string) => unknown) & Exports;

/** A class, by the name that the module has for it. */
const ways: Record<string, (name: string, version: number) => string> = {
  'a function with a prototype': (name, version) => `function ${name}(n) { this.n = n }
${name}.prototype.say = function () { return ${version} };
${version === 2 ? `${name}.prototype.more = () => 3;` : ''}`,
  'a variable with a function': (name, version) => `var ${name} = function (n) { this.n = n };
${name}.prototype.say = function () { return ${version} };
${version === 2 ? `${name}.prototype.more = () => 3;` : ''}`,
  'a class as a compiler writes it': (name, version) => `var ${name} = (function () {
  function ${name}(n) { this.n = n }
  ${name}.prototype.say = function () { return ${version} };
  ${version === 2 ? `${name}.prototype.more = () => 3;` : ''}
  return ${name};
}());`,
  'a class': (name, version) => `class ${name} {
  constructor(n) { this.n = n }
  say() { return ${version} }
  ${version === 2 ? 'more() { return 3 }' : ''}
}`,
};

for (const [way, text] of Object.entries(ways))
  for (const whole of ['module.exports', 'exports.Given'])
    test(`${way} under another name, given away as ${whole}`, async () => {
      const of = (name: string, version: number): string => `${text(name, version)}
${name}.of = (n) => new ${name}(n + ${version});
${whole} = ${name};`;
      const p = await program({ 'index.js': of('Box', 1) }, { 'index.js': of('Chest', 2) });
      const Given = p.exports['Given'] ?? p.exports;
      const { of: make } = Given;
      const made = new Given(1);
      await p.apply();
      assert.deepEqual([made.say(), made.more(), make(1).n, make(1) instanceof Given], [2, 3, 3, true]);
      assert.equal(p.load('index.js')['Given'] ?? p.load('index.js'), Given);
      await p.revert();
      assert.deepEqual([made.say(), made.more, make(1).n], [1, undefined, 2]);
    });

const named = (name: string, body: string): string => `function ${name}(kind) { return ${body} }`;

test('what the module gives away without a name, or under another one besides', async () => {
  const after = `module.exports = build.build = build;
${named('build', "kind + ' of 2'")}
build.again = (kind) => build(kind) + '!';`;
  for (const before of [
    `module.exports = ${named('make', "kind + ' of 1'")};\nmodule.exports.again = (kind) => module.exports(kind);`,
    `var make = module.exports = ${named('build', "kind + ' of 1'")};\nmake.again = (kind) => make(kind);`,
  ]) {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    assert.equal(p.codes().includes('statement-removed'), false);
    const make = p.exports as unknown as Made;
    const { again } = make;
    await p.apply();
    assert.deepEqual([make('A'), again('A'), make['again'] === again, make['build'] === make], ['A of 2', 'A of 2!', true, true]);
    await p.revert();
    assert.deepEqual([make('A'), again('A'), make['build']], ['A of 1', 'A of 1', undefined]);
  }
});

test('a name of what the module gives away that stands for something else by now', async () => {
  const p = await program(
    { 'index.js': `var make = module.exports = ${named('', '1')};\nmake.drop = () => { make = null };` },
    { 'index.js': `${named('build', '2')}\nmodule.exports = build;\nbuild.kind = 1;\nbuild.drop = () => build;` },
  );
  p.exports['drop']();
  await p.apply();
  const make = p.exports as unknown as Made;
  assert.deepEqual([make(''), make['kind'], make['drop']() === make], [2, 1, true]);
});

test('what a function that is called in place computes, or of which it makes a class', async () => {
  const computed = (name: string, value: number): string =>
    `var ${name} = (function () { return ${value} })();\nexports.get = () => ${name};`;
  const p = await program({ 'index.js': computed('one', 1) }, { 'index.js': computed('two', 2) });
  await p.apply();
  assert.equal(p.exports['get'](), 2);
  const waits = (name: string, value: number): string => `var ${name} = (async () => ${value})();\nexports.get = () => ${name};`;
  const r = await program({ 'index.js': waits('one', 1) }, { 'index.js': waits('two', 2) });
  await r.apply();
  assert.equal(await r.exports['get'](), 2);
  const made = (name: string, of: string): string => `class One {}
class Two {}
var ${name} = (function (Base) {
  class ${name} extends Base {}
  return ${name};
})(${of});
exports.make = () => new ${name}();
exports.isTwo = (it) => it instanceof Two;`;
  const q = await program({ 'index.js': made('Box', 'One') }, { 'index.js': made('Chest', 'Two') });
  if (q.report.patch) await q.apply();
  assert.equal(q.report.patch === null || q.exports['isTwo'](q.exports['make']()), true);
});

test('a module that gives what has another name away as it did, and under one name more', async () => {
  const of = (name: string, version: number, more: string): string => `var ${name} = (function () {
  function ${name}() {}
  ${name}.prototype.say = () => ${version};
  return ${name};
}());
export { ${name} as Given };
export const make = () => new ${name}();
${more}`;
  const p = await program({ 'index.mjs': of('Box', 1, '') }, { 'index.mjs': of('Chest', 2, '') });
  assert.deepEqual(p.codes(), ['function-changed', 'function-changed']);
  const made = p.exports['make']();
  await p.apply();
  assert.deepEqual([made.say(), made instanceof p.exports['Given']], [2, true]);
  const q = await program(
    { 'index.js': 'const list = [];\nexports.put = (one) => list.push(one);' },
    { 'index.js': 'const all = [];\nexports.put = (one) => all.push(one);\nexports.all = all;' },
  );
  q.exports['put'](1);
  await q.apply();
  assert.deepEqual(q.exports['all'], [1]);
});

test('what is taken out of a class is no other name of it', async () => {
  const of = (name: string, more: string): string =>
    `const { ${name} } = class { static one = 5; static two = 6; say() { return ${more} } };\nexports.get = () => ${name};`;
  const p = await program({ 'index.js': of('one', '1') }, { 'index.js': of('two', '2') });
  await p.apply();
  assert.equal(p.exports['get'](), 6);
});

test('the old name stands for something else where the new one is used', async () => {
  const p = await program(
    { 'index.js': `${named('make', '1')}\nexports.make = make;\nexports.twice = (kind) => [make(kind), make(kind)];` },
    { 'index.js': `${named('build', '2')}\nexports.make = build;\nexports.twice = (make) => [build(make), make];` },
  );
  await p.apply();
  assert.deepEqual([p.exports['make'](0), p.exports['twice'](5)], [2, [2, 5]]);
});

test('a function that waits and one in its place that does not: new code gets no promise', async () => {
  const p = await program(
    { 'index.js': `async ${named('make', '1')}\nexports.make = make;\nexports.twice = async (kind) => [await make(kind), 0];` },
    { 'index.js': `${named('build', '2')}\nexports.make = build;\nexports.twice = (kind) => [build(kind), 0];` },
  );
  const { make } = p.exports;
  await p.apply();
  assert.deepEqual([await make(0), p.exports['make'](0), p.exports['twice'](0)], [2, 2, [2, 0]]);
  const q = await program(
    { 'index.js': `module.exports = async ${named('make', '1')};` },
    { 'index.js': `${named('build', '2')}\nmodule.exports = build;\nbuild.twice = (kind) => [build(kind), 0];` },
  );
  await q.apply();
  assert.deepEqual(q.exports['twice']?.(0) ?? [2, 0], [2, 0]);
});

test('a variable that stands for what is given away, as Babel writes it', async () => {
  const box = (version: number, name = 'Box'): string => `function ${name}() {}\n${name}.prototype.say = () => ${version};`;
  const plain = (version: number): string => `exports.default = Box;\n${box(version)}`;
  const babel = (version: number, name = 'Box'): string =>
    `exports.default = void 0;\nvar _default = ${name};\nexports.default = _default;\n${box(version, name)}`;
  for (const [before, after] of [
    [plain(1), babel(2)],
    [babel(1), plain(2)],
    [plain(1), babel(2, 'Chest')],
  ] as const) {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    assert.equal(p.codes().includes('export-changed'), false);
    const Box = p.exports['default'];
    const made = new Box();
    await p.apply();
    assert.deepEqual([made.say(), p.exports['default'] === Box], [2, true]);
  }
  for (const now of [
    'var _default = Box;\n_default = null;\nexports.default = _default;',
    'exports.default = _default;\nvar _default = Box;',
  ]) {
    const q = await program({ 'index.js': `exports.default = Box;\n${box(1)}` }, { 'index.js': `${now}\n${box(2)}` });
    assert.equal(q.report.patch, null, now);
  }
});

test('a function that has another name besides is told by its own', async () => {
  const of = (name: string, version: number): string =>
    `${named(name, String(version))}\nconst ${name}Too = ${name};\n${name}.twice = () => [${name}Too(), ${name}()];\n${name}.of${version} = ${version};\nexports.make = ${name};`;
  const p = await program({ 'index.js': of('make', 1) }, { 'index.js': of('build', 2) });
  const { make } = p.exports;
  await p.apply();
  assert.deepEqual([make.twice(), make.of2, p.exports['make'] === make], [[2, 2], 2, true]);
});
