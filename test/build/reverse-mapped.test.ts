/** Enumerations of numbers as compilers emit them, that change: a member in the middle gives those behind it other numbers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const member = (name: string, number: number | string): string => `E[E["${name}"] = ${number}] = "${name}";`;
const numbered = (...names: readonly string[]): string => names.map(member).join(' ');
const FORMS: Readonly<Record<string, (members: string) => string>> = {
  TypeScript: (members) => `var E; (function (E) { ${members} })(E || (exports.E = E = {}));`,
  'TypeScript, not exported': (members) => `var E; (function (E) { ${members} })(E || (E = {})); exports.of = () => E;`,
  esbuild: (members) => `var E = ((E2) => { ${members.replaceAll('E[', 'E2[')} return E2; })(E || {}); exports.E = E;`,
  Babel: (members) => `var E = /*#__PURE__*/function (E) { ${members} return E; }(E || {}); exports.E = E;`,
};

for (const [compiler, form] of Object.entries(FORMS)) {
  test(`a member comes in the middle: ${compiler}`, async () => {
    const p = await program(
      { 'index.js': `${form(numbered('A', 'B', 'C'))} exports.f = (n) => [E.A, E[n]];` },
      { 'index.js': `${form(numbered('A', 'N', 'B', 'C'))} exports.f = (n) => [E.N, E[n]];` },
    );
    const all = p.exports['E'] ?? p.exports['of']();
    assert.deepEqual(p.codes('warning'), []);
    await p.apply();
    assert.deepEqual(all, { 0: 'A', 1: 'N', 2: 'B', 3: 'C', A: 0, N: 1, B: 2, C: 3 });
    assert.deepEqual(p.exports['f'](3), [1, 'C']);
    await p.revert();
    assert.deepEqual(all, { 0: 'A', 1: 'B', 2: 'C', A: 0, B: 1, C: 2 });
    assert.deepEqual(p.exports['f'](3), [0, undefined]);
  });
}

test('two members have one number: what the source says last stands there', async () => {
  const form = FORMS['TypeScript']!;
  const p = await program(
    { 'index.js': `${form(`${member('A', 1)} ${member('B', 2)} ${member('C', 2)}`)} exports.f = () => E.A;` },
    { 'index.js': `${form(`${member('A', 2)} ${member('B', -1)} ${member('C', 2)}`)} exports.f = () => E.A + 0;` },
  );
  await p.apply();
  assert.deepEqual({ ...p.exports['E'] }, { 1: 'A', 2: 'C', A: 2, B: -1, C: 2, '-1': 'B' });
  await p.revert();
  assert.deepEqual(p.exports['E'], { 1: 'A', 2: 'C', A: 1, B: 2, C: 2 });
});

test('a property that is set twice ends as the last says, where what comes first has changed', async () => {
  const p = await program(
    { 'index.js': 'const a = {}; a.x = 1; a.x = 2; exports.a = a; exports.y = 1; exports.y = 2; exports.f = () => 1;' },
    { 'index.js': 'const a = {}; a.x = 3; a.x = 2; exports.a = a; exports.y = 3; exports.y = 2; exports.f = () => 2;' },
  );
  await p.apply();
  assert.deepEqual([p.exports['a'].x, p.exports['y'], p.exports['f']()], [2, 2, 2]);
  await p.revert();
});

test('an enumeration that has another name goes on, with what has changed in it', async () => {
  const source = (name: string, members: string, most: string): string =>
    `var ${name}; (function (${name}) { ${members.replaceAll('E[', `${name}[`)} })(${name} || (${name} = {}));
exports.is = (n) => n ${most} ${name}.A && n <= ${name}.B; exports.all = () => ${name};`;
  const old = source('Codes', numbered('A', 'B'), '>');
  const same = await program({ 'index.js': old }, { 'index.js': source('Code', numbered('A', 'B'), '>=') });
  assert.deepEqual(same.codes('warning'), []);
  const all = same.exports['all']();
  await same.apply();
  assert.deepEqual([same.exports['is'](0), same.exports['all']() === all], [true, true]);
  await same.revert();
  assert.equal(same.exports['is'](0), false);
  const more = await program({ 'index.js': old }, { 'index.js': source('Code', numbered('A', 'N', 'B'), '>=') });
  await more.apply();
  assert.deepEqual([more.exports['is'](2), more.exports['all']()], [true, { 0: 'A', 1: 'N', 2: 'B', A: 0, N: 1, B: 2 }]);
  await more.revert();
  assert.deepEqual(more.exports['all'](), { 0: 'A', 1: 'B', A: 0, B: 1 });
});

test('what is no such member, or has a number that nothing tells, has run', async () => {
  const source = (statement: string): string =>
    `var F = {}; var E; (function (E) { ${statement} })(E || (exports.E = E = {})); exports.f = () => F.A;`;
  for (const [old, now] of [
    ['E[E["A"] = "x".length] = "A";', 'E[E["A"] = "xy".length] = "A";'],
    ['E[F["A"] = 1] = "A";', 'E[F["A"] = 2] = "A";'],
    ['E[E["A"] = 1] = F;', 'E[E["A"] = 2] = F;'],
    ['E[E["A"] = 1] += "A";', 'E[E["A"] = 2] += "A";'],
  ] as const) {
    const { verdicts } = await build({ 'index.js': source(old) }, { 'index.js': source(now) });
    assert.ok(
      verdicts.some(({ code, verdict }) => code === 'statement-changed' && verdict === 'refused'),
      old,
    );
  }
});

test('what was computed from all members stays, which is said', async () => {
  const source = (members: string): string =>
    `${FORMS['TypeScript']!(members)} const names = Object.keys(E); exports.f = () => [names, E.A];`;
  for (const [old, now] of [
    [numbered('A', 'B'), numbered('A', 'N', 'B')],
    ['E["A"] = "a";', 'E["A"] = "a"; E["N"] = "n";'],
  ] as const) {
    const { verdicts } = await build({ 'index.js': source(old) }, { 'index.js': source(now) });
    assert.ok(verdicts.some(({ code, path }) => code === 'computed-at-load' && path === 'names'));
  }
});
