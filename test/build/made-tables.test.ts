/** Tables that a literal and further statements make, of which one changed: the one that is there changes in place, for new code as well. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';
import type { Exports } from './harness.ts';

const FRAME = `function merge(to, ...all) { for (const from of all) for (const key in from) to[key] = from[key]; return to }
const lib = { x: 1, y: { n: 0 }, w: 1, list: [1] };
function put(key, value) { lib[key] = value; }
`;
const SHOW = 'const show = () => [lib.x, lib.z, JSON.stringify(lib.y), lib.w, lib.list.join()];';

const fills: Readonly<Record<string, (v: number) => string>> = {
  'a loop': (v) => `for (const key of ['y']) lib[key] = ${v};`,
  'a loop over names': (v) => `for (const key in { y: 1 }) lib[key] = ${v};`,
  'a call': (v) => `merge(lib, { y: ${v} });`,
  'a function that knows it': (v) => `put('y', ${v});`,
  'what a property gets, and gets put on it': (v) => `lib.y = merge({}, { n: ${v} }); merge(lib.y, { p: 3 });`,
  'a list in it': (v) => `lib.list.push(${v});`,
  'names of a constant': (v) => `const names = ['y']; const given = [${v}]; for (const key of names) lib[key] = given[0];`,
  'a statement that is new': (v) => (v === 1 ? '' : `merge(lib, { y: 2 });`),
  'a statement that has gone': (v) => (v === 1 ? `merge(lib, { y: 1 });` : ''),
  'a branch': (v) => `if (process.platform) { lib.y = ${v}; } else { lib.y = 0; }`,
};
const holders: Readonly<Record<string, readonly [give: string, take: (exports: Exports) => Exports]>> = {
  'as all of the module': ['module.exports = lib; lib.show = show;', (exports) => exports],
  'by a name': ['module.exports = { lib, show };', ({ lib }) => lib as Exports],
  'by a function': ['module.exports = { show, own: () => lib };', (exports) => exports['own']() as Exports],
  'to who calls a function': [
    'module.exports = { show, each: (visit) => visit(lib) };',
    (exports) => exports['each']((all: Exports) => all) as Exports,
  ],
};

for (const [what, fill] of Object.entries(fills))
  for (const [how, [give, take]] of Object.entries(holders))
    test(`filled by ${what}, given away ${how}`, async () => {
      const source = (v: number): string => `${FRAME}${fill(v)}\n${SHOW.replace('[lib.x', `[${v}, lib.x`)}\n${give}`;
      const p = await program({ 'index.js': source(1) }, { 'index.js': source(2) });
      assert.deepEqual(p.codes('warning'), []);
      const { show } = p.exports as { show: () => unknown[] };
      const lib = take(p.exports);
      lib['x'] = 'own';
      lib['z'] = 'more';
      const was = show();
      await p.apply();
      // What a program that starts anew makes of it.
      // oxlint-disable-next-line typescript/no-implied-eval -- the same text without a patch
      const fresh = new Function('module', `${source(2)}; return show();`)({}) as unknown[];
      assert.deepEqual(show(), fresh.with(1, 'own').with(2, 'more'));
      assert.equal(take(p.exports), lib);
      lib['w'] = 'later';
      assert.equal(show()[4], 'later');
      await p.revert();
      assert.deepEqual(show(), was.with(4, 'later'));
    });

for (const [what, source, wanted] of [
  ['a map', (v: number) => `const lib = new Map([['a', 1]]); for (const k of ['y']) lib.set(k, ${v}); const show = () => [...lib];`],
  ['a set', (v: number) => `const lib = new Set(['a']); for (const k of ['y${v}']) lib.add(k); const show = () => [...lib];`],
  ['a list', (v: number) => `const lib = ['a']; for (const k of ['y${v}']) lib.push(k); const show = () => [...lib];`],
  [
    'functions that stand there',
    (v: number) =>
      `const lib = { f: () => ${v} }; merge(lib, { g() { return ${v} }, n: ${v} }); const show = () => [lib.f(), lib.g(), lib.n];`,
  ],
  [
    'another function of the module',
    (v: number) =>
      `const one = () => 1, two = () => 2; const lib = {}; merge(lib, { f: ${v === 1 ? 'one' : 'two'} }); const show = () => [lib.f()];`,
  ],
  [
    'functions that hold what is another value',
    (v: number) => `const lib = {}; for (const n of [${v}]) lib.f = () => n; const show = () => [lib.f()];`,
    ['value-copied'],
  ],
  [
    'functions that a call makes',
    (v: number) => `const lib = {}; function add(key, n) { lib[key] = () => n; } add('f', ${v}); const show = () => [lib.f()];`,
    ['value-copied'],
  ],
  [
    'classes',
    (v: number) =>
      `const lib = {}; merge(lib, { A: class { f() { return ${v} } }, n: ${v} }); const show = () => [new lib.A().f(), lib.n];`,
  ],
  [
    'two that refer to one object',
    (v: number) =>
      `const lib = {}, other = {}; for (const k of ['x']) { lib[k] = { n: ${v} }; other[k] = lib[k]; } const show = () => [lib.x.n, other.x.n, lib.x === other.x];`,
  ],
  [
    'itself',
    (v: number) =>
      `const lib = {}; for (const k of ['x']) { lib[k] = ${v}; lib.self = lib; } const show = () => [lib.self.x, lib.self === lib];`,
  ],
  [
    'what only the new version has',
    (v: number) =>
      v === 1
        ? "const lib = {}; for (const k of ['x']) lib[k] = 1; const show = () => [lib.x];"
        : "const lib = {}; const more = [5]; const double = (n) => n * 2; for (const k of ['x']) lib[k] = double(more[0]); const show = () => [lib.x];",
  ],
] as const)
  test(`with ${what}`, async () => {
    const merge = FRAME.split('\n', 1)[0]!;
    const text = (v: number): string => `${merge}\n${source(v)}\nmodule.exports = { lib, show };`;
    const p = await program({ 'index.js': text(1) }, { 'index.js': text(2) });
    const { show, lib } = p.exports as { show: () => unknown[]; lib: unknown };
    const was = show();
    assert.deepEqual(p.codes('warning'), wanted ?? []);
    await p.apply();
    // oxlint-disable-next-line typescript/no-implied-eval -- the same text without a patch
    const fresh = new Function('module', `${text(2)}; return show();`)({}) as unknown[];
    assert.deepEqual(show(), fresh);
    assert.equal(p.exports['lib'], lib);
    await p.revert();
    assert.deepEqual(show(), was);
  });

const loop = (v: number): string => `const lib = { a: 1 };\nfor (const key of ['y']) lib[key] = ${v};\nmodule.exports = { lib};`;

test('where the program has put something in the same place, nothing is changed', async () => {
  const p = await program({ 'index.js': loop(1) }, { 'index.js': loop(2) });
  p.exports['lib'].y = 'own';
  await assert.rejects(p.apply(), { code: 'ERR_LIVE_DATA' });
  assert.deepEqual(p.exports['lib'], { a: 1, y: 'own' });
});

for (const [what, text] of [
  ['counts what it puts there', "let n = 0; for (const key of ['y', 'z']) lib[key] = n++ + V; exports.n = () => n;"],
  ['gives what is another each time', "for (const key of ['y']) { lib[key] = V; lib.at = Date.now(); }"],
  ['gives what cannot be seen into', "for (const key of ['y']) { lib[key] = V; lib.known = new WeakMap(); }"],
  [
    'is followed by what is computed of all that the table has',
    "for (const key of ['y']) lib[key] = V; const keys = Object.keys(lib); exports.keys = () => keys;",
  ],
  ['fills what is new as well', 'const more = {}; merge(more, lib); merge(lib, { more: V });'],
] as const)
  test(`where a statement ${what}, new code has a table of its own, and that is said`, async () => {
    const source = (v: number): string =>
      `${FRAME}${v === 1 && text.includes('more') ? '' : text.replace('V', String(v))}\nexports.lib = lib; exports.show = () => [${v}, lib.x];`;
    const { verdicts } = await build({ 'index.js': source(1) }, { 'index.js': source(2) });
    assert.ok(verdicts.some(({ code, reason }) => code === 'value-copied' && reason?.startsWith('new code has one of its own')));
  });
