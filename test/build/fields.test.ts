/** Fields that are new: instances that exist get them, with nothing written by hand, once, wholly, and a revert takes them off. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { patchingComplete } from '../../src/data.ts';
import { build, program } from './harness.ts';
import type { Exports, Program } from './harness.ts';

const BASE = `class Session {
  #hits = 0;
  constructor(id) { this.id = id; }
  hit() { return ++this.#hits; }
  tag(t) { return t; }
}
exports.Session = Session;
exports.render = (s) => 'plain ' + s.id;
`;
let texts = 0;

/** No two programs have the same text: a patch is for all modules of one text. */
function change(edit: (base: string) => string, base = BASE): Promise<Program> {
  const text = `// ${++texts}\n${base}`;
  return program({ 'index.js': text }, { 'index.js': edit(text) });
}

const withTags = (text: string): string =>
  text
    .replace('#hits = 0;', "#hits = 0;\n  tags = ['new'];\n  label = `${this.id}:${this.tags[0]}`;")
    .replace('return t; }', 'this.tags.push(t); return this.tags.length; }')
    .replace("'plain ' + s.id", "s.label + ' ' + s.tags.join()");

test('a field by definition: methods, other readers, new instances; and off again', async () => {
  const p = await change(withTags);
  const { Session, render } = p.exports;
  const [a, b] = [new Session('a'), new Session('b')];
  assert.deepEqual(p.codes('carried-with-transform'), ['field-added', 'field-added']);
  await p.apply();
  assert.deepEqual(Object.keys(a), ['id']);
  assert.equal(a.tag('x'), 2);
  assert.deepEqual({ ...a }, { id: 'a', tags: ['new', 'x'], label: 'a:new' });
  assert.equal(render(b), 'b:new new');
  assert.notEqual(a.tags, b.tags);
  const c = new Session('c');
  assert.deepEqual(Object.keys(c), ['tags', 'label', 'id'], 'as the new class would make it');
  assert.equal(c.label, 'undefined:new', 'fields come before the constructor');
  assert.deepEqual([a.hit(), c.hit()], [1, 1]);
  await p.revert();
  for (const s of [a, b, c]) assert.deepEqual(Object.keys(s), ['id']);
  assert.equal('tags' in a, false);
  assert.equal(a.hit(), 2);
});

test('a private field: read, written, called, asked for, across instances', async () => {
  const p = await change((text) =>
    text
      .replace('#hits = 0;', '#hits = 0;\n  #tags = [this.id];\n  #make = (x) => x + this.#hits;')
      .replace(
        'return t; }',
        'this.#tags.push(t); this.#tags = [...this.#tags]; this.#hits += this.#make?.(1); return [this.#tags.length, this.#hits, #tags in this, ...Session.all(this)]; }\n  static all(...them) { return them.map((s) => s.#tags.join()); }',
      )
      .replace("'plain ' + s.id", 's.tag(1)'),
  );
  const { Session, render } = p.exports;
  const [a, b] = [new Session('a'), new Session('b')];
  await p.apply();
  assert.deepEqual(a.tag('x'), [2, 1, true, 'a,x']);
  assert.deepEqual(a.tag('y'), [3, 3, true, 'a,x,y']);
  assert.deepEqual(Session.all(a, b, new Session('c')), ['a,x,y', 'b', '']);
  assert.deepEqual(Object.getOwnPropertyNames(a), ['id']);
  assert.deepEqual(render(b), [2, 1, true, 'b,1']);
  assert.throws(() => Session.all({}), TypeError);
  await p.revert();
  assert.equal(a.hit(), 4);
  await p.apply();
  assert.deepEqual(a.tag('z'), [2, 9, true, 'a,z'], 'what a reverted patch kept there is gone');
  await p.revert();
});

test('a field that the constructor sets, of values that need nothing of it', async () => {
  const p = await change((text) =>
    text
      .replace('(id) { this.id = id; }', '(id, first) { this.id = id; this.seen = new Set([this.id]); this.first = first; }')
      .replace('return t; }', 'this.seen.add(t); return [...this.seen, this.first].join(); }'),
  );
  assert.deepEqual(p.codes('warning'), ['instances-lack', 'shape-early'], 'of `first` there is nothing to make it of');
  const old = new p.exports['Session']('old');
  await p.apply();
  assert.equal(old.tag('x'), 'old,x,');
  assert.equal(new p.exports['Session']('new', 1).tag('x'), 'new,x,1');
  await p.revert();
  assert.deepEqual(Object.keys(old), ['id']);
});

/** The old constructor, the new one, and what the new method says. */
const decoder = (before: string, after: string, says: string): Promise<Program> =>
  change(
    (text) => text.replace(before, after).replace('return 0;', `return ${says};`),
    `class Decoder {\n  ${before}\n  say() { return 0; }\n}\nexports.Decoder = Decoder;\n`,
  );

test('a field made of an argument that the old constructor kept', async () => {
  const p = await decoder(
    'constructor(reviver) { this.reviver = reviver; }',
    "constructor(opts) { this.opts = Object.assign({ max: 10 }, typeof opts === 'function' ? { reviver: opts } : opts); }",
    '[this.opts.max, this.opts.reviver?.()]',
  );
  assert.ok(p.report.verdicts.some(({ code, reason }) => code === 'field-added' && reason?.endsWith('made of their reviver')));
  const { Decoder } = p.exports;
  const [plain, own] = [new Decoder(), new Decoder(() => 'own')];
  await p.apply();
  assert.deepEqual(
    [plain.say(), own.say(), new Decoder({ max: 3 }).say()],
    [
      [10, undefined],
      [10, 'own'],
      [3, undefined],
    ],
  );
  await p.revert();
  assert.deepEqual(Object.keys(own), ['reviver']);
  const kept = await decoder(
    'constructor(opts = {}) { this.options = opts; }',
    'constructor(opts = {}) { this.options = opts; this.max = opts.max ?? 5; }',
    'this.max',
  );
  const [a, b] = [new kept.exports['Decoder'](), new kept.exports['Decoder']({ max: 7 })];
  await kept.apply();
  assert.deepEqual([a.say(), b.say()], [5, 7]);
  await kept.revert();
});

test('what the old constructor did not keep as it was, or under another meaning, is not made up', async () => {
  const lacks: readonly (readonly [before: string, after: string])[] = [
    ['constructor(a) { this.a = a; this.a = this.a + 1; }', 'constructor(a) { this.a = a; this.a = this.a + 1; this.x = a; }'],
    ['constructor(a) { this.a = a || 1; }', 'constructor(a) { this.a = a || 1; this.x = a; }'],
    ['constructor(a) { if (a) this.a = a; }', 'constructor(a) { if (a) this.a = a; this.x = a; }'],
    ['constructor(port) { this.port = port; }', 'constructor(options) { this.port = options; this.x = options.port; }'],
    ['constructor(a) { this.a = a; }', 'constructor(a) { this.a = a; this.x = () => a; }'],
    ['constructor(a) { this.a = 1; }', 'constructor(a) { this.a = 1; this.x = a; }'],
  ];
  for (const [before, after] of lacks) {
    const p = await decoder(before, after, 'this.x');
    assert.ok(p.codes('warning').includes('instances-lack'), after);
    assert.deepEqual(p.codes('carried-with-transform'), [], after);
  }
});

test('an option that the old version knows nothing of was given by nobody', async () => {
  const given: readonly (readonly [before: string, after: string, value: unknown])[] = [
    ['constructor(options) { this.a = options.a; }', 'constructor(options) { this.a = options.a; this.limit = options.limit ?? 5; }', 5],
    [
      'constructor(options) { this.a = options.a; }',
      'constructor(options) { this.a = options.a; this.limit = (options && options.limit) || 6; }',
      6,
    ],
    ['constructor({ a }) { this.a = a; }', 'constructor({ a, limit = 7 }) { this.a = a; this.limit = limit; }', 7],
    [
      'constructor(options) { const opts = options || {}; this.a = opts.a; }',
      'constructor(options) { const opts = options || {}; this.a = opts.a; this.limit = opts.limit || 10; }',
      10,
    ],
    [
      'constructor(options) { this.a = options.a; }',
      'constructor(options) { const { a, limit = 11 } = options; this.a = a; this.limit = limit; }',
      11,
    ],
    [
      'constructor(options) { options = options || {}; this.a = options.a; }',
      'constructor(options) { options = options || {}; this.a = options.a; this.limit = [...(options.limit || [8])]; }',
      [8],
    ],
    ...['!options', 'options == null', 'options === undefined', "typeof options === 'undefined'"].map(
      (lacks) =>
        [
          `constructor(options) { if (${lacks}) options = {}; this.a = options.a; }`,
          `constructor(options) { if (${lacks}) options = {}; this.a = options.a; this.limit = options.limit !== undefined ? options.limit : 12; }`,
          12,
        ] as const,
    ),
    [
      'constructor(options) { this.a = options.a; }',
      'constructor(options) { var _a; this.a = options.a; this.limit = (_a = options.limit) !== null && _a !== void 0 ? _a : 9; }',
      9,
    ],
    [
      "constructor(options) { if (typeof options === 'function') this.a = options; else this.a = options.a; }",
      "constructor(options) { var _a; if (typeof options === 'function') { this.a = options; this.limit = true; } else if (options) { this.a = options.a; this.limit = (_a = options.limit) !== null && _a !== void 0 ? _a : true; } else throw new Error(); }",
      true,
    ],
  ];
  for (const [before, after, value] of given) {
    const p = await decoder(before, after, 'this.limit');
    assert.ok(
      p.report.verdicts.some(({ code, reason }) => code === 'field-added' && reason?.endsWith('nobody had given limit')),
      after,
    );
    const old = new p.exports['Decoder']({ a: 1 });
    await p.apply();
    assert.deepEqual([old.say(), old.a], [value, 1], after);
    assert.deepEqual(new p.exports['Decoder']({ a: 1, limit: [2] }).say(), [2], after);
    await p.revert();
  }
});

test('an option that somebody may have given, or that has no default, is not left out', async () => {
  const lacks: readonly (readonly [after: string, beside: string])[] = [
    ['this.limit = options.limit ?? 5;', 'exports.read = (options) => options.limit;\n'],
    ['this.limit = options.limit;', ''],
    ['this.limit = options.limit + 1;', ''],
    ['if (options.a) this.limit = 3; else this.limit = options.limit ?? 5;', ''],
    ['this.limit = read(options) || 5;', 'const read = (o) => o.limit;\n'],
  ];
  for (const [more, beside] of lacks) {
    const text = `// ${++texts}\nclass Decoder {\n  constructor(options) { this.a = options.a; }\n  say() { return 0; }\n}\nexports.Decoder = Decoder;\nrequire('./beside.js');\n`;
    const after = text.replace('options.a; }', `options.a; ${more} }`).replace('return 0', 'return this.limit');
    const p = await program({ 'index.js': text, 'beside.js': `// ${texts}\n${beside}` }, { 'index.js': after });
    assert.ok(p.codes('warning').includes('instances-lack'), more);
  }
});

test('a constructor function', async () => {
  const p = await change(
    (text) =>
      text
        .replace('this.limit = n;', 'this.limit = n; this.waiting = [];')
        .replace('return x', 'this.waiting.push(x); return this.waiting.length'),
    'function Queue(n) { this.limit = n; }\nQuote();\nfunction Quote() {}\nQueue.prototype.add = function (x) { return x; };\nexports.Queue = Queue;\n',
  );
  const old = new p.exports['Queue'](1);
  await p.apply();
  assert.deepEqual([old.add(1), old.add(1)], [1, 2]);
  assert.deepEqual(Object.keys(new p.exports['Queue'](2)), ['limit', 'waiting']);
  await p.revert();
  assert.deepEqual(Object.keys(old), ['limit']);
});

test('subclasses, derived constructors and classes without one', async () => {
  const p = await change(
    (text) =>
      text
        .replace('class Sub extends Base {', "class Sub extends Base {\n  extra = this.base + '!';")
        .replace('class Bare {', 'class Bare {\n  n = 5;')
        .replace('return 0; }', 'return this.n; }')
        .replace("return ''; }", 'return this.extra; }'),
    "class Base { base = 'b' }\nclass Sub extends Base {\n  constructor(x) { super(); this.x = x; }\n  get() { return ''; }\n}\nclass Bare {\n  get() { return 0; }\n}\nclass Leaf extends Sub {}\nObject.assign(exports, { Sub, Bare, Leaf });\n",
  );
  const { Sub, Bare, Leaf } = p.exports;
  const [sub, bare, leaf] = [new Sub(1), new Bare(), new Leaf(2)];
  await p.apply();
  assert.deepEqual([sub.get(), bare.get(), leaf.get()], ['b!', 5, 'b!']);
  assert.deepEqual(Object.keys(new Leaf(3)), ['base', 'extra', 'x']);
  assert.equal(new Bare().get(), 5);
  await p.revert();
  assert.deepEqual(Object.keys(leaf), ['base', 'x']);
});

test('what a class makes that extends another and writes no constructor has its new fields from the start', async () => {
  const p = await change(
    (text) =>
      text
        .replace('class Bare extends Error {', "class Bare extends Error {\n  code = 'E_BARE';\n  #at = [];\n  list() { return this.#at; }")
        .replace('class Full extends Error {', "class Full extends Error {\n  code = 'E_FULL';\n  tell = () => this.y;")
        .replace('first = 1;', 'first = 1;\n  second = this.first + 1;'),
    'class Bare extends Error {\n}\nclass Full extends Error {\n  y = 1;\n}\nclass Reads extends Error {\n  first = 1;\n  sum() { return this.second; }\n}\nclass Leaf extends Bare {}\nObject.assign(exports, { Bare, Full, Reads, Leaf });\n',
  );
  const { Bare, Full, Reads, Leaf } = p.exports;
  const old = [new Bare('a'), new Full(), new Leaf()];
  await p.apply();
  assert.deepEqual(
    [
      { ...new Bare('b') },
      { ...new Full('b'), tell: new Full().tell() },
      { ...new Leaf('b') },
      new Bare('b').message,
      new Bare('b').list(),
    ],
    [{ code: 'E_BARE' }, { code: 'E_FULL', tell: 1, y: 1 }, { code: 'E_BARE' }, 'b', []],
  );
  assert.deepEqual([new Bare() instanceof Error, new Leaf().constructor, Bare.length], [true, Leaf, 0]);
  assert.deepEqual([old.map(({ code }) => code), new Reads().sum()], [['E_BARE', 'E_FULL', 'E_BARE'], 2]);
  const made = new Bare('c');
  await p.revert();
  assert.deepEqual([{ ...made }, { ...new Bare('d') }, Object.getPrototypeOf(Bare)], [{}, {}, Error]);
});

test('an initialiser that throws leaves the instance as it was, every time', async () => {
  const p = await change((text) =>
    text
      .replace('#hits = 0;', "#hits = 0;\n  first = [];\n  #second = [];\n  third = this.id === 'bad' ? missing() : 3;")
      .replace('return t; }', 'return this.#second.push(this.third); }'),
  );
  const [bad, good] = [new p.exports['Session']('bad'), new p.exports['Session']('good')];
  await p.apply();
  for (let i = 0; i < 2; i++) assert.throws(() => bad.tag(1), { code: 'ERR_MIGRATION', message: /missing is not defined/ });
  assert.deepEqual(Object.keys(bad), ['id']);
  assert.equal(good.tag(1), 1);
  bad.id = 'mended';
  assert.deepEqual([bad.tag(1), bad.tag(1)], [1, 2]);
  const frozen = Object.freeze(new p.exports['Session']('frozen'));
  assert.equal(frozen.tag(1), 1, 'made in the new shape');
  await p.revert();
});

test('until every task runs the patch its constructors make what the old ones did, which new code can use all the same', async () => {
  const base = BASE.replace('hit()', 'async wait(gate) { await gate; return Object.keys(this).length; }\n  hit()');
  const p = await change((text) => withTags(text).replace('.length; }\n  hit', '.length + 0; }\n  hit'), base);
  const { Session } = p.exports;
  assert.equal(p.patch.modules[0]!.functions.find((fn) => fn.path === 'Session#constructor')!.guarded, true);
  const seen: unknown[] = [];
  const server = createServer((_request, response) => {
    seen[0] = new Session('early');
    const before = Object.keys(seen[0] as object);
    response.end(JSON.stringify([before, (seen[0] as Exports)['tag']('x'), Object.keys(seen[0] as object)]));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const ask = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).json();
  const gate = Promise.withResolvers<void>();
  const held = new Session('held').wait(gate.promise);
  const applied = p.apply();
  while (patchingComplete()) await new Promise(setImmediate);
  assert.deepEqual(await ask(), [['id'], 2, ['id', 'tags', 'label']]);
  gate.resolve();
  await Promise.all([applied, held]);
  assert.deepEqual(Object.keys(new Session('late')), ['tags', 'label', 'id']);
  await p.revert();
  assert.deepEqual(Object.keys(seen[0] as object), ['id']);
  server.closeAllConnections();
  server.close();
});

test('the author names other functions that make what old code may meet', async () => {
  const text = `// ${++texts}\nexports.make = (id) => ({ id });\nexports.read = (o) => o.id;\nexports.hold = async (gate) => { await gate; };\n`;
  const after = text.replace('({ id })', '({ key: id })').replace('o.id', 'o.key ?? o.id').replace('await gate;', 'await gate; return 1;');
  const hook = { name: 'fix.mjs', text: "export const module = 'index.js';\nexport const create = ['exports.make'];\n" };
  const p = await program({ 'index.js': text }, { 'index.js': after }, hook);
  const { make, hold, read } = p.exports;
  const gate = Promise.withResolvers<void>();
  const held = hold(gate.promise);
  const applied = p.apply();
  for (let i = 0; i < 5; i++) await new Promise(setImmediate);
  assert.deepEqual(make(1), { id: 1 });
  gate.resolve();
  await Promise.all([applied, held]);
  assert.deepEqual([make(1), read(make(1)), read({ id: 2 })], [{ key: 1 }, 1, 2]);
  await p.revert();
  await assert.rejects(program({ 'index.js': text }, { 'index.js': after }, { ...hook, text: hook.text.replace('make', 'hold') }), {
    code: 'ERR_HOOKS',
    message: /hold is no function that the patch changes, or one that cannot be kept back/,
  });
});

test('a private field is out of reach of code that stands in a scope of its own within a method', async () => {
  const many = Array.from({ length: 17 }, (_, i) => `function f${i}() { return ${i}; }`).join(' ');
  const before = { 'index.js': `class Heavy { run() { ${many} return f16; } }\nexports.Heavy = Heavy;\n` };
  const after = {
    'index.js': before['index.js'].replace('class Heavy {', 'class Heavy { #x = 1;').replace('return 3;', 'return new Heavy().#x;'),
  };
  const report = await build(before, after);
  assert.ok(report.verdicts.some((v) => v.code === 'private-out-of-reach' || v.code === 'function-changed'));
});

test('a field made of what the module has in the new version only, or of a parameter that the old constructor does not take', async () => {
  const old = `class Inflate {
  #kind = 'raw';
  constructor(extensions) { this.extensions = extensions; }
  isTooLong(length) { return length < 0; }
  sizes() { return this.#kind; }
}
exports.Inflate = Inflate;`;
  const p = await program(
    { 'index.js': old },
    {
      'index.js': `const LIMIT = 4 * 1024;
const double = (n) => n * 2;
${old
  .replace("#kind = 'raw';", "#kind = 'raw';\n  #limit;\n  #options;")
  .replace(
    'constructor(extensions) {',
    'constructor(extensions, options = {}, level = 3) { this.#limit = options.limitOf ?? LIMIT; this.#options = options; this.top = double(LIMIT); this.level = level;',
  )
  .replace('length < 0', 'length > this.#limit')
  .replace('return this.#kind', 'return [this.#options.limitOf, this.top, this.level]')}`,
    },
  );
  const held = new p.exports['Inflate'](new Map());
  assert.equal(held.isTooLong(5000), false);
  await p.apply();
  assert.deepEqual([held.isTooLong(5000), held.isTooLong(4000), held.sizes()], [true, false, [undefined, 8192, 3]]);
  const made = new p.exports['Inflate'](new Map(), { limitOf: 10 });
  assert.deepEqual([made.isTooLong(11), made.sizes()], [true, [10, 8192, 3]]);
  assert.ok(!p.codes('warning').includes('instances-lack'));
  await p.revert();
  assert.deepEqual([held.isTooLong(5000), held.sizes()], [false, 'raw']);
});

test('a parameter that the old constructor hands on, or may look at all the same, is not taken for one that nobody passed', async () => {
  for (const [made, base] of [
    ['constructor(...all) { this.all = all.length; }', ''],
    ['constructor() { this.all = arguments.length; }', ''],
    ['', ' extends Base'],
  ] as const) {
    const text = (constructor: string): string => `class Base { constructor(a) { this.a = a; } }
class Store${base} { ${constructor} get() { return this.limit; } }
exports.Store = Store;`;
    const p = await program(
      { 'index.js': text(made) },
      { 'index.js': text(`constructor(a, limit = 5) { ${base ? 'super(a);' : ''} this.all = 1; this.limit = limit; }`) },
    );
    assert.ok(p.codes('warning').includes('instances-lack'), made);
    p.clean();
  }
});

test('a private field that the constructor sets to what cannot be made for instances that exist is said', async () => {
  const text = (field: string, set: string, read: string): string =>
    `class Store { ${field} constructor(name) { this.size = name.length; ${set} } get() { return ${read}; } }\nexports.Store = Store;`;
  const p = await program({ 'index.js': text('', '', '1') }, { 'index.js': text('#name;', 'this.#name = name;', 'this.#name') });
  assert.ok(p.codes('warning').includes('instances-lack'));
});

const STARTING: Readonly<Record<string, string>> = {
  'a function with a prototype': `function Parser(options) { this.options = options; this.reset(); }
Parser.prototype.reset = function () { this.depth = 0; };
Parser.prototype.open = function () { return ++this.depth; };
Parser.prototype.skip = function (n) { this.depth += n; };
exports.Parser = Parser;`,
  'a class': `class Parser {
  constructor(options) { this.options = options; this.reset(); }
  reset() { this.depth = 0; }
  open() { return ++this.depth; }
  skip(n) { this.depth += n; }
}
exports.Parser = Parser;`,
};
const limited = (text: string): string =>
  text
    .replace('this.depth = 0;', 'this.depth = 0; this.most = this.options.most || 2;')
    .replace('return ++this.depth;', "if (++this.depth > this.most) throw new Error('too deep'); return this.depth;");

for (const [what, text] of Object.entries(STARTING)) {
  test(`${what}: a field that a method sets with which the constructor goes on`, async () => {
    const p = await change(limited, text);
    assert.deepEqual(p.codes('carried-with-transform'), ['field-added']);
    assert.deepEqual(p.codes('warning'), []);
    const { Parser } = p.exports;
    const [few, more] = [new Parser({}), new Parser({ most: 3 })];
    for (const parser of [few, more]) assert.deepEqual([parser.open(), parser.open()], [1, 2]);
    await p.apply();
    assert.throws(() => few.open(), /too deep/);
    assert.equal(more.open(), 3);
    assert.throws(() => more.open(), /too deep/);
    assert.deepEqual([few.most, more.most, new Parser({}).most], [2, 3, 2]);
    await p.revert();
    assert.equal(few.open(), 4);
    assert.equal('most' in few, false);
  });

  const lacking: Readonly<Record<string, (text: string) => string>> = {
    'a method that the constructor does not call': (own) => own.replace(' this.reset(); }', ' }'),
    'a method that it calls in one case': (own) => own.replace('this.reset();', 'if (options) this.reset();'),
  };
  for (const [which, edit] of Object.entries(lacking))
    test(`${what}: the report says that objects lack what ${which} sets`, async () => {
      const report = await build({ 'index.js': edit(text) }, { 'index.js': limited(edit(text)) });
      assert.deepEqual(
        report.verdicts.filter((v) => v.code === 'field-added'),
        [],
      );
      assert.match(report.verdicts.find((v) => v.code === 'instances-lack')?.reason ?? '', /have no most, which other code reads/);
    });

  test(`${what}: what such a method computes of what changes is not made later`, async () => {
    const later = text
      .replace('this.depth = 0;', 'this.depth = 0; this.most = this.depth + 2;')
      .replace('++this.depth;', '++this.depth - this.most;');
    const report = await build({ 'index.js': text }, { 'index.js': later });
    assert.ok(report.verdicts.some((v) => v.code === 'instances-lack'));
    assert.ok(report.verdicts.every((v) => v.code !== 'field-added'));
  });

  test(`${what}: a property that the old version sets elsewhere is none that objects lack`, async () => {
    const known = text.replace('this.depth += n;', 'this.depth += n; this.most = n;');
    const report = await build({ 'index.js': known }, { 'index.js': limited(known) });
    assert.ok(report.verdicts.every((v) => v.code !== 'field-added' && v.code !== 'instances-lack'));
  });
}

const KEYED = `const { kOptions } = require('./symbols.js');
const kList = Symbol('list');
class Pool {
  constructor(options, key) {
    this[kOptions] = options;
    this[kList] = {};
    this[key] = 1;
  }
  next() { return [this[kOptions].max]; }
  put(name) { this[kList][name] = true; return 'x' in this[kList] || 'toString' in this[kList]; }
}
exports.Pool = Pool;
`;

test('properties whose keys are symbols of the module, or of another', async () => {
  const before = { 'index.js': KEYED, 'symbols.js': "module.exports = { kOptions: Symbol('options') };" };
  const p = await program(before, {
    'index.js': KEYED.replace('{ kOptions }', '{ kOptions, kLimit }')
      .replace("Symbol('list');", "Symbol('list');\nconst kIndex = Symbol('index');")
      .replace(
        'this[key] = 1;',
        'this[key] = 1;\n    this[kIndex] = -1;\n    this[kLimit] = options.max * 2;\n    this[kList] = Object.create(null);',
      )
      .replace('    this[kList] = {};\n', '')
      .replace('[this[kOptions].max]', '[this[kOptions].max, ++this[kIndex], this[kLimit]]'),
    'symbols.js': "module.exports = { kOptions: Symbol('options'), kLimit: Symbol('limit') };",
  });
  const old = new p.exports['Pool']({ max: 4 }, 'a');
  assert.deepEqual(p.codes('carried-with-transform'), ['field-added', 'field-added', 'field-converted']);
  assert.equal(old.put('y'), true);
  await p.apply();
  assert.deepEqual(old.next(), [4, 0, 8]);
  assert.deepEqual(old.next(), [4, 1, 8]);
  assert.equal(old.put('y'), false, 'what it holds has no prototype any more');
  assert.equal(Object.getOwnPropertySymbols(old).length, 4);
  assert.deepEqual(new p.exports['Pool']({ max: 1 }, 'b').next(), [1, 0, 2]);
  await p.revert();
  assert.deepEqual(old.next(), [4]);
  assert.equal(old.put('y'), true);
  assert.equal(Object.getOwnPropertySymbols(old).length, 2);
  p.clean();
});

test('what instances lack under a symbol, and what they hold there, is said', async () => {
  const text = KEYED.replace("require('./symbols.js')", "{ kOptions: Symbol('options') }").replace(
    'this[kList] = {};',
    'this[kList] = 10;',
  );
  const report = await build(
    { 'index.js': text },
    {
      'index.js': text
        .replace('const kList', "const kNow = Symbol('now');\nconst kList")
        .replace('this[kList] = 10;', 'this[kList] = 20;\n    this[kNow] = key.length;')
        .replace('[this[kOptions].max]', '[this[kOptions].max, this[kNow]]'),
    },
  );
  const said = report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => `${code} ${path}`);
  assert.deepEqual(said.toSorted(), [
    'instances-hold Pool#constructor [kList]',
    'instances-lack Pool#constructor [kNow]',
    'shape-early Pool#constructor',
  ]);
});

test('a key that is another one each time is none that instances get', async () => {
  const text = KEYED.replace("require('./symbols.js')", "{ kOptions: Symbol('options') }");
  const report = await build(
    { 'index.js': `let current = 'a';\n${text}exports.use = (name) => (current = name);\n` },
    {
      'index.js': `let current = 'a';\n${text
        .replace('this[key] = 1;', 'this[key] = 1;\n    this[current] = 2;\n    { const kOptions = key; this[kOptions + 1] = 3; }')
        .replace('next() {', 'next(key) { if (this[current] + this[key] > 5) return [];')}exports.use = (name) => (current = name);\n`,
    },
  );
  assert.deepEqual(
    report.verdicts.filter(({ code }) => code === 'field-added'),
    [],
  );
});

test('a key that has another value is another key', async () => {
  const text =
    "const kList = Symbol.for('v1');\nexports.A = class { constructor() { this[kList] = []; } size() { return this[kList].length; } };";
  const report = await build({ 'index.js': text }, { 'index.js': text.replace('v1', 'v2') });
  const said = report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => `${code} ${path}`);
  assert.deepEqual(said, ['instances-lack exports.A#constructor [kList]']);
});

test('a field that is declared, and that the constructor gives a value from now on: instances that exist keep what they have', async () => {
  const text = (field: string, set: string, use: string): string =>
    `class Log { ${field}; size = 1; constructor(name) { this.name = name;${set} } get() { return ${use} } }\nexports.Log = Log;\n`;
  const verdictsOf = async (before: string, after: string): Promise<readonly (readonly string[])[]> => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    return verdicts.flatMap(({ verdict, code, path }) => (verdict === 'carried' ? [] : [[verdict, code, path]]));
  };
  const held = [['warning', 'instances-hold', 'Log#constructor lines']];
  assert.deepEqual(await verdictsOf(text('lines', '', '[this.lines]'), text('lines', ' this.lines = [];', '[this.lines, 1]')), held);
  assert.deepEqual(
    await verdictsOf(text('lines = null', '', '[this.lines]'), text('lines = null', ' this.lines = [];', '[this.lines, 1]')),
    held,
  );
  assert.deepEqual(await verdictsOf(text('lines', '', '[this.lines]'), text('lines', ' this.lines = undefined;', '[this.lines, 1]')), []);
  const p = await change(
    (base) => base.replace('this.name = name;', 'this.name = name; this.lines = [];').replace('return 1', 'return this.lines.length'),
    text('lines', '', '1'),
  );
  assert.deepEqual(p.codes('warning'), ['instances-hold']);
  const old = new p.exports['Log']('a');
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
  assert.equal(old.get(), 1);
});

test('what a constructor set and a field gives from now on is no other state', async () => {
  const p = await change(
    (text) => text.replace('this.all = []; ', '').replace('Log {', 'Log { all = [];').replace('.length', '.length + 1'),
    'class Log { constructor() { this.all = []; } get() { return this.all.length } }\nexports.Log = Log;\n',
  );
  const old = new p.exports['Log']();
  old.all.push(1);
  assert.deepEqual(p.codes('warning'), []);
  await p.apply();
  assert.deepEqual([old.get(), new p.exports['Log']().get()], [2, 1]);
  await p.revert();
  assert.equal(old.get(), 1);
});

test('an argument that a constructor replaces for another reason than that there is none is not what it was given', async () => {
  for (const replaces of ['if (options.none) options = {};', 'if (!options) { options = {}; other = 1 }', 'if (!other) options = {};']) {
    const version = (more: string): string =>
      `let other = 2; class Box { constructor(options) { ${replaces} this.options = options; ${more} } say() { return this.limit.length } } exports.Box = Box;`;
    const { verdicts } = await build({ 'index.js': version('') }, { 'index.js': version('this.limit = options.limit ?? [];') });
    assert.ok(
      verdicts.some(({ code }) => code === 'instances-lack'),
      replaces,
    );
  }
});

const BOUND: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'in a constructor': [
    'constructor() { this.v = 1; this.one = this.one.bind(this) } one() { return this.v }',
    'constructor() { this.v = 1; this.one = this.one.bind(this); this.two = this.two.bind(this) } one() { return this.v } two() { return this.v * 2 }',
  ],
  'by a field': ['v = 1; one() { return this.v }', 'v = 1; two = this.two.bind(this); one() { return this.v } two() { return this.v * 2 }'],
};
for (const [what, [was, now]] of Object.entries(BOUND))
  test(`a class gains a method that each object binds ${what}`, async () => {
    const text = (members: string, all: string): string => `class A { ${members} }
class B extends A { w = 2 }
class C extends B { two() { return [super.two()] } }
Object.assign(exports, { A, B, C });
exports.all = (o) => ${all};`;
    const p = await program(
      { 'index.js': `// ${what}\n${text(was, '[o.one()]')}` },
      { 'index.js': `// ${what}\n${text(now, '{ const { two } = o; return [o.one(), two()] }')}` },
    );
    const { A, B, C, all } = p.exports;
    const old = [new A(), new B()];
    await p.apply();
    for (const one of [...old, new A(), new B()]) {
      assert.deepEqual(all(one), [1, 2]);
      assert.ok(Object.hasOwn(one, 'two'));
    }
    assert.deepEqual([new C().two(), A.prototype.two.name], [[2], 'two']);
    await p.revert();
    for (const one of [...old, new A()]) assert.deepEqual([all(one), one.two], [[1], undefined]);
  });
