/** Methods of object literals that say `super`: new code means what the object that runs inherits from. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const files = (body: string, proto = 'Base', more = ''): Record<string, string> => ({
  'index.js': `const Base = { say(text) { return 'base ' + text + this.mark }, get last() { return 'last' + this.mark } };
const Own = { __proto__: ${proto}, mark: '.', say(text) { ${body} }, read(text) { return text } };${more}
exports.Own = Own;
`,
});

test('new code finds a method, a getter and what arrow functions find there, also of who holds the method and of objects that inherit it', async () => {
  const p = await program(
    files('return super.say(text);'),
    files('const all = () => super.last; return [super.say(text + "!"), all(), super["say"]("x")].join();'),
  );
  const { Own } = p.exports;
  const [held, heir] = [Own.say, { __proto__: Own, mark: '?' } as unknown as { say(text: string): string }];
  assert.equal(Own.say('a'), 'base a.');
  await p.apply();
  assert.equal(Own.say('a'), 'base a!.,last.,base x.');
  assert.equal(held.call({ mark: '+' }, 'a'), 'base a!+,last+,base x+');
  assert.equal(heir.say('a'), 'base a!?,last?,base x?');
  await p.revert();
  assert.equal(heir.say('a'), 'base a?');
  p.clean();
});

test('a method that said no super, of an object that was given another prototype', async () => {
  const other = "\nObject.setPrototypeOf(Own, { say: (text) => 'other ' + text });";
  const p = await program(files('return text;', 'Base', other), files('return super.say(text);', 'Base', other));
  await p.apply();
  assert.equal(p.exports.Own.say('a'), 'other a');
  await p.revert();
  assert.equal(p.exports.Own.say('a'), 'a');
});

for (const [what, before, after] of [
  ['the new version inherits from another object', files('return text;'), files('return super.say(text);', 'Other', ' const Other = {};')],
  [
    'the variable is given another object',
    { 'index.js': 'let own = { read() { return super.toString() } }; exports.set = () => { own = null }; exports.get = () => own;\n' },
    { 'index.js': 'let own = { read() { return super.toString() + 1 } }; exports.set = () => { own = null }; exports.get = () => own;\n' },
  ],
  [
    'each call makes one',
    { 'index.js': 'exports.make = () => { const own = { read() { return super.toString() } }; return own };\n' },
    { 'index.js': 'exports.make = () => { const own = { read() { return super.toString() + 1 } }; return own };\n' },
  ],
] as const)
  test(`it stays refused where ${what}`, async () => {
    const { verdicts } = await build(before, after);
    assert.ok(
      verdicts.some(({ code, verdict }) => code === 'super-out-of-reach' && verdict === 'refused'),
      JSON.stringify(verdicts),
    );
  });
