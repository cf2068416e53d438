/** One value under several names: `a.x = b.y = value`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patched, program } from './harness.ts';

const FRAME = 'const t = {}; const u = {}; function C() {} exports.t = t; exports.u = u; exports.C = C;';

for (const [first, second] of [
  ['t.a', 't.b'],
  ['t.a', 'u.a'],
  ['exports.a', 'exports.b'],
  ['exports.a', 't.a'],
  ['t.a', 'exports.a'],
  ['C.prototype.a', 'C.prototype.b'],
  ['const local', 't.a'],
  ['const local', 'exports.a'],
] as const) {
  for (const value of ['new Map()', '{}', 'function () { return 1 }']) {
    const [one, other] = [first, second].map((name) => name.replace('const ', ''));
    test(`${first} and ${second} are given one ${value}`, async () => {
      const p = await patched(
        `${FRAME}\nexports.same = () => null; exports.is = () => null;`,
        `${FRAME}\n${first} = ${second} = ${value};\nexports.same = () => ${one} === ${other}; exports.is = () => typeof ${one};`,
      );
      assert.equal(p.exports['is'](), value.startsWith('function') ? 'function' : 'object');
      assert.equal(p.exports['same'](), true);
    });
  }
}

for (const [first, second] of [
  ['t.a', 't.b'],
  ['t.b', 't.a'],
  ['exports.a', 'exports.b'],
  ['exports.b', 'exports.a'],
  ['exports.b', 't.a'],
  ['t.b', 'exports.a'],
  ['C.prototype.a', 'C.prototype.b'],
  ['C.prototype.b', 'C.prototype.a'],
  ['const a', 't.b'],
  ['const a', 'exports.b'],
] as const) {
  for (const value of ['new Map()', '{}', 'function () { return 1 }']) {
    const [one, other] = [first, second].map((name) => name.replace('const ', ''));
    const old = first.endsWith('a') ? first : second;
    test(`${second === old ? first : second} is given the ${value} that ${old} has`, async () => {
      const p = await patched(
        `${FRAME}\n${old} = ${value};\nexports.same = () => null; exports.own = () => ${old.replace('const ', '')};`,
        `${FRAME}\n${first} = ${second} = ${value};\nexports.same = () => ${one} === ${other}; exports.own = () => ${old.replace('const ', '')};`,
      );
      assert.equal(p.exports['same'](), true);
    });
  }
}

const pair = (before: string, after: string): ReturnType<typeof program> => program({ 'index.js': before }, { 'index.js': after });
const names = ({ report }: Awaited<ReturnType<typeof program>>, ...codes: readonly string[]): string[] =>
  report.verdicts.filter(({ code }) => codes.includes(code)).map(({ code, path }) => `${code} ${path}`);

test('what goes on under another name is given with all that it holds, and taken away by a revert', async () => {
  const p = await pair(
    `${FRAME}\nconst seen = new Map([[1, 1]]); exports.add = () => seen.set(2, 2).size; exports.of = () => null;`,
    `${FRAME}\nconst known = t.known = exports.known = new Map([[1, 1]]); exports.add = () => known.set(2, 2).size; exports.of = () => [t.known.size, exports.known === t.known];`,
  );
  p.exports['add']();
  await p.apply();
  assert.deepEqual(p.exports['of'](), [2, true]);
  assert.equal(p.exports['known'], p.exports['t'].known);
  await p.revert();
  assert.deepEqual(Object.keys(p.exports['t']), []);
  assert.equal('known' in p.exports, false);
});

test('a variable that takes a part of what a property is given is not given in its place', async () => {
  const p = await patched(
    `${FRAME}\nconst { x } = { x: 1 }; exports.of = () => x;`,
    `${FRAME}\nconst { x } = t.b = { x: 1 }; exports.of = () => [x, t.b];`,
  );
  assert.deepEqual(p.exports['of'](), [1, { x: 1 }]);
});

test('a property that another statement gives something else lends nothing', async () => {
  const p = await patched(
    `${FRAME}\nt.a = {}; t.a = 5; exports.of = () => null;`,
    `${FRAME}\nt.a = t.b = {}; t.a = 5; exports.of = () => [t.a, t.b];`,
  );
  assert.deepEqual(p.exports['of'](), [5, {}]);
});

test('a property that the patch gives something else lends that', async () => {
  const p = await patched(`${FRAME}\nt.a = 1; exports.of = () => null;`, `${FRAME}\nt.a = t.b = new Map(); exports.of = () => [t.a, t.b];`);
  const [one, other] = p.exports['of']();
  assert.ok(one instanceof Map);
  assert.equal(one, other);
});

test('the exports are the same under either name', async () => {
  const p = await patched(
    `${FRAME}\nmodule.exports.a = new Map(); exports.of = () => null;`,
    `${FRAME}\nexports.a = exports.b = new Map(); exports.of = () => exports.a === exports.b;`,
  );
  assert.equal(p.exports['of'](), true);
  const other = await patched(
    `${FRAME}\nexports.a = {}; module.exports.a = 5; exports.of = () => null;`,
    `${FRAME}\nexports.a = t.b = {}; module.exports.a = 5; exports.of = () => [exports.a, t.b];`,
  );
  assert.deepEqual(other.exports['of'](), [5, {}]);
  const whole = 'const t = {}; function of() { return null } ';
  const both = await patched(
    `${whole}\nmodule.exports = function () { return of() };`,
    `${whole.replace('null', 't.b === module.exports')}\nexports = module.exports = t.b = function () { return of() };`,
  );
  assert.equal((both.exports as unknown as () => boolean)(), true);
});

test('what the old version gave away by a statement of its own is not given again', async () => {
  const own = 'exports.of = (n) => n + 1;';
  for (const [before, after] of [
    ['const a = new Map(); exports.a = a; t.a = a;', 'const a = exports.a = t.a = new Map();'],
    ['const a = exports.a = t.a = new Map();', 'const a = exports.a = t.a = new Map();'],
    ['const a = module.exports.a = new Map();', 'const a = exports.a = new Map();'],
    ['const a = exports.a = new Map();', 'const a = module.exports.a = new Map();'],
    ['const a = t[key] = new Map();', 'const a = t[key] = new Map();'],
    ["const a = t[Symbol.for('x')] = new Map();", 'const a = t[Symbol.for("x")] = new Map();'],
    [
      'const box = {}; exports.box = () => box; const a = box.a = new Map();',
      'const crate = {}; exports.box = () => crate; const a = crate.a = new Map();',
    ],
  ] as const) {
    const frame = `${FRAME} const key = Symbol();`;
    const p = await pair(`${frame}\n${before} ${own}`, `${frame}\n${after} ${own.replace('1', '2')}`);
    assert.deepEqual(names(p, 'property-set', 'export-added', 'export-changed', 'value-replaced'), [], after);
  }
});

test('what a declaration newly gives away as the whole of the module is refused where others hold what it gave', async () => {
  const p = await pair(
    'const run = function () { return 1 }; exports.run = run;',
    'const run = module.exports = function () { return 2 }; exports.run = run;',
  );
  const rows = p.report.verdicts.filter(({ reason }) => reason === 'who has required the module holds what it gave away without this name');
  assert.deepEqual(
    rows.map(({ verdict, path }) => `${verdict} ${path}`),
    ['refused run'],
  );
});

test('a computed property is newly given what a variable has', async () => {
  const p = await patched(
    `${FRAME} const key = Symbol();\nconst a = new Map(); exports.of = () => null;`,
    `${FRAME} const key = Symbol();\nconst a = t[key] = new Map(); exports.of = () => t[key] === a;`,
  );
  assert.equal(p.exports['of'](), true);
});

test('two variables that are given one value are refused where that is new', async () => {
  const p = await pair('var a = 1; exports.of = () => a;', 'var a, b; a = b = { n: 1 }; exports.of = () => [a, b];');
  assert.deepEqual(names(p, 'statement-changed'), ['statement-changed ']);
  assert.equal(p.report.patch, null);
  const same = await pair('var a, b; a = b = {}; exports.of = () => 1;', 'var a, b; a = b = {}; exports.of = () => [a === b];');
  await same.apply();
  assert.deepEqual(same.exports['of'](), [true]);
  const whole = await pair('exports.of = () => 1;', 'var api = exports = module.exports; exports.of = () => 2; api.other = () => 3;');
  assert.deepEqual(names(whole, 'statement-changed'), []);
});

test('an element at the end of an array is taken away by a revert', async () => {
  const p = await patched('const l = [1]; exports.of = () => l;', 'const l = [1]; l[1] = 2; l[3] = 4; exports.of = () => l;');
  assert.deepEqual([p.exports['of']().length, p.exports['of']()[3]], [4, 4]);
  await p.revert();
  assert.deepEqual(p.exports['of'](), [1]);
  await p.apply();
  p.exports['of']().push(5);
  await p.revert();
  assert.equal(p.exports['of']().indexOf(5), 4, 'what the program has put behind it keeps its place');
});

/** Both versions of a module whose `own` stands for a new object, with what follows it. */
const anew = (kind: 'entry' | 'call' | 'first', rest: string, more = ''): readonly [string, string] => {
  const [before, after] = {
    entry: ['const own = { n: 1 };', 'const own = { n: 2, m: 1 };'],
    call: ['const make = (n) => ({ n: 1 }); const own = make();', 'const make = (n) => ({ n }); const own = make(2);'],
    first: ['const n = 1;', 'const own = { n: 2 };'],
  }[kind] as [string, string];
  const old =
    kind === 'first'
      ? rest
          .replaceAll(/(?:, )?exports\.same = .*$/g, '')
          .replaceAll('own.n', 'n')
          .replaceAll(/own\.\w+ = /g, '')
      : rest;
  return [`${before}\n${old}`, `${after}\n${rest}${more}`];
};

for (const kind of ['entry', 'call', 'first'] as const) {
  test(`what the program holds stays, where new code has it from a table that is ${kind === 'first' ? 'new' : 'another'} (${kind})`, async () => {
    const p = await pair(
      ...anew(kind, 'module.exports = own.run = function () { return own.n };\nmodule.exports.of = () => module.exports === own.run;'),
    );
    const run = p.load('index.js') as unknown as () => number;
    await p.apply();
    assert.equal(p.load('index.js'), run);
    assert.deepEqual([run(), p.exports['of']()], [2, true]);
    await p.revert();
    assert.equal(p.load('index.js'), run);
    assert.equal(run(), 1);
  });

  test(`so it is with a variable (${kind})`, async () => {
    const p = await pair(
      ...anew(
        kind,
        'const run = own.run = function () { return own.n };\nexports.run = () => run(); exports.same = () => own.run === run;',
      ),
    );
    await p.apply();
    assert.deepEqual([p.exports['run'](), kind === 'first' || p.exports['same']()], [2, true]);
    await p.revert();
    assert.equal(p.exports['run'](), 1);
  });

  test(`so it is with an object that the module gives away (${kind})`, async () => {
    const p = await pair(
      ...anew(
        kind,
        'exports.list = own.list = [1];\nexports.of = () => [own.n, exports.list];',
        '\nexports.of.same = () => own.list === exports.list;',
      ),
    );
    const list = p.exports['list'] as unknown[];
    await p.apply();
    assert.equal(p.exports['list'], list);
    assert.deepEqual([p.exports['of'](), p.exports['of'].same()], [[2, [1]], true]);
    await p.revert();
    assert.equal(p.exports['list'], list);
  });
}

test('what is new under both names is one, and is taken away by a revert', async () => {
  const p = await pair(
    'const own = { n: 1 }; exports.of = () => own.n;',
    'const own = { n: 2 }; exports.list = own.list = [own.n]; exports.of = () => [own.list === exports.list, own.list];',
  );
  await p.apply();
  assert.deepEqual(p.exports['of'](), [true, [2]]);
  await p.revert();
  assert.deepEqual([p.exports['of'](), 'list' in p.exports], [1, false]);
});

test('a number is what the new source says, under both names', async () => {
  const p = await pair(
    ...(anew('call', 'exports.max = own.max = 1;\nexports.of = () => [own.max, exports.max];').map((text, i) =>
      text.replace('= 1;', `= ${i + 1};`),
    ) as [string, string]),
  );
  await p.apply();
  assert.deepEqual(p.exports['of'](), [2, 2]);
  await p.revert();
  assert.deepEqual(p.exports['of'](), [1, 1]);
});

for (const more of ['own.Box.prototype.get = function () { return 2 };', 'Object.assign(own.Box.prototype, { get: () => 2 });'])
  test(`what other statements put on what goes on, by a name that is new, is refused: ${more}`, async () => {
    const p = await pair(
      `const Box = module.exports = function () {}; ${more.replace('own.', '').replace('2', '1')}`,
      `const own = {}; module.exports = own.Box = function () {}; ${more}`,
    );
    assert.equal(p.report.patch, null);
    assert.match(p.report.verdicts.map(({ reason }) => reason).join('\n'), /it gives what goes on to what new code has anew/);
  });
