/** A statement at the top level that differs only in the version of the package: it has run, and goes by the old one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const manifest = (version: string): string => `{ "name": "p", "version": "${version}", "main": "index.js" }`;
const register = "const bus = new (require('node:events'))(); const seen = []; bus.on('x', (...given) => seen.push(...given));";

/** What the report says of `source`, in which `$` is the version and `%` a number that goes up. */
async function verdictsOn(source: string, from = '1.2.3', to = '1.3.0'): Promise<{ readonly line: number; readonly code: string }[]> {
  const text = (version: string, n: number): string =>
    `${register}\n${source.replaceAll('$', version).replaceAll('%', String(n))}\nexports.f = () => ${n}; exports.seen = () => seen;`;
  const [a, b] = [text(from, 1), text(to, 2)];
  const { verdicts } = await build({ 'index.js': a, 'package.json': manifest(from) }, { 'index.js': b, 'package.json': manifest(to) });
  return verdicts.filter(({ code }) => code !== 'function-changed').map(({ line, code }) => ({ line, code }));
}

test('a call that was given the version', async () => {
  const source = (version: string, n: number): string =>
    `${register}\nbus.emit('x', { version: '${version}', find: (x) => x + ${n} }, 'p v${version}');\nexports.seen = seen;`;
  const p = await program(
    { 'index.js': source('1.2.3', 1), 'package.json': manifest('1.2.3') },
    { 'index.js': source('1.3.0', 2), 'package.json': manifest('1.3.0') },
  );
  await p.apply();
  const [given, text] = p.exports['seen'];
  assert.deepEqual([given.version, given.find(1), text], ['1.2.3', 3, 'p v1.2.3']);
  const said = p.report.verdicts.filter(({ verdict }) => verdict !== 'carried');
  assert.deepEqual(
    said.map(({ code, line }) => [code, line]),
    [['computed-at-load', 2]],
  );
});

test('a call whose literal has the version and gains a member', async () => {
  const source = (version: string, more: string): string =>
    `const lib = {}; Object.assign(Object(lib), { version: '${version}', f() { return 1 }${more} });\nmodule.exports = lib;`;
  const p = await program(
    { 'index.js': source('1.2.3', ''), 'package.json': manifest('1.2.3') },
    { 'index.js': source('1.3.0', ', g() { return 2 }'), 'package.json': manifest('1.3.0') },
  );
  await p.apply();
  assert.deepEqual([p.exports['version'], p.exports['g']()], ['1.2.3', 2]);
  assert.ok(p.codes('warning').includes('computed-at-load'));
});

test('a module of a bundle that says the version', async () => {
  const source = "const all = { './a': function (module, exports) { exports.f = () => %; exports.version = '$'; } };\nexports.all = all;";
  assert.deepEqual(await verdictsOn(source), [{ line: 2, code: 'computed-at-load' }]);
});

test('what is more than the version is refused as ever', async () => {
  for (const [source, from] of [
    ["bus.emit('x', '$', %);"],
    ["bus.emit('x', '%.0.0');"],
    ["bus.emit('x', '^$');"],
    ["bus.emit('x', '11.$');"],
    ["bus.emit('x', '$.1');"],
    ["bus.emit('x', '$-rc.%');"],
    ["bus.emit('x', require.resolve('./$.js'));"],
    ["bus.emit('x', '$');", '1'],
  ] as const)
    assert.deepEqual(await verdictsOn(source, from), [{ line: 2, code: 'statement-changed' }], source);
  const emit = (...given: string[]): string =>
    `${register}\n${given.map((text) => `bus.emit('x', '${text}');`).join('\n')}\nexports.seen = seen;`;
  const moved = await build(
    { 'index.js': emit('a', 'b'), 'package.json': manifest('1.2.3') },
    { 'index.js': emit('b', 'a'), 'package.json': manifest('1.3.0') },
  );
  assert.deepEqual(
    moved.verdicts.map(({ code }) => code),
    ['statement-changed'],
  );
});
