/** Properties of the global object under a key that has another value in the new version, such as one with the version in it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const source = (version: string, statement: string, check = 'true'): string => `const VERSION = '${version}';
const KEY = Symbol.for(\`livepatch-test@\${VERSION}/classes\`);
${statement}
const classes = globalThis[KEY];
class Failure extends Error {
  static [Symbol.hasInstance](one) { return ${check} && classes.has(this) && classes.has(one?.constructor) }
}
classes.add(Failure);
exports.Failure = Failure;
exports.KEY = () => KEY;
exports.is = (one) => one instanceof Failure;`;

const FORMS = [
  'globalThis[KEY] ??= new WeakSet();',
  'void (globalThis[KEY] ??= /* @__PURE__ */ new WeakSet());',
  'global[KEY] ||= new WeakSet();',
];
for (const [i, form] of FORMS.entries())
  test(`a property that is set where it is missing is set under the new key as the patch is linked: ${form}`, async () => {
    const p = await program({ 'index.js': source(`1.0.${i}`, form) }, { 'index.js': source(`1.1.${i}`, form, 'one !== 5') });
    const { Failure, is, KEY } = p.exports;
    const old = KEY();
    const before = new Failure('x');
    assert.equal(is(before), true);
    await p.apply();
    assert.deepEqual([is(before), is(new Failure('y')), is(5)], [true, true, false]);
    assert.notEqual(KEY(), old);
    assert.ok(globalThis[KEY() as keyof typeof globalThis]);
    assert.ok(p.codes('warning').includes('initialiser-runs') && !p.codes('warning').includes('computed-at-load'));
    await p.revert();
    assert.deepEqual([KEY(), is(before)], [old, true]);
    p.clean();
  });

test('it is not where the key is the same, the object another one, or where it does more', async () => {
  const others = [
    [source('1', 'globalThis[KEY] ??= make();\nfunction make() { process.emit("x"); return new WeakSet() }'), '1'],
    [
      source('1', 'const own = {}; own[KEY] ??= new WeakSet(); globalThis.lp_own ??= own;').replace(
        '= globalThis[',
        '= globalThis.lp_own[',
      ),
      '1',
    ],
    [source('1', 'globalThis[KEY] &&= new WeakSet();'), '1'],
    [source('1', 'globalThis[Symbol.for(VERSION)] ??= new WeakSet();'), '1'],
    [source('1', 'globalThis[KEY] ??= new WeakSet();').replace('@${VERSION}', ''), '1'],
  ] as const;
  for (const [before] of others) {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': before.replace("VERSION = '1'", "VERSION = '2'") });
    assert.ok(
      verdicts.every(({ reason }) => !reason.includes('property of the global object')),
      before,
    );
  }
});

test('what the program has put there under the old key stays a reason to keep the patch out', async () => {
  const held = (version: string): string => `const KEY = Symbol.for('livepatch-test-held@${version}');
globalThis[KEY] ??= new Map();
const all = globalThis[KEY];
exports.put = (key, value) => all.set(key, value);
exports.get = (key) => all.get(${version === '1' ? 'key' : 'String(key)'});`;
  const p = await program({ 'index.js': held('1') }, { 'index.js': held('2') });
  p.exports['put']('a', 1);
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_DATA' });
  assert.equal(p.exports['get']('a'), 1);
  p.clean();
});
