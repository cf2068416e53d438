/** Statements and calls that are the same but for the functions that they are given: one that is put among them is no other, and what is called in order is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const APP = `const app = {
  all: [],
  use(f) { this.all.push(f) },
  on(name, f) { this.all.push(f) },
  run(n) { return this.all.reduce((value, f) => f(value), n) },
};
exports.app = app;\n`;

test('a statement among others that are given other functions is the one that is new', async () => {
  const before = `${APP}app.use((n) => n + 1);\napp.use((n) => n * 2);`;
  const after = before.replace('app.use((n) => n * 2)', 'app.use((n) => n - 3);\napp.use((n) => n * 2)');
  const p = await program({ 'index.js': before }, { 'index.js': after });
  assert.deepEqual(p.codes().toSorted(), ['computed-at-load', 'table-filled']);
  await p.apply();
  // Each once: the new one behind those that were there.
  assert.equal(p.exports['app'].run(5), (5 + 1) * 2 - 3);
  await p.revert();
  assert.equal(p.exports['app'].run(5), (5 + 1) * 2);
  p.clean();
});

test('what is added behind all others is where it belongs', async () => {
  const before = `${APP}app.use((n) => n + 1);`;
  const p = await program({ 'index.js': before }, { 'index.js': `${before}\napp.use((n) => n * 2);` });
  assert.deepEqual(p.codes('warning'), []);
  await p.apply();
  assert.equal(p.exports['app'].run(5), 12);
  p.clean();
});

/** What is said of a statement that is put ahead of another. */
const AHEAD: Readonly<Record<string, readonly [before: string, added: string, codes: readonly string[]]>> = {
  'under the same name': ["app.on('end', (n) => n + 1);", "app.on('end', (n) => n - 3);", ['computed-at-load']],
  'under another name': ["app.on('end', (n) => n + 1);", "app.on('start', (n) => n - 3);", []],
  'by another method': ["app.on('end', (n) => n + 1);", 'app.use((n) => n - 3);', []],
};

for (const [what, [before, added, codes]] of Object.entries(AHEAD))
  test(`what comes ahead of others in the source is told of where order matters: ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': APP + before }, { 'index.js': `${APP}${added}\n${before}` });
    assert.deepEqual(
      verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code }) => code),
      codes,
    );
  });

const MAKER = `exports.make = () => {
  const all = [];
  const app = { use(f) { all.push(f) }, run: (n) => all.reduce((value, f) => f(value), n) };
  app.use((n) => n + 1);
  app.use((n) => n * 2);
  return app;
};`;

test('one more function that is given away is told of, though the calls look the same', async () => {
  const after = MAKER.replace('app.use((n) => n * 2)', 'app.use((n) => n - 3);\n  app.use((n) => n * 2)');
  const { verdicts } = await build({ 'index.js': MAKER }, { 'index.js': after });
  assert.ok(verdicts.some(({ code, path }) => code === 'set-up-kept' && path === 'exports.make'));
});

test('functions that are given away in the same calls, with other code, are carried', async () => {
  const p = await program({ 'index.js': MAKER }, { 'index.js': MAKER.replace('n * 2', 'n * 3').replace('n + 1', 'n + 2') });
  assert.deepEqual(p.codes('warning'), []);
  const app = p.exports['make']();
  await p.apply();
  assert.equal(app.run(5), 21);
  p.clean();
});
